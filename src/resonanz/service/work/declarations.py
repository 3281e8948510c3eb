"""Declarations: found by the judges, broken to whoever is named, and decided by a person before the case is resolved.

    FOUND ──► RUNNING ──► DONE     it is one: its kind, then what was done
      │  └───────▲─────────▲
      └──► NONE             it is none; each decision can be put right by another one

The judge is tuned to miss none, so most hits are none: to say so is one act. The clock runs from receipt. That is the
moment which the network tells, because a declaration reaches us when it stands where we can read it, not when we fetch
it; where that moment lies in the future, or nobody told one, it is when we took the post in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.duties.appointments import falls_to
from resonanz.duties.calendars import Promises, promises
from resonanz.duties.models import Charge
from resonanz.duties.targets import NoBusinessHours, after
from resonanz.listening import holding
from resonanz.listening.models import Post
from resonanz.service.models import Case, CaseEvent, CaseState, Declaration, DeclarationKind, DeclarationState
from resonanz.service.times import legal_terms
from resonanz.service.work.acting import CaseAct, Done, act_on, only_open
from resonanz.triage import feedback
from resonanz.triage.contract import Evaluated
from resonanz.triage.models import Evaluation

LABEL = "declaration"
LEAST_CHANCE = 0.25
"""From this chance on somebody looks: to miss one costs more than to look at several for nothing. The judge's own "yes"
begins far lower and would bring every third ordinary post; from here on it is about one in twenty."""
LOOK_WITHIN = timedelta(hours=4)
"""Business time in which somebody says whether it is one, and which."""
_WITHOUT_HOURS = timedelta(hours=24)
MOST_LETTERS = 1000
MOST_LISTED = 20
WAITING = (DeclarationState.FOUND, DeclarationState.RUNNING)


class Undecided(ResonanzError):
    """The case holds what may be a declaration, and nobody has dealt with it."""

    code = "declaration.undecided"


class NoKind(ResonanzError):
    """A declaration is of some kind."""

    code = "declaration.no_kind"


class NoDay(ResonanzError):
    """Whoever sets a deadline names a day, and it lies within ten years."""

    code = "declaration.no_day"


class NothingDone(ResonanzError):
    """A declaration is dealt with by something that was done."""

    code = "declaration.nothing_done"


class DeclarationGone(ResonanzError):
    """The declaration is no longer in this case."""

    code = "declaration.gone"


@dataclass(frozen=True, slots=True)
class Hit:
    """A post in a case that looks like a declaration."""

    post_id: int
    case: Case
    chance: float


def chance(*, evaluated: Evaluated | None) -> float:
    """How probable a declaration is, 0 where it is not to be looked at."""
    found = evaluated.labels.get(LABEL) if evaluated else None
    return _chance(found.value is True, found.probability) if found else 0.0


def chance_as_stored(*, evaluation: Evaluation | None) -> float:
    """The same of an evaluation that is stored; a person's word on it comes first."""
    found: dict[str, Any] | None = evaluation.labels.get(LABEL) if evaluation else None
    if found is None:
        return 0.0
    if said := found.get("said"):
        return 1.0 if said == "true" else 0.0
    return _chance(found["value"] is True, found["probability"])


def _chance(value: bool, probability: float) -> float:
    yes = probability if value else 1 - probability
    return yes if yes >= LEAST_CHANCE else 0.0


def find(*, hits: Sequence[Hit], now: datetime) -> None:
    """Remember these; a post is one declaration at most. Call with their cases locked."""
    if not hits:
        return
    posts = Post.objects.in_bulk([hit.post_id for hit in hits])
    known = set(Declaration.objects.filter(post__in=posts).values_list("post_id", flat=True))
    new = [hit for hit in hits if hit.post_id in posts.keys() - known]
    if not new:
        return
    promised = promises()
    made = [_new(hit, posts[hit.post_id], promised, now) for hit in new]
    # A batch beside this one may have brought the same post through another channel.
    Declaration.objects.bulk_create(made, ignore_conflicts=True)
    CaseEvent.objects.bulk_create(
        [CaseEvent(case=hit.case, at=now, act="declaration.found", details={"post": hit.post_id}) for hit in new]
    )


