"""When something is due: business time in a calendar with holidays and company days, and the wall clock. Plain Python.

On networks that live by the minute a day without an answer counts as none, so a first or next reply is never due later
than `LATEST_BY_THE_CLOCK` after the post, whatever the calendar says, unless a target says so itself.

Local times that the clock skips mean the moment of the change; of two equal local times the first one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from resonanz.core.errors import ResonanzError

LATEST_BY_THE_CLOCK = timedelta(hours=20)
NO_HOLIDAYS = "--"
MIDNIGHT = 24 * 60
_LONGEST_GAP = timedelta(days=366)
_MOST_SKIPPED = 6

Minutes = tuple[int, int]
Periods = tuple[Minutes, ...]


class NoBusinessHours(ResonanzError):
    """The calendar has not one open hour within a year."""

    code = "calendar.no_hours"


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Days with hours of their own; without periods the company is closed."""

    first: date
    last: date
    name: str
    periods: Periods


@dataclass(frozen=True, slots=True)
class Calendar:
    """Business hours. `periods[weekday]` are (opens, closes) in minutes of the local day, in order; Monday is 0.

    Of several special days that hold, the first one counts; they come before holidays.
    """

    zone: ZoneInfo
    land: str
    periods: tuple[Periods, ...]
    special: tuple[SpecialDays, ...] = ()
    name: str = ""

    @classmethod
    def of(
        cls,
        *,
        time_zone: str,
        land: str,
        periods: Mapping[str, Sequence[Sequence[str]]],
        special: Iterable[SpecialDays] = (),
        name: str = "",
    ) -> Calendar:
        """A calendar as stored: {"0": [["09:00", "17:00"]], …}."""
        week = tuple(read_periods(periods.get(str(day), [])) for day in range(7))
        return cls(ZoneInfo(time_zone), land, week, tuple(special), name)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day that would have been open by its weekday alone; `name` is the company's own, "" on a public holiday."""

    day: date
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a target may depend on. `network_alarm` is the hard alarm that the network itself asks for."""

    kind: str
    network: str = ""
    intent: str = ""
    urgency: str = ""
    group_ids: frozenset[int] = frozenset()
    network_alarm: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Within how many business minutes something is due; empty fields hold for everything, None is the network's."""

    kind: str
    network: str = ""
    intent: str = ""
    urgency: str = ""
    group_id: int | None = None
    business_minutes: int
    alarm_minutes: int | None = None

    @property
    def conditions(self) -> frozenset[tuple[str, object]]:
        """What it names."""
        named = {"network": self.network, "intent": self.intent, "urgency": self.urgency, "group": self.group_id}
        return frozenset((name, value) for name, value in named.items() if value not in ("", None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """How a due time came about; `by_alarm`: the wall clock set it. `clause` is that of a must of the guideline."""

    kind: str
    minutes: int
    calendar: str = ""
    land: str = ""
    skipped: tuple[Skipped, ...] = ()
    alarm_minutes: int = 0
    by_alarm: bool = False
    clause: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """By when something is due, when the hard alarm rings, and why."""

    at: datetime
    because: Because
    alarm_at: datetime | None = None


def read_periods(stored: Sequence[Sequence[str]]) -> Periods:
    """Periods as stored, in minutes of the day."""
    return tuple((minute_of(opens), minute_of(closes)) for opens, closes in stored)


def minute_of(written: str) -> int:
    """The minute of the day; "24:00" is its end."""
    if written == "24:00":
        return MIDNIGHT
    at = time.fromisoformat(written)
    return at.hour * 60 + at.minute


def due_at(*, since: datetime, business_minutes: int, calendar: Calendar, by_the_minute: bool) -> datetime:
    """The moment (UTC) by which a post of `since` (aware) is to be answered; raises NoBusinessHours."""
    latest = since.astimezone(UTC) + LATEST_BY_THE_CLOCK
    try:
        due = after(since=since, length=timedelta(minutes=business_minutes), calendar=calendar)
    except NoBusinessHours:
        if not by_the_minute:
            raise
        return latest
    return min(due, latest) if by_the_minute else due


def due(*, asked: Asked, since: datetime, targets: Sequence[Target], calendar: Calendar) -> Due | None:
    """The soonest of the targets that apply; None where none does. A calendar without an open hour never stops it.

    A target that names more comes before one it includes: press on X before X. A next reply without a target of its own
    is due as a first one.
    """
    applying = _nearest(asked, targets)
    return min((_due_of(one, asked, since, calendar) for one in applying), key=lambda one: one.at, default=None)


def _nearest(asked: Asked, targets: Sequence[Target]) -> list[Target]:
    kinds = ("NEXT", "FIRST") if asked.kind == "NEXT" else (asked.kind,)
    for kind in kinds:
        applying = [target for target in targets if target.kind == kind and _applies(target, asked)]
        if applying:
            return [one for one in applying if not any(one.conditions < other.conditions for other in applying)]
    return []


def _applies(target: Target, asked: Asked) -> bool:
    return (
        target.network in ("", asked.network)
        and target.intent in ("", asked.intent)
        and target.urgency in ("", asked.urgency)
        and (target.group_id is None or target.group_id in asked.group_ids)
    )


def _due_of(target: Target, asked: Asked, since: datetime, calendar: Calendar) -> Due:
    alarm = _alarm(target, asked)
    latest = since.astimezone(UTC) + alarm if alarm else None
    try:
        at = after(since=since, length=timedelta(minutes=target.business_minutes), calendar=calendar)
    except NoBusinessHours:
        at = latest or since.astimezone(UTC) + LATEST_BY_THE_CLOCK
    by_alarm = latest is not None and latest <= at
    at = min(at, latest) if latest else at
    because = Because(
        kind=asked.kind,
        minutes=target.business_minutes,
        calendar=calendar.name,
        land=calendar.land,
        skipped=skipped(calendar=calendar, begin=since, end=at),
        alarm_minutes=int(alarm.total_seconds() // 60) if alarm else 0,
        by_alarm=by_alarm,
    )
    return Due(at, because, latest)


def _alarm(target: Target, asked: Asked) -> timedelta | None:
    """What the target says, else what the network asks for; a resolution has none unless its target says so."""
    if target.alarm_minutes is not None:
        return timedelta(minutes=target.alarm_minutes) or None
    return None if target.kind == "RESOLUTION" else asked.network_alarm


def after(*, since: datetime, length: timedelta, calendar: Calendar) -> datetime:
    """The moment (UTC) at which so much business time has passed since `since`; raises NoBusinessHours."""
    left = length
    for opens, closes in _open_from(since, calendar):
        begins = max(opens, since)
        if closes - begins >= left:
            return (begins + left).astimezone(UTC)
        left -= max(closes - begins, timedelta())
    raise NoBusinessHours


def between(*, begin: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """How much business time lies between two moments; nothing where the second one comes first."""
    total, day = timedelta(), begin.astimezone(calendar.zone).date()
    last = end.astimezone(calendar.zone).date()
    while day <= last:
        for opens, closes in open_on(calendar, day):
            total += max(min(closes, end) - max(opens, begin), timedelta())
        day += timedelta(days=1)
    return total


def is_open(*, at: datetime, calendar: Calendar) -> bool:
    """Whether people work at that moment."""
    return any(opens <= at < closes for opens, closes in open_on(calendar, at.astimezone(calendar.zone).date()))


def has_hours(*, calendar: Calendar, since: datetime) -> bool:
    """Whether there is an open hour within a year."""
    return next(_open_from(since, calendar), None) is not None


def skipped(*, calendar: Calendar, begin: datetime, end: datetime) -> tuple[Skipped, ...]:
    """The first holidays and company days on the way that would have been open by their weekday alone."""
    found: list[Skipped] = []
    day, last = begin.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    last = min(last, day + _LONGEST_GAP)
    while day <= last and len(found) < _MOST_SKIPPED:
        special = _special(calendar, day)
        usual = calendar.periods[day.weekday()]
        if special is not None and special.periods != usual:
            found.append(Skipped(day, special.name))
        elif special is None and usual and is_holiday(calendar.land, day):
            found.append(Skipped(day, ""))
        day += timedelta(days=1)
    return tuple(found)


def is_holiday(land: str, day: date) -> bool:
    """Whether it is a public holiday in a Land; "" knows only those of all Länder."""
    return day in _holidays(land, day.year, "de")


def holiday_name(land: str, day: date, *, language: str) -> str:
    """What a public holiday is called; "" where it is none."""
    return _holidays(land, day.year, "de" if language.startswith("de") else "en_US").get(day, "")


@lru_cache(maxsize=256)
def _holidays(land: str, year: int, language: str) -> Mapping[date, str]:
    if land == NO_HOLIDAYS:
        return {}
    return dict(holidays.country_holidays("DE", subdiv=land or None, years=year, language=language))


@lru_cache(maxsize=4096)
def open_on(calendar: Calendar, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The open periods of a local day, in UTC, so that lengths are true across changes of the clock."""
    special = _special(calendar, day)
    if special is not None:
        periods = special.periods
    else:
        periods = () if is_holiday(calendar.land, day) else calendar.periods[day.weekday()]
    moments = ((_moment(day, opens, calendar.zone), _moment(day, closes, calendar.zone)) for opens, closes in periods)
    return tuple((opens, closes) for opens, closes in moments if opens < closes)


def _special(calendar: Calendar, day: date) -> SpecialDays | None:
    return next((special for special in calendar.special if special.first <= day <= special.last), None)


def _open_from(since: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Open periods that end after `since` or with it, until there was none for a year."""
    day = since.astimezone(calendar.zone).date()
    last = day + _LONGEST_GAP
    while day <= last:
        for opens, closes in open_on(calendar, day):
            if closes >= since:
                last = day + _LONGEST_GAP
                yield opens, closes
        day += timedelta(days=1)


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The moment of a local time; one that the clock skips is the moment of the change."""
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return late if late <= early else _change_between(early, late, zone)


def _change_between(before: datetime, behind: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the clock of `zone` changes between two moments."""
    offset = before.astimezone(zone).utcoffset()
    while behind - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(behind - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            behind = middle
    return behind
