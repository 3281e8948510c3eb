"""A refit: a head learnt from all that people said of a label, measured on the clean sample, and kept as challenger.

The job reads, then computes in a thread of low priority without any transaction, and stores all it found in one: killed
at any moment it leaves nothing half done, and is begun again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from django.db import transaction

from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.jobs import job
from resonanz.listening.models import Post, Speaker, Visible
from resonanz.triage import company_head, evaluations
from resonanz.triage.company_head import CompanyHead
from resonanz.triage.datasets import Value
from resonanz.triage.learning import champions, comparing, progress, taking
from resonanz.triage.learning.comparing import Comparison, Told
from resonanz.triage.learning.material import Taught, material
from resonanz.triage.learning.progress import quietly
from resonanz.triage.learning.weights import pack, version_of
from resonanz.triage.models import UNDER_WAY, LearningChoices, LearningRun, LearntHead, Place, RunState

STEPS = 4
_RECENT = 500
"""How many recent posts a new head judges, so that what it says later can be compared with how it began."""


@job(name="triage.refit", attempts=1)
def refit(*, run_id: int, **_: object) -> None:
    """Do the refit of this run; done already, or cancelled, it does nothing."""
    run = LearningRun.objects.filter(pk=run_id, state__in=UNDER_WAY).first()
    if run is None:
        return
    with contextlib.suppress(progress.Cancelled):
        try:
            _refit(run)
        except progress.Cancelled:
            raise
        except ResonanzError as error:
            fail(run, code=error.code)


def fail(run: LearningRun, *, code: str) -> None:
    """It ends without a head; of what is to be forgotten nothing learnt from it may stay. Raises Cancelled."""
    with transaction.atomic():
        progress.end(run, state=RunState.FAILED, failure=code)
        if run.forgets:
            LearntHead.objects.filter(label=run.label, place=Place.CHAMPION).delete()
    champions.look_again()


def _refit(run: LearningRun) -> None:
    progress.move(run, step="READ", done=0)
    found = material(label=run.label)
    recent = _recent_texts()
    progress.move(run, step="FIT", done=1)
    texts, values = [one.text for one in found.learnt], [one.value for one in found.learnt]
    encoder = evaluations.shipped().encoder
    head = quietly(lambda: company_head.learn(label=run.label, texts=texts, values=values, encoder=encoder))
    progress.move(run, step="MEASURE", done=2)
    rival = champion_of(run.label)
    comparison = quietly(lambda: _compared(run.label, found.clean, head, rival))
    progress.move(run, step="COMPARE", done=3)
    base = quietly(lambda: _base(head, recent))
    _keep(run, head, found.learnt, comparison, base)


def champion_of(label: str) -> CompanyHead | None:
    """The head that judges the label now, where it is one of the company's own."""
    stored = LearntHead.objects.filter(label=label, place=Place.CHAMPION).first()
    champion = champions.load(stored, shipped=evaluations.shipped()) if stored else None
    return champion.head if champion else None


def told_by(head: CompanyHead, texts: Sequence[str]) -> Told:
    """What a head decides of each text, and how probable that is."""
    if not texts:
        return []
    probabilities = head.probabilities(texts)
    decided = head.model.heads[0].decide(probabilities).tolist()
    return [(head.classes[place], float(row[place])) for place, row in zip(decided, probabilities, strict=True)]


def _compared(label: str, clean: Sequence[Taught], head: CompanyHead, rival: CompanyHead | None) -> Comparison:
    texts, truth = [one.text for one in clean], [one.value for one in clean]
    return comparing.compared(truth=truth, own=told_by(head, texts), rival=_rival(label, clean, texts, rival))


def _rival(label: str, clean: Sequence[Taught], texts: Sequence[str], rival: CompanyHead | None) -> Told | None:
    if rival is not None:
        return told_by(rival, texts)
    if label not in evaluations.shipped().versions:
        # Judged by rules that know more than the text, or by nobody.
        before = [one.judged for one in clean]
        return [one for one in before if one is not None] if None not in before and clean else None
    hints = [one.language for one in clean]
    found = evaluations.shipped().evaluate(texts, language_hints=hints, with_reasons=False)
    return [(one.labels[label].value, one.labels[label].probability) for one in found]


def _recent_texts() -> list[str]:
    recent = Post.objects.filter(speaker=Speaker.OUTSIDER, visibility=Visible.PUBLIC).exclude(text="")
    return list(recent.order_by("-posted_at", "-pk").values_list("text", flat=True)[:_RECENT])


def _base(head: CompanyHead, texts: Sequence[str]) -> dict[str, float]:
    """How the head judges what people say now: shares of yes and of what is unsure, and the mean chance of a yes."""
    if not texts:
        return {}
    told, unsure_below = told_by(head, texts), head.model.heads[0].unsure_below
    return {
        "posts": len(texts),
        "yes": sum(is_yes(value) for value, _ in told) / len(told),
        "unsure": sum(chance < unsure_below for _, chance in told) / len(told),
        "mean": sum(1 - chance if value is False else chance for value, chance in told) / len(told),
    }


def is_yes(value: Value) -> bool:
    """What counts as a yes when shares are told: true, and of sentiments the negative."""
    return value is True or value == "negative"


def _keep(
    run: LearningRun, head: CompanyHead, learnt: Sequence[Taught], comparison: Comparison, base: dict[str, float]
) -> None:
    packed = pack(head)
    now = clock.now()
    with transaction.atomic():
        progress.end(run, state=RunState.DONE)
        place = taking.make_room(label=run.label, forgets=run.forgets)
        kept = LearntHead.objects.create(
            label=run.label, place=place, version=version_of(packed), code=evaluations.shipped().features,
            weights=packed, texts=len(learnt),
            learnt_from=[list(one.key) for one in learnt], figures=comparing.as_record(comparison), base=base,
            trained_at=now, taken_at=now if place is Place.CHAMPION else None,
        )  # fmt: skip
        if place is Place.CHALLENGER and comparison.is_offered and _takes_by_itself():
            taking.take(head_id=kept.pk, actor=None)
    champions.look_again()


def _takes_by_itself() -> bool:
    return LearningChoices.objects.filter(takes_by_itself=True).exists()
