"""Plans of who is there are kept a month longer than they reach: whoever asks where a case went can still see why."""

from __future__ import annotations

from datetime import date, timedelta

from resonanz.duties.models import Absence, Shift

KEPT_DAYS = 30


def delete_past_absences(day: date, limit: int) -> int:
    """Delete up to `limit` absences that ended long ago."""
    past = Absence.objects.filter(last_date__lt=day - timedelta(days=KEPT_DAYS)).order_by("last_date", "pk")
    return Absence.objects.filter(pk__in=list(past.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_past_shifts(day: date, limit: int) -> int:
    """Delete up to `limit` shifts that ended long ago."""
    past = Shift.objects.filter(ends_at__date__lt=day - timedelta(days=KEPT_DAYS)).order_by("ends_at", "pk")
    return Shift.objects.filter(pk__in=list(past.values_list("pk", flat=True)[:limit])).delete()[0]
