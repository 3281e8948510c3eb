from __future__ import annotations

from django.db import models
from django.db.models import Q


class Purpose(models.TextChoices):
    """Why something is stored (Art. 5(1)(b) GDPR)."""

    SERVICE = "SERVICE"
    REPUTATION = "REPUTATION"
    SALES = "SALES"
    RESEARCH = "RESEARCH"


class KeepReason(models.TextChoices):
    """Why something must be kept although its day has come (Art. 17(3) GDPR, § 257 HGB, Art. 9 GPSR)."""

    LEGAL_HOLD = "LEGAL_HOLD"
    COMMERCIAL_LETTER = "COMMERCIAL_LETTER"
    CLAIM = "CLAIM"
    PRODUCT_SAFETY = "PRODUCT_SAFETY"


class KeptRecord(models.Model):
    """What everything stored about people carries: a purpose, a source, and two days."""

    purpose = models.CharField(max_length=16, choices=Purpose)
    source = models.CharField(max_length=64)
    keep_until_at_least = models.DateField(null=True, blank=True)
    keep_reason = models.CharField(max_length=20, choices=KeepReason, blank=True, default="")
    delete_on = models.DateField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(keep_until_at_least__isnull=True, keep_reason="")
                | (Q(keep_until_at_least__isnull=False) & ~Q(keep_reason="")),
                name="%(app_label)s_%(class)s_kept_with_reason",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="%(app_label)s_%(class)s_has_source"),
        ]
        indexes = [models.Index(fields=["delete_on"], name="%(app_label)s_%(class)s_due")]


class AuditRecord(models.Model):
    """One act worth knowing. Written once: the application's role may not change or delete it.

    The actor and the thing are told by id and name, without a key upward, so that the record outlives both.
    """

    at = models.DateTimeField()
    act = models.CharField(max_length=80)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_name = models.CharField(max_length=200)
    thing = models.CharField(max_length=80)
    thing_id = models.BigIntegerField(null=True, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["thing", "thing_id"], name="privacy_audit_thing"),
            models.Index(fields=["at"], name="privacy_audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.thing} {self.thing_id}"


class TombstoneKind(models.TextChoices):
    """What was erased."""

    POST = "POST"
    ACCOUNT = "ACCOUNT"


class Tombstone(models.Model):
    """That something was erased, as a keyed hash: it is not collected again, and a restored backup is cleaned of it."""

    kind = models.CharField(max_length=8, choices=TombstoneKind)
    key_hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key_hash"], name="privacy_tombstone_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
