"""Acts on cases: one after the other in the order of their ids, each for all cases it is meant for at once.

An act on one case and the same act on five hundred are the same code and about the same number of queries. In bulk each
case is done or refused as a whole, and the refused ones are named with why.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar
from uuid import UUID

from django.db import transaction

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.service.models import Case, CaseEvent, CaseState
from resonanz.service.notices import notify

LEASE = timedelta(minutes=15)
"""How long a claim lasts after its holder last did something on the case."""
MOST_CASES = 500
Found = TypeVar("Found")

CLAIM = ("claimed_by_id", "claimed_until")
SNOOZE = ("is_snoozed", "snoozed_until", "returned_at")
_STAYS = {*CLAIM, "returned_at"}
"""What may change without bringing a case into a list in which it did not stand, but that of whoever took it."""


class CaseGone(ResonanzError):
    """The case is no longer here: its posts were deleted or erased."""

    code = "case.gone"


class NotOpen(ResonanzError):
    """The case was resolved meanwhile."""

    code = "case.not_open"


class Merged(ResonanzError):
    """The case goes on in another one, `case`."""

    code = "case.merged"

    def __init__(self, into_id: int) -> None:
        super().__init__(case=into_id)
        self.into_id = into_id


class TooMany(ResonanzError):
    """More cases at once than one act takes."""

    code = "bulk.too_many"


class CaseAct:
    """Something a colleague does to cases.

    `name` stands in their history; `columns` of the case it may change; what stood there before is kept with the event,
    so that the act can be taken back.
    """

    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]] = ()

    def prepare(self, cases: Sequence[Case]) -> None:
        """Read what has to be known of these cases, in a few queries."""

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Change the case in memory; the details of its event, None when there is nothing to do. Raises why not."""
        raise NotImplementedError

    def finish(self, done: Sequence[Done]) -> None:
        """Write what stands in other tables; the event's details may be added to."""


@dataclass(slots=True)
class Done:
    """A case on which an act was done, and the details of its event."""

    case: Case
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class Refused:
    """A case on which an act was not done, and why."""

    case_id: int
    code: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act in bulk."""

    done: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def following(case_id: int, act: Callable[[int], Found]) -> Found:
    """What `act` gives for this case, or for the one in which it goes on.

    Called outside of the act's transaction, what it locked before it met the pointer is free again, so that nobody who
    locks both in their order is in its way.
    """
    try:
        return act(case_id)
    except Merged as merged:
        return act(merged.into_id)


def act_on(*, act: CaseAct, case_id: int, actor: User | None) -> Case:
    """Do the act on one case, or on the one in which it goes on; raises why not."""
    return following(case_id, lambda standing_id: _act_on(act, standing_id, actor))


def _act_on(act: CaseAct, case_id: int, actor: User | None) -> Case:
    with transaction.atomic():
        found = _locked([case_id])
        if not found:
            raise CaseGone
        not_merged(found[0])
        act.prepare(found)
        details = act.apply(found[0])
        if details is not None:
            _write(act, [Done(found[0], dict(details))], actor)
    return found[0]


def act_on_all(*, act: CaseAct, case_ids: Collection[int], actor: User | None, batch: UUID) -> Outcome:
    """Do the act on each of the cases; `batch` joins what can be taken back together. Raises TooMany."""
    if len(case_ids) > MOST_CASES:
        raise TooMany(most=MOST_CASES)
    outcome = Outcome()
    with transaction.atomic():
        found = _locked(case_ids)
        act.prepare(found)
        done = []
        for case in found:
            before = {column: getattr(case, column) for column in act.columns}
            try:
                not_merged(case)
                details = act.apply(case)
            except ResonanzError as error:
                outcome.refused.append(Refused(case.pk, error.code, error.params))
                for column, value in before.items():
                    setattr(case, column, value)
                continue
            outcome.done.append(case.pk)
            if details is not None:
                done.append(Done(case, {**details, "batch": str(batch)}))
        _write(act, done, actor)
    gone = sorted(set(case_ids) - {case.pk for case in found})
    outcome.refused.extend(Refused(case_id, CaseGone.code, {}) for case_id in gone)
    return outcome


def _locked(case_ids: Collection[int]) -> list[Case]:
    """The cases in the order of their ids, as everybody locks them."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("channel").filter(pk__in=set(case_ids))
    return list(rows.order_by("pk"))


def _write(act: CaseAct, done: Sequence[Done], actor: User | None) -> None:
    if not done:
        return
    now = clock.now()
    columns = _touch([each.case for each in done], actor, now) | set(act.columns)
    act.finish(done)
    if columns:
        Case.objects.bulk_update([each.case for each in done], sorted(column.removesuffix("_id") for column in columns))
    CaseEvent.objects.bulk_create(
        [CaseEvent(case=each.case, at=now, act=act.name, actor=actor, details=each.details) for each in done]
    )
    notify(case_ids=[each.case.pk for each in done], stays=columns <= _STAYS)


def _touch(cases: Iterable[Case], actor: User | None, now: datetime) -> set[str]:
    """Whoever acts on a case has looked at it, and goes on holding it if they did; the columns that changed."""
    columns: set[str] = set()
    for case in cases:
        if case.returned_at is not None and actor is not None:
            case.returned_at = None
            columns.add("returned_at")
        if actor is not None and case.claimed_by_id == actor.pk:
            case.claimed_until = now + LEASE
            columns.add("claimed_until")
    return columns


def before(case: Case, columns: Iterable[str]) -> dict[str, object]:
    """What stands in these columns, as an event keeps it."""
    return {column: as_kept(getattr(case, column)) for column in columns}


def as_kept(value: object) -> object:
    """A value of a column as JSON holds it."""
    return value.isoformat() if isinstance(value, datetime) else value


def not_merged(case: Case) -> None:
    """Raises Merged."""
    if case.merged_into_id is not None:
        raise Merged(case.merged_into_id)


def only_open(case: Case) -> None:
    """Raises NotOpen."""
    if case.state != CaseState.OPEN:
        raise NotOpen
