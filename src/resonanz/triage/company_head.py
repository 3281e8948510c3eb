"""A head that a company teaches by examples of its own: a label of any name, from some dozens of texts on.

It stands on the same features as the judges that ship, so that it knows from the first example on what lies near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.core.errors import ResonanzError
from resonanz.triage import ngrams
from resonanz.triage.as_written import grams_as_written
from resonanz.triage.contract import AddedEncoder
from resonanz.triage.datasets import YES_NO, Task, Value
from resonanz.triage.features import (
    GRAM_STRETCH,
    STRENGTH,
    VECTOR_STRETCH,
    encoded,
    idf_of,
    regression,
    side_by_side,
)
from resonanz.triage.heads import Head, LanguageModel
from resonanz.triage.measuring import PRECISION, Figure, Places, Scores, figure

FEWEST_EACH = 2
_FOLDS = 5
# Of few texts each n-gram is a chance find: they say as much as the vectors from so many texts on, of fewer less.
_MANY = 900
_LEAST_TEXTS = 2
# With many texts a head may follow them more closely; beyond twice as much nothing was gained.
_MOST_STRENGTH = 2 * STRENGTH
# Whether n-grams then say twice as much depends on the label (what is told by names gains, tone loses): folds decide.
_LOUDER = (1.0, 2.0)


class TooFewExamples(ResonanzError):
    """A head needs examples of at least two classes."""

    code = "triage.too_few_examples"

    def __str__(self) -> str:
        return f"To learn {self.params['label']!r} takes at least {FEWEST_EACH} texts of each of two classes."


@dataclass(frozen=True, slots=True)
class CompanyHead:
    """What was learnt of one label: a model with a single head. `classes` in the order of its probabilities."""

    model: LanguageModel
    label: str
    classes: tuple[Value, ...]

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """A row a text and a column a class."""
        return self.model.heads[0].probabilities(self._scores(texts))

    def judge(self, texts: Sequence[str]) -> list[Value]:
        """The class of each text."""
        decided = self.model.heads[0].decide(self.probabilities(texts))
        return [self.classes[place] for place in decided.tolist()]

    def measure(
        self, texts: Sequence[str], values: Sequence[Value], *, measured_on: str, precision: float = PRECISION
    ) -> Figure:
        """How good it is on texts with these values; a value it has not learnt counts as one it gets wrong."""
        classes = (*self.classes, *sorted(set(values) - set(self.classes), key=str))
        places = np.array([classes.index(value) for value in values])
        task = Task(self.label, "", classes, ())
        return figure(task, measured_on, self.model.heads[0], self._scores(texts), places, precision=precision)

    def _scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        vectors = encoded(texts, encoder=self.model.encoder)
        return self.model.scores(ngrams.weigh(grams_as_written(texts), self.model.idf), vectors)


def learn(
    *, label: str, texts: Sequence[str], values: Sequence[Value], encoder: AddedEncoder | None = None
) -> CompanyHead:
    """A head for `label` from texts and their values; True and False, or words. Raises TooFewExamples.

    It stands on `encoder`; without one, on the encoder that ships.
    """
    classes = _classes(label, values)
    places = np.array([classes.index(value) for value in values])
    idf = idf_of(texts, least=_LEAST_TEXTS if len(texts) >= _MANY else 1, read=grams_as_written)
    stretch = GRAM_STRETCH * min(1.0, float(np.sqrt(len(texts) / _MANY)))
    vectors = encoded(texts, encoder=encoder)
    matrix, used = side_by_side(texts, vectors, idf, gram_stretch=stretch, read=grams_as_written)
    dimensions = matrix.shape[1] - len(used)
    strength = min(_MOST_STRENGTH, STRENGTH * max(1.0, len(texts) / _MANY))
    # Of more than two classes nothing was gained by choosing, and it would take twice as long.
    tried = _LOUDER if len(classes) == 2 and len(texts) >= _MANY else _LOUDER[:1]
    louder = {one: _louder(matrix, one, dimensions=dimensions) for one in tried}
    way = min((_way(label, classes, one, louder[one], places, strength) for one in tried), key=lambda one: one.loss)
    fitted = regression(strength).fit(louder[way.louder], places)
    grams = np.zeros((len(fitted.coef_), ngrams.TABLE))
    meant, spelt = np.split(fitted.coef_, [dimensions], axis=1)
    grams[:, used] = spelt * stretch * way.louder
    return CompanyHead(_model(idf, grams, (meant, fitted.intercept_), way.head, encoder), label, classes)


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to weigh n-grams against vectors, the calibration it leads to, and its loss on texts not learnt from."""

    louder: float
    head: Head
    loss: float


