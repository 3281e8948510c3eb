"""How good a head is: on texts it has not learnt from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resonanz.triage import ngrams
from resonanz.triage.datasets import APART, YES_NO, Row, Source, Task, rows_of
from resonanz.triage.features import encoded, grams_of
from resonanz.triage.heads import Head, LanguageModel

Scores = NDArray[np.float64]
Places = NDArray[np.int64]
PRECISION = 0.9
"""Asked for where nobody says how much of what is decided shall be right."""


@dataclass(frozen=True, slots=True)
class Decided:
    """How good decisions are, of whatever decided.

    `precision`, `recall` and `f1` are of the class True, or the means over the classes where these have other names.
    """

    label: str
    language: str
    measured_on: str
    texts: int
    macro_f1: float
    precision: float
    recall: float
    f1: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Figure(Decided):
    """What was measured of one head: on a set kept apart, or on folds it had not learnt from.

    `right_half`: how many decisions are right among the half of which the head is most certain. `covered`: how many of
    the texts it may decide alone if `precision_asked` of what it decides shall be right. `found`, of a label that holds
    or not: how many of the texts in which it holds are found, if `precision_asked` of those that are named shall be
    right. Both are read off the same texts, so they are a little hopeful.
    """

    calibration_error: float
    sure: float
    accuracy_sure: float
    right_half: float
    precision_asked: float
    covered: float
    found: float | None


def figure(
    task: Task, measured_on: str, head: Head, scores: Scores, places: Places, *, precision: float = PRECISION
) -> Figure:
    """Of a head that gives these scores to texts of these classes."""
    probabilities = head.probabilities(scores)
    decided = head.decide(probabilities)
    chosen = probabilities[np.arange(len(decided)), decided]
    right, sure = decided == places, chosen >= head.unsure_below
    certain = np.argsort(-chosen, kind="stable")[: (len(chosen) + 1) // 2]
    held = (places == 1) if task.classes == YES_NO else None
    return Figure(
        **asdict(decisions(task, measured_on, places, decided)),
        calibration_error=_calibration_error(chosen, right),
        sure=float(sure.mean()),
        accuracy_sure=float(right[sure].mean()) if sure.any() else 0.0,
        right_half=float(right[certain].mean()),
        precision_asked=precision,
        covered=_most_at(chosen, right, precision)[0],
        found=None if held is None else _most_at(probabilities[:, 1], held, precision)[1],
    )


def decisions(task: Task, measured_on: str, places: Places, decided: Places) -> Decided:
    """Of these decisions about texts of these classes."""
    classes = _classes(places, decided, len(task.classes))
    shown = classes[1:] if task.classes == YES_NO else _known(classes)
    return Decided(
        label=task.label,
        language=task.language,
        measured_on=measured_on,
        texts=len(places),
        macro_f1=_mean(one.f1 for one in _known(classes)),
        precision=_mean(one.precision for one in shown),
        recall=_mean(one.recall for one in shown),
        f1=_mean(one.f1 for one in shown),
        accuracy=float((decided == places).mean()),
    )


def measured(
    model: LanguageModel,
    task: Task,
    source: Source,
    rows: Sequence[Row],
    *,
    precision: float = PRECISION,
    scores: Scores | None = None,
) -> Figure:
    """How good a model's head for the task is on the rows of a set. `scores`: those of `scores_of`, where known."""
    head = next(head for head in model.heads if head.label == task.label)
    known = scores if scores is not None else scores_of(model, [row.text for row in rows])
    places = np.array([row.place for row in rows])
    return figure(task, name_of(source), head, known, places, precision=precision)


def scores_of(model: LanguageModel, texts: Sequence[str]) -> Scores:
    """What all heads of a model say of texts."""
    return model.scores(ngrams.weigh(grams_of(texts), model.idf), encoded(texts, encoder=model.encoder))


def name_of(source: Source) -> str:
    """How the set is called in reports."""
    return "kept apart" if source.folder == APART else f"{source.folder} {source.split}"


def rows_apart(task: Task, source: Source, *, data: Path) -> list[Row]:
    """The rows of a set that the task is measured on."""
    return rows_of([source], classes=task.classes, data=data, without=frozenset())


def macro_f1(places: Places, decided: Places, classes: int) -> float:
    """The mean of F1 over the classes that occur."""
    return _mean(one.f1 for one in _known(_classes(places, decided, classes)))


@dataclass(frozen=True, slots=True)
class _OfClass:
    precision: float
    recall: float
    f1: float
    occurs: bool


def _classes(places: Places, decided: Places, classes: int) -> list[_OfClass]:
    found = []
    for place in range(classes):
        hits = int(((places == place) & (decided == place)).sum())
        meant, named = int((places == place).sum()), int((decided == place).sum())
        shares = _share(hits, named), _share(hits, meant), _share(2 * hits, meant + named)
        found.append(_OfClass(*shares, occurs=meant + named > 0))
    return found


def _known(classes: Sequence[_OfClass]) -> list[_OfClass]:
    """Of a class that is neither meant nor named there is nothing to say."""
    return [one for one in classes if one.occurs]


def _most_at(certain: Scores, right: NDArray[np.bool_], precision: float) -> tuple[float, float]:
    """The largest share of the texts, from the most certain one on, of which `precision` is right; and how many of all
    that are right lie in it. Equally certain ones stand together."""
    order = np.argsort(-certain, kind="stable")
    hits = np.cumsum(right[order])
    reached = hits / np.arange(1, len(order) + 1) >= precision
    ends = np.append(certain[order][:-1] != certain[order][1:], True)
    places = np.flatnonzero(reached & ends)
    if not len(places):
        return 0.0, 0.0
    last = int(places[-1])
    return (last + 1) / len(order), _share(int(hits[last]), int(hits[-1]))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _mean(values: Iterable[float]) -> float:
    every = list(values)
    return sum(every) / len(every)


def _calibration_error(chosen: Scores, right: NDArray[np.bool_], bins: int = 15) -> float:
    """The expected calibration error over bins of equal width."""
    place = np.minimum((chosen * bins).astype(int), bins - 1)
    gaps = [abs(float(chosen[place == one].mean() - right[place == one].mean())) for one in np.unique(place)]
    shares = [float((place == one).mean()) for one in np.unique(place)]
    return sum(gap * share for gap, share in zip(gaps, shares, strict=True))
