"""The days of a reader: where each begins in their time zone, also when clocks change at midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
# Beyond these, a day or its neighbour would leave what a datetime can hold.
_EARLIEST, _LATEST = date(1900, 1, 1), date(9000, 1, 1)


def beginning(day: date, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) of a day; where the clock skips midnight, the moment at which it does."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first moment of a day to the first one of the next: 23 to 25 hours."""
    return beginning(day, zone), beginning(day + ONE_DAY, zone)


def parsed(text: str) -> date | None:
    """The day that an address names; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None
