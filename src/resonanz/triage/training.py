"""Building the default model from labelled texts: the same bytes for the same data, code, lock and machine.

Each head is a logistic regression over hashed n-grams. Its scores on texts it has not learnt from (four folds, chosen
by the text itself) give calibration and threshold; then it is fitted on everything, and its weights are rounded to one
byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.triage import artefact, heads, ngrams
from resonanz.triage.cleaning import clean_words
from resonanz.triage.datasets import TASKS, Row, Task, rows_of
from resonanz.triage.evaluate import CODE_VERSION

FOLDS = 4
# An n-gram seen in fewer texts is left out: it teaches little and could point to the one text it came from.
LEAST_TEXTS = 3
_ROUNDED = 1e-6
# Rows that count for less are in another language or far from a post; they do not say which n-grams are rare.
_COUNTED = 0.3

Matrix = Any  # a scipy.sparse.csr_matrix; scipy comes with scikit-learn and is loaded only here
Scores = NDArray[np.float64]
Places = NDArray[np.int64]
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured of one head: on a set kept apart, or on folds it had not learnt from."""

    label: str
    language: str
    measured_on: str
    texts: int
    macro_f1: float
    accuracy: float
    calibration_error: float
    sure: float
    accuracy_sure: float


@dataclass(frozen=True, slots=True)
class _Fitted:
    task: Task
    coefficients: NDArray[np.float64]
    biases: NDArray[np.float64]
    head: heads.Head
    folds: Figure


def train(*, data: Path, output: Path, tasks: Sequence[Task] = TASKS, told: Told = lambda _step: None) -> list[Figure]:
    """Build the model from the sets in `data`, write it to `output` and say how good it is. `told` hears each step."""
    # Comes with scikit-learn, needed for training only.
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415

    figures: list[Figure] = []
    described: dict[str, Any] = {"code": CODE_VERSION, "table_bits": ngrams.TABLE_BITS, "heads": {}}
    arrays: dict[str, NDArray[Any]] = {}
    # One thread: the order of additions, and with it the last bit of a weight, must not depend on the machine's load.
    with threadpool_limits(limits=1):
        for language in sorted({task.language for task in tasks}):
            own = [task for task in tasks if task.language == language]
            figures.extend(_train_language(language, own, data, described["heads"], arrays, told))
    artefact.save(output, about=described, arrays=arrays)
    return figures


def _train_language(
    language: str,
    tasks: Sequence[Task],
    data: Path,
    described: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
    told: Told,
) -> list[Figure]:
    apart = {task.label: _apart(task, data) for task in tasks}
    hidden = {task.label: frozenset(row.key for row in apart[task.label]) for task in tasks}
    rows = {
        task.label: rows_of(task.sources, classes=task.classes, data=data, without=hidden[task.label]) for task in tasks
    }
    told(f"{language}: n-grams")
    idf = _idf(row for own in rows.values() for row in own if row.weight >= _COUNTED)
    fitted: list[_Fitted] = []
    for task in tasks:
        told(f"{language}: {task.label}")
        fitted.append(_fit(task, rows[task.label], idf, first_column=sum(len(one.biases) for one in fitted)))
    described[language] = [_described(one.head) for one in fitted]
    arrays.update(_arrays(language, idf, fitted))
    model = heads.read_model(language, {"heads": described}, arrays)
    measured = [_measure(model, place, one.task, apart[one.task.label]) for place, one in enumerate(fitted)]
    return [one.folds for one in fitted] + [figure for figure in measured if figure is not None]


def _apart(task: Task, data: Path) -> list[Row]:
    if task.development is None:
        return []
    return rows_of([task.development], classes=task.classes, data=data, without=frozenset())


def _grams(rows: Iterable[Row]) -> ngrams.Grams:
    return ngrams.extract([[word.form for word in clean_words(row.text)] for row in rows])


def _idf(rows: Iterable[Row]) -> ngrams.Floats:
    unique = sorted({row.key: row for row in rows}.values(), key=lambda row: row.key)
    texts = np.zeros(ngrams.TABLE, dtype=np.int64)
    for start in range(0, len(unique), 1000):
        grams = _grams(unique[start : start + 1000])
        pairs = np.unique((grams.text_of_word[grams.first] << ngrams.TABLE_BITS) | grams.index)
        texts += np.bincount(pairs & (ngrams.TABLE - 1), minlength=ngrams.TABLE)
    idf = np.log((1 + len(unique)) / (1 + texts)) + 1
    # Halves of the precision are all that is kept, so that learning and judging see the same numbers.
    return np.where(texts < LEAST_TEXTS, 0, idf).astype(np.float16).astype(np.float32)


def _matrix(rows: Sequence[Row], idf: ngrams.Floats) -> Matrix:
    # Comes with scikit-learn, needed for training only.
    from scipy.sparse import csr_matrix, vstack  # noqa: PLC0415

    parts = []
    for start in range(0, len(rows), 1000):
        found = ngrams.weigh(_grams(rows[start : start + 1000]), idf)
        shape = (len(found.starts) - 1, ngrams.TABLE)
        parts.append(csr_matrix((found.values, found.columns.astype(np.int32), found.starts.astype(np.int32)), shape))
    return vstack(parts, format="csr")


def _compact(matrix: Matrix) -> tuple[Places, Matrix]:
    """Only the columns that are used: most of the table is empty for one head, and the solver would carry it along."""
    used = np.unique(matrix.indices)
    return used, matrix[:, used]


def _regression(strength: float) -> Any:
    # scikit-learn costs 100 MB and a second: only training pays for it.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    return LogisticRegression(C=strength, class_weight="balanced", solver="lbfgs", max_iter=300, tol=1e-3)


