"""Due times that are reckoned anew, and warnings that they come near."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.service.models.cases import Case
from resonanz.service.models.outgoing import Outgoing


class RecomputationState(models.TextChoices):
    """How far it is."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class Recomputation(models.Model):
    """Open due times reckoned anew after hours or targets changed, case by case in the order of their ids."""

    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=9, choices=RecomputationState, default=RecomputationState.RUNNING)
    begun_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    last_case_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="RUNNING"), name="service_recomputation_one_runs"
            )
        ]

    def __str__(self) -> str:
        return f"recomputation {self.pk} {self.state}"


class Matter(models.TextChoices):
    """What comes due, or has come to pass."""

    ANSWER = "ANSWER"
    RESOLUTION = "RESOLUTION"
    APPROVAL = "APPROVAL"
    ALARM = "ALARM"
    CRISIS = "CRISIS"
    DECLARED = "DECLARED"


class Stage(models.TextChoices):
    """Whose turn it is to be warned."""

    OWNER = "OWNER"
    DEPUTY = "DEPUTY"
    LEAD = "LEAD"


class CaseWarning(models.Model):
    """That a colleague was warned that something in a case comes due; each warning once.

    `rung_at` is null where they were not on duty: then it is only listed for when they return.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="warnings")
    outgoing = models.ForeignKey(Outgoing, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    matter = models.CharField(max_length=10, choices=Matter)
    stage = models.CharField(max_length=6, choices=Stage)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "outgoing", "user", "matter", "stage", "due_at"],
                nulls_distinct=False,
                name="service_case_warning_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["user", "due_at"], condition=Q(seen_at__isnull=True), name="service_case_warning_unseen"
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter} of {self.case_id} to {self.user_id}"
