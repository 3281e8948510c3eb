"""Linear judges: one head a label and language over the hashed n-grams, calibrated, with the words that decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.triage.cleaning import Word
from resonanz.triage.contract import Judgement, Piece
from resonanz.triage.ngrams import TABLE, TABLE_BITS, Features, Floats, Grams, Integers

MOST_PIECES = 3
# A word that speaks less than this share of the loudest one did not decide.
_LEAST_SHARE = 0.2
_JOINED_BY = 1


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
    """All heads of one language over one table: idf, weights as whole numbers with a scale a column, biases."""

    language: str
    idf: Floats
    weights: NDArray[np.int8]
    scales: Floats
    biases: Floats
    heads: tuple[Head, ...]

    def scores(self, features: Features) -> NDArray[np.float64]:
        """The raw score of each text (row) in each column of the weights."""
        texts = len(features.starts) - 1
        total = np.zeros((texts, self.weights.shape[1]), dtype=np.float64)
        filled = np.flatnonzero(features.starts[:-1] < features.starts[1:])
        if len(filled):
            spoken = self.weights[features.columns].astype(np.float32)
            spoken *= features.values[:, None]
            total[filled] = np.add.reduceat(spoken, features.starts[filled], axis=0)
        return total * self.scales + self.biases

    def speaking(self, index: Integers, column: int, against: int | None) -> Floats:
        """How much n-grams speak for a column, less what they speak for the one it is held against."""
        own = self.weights[index, column] * self.scales[column]
        if against is None:
            return np.asarray(own, dtype=np.float32)
        return np.asarray(own - self.weights[index, against] * self.scales[against], dtype=np.float32)


def read_model(language: str, about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> LanguageModel:
    """The model of one language from an artefact's content; KeyError, TypeError or ValueError where it does not fit."""
    idf = arrays[f"{language}.idf"].astype(np.float32)
    weights = arrays[f"{language}.weights"]
    scales, biases = arrays[f"{language}.scales"], arrays[f"{language}.biases"]
    columns = weights.shape[1]
    if idf.shape != (TABLE,) or weights.shape != (TABLE, columns) or weights.dtype != np.int8:
        raise ValueError("table of another size")
    if scales.shape != (columns,) or biases.shape != (columns,):
        raise ValueError("scales or biases of another size")
    heads = tuple(_read_head(entry, columns) for entry in about["heads"][language])
    return LanguageModel(language, idf, weights, scales, biases, heads)


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
    rows = zip(decided.tolist(), chosen.tolist(), unsure.tolist(), strict=True)
    return [Judgement(head.classes[place], round(chance, 4), doubt) for place, chance, doubt in rows]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every known n-gram of a batch where it stands: which words it touches and what it is worth there."""

    index: Integers
    first: Integers
    last: Integers
    worth: Floats
    words: int

    @classmethod
    def of(cls, grams: Grams, features: Features, idf: Floats) -> Occurrences:
        """A repeated n-gram's value is split between its places."""
        known = idf[grams.index] > 0
        index, first, last = grams.index[known], grams.first[known], grams.last[known]
        row_of_feature = np.repeat(np.arange(len(features.starts) - 1), np.diff(features.starts))
        # Rows ascend and columns ascend within a row, so each occurrence finds its feature by bisection.
        keys = (row_of_feature << TABLE_BITS) | features.columns
        place = np.searchsorted(keys, (grams.text_of_word[first] << TABLE_BITS) | index)
        repeated = np.bincount(place, minlength=len(keys))
        worth = (features.values[place] / repeated[place]).astype(np.float32)
        return cls(index, first, last, worth, len(grams.text_of_word))

    def speaking_words(self, weight: Floats) -> NDArray[np.float64]:
        """How much each word spoke, given the weight of each occurrence; word pairs are split between both words."""
        spoken = weight * self.worth / 2
        first = np.bincount(self.first, weights=spoken, minlength=self.words)
        return np.asarray(first + np.bincount(self.last, weights=spoken, minlength=self.words))


def pieces(words: Sequence[Word], spoken: NDArray[np.float64], *, text: str) -> tuple[Piece, ...]:
    """The pieces of the original that spoke most, in reading order: neighbours joined, at most MOST_PIECES."""
    joined: list[Piece] = []
    least = max(float(spoken.max(initial=0.0)) * _LEAST_SHARE, 1e-6)
    for word, weight in zip(words, spoken.tolist(), strict=True):
        if weight < least:
            continue
        if joined and not text[joined[-1].end : word.start].strip() and word.start - joined[-1].end <= _JOINED_BY:
            joined[-1] = Piece(joined[-1].start, word.end, joined[-1].weight + weight)
        else:
            joined.append(Piece(word.start, word.end, weight))
    loudest = sorted(joined, key=lambda piece: (-piece.weight, piece.start))[:MOST_PIECES]
    return tuple(
        Piece(piece.start, piece.end, round(piece.weight, 4)) for piece in sorted(loudest, key=lambda p: p.start)
    )
