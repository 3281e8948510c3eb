"""Building the default model from labelled texts: the same bytes for the same data, code, lock and machine.

Each head is one logistic regression over hashed n-grams and the vector of the encoder together. Its scores on texts it
has not learnt from (four folds, chosen by the text itself) give calibration and threshold; then it is fitted on
everything, and its weights are rounded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.triage import artefact, heads, ngrams
from resonanz.triage.contract import AddedEncoder
from resonanz.triage.datasets import Row, Source, Task, rows_of
from resonanz.triage.encoding.encoder import shared_encoder
from resonanz.triage.encoding.piece_rows import Vectors
from resonanz.triage.evaluate import CODE_VERSION
from resonanz.triage.features import (
    GRAM_STRETCH,
    VECTOR_STRETCH,
    Matrix,
    encoded,
    idf_of,
    regression,
    side_by_side,
)
from resonanz.triage.judges import TASKS
from resonanz.triage.measuring import Figure, Places, Scores, figure, macro_f1, measured, rows_apart

FOLDS = 4
# An n-gram seen in fewer texts is left out: it teaches little and could point to the one text it came from.
LEAST_TEXTS = 3
_ROUNDED = 1e-6
# Rows that count for less are in another language or far from a post; they do not say which n-grams are rare.
_COUNTED = 0.3

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Fitted:
    task: Task
    grams: Scores
    vectors: Scores
    biases: Scores
    head: heads.Head
    folds: Figure


@dataclass(frozen=True, slots=True)
class _Learnt:
    """What one task learns from: features of both kinds, class, weight and whether it is like what is judged."""

    matrix: Matrix
    used: Places
    places: Places
    weights: Scores
    target: NDArray[np.bool_]
    fold: Places
    dimensions: int


def train(
    *,
    data: Path,
    output: Path,
    tasks: Sequence[Task] = TASKS,
    told: Told = lambda _step: None,
    encoder: AddedEncoder | None = None,
) -> list[Figure]:
    """Build the model from the sets in `data`, write it to `output` and say how good it is. `told` hears each step.

    Its heads stand on `encoder`, and fit no other; without one, on the encoder that ships.
    """
    # Comes with scikit-learn, needed for training only.
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415

    figures: list[Figure] = []
    described: dict[str, Any] = {"code": CODE_VERSION, "table_bits": ngrams.TABLE_BITS, "heads": {}}
    arrays: dict[str, NDArray[Any]] = {}
    if encoder is not None:
        described["encoder"] = {"name": encoder.name, "digest": encoder.digest}
        arrays["encoder.middle"] = encoder.middle
    # One thread: the order of additions, and with it the last bit of a weight, must not depend on the machine's load.
    with threadpool_limits(limits=1):
        # What the encoder remembers of earlier texts moves the last bit of a vector: each run begins with nothing.
        shared_encoder.cache_clear()
        for language in sorted({task.language for task in tasks}):
            own = [task for task in tasks if task.language == language]
            figures.extend(_train_language(language, own, data, described["heads"], arrays, told, encoder))
    artefact.save(output, about=described, arrays=arrays)
    return figures


def _train_language(
    language: str,
    tasks: Sequence[Task],
    data: Path,
    described: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
    told: Told,
    encoder: AddedEncoder | None,
) -> list[Figure]:
    apart = {task.label: {source: rows_apart(task, source, data=data) for source in task.measured_on} for task in tasks}
    rows = {task.label: _rows(task, data, apart[task.label]) for task in tasks}
    told(f"{language}: n-grams")
    counted = {row.key: row.text for own in rows.values() for row in own if row.weight >= _COUNTED}
    idf = idf_of([text for _key, text in sorted(counted.items())], least=LEAST_TEXTS)
    told(f"{language}: vectors")
    known = _vectors((row for own in rows.values() for row in own), encoder)
    fitted: list[_Fitted] = []
    for task in tasks:
        told(f"{language}: {task.label}")
        learnt = _learnt(rows[task.label], idf, known)
        fitted.append(_fit(task, learnt, first_column=sum(len(one.biases) for one in fitted)))
    described[language] = [_described(one.head) for one in fitted]
    arrays.update(_arrays(language, idf, fitted))
    model = heads.read_model(language, {"heads": described}, arrays, encoder=encoder)
    told(f"{language}: measuring")
    on_sets = [
        measured(model, one.task, source, rows) for one in fitted for source, rows in apart[one.task.label].items()
    ]
    return [one.folds for one in fitted] + on_sets


def _rows(task: Task, data: Path, apart: dict[Source, list[Row]]) -> list[Row]:
    hidden = frozenset(row.key for rows in apart.values() for row in rows)
    return rows_of(task.sources, classes=task.classes, data=data, without=hidden)


def _vectors(rows: Iterable[Row], encoder: AddedEncoder | None) -> dict[str, Vectors]:
    """The vector of each text; a text that several heads learn from is read once."""
    texts = sorted({row.text for row in rows})
    found = encoded(texts, encoder=encoder)
    return dict(zip(texts, found, strict=True))


def _learnt(rows: Sequence[Row], idf: ngrams.Floats, known: dict[str, Vectors]) -> _Learnt:
    matrix, used = side_by_side([row.text for row in rows], np.array([known[row.text] for row in rows]), idf)
    return _Learnt(
        matrix,
        used,
        np.array([row.place for row in rows]),
        np.array([row.weight for row in rows]),
        np.array([row.target for row in rows]),
        np.array([_fold(row.key) for row in rows]),
        matrix.shape[1] - len(used),
    )


def _fold(key: str) -> int:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()[0] % FOLDS


def _fit(task: Task, learnt: _Learnt, *, first_column: int) -> _Fitted:
    model = _fitted(learnt, np.ones(len(learnt.places), dtype=np.bool_))
    unseen = _unseen_scores(task, learnt)[learnt.target]
    places = learnt.places[learnt.target]
    head = _calibrate(task, unseen, places, first_column)
    measured = figure(task, f"{FOLDS} folds", head, _shifted(unseen, first_column), places)
    grams = np.zeros((len(model.coef_), ngrams.TABLE))
    meant, spelt = np.split(model.coef_, [learnt.dimensions], axis=1)
    grams[:, learnt.used] = spelt * GRAM_STRETCH
    return _Fitted(task, grams, meant * VECTOR_STRETCH, model.intercept_, head, measured)


def _fitted(learnt: _Learnt, chosen: NDArray[np.bool_]) -> Any:
    model = regression()
    return model.fit(learnt.matrix[chosen], learnt.places[chosen], sample_weight=learnt.weights[chosen])


def _unseen_scores(task: Task, learnt: _Learnt) -> Scores:
    """What the head says of each text when it has not learnt from it."""
    columns = 1 if len(task.classes) == 2 else len(task.classes)
    unseen = np.zeros((len(learnt.places), columns))
    for one in range(FOLDS):
        out = learnt.fold == one
        unseen[out] = _fitted(learnt, ~out).decision_function(learnt.matrix[out]).reshape(-1, columns)
    return unseen


def _calibrate(task: Task, scores: Scores, places: Places, first_column: int) -> heads.Head:
    scaled = regression(1e3, balanced=False).fit(scores, places)
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
    chances = head.probabilities(_shifted(scores, first_column))[:, 1]
    return replace(head, threshold=_threshold(task, chances, places))


def _shifted(scores: Scores, first_column: int) -> Scores:
    return np.hstack([np.zeros((len(scores), first_column)), scores])


def _threshold(task: Task, chances: Scores, places: Places) -> float:
    """Where macro-F1 is best, smoothed over its neighbours so that no single text decides; or the recall asked for."""
    if task.recall is not None:
        return round(float(np.quantile(chances[places == 1], 1 - task.recall)), 2)
    tried = np.arange(0.1, 0.751, 0.01)
    reached = np.array([macro_f1(places, (chances >= limit).astype(int), 2) for limit in tried])
    smooth = np.convolve(np.pad(reached, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    return round(float(tried[int(smooth.argmax())]), 2)


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
    coefficients = np.vstack([one.grams for one in fitted])
    coefficients[:, idf == 0] = 0
    scales = np.maximum(np.abs(coefficients).max(axis=1), _ROUNDED) / 127
    return {
        f"{language}.idf": idf.astype(np.float16),
        f"{language}.weights": np.rint(coefficients / scales[:, None]).astype(np.int8).T,
        f"{language}.scales": scales.astype(np.float32),
        f"{language}.vector_weights": np.vstack([one.vectors for one in fitted]).T.astype(np.float16),
        f"{language}.biases": _rounded(np.concatenate([one.biases for one in fitted])),
    }


def _rounded(biases: Scores) -> ngrams.Floats:
    return np.round(biases, 5).astype(np.float32)
