"""Warnings before something is missed: first to the owner, then the deputy, then the lead, each once.

Only who is at work or on call is rung (alarms at other times would be on-call duty, § 87(1) nos. 2 and 3 BetrVG); where
the one whose turn it is is not there, the next one is rung at once. The others find it listed when they return. What
was due more than an hour ago is no warning any more: the list of what is late shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from resonanz.accounts import notifications
from resonanz.accounts.models import Role, User
from resonanz.accounts.notifications import Line
from resonanz.accounts.tasks import deliver_soon
from resonanz.core import clock
from resonanz.duties.appointments import named
from resonanz.duties.directory import Directory
from resonanz.duties.models import Charge
from resonanz.duties.presence import on_duty
from resonanz.service.answers import signing
from resonanz.service.models import (
    Case,
    CasePost,
    CasePostState,
    CaseState,
    CaseWarning,
    Declaration,
    DeclarationState,
    Matter,
    Stage,
)
from resonanz.service.notices import notify_told
from resonanz.service.times.grouping import groups_for
from resonanz.service.work import declarations
from resonanz.service.work.handing import languages_of

AHEAD: Mapping[str, timedelta] = {
    Stage.OWNER: timedelta(minutes=30),
    Stage.DEPUTY: timedelta(minutes=15),
    Stage.LEAD: timedelta(minutes=5),
}
"""How long before the moment each of them is warned; of a short time at most half, a quarter, a tenth of it."""
_SHARES: Mapping[str, int] = {Stage.OWNER: 2, Stage.DEPUTY: 4, Stage.LEAD: 10}
NO_WARNING_ANY_MORE = timedelta(hours=1)
A_DAY = timedelta(days=1)
MOST = 500


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that comes due, and who is to hear of it, one group after the other."""

    case: Case
    matter: Matter
    due_at: datetime
    within: timedelta | None
    chain: Sequence[tuple[Stage, tuple[int, ...]]]
    outgoing_id: int | None = None
    from_at: Mapping[Stage, datetime] | None = None

    def reached(self, now: datetime) -> list[Stage]:
        """Whose turn it is by now; of an alarm everybody's. `from_at` says when, where it is not shortly before."""
        if self.from_at is not None:
            return [stage for stage, _ in self.chain if now >= self.from_at[stage]]
        return [stage for stage, _ in self.chain if now >= self.due_at - self._ahead(stage)]

    def _ahead(self, stage: Stage) -> timedelta:
        if self.matter is Matter.ALARM:
            return timedelta()
        return min(AHEAD[stage], self.within / _SHARES[stage]) if self.within else AHEAD[stage]


@dataclass(slots=True)
class _Told:
    """Whom to ring, and of what."""

    lines: dict[int, list[Line]] = field(default_factory=dict)

    def add(self, user_id: int, line: Line) -> None:
        known = self.lines.setdefault(user_id, [])
        if line not in known:
            known.append(line)


def warn() -> int:
    """Warn of everything whose time has come; how many people were rung."""
    now = clock.now()
    coming = [*_crises(now), *_declarations(now), *_answers(now), *_resolutions(now), *_alarms(now), *_approvals(now)]
    told = _Told()
    with transaction.atomic():
        waiting = list(_listed_only(now))
        people = {user for one in coming for _, users in one.chain for user in users} | {row.user_id for row in waiting}
        there = on_duty(user_ids=people, at=now) if people else set()
        for one in coming:
            _warn_of(one, there, now, told)
        _ring_those_who_returned(waiting, there, now, told)
        _ring(told)
    return len(told.lines)


def unseen(*, user: User) -> list[CaseWarning]:
    """What this colleague was warned of, has not looked at, and still waits; soonest due first."""
    rows = CaseWarning.objects.filter(user=user, seen_at__isnull=True, case__state=CaseState.OPEN)
    rows = rows.select_related("case", "case__channel", "outgoing").order_by("due_at", "id")
    found: dict[tuple[int, str, int | None], CaseWarning] = {}
    for row in rows[:MOST]:
        if _still_waits(row):
            found.setdefault((row.case_id, row.matter, row.outgoing_id), row)
    return list(found.values())


