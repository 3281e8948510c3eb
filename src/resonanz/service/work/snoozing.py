"""Snoozing: a case is put aside until a moment, or until the person writes again, and comes back by itself.

Its due times go on running: whoever waits for us does not know that we put the matter aside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.db import transaction

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.duties.targets import Calendar, is_open, open_on
from resonanz.service.models import Case, CaseEvent
from resonanz.service.notices import notify
from resonanz.service.work.acting import CLAIM, SNOOZE, CaseAct, act_on, before, only_open
from resonanz.service.work.leases import end_claim

LONGEST = timedelta(days=366)
_A_WHILE = timedelta(hours=3)
_DAYS_AHEAD = 21
_WEEK = 7


class NotAhead(ResonanzError):
    """The moment is over already."""

    code = "snooze.not_ahead"


class TooFar(ResonanzError):
    """The moment is more than a year away."""

    code = "snooze.too_far"


@dataclass(frozen=True, slots=True)
class Snooze(CaseAct):
    """Put the case aside until a moment; without one, until the person writes again."""

    until: datetime | None

    name: ClassVar[str] = "case.snoozed"
    columns: ClassVar[tuple[str, ...]] = (*SNOOZE, *CLAIM)

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Raises NotOpen, NotAhead, TooFar."""
        only_open(case)
        now = clock.now()
        if self.until is not None and self.until <= now:
            raise NotAhead
        if self.until is not None and self.until > now + LONGEST:
            raise TooFar
        stood = before(case, self.columns)
        case.is_snoozed, case.snoozed_until, case.returned_at = True, self.until, None
        end_claim(case)
        past_due = bool(case.answer_due_at and (self.until is None or self.until > case.answer_due_at))
        return {"until": self.until and self.until.isoformat(), "past_due": past_due, "before": stood}


@dataclass(frozen=True, slots=True)
class Wake(CaseAct):
    """Take the case back before its time."""

    name: ClassVar[str] = "case.woken"
    columns: ClassVar[tuple[str, ...]] = SNOOZE

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Nothing where it is not put aside."""
        if not case.is_snoozed:
            return None
        stood = before(case, SNOOZE)
        case.is_snoozed, case.snoozed_until = False, None
        return {"before": stood}


def snooze(*, case_id: int, until: datetime | None, actor: User) -> Case:
    """Put a case aside until a moment, or (None) until the person writes again. Raises NotOpen, NotAhead, TooFar."""
    return act_on(act=Snooze(until), case_id=case_id, actor=actor)


def wake(*, case_id: int, actor: User) -> Case:
    """Take a case back before its time."""
    return act_on(act=Wake(), case_id=case_id, actor=actor)


def wake_due() -> list[int]:
    """Bring back the cases whose time has come; their ids. Who acts on one in this moment is waited for next time."""
    now = clock.now()
    with transaction.atomic():
        due = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(
            is_snoozed=True, snoozed_until__lte=now
        )
        back = list(due.order_by("pk"))
        return_cases(back, because="TIME", now=now)
        notify(case_ids=[case.pk for case in back])
    return [case.pk for case in back]


def return_cases(cases: Sequence[Case], *, because: str, now: datetime) -> None:
    """They stand at the top until somebody acts on them; call with them locked, and tell open browsers."""
    if not cases:
        return
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(
        is_snoozed=False, snoozed_until=None, returned_at=now
    )
    CaseEvent.objects.bulk_create(
        [CaseEvent(case=case, at=now, act="case.returned", details={"because": because}) for case in cases]
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A moment that is offered: IN_HOURS, TOMORROW, MONDAY; ANSWER without one. `past_due`: an answer is due before."""

    code: str
    until: datetime | None
    past_due: bool


def choices(*, now: datetime, calendar: Calendar, due_at: datetime | None) -> list[Choice]:
    """What is offered for a case: moments at which somebody works, each later than the one before."""
    today = now.astimezone(calendar.zone).date()
    offered = {
        "IN_HOURS": now + _A_WHILE if is_open(at=now + _A_WHILE, calendar=calendar) else None,
        "TOMORROW": _opens(calendar, today, from_day=1),
        "MONDAY": _opens(calendar, today, from_day=_WEEK - today.weekday()),
    }
    found: list[Choice] = []
    for code, until in offered.items():
        if until is not None and all(until != other.until for other in found):
            found.append(Choice(code, until, due_at is not None and until > due_at))
    return [*found, Choice("ANSWER", None, due_at is not None)]


def _opens(calendar: Calendar, today: date, *, from_day: int) -> datetime | None:
    """When the first working day opens that is at least so many days ahead; None where there is none for weeks."""
    for ahead in range(from_day, from_day + _DAYS_AHEAD):
        if periods := open_on(calendar, today + timedelta(days=ahead)):
            return periods[0][0]
    return None
