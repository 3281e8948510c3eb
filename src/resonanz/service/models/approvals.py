from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.service.models.outgoing import Outgoing


class ApprovalState(models.TextChoices):
    """What became of the request for a signature."""

    WAITING = "WAITING"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    SUPERSEDED = "SUPERSEDED"


class Approval(models.Model):
    """A request for a colleague's signature under an answer, and what became of it.

    `approvers` is the record of guidelines.ruling.Approvers: who may sign, by role, person or team as they are at the
    moment of signing; from `due_at` on their deputies may, too. `text_hash` is that of the words asked about, and of
    the words signed once it is APPROVED. `newest_place` and `thread_mark`: up to where and how the author of the answer
    knew the conversation when they asked, then as the signer saw it. `wording_before`: the author's words where the
    signer changed them.
    """

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="approvals")
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.WAITING)
    clause = models.CharField(max_length=120)
    approvers = models.JSONField(default=dict)
    text_hash = models.CharField(max_length=64)
    newest_place = models.BigIntegerField()
    thread_mark = models.CharField(max_length=64)
    requested_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    as_deputy = models.BooleanField(default=False)
    wording_before = models.TextField(blank=True, default="")
    comment = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["outgoing"], condition=Q(state="WAITING"), name="service_approval_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(state="WAITING", decided_at__isnull=True)
                | (~Q(state="WAITING") & Q(decided_at__isnull=False)),
                name="service_approval_decided_when",
            ),
        ]
        indexes = [
            models.Index(fields=["requested_at", "id"], condition=Q(state="WAITING"), name="service_approval_waiting"),
        ]

    def __str__(self) -> str:
        return f"approval {self.pk} of {self.outgoing_id}"
