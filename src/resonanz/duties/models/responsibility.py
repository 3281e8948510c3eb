"""Who answers what, and what happens step by step while nobody does."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.accounts.models import Team, User
from resonanz.listening.models import Intent, Topic
from resonanz.networks.models import Channel
from resonanz.people.models import TargetGroup


class Responsibility(models.Model):
    """One row of the matrix: whoever it names answers whatever fits all fields that are set (`duties.matrix`).

    `times` are weekly periods in the company's zone, {"5": [["00:00", "24:00"]]}; {} is always. `nobody`: nobody
    answers before the next business day, and that is meant so. Without owner the case waits in the team's queue.
    """

    channel = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="responsibilities"
    )
    network = models.CharField(max_length=32, blank=True, default="")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.CASCADE)
    group = models.ForeignKey(TargetGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    intent = models.CharField(max_length=10, choices=Intent, blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")
    times = models.JSONField(default=dict, blank=True)
    nobody = models.BooleanField(default=False)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    on_call = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "network", "topic", "group", "intent", "language", "times"],
                nulls_distinct=False,
                name="duties_responsibility_once",
            ),
            models.CheckConstraint(
                condition=Q(nobody=True, owner__isnull=True, deputy__isnull=True, on_call__isnull=True)
                | (Q(nobody=False) & (Q(owner__isnull=False) | Q(team__isnull=False))),
                name="duties_responsibility_somebody",
            ),
            models.CheckConstraint(
                condition=Q(channel__isnull=True) | Q(network=""), name="duties_responsibility_channel_or_network"
            ),
        ]

    def __str__(self) -> str:
        return f"responsibility {self.pk}"


class StepTo(models.TextChoices):
    """Whom a step of escalation brings a case to."""

    DEPUTY = "DEPUTY"
    ON_CALL = "ON_CALL"
    TEAM = "TEAM"
    LEAD = "LEAD"


class EscalationStep(models.Model):
    """What happens to a case that nobody has taken for so many business minutes; without team, in every team."""

    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    after_minutes = models.PositiveIntegerField()
    to = models.CharField(max_length=8, choices=StepTo)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "after_minutes"], nulls_distinct=False, name="duties_escalation_step_once"
            )
        ]

    def __str__(self) -> str:
        return f"after {self.after_minutes} min: {self.to}"
