"""How each label stands: who judges it, how good, who is offered instead, and how much people have checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from resonanz.triage import added
from resonanz.triage.feedback import UnknownLabel
from resonanz.triage.learning import labels
from resonanz.triage.learning.comparing import (
    FEWEST_CLEAN,
    FEWEST_CLEAN_OF_NEW,
    Comparison,
    Figures,
    figures_of,
    from_record,
)
from resonanz.triage.learning.labels import Label
from resonanz.triage.learning.material import value_of
from resonanz.triage.learning.progress import Run, shown
from resonanz.triage.models import Feedback, LearningRun, LearntHead, Place, RunKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadSummary:
    """A head and how it did on the clean sample beside the champion of its time (see `comparing.Comparison`)."""

    id: int
    version: str
    trained_at: datetime
    texts: int
    taken_at: datetime | None
    figures: Figures | None
    rival: Figures | None
    better: int
    worse: int
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All a page shows of a label. `judge`: SHIPPED, ADDED by the operator, COMPANY or NONE.

    `because` says why a challenger is offered or not; `clean_needed`: how many more posts the clean sample takes before
    one can be. `figures`: of whoever judged when people looked, on the clean sample.
    """

    label: Label
    judge: str
    champion: HeadSummary | None
    challenger: HeadSummary | None
    is_offered: bool
    because: str
    clean_needed: int
    earlier: Sequence[HeadSummary]
    checked: int
    clean: int
    yes: int
    new: int
    run: Run | None
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class _Counted:
    checked: int = 0
    clean: int = 0
    yes: int = 0


def overview() -> list[Standing]:
    """All labels that can be taught, in a number of queries that does not grow with them."""
    return _standings(labels.every())


def standing(*, label: str) -> Standing:
    """One label; raises UnknownLabel."""
    for known in labels.every():
        if known.code == label:
            return _standings([known])[0]
    raise UnknownLabel(label=label, value="")


def _standings(of: Sequence[Label]) -> list[Standing]:
    codes = [label.code for label in of]
    heads: dict[str, list[LearntHead]] = defaultdict(list)
    for head in LearntHead.objects.filter(label__in=codes).defer("weights", "learnt_from").order_by("-taken_at", "-pk"):
        heads[head.label].append(head)
    added_by_operator = added.classified_labels()
    counted, new, clean, running = _counted(codes), _new(codes, heads), _clean(codes), _runs(codes)
    return [
        _standing(
            label, heads[label.code], counted.get(label.code, _Counted()), new.get(label.code, 0), clean[label.code],
            running.get(label.code), is_added=label.code in added_by_operator,
        )
        for label in of
    ]  # fmt: skip


def _standing(
    label: Label,
    heads: Sequence[LearntHead],
    counted: _Counted,
    new: int,
    figures: Figures | None,
    run: Run | None,
    *,
    is_added: bool,
) -> Standing:
    by_place = {head.place: head for head in heads}
    champion, challenger = by_place.get(Place.CHAMPION), by_place.get(Place.CHALLENGER)
    judge = "COMPANY" if champion else "NONE" if label.is_own else "ADDED" if is_added else "SHIPPED"
    found = from_record(challenger.figures) if challenger else None
    fewest = FEWEST_CLEAN_OF_NEW if judge == "NONE" else FEWEST_CLEAN
    return Standing(
        label=label, judge=judge, champion=_summary(champion), challenger=_summary(challenger),
        is_offered=bool(found and found.is_offered), because=found.because if found else "NO_CHALLENGER",
        clean_needed=max(0, fewest - counted.clean), checked=counted.checked, clean=counted.clean, yes=counted.yes,
        earlier=[made for head in heads if head.place == Place.EARLIER and (made := _summary(head))],
        new=new, run=run, figures=figures,
    )  # fmt: skip


def _summary(head: LearntHead | None) -> HeadSummary | None:
    if head is None:
        return None
    found: Comparison = from_record(head.figures)
    return HeadSummary(
        id=head.pk, version=head.version, trained_at=head.trained_at, texts=head.texts, taken_at=head.taken_at,
        figures=found.own, rival=found.rival, better=found.better, worse=found.worse, chance=found.chance,
    )  # fmt: skip


def _counted(codes: Sequence[str]) -> dict[str, _Counted]:
    rows = Feedback.objects.filter(label__in=codes).values_list("label")
    counts = rows.annotate(
        checked=Count("pk"),
        clean_ones=Count("pk", filter=Q(in_clean_sample=True)),
        yes=Count("pk", filter=Q(value__in=["true", "negative"])),
    )
    return {label: _Counted(checked, clean, yes) for label, checked, clean, yes in counts}


def _new(codes: Sequence[str], heads: Mapping[str, Sequence[LearntHead]]) -> dict[str, int]:
    """How many posts were checked, outside the clean sample, since the newest head of the label learnt."""
    known = Q(pk__in=[])
    for code in codes:
        newest = max((head.trained_at for head in heads.get(code, ())), default=None)
        known |= Q(label=code, at__gt=newest) if newest else Q(label=code)
    return dict(Feedback.objects.filter(known, in_clean_sample=False).values_list("label").annotate(Count("pk")))


def _clean(codes: Sequence[str]) -> dict[str, Figures | None]:
    """How good whoever judged was when people looked."""
    told: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    sample = Feedback.objects.filter(label__in=codes, in_clean_sample=True)
    rows = sample.filter(judged_probability__isnull=False).order_by("pk")
    for label, value, judged, chance in rows.values_list("label", "value", "judged_value", "judged_probability"):
        told[label].append((value, judged, chance or 0.0))
    return {code: _figures(told[code]) for code in codes}


def _figures(rows: Sequence[tuple[str, str, float]]) -> Figures | None:
    if not rows:
        return None
    truth = [value_of(value) for value, _, _ in rows]
    return figures_of(truth=truth, told=[(value_of(judged), chance) for _, judged, chance in rows])


def _runs(codes: Sequence[str]) -> dict[str, Run]:
    """The newest refit of each label."""
    runs = LearningRun.objects.filter(kind=RunKind.REFIT, label__in=codes)
    return {run.label: shown(run) for run in runs.order_by("label", "-pk").distinct("label")}