def _fit(task: Task, rows: Sequence[Row], idf: ngrams.Floats, *, first_column: int) -> _Fitted:
    used, matrix = _compact(_matrix(rows, idf))
    places = np.array([row.place for row in rows])
    weights = np.array([row.weight for row in rows])
    target = np.array([row.target for row in rows])
    model = _regression(task.strength).fit(matrix, places, sample_weight=weights)
    unseen = _unseen_scores(task, matrix, places, weights, rows)
    head = _calibrate(task, unseen[target], places[target], first_column)
    figure = _figure(task, f"{FOLDS} folds", head, _shifted(unseen[target], first_column), places[target])
    coefficients = np.zeros((len(model.coef_), ngrams.TABLE))
    coefficients[:, used] = model.coef_
    return _Fitted(task, coefficients, model.intercept_, head, figure)


def _unseen_scores(task: Task, matrix: Matrix, places: Places, weights: Scores, rows: Sequence[Row]) -> Scores:
    fold = np.array([_fold(row.key) for row in rows])
    columns = 1 if len(task.classes) == 2 else len(task.classes)
    unseen = np.zeros((len(rows), columns))
    for one in range(FOLDS):
        out = fold == one
        model = _regression(task.strength).fit(matrix[~out], places[~out], sample_weight=weights[~out])
        unseen[out] = model.decision_function(matrix[out]).reshape(-1, columns)
    return unseen


def _fold(key: str) -> int:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()[0] % FOLDS


def _calibrate(task: Task, scores: Scores, places: Places, first_column: int) -> heads.Head:
    # scikit-learn costs 100 MB and a second: only training pays for it.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    scaled = LogisticRegression(C=1e3, max_iter=1000).fit(scores, places)
    head = heads.Head(
        label=task.label,
        classes=task.classes,
        columns=tuple(range(first_column, first_column + scores.shape[1])),
        slope=np.round(scaled.coef_, 6),
        intercept=np.round(scaled.intercept_, 6),
        threshold=0.5,
        unsure_below=round(task.unsure_below, 4),
    )
    if scores.shape[1] > 1:
        return head
    return _with_threshold(head, _shifted(scores, first_column), places)


def _with_threshold(head: heads.Head, scores: Scores, places: Places) -> heads.Head:
    """The threshold with the best macro-F1, smoothed over its neighbours so that no single text decides it."""
    chances = head.probabilities(scores)[:, 1]
    tried = np.arange(0.25, 0.751, 0.01)
    reached = np.array([_macro_f1(places, (chances >= limit).astype(int), 2) for limit in tried])
    smooth = np.convolve(np.pad(reached, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    best = round(float(tried[int(smooth.argmax())]), 2)
    return heads.Head(head.label, head.classes, head.columns, head.slope, head.intercept, best, head.unsure_below)


def _shifted(scores: Scores, first_column: int) -> Scores:
    return np.hstack([np.zeros((len(scores), first_column)), scores])


def _described(head: heads.Head) -> dict[str, Any]:
    return {
        "label": head.label,
        "classes": list(head.classes),
        "columns": list(head.columns),
        "slope": head.slope.tolist(),
        "intercept": head.intercept.tolist(),
        "threshold": head.threshold,
        "unsure_below": head.unsure_below,
    }


def _arrays(language: str, idf: ngrams.Floats, fitted: Sequence[_Fitted]) -> dict[str, NDArray[Any]]:
    coefficients = np.vstack([one.coefficients for one in fitted])
    biases = np.concatenate([one.biases for one in fitted])
    coefficients[:, idf == 0] = 0
    scales = np.maximum(np.abs(coefficients).max(axis=1), _ROUNDED) / 127
    return {
        f"{language}.idf": idf.astype(np.float16),
        f"{language}.weights": np.rint(coefficients / scales[:, None]).astype(np.int8).T,
        f"{language}.scales": scales.astype(np.float32),
        f"{language}.biases": np.round(biases, 6).astype(np.float32),
    }


def _measure(model: heads.LanguageModel, place: int, task: Task, rows: Sequence[Row]) -> Figure | None:
    if task.development is None or not rows:
        return None
    scores = model.scores(ngrams.weigh(_grams(rows), model.idf))
    named = f"{task.development.folder} {task.development.split}"
    return _figure(task, named, model.heads[place], scores, np.array([row.place for row in rows]))


def _figure(task: Task, measured_on: str, head: heads.Head, scores: Scores, places: Places) -> Figure:
    probabilities = head.probabilities(scores)
    decided = head.decide(probabilities)
    chosen = probabilities[np.arange(len(decided)), decided]
    right, sure = decided == places, chosen >= head.unsure_below
    return Figure(
        label=task.label,
        language=task.language,
        measured_on=measured_on,
        texts=len(places),
        macro_f1=_macro_f1(places, decided, len(task.classes)),
        accuracy=float(right.mean()),
        calibration_error=_calibration_error(chosen, right),
        sure=float(sure.mean()),
        accuracy_sure=float(right[sure].mean()) if sure.any() else 0.0,
    )


def _macro_f1(places: Places, decided: Places, classes: int) -> float:
    reached = []
    for place in range(classes):
        hits = int(((places == place) & (decided == place)).sum())
        named = int((places == place).sum()) + int((decided == place).sum())
        reached.append(2 * hits / named if named else 0.0)
    return sum(reached) / classes


def _calibration_error(chosen: Scores, right: NDArray[np.bool_], bins: int = 15) -> float:
    """The expected calibration error over bins of equal width."""
    place = np.minimum((chosen * bins).astype(int), bins - 1)
    gaps = [abs(float(chosen[place == one].mean() - right[place == one].mean())) for one in np.unique(place)]
    shares = [float((place == one).mean()) for one in np.unique(place)]
    return sum(gap * share for gap, share in zip(gaps, shares, strict=True))
