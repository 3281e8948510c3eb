"""Words to features: hashed word and character n-grams, vectorised over a whole batch.

Each occurrence of an n-gram becomes an index into a fixed table by a deterministic 64-bit hash. The lower half of the
table holds words and word pairs, the upper half characters 2 to 5 within a word; each half is weighed (TF-IDF) and
scaled to length 1 on its own, so that the many character n-grams do not drown the words. Nothing readable is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resonanz.triage.cleaning import LINK, MAIL, MENTION

VERSION = 3
TABLE_BITS = 17
TABLE = 1 << TABLE_BITS
HALF = TABLE >> 1
_CHARACTER_LENGTHS = (2, 3, 4, 5)
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_BLANK = 0x20
# After these a sentence begins anew: who is spoken to, what is shared, and the marks that end a sentence.
_ASKED = frozenset({"?", "??", "???", "?!"})
_ENDERS = _ASKED | {".", "!", "!!", "!!!", "..."}
_STARTERS = _ENDERS | {LINK, MENTION, MAIL, ":", "-", '"', "#"}

Integers = NDArray[np.int64]
Floats = NDArray[np.float32]
_Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Grams:
    """Every occurrence of an n-gram: table index, and the first and last word (counted over the batch) it touches."""

    index: Integers
    first: Integers
    last: Integers
    text_of_word: Integers
    texts: int


@dataclass(frozen=True, slots=True)
class Features:
    """A sparse matrix in rows: text `i` has the columns and values from `starts[i]` to `starts[i + 1]`."""

    columns: Integers
    values: Floats
    starts: Integers


def extract(forms: Sequence[Sequence[str]]) -> Grams:
    """The n-grams of texts given as cleaned words (none empty, none with a blank inside)."""
    lengths = np.fromiter(map(len, forms), dtype=np.int64, count=len(forms))
    words = [form for text in forms for form in text]
    text_of_word = np.repeat(np.arange(len(forms), dtype=np.int64), lengths)
    if not words:
        none = np.empty(0, dtype=np.int64)
        return Grams(none, none, none, text_of_word, len(forms))
    characters = _characters(words)
    parts = [*_word_grams(words, characters, text_of_word), *_character_grams(characters)]
    index, first, last = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Grams(index, first, last, text_of_word, len(forms))


def weigh(grams: Grams, idf: Floats) -> Features:
    """TF-IDF with sublinear counts, each half of the table scaled to length 1; n-grams with idf 0 are left out."""
    known = idf[grams.index] > 0
    row = grams.text_of_word[grams.first[known]]
    keys, counts = np.unique((row << TABLE_BITS) | grams.index[known], return_counts=True)
    columns, rows = keys & (TABLE - 1), keys >> TABLE_BITS
    values = (1 + np.log(counts)).astype(np.float32) * idf[columns]
    values /= _norms(rows, columns, values, grams.texts)[(rows << 1) | (columns >= HALF)]
    starts = np.searchsorted(rows, np.arange(grams.texts + 1))
    return Features(columns, values, starts)


def _norms(rows: Integers, columns: Integers, values: Floats, texts: int) -> Floats:
    squares = np.bincount((rows << 1) | (columns >= HALF), weights=values * values, minlength=2 * texts)
    return np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32)


def _characters(words: Sequence[str]) -> NDArray[np.uint32]:
    joined = f" {' '.join(words)} ".encode("utf-32-le", "surrogatepass")
    return np.frombuffer(joined, dtype=np.uint32)


def _character_grams(characters: NDArray[np.uint32]) -> list[tuple[Integers, Integers, Integers]]:
    blank = characters == _BLANK
    word = np.cumsum(blank) - 1
    blanks = np.flatnonzero(blank)
    # The next blank after each position bounds the n-grams that begin there: they stay within one word and its edges.
    following = np.append(blanks, len(characters))[word + 1]
    mixed = _mix(characters.astype(np.uint64) + np.uint64(1))
    position = np.arange(len(characters))
    hashes, grams = mixed, []
    for length in _CHARACTER_LENGTHS:
        if len(characters) < length:
            break
        hashes = hashes[:-1] * _BASE + mixed[length - 1 :]
        whole = np.flatnonzero(position[: len(hashes)] + length - 1 <= following[: len(hashes)])
        touched = word[whole]
        grams.append((_fold(hashes[whole] + np.uint64(length), upper=True), touched, touched))
    return grams


def _word_grams(
    words: Sequence[str], characters: NDArray[np.uint32], text_of_word: Integers
) -> list[tuple[Integers, Integers, Integers]]:
    hashes = _word_hashes(characters)
    place = np.arange(len(words))
    same = np.flatnonzero(text_of_word[:-1] == text_of_word[1:])
    pairs = _pair(hashes[:-1], hashes[1:])
    begins, ends = _begins(words, text_of_word), _ends(text_of_word)
    # The first word and the first pair of a sentence show a question that carries no question mark.
    opened = same[begins[same]]
    return [
        (_fold(hashes), place, place),
        (_fold(pairs[same]), same, same + 1),
        (_fold(_mix(hashes[begins] + np.uint64(11))), place[begins], place[begins]),
        (_fold(_mix(pairs[opened] + np.uint64(13))), opened, opened + 1),
        (_fold(_mix(hashes[ends] + np.uint64(17))), ends, ends),
        *_question_grams(words, hashes, pairs, same, ends),
    ]


def _question_grams(
    words: Sequence[str], hashes: _Hashes, pairs: _Hashes, same: Integers, ends: Integers
) -> list[tuple[Integers, Integers, Integers]]:
    """Words and pairs of sentences that end in a question mark, and how much is said in them, before and after them.

    What is really asked reads otherwise than the rest of a post, and stands near its end more often than mockery does.
    """
    asked, marks, lengths = _questions(words, ends)
    inside = np.flatnonzero(asked)
    together = same[asked[same] & asked[same + 1]]
    return [
        (_fold(_mix(hashes[inside] + np.uint64(19))), inside, inside),
        (_fold(_mix(pairs[together] + np.uint64(23))), together, together + 1),
        *((_fold(_mix(length + np.uint64(29 + 8 * number))), marks, marks) for number, length in enumerate(lengths)),
    ]


def _questions(words: Sequence[str], ends: Integers) -> tuple[NDArray[np.bool_], Integers, tuple[_Hashes, ...]]:
    """Which words are asked, where the marks are, and the words before, in and after the question of each, in steps."""
    ender = np.fromiter((word in _ENDERS for word in words), dtype=np.bool_, count=len(words))
    mark = np.fromiter((word in _ASKED for word in words), dtype=np.bool_, count=len(words))
    stops = np.union1d(np.flatnonzero(ender), ends)
    following = np.searchsorted(stops, np.arange(len(words)))
    marks = np.flatnonzero(mark)
    text = np.searchsorted(ends, marks)
    begins = np.append(-1, ends)[text] + 1
    opened = np.maximum(begins, np.append(-1, stops)[following[marks]] + 1)
    lengths = (_steps(opened - begins, 4, 3), _steps(marks - opened, 2, 6), _steps(ends[text] - marks, 4, 3))
    return mark[stops[following]] & ~ender, marks, lengths


def _steps(counts: Integers, size: int, most: int) -> _Hashes:
    return np.minimum(most, -(-counts // size)).astype(np.uint64)


def _word_hashes(characters: NDArray[np.uint32]) -> _Hashes:
    blanks = np.flatnonzero(characters == _BLANK)
    starts = blanks[:-1] + 1
    within = np.arange(starts[0], len(characters)) - np.repeat(starts, np.diff(np.append(starts, len(characters))))
    powers = np.cumprod(np.full(int(within.max()) + 1, _BASE, dtype=np.uint64))
    codes = characters[starts[0] :].astype(np.uint64)
    terms = np.where(codes == _BLANK, np.uint64(0), _mix(codes) * powers[within])
    return _mix(np.add.reduceat(terms, starts - starts[0]))


def _begins(words: Sequence[str], text_of_word: Integers) -> NDArray[np.bool_]:
    starter = np.fromiter((word in _STARTERS for word in words), dtype=np.bool_, count=len(words))
    begins = np.ones(len(words), dtype=np.bool_)
    begins[1:] = starter[:-1] | (text_of_word[1:] != text_of_word[:-1])
    return begins & ~starter


def _ends(text_of_word: Integers) -> Integers:
    return np.append(np.flatnonzero(text_of_word[1:] != text_of_word[:-1]), len(text_of_word) - 1)


def _pair(left: _Hashes, right: _Hashes) -> _Hashes:
    return _mix(left * _BASE + right)


def _mix(values: _Hashes) -> _Hashes:
    """The finaliser of SplitMix64, without its last shift: spreads every input bit over the upper half."""
    values = (values ^ (values >> np.uint64(30))) * _MIX_1
    return (values ^ (values >> np.uint64(27))) * _MIX_2


def _fold(hashes: _Hashes, *, upper: bool = False) -> Integers:
    index = (_mix(hashes) >> np.uint64(64 - TABLE_BITS + 1)).astype(np.int64)
    return index + HALF if upper else index
