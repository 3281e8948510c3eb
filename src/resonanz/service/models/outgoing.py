from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.listening.models import Post, Visible
from resonanz.networks.models import Channel
from resonanz.service.models.cases import Case
from resonanz.service.models.macros import Macro
from resonanz.service.models.words import WORDS


class OutgoingKind(models.TextChoices):
    """What leaves through the one door."""

    REPLY = "REPLY"


class OutgoingState(models.TextChoices):
    """Where it is on its way; `service.answers.outbox` draws the ways between them."""

    DRAFT = "DRAFT"
    AWAITING = "AWAITING"
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    ASSISTED = "ASSISTED"
    CANCELLED = "CANCELLED"


class Proof(models.TextChoices):
    """How we know that an answer stands there which a person posted by hand."""

    READ_BACK = "READ_BACK"
    PERMALINK = "PERMALINK"
    CONFIRMED = "CONFIRMED"


class NoAddress(models.TextChoices):
    """Why an answer posted by hand has no address that could be shown."""

    NONE_SHOWN = "NONE_SHOWN"
    MEMBERS_ONLY = "MEMBERS_ONLY"
    BEING_CHECKED = "BEING_CHECKED"


class Outgoing(models.Model):
    """Something we say in public or private. `key` is the same for every attempt at it.

    `planned_for`: not to leave before that moment, and not at all once somebody wrote behind `newest_place`, the newest
    post of others that its author knew (`service.answers.planning`).
    `then_resolve`: its author wants the case resolved once it is sent and nothing else is open in it. `proof` and
    `no_address` tell of an answer that was posted by hand. From `withdrawn_at` on it stands there no more.
    """

    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=8, choices=OutgoingKind, default=OutgoingKind.REPLY)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="outgoings")
    in_reply_to = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="answers")
    parent_native_id = models.CharField(max_length=512)
    root_native_id = models.CharField(max_length=512)
    visibility = models.CharField(max_length=8, choices=Visible)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    macro = models.ForeignKey(Macro, null=True, blank=True, on_delete=models.SET_NULL, related_name="outgoings")
    machine_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    ruling = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=OutgoingState)
    then_resolve = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    planned_for = models.DateTimeField(null=True, blank=True)
    newest_place = models.BigIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    native_id = models.CharField(max_length=512, blank=True, default="")
    url = models.CharField(max_length=2000, blank=True, default="")
    proof = models.CharField(max_length=10, choices=Proof, blank=True, default="")
    no_address = models.CharField(max_length=14, choices=NoAddress, blank=True, default="")
    failure_code = models.CharField(max_length=80, blank=True, default="")
    failure_words = models.CharField(max_length=500, blank=True, default="")
    delete_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="SENDING") | Q(lease_until__isnull=False), name="service_outgoing_sending_leased"
            ),
            models.CheckConstraint(
                condition=~Q(state="SENT")
                | (
                    Q(sent_at__isnull=False)
                    & (~Q(native_id="") | (Q(proof="PERMALINK") & ~Q(url="")) | Q(proof="CONFIRMED"))
                ),
                name="service_outgoing_sent_has_receipt",
            ),
            models.UniqueConstraint(
                fields=["channel", "native_id"], condition=~Q(native_id=""), name="service_outgoing_receipt_once"
            ),
            models.UniqueConstraint(
                fields=["case", "author"], condition=Q(state="DRAFT"), name="service_outgoing_draft_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="DRAFT") | Q(due_at__isnull=True, attempt=0), name="service_outgoing_draft_stays"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["QUEUED", "SENDING", "UNKNOWN"]), name="service_outgoing_due"
            ),
            models.Index(fields=["sent_at"], condition=Q(state="SENT"), name="service_outgoing_sent"),
            models.Index(
                fields=["case", "state"],
                condition=Q(state__in=["AWAITING", "ASSISTED"]),
                name="service_outgoing_waiting",
            ),
            models.Index(
                fields=["case", "planned_for"],
                condition=Q(planned_for__isnull=False, state__in=["AWAITING", "QUEUED"]),
                name="service_outgoing_planned",
            ),
            GinIndex(WORDS, condition=Q(state="SENT"), name="service_outgoing_words"),
        ]

    def __str__(self) -> str:
        return f"outgoing {self.pk} {self.state}"
