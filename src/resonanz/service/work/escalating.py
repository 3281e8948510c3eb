"""Escalation: what happens, step by step, to a case that nobody takes. Each step happens once, in business minutes.

A case is taken as soon as anybody did anything with it, or writes an answer. Where a step finds nobody, or only who
has the case, it is passed over and the next one comes in its time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.business_time import waiting_since
from resonanz.duties.directory import Directory
from resonanz.duties.models import EscalationStep, Responsibility, StepTo
from resonanz.duties.presence import Presence, There
from resonanz.service.models import Case, CaseEvent, CaseState, Outgoing
from resonanz.service.times import telling
from resonanz.service.times.grouping import groups_for
from resonanz.service.work.acting import CaseAct, act_on, before
from resonanz.service.work.handing import languages_of

MOST = 200
ACT = "case.escalated"


def escalate() -> int:
    """Take every step whose time has come; how many cases went on."""
    steps = list(EscalationStep.objects.order_by("after_minutes", "pk"))
    return sum(_take(step, steps) for step in steps)


def _take(step: EscalationStep, steps: Sequence[EscalationStep]) -> int:
    own = {other.team_id for other in steps if other.team_id is not None}
    teams = Q(team_id=step.team_id) if step.team_id else (Q(team__isnull=True) | ~Q(team_id__in=own))
    now, promises, done = clock.now(), calendars.promises(), 0
    of_calendar: dict[int | None, datetime | None] = {}
    for case in _untaken(step).filter(teams).order_by("opened_at", "pk")[:MOST]:
        if case.team_id not in of_calendar:
            calendar = promises.calendar(team_id=case.team_id)
            of_calendar[case.team_id] = waiting_since(minutes=step.after_minutes, until=now, calendar=calendar)
        since = of_calendar[case.team_id]
        if since is not None and case.opened_at <= since:
            done += _bring_on(case, step)
    return done


def _untaken(step: EscalationStep) -> QuerySet[Case]:
    """Open cases in which somebody waits, that nobody has touched, and that have not taken this step."""
    here = CaseEvent.objects.filter(case=OuterRef("pk"))
    touched = here.filter(actor__isnull=False, undone_at__isnull=True)
    stepped = here.filter(act=ACT, details__step=step.pk)
    written = Outgoing.objects.filter(case=OuterRef("pk"))
    longest = clock.now() - timedelta(minutes=step.after_minutes)
    waiting = Case.objects.filter(state=CaseState.OPEN, is_snoozed=False, answer_due_at__isnull=False)
    free = waiting.filter(Q(claimed_by__isnull=True) | Q(claimed_until__lte=clock.now()), opened_at__lte=longest)
    return free.filter(~Exists(touched), ~Exists(stepped), ~Exists(written)).select_related("channel")


def _bring_on(case: Case, step: EscalationStep) -> int:
    act = _Escalate(step, _receiver(case, step))
    act_on(act=act, case_id=case.pk, actor=None)
    if act.told:
        telling.tell(user_ids=act.told, code="handing.escalated", params={"case": case.pk}, path=f"/inbox/{case.pk}/")
    return int(act.moved)


@dataclass(frozen=True, slots=True)
class _Receiver:
    """Whom a step brings a case to; without user and team to nobody."""

    user_id: int | None = None
    team_id: int | None = None


def _receiver(case: Case, step: EscalationStep) -> _Receiver:
    directory = Directory(channel_id=case.channel_id)
    answer = directory.answer(
        topic_ids=[case.topic_id] if case.topic_id else [],
        intent=case.intent,
        language=languages_of([case]).get(case.pk, ""),
        group_ids=groups_for(directory, [case.identity_id]).get(case.identity_id, ()),
    )
    if step.to == StepTo.TEAM:
        return _Receiver(team_id=case.team_id or answer.team_id)
    return _Receiver(user_id=_first_there(_candidates(StepTo(step.to), case, answer.row)))


def _candidates(to: StepTo, case: Case, row: Responsibility | None) -> list[int]:
    if to is StepTo.LEAD:
        leads = User.objects.filter(role__in=[Role.LEAD, Role.ADMIN], is_active=True)
        of_team = leads.filter(teams=case.team_id, role=Role.LEAD) if case.team_id else leads.none()
        every = [*of_team.order_by("pk"), *leads.filter(role=Role.LEAD).order_by("pk"), *leads.order_by("pk")]
        return list(dict.fromkeys(lead.pk for lead in every))
    named = [row.deputy_id if to is StepTo.DEPUTY else row.on_call_id] if row else []
    return [user_id for user_id in named if user_id is not None]


def _first_there(user_ids: Sequence[int]) -> int | None:
    """Of those who are at work or on call the first, else of those who come back by themselves."""
    now = clock.now()
    presence = Presence(user_ids=user_ids, since=now)
    there = {user_id: presence.of(user_id, now) for user_id in user_ids}
    at_once = [user_id for user_id in user_ids if there[user_id] <= There.ON_CALL]
    return next(iter([*at_once, *(user_id for user_id in user_ids if there[user_id] is There.OFF)]), None)


class _Escalate(CaseAct):
    """Bring the case to whom the step names, and remember that the step was taken."""

    name: ClassVar[str] = ACT
    columns: ClassVar[tuple[str, ...]] = ("assignee_id", "team_id")

    def __init__(self, step: EscalationStep, receiver: _Receiver) -> None:
        self._step, self._receiver = step, receiver
        self.moved = False
        self.told: list[int] = []

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """A step that finds nobody else is taken all the same: it is not tried every minute."""
        to = self._receiver
        details: dict[str, object] = {"step": self._step.pk, "to": self._step.to, "minutes": self._step.after_minutes}
        if case.state != CaseState.OPEN:
            return None
        if self._step.to == StepTo.TEAM and to.team_id is not None and case.assignee_id is not None:
            self.moved = True
            stood = before(case, self.columns)
            case.assignee_id, case.team_id = None, to.team_id
            return {**details, "team": to.team_id, "before": stood}
        if to.user_id is not None and to.user_id != case.assignee_id:
            self.moved = True
            self.told = [to.user_id]
            stood = before(case, self.columns)
            case.assignee_id = to.user_id
            return {**details, "assignee": to.user_id, "before": stood}
        return details
