"""Closing a case, and why: with an answer, or without one for a reason that is kept with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import ClassVar

from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.service.answers.superseding import supersede
from resonanz.service.models import (
    Case,
    CasePost,
    CasePostState,
    CaseState,
    ClosedBecause,
    NoneNeeded,
    Outgoing,
    OutgoingState,
)
from resonanz.service.times.deadlines import Deadlines
from resonanz.service.work import declarations
from resonanz.service.work.acting import CLAIM, SNOOZE, CaseAct, Done, before
from resonanz.service.work.leases import end_claim

REASONS = (
    ClosedBecause.PRAISE,
    ClosedBecause.SPAM,
    ClosedBecause.TROLL,
    ClosedBecause.NOT_OURS,
    ClosedBecause.ANSWERED_ELSEWHERE,
)
"""Why a case is closed without an answer of ours."""
_SAID = [OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.UNKNOWN, OutgoingState.SENT]
_TURN = ("resolution_since", "resolution_due_at", "resolution_used_seconds")
_COLUMNS = ("state", "resolved_at", "answer_due_at", "closed_because", *_TURN, *CLAIM, *SNOOZE)


class OpenPosts(ResonanzError):
    """The case still has posts that nobody answered or settled."""

    code = "case.open_posts"


class NoReason(ResonanzError):
    """Nobody answered in the case, and nothing says why."""

    code = "case.reason_needed"


class NothingAnswered(ResonanzError):
    """The case has no answer that could have answered what is open."""

    code = "case.nothing_answered"


class Resolve(CaseAct):
    """Close the case. With a reason its open posts are settled by it; ANSWERED: an answer of ours covers them, too."""

    name: ClassVar[str] = "case.resolved"
    columns: ClassVar[tuple[str, ...]] = _COLUMNS

    def __init__(self, reason: str = "") -> None:
        self._reason = reason
        self._places: Mapping[int, list[CasePost]] = {}
        self._answered: frozenset[int] = frozenset()
        self._undecided: set[int] = set()
        self._settled: list[CasePost] = []
        self._deadlines: dict[int, Deadlines] = {}

    def prepare(self, cases: Sequence[Case]) -> None:
        """Their posts, and which of them have an answer of ours."""
        self._places = defaultdict(list)
        for place in CasePost.objects.filter(case__in=cases).order_by("case_id", "id"):
            self._places[place.case_id].append(place)
        self._undecided = declarations.waiting(case_ids=[case.pk for case in cases])
        said = Outgoing.objects.filter(case__in=cases, state__in=_SAID)
        self._answered = frozenset(said.values_list("case_id", flat=True).distinct())
        for case in cases:
            if case.resolution_since is not None and case.channel_id not in self._deadlines:
                self._deadlines[case.channel_id] = Deadlines(channel=case.channel)

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Raises OpenPosts, NoReason, NothingAnswered, and Undecided while a declaration waits in it."""
        if case.state == CaseState.RESOLVED:
            return None
        if case.pk in self._undecided:
            raise declarations.Undecided
        waiting = [place for place in self._places[case.pk] if place.state == CasePostState.OPEN]
        because = self._because(case, waiting)
        settled = [[place.post_id, place.state, place.reason] for place in waiting]
        for place in waiting:
            place.state, place.reason = _as_settled(self._reason)
        self._settled += waiting
        stood = before(case, _COLUMNS)
        if case.resolution_since is not None:
            self._deadlines[case.channel_id].end_turn(case=case, at=clock.now())
        case.state, case.resolved_at, case.answer_due_at = CaseState.RESOLVED, clock.now(), None
        case.closed_because, case.is_snoozed, case.snoozed_until, case.returned_at = because, False, None, None
        end_claim(case)
        return {"because": because, "settled": settled, "before": stood}

    def finish(self, done: Sequence[Done]) -> None:
        """One statement for all posts; what still awaits a signature is not sent any more."""
        CasePost.objects.bulk_update(self._settled, ["state", "reason"])
        supersede(cases=[each.case for each in done])

    def _because(self, case: Case, waiting: Sequence[CasePost]) -> str:
        places = self._places[case.pk]
        answered = case.pk in self._answered or any(place.state == CasePostState.ANSWERED for place in places)
        if not self._reason and waiting:
            raise OpenPosts(count=len(waiting))
        if self._reason == ClosedBecause.ANSWERED and not answered:
            raise NothingAnswered
        if answered:
            return ClosedBecause.ANSWERED
        return self._reason or _told_by(places)


def _told_by(places: Sequence[CasePost]) -> str:
    """What was said of the newest post that was settled for a reason; raises NoReason."""
    told = [place.reason for place in places if place.reason and place.reason != NoneNeeded.CONTEXT]
    if not told:
        raise NoReason
    return told[-1]


def _as_settled(reason: str) -> tuple[str, str]:
    if reason == ClosedBecause.ANSWERED:
        return CasePostState.ANSWERED, ""
    return CasePostState.NONE_NEEDED, reason
