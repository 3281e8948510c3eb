from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.listening.models import Post, Visible
from resonanz.networks.models import Channel
from resonanz.service.models.cases import Case
from resonanz.service.models.outgoing import Outgoing


class ModerationAct(models.TextChoices):
    """What is done on a network besides answering; the last two are done to what we said ourselves."""

    LIKE = "LIKE"
    UNLIKE = "UNLIKE"
    HIDE = "HIDE"
    UNHIDE = "UNHIDE"
    DELETE = "DELETE"
    BLOCK = "BLOCK"
    UNBLOCK = "UNBLOCK"
    REPORT = "REPORT"
    CORRECT = "CORRECT"
    WITHDRAW = "WITHDRAW"


class ModerationState(models.TextChoices):
    """Where it is on its way; `service.moderation.sending` draws the ways between them."""

    AWAITING = "AWAITING"
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    DONE = "DONE"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"


class Moderation(models.Model):
    """One act on a post, on its author's account, or on an answer of ours (`outgoing`): the ledger's row, and its way.

    `rule` is the number of the clause of the netiquette that was broken, `words` what else the colleague gave as the
    reason. `target_native_id`: the post, or our answer, on its network; it stays when our copy of it is gone.
    `excerpt`: how what it was done to began. `text` and `text_before` belong to a correction. `by_hand`: a person did
    it on the network and recorded it here.
    """

    act = models.CharField(max_length=8, choices=ModerationAct)
    state = models.CharField(max_length=9, choices=ModerationState)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="moderations")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.SET_NULL, related_name="moderations")
    outgoing = models.ForeignKey(Outgoing, null=True, blank=True, on_delete=models.SET_NULL, related_name="moderations")
    origin = models.CharField(max_length=255, blank=True, default="")
    target_native_id = models.CharField(max_length=512)
    author_native_id = models.CharField(max_length=512, blank=True, default="")
    visibility = models.CharField(max_length=8, choices=Visible)
    excerpt = models.CharField(max_length=300, blank=True, default="")
    url = models.CharField(max_length=2000, blank=True, default="")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    rule = models.CharField(max_length=20, blank=True, default="")
    words = models.CharField(max_length=500, blank=True, default="")
    text = models.TextField(blank=True, default="")
    text_before = models.TextField(blank=True, default="")
    ruling = models.JSONField(default=dict)
    by_hand = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True, default="")
    attempt = models.PositiveIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    failure_code = models.CharField(max_length=80, blank=True, default="")
    failure_words = models.CharField(max_length=500, blank=True, default="")
    delete_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="SENDING") | Q(lease_until__isnull=False), name="service_moderation_sending_leased"
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(done_at__isnull=False), name="service_moderation_done_when"
            ),
            models.CheckConstraint(
                condition=~Q(act__in=["HIDE", "DELETE", "BLOCK", "REPORT"]) | ~Q(rule=""),
                name="service_moderation_has_its_rule",
            ),
            models.CheckConstraint(condition=~Q(act="CORRECT") | ~Q(text=""), name="service_moderation_corrects"),
            # The same act on the same thing is under way once, whoever asks for it.
            models.UniqueConstraint(
                fields=["channel", "target_native_id", "act"],
                condition=Q(state__in=["AWAITING", "QUEUED", "SENDING", "UNKNOWN"]),
                name="service_moderation_under_way_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["QUEUED", "SENDING", "UNKNOWN"]),
                name="service_moderation_due",
            ),
            models.Index(fields=["-created_at", "-id"], name="service_moderation_newest"),
            models.Index(fields=["created_at", "id"], condition=Q(state="AWAITING"), name="service_moderation_waiting"),
            models.Index(fields=["author_native_id"], name="service_moderation_author"),
            models.Index(fields=["delete_on"], name="service_moderation_delete_on"),
        ]

    def __str__(self) -> str:
        return f"moderation {self.pk} {self.act} {self.state}"
