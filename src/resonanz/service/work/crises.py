"""Crises: a post that somebody has to look at at once lifts its case above all others, until somebody says it is none.

Whoever leads hears of it once for each case (`service.times.warnings`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from resonanz.accounts.models import User
from resonanz.service.models import Case, CaseEvent, CasePost
from resonanz.service.work.acting import CaseAct, Done, act_on, before
from resonanz.triage import feedback
from resonanz.triage.contract import Evaluated
from resonanz.triage.models import Evaluation

LABEL = "crisis"
LEAST_CHANCE = 0.35
"""From this chance on a case is lifted and people are rung: one in a hundred ordinary posts. The judge's own "yes"
begins far lower; what is less probable weighs in the urgency alone."""


def lift(*, case: Case, post_id: int, now: datetime) -> CaseEvent | None:
    """From now on it stands above the others; nothing where it does already. Call with it locked; does not save."""
    if case.crisis_at is not None:
        return None
    case.crisis_at = now
    return CaseEvent(case=case, at=now, act="case.crisis", details={"post": post_id})


def is_one(*, evaluated: Evaluated | None) -> bool:
    """Whether somebody has to look at once."""
    found = evaluated.labels.get(LABEL) if evaluated else None
    return found is not None and found.value is True and found.probability >= LEAST_CHANCE


def as_stored(*, evaluation: Evaluation | None) -> bool:
    """Whether a post is judged a crisis; a person's word on it comes first."""
    found = evaluation.labels.get(LABEL) if evaluation else None
    if not found:
        return False
    if said := found.get("said"):
        return bool(said == "true")
    return found["value"] is True and found["probability"] >= LEAST_CHANCE


class NoCrisis(CaseAct):
    """Nobody has to hurry: the case stands by its due time again."""

    name: ClassVar[str] = "case.no_crisis"
    columns: ClassVar[tuple[str, ...]] = ("crisis_at",)

    def __init__(self, actor: User) -> None:
        self._actor = actor

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Nothing where it is none."""
        if case.crisis_at is None:
            return None
        stood = before(case, self.columns)
        case.crisis_at = None
        return {"before": stood}

    def finish(self, done: Sequence[Done]) -> None:
        """The judge hears of it."""
        corrected: dict[int, list[int]] = {}
        places = CasePost.objects.filter(case__in=[each.case for each in done], post__evaluation__isnull=False)
        for place in places.select_related("post__evaluation").order_by("post_id"):
            if as_stored(evaluation=place.post.evaluation):
                feedback.give(post_id=place.post_id, label=LABEL, value="false", by=self._actor)
                corrected.setdefault(place.case_id, []).append(place.post_id)
        for each in done:
            each.details["corrected"] = corrected.get(each.case.pk, [])


def withdraw(*, undoings: Sequence[tuple[Case, CaseEvent]]) -> None:
    """What the judge was told when somebody said that it is none is taken back."""
    for _case, event in undoings:
        for post_id in event.details.get("corrected", []):
            if event.actor is not None and Evaluation.objects.filter(post=post_id).exists():
                feedback.withdraw(post_id=post_id, label=LABEL, by=event.actor)


def no_crisis(*, case_id: int, actor: User) -> Case:
    """Say that nobody has to hurry."""
    return act_on(act=NoCrisis(actor), case_id=case_id, actor=actor)
