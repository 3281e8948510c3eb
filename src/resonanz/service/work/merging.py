"""Merging: what stands in several cases goes on in one; the others stay as pointers that lead there.

Only what may stand together is merged: the same brand and network, all public, or all private with the same person.
A pointer keeps its thread, so that what comes there later lands in the surviving case (`service.intake`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar
from uuid import uuid4

from django.db import transaction
from django.db.models import Q, QuerySet

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.listening.models import Visible
from resonanz.networks.connections import channels
from resonanz.service.models import (
    Aftermath,
    Case,
    CaseEvent,
    CaseState,
    ClosedBecause,
)
from resonanz.service.work import moving
from resonanz.service.work.acting import CLAIM, SNOOZE, CaseAct, CaseGone, Done, Outcome, act_on_all, before, only_open
from resonanz.service.work.acting import Merged as Merged
from resonanz.service.work.leases import end_claim

_TURN = ("answer_due_at", "resolution_since", "resolution_due_at", "resolution_used_seconds")
_SOURCE = ("state", "resolved_at", "closed_because", "merged_into_id", *_TURN, *CLAIM, *SNOOZE)
_TARGET = (
    "urgency", "last_post_at", "first_reply_at", "identity_id", "team_id", "assignee_id", "names_employees",
    "breached_clause", "crisis_at", *_TURN, *SNOOZE,
)  # fmt: skip


class ItsOwn(ResonanzError):
    """A case is not merged with itself alone."""

    code = "merge.its_own"


class OtherBrand(ResonanzError):
    """Two brands speak each for themselves."""

    code = "merge.other_brand"


class OtherNetwork(ResonanzError):
    """An answer is judged and sent for one network."""

    code = "merge.other_network"


class PrivateWithOthers(ResonanzError):
    """What is private belongs to one person and is never shown beside what others said."""

    code = "merge.private"


class OnlyPractice(ResonanzError):
    """What is only for practising stays apart."""

    code = "merge.practice"


class Merge(CaseAct):
    """Let the cases go on in `into_id`, or in the one that was opened first; each is done or refused as a whole."""

    name: ClassVar[str] = "case.merged"
    columns: ClassVar[tuple[str, ...]] = tuple(dict.fromkeys((*_SOURCE, *_TARGET)))

    def __init__(self, into_id: int | None = None) -> None:
        self._into_id = into_id
        self._target: Case | None = None
        self.why_not: dict[int, ResonanzError] = {}

    def prepare(self, cases: Sequence[Case]) -> None:
        """Which of them goes on, and which may go on in it."""
        chosen = [case for case in cases if case.pk == self._into_id]
        oldest = sorted((case for case in cases if case.state == CaseState.OPEN), key=lambda case: case.opened_at)
        self._target = next(iter(chosen if self._into_id else oldest), None)
        for case in cases:
            if case != self._target and (error := _error(case, self._target)):
                self.why_not[case.pk] = error
        if self._target is not None and len(self.why_not) >= len(cases) - 1:
            self.why_not[self._target.pk] = next(iter(self.why_not.values()), ItsOwn())

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Raises why not: NotOpen, OtherBrand, OtherNetwork, PrivateWithOthers, OnlyPractice, ItsOwn."""
        if case.pk in self.why_not:
            raise self.why_not[case.pk]
        if self._target is None:
            raise ItsOwn
        if case == self._target:
            return {"from": [], "before": before(case, _TARGET)}
        stood = before(case, _SOURCE)
        _close(case, self._target)
        return {"into": self._target.pk, "before": stood}

    def finish(self, done: Sequence[Done]) -> None:
        """Everything moves; due is what was due first."""
        target = next(each for each in done if "from" in each.details)
        for each in done:
            if each is not target:
                each.details["moved"] = moving.move_all(source=each.case, target=target.case)
                _take_over(target.case, each)
                target.details["from"] = [*_ids(target.details["from"]), each.case.pk]
        Aftermath.objects.filter(case__in=[each.case for each in done]).delete()
        moving.settle_in_memory(case=target.case)


def merge(*, case_id: int, into_id: int, actor: User) -> Case:
    """Let one case go on in another one; that one. Raises as `Merge.apply`, and CaseGone."""
    if case_id == into_id:
        raise ItsOwn
    into_id = standing(case_id=into_id)
    act = Merge(into_id)
    outcome = _merged(act, {case_id, into_id}, actor)
    if case_id in act.why_not:
        raise act.why_not[case_id]
    if outcome.refused:
        raise CaseGone
    return Case.objects.select_related("channel").get(pk=into_id)


