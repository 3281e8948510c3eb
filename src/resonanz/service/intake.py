"""Intake: posts that want an answer open a case, or extend the open one of their thread.

There is at most one open case per channel, thread (network, origin and root) and visibility, and in private one per
person; a constraint holds it. What one person wrote in private never stands beside what another one did.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter

from django.db import connection
from django.db.models import Q

from resonanz.core import clock
from resonanz.duties.directory import Directory
from resonanz.listening.models import Intent, Post, Visible
from resonanz.networks.models import Channel
from resonanz.people.models import Identity
from resonanz.service import naming
from resonanz.service.models import Case, CaseEvent, CasePost, CasePostState, CaseState, NoneNeeded
from resonanz.service.times.deadlines import Deadlines, as_record
from resonanz.service.times.grouping import groups_for
from resonanz.service.times.musts import ASSIGNED
from resonanz.service.work import crises, declarations
from resonanz.service.work.snoozing import return_cases
from resonanz.service.work.workload import open_cases
from resonanz.triage.contract import Evaluated, Judgement
from resonanz.triage.evaluations import is_true, sentiment
from resonanz.triage.models import Evaluation

THREAD = tuple[str, str, str, str, str]
"""(network, origin, root id, visibility, in private with whom) within one channel, which may bring from many."""
_THREAD = ("network", "origin", "root_native_id", "visibility", "private_with")

_FEW, _MANY = 500, 5_000
_SURE_OF_NO_WISH = 0.15
"""A wish less probable than this is taken for none, when the rest of the post is friendly."""
_WISHES = ("question", "complaint")
_ASKS_FOR_SOMEBODY = frozenset(["praise", "request", "suggestion", "purchase_interest", "cancellation_threat"])
"""Who praises or proposes wants no solution, but a word from us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A post that was just stored. `wanted`: an answer to it is wanted, so that it opens a case or waits in one.

    `names_employee`: it says who of us it is about (`service.naming`). `declared`: how probable it is that it is a
    declaration, 0 where it is not to be looked at; `is_crisis`: somebody has to look at it at once.
    """

    post_id: int
    network: str
    origin: str
    root_id: str
    visibility: str
    posted_at: datetime
    topic_ids: Sequence[int]
    identity_id: int | None
    wanted: bool
    intent: Intent
    urgency: float
    author_id: str = ""
    language: str = ""
    names_employee: bool = False
    declared: float = 0.0
    is_crisis: bool = False

    @property
    def thread(self) -> THREAD:
        """Where it belongs."""
        return thread_of(
            network=self.network, origin=self.origin, root_id=self.root_id, visibility=self.visibility,
            private_with=self.author_id,
        )  # fmt: skip


def thread_of(*, network: str, origin: str, root_id: str, visibility: str, private_with: str) -> THREAD:
    """In public everybody speaks in one thread, in private each person in one of their own."""
    return (network, origin, root_id, visibility, private_with if visibility == Visible.PRIVATE else "")


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
    """Whether silence would be wrong: all but what surely wants nothing from us.

    A message and a review always want one: who writes to us alone, or judges us for everybody, waits for a word.
    """
    if evaluated is None or kind in {"MESSAGE", "REVIEW"}:
        return True
    if sentiment(evaluated) == "negative":
        return True
    if declarations.chance(evaluated=evaluated) or crises.is_one(evaluated=evaluated):
        return True
    if any(is_true(evaluated, label) for label in _ASKS_FOR_SOMEBODY):
        return True
    wishes = [evaluated.labels[label] for label in _WISHES if label in evaluated.labels]
    return any(wish.unsure or _chance(wish) >= _SURE_OF_NO_WISH for wish in wishes)


def _chance(judgement: Judgement) -> float:
    """How probable a yes is; a judge's own probability is that of its decision."""
    return judgement.probability if judgement.value is True else 1.0 - judgement.probability


def take(*, channel: Channel, arrivals: Sequence[Arrival]) -> list[int]:
    """Bring new posts into cases; the ids of the cases touched. Call within the transaction of the batch."""
    arrivals = _to_parts(channel, arrivals)
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
    roots = {root for _, _, root, _, _ in threads}
    merged = _merged(channel, roots)
    while True:
        wanted = Q(channel=channel, root_native_id__in=roots)
        if merged:
            wanted |= Q(pk__in=set(merged.values()))
        found = Case.objects.select_for_update().filter(wanted, state=CaseState.OPEN).order_by("id")
        by_id = {case.pk: case for case in found}
        own = {thread_of_case(case): case for case in by_id.values() if case.channel_id == channel.pk}
        led = {thread: by_id[case_id] for thread, case_id in merged.items() if case_id in by_id}
        cases = {thread: case for thread, case in {**led, **own}.items() if thread in threads}
        # Whoever had to wait may have waited for a merge, or for its undoing.
        if (cases.keys() == threads and not led) or (now := _merged(channel, roots)) == merged:
            return cases
        merged = now


