"""Handing out: the next case for whoever asks; the cases of somebody who is ill, or gone, for those who are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import Membership, User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.duties.directory import Directory
from resonanz.duties.presence import Capacities, Presence, There
from resonanz.service.models import Case, CasePost, CaseState, Outgoing, OutgoingState
from resonanz.service.times import telling
from resonanz.service.times.grouping import groups_for
from resonanz.service.work.acting import CLAIM, LEASE, MOST_CASES, CaseAct, Outcome, act_on, act_on_all, before
from resonanz.service.work.leases import end_claim, leave
from resonanz.service.work.workload import open_cases

_LOOKED_AT = 100
_TURN = timedelta(minutes=30)
"""Cases due within the same half hour count as due together; earlier contact then decides between them."""
_RESPONSIBLE = ("assignee_id", "team_id", *CLAIM)


class AtCapacity(ResonanzError):
    """Somebody has as many open cases as was agreed; `most` says how many."""

    code = "handing.at_capacity"


@dataclass(frozen=True, slots=True)
class HandOut(CaseAct):
    """Make the case the actor's own, and let them hold it."""

    actor: User

    name: ClassVar[str] = "case.handed_out"
    columns: ClassVar[tuple[str, ...]] = _RESPONSIBLE

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Always something to do: who asks has it not."""
        stood = before(case, _RESPONSIBLE)
        case.assignee_id = self.actor.pk
        case.claimed_by, case.claimed_until = self.actor, clock.now() + LEASE
        return {"assignee": self.actor.pk, "before": stood}


def next_case(*, user: User, besides: int | None = None) -> Case | None:
    """What to do next: of one's own what comes after `besides`, and when there is no other, one out of the team's.

    As lists of work do, by due time with what is urgent sooner and crises first.

    Out of the team's it becomes one's own, and whoever asks at the same moment gets another one. Raises AtCapacity.
    """
    ids = list(_own(user).values_list("pk", flat=True).order_by("rank_at", "pk")[:_LOOKED_AT])
    if besides in ids:
        at = ids.index(besides)
        ids = [*ids[at + 1 :], *ids[:at]]
    if ids:
        return Case.objects.select_related("channel").get(pk=ids[0])
    return _out_of_the_teams(user, besides)


def _out_of_the_teams(user: User, besides: int | None) -> Case | None:
    capacities = Capacities(user_ids=[user.pk])
    waiting = _free(user).exclude(pk=besides) if besides else _free(user)
    for case_id in _in_turn(list(waiting.order_by("rank_at", "pk")[:_LOOKED_AT]), user, capacities):
        has = open_cases([user.pk]).get(user.pk, 0)
        if not capacities.has_room(user.pk, has):
            raise AtCapacity(most=has)
        with transaction.atomic():
            # Whoever else asks right now has locked theirs: it is passed over, not waited for.
            if _free(user).select_for_update(of=("self",), skip_locked=True).filter(pk=case_id).exists():
                return act_on(act=HandOut(user), case_id=case_id, actor=user)
    return None


def _own(user: User) -> QuerySet[Case]:
    held_by_others = Q(claimed_until__gt=clock.now(), claimed_by__isnull=False) & ~Q(claimed_by=user)
    mine = Case.objects.filter(state=CaseState.OPEN, is_snoozed=False, assignee=user, answer_due_at__isnull=False)
    return mine.exclude(held_by_others)


def _free(user: User) -> QuerySet[Case]:
    """Cases in which somebody waits, for which nobody is responsible, and that this colleague's teams look after."""
    teams = Q(team__isnull=True) | Q(team_id__in=user.teams.values("pk"))
    waiting = Case.objects.filter(teams, state=CaseState.OPEN, is_snoozed=False, assignee__isnull=True)
    held = Q(claimed_by__isnull=False, claimed_until__gt=clock.now()) & ~Q(claimed_by=user)
    return waiting.filter(answer_due_at__isnull=False).exclude(held)


