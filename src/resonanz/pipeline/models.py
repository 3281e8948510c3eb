from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.networks.models import Channel, Gap
from resonanz.privacy.encrypted import EncryptedField


class PutAside(models.Model):
    """A delivery that could not be taken in, as it came, so that nothing is lost while somebody looks."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    raw = models.TextField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    delete_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["delete_on"], name="pipeline_put_aside_due")]

    def __str__(self) -> str:
        return f"put aside {self.pk}: {self.reason}"


class Delivery(models.Model):
    """What a webhook brought, kept before it is answered and emptied once it is taken in.

    What is left then, `digest`, knows the same delivery again. `sealed` is encrypted: it holds more of people than is
    ever taken in, and would else stand in every backup.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    digest = models.BinaryField(max_length=32)
    sealed = EncryptedField(blank=True, default=b"")
    received_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    delete_on = models.DateField()

    class Meta:
        indexes = [
            models.Index(
                fields=["channel", "id"], condition=Q(taken_at__isnull=True), name="pipeline_delivery_waiting"
            ),
            models.Index(fields=["channel", "-received_at"], name="pipeline_delivery_newest"),
            models.Index(fields=["delete_on"], name="pipeline_delivery_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["channel", "digest"], name="pipeline_delivery_once"),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True) | Q(sealed=b""), name="pipeline_delivery_emptied_once_taken"
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Batch(models.Model):
    """That a numbered batch came, by the digest of its delivery, and how much of it could not be taken in.

    On one that came before others with lower numbers, `missing_from` is the first of them and `gap` where it is on
    record. `silence_told_at`: when people were told that nothing has come after it for longer than usual.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="batches")
    number = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    lines = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    missing_from = models.BigIntegerField(null=True, blank=True)
    gap = models.ForeignKey(Gap, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    silence_told_at = models.DateTimeField(null=True, blank=True)
    delete_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["delete_on"], name="pipeline_batch_due")]
        constraints = [
            models.UniqueConstraint(fields=["channel", "number"], name="pipeline_batch_once"),
            models.CheckConstraint(
                condition=Q(missing_from__isnull=True) | Q(missing_from__lt=models.F("number")),
                name="pipeline_batch_missing_before",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.number} of channel {self.channel_id}"


class UnknownEvent(models.Model):
    """An event of which the connector has never heard: how often it came, and its shape, keys without values."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="unknown_events")
    name = models.CharField(max_length=80)
    shape = models.TextField()
    count = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()
    delete_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "name"], name="pipeline_unknown_event_once")]

    def __str__(self) -> str:
        return f"unknown event {self.name}"


class RejectedFile(models.Model):
    """A file of rejected lines that an import wrote, so that retention finds and deletes it."""

    path = models.CharField(max_length=4000, unique=True)
    delete_on = models.DateField()

    def __str__(self) -> str:
        return f"rejected lines {self.pk}"