def _new(hit: Hit, post: Post, promised: Promises, now: datetime) -> Declaration:
    # What was written into a post afterwards did not stand there when we took it in.
    told, ours = (post.edited_at, now) if post.edited_at else (post.posted_at, min(post.received_at, now))
    return Declaration(
        case=hit.case, post=post, probability=hit.chance, received_at=min(told, ours), by_network=told <= ours,
        found_at=now, due_at=_look_by(hit.case, promised, now),
    )  # fmt: skip


def _look_by(case: Case, promised: Promises, now: datetime) -> datetime:
    try:
        return after(since=now, length=LOOK_WITHIN, calendar=promised.calendar(team_id=case.team_id))
    except NoBusinessHours:
        return now + _WITHOUT_HOURS


def waiting(*, case_ids: Collection[int]) -> set[int]:
    """Those of these cases that hold an undecided declaration, or one with which nobody is done."""
    rows = Declaration.objects.filter(case__in=case_ids, state__in=WAITING)
    return set(rows.values_list("case_id", flat=True))


def of_case(*, case_id: int) -> list[Declaration]:
    """What its page shows: all but those that are none, the soonest due first."""
    rows = Declaration.objects.filter(case=case_id).exclude(state=DeclarationState.NONE)
    return list(rows.select_related("post", "decided_by").order_by("due_at", "id"))


def looked_after_by(*, user: User, most: int = MOST_LISTED) -> list[Declaration]:
    """The first of those in open cases that fall to this colleague, soonest due first."""
    rows = Declaration.objects.filter(state__in=WAITING, case__state=CaseState.OPEN)
    found = list(rows.select_related("case", "case__channel").order_by("due_at", "id")[:most])
    if not found:  # on most days nobody has to be asked for
        return []
    return found if falls_to(charge=Charge.DECLARATIONS, user=user) else []


class _Decide(CaseAct):
    """A decision about one declaration: kept with who and when, and learnt from."""

    value: ClassVar[str] = "true"

    def __init__(self, declaration_id: int, actor: User) -> None:
        self._id, self._actor = declaration_id, actor
        self._row: Declaration | None = None

    def prepare(self, cases: Sequence[Case]) -> None:
        """The declaration as it stands."""
        rows = Declaration.objects.select_for_update(of=("self",)).filter(pk=self._id, case__in=cases)
        self._row = rows.first()

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Raises DeclarationGone, and what speaks against the decision."""
        row = self._row
        if row is None:
            raise DeclarationGone
        stood = kept(row)
        self.decide(row)
        row.decided_by, row.decided_at = self._actor, clock.now()
        return {"declaration": row.pk, "kind": row.kind, "stood": stood}

    def decide(self, row: Declaration) -> None:
        """Change the declaration."""
        raise NotImplementedError

    def finish(self, done: Sequence[Done]) -> None:
        """Written with its event; the post is held or let go, and the judge hears of it."""
        row = self._row
        if row is None or not done:
            return
        _hold(row, before=str(_stood(done[0]).get("kind", "")))
        row.save()
        if Evaluation.objects.filter(post=row.post_id).exists():
            feedback.give(post_id=row.post_id, label=LABEL, value=self.value, by=self._actor)


class IsNone(_Decide):
    """It only looks like one."""

    name: ClassVar[str] = "declaration.none"
    value: ClassVar[str] = "false"

    def decide(self, row: Declaration) -> None:
        """Nothing runs any more."""
        row.state, row.kind, row.done = DeclarationState.NONE, "", ""


class IsOne(_Decide):
    """It is one, of this kind: from receipt on its time runs."""

    name: ClassVar[str] = "declaration.is_one"

    def __init__(self, declaration_id: int, actor: User, *, kind: str, named_day: date | None) -> None:
        super().__init__(declaration_id, actor)
        self._kind, self._day = kind, named_day

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Raises NotOpen, too: nobody is reminded of what runs in a resolved case."""
        only_open(case)
        return super().apply(case)

    def decide(self, row: Declaration) -> None:
        """Raises NoKind, NoDay."""
        if self._kind not in DeclarationKind.values:
            raise NoKind
        row.due_at = _due(DeclarationKind(self._kind), row.received_at, self._day)
        row.state, row.kind, row.done = DeclarationState.RUNNING, self._kind, ""


class IsDone(_Decide):
    """What was done about it."""

    name: ClassVar[str] = "declaration.done"

    def __init__(self, declaration_id: int, actor: User, *, done: str) -> None:
        super().__init__(declaration_id, actor)
        self._done = clean(done, most=MOST_LETTERS)

    def decide(self, row: Declaration) -> None:
        """Raises NoKind, NothingDone."""
        if not row.kind:
            raise NoKind
        if not self._done:
            raise NothingDone
        row.state, row.done = DeclarationState.DONE, self._done


