"""When an answer is due: business minutes in a calendar with the holidays of a Land, and the wall clock. Plain Python.

On networks that live by the minute a day without an answer counts as none, so the due time is never later than
`LATEST_BY_THE_CLOCK` after the post, whatever the calendar says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from resonanz.core.errors import ResonanzError

LATEST_BY_THE_CLOCK = timedelta(hours=20)
_LONGEST_SEARCH = timedelta(days=366)


class NoBusinessHours(ResonanzError):
    """The calendar has not one open hour within a year."""

    code = "calendar.no_hours"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Business hours. `periods[weekday]` are (opens, closes) in local time, in order, not overlapping; Monday is 0."""

    zone: ZoneInfo
    land: str
    periods: tuple[tuple[tuple[time, time], ...], ...]

    @classmethod
    def of(cls, *, time_zone: str, land: str, periods: dict[str, list[list[str]]]) -> Calendar:
        """A calendar as stored: {"0": [["09:00", "17:00"]], …}."""
        week = tuple(
            tuple(
                (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in periods.get(str(day), [])
            )
            for day in range(7)
        )
        return cls(ZoneInfo(time_zone), land, week)


@lru_cache(maxsize=64)
def _holidays(land: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv=land or None, years=year))


def due_at(*, since: datetime, business_minutes: int, calendar: Calendar, by_the_minute: bool) -> datetime:
    """The moment (UTC) by which a post of `since` (aware) is to be answered; raises NoBusinessHours."""
    latest = since.astimezone(UTC) + LATEST_BY_THE_CLOCK
    try:
        due = _after_business_minutes(since, timedelta(minutes=business_minutes), calendar)
    except NoBusinessHours:
        if not by_the_minute:
            raise
        return latest
    return min(due, latest) if by_the_minute else due


def _after_business_minutes(since: datetime, left: timedelta, calendar: Calendar) -> datetime:
    for opens, closes in _open_periods(since, calendar):
        begins = max(opens, since)
        if closes - begins >= left:
            return (begins + left).astimezone(UTC)
        left -= max(closes - begins, timedelta())
    raise NoBusinessHours


def _open_periods(since: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Open periods from the day of `since` on, in UTC, so that lengths are true across changes of the clock."""
    day = since.astimezone(calendar.zone).date()
    last = day + _LONGEST_SEARCH
    while day <= last:
        if day not in _holidays(calendar.land, day.year):
            for opens, closes in calendar.periods[day.weekday()]:
                yield _moment(day, opens, calendar.zone), _moment(day, closes, calendar.zone)
        day += timedelta(days=1)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