def seen(*, user: User, case_id: int | None = None) -> int:
    """This colleague has looked, at one case or at the list of all; how many warnings that were."""
    rows = CaseWarning.objects.filter(user=user, seen_at__isnull=True)
    return (rows.filter(case=case_id) if case_id else rows).update(seen_at=clock.now())


def _still_waits(row: CaseWarning) -> bool:
    """Whether what it warns of is still open, at the same moment."""
    if row.matter == Matter.ANSWER:
        return row.case.answer_due_at == row.due_at
    if row.matter == Matter.RESOLUTION:
        return row.case.resolution_due_at == row.due_at
    if row.matter == Matter.APPROVAL:
        return row.outgoing is not None and row.outgoing.state == "AWAITING"
    if row.matter == Matter.CRISIS:
        return row.case.crisis_at == row.due_at
    if row.matter == Matter.DECLARED:
        waiting = Declaration.objects.filter(case=row.case_id, state__in=declarations.WAITING)
        return waiting.filter(due_at=row.due_at).exists()
    return row.case.answer_due_at is not None


def _warn_of(one: Coming, there: Collection[int], now: datetime, told: _Told) -> None:
    """Each stage that is reached; where nobody of it is there, the next one hears of it at once."""
    reached = one.reached(now)
    anybody = False
    for stage, users in one.chain:
        if stage not in reached and (anybody or not reached):
            break
        for user in users:
            rung = user in there
            anybody = anybody or rung
            if _remember(one, stage, user, now, rung=rung) and rung:
                told.add(user, _line(one.case, one.matter, one.due_at))


def _remember(one: Coming, stage: Stage, user: int, now: datetime, *, rung: bool) -> bool:
    """Whether it is new: each warning is given once."""
    _row, made = CaseWarning.objects.get_or_create(
        case=one.case, outgoing_id=one.outgoing_id, user_id=user, matter=one.matter, stage=stage, due_at=one.due_at,
        defaults={"made_at": now, "rung_at": now if rung else None},
    )  # type: ignore[misc]  # fmt: skip # (no outgoing is a key, too)
    return made


def _listed_only(now: datetime) -> QuerySet[CaseWarning]:
    """Warnings of what is not missed yet to people who were not there."""
    missed = Q(due_at__lte=now) & ~Q(matter=Matter.CRISIS)
    rows = CaseWarning.objects.filter(rung_at__isnull=True, seen_at__isnull=True).exclude(missed)
    return rows.filter(case__state=CaseState.OPEN).select_related("case", "case__channel", "outgoing").order_by("id")


def _ring_those_who_returned(
    waiting: Iterable[CaseWarning], there: Collection[int], now: datetime, told: _Told
) -> None:
    for row in waiting:
        is_their_turn = row.matter == Matter.DECLARED or now >= row.due_at - AHEAD[row.stage]
        if row.user_id in there and is_their_turn and _still_waits(row):
            CaseWarning.objects.filter(pk=row.pk).update(rung_at=now)
            told.add(row.user_id, _line(row.case, Matter(row.matter), row.due_at))


def _ring(told: _Told) -> None:
    """In the page, and as each of them wishes; rooms that are everybody's hear each thing once."""
    everything: list[Line] = []
    for user_id, lines in sorted(told.lines.items()):
        deliver_soon(notifications.enqueue(user_ids=[user_id], lines=lines))
        everything += [line for line in lines if line not in everything]
    if everything:
        deliver_soon(notifications.enqueue_for_rooms(lines=everything))
        notify_told(user_ids=told.lines)


def _line(case: Case, matter: Matter, due_at: datetime) -> Line:
    """Ids and codes alone: it may leave the house."""
    params = {"case": case.pk, "network": case.channel.network, "due_at": due_at.isoformat()}
    path = "/approvals/" if matter is Matter.APPROVAL else f"/inbox/{case.pk}/"
    return Line(f"warning.{matter.lower()}", params, path)


