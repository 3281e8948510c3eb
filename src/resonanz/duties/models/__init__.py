"""The tables of duties, a file for each subject; the rest of the house imports them from here."""

from resonanz.duties.models.appointment import Appointment, Charge
from resonanz.duties.models.presence import Absence, Capacity, Shift
from resonanz.duties.models.responsibility import EscalationStep, Responsibility, StepTo
from resonanz.duties.models.time import (
    BusinessCalendar,
    CompanyDay,
    ResponseTarget,
    TargetKind,
    TeamCalendar,
    Urgency,
)

__all__ = [
    "Absence",
    "Appointment",
    "BusinessCalendar",
    "Capacity",
    "Charge",
    "CompanyDay",
    "EscalationStep",
    "ResponseTarget",
    "Responsibility",
    "Shift",
    "StepTo",
    "TargetKind",
    "TeamCalendar",
    "Urgency",
]