def _in_turn(waiting: Sequence[Case], user: User, capacities: Capacities) -> list[int]:
    """By rank; within the same half hour first whom the colleague knows, last whom another one knows."""
    languages = languages_of(waiting)
    spoken = [case for case in waiting if capacities.speaks(user.pk, languages.get(case.pk, ""))]
    contacts = contacts_of(spoken)

    def rank(case: Case) -> tuple[int, int, datetime, int]:
        known_by = contacts.get(case.identity_id or 0, frozenset())
        stranger = 0 if user.pk in known_by else 2 if known_by else 1
        assert case.rank_at is not None  # noqa: S101 (only what waits is looked at)
        return int(case.rank_at.timestamp() // _TURN.total_seconds()), stranger, case.rank_at, case.pk

    return [case.pk for case in sorted(spoken, key=rank)]


def languages_of(cases: Collection[Case]) -> dict[int, str]:
    """In which language somebody spoke last in each of the cases."""
    said = CasePost.objects.filter(case=OuterRef("pk"), post__speaker="OUTSIDER").exclude(post__language="")
    newest = Subquery(said.order_by("-post__posted_at", "-pk").values("post__language")[:1])
    found = Case.objects.filter(pk__in=[case.pk for case in cases]).annotate(language=newest)
    return {pk: language or "" for pk, language in found.values_list("pk", "language")}


def contacts_of(cases: Collection[Case]) -> dict[int, frozenset[int]]:
    """Who has answered these people before, by identity."""
    identities = {case.identity_id for case in cases if case.identity_id}
    sent = Outgoing.objects.filter(case__identity_id__in=identities, state=OutgoingState.SENT, author__isnull=False)
    found: dict[int, set[int]] = {}
    for identity_id, author_id in sent.order_by().values_list("case__identity_id", "author_id").distinct():
        found.setdefault(identity_id, set()).add(author_id)
    return {identity_id: frozenset(authors) for identity_id, authors in found.items()}


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the open cases of somebody would go: to whom each, None to nobody in particular; `left` do not fit."""

    to: Mapping[int, int | None] = field(default_factory=dict)
    left: int = 0

    @property
    def shares(self) -> list[tuple[int | None, int]]:
        """How many each of them gets, most first."""
        return Counter(self.to.values()).most_common()


def plan_spread(*, user_id: int) -> Plan:
    """Spread somebody's open cases over those who are there: their team by language, contact and room, else as the
    matrix says. Of very many, the soonest due."""
    owned = Case.objects.filter(state=CaseState.OPEN, assignee_id=user_id).order_by("answer_due_at", "pk")
    cases = list(owned.select_related("channel")[:MOST_CASES])
    desk = _Desk(cases, without=user_id)
    return Plan({case.pk: desk.receiver(case) for case in cases}, left=max(owned.count() - MOST_CASES, 0))


def spread(*, user_id: int, actor: User) -> Outcome:
    """Do as `plan_spread` says, in one act that can be taken back; who is at work and gets something hears of it."""
    plan = plan_spread(user_id=user_id)
    act = _PassOn(plan.to, "case.spread", user_id)
    outcome = act_on_all(act=act, case_ids=list(plan.to), actor=actor, batch=uuid4())
    _tell(act.given)
    return outcome


def when_gone(user: User, actor: User) -> None:
    """Somebody was shut out: they hold nothing from now on, and what was theirs goes on."""
    leave(user=user)
    pass_on(user_id=user.pk, actor=actor)


def pass_on_from_the_gone() -> int:
    """Nothing stays with somebody who works here no more; how many cases went on. Call it as often as you like."""
    rows = Case.objects.filter(state=CaseState.OPEN, assignee__is_active=False)
    gone = sorted(set(rows.order_by().values_list("assignee_id", flat=True).distinct()[:_LOOKED_AT]))
    return sum(pass_on(user_id=user_id, actor=None) for user_id in gone if user_id is not None)


def pass_on(*, user_id: int, actor: User | None) -> int:
    """Somebody works here no more: their open cases go to deputy or team as the matrix says; how many."""
    done = 0
    while (plan := plan_spread(user_id=user_id)).to:
        act = _PassOn(plan.to, "case.passed_on", user_id)
        done += len(act_on_all(act=act, case_ids=list(plan.to), actor=actor, batch=uuid4()).done)
        _tell(act.given)
        if not act.given:
            break
    return done


def _tell(given: Sequence[tuple[int | None, int]]) -> None:
    shares = Counter(user_id for user_id, _case in given if user_id is not None)
    for user_id, count in sorted(shares.items()):
        telling.tell(user_ids=[user_id], code="handing.given", params={"count": count}, path="/inbox/?view=mine")


class _PassOn(CaseAct):
    """Give each case to whom it was planned for, if it still is with whom it was."""

    columns: ClassVar[tuple[str, ...]] = _RESPONSIBLE

    def __init__(self, to: Mapping[int, int | None], name: str, user_id: int) -> None:
        self.name = name  # type: ignore[misc] # one act, two names: taken back is only what was planned by a person
        self.given: list[tuple[int | None, int]] = []
        self._to, self._from = to, user_id

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Nothing where somebody acted meanwhile."""
        if case.state != CaseState.OPEN or case.assignee_id != self._from:
            return None
        stood = before(case, _RESPONSIBLE)
        case.assignee_id = self._to[case.pk]
        if case.claimed_by_id == self._from:
            end_claim(case)
        self.given.append((case.assignee_id, case.pk))
        return {"assignee": case.assignee_id, "previous": self._from, "before": stood}


class _Desk:
    """Who could take cases, read once for all of them."""

    def __init__(self, cases: Sequence[Case], *, without: int) -> None:
        self._now = clock.now()
        self._without = without
        self._languages, self._contacts = languages_of(cases), contacts_of(cases)
        self._members: dict[int, list[int]] = {}
        places = Membership.objects.filter(team_id__in={case.team_id for case in cases if case.team_id})
        for place in places.exclude(user_id=without).select_related("user").order_by("user_id"):
            if may(place.user, Act.ANSWER):
                self._members.setdefault(place.team_id, []).append(place.user_id)
        people = {user for members in self._members.values() for user in members}
        self._presence = Presence(user_ids=people, since=self._now)
        self._capacities = Capacities(user_ids=people)
        self._load = Counter(open_cases(people))
        self._directories = {
            channel: Directory(channel_id=channel, open_cases=self._count, without=[without])
            for channel in {case.channel_id for case in cases}
        }
        self._groups = {
            case.pk: found.get(case.identity_id, frozenset[int]())
            for channel, directory in self._directories.items()
            for of_channel in [[case for case in cases if case.channel_id == channel]]
            for found in [groups_for(directory, [case.identity_id for case in of_channel])]
            for case in of_channel
        }

    def receiver(self, case: Case) -> int | None:
        """Who takes it; None leaves it to the team."""
        language = self._languages.get(case.pk, "")
        found = self._of_team(case, language) or self._by_matrix(case, language)
        if found is not None:
            self._load[found] += 1
        return found

    def _of_team(self, case: Case, language: str) -> int | None:
        known_by = self._contacts.get(case.identity_id or 0, frozenset())
        fitting = [
            (self._presence.of(user, self._now), user not in known_by, self._load[user], user)
            for user in self._members.get(case.team_id or 0, ())
            if self._capacities.speaks(user, language) and self._capacities.has_room(user, self._load[user])
        ]
        there = [one for one in fitting if one[0] is not There.AWAY]
        return min(there)[-1] if there else None

    def _by_matrix(self, case: Case, language: str) -> int | None:
        answer = self._directories[case.channel_id].answer(
            topic_ids=[case.topic_id] if case.topic_id else [], intent=case.intent, language=language, at=self._now,
            group_ids=self._groups[case.pk],
        )  # fmt: skip
        return answer.person.pk if answer.person else None

    def _count(self, user_ids: Collection[int]) -> Mapping[int, int]:
        return open_cases(user_ids)