def _answers(now: datetime) -> list[Coming]:
    return _coming_of(Matter.ANSWER, "answer_due_at", now)


def _resolutions(now: datetime) -> list[Coming]:
    return _coming_of(Matter.RESOLUTION, "resolution_due_at", now)


def _coming_of(matter: Matter, column: str, now: datetime) -> list[Coming]:
    """Open cases in which it comes due soon, and of which not everybody has heard."""
    lead_knows = CaseWarning.objects.filter(
        case=OuterRef("pk"), matter=matter, stage=Stage.LEAD, due_at=OuterRef(column)
    )
    soon = {f"{column}__gt": now - NO_WARNING_ANY_MORE, f"{column}__lte": now + AHEAD[Stage.OWNER]}
    rows = Case.objects.filter(~Exists(lead_knows), state=CaseState.OPEN, **soon).select_related("channel")
    cases = list(rows.order_by(F(column), "id")[:MOST])
    within = _promised(cases) if matter is Matter.ANSWER else {}
    people = _People(cases)
    return [Coming(case, matter, getattr(case, column), within.get(case.pk), people.chain(case)) for case in cases]


def _promised(cases: Sequence[Case]) -> dict[int, timedelta]:
    """How much time there was for the answer that is due first."""
    places = CasePost.objects.filter(case__in=cases, state=CasePostState.OPEN, due_at=F("case__answer_due_at"))
    rows = places.order_by("-id").values_list("case_id", "due_because__minutes")
    return {case: timedelta(minutes=minutes) for case, minutes in rows if minutes}


def _alarms(now: datetime) -> list[Coming]:
    """Cases in which a post has waited so long by the wall clock that it counts as not answered."""
    rung = CaseWarning.objects.filter(case=OuterRef("case"), matter=Matter.ALARM, due_at=OuterRef("alarm_at"))
    rows = CasePost.objects.filter(
        ~Exists(rung), state=CasePostState.OPEN, case__state=CaseState.OPEN, alarm_at__lte=now,
        alarm_at__gt=now - NO_WARNING_ANY_MORE,
    )  # fmt: skip
    places = list(rows.select_related("case", "case__channel").order_by("alarm_at", "id")[:MOST])
    people = _People([place.case for place in places])
    found = {place.case_id: place for place in reversed(places)}
    return [
        Coming(place.case, Matter.ALARM, place.alarm_at, None, people.chain(place.case))
        for place in found.values()
        if place.alarm_at is not None
    ]


def _approvals(now: datetime) -> list[Coming]:
    """Signatures that are asked for and due; deputies may sign once they are."""
    late = [one for one in signing.overdue(within=AHEAD[Stage.OWNER]) if one.due_at > now - NO_WARNING_ANY_MORE]
    cases = Case.objects.select_related("channel").in_bulk({one.case_id for one in late})
    return [
        Coming(
            cases[one.case_id],
            Matter.APPROVAL,
            one.due_at,
            None,
            [(Stage.OWNER, one.signer_ids), (Stage.DEPUTY, one.deputy_ids)],
            one.outgoing_id,
        )
        for one in late
        if one.case_id in cases
    ]


def _crises(now: datetime) -> list[Coming]:
    """What somebody has to look at at once: whose case it is and whoever leads hear of it, once for each case."""
    told = CaseWarning.objects.filter(case=OuterRef("pk"), matter=Matter.CRISIS, due_at=OuterRef("crisis_at"))
    rows = Case.objects.filter(~Exists(told), state=CaseState.OPEN, crisis_at__gt=now - NO_WARNING_ANY_MORE)
    cases = list(rows.select_related("channel").order_by("crisis_at", "id")[:MOST])
    people = _People(cases)
    return [
        Coming(case, Matter.CRISIS, case.crisis_at, None, people.chain(case), from_at=dict.fromkeys(Stage, now))
        for case in cases
        if case.crisis_at is not None
    ]