def merge_all(*, case_ids: Collection[int], actor: User) -> Outcome:
    """Let all of them go on in the one that was opened first; those that may not are named."""
    return _merged(Merge(), case_ids, actor)


def _merged(act: Merge, case_ids: Collection[int], actor: User) -> Outcome:
    """With the pointers that lead to the cases locked among them: they will lead to the surviving one."""
    with transaction.atomic():
        touched = Case.objects.filter(Q(pk__in=case_ids) | Q(merged_into__in=case_ids)).order_by("pk")
        list(touched.select_for_update(of=("self",)).values_list("pk"))
        return act_on_all(act=act, case_ids=case_ids, actor=actor, batch=uuid4())


def standing(*, case_id: int) -> int:
    """Where the case goes on: itself, unless it was merged."""
    into = Case.objects.filter(pk=case_id).values_list("merged_into_id", flat=True).first()
    return into or case_id


def absorbed(*, case_id: int) -> QuerySet[Case]:
    """The cases that go on in this one, in the order they were opened."""
    return Case.objects.filter(merged_into_id=case_id).order_by("opened_at", "pk")


def take_apart(*, undoings: Sequence[tuple[Case, CaseEvent]]) -> bool:
    """As it was before `Merge`; whether that is still possible. Call with all of the cases locked."""
    target, event = next((case, event) for case, event in undoings if "from" in event.details)
    sources = [(case, one) for case, one in undoings if case != target]
    if target.state != CaseState.OPEN or any(case.merged_into_id != target.pk for case, _ in sources):
        return False
    for case, one in sources:
        moving.restore(case, one.details["before"])
        case.save()
        moving.move_back(source=case, target=target, moved=one.details["moved"])
    moving.restore(target, event.details["before"])
    target.save()
    for case in [target, *(case for case, _ in sources)]:
        moving.settle_in_memory(case=case)
        case.save(update_fields=["answer_due_at", *moving.TURN])
    return True


def _error(source: Case, target: Case | None) -> ResonanzError | None:
    """Why the one may not go on in the other."""
    if target is None:
        return ItsOwn()
    try:
        only_open(source)
        only_open(target)
    except ResonanzError as error:
        return error
    return why_not(source=source, target=target)


def why_not(*, source: Case, target: Case) -> ResonanzError | None:
    """What speaks against the two standing together, whether they are open or not."""
    one, other = source.channel, target.channel
    if one.brand_id != other.brand_id:
        return OtherBrand()
    if (one.network, source.network) != (other.network, target.network):
        return OtherNetwork()
    if channels.is_practice(one) != channels.is_practice(other):
        return OnlyPractice()
    if source.visibility != target.visibility:
        return PrivateWithOthers()
    same_person = (source.origin, source.private_with) == (target.origin, target.private_with)
    if source.visibility == Visible.PRIVATE and not (same_person and source.private_with):
        return PrivateWithOthers()
    return None


def _close(case: Case, target: Case) -> None:
    end_claim(case)
    case.state, case.resolved_at, case.closed_because = CaseState.RESOLVED, clock.now(), ClosedBecause.MERGED
    case.answer_due_at = case.resolution_since = case.resolution_due_at = None
    case.is_snoozed, case.snoozed_until, case.returned_at = False, None, None
    case.merged_into = target


def _take_over(target: Case, source: Done) -> None:
    """What the surviving case knows from now on; of two moments the earlier one stands, and nobody is let wait."""
    was: Mapping[str, Any] = moving.as_values(source.details["before"])
    case = source.case
    target.urgency = max(target.urgency, case.urgency)
    target.last_post_at = max(target.last_post_at, case.last_post_at)
    target.crisis_at = _earlier(target.crisis_at, case.crisis_at)
    target.first_reply_at = _earlier(target.first_reply_at, case.first_reply_at)
    target.identity_id = target.identity_id or case.identity_id
    if target.team_id is None and target.assignee_id is None:
        target.team_id, target.assignee_id = case.team_id, case.assignee_id
    target.names_employees = target.names_employees or case.names_employees
    target.breached_clause = target.breached_clause or case.breached_clause
    if target.resolution_since is None or (
        was["resolution_due_at"] and target.resolution_due_at and was["resolution_due_at"] < target.resolution_due_at
    ):
        for column in moving.TURN:
            setattr(target, column, was[column])
    if not was["is_snoozed"]:
        target.is_snoozed, target.snoozed_until = False, None


def _earlier(one: Any, other: Any) -> Any:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def _ids(value: object) -> list[int]:
    return list(value) if isinstance(value, list) else []
