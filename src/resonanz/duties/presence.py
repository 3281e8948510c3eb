"""Who is there: absences, shifts and on-call, planned by people. Why somebody is away is never asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import Membership, User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.duties import calendars
from resonanz.duties.business_time import zone
from resonanz.duties.models import Absence, Capacity, Shift
from resonanz.duties.targets import is_open
from resonanz.privacy import audit

_AROUND = timedelta(days=7)
"""Whoever has a shift within a week works by shifts, and else as the team's calendar says."""
LONGEST_ABSENCE = timedelta(days=730)
LONGEST_SHIFT = timedelta(hours=24)
MOST_WEEKS = 26


class AbsenceInvalid(ResonanzError):
    """An absence ends before it begins, or lasts longer than two years."""

    code = "absence.invalid"


class ShiftInvalid(ResonanzError):
    """A shift ends before it begins, or lasts longer than a day."""

    code = "shift.invalid"


class There(IntEnum):
    """How far somebody is there."""

    AT_WORK = 0
    ON_CALL = 1
    OFF = 2  # comes back by themself: after hours, between shifts
    AWAY = 3  # absent for days, or gone for good


@dataclass(frozen=True, slots=True)
class _Span:
    start: datetime
    end: datetime
    on_call: bool


class Presence:
    """Who is there from `since` until `until`, read once."""

    def __init__(self, *, user_ids: Collection[int], since: datetime, until: datetime | None = None) -> None:
        until = until or since
        self._zone = zone()
        self._active = set(User.objects.filter(pk__in=user_ids, is_active=True).values_list("pk", flat=True))
        self._absences = self._absences_of(since, until)
        self._spans = self._spans_of(since, until)
        self._teams: dict[int, list[int]] | None = None

    def of(self, user_id: int, at: datetime) -> There:
        """How far somebody is there at a moment of that time."""
        if user_id not in self._active or self._is_absent(user_id, at.astimezone(self._zone).date()):
            return There.AWAY
        spans = self._spans[user_id]
        now = {span.on_call for span in spans if span.start <= at < span.end}
        if False in now:
            return There.AT_WORK
        if not _by_shifts(spans, at) and self._is_open(user_id, at):
            return There.AT_WORK
        return There.ON_CALL if now else There.OFF

    def is_reachable(self, user_id: int, at: datetime) -> bool:
        """Whether somebody named for on-call is on call: whoever has no such shift planned always is."""
        there = self.of(user_id, at)
        planned = any(span.on_call for span in self._spans[user_id])
        return there < There.OFF or (there is There.OFF and not planned)

    def _is_absent(self, user_id: int, day: date) -> bool:
        return any(first <= day <= last for first, last in self._absences[user_id])

    def _is_open(self, user_id: int, at: datetime) -> bool:
        if self._teams is None:
            self._teams = defaultdict(list)
            places = Membership.objects.filter(user_id__in=self._active).order_by("team_id")
            for member_id, team_id in places.values_list("user_id", "team_id"):
                self._teams[member_id].append(team_id)
            self._promises = calendars.promises()
        teams: Sequence[int | None] = self._teams[user_id] or [None]
        return any(is_open(at=at, calendar=self._promises.calendar(team_id=team)) for team in teams)

    def _absences_of(self, since: datetime, until: datetime) -> dict[int, list[tuple[date, date]]]:
        found: dict[int, list[tuple[date, date]]] = defaultdict(list)
        first, last = since.astimezone(self._zone).date(), until.astimezone(self._zone).date()
        rows = Absence.objects.filter(user_id__in=self._active, first_date__lte=last, last_date__gte=first)
        for row in rows.order_by("pk"):
            found[row.user_id].append((row.first_date, row.last_date))
        return found

    def _spans_of(self, since: datetime, until: datetime) -> dict[int, list[_Span]]:
        found: dict[int, list[_Span]] = defaultdict(list)
        rows = Shift.objects.filter(
            user_id__in=self._active, ends_at__gt=since - _AROUND, starts_at__lt=until + _AROUND
        )
        for row in rows.order_by("pk"):
            found[row.user_id].append(_Span(row.starts_at, row.ends_at, row.on_call))
        return found