def decide_none(*, declaration_id: int, actor: User) -> Case:
    """It is none: the case can be resolved, and the judge learns from it."""
    return act_on(act=IsNone(declaration_id, actor), case_id=_case_of(declaration_id), actor=actor)


def decide_kind(*, declaration_id: int, kind: str, named_day: date | None = None, actor: User) -> Case:
    """It is one; `named_day` is the last day that they set. Raises NoKind, NoDay, DeclarationGone."""
    act = IsOne(declaration_id, actor, kind=kind, named_day=named_day)
    return act_on(act=act, case_id=_case_of(declaration_id), actor=actor)


def decide_done(*, declaration_id: int, done: str, actor: User) -> Case:
    """It was dealt with. Raises NoKind, NothingDone, DeclarationGone."""
    act = IsDone(declaration_id, actor, done=done)
    return act_on(act=act, case_id=_case_of(declaration_id), actor=actor)


def take_back(*, undoings: Sequence[tuple[Case, CaseEvent]]) -> bool:
    """As it was before the decision; whether it is still there. Call with the cases locked."""
    for case, event in undoings:
        row = Declaration.objects.select_for_update().filter(pk=event.details["declaration"], case=case).first()
        # What was written about it is not in the history, so a word on what was done is not brought back.
        if row is None or case.state != CaseState.OPEN or event.details["stood"]["state"] == DeclarationState.DONE:
            return False
        now_kind = row.kind
        for name, value in event.details["stood"].items():
            setattr(row, name, datetime.fromisoformat(value) if name.endswith("_at") and value else value)
        row.done = ""
        _hold(row, before=now_kind)
        row.save()
        if event.actor is not None and Evaluation.objects.filter(post=row.post_id).exists():
            _teach_as_before(row, by=event.actor)
    return True


def _teach_as_before(row: Declaration, *, by: User) -> None:
    if row.state == DeclarationState.FOUND:
        feedback.withdraw(post_id=row.post_id, label=LABEL, by=by)
    else:
        value = IsNone.value if row.state == DeclarationState.NONE else _Decide.value
        feedback.give(post_id=row.post_id, label=LABEL, value=value, by=by)


def kept(row: Declaration) -> dict[str, object]:
    """What of a declaration its history keeps, so that a decision can be taken back: codes and moments, no words."""
    decided = row.decided_at.isoformat() if row.decided_at else None
    return {
        "state": row.state, "kind": row.kind, "due_at": row.due_at.isoformat(), "decided_by_id": row.decided_by_id,
        "decided_at": decided,
    }  # fmt: skip


def _stood(done: Done) -> Mapping[str, object]:
    stood = done.details["stood"]
    return stood if isinstance(stood, Mapping) else {}


def _case_of(declaration_id: int) -> int:
    found = Declaration.objects.filter(pk=declaration_id).values_list("case_id", flat=True).first()
    if found is None:
        raise DeclarationGone
    return found


def _due(kind: DeclarationKind, received_at: datetime, named_day: date | None) -> datetime:
    zone = ZoneInfo(settings.DEFAULT_TIME_ZONE)
    ahead = clock.today(zone) + timedelta(days=legal_terms.MOST_DAYS)
    if named_day and not received_at.astimezone(zone).date() <= named_day <= ahead:
        raise NoDay
    found = legal_terms.due(kind=kind, received_at=received_at, named_day=named_day, zone=zone)
    if found is None:
        raise NoDay
    return found


def _hold(row: Declaration, *, before: str) -> None:
    """Proof of what was declared stays as long as claims need it (Art. 17 (3) (e) GDPR; Art. 9 GPSR)."""
    zone = ZoneInfo(settings.DEFAULT_TIME_ZONE)
    if before and before != row.kind:
        held = legal_terms.keep_until(kind=DeclarationKind(before), received_at=row.received_at, zone=zone)
        if held:
            holding.let_go(post_id=row.post_id, until=held[0], reason=held[1])
    if row.kind:
        needed = legal_terms.keep_until(kind=DeclarationKind(row.kind), received_at=row.received_at, zone=zone)
        if needed:
            holding.hold(post_id=row.post_id, until=needed[0], reason=needed[1])