def _way(label: str, classes: tuple[Value, ...], louder: float, matrix: Any, places: Places, strength: float) -> _Way:
    unseen = _unseen(matrix, places, len(classes), strength)
    head = _calibrated(label, classes, unseen, places)
    right = head.probabilities(unseen)[np.arange(len(places)), places]
    return _Way(louder, head, float(-np.log(np.maximum(right, 1e-9)).mean()))


def _louder(matrix: Any, louder: float, *, dimensions: int) -> Any:
    """The same with n-grams that say so many times as much; they stand behind the dimensions of the vectors."""
    found = matrix.copy()
    found.data[found.indices >= dimensions] *= louder
    return found


def _classes(label: str, values: Sequence[Value]) -> tuple[Value, ...]:
    known = {value: values.count(value) for value in dict.fromkeys(values)}
    if len([number for number in known.values() if number >= FEWEST_EACH]) < 2:
        raise TooFewExamples(label=label)
    return YES_NO if set(known) == set(YES_NO) else tuple(sorted(known, key=str))


def _unseen(matrix: Any, places: Places, classes: int, strength: float) -> Scores:
    """What the head says of each text when it has not learnt from it; folds hold each class alike."""
    columns = 1 if classes == 2 else classes
    unseen = np.zeros((len(places), columns))
    fold = np.empty(len(places), dtype=np.int64)
    for place in range(classes):
        own = np.flatnonzero(places == place)
        fold[own] = np.arange(len(own)) % _FOLDS
    for one in range(_FOLDS):
        out = fold == one
        known = np.unique(places[~out])
        if len(known) < 2 or not out.any():
            continue
        found = regression(strength).fit(matrix[~out], places[~out]).decision_function(matrix[out])
        if classes == 2:
            unseen[out, 0] = found
        elif len(known) == 2:
            unseen[np.ix_(out, known)] = np.column_stack([-found, found])
        else:
            unseen[np.ix_(out, known)] = found
    return unseen


def _calibrated(label: str, classes: tuple[Value, ...], unseen: Scores, places: Places) -> Head:
    scaled = regression(1.0, balanced=False).fit(unseen, places)
    columns = tuple(range(unseen.shape[1]))
    slope, intercept = np.round(scaled.coef_, 6), np.round(scaled.intercept_, 6)
    # The regression weighs both classes alike, so the middle of its scores is where they part.
    middle = float(1 / (1 + np.exp(-intercept[0]))) if len(columns) == 1 else 0.5
    return Head(label, classes, columns, slope, intercept, middle, 2 / 3)


def _model(
    idf: ngrams.Floats, grams: Scores, fitted: tuple[Scores, Scores], head: Head, encoder: AddedEncoder | None
) -> LanguageModel:
    meant, biases = fitted
    scales = np.maximum(np.abs(grams).max(axis=1), 1e-6) / 127
    return LanguageModel(
        "",
        idf,
        np.rint(grams / scales[:, None]).astype(np.int8).T,
        scales.astype(np.float32),
        (meant * VECTOR_STRETCH).T.astype(np.float32),
        biases.astype(np.float32),
        (head,),
        encoder,
    )
