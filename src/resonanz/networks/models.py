from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.accounts.models import Brand, User
from resonanz.privacy.encrypted import EncryptedField


class ChannelState(models.TextChoices):
    """Whether we listen there. WAITING: not live before somebody answers there, and somebody stands in."""

    WAITING = "WAITING"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    BROKEN = "BROKEN"


class Channel(models.Model):
    """A place on a network where we listen and, where the network allows, answer: an account, a feed, an import.

    `cursor` is how far a poll came, `stream_place` how far its stream did, where it can go on, and `stream_at` when.
    `stream_failure`: why nothing is told as it happens, a code or the network's words, although somebody wants it.
    `token_at` is when the token was got that is good until `expires_at`, `encrypted_renewal` what gets its successor.
    `connected_by` is the colleague whose rights at the network the token uses. `renew_at`: not renewed before, because
    somebody is at it or the network wants a pause. `told_days` and `told_stopped_at`: what was alarmed of (alarms).
    """

    network = models.CharField(max_length=32)
    name = models.CharField(max_length=120, unique=True)
    address = models.CharField(max_length=2000, blank=True, default="")
    origin = models.CharField(max_length=255, blank=True, default="")
    native_id = models.CharField(max_length=255, blank=True, default="")
    handle = models.CharField(max_length=255, blank=True, default="")
    encrypted_secret = EncryptedField(blank=True, default=b"")
    encrypted_renewal = EncryptedField(blank=True, default=b"")
    token_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    renew_at = models.DateTimeField(null=True, blank=True)
    told_days = models.PositiveSmallIntegerField(null=True, blank=True)
    told_stopped_at = models.DateTimeField(null=True, blank=True)
    connected_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    settings = models.JSONField(default=dict, blank=True)
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.SET_NULL, related_name="channels")
    state = models.CharField(max_length=8, choices=ChannelState, default=ChannelState.ACTIVE)
    cursor = models.TextField(blank=True, default="")
    stream_place = models.TextField(blank=True, default="")
    stream_at = models.DateTimeField(null=True, blank=True)
    stream_failure = models.CharField(max_length=500, blank=True, default="")
    read_at = models.DateTimeField(null=True, blank=True)
    limit_left = models.PositiveSmallIntegerField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failure_code = models.CharField(max_length=80, blank=True, default="")
    failure_words = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(failing_since__isnull=True) | ~Q(failure_code=""), name="networks_channel_failure_named"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Webhook(models.Model):
    """Where a network brings what happens on a channel: an address nobody can guess, and the secret it signs with.

    `forged` counts deliveries that nobody signed who knows the secret.
    """

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="webhook")
    key = models.CharField(max_length=64, unique=True)
    encrypted_secret = EncryptedField()
    made_at = models.DateTimeField()
    forged = models.PositiveIntegerField(default=0)
    forged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"webhook of channel {self.channel_id}"


class Lease(models.Model):
    """For how long a network brings what happens on a channel, where it does so for a time only (Capability.LEASE).

    `tries`: how often it was asked since it agreed last. `until`: None while it has not agreed, or no longer does.
    """

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="lease")
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_words = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(began_at__isnull=True, until__isnull=True) | Q(until__gte=models.F("began_at")),
                name="networks_lease_has_length",
            ),
        ]

    def __str__(self) -> str:
        return f"lease of channel {self.channel_id}"


class Gap(models.Model):
    """A time in which a channel could not be read. `is_filled`: what was said in it was read afterwards.

    Where the network does not give what is past, some of it may be lost for us, and this is where that is written down.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="gaps")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    is_filled = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["channel", "-began_at"], name="networks_gap_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=models.F("began_at")), name="networks_gap_has_length"),
        ]

    def __str__(self) -> str:
        return f"gap of channel {self.channel_id}"


class Spending(models.Model):
    """How often a channel used something that its network counts (networks.metering), on a day there, at what cost."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="spendings")
    day = models.DateField()
    use = models.CharField(max_length=40)
    times = models.BigIntegerField()
    cost = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "day", "use"], name="networks_spending_once"),
        ]

    def __str__(self) -> str:
        return f"{self.use} of channel {self.channel_id}"


class Registration(models.Model):
    """Our application as one server knows it, for accounts that let us in there, with the address it leads back to."""

    network = models.CharField(max_length=32)
    server = models.CharField(max_length=300)
    redirect_uri = models.CharField(max_length=500)
    client_id = models.CharField(max_length=2000)
    encrypted_client_secret = EncryptedField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "server", "redirect_uri"], name="networks_registration_once"),
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.server}"


class Application(models.Model):
    """The company's own application at a network, as IT registered it there. `sealed` holds all but its public id.

    `forged` counts deliveries to its webhook that nobody signed who knows its secret. `refused_at`: since when the
    network does not take its keys.
    """

    network = models.CharField(max_length=32, unique=True)
    client_id = models.CharField(max_length=2000, blank=True, default="")
    sealed = EncryptedField()
    registered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    refused_at = models.DateTimeField(null=True, blank=True)
    forged = models.PositiveIntegerField(default=0)
    forged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"application at {self.network}"