def _by_shifts(spans: Sequence[_Span], at: datetime) -> bool:
    return any(not span.on_call and span.start < at + _AROUND and span.end > at - _AROUND for span in spans)


def on_duty(*, user_ids: Collection[int], at: datetime | None = None) -> set[int]:
    """Those who are at work or on call: whom to tell now. The others see it when they return."""
    at = at or clock.now()
    presence = Presence(user_ids=user_ids, since=at)
    return {user_id for user_id in user_ids if presence.of(user_id, at) <= There.ON_CALL}


def set_absence(*, user_id: int, first_date: date, last_date: date, actor: User) -> Absence:
    """Somebody is away on these days, both included; raises AbsenceInvalid."""
    if not timedelta() <= last_date - first_date <= LONGEST_ABSENCE:
        raise AbsenceInvalid
    with transaction.atomic():
        found, made = Absence.objects.get_or_create(user_id=user_id, first_date=first_date, last_date=last_date)
        if made:
            audit.record(act="absence.set", actor=actor_of(actor), thing="user", thing_id=user_id)
    return found


def remove_absence(*, absence_id: int, actor: User) -> None:
    """Somebody is there after all."""
    with transaction.atomic():
        found = Absence.objects.select_for_update().filter(pk=absence_id).first()
        if found is not None:
            found.delete()
            audit.record(act="absence.removed", actor=actor_of(actor), thing="user", thing_id=found.user_id)


def plan_shifts(
    *, user_ids: Iterable[int], starts_at: datetime, ends_at: datetime, on_call: bool, weeks: int, actor: User
) -> int:
    """One shift for each of them, again in the weeks that follow at the same time on the wall; how many are new.

    Raises ShiftInvalid.
    """
    if not timedelta() < ends_at - starts_at <= LONGEST_SHIFT:
        raise ShiftInvalid
    here = zone()
    local = starts_at.astimezone(here), ends_at.astimezone(here)
    new = [
        Shift(user_id=user_id, starts_at=begin, ends_at=end, on_call=on_call)
        for week in range(min(max(weeks, 1), MOST_WEEKS))
        for begin, end in [(local[0] + timedelta(weeks=week), local[1] + timedelta(weeks=week))]
        for user_id in sorted(set(user_ids))
    ]
    with transaction.atomic():
        before = Shift.objects.count()
        Shift.objects.bulk_create(new, ignore_conflicts=True)
        made = Shift.objects.count() - before
        audit.record(act="shift.planned", actor=actor_of(actor), thing="shift", thing_id=0, count=made)
    return made


def remove_shift(*, shift_id: int, actor: User) -> None:
    """A shift that is not worked."""
    with transaction.atomic():
        found = Shift.objects.select_for_update().filter(pk=shift_id).first()
        if found is not None:
            found.delete()
            audit.record(act="shift.removed", actor=actor_of(actor), thing="user", thing_id=found.user_id)


def set_capacity(*, user_id: int, most_open: int | None, languages: Sequence[str], actor: User) -> None:
    """How many open cases somebody is given at most, and in which languages they answer; none is all."""
    with transaction.atomic():
        chosen = {"most_open": most_open, "languages": sorted(set(languages))}
        Capacity.objects.update_or_create(user_id=user_id, defaults=chosen)
        audit.record(act="capacity.set", actor=actor_of(actor), thing="user", thing_id=user_id)


class Capacities:
    """What fits whom, read once."""

    def __init__(self, *, user_ids: Collection[int]) -> None:
        self._rows = {row.user_id: row for row in Capacity.objects.filter(user_id__in=user_ids)}

    def speaks(self, user_id: int, language: str) -> bool:
        """Whether somebody answers in a language; whoever named none answers in all."""
        row = self._rows.get(user_id)
        return not language or row is None or not row.languages or language in row.languages

    def has_room(self, user_id: int, open_cases: int) -> bool:
        """Whether one more case fits."""
        row = self._rows.get(user_id)
        return row is None or row.most_open is None or open_cases < row.most_open
