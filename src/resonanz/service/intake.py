"""Intake: posts that want an answer open a case, or extend the open one of their thread.

There is at most one open case per channel, thread root and visibility; a constraint holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from django.db import connection

from resonanz.core import clock
from resonanz.networks.models import Channel
from resonanz.service import calendars
from resonanz.service.models import Case, CaseEvent, CasePost, CasePostState, CaseState, Intent, NoneNeeded
from resonanz.service.responsibilities import Directory
from resonanz.triage.contract import Evaluated, Judgement
from resonanz.triage.evaluations import is_true, sentiment
from resonanz.triage.models import Evaluation

DueFinder = Callable[[datetime], datetime]
THREAD = tuple[str, str, str]
"""(origin, root id, visibility) within one channel."""

_SURE_OF_NO_WISH = 0.25
"""A question or complaint less probable than this is taken for none, when the rest of the post is friendly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A post that was just stored. `wanted`: an answer to it is wanted, so that it opens a case or waits in one."""

    post_id: int
    origin: str
    root_id: str
    visibility: str
    posted_at: datetime
    topic_ids: Sequence[int]
    identity_id: int | None
    wanted: bool
    intent: Intent
    urgency: float

    @property
    def thread(self) -> THREAD:
        """Where it belongs."""
        return (self.origin, self.root_id, self.visibility)


def intent_of(evaluated: Evaluated | None) -> Intent:
    """What somebody seems to want, as far as the judges can tell."""
    if evaluated is None:
        return Intent.OTHER
    return _intent(is_true(evaluated, "complaint"), is_true(evaluated, "question"), sentiment(evaluated))


def intent_as_stored(evaluation: Evaluation | None) -> Intent:
    """The same of an evaluation that is stored, people's corrections included."""
    if evaluation is None:
        return Intent.OTHER
    return _intent(evaluation.is_complaint, evaluation.is_question, evaluation.sentiment)


def _intent(complaint: bool, question: bool, mood: str) -> Intent:
    """A complaint weighs more than a question in it."""
    if complaint:
        return Intent.COMPLAINT
    if question:
        return Intent.QUESTION
    return Intent.PRAISE if mood == "positive" else Intent.OTHER


def wants_answer(*, kind: str, evaluated: Evaluated | None) -> bool:
    """Whether silence would be wrong: all but what is surely neither question nor complaint nor negative.

    A message and a review always want one: who writes to us alone, or judges us for everybody, waits for a word.
    """
    if evaluated is None or kind in {"MESSAGE", "REVIEW"}:
        return True
    if sentiment(evaluated) == "negative":
        return True
    wishes = [evaluated.labels[label] for label in ("question", "complaint") if label in evaluated.labels]
    return any(wish.unsure or _chance(wish) >= _SURE_OF_NO_WISH for wish in wishes)


def _chance(judgement: Judgement) -> float:
    """How probable a yes is; a judge's own probability is that of its decision."""
    return judgement.probability if judgement.value is True else 1.0 - judgement.probability


def take(*, channel: Channel, arrivals: Sequence[Arrival]) -> list[int]:
    """Bring new posts into cases; the ids of the cases touched. Call within the transaction of the batch."""
    arrivals = sorted(arrivals, key=lambda arrival: (*arrival.thread, arrival.posted_at, arrival.post_id))
    open_cases = _lock_open(channel, {arrival.thread for arrival in arrivals})
    opening = _first_per_thread(
        [arrival for arrival in arrivals if arrival.thread not in open_cases and arrival.wanted]
    )
    open_cases |= _open(channel, opening)
    joining = [arrival for arrival in arrivals if arrival.thread in open_cases]
    _join(channel, joining, open_cases)
    return sorted({open_cases[arrival.thread].pk for arrival in joining})


def _lock_open(channel: Channel, threads: set[THREAD]) -> dict[THREAD, Case]:
    if not threads:
        return {}
    roots = {root for _, root, _ in threads}
    found = Case.objects.select_for_update().filter(channel=channel, state=CaseState.OPEN, root_native_id__in=roots)
    cases = {(case.origin, case.root_native_id, case.visibility): case for case in found.order_by("id")}
    return {thread: case for thread, case in cases.items() if thread in threads}


def _first_per_thread(arrivals: Sequence[Arrival]) -> list[Arrival]:
    first: dict[THREAD, Arrival] = {}
    for arrival in arrivals:
        first.setdefault(arrival.thread, arrival)
    return list(first.values())


def _open(channel: Channel, opening: Sequence[Arrival]) -> dict[THREAD, Case]:
    if not opening:
        return {}
    directory = Directory(channel_id=channel.pk)
    now = clock.now()
    new = [_new_case(channel, arrival, directory, now) for arrival in opening]
    Case.objects.bulk_create(new, ignore_conflicts=True)
    cases = _lock_open(channel, {arrival.thread for arrival in opening})
    # A batch beside this one may have opened the same thread first; its case bears another moment.
    CaseEvent.objects.bulk_create(
        [
            CaseEvent(case=case, at=now, act="case.opened", details={"intent": case.intent})
            for case in cases.values()
            if case.opened_at == now
        ]
    )
    return cases


