"""When people work, and by when an answer is due."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from resonanz.accounts.models import Team
from resonanz.listening.models import Intent
from resonanz.people.models import TargetGroup


class BusinessCalendar(models.Model):
    """When people work. `periods` is {"0": [["09:00", "17:00"]], …}, Monday is 0, "24:00" is the end of the day.

    `land` is a German Land, "" for the holidays of all Länder, or `targets.NO_HOLIDAYS`. The calendar `is_default`
    holds for every team without its own.
    """

    name = models.CharField(max_length=120, unique=True)
    time_zone = models.CharField(max_length=64)
    land = models.CharField(max_length=2, blank=True, default="")
    periods = models.JSONField()
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="duties_calendar_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TeamCalendar(models.Model):
    """By which calendar a team works; a team without one works by the default calendar."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="+")
    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.CASCADE, related_name="team_calendars")

    def __str__(self) -> str:
        return f"{self.team_id} by {self.calendar_id}"


class CompanyDay(models.Model):
    """Days of the company with hours of their own: `periods` is [["09:00", "12:00"]], and empty where it is closed.

    Without a calendar they hold for all of them; those of one calendar come first, and later words before earlier ones.
    """

    calendar = models.ForeignKey(
        BusinessCalendar, null=True, blank=True, on_delete=models.CASCADE, related_name="company_days"
    )
    name = models.CharField(max_length=120)
    first_date = models.DateField()
    last_date = models.DateField()
    periods = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="duties_company_day_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.first_date}"


class TargetKind(models.TextChoices):
    """What is due: the first reply to somebody, the next one after ours, or the end of the matter."""

    FIRST = "FIRST"
    NEXT = "NEXT"
    RESOLUTION = "RESOLUTION"


class Urgency(models.TextChoices):
    """Which cases a target is for, by their urgency."""

    HIGH = "HIGH"


class ResponseTarget(models.Model):
    """Within how many business minutes something is due; what is left empty holds for everything.

    `alarm_minutes` is the hard alarm on the wall clock: null as the network needs it, 0 for none.
    """

    kind = models.CharField(max_length=10, choices=TargetKind, default=TargetKind.FIRST)
    network = models.CharField(max_length=32, blank=True, default="")
    intent = models.CharField(max_length=10, choices=Intent, blank=True, default="")
    urgency = models.CharField(max_length=4, choices=Urgency, blank=True, default="")
    group = models.ForeignKey(TargetGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    business_minutes = models.PositiveIntegerField()
    alarm_minutes = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "network", "intent", "urgency", "group"],
                nulls_distinct=False,
                name="duties_target_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.network or '*'}: {self.business_minutes} min"
