"""Near-duplicates: texts that say the same but for case, links, mentions, marks and figures, or but for a few words.

What is left of a text without all that is hashed: equal hashes are equal texts. Of texts long enough for it, MinHash
over shingles of SHINGLE characters tells which share most of them: PERMUTATIONS smallest hashes in BANDS bands of ROWS.
Two texts that share the part s of their shingles have a band in common with a probability of 1 - (1 - s^ROWS)^BANDS:
99 % at 0.8, 89 % at 0.7, 31 % at 0.5, 3 % at 0.3. Whoever finds a band in common asks `similarity`, which is exact.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resonanz.triage.cleaning import LINK, MAIL, MENTION, clean_words

SHINGLE = 5
BANDS, ROWS = 12, 5
PERMUTATIONS = BANDS * ROWS
ALIKE = 0.7
"""From this share of common shingles on two texts are nearly the same: one longer word is another in a hundred
characters."""
LEAST_LETTERS = 12
"""What is shorter ("Danke!") is said by so many that it tells nothing."""
LEAST_FOR_MINHASH = 40
_TOGETHER = 256
_MASKS = frozenset({LINK, MAIL, MENTION})
_NO_LETTER = re.compile(r"[^\w ]|[\d_]")
_REPEATED = re.compile(r"(.)\1+")

_Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Signature:
    """What can be looked up of a text, as signed numbers of 64 bits. No `bands` where it is too short for MinHash."""

    digest: int
    bands: tuple[int, ...]


def normalised(text: str) -> str:
    """The letters of a text in small, words separated by a blank, each repeated letter once."""
    words = " ".join([word.form for word in clean_words(text) if word.form not in _MASKS])
    if not words.isascii():
        words = unicodedata.normalize("NFKC", words.casefold())
    return _REPEATED.sub(r"\1", _NO_LETTER.sub("", words)).strip()


def signatures(texts: Sequence[str]) -> list[Signature | None]:
    """One a text, in order; None where a text has too few letters to be told from others."""
    found: list[Signature | None] = []
    for start in range(0, len(texts), _TOGETHER):
        found += _signatures([normalised(text) for text in texts[start : start + _TOGETHER]])
    return found


def similarity(left: str, right: str) -> float:
    """The share of the shingles of two texts that both have, 0 to 1; 0 where one of them says nothing."""
    one, other = (_shingles(normalised(text)) for text in (left, right))
    return len(one & other) / len(one | other) if one and other else 0.0


def _shingles(text: str) -> set[str]:
    return {text[at : at + SHINGLE] for at in range(max(len(text) - SHINGLE + 1, 1))} - {""}


def _signatures(texts: Sequence[str]) -> list[Signature | None]:
    letters = [len(text) - text.count(" ") for text in texts]
    long = [text for text, count in zip(texts, letters, strict=True) if count >= LEAST_FOR_MINHASH]
    bands = iter(_bands(long).tolist() if long else [])
    return [
        Signature(_digest(text), tuple(next(bands)) if count >= LEAST_FOR_MINHASH else ())
        if count >= LEAST_LETTERS
        else None
        for text, count in zip(texts, letters, strict=True)
    ]


def _digest(text: str) -> int:
    hashed = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(hashed.digest(), "little", signed=True)


def _bands(texts: Sequence[str]) -> NDArray[np.int64]:
    """A row a text and a column a band."""
    smallest = _smallest(texts).reshape(len(texts), BANDS, ROWS)
    bands = np.tile(_mix(np.arange(1, BANDS + 1, dtype=np.uint64)), (len(texts), 1))
    for row in range(ROWS):
        bands = _mix(bands * _BASE + smallest[:, :, row])
    return bands.view(np.int64)


def _smallest(texts: Sequence[str]) -> _Hashes:
    """The smallest hash of each text's shingles under each permutation. No text is shorter than a shingle."""
    hashes, starts = _hashed_shingles(texts)
    found = np.empty((len(texts), PERMUTATIONS), dtype=np.uint64)
    for place, (factor, summand) in enumerate(zip(_FACTORS, _SUMMANDS, strict=True)):
        found[:, place] = np.minimum.reduceat((hashes * factor + summand) >> np.uint64(32), starts)
    return found


def _hashed_shingles(texts: Sequence[str]) -> tuple[_Hashes, NDArray[np.int64]]:
    """The hashes of all shingles, text after text, and where each text's begin."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    mixed = _mix(codes.astype(np.uint64) + np.uint64(1))
    hashes = mixed[: len(mixed) - SHINGLE + 1].copy()
    for further in range(1, SHINGLE):
        hashes = hashes * _BASE + mixed[further : further + len(hashes)]
    ends = np.repeat(np.cumsum(lengths), lengths)[: len(hashes)]
    within = np.arange(len(hashes)) + SHINGLE <= ends
    return _mix(hashes[within]), np.concatenate([[0], np.cumsum(lengths - SHINGLE + 1)[:-1]])


def _mix(values: _Hashes) -> _Hashes:
    """The finaliser of SplitMix64: every bit of a value moves about half of the others."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_BASE = np.uint64(0x9E3779B97F4A7C15)
# Other numbers here make other bands: what is stored would no longer find what comes.
_FACTORS = _mix(np.arange(1, PERMUTATIONS + 1, dtype=np.uint64) * _BASE) | np.uint64(1)
_SUMMANDS = _mix(np.arange(PERMUTATIONS + 1, 2 * PERMUTATIONS + 1, dtype=np.uint64) * _BASE)
