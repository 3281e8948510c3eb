"""The company's own time: its zone, when it opens again, and what has waited for so many minutes of business."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from resonanz.duties.models import BusinessCalendar
from resonanz.duties.targets import Calendar, NoBusinessHours, after, is_open

_SEARCH = timedelta(days=30)


def zone() -> ZoneInfo:
    """In which weekly times and days of absence are meant: that of the default calendar."""
    name = BusinessCalendar.objects.order_by("-is_default", "id").values_list("time_zone", flat=True).first()
    return ZoneInfo(name or settings.DEFAULT_TIME_ZONE)


def next_open(*, at: datetime, calendar: Calendar) -> datetime:
    """`at` itself within business hours, else when they begin again; `at` also where they never do."""
    if is_open(at=at, calendar=calendar):
        return at
    try:  # a moment later, because the very end of a period counts as its part there
        return after(since=at + timedelta(seconds=1), length=timedelta(), calendar=calendar)
    except NoBusinessHours:
        return at


def waiting_since(*, minutes: int, until: datetime, calendar: Calendar) -> datetime | None:
    """What began to wait at this moment or before has waited so many business minutes by `until`.

    None when nothing of the last thirty days has. Time only ever adds to what is waited, so the moment is halved in on.
    """
    early, late = until - _SEARCH, until
    if not _is_over(early, minutes, until, calendar):
        return None
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if _is_over(middle, minutes, until, calendar):
            early = middle
        else:
            late = middle
    return early


def _is_over(since: datetime, minutes: int, until: datetime, calendar: Calendar) -> bool:
    try:
        return after(since=since, length=timedelta(minutes=minutes), calendar=calendar) <= until
    except NoBusinessHours:
        return False
