"""Linear judges: one head a label and language over hashed n-grams and the vector of the encoder, calibrated."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.triage.contract import AddedEncoder, Judgement
from resonanz.triage.encoding.encoder import DIMENSIONS
from resonanz.triage.ngrams import TABLE, Features, Floats, Integers

# Most judgements are equal to an earlier one, and to find that takes a fifth of the time of making one.
_judgement = functools.lru_cache(16_384)(Judgement)


@dataclass(frozen=True, slots=True)
class Head:
    """One label in one language: its columns of the weights, and how their scores become a decision.

    Binary heads have one column and classes (False, True); the probability of True is the logistic of
    `slope * score + intercept`. Others have a column a class; the logits are `slope @ scores + intercept`.
    Values true from `threshold` on; unsure where the decision is right with less than `unsure_below`.
    """

    label: str
    classes: tuple[str | bool, ...]
    columns: tuple[int, ...]
    slope: NDArray[np.float64]
    intercept: NDArray[np.float64]
    threshold: float
    unsure_below: float

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated, a row a text and a column a class."""
        logits = scores[:, self.columns] @ self.slope.T + self.intercept
        if len(self.columns) == 1:
            logits = np.hstack([np.zeros_like(logits), logits])
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def decide(self, probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
        """The class decided for each row."""
        if len(self.columns) == 1:
            return np.asarray(probabilities[:, 1] >= self.threshold, dtype=np.int64)
        return np.asarray(probabilities.argmax(axis=1), dtype=np.int64)

    @property
    def nothing_said(self) -> int:
        """The class of a text in which nothing is known: no, or neutral."""
        return self.classes.index("neutral") if "neutral" in self.classes else 0

    def spoke_for(self, decided: int) -> tuple[int, int | None] | None:
        """The column that speaks for a class worth a reason and the one it is held against; None for the others."""
        if len(self.columns) == 1:
            return (self.columns[0], None) if decided == 1 else None
        if self.classes[decided] == "neutral":
            return None
        return self.columns[decided], self.columns[-1 - decided]


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """All heads of one language: idf, and for each column of scores the weights of n-grams and vector, and a bias.

    The weights of the n-grams are whole numbers with a scale a column; those of the vector have a row a dimension.
    Without an `encoder` of its own it stands on the one that ships, with which every vector begins.
    """

    language: str
    idf: Floats
    weights: NDArray[np.int8]
    scales: Floats
    vector_weights: Floats
    biases: Floats
    heads: tuple[Head, ...]
    encoder: AddedEncoder | None = None

    def scores(self, features: Features, vectors: Floats) -> NDArray[np.float64]:
        """The raw score of each text (row) in each column."""
        spoken = np.take(self.weights, features.columns, axis=0)
        texts = pairwise(features.starts.tolist())
        grams = [features.values[start:end] @ spoken[start:end].astype(np.float32) for start, end in texts]
        return np.array(grams, dtype=np.float64) * self.scales + self._meant(vectors) + self.biases

    def _meant(self, vectors: Floats) -> Floats:
        return np.asarray(vectors[:, : len(self.vector_weights)] @ self.vector_weights, dtype=np.float32)

    def speaking(self, index: Integers, column: int, against: int | None) -> Floats:
        """How much n-grams speak for a column, less what they speak for the one it is held against."""
        own = self.weights[index, column] * self.scales[column]
        if against is None:
            return np.asarray(own, dtype=np.float32)
        return np.asarray(own - self.weights[index, against] * self.scales[against], dtype=np.float32)


def read_model(
    language: str,
    about: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    *,
    encoder: AddedEncoder | None = None,
) -> LanguageModel:
    """The model of one language from an artefact's content; KeyError, TypeError or ValueError where it does not fit."""
    idf = arrays[f"{language}.idf"].astype(np.float32)
    weights = arrays[f"{language}.weights"]
    scales, biases = arrays[f"{language}.scales"], arrays[f"{language}.biases"]
    vector_weights = arrays[f"{language}.vector_weights"].astype(np.float32)
    columns = weights.shape[1]
    if idf.shape != (TABLE,) or weights.shape != (TABLE, columns) or weights.dtype != np.int8:
        raise ValueError("table of another size")
    if vector_weights.shape != (encoder.dimensions if encoder else DIMENSIONS, columns):
        raise ValueError("vectors of another size")
    if scales.shape != (columns,) or biases.shape != (columns,):
        raise ValueError("scales or biases of another size")
    heads = tuple(_read_head(entry, columns) for entry in about["heads"][language])
    return LanguageModel(language, idf, weights, scales, vector_weights, biases, heads, encoder)


def _read_head(entry: Mapping[str, Any], columns: int) -> Head:
    own = tuple(int(column) for column in entry["columns"])
    slope = np.array(entry["slope"], dtype=np.float64).reshape(len(own), len(own))
    intercept = np.array(entry["intercept"], dtype=np.float64).reshape(len(own))
    classes = tuple(value if isinstance(value, bool) else str(value) for value in entry["classes"])
    if not own or min(own) < 0 or max(own) >= columns or len(classes) != max(2, len(own)):
        raise ValueError("head that does not fit the weights")
    return Head(
        str(entry["label"]), classes, own, slope, intercept, float(entry["threshold"]), float(entry["unsure_below"])
    )


def judge(head: Head, scores: NDArray[np.float64], *, empty: NDArray[np.bool_]) -> list[Judgement]:
    """The decisions without reasons; `empty` marks texts in which nothing is known, of which nothing is sure."""
    probabilities = head.probabilities(scores)
    decided = np.where(empty, head.nothing_said, head.decide(probabilities))
    chosen = probabilities[np.arange(len(decided)), decided]
    unsure = (chosen < head.unsure_below) | empty
    rows = zip(decided.tolist(), chosen.round(4).tolist(), unsure.tolist(), strict=True)
    return [_judgement(head.classes[place], chance, doubt) for place, chance, doubt in rows]