def _to_parts(channel: Channel, arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
    """What is said below a post of a case that was split off belongs to that case (`service.work.splitting`)."""
    parts = Case.objects.filter(channel=channel, state=CaseState.OPEN, split_from__isnull=False)
    if not arrivals or not parts.exists():
        return arrivals
    said = Post.objects.filter(pk__in=[arrival.post_id for arrival in arrivals]).exclude(parent_native_id="")
    parents = dict(said.values_list("pk", "parent_native_id"))
    standing = CasePost.objects.filter(case__in=parts, post__native_id__in=set(parents.values()))
    rows = standing.values_list("post__native_id", *(f"case__{name}" for name in _THREAD))
    where = {
        (network, origin, parent, visibility, whom): root for parent, network, origin, root, visibility, whom in rows
    }
    return [_to_part(arrival, parents.get(arrival.post_id, ""), where) for arrival in arrivals]


def _to_part(arrival: Arrival, parent: str, where: Mapping[THREAD, str]) -> Arrival:
    network, origin, _, visibility, whom = arrival.thread
    root = where.get((network, origin, parent, visibility, whom))
    return replace(arrival, root_id=root) if root else arrival


def _merged(channel: Channel, roots: Collection[str]) -> dict[THREAD, int]:
    """Threads whose case goes on in another one: in which, the last time it was merged."""
    pointers = Case.objects.filter(channel=channel, merged_into__isnull=False, root_native_id__in=roots)
    rows = pointers.order_by("resolved_at", "pk").values_list(*_THREAD, "merged_into_id")
    return {
        (network, origin, root, visibility, whom): into
        for network, origin, root, visibility, whom, into in rows
        if into
    }


def thread_of_case(case: Case) -> THREAD:
    """The thread a case is about."""
    return (case.network, case.origin, case.root_native_id, case.visibility, case.private_with)


def _first_per_thread(arrivals: Sequence[Arrival]) -> list[Arrival]:
    first: dict[THREAD, Arrival] = {}
    for arrival in arrivals:
        first.setdefault(arrival.thread, arrival)
    return list(first.values())


def _open(channel: Channel, opening: Sequence[Arrival]) -> dict[THREAD, Case]:
    if not opening:
        return {}
    directory = Directory(channel_id=channel.pk, open_cases=open_cases)
    now = clock.now()
    groups = groups_for(directory, [arrival.identity_id for arrival in opening])
    new = [_new_case(channel, arrival, directory, now, groups) for arrival in opening]
    deadlines = Deadlines(channel=channel, identity_ids=_identities(new))
    given = {
        arrival.thread: _as_must_says(case, arrival, deadlines) for case, arrival in zip(new, opening, strict=True)
    }
    Case.objects.bulk_create(new, ignore_conflicts=True)
    cases = _lock_open(channel, {arrival.thread for arrival in opening})
    # A batch beside this one may have opened the same thread first; its case bears another moment.
    CaseEvent.objects.bulk_create(
        [
            CaseEvent(case=case, at=now, act="case.opened", details={"intent": case.intent})
            for case in cases.values()
            if case.opened_at == now
        ]
        + [
            CaseEvent(case=case, at=now, act=ASSIGNED, details=details)
            for thread, case in cases.items()
            if case.opened_at == now and (details := given[thread])
        ]
    )
    return cases


def _as_must_says(case: Case, arrival: Arrival, deadlines: Deadlines) -> dict[str, object] | None:
    """Whom the guideline says must answer comes before whom the matrix names; what that changed."""
    must = deadlines.must_on(case=case, topic_ids=arrival.topic_ids)
    return deadlines.musts.give(case=case, must=must) if must else None


def _identities(cases: Iterable[Case]) -> set[int]:
    return {case.identity_id for case in cases if case.identity_id is not None}


def _new_case(
    channel: Channel, arrival: Arrival, directory: Directory, now: datetime, groups: Mapping[int | None, frozenset[int]]
) -> Case:
    answer = directory.answer(
        topic_ids=arrival.topic_ids, intent=arrival.intent, language=arrival.language, at=now,
        group_ids=groups.get(arrival.identity_id, ()),
    )  # fmt: skip
    return Case(
        channel=channel,
        network=arrival.network,
        origin=arrival.origin,
        root_native_id=arrival.root_id,
        visibility=arrival.visibility,
        private_with=arrival.thread[-1],
        intent=arrival.intent,
        urgency=arrival.urgency,
        topic_id=_topic(arrival, answer.row.topic_id if answer.row else None),
        identity_id=arrival.identity_id,
        team_id=answer.team_id,
        assignee=answer.person,
        opened_at=now,
        last_post_at=arrival.posted_at,
    )


def _topic(arrival: Arrival, responsible_for: int | None) -> int | None:
    return responsible_for or next(iter(arrival.topic_ids), None)


def _join(channel: Channel, joining: Sequence[Arrival], cases: dict[THREAD, Case]) -> None:
    if not joining:
        return
    deadlines = Deadlines(channel=channel, identity_ids=_identities(cases.values()))
    waiting = _place(joining, cases, deadlines)
    for arrival in joining:
        case = cases[arrival.thread]
        case.last_post_at = max(case.last_post_at, arrival.posted_at)
        if due := waiting.get(arrival.post_id):
            case.answer_due_at = min(case.answer_due_at, due) if case.answer_due_at else due
            case.urgency = max(case.urgency, arrival.urgency)
            deadlines.begin_turn(case=case, since=arrival.posted_at)
    _lift(joining, cases)
    _write([cases[thread] for thread in {arrival.thread for arrival in joining}])
    hits = [declarations.Hit(one.post_id, cases[one.thread], one.declared) for one in joining if one.declared]
    declarations.find(hits=hits, now=clock.now())
    _wake(joining, cases)
    naming.guard([cases[arrival.thread] for arrival in joining if arrival.names_employee])


def _lift(joining: Sequence[Arrival], cases: dict[THREAD, Case]) -> None:
    """What somebody has to look at at once stands above all others."""
    now = clock.now()
    alarming = [arrival for arrival in joining if arrival.is_crisis]
    lifted = [crises.lift(case=cases[one.thread], post_id=one.post_id, now=now) for one in alarming]
    CaseEvent.objects.bulk_create([event for event in lifted if event is not None])


def _wake(joining: Sequence[Arrival], cases: dict[THREAD, Case]) -> None:
    """What was put aside comes back when somebody wants an answer, or when the person writes who was waited for."""
    asleep = [arrival for arrival in joining if cases[arrival.thread].is_snoozed]
    if not asleep:
        return
    people = {person for arrival in asleep if (person := cases[arrival.thread].identity_id) is not None}
    waited_for = dict(Identity.objects.filter(pk__in=people).values_list("pk", "native_id"))
    back = {
        case.pk: case
        for arrival in asleep
        if (case := cases[arrival.thread])
        and (
            arrival.wanted
            or (case.snoozed_until is None and arrival.author_id == waited_for.get(case.identity_id or 0, ""))
        )
    }
    return_cases(list(back.values()), because="WROTE", now=clock.now())


def _place(joining: Sequence[Arrival], cases: dict[THREAD, Case], deadlines: Deadlines) -> dict[int, datetime | None]:
    """Give each post its place in its case; those that wait for an answer there, and when it is due.

    What stood there as context, and now turns out to want an answer, waits from now on; what somebody answered or
    settled stays so.
    """
    CasePost.objects.bulk_create(
        [_new_place(arrival, cases[arrival.thread], deadlines) for arrival in joining], ignore_conflicts=True
    )
    wanted = {arrival.post_id: arrival for arrival in joining if arrival.wanted}
    places = CasePost.objects.filter(case__in=[case.pk for case in cases.values()], post_id__in=wanted)
    context = list(places.filter(state=CasePostState.NONE_NEEDED, reason=NoneNeeded.CONTEXT))
    for place in context:
        arrival = wanted[place.post_id]
        place.state, place.reason = CasePostState.OPEN, ""
        _set_due(place, arrival, cases[arrival.thread], deadlines)
    CasePost.objects.bulk_update(context, ["state", "reason", "due_at", "due_because", "alarm_at"])
    return dict(places.filter(state=CasePostState.OPEN).values_list("post_id", "due_at"))


def _new_place(arrival: Arrival, case: Case, deadlines: Deadlines) -> CasePost:
    if arrival.wanted:
        place = CasePost(case=case, post_id=arrival.post_id, state=CasePostState.OPEN)
        _set_due(place, arrival, case, deadlines)
        return place
    return CasePost(case=case, post_id=arrival.post_id, state=CasePostState.NONE_NEEDED, reason=NoneNeeded.CONTEXT)


def _set_due(place: CasePost, arrival: Arrival, case: Case, deadlines: Deadlines) -> None:
    due = deadlines.of_post(
        case=case, posted_at=arrival.posted_at, urgency=arrival.urgency, topic_ids=arrival.topic_ids
    )
    place.due_at, place.due_because, place.alarm_at = due.at, as_record(due.because), due.alarm_at


def _write(cases: Sequence[Case]) -> None:
    """One statement for all, in the order of their keys."""
    rows = [
        (
            case.pk,
            case.last_post_at,
            case.answer_due_at,
            case.urgency,
            case.resolution_since,
            case.resolution_due_at,
            case.crisis_at,
        )
        for case in cases
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE service_case SET last_post_at = new.last_post_at, answer_due_at = new.answer_due_at,"
            " urgency = new.urgency, resolution_since = new.resolution_since,"
            " resolution_due_at = new.resolution_due_at, crisis_at = new.crisis_at"
            " FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::float8[], %s::timestamptz[],"
            " %s::timestamptz[], %s::timestamptz[]) AS new (id, last_post_at, answer_due_at, urgency, resolution_since,"
            " resolution_due_at, crisis_at)"
            " WHERE service_case.id = new.id",
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
    rows = Case.objects.filter(channel=channel, root_native_id__in=sorted(set(root_ids))).values_list(*_THREAD)
    led = rows.filter(merged_into__isnull=False, merged_into__state=CaseState.OPEN)
    return set(rows.filter(state=CaseState.OPEN).union(led))


def open_roots(*, channel: Channel, root_ids: Collection[str]) -> set[str]:
    """Which of these posts begin a thread with an open case on this channel, however many they are."""
    if not root_ids:
        return set()
    # In SQL, for these are asked many times a second: as a query of Django's, most of the time went into making it.
    with connection.cursor() as cursor:
        if len(root_ids) > _FEW:  # mostly more than there are open cases
            cursor.execute(
                "SELECT root_native_id FROM service_case WHERE channel_id = %s AND state = 'OPEN' UNION"
                " SELECT led.root_native_id FROM service_case led"
                " JOIN service_case host ON host.id = led.merged_into_id"
                " WHERE led.channel_id = %s AND host.state = 'OPEN' LIMIT %s",
                [channel.pk, channel.pk, _MANY + 1],
            )
            standing = [root for (root,) in cursor.fetchall()]
            if len(standing) <= _MANY:
                return set(root_ids).intersection(standing)
        # One parameter, and no object for each: thousands are asked for at once, and hardly one is ours.
        cursor.execute(
            'SELECT DISTINCT "case".root_native_id FROM json_array_elements_text(%s) AS asked (id)'
            ' JOIN service_case "case" ON "case".root_native_id = asked.id AND "case".channel_id = %s'
            ' LEFT JOIN service_case host ON host.id = "case".merged_into_id'
            " WHERE 'OPEN' IN (\"case\".state, host.state)",
            [json.dumps(list(root_ids)), channel.pk],
        )
        return {root for (root,) in cursor.fetchall()}


def private_partners(*, channel: Channel, post_ids: Collection[int]) -> dict[int, str]:
    """With whom these posts were exchanged in private, as far as they stand in an open case of this channel."""
    rows = CasePost.objects.filter(
        post_id__in=post_ids, case__channel=channel, case__state=CaseState.OPEN, case__visibility=Visible.PRIVATE
    )
    return dict(rows.values_list("post_id", "case__private_with"))


def in_open_case(*, post_ids: Iterable[int]) -> set[int]:
    """Those of the posts that stand in an open case."""
    rows = CasePost.objects.filter(post_id__in=list(post_ids), case__state=CaseState.OPEN)
    return set(rows.values_list("post_id", flat=True))


def in_cases(*, post_ids: Collection[int]) -> bool:
    """Whether any of the posts stands in a case, open or resolved."""
    return CasePost.objects.filter(post_id__in=post_ids).exists()
