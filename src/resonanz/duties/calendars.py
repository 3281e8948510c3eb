"""The hours and targets in force, as stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import F

from resonanz.duties.models import BusinessCalendar, CompanyDay, ResponseTarget, TargetKind, TeamCalendar
from resonanz.duties.targets import (
    LATEST_BY_THE_CLOCK,
    Asked,
    Calendar,
    Due,
    SpecialDays,
    Target,
    due,
    read_periods,
)
from resonanz.networks import registry
from resonanz.networks.contract import Network

DEFAULT_CALENDAR = "default"
DEFAULT_BUSINESS_MINUTES = 240
URGENT = 0.6
"""From this urgency on, a case counts as urgent."""
_WEEKDAYS = {str(day): [["09:00", "17:00"]] for day in range(5)}
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def ensure_defaults() -> None:
    """Monday to Friday, nine to five, German holidays, four hours: until the company says otherwise."""
    if not BusinessCalendar.objects.filter(is_default=True).exists():
        BusinessCalendar.objects.update_or_create(
            name=DEFAULT_CALENDAR,
            defaults={"is_default": True},
            create_defaults={
                "time_zone": settings.DEFAULT_TIME_ZONE, "land": "", "periods": _WEEKDAYS, "is_default": True,
            },
        )  # fmt: skip
    if not ResponseTarget.objects.filter(kind=TargetKind.FIRST).exists():
        ResponseTarget.objects.create(business_minutes=DEFAULT_BUSINESS_MINUTES)


@dataclass(frozen=True, slots=True)
class Promises:
    """Hours and targets as they are now, read once for a batch."""

    targets: tuple[Target, ...]
    calendars: Mapping[int | None, Calendar]

    def calendar(self, *, team_id: int | None) -> Calendar:
        """By which hours a team works; those of nobody in particular where it has none of its own."""
        return self.calendars.get(team_id, self.calendars[None])

    def due(self, *, asked: Asked, since: datetime, team_id: int | None) -> Due | None:
        """By when it is due, counted from a moment that anybody may have claimed; None where no target speaks of it."""
        moment = min(max(since, _EARLIEST), _LATEST)
        return due(asked=asked, since=moment, targets=self.targets, calendar=self.calendar(team_id=team_id))

    @property
    def name_groups(self) -> bool:
        """Whether any target depends on target groups, so that they have to be looked up."""
        return any(target.group_id is not None for target in self.targets)


def promises() -> Promises:
    """What is in force now."""
    return Promises(tuple(_target(row) for row in ResponseTarget.objects.order_by("id")), _calendars())


def network_alarm(*, network: str) -> timedelta | None:
    """The hard alarm that a network asks for: on one that lives by the minute a day is no answer."""
    connector: Network = registry.connector(network)
    return LATEST_BY_THE_CLOCK if connector.limits.by_the_minute else None


def urgency_of(*, score: float) -> str:
    """The word of targets for a score of urgency."""
    return "HIGH" if score >= URGENT else ""


def business_minutes(*, network: str) -> int:
    """Within how many minutes of business hours a first answer is due on a network, if nothing else is known."""
    plain = ResponseTarget.objects.filter(kind=TargetKind.FIRST, intent="", urgency="", group=None)
    rows = plain.filter(network__in=["", network])
    minutes = dict(rows.values_list("network", "business_minutes"))
    return minutes.get(network, minutes.get("", DEFAULT_BUSINESS_MINUTES))


def due_finder(*, network: str) -> Callable[[datetime], datetime]:
    """A function that says when a post of a given moment is to be answered; reads the database once."""
    in_force = promises()
    asked = Asked(kind=TargetKind.FIRST, network=network, network_alarm=network_alarm(network=network))

    def find(since: datetime) -> datetime:
        found = in_force.due(asked=asked, since=since, team_id=None)
        return found.at if found else since + LATEST_BY_THE_CLOCK

    return find


def as_calendar(*, stored: BusinessCalendar, days: Mapping[int | None, tuple[SpecialDays, ...]]) -> Calendar:
    """A stored calendar with its company days, and those of all calendars after its own."""
    return Calendar.of(
        time_zone=stored.time_zone,
        land=stored.land,
        periods=stored.periods,
        special=(*days.get(stored.pk, ()), *days.get(None, ())),
        name=stored.name,
    )


def special_days() -> dict[int | None, tuple[SpecialDays, ...]]:
    """Company days by calendar, None for those of all; the latest word first."""
    found: dict[int | None, tuple[SpecialDays, ...]] = {}
    for row in CompanyDay.objects.order_by("-id"):
        special = SpecialDays(row.first_date, row.last_date, row.name, read_periods(row.periods))
        found[row.calendar_id] = (*found.get(row.calendar_id, ()), special)
    return found


def _calendars() -> dict[int | None, Calendar]:
    days = special_days()
    rows = BusinessCalendar.objects.order_by("-is_default", "id").annotate(team=F("team_calendars__team"))
    found: dict[int | None, Calendar] = {}
    for row in rows:
        calendar = as_calendar(stored=row, days=days)
        found.setdefault(None, calendar)
        if row.team is not None:
            found[row.team] = calendar
    return found or {None: Calendar.of(time_zone=settings.DEFAULT_TIME_ZONE, land="", periods=_WEEKDAYS)}


def _target(row: ResponseTarget) -> Target:
    return Target(
        kind=row.kind,
        network=row.network,
        intent=row.intent,
        urgency=row.urgency,
        group_id=row.group_id,
        business_minutes=row.business_minutes,
        alarm_minutes=row.alarm_minutes,
    )


def team_ids_of(*, calendar_id: int) -> list[int]:
    """The teams that work by a calendar of their own, this one."""
    return list(TeamCalendar.objects.filter(calendar=calendar_id).order_by("team_id").values_list("team_id", flat=True))


def calendar_of(*, team_id: int | None) -> Calendar:
    """By which hours a team works, now."""
    stored = _calendars()
    return stored.get(team_id, stored[None])
