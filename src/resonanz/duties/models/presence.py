"""Who is there, and how much fits: planned by people, never measured."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from resonanz.accounts.models import User


class Absence(models.Model):
    """Days, both included and in the company's zone, on which somebody answers nothing. Why is nobody's business."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    first_date = models.DateField()
    last_date = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="duties_absence_in_order"),
            models.UniqueConstraint(fields=["user", "first_date", "last_date"], name="duties_absence_once"),
        ]
        indexes = [models.Index(fields=["last_date"], name="duties_absence_until")]

    def __str__(self) -> str:
        return f"absence {self.pk}"


class Shift(models.Model):
    """When somebody works, or is on call: then they are asked only when nobody is at work."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    on_call = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duties_shift_in_order"),
            models.UniqueConstraint(fields=["user", "starts_at", "on_call"], name="duties_shift_once"),
        ]
        indexes = [models.Index(fields=["ends_at"], name="duties_shift_until")]

    def __str__(self) -> str:
        return f"shift {self.pk}"


class Capacity(models.Model):
    """How many open cases somebody is given at most (None: as many as come), and in which languages (none: in all)."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="capacity")
    most_open = models.PositiveIntegerField(null=True, blank=True)
    languages = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"capacity {self.pk}"
