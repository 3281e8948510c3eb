"""What the settings show of one's own absences."""

from __future__ import annotations

from django import template
from django.db.models import QuerySet

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.duties.business_time import zone
from resonanz.duties.models import Absence
from resonanz.web.forms.presence import OwnAbsenceForm

register = template.Library()


@register.simple_tag
def own_absences(user: User) -> QuerySet[Absence]:
    """Those that are not over, the next one first."""
    today = clock.now().astimezone(zone()).date()
    return Absence.objects.filter(user=user, last_date__gte=today).order_by("first_date", "pk")


@register.simple_tag
def own_absence_form() -> OwnAbsenceForm:
    """An empty one."""
    return OwnAbsenceForm(auto_id="absence_%s")