def _new_case(channel: Channel, arrival: Arrival, directory: Directory, now: datetime) -> Case:
    responsibility, person = directory.who_answers(topic_ids=arrival.topic_ids, intent=arrival.intent)
    return Case(
        channel=channel,
        origin=arrival.origin,
        root_native_id=arrival.root_id,
        visibility=arrival.visibility,
        intent=arrival.intent,
        urgency=arrival.urgency,
        topic_id=_topic(arrival, responsibility.topic_id if responsibility else None),
        identity_id=arrival.identity_id,
        team_id=responsibility.team_id if responsibility else None,
        assignee=person,
        opened_at=now,
        last_post_at=arrival.posted_at,
    )


def _topic(arrival: Arrival, responsible_for: int | None) -> int | None:
    return responsible_for or next(iter(arrival.topic_ids), None)


def _join(channel: Channel, joining: Sequence[Arrival], cases: dict[THREAD, Case]) -> None:
    if not joining:
        return
    waiting = _place(joining, cases, calendars.due_finder(network=channel.network))
    for arrival in joining:
        case = cases[arrival.thread]
        case.last_post_at = max(case.last_post_at, arrival.posted_at)
        if due := waiting.get(arrival.post_id):
            case.answer_due_at = min(case.answer_due_at, due) if case.answer_due_at else due
            case.urgency = max(case.urgency, arrival.urgency)
    _write([cases[thread] for thread in {arrival.thread for arrival in joining}])


def _place(joining: Sequence[Arrival], cases: dict[THREAD, Case], due: DueFinder) -> dict[int, datetime | None]:
    """Give each post its place in its case; those that wait for an answer there, and when it is due.

    What stood there as context, and now turns out to want an answer, waits from now on; what somebody answered or
    settled stays so.
    """
    CasePost.objects.bulk_create(
        [_new_place(arrival, cases[arrival.thread], due) for arrival in joining], ignore_conflicts=True
    )
    wanted = {arrival.post_id: arrival.posted_at for arrival in joining if arrival.wanted}
    places = CasePost.objects.filter(case__in=[case.pk for case in cases.values()], post_id__in=wanted)
    context = list(places.filter(state=CasePostState.NONE_NEEDED, reason=NoneNeeded.CONTEXT))
    for place in context:
        place.state, place.reason, place.due_at = CasePostState.OPEN, "", due(wanted[place.post_id])
    CasePost.objects.bulk_update(context, ["state", "reason", "due_at"])
    return dict(places.filter(state=CasePostState.OPEN).values_list("post_id", "due_at"))


def _new_place(arrival: Arrival, case: Case, due: DueFinder) -> CasePost:
    if arrival.wanted:
        return CasePost(case=case, post_id=arrival.post_id, state=CasePostState.OPEN, due_at=due(arrival.posted_at))
    return CasePost(case=case, post_id=arrival.post_id, state=CasePostState.NONE_NEEDED, reason=NoneNeeded.CONTEXT)


def _write(cases: Sequence[Case]) -> None:
    """One statement for all, in the order of their keys."""
    rows = [(case.pk, case.last_post_at, case.answer_due_at, case.urgency) for case in cases]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE service_case SET last_post_at = new.last_post_at, answer_due_at = new.answer_due_at,"
            " urgency = new.urgency FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::float8[])"
            " AS new (id, last_post_at, answer_due_at, urgency) WHERE service_case.id = new.id",
            [list(column) for column in zip(*sorted(rows, key=itemgetter(0)), strict=True)],
        )


def join_context(*, channel: Channel, post_ids_by_thread: dict[THREAD, list[int]]) -> None:
    """Posts of ours and of others in the thread of an open case stand beside it, wanting nothing."""
    cases = _lock_open(channel, set(post_ids_by_thread))
    CasePost.objects.bulk_create(
        [
            CasePost(case=case, post_id=post_id, state=CasePostState.NONE_NEEDED, reason=NoneNeeded.CONTEXT)
            for thread, case in sorted(cases.items())
            for post_id in sorted(post_ids_by_thread[thread])
        ],
        ignore_conflicts=True,
    )


def open_threads(*, channel: Channel, root_ids: Iterable[str]) -> set[THREAD]:
    """Which of these threads have an open case on this channel."""
    rows = Case.objects.filter(channel=channel, state=CaseState.OPEN, root_native_id__in=sorted(set(root_ids)))
    return set(rows.values_list("origin", "root_native_id", "visibility"))


def in_open_case(*, post_ids: Iterable[int]) -> set[int]:
    """Those of the posts that stand in an open case."""
    rows = CasePost.objects.filter(post_id__in=list(post_ids), case__state=CaseState.OPEN)
    return set(rows.values_list("post_id", flat=True))
