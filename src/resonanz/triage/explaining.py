"""Which words decided: where the n-grams of a batch stand, how much they spoke, and the pieces of text they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resonanz.triage.cleaning import Word
from resonanz.triage.contract import CleanText, Judgement, Piece
from resonanz.triage.heads import Head, LanguageModel
from resonanz.triage.ngrams import TABLE_BITS, Features, Floats, Grams, Integers

MOST_PIECES = 3
# A word that speaks less than this share of the loudest one did not decide.
_LEAST_SHARE = 0.2
_JOINED_BY = 1

Spoken = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every known n-gram of a batch where it stands, text by text: which words it touches and what it is worth there.

    Text `i` has those from `starts[i]` to `starts[i + 1]`, and the words from `words[i]` to `words[i + 1]`.
    """

    index: Integers
    first: Integers
    last: Integers
    worth: Floats
    starts: Integers
    words: Integers

    @classmethod
    def of(cls, grams: Grams, features: Features, idf: Floats) -> Occurrences:
        """A repeated n-gram's value is split between its places."""
        known = np.flatnonzero(idf[grams.index] > 0)
        text = grams.text_of_word[grams.first[known]]
        # Features ascend by text and column, too, so what is sorted stands in the order of its features.
        keys = (text << TABLE_BITS) | grams.index[known]
        order = np.argsort(keys)
        sorted_keys, known = keys[order], known[order]
        begins = np.flatnonzero(np.diff(sorted_keys, prepend=-1))
        repeated = np.diff(begins, append=len(keys))
        worth = np.repeat((features.values / repeated).astype(np.float32), repeated)
        texts = np.arange(grams.texts + 1)
        starts = np.searchsorted(sorted_keys, texts << TABLE_BITS)
        words = np.searchsorted(grams.text_of_word, texts)
        return cls(grams.index[known], grams.first[known], grams.last[known], worth, starts, words)

    def speaking_words(
        self, model: LanguageModel, column: int, against: int | None, *, texts: Sequence[int]
    ) -> list[Spoken]:
        """How much each word of these texts spoke for a column, less for the one it is held against.

        What a word pair says is split between both words.
        """
        asked = np.zeros(len(self.starts) - 1, dtype=np.bool_)
        asked[list(texts)] = True
        own = np.flatnonzero(np.repeat(asked, np.diff(self.starts)))
        spoken, words = model.speaking(self.index[own], column, against) * self.worth[own] / 2, int(self.words[-1])
        first = np.bincount(self.first[own], weights=spoken, minlength=words)
        every: Spoken = np.asarray(first + np.bincount(self.last[own], weights=spoken, minlength=words))
        return [every[self.words[text] : self.words[text + 1]] for text in texts]


def explained(
    judged: Sequence[Judgement], head: Head, model: LanguageModel, texts: Sequence[CleanText], places: Occurrences
) -> list[Judgement]:
    """The judgements of a head with the words that decided, where its label holds."""
    found = list(judged)
    for number, value in enumerate(head.classes):
        if (spoke := head.spoke_for(number)) is None:
            continue
        rows = [row for row, one in enumerate(judged) if one.value == value and texts[row].words]
        for row, spoken in zip(rows, places.speaking_words(model, *spoke, texts=rows), strict=True):
            one, because = judged[row], pieces(texts[row].words, spoken, text=texts[row].text)
            found[row] = Judgement(one.value, one.probability, one.unsure, because)
    return found


def pieces(words: Sequence[Word], spoken: Spoken, *, text: str) -> tuple[Piece, ...]:
    """The pieces of the original that spoke most, in reading order: neighbours joined, at most MOST_PIECES."""
    joined: list[tuple[int, int, float]] = []
    shares = spoken.tolist()
    least = max(max(shares, default=0.0) * _LEAST_SHARE, 1e-6)
    for word, weight in zip(words, shares, strict=True):
        if weight < least:
            continue
        start, end, _form = word
        if joined and start - joined[-1][1] <= _JOINED_BY and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end, joined[-1][2] + weight)
        else:
            joined.append((start, end, weight))
    loudest = sorted(joined, key=lambda piece: (-piece[2], piece[0]))[:MOST_PIECES]
    return tuple(Piece(start, end, round(weight, 4)) for start, end, weight in sorted(loudest))