def _declarations(now: datetime) -> list[Coming]:
    """Whoever is named hears of each at once and a day before its time ends; whoever leads when it has ended."""
    rows = Declaration.objects.filter(state__in=declarations.WAITING, case__state=CaseState.OPEN)
    rows = rows.filter(due_at__gt=now - NO_WARNING_ANY_MORE).select_related("case", "case__channel")
    told = CaseWarning.objects.filter(case=OuterRef("case"), matter=Matter.DECLARED, due_at=OuterRef("due_at"))
    is_time = Q(state=DeclarationState.FOUND) | Q(due_at__lte=now + A_DAY)
    owner_is_next = is_time & ~Exists(told.filter(stage=Stage.OWNER))
    lead_is_next = Q(due_at__lte=now) & ~Exists(told.filter(stage=Stage.LEAD))
    found = list(rows.filter(owner_is_next | lead_is_next).order_by("due_at", "id")[:MOST])
    if not found:
        return []
    people, responsible = _People([one.case for one in found]), tuple(sorted(named(charge=Charge.DECLARATIONS)))
    return [
        Coming(
            one.case, Matter.DECLARED, one.due_at, None, people.of_declarations(one.case, responsible),
            from_at=_told_from(one),
        )
        for one in found
    ]  # fmt: skip


def _told_from(one: Declaration) -> Mapping[Stage, datetime]:
    first = one.found_at if one.state == DeclarationState.FOUND else one.due_at - A_DAY
    return {Stage.OWNER: first, Stage.DEPUTY: one.due_at, Stage.LEAD: one.due_at}


class _People:
    """Who is responsible for cases, read once for all of them."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._directories = {
            channel: Directory(channel_id=channel) for channel in sorted({case.channel_id for case in cases})
        }
        self._languages = languages_of(cases) if cases else {}
        identities = {case.identity_id for case in cases}
        self._groups = {channel: groups_for(one, identities) for channel, one in self._directories.items()}
        leads = User.objects.filter(is_active=True, role__in=[Role.LEAD, Role.ADMIN]) if cases else User.objects.none()
        self._leads = list(leads.order_by("pk").values_list("pk", "role", "teams"))

    def chain(self, case: Case) -> list[tuple[Stage, tuple[int, ...]]]:
        """Owner, deputy and whoever is on call, leads; nobody twice."""
        row, person = self._directories[case.channel_id].who_answers(
            topic_ids=[case.topic_id] if case.topic_id else [],
            intent=case.intent,
            language=self._languages.get(case.pk, ""),
            group_ids=self._groups[case.channel_id].get(case.identity_id, ()),
        )
        owner = case.assignee_id or (person.pk if person else None)
        deputies = (row.owner_id, row.deputy_id, row.on_call_id) if row else ()
        known: set[int] = set()
        chain: list[tuple[Stage, tuple[int, ...]]] = []
        groups: list[tuple[Stage, Iterable[int | None]]] = [
            (Stage.OWNER, [owner]), (Stage.DEPUTY, deputies), (Stage.LEAD, self._leads_of(case.team_id)),
        ]  # fmt: skip
        for stage, users in groups:
            new = tuple(dict.fromkeys(user for user in users if user is not None and user not in known))
            known.update(new)
            chain.append((stage, new))
        return chain

    def of_declarations(self, case: Case, responsible: tuple[int, ...]) -> list[tuple[Stage, tuple[int, ...]]]:
        """Whoever is named, then the leads; the leads at once where nobody is named."""
        leads = self._leads_of(case.team_id)
        then = tuple(user for user in leads if user not in responsible) if responsible else ()
        return [(Stage.OWNER, responsible or tuple(leads)), (Stage.LEAD, then)]

    def _leads_of(self, team_id: int | None) -> list[int]:
        """Those of the team, else all leads, else administrators."""
        of_team = [user for user, role, team in self._leads if role == Role.LEAD and team == team_id and team]
        every = [user for user, role, _ in self._leads if role == Role.LEAD]
        return of_team or every or [user for user, _, _ in self._leads]
