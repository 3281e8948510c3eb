"""Whom the company names for a matter that must not depend on who happens to hold a case."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.accounts.models import Role, User


class Charge(models.TextChoices):
    """What somebody is named for."""

    DECLARATIONS = "DECLARATIONS"


class Appointment(models.Model):
    """A colleague, or all colleagues of a role, who look after a matter; without a row the leads do."""

    charge = models.CharField(max_length=16, choices=Charge, unique=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=8, choices=Role, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, role="") | (Q(user__isnull=True) & ~Q(role="")),
                name="duties_appointment_person_or_role",
            )
        ]

    def __str__(self) -> str:
        return f"appointment for {self.charge}"
