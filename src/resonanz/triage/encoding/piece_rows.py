"""What the encoder's first layer makes of single pieces: kept for those that are met most.

A row is a function of its piece alone, so an answer does not depend on what was kept.
"""

from __future__ import annotations

from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from resonanz.triage.encoding.files import CHUNKS, WIDTH, WINDOWS, Weights

NOTHING = -1
"""Stands where there is no piece; its row is empty."""
# A row has parts of WIDTH numbers each, so that all of a piece lies together in memory.
MEANT = range(2)
"""The parts that hold what a piece means by itself, one half of it each."""
BEGUN = range(MEANT.stop, MEANT.stop + len(WINDOWS))
"""For each convolution the part that holds its input."""
FIRST = [range(*part) for part in pairwise(accumulate((size for size, _before in WINDOWS), initial=BEGUN.stop))]
"""For each convolution the parts that its first layer adds up: what the piece brings to each place of the window."""
_PARTS = FIRST[-1].stop
# 15 KB each; more than there are places in a portion, and of the pieces of a post two are not among so many.
_KEPT = 8192
_PORTIONS_REMEMBERED = 1024
_FREE, _WANTED = -1, np.iinfo(np.int64).max

Vectors = NDArray[np.float32]
Places = NDArray[np.int64]


class PieceRows:
    """The rows of the pieces asked for last, and of those met most. Not safe to share between threads."""

    def __init__(self, read: Weights) -> None:
        self._table, self._scale, self._lowest = read["table"], read["scale"], read["lo"]
        weights, bias, self._gain, self._shift = (
            np.concatenate([read[f"{name}{size}"] for size, _before in WINDOWS], axis=-1)
            for name in ("proj", "proj_b", "ln_g", "ln_b")
        )
        # Of what comes out the mean is taken away; here that is done once.
        self._begin = weights - weights.mean(axis=1, keepdims=True), bias - bias.mean()
        self._eps = float(read["eps"])
        self._weights = [
            np.concatenate(np.split(read[f"w1_{size}"], size), axis=1, dtype=np.float32) for size, _before in WINDOWS
        ]
        self._biases = [read[f"b1_{size}"] for size, _before in WINDOWS]
        # One row more than pieces, the last: NOTHING.
        pieces = self._table.shape[0] * self._table.shape[1] + 1
        self._place = np.full(pieces, NOTHING, dtype=np.int64)
        self._place[NOTHING] = 0
        self._met = np.zeros(pieces, dtype=np.int64)
        self._portions = 0
        self._piece = np.full(_KEPT, NOTHING, dtype=np.int64)
        self._rows: Vectors = np.empty((_KEPT, _PARTS * WIDTH), dtype=np.float32)
        self._rows[0] = 0

    def keep(self, pieces: Places) -> None:
        """See to it that these have rows until the next call."""
        different = np.unique(pieces)
        missing = different[self._place[different] < 0]
        if len(missing):
            self._fill(missing, instead_of=self._met_least(len(missing), wanted=different))
        self._met[different] += 1
        self._portions += 1
        if self._portions % _PORTIONS_REMEMBERED == 0:
            self._met //= 2

    def places(self, pieces: Places) -> Places:
        """Where the rows of kept pieces begin, as `part` wants it; NOTHING may be among them."""
        return self._place[pieces] * _PARTS

    def part(self, part: int, places: Places, out: Vectors | None = None) -> Vectors:
        """One part of the row at each place."""
        # Places are good by themselves; to look at them would take a copy of what comes out.
        return np.take(self._rows.reshape(-1, WIDTH), places + part, axis=0, out=out, mode="clip")

    def _met_least(self, count: int, *, wanted: Places) -> Places:
        """Places that are free, or hold the pieces met least of those that are not wanted now."""
        met = np.where(self._piece == NOTHING, _FREE, self._met[self._piece])
        places = self._place[wanted]
        met[places[places >= 0]] = _WANTED
        met[self._place[NOTHING]] = _WANTED
        return np.argpartition(met, count)[:count]

    def _fill(self, pieces: Places, *, instead_of: Places) -> None:
        given_up = self._piece[instead_of]
        self._place[given_up[given_up != NOTHING]] = NOTHING
        self._piece[instead_of] = NOTHING
        self._rows[instead_of] = self._made(pieces)
        # Known only now: should memory run out above, nobody takes half a row for a whole one.
        self._place[pieces] = instead_of
        self._piece[instead_of] = pieces

    def _made(self, pieces: Places) -> Vectors:
        rows = np.empty((len(pieces), _PARTS * WIDTH), dtype=np.float32)
        meant, begun = rows[:, _columns(MEANT)], rows[:, _columns(BEGUN)]
        self._look_up(pieces, meant)
        self._begin_with(meant, begun)
        for number, (_size, before) in enumerate(WINDOWS):
            np.matmul(
                rows[:, _columns(BEGUN[number : number + 1])],
                self._weights[number],
                out=rows[:, _columns(FIRST[number])],
            )
            # Each place has one piece of its own, which brings the bias.
            rows[:, _columns(FIRST[number][before : before + 1])] += self._biases[number]
        return rows

    def _look_up(self, pieces: Places, meant: Vectors) -> None:
        chunk, row = pieces % CHUNKS, pieces // CHUNKS
        np.multiply(self._table[chunk, row], self._scale[chunk, None], out=meant)
        meant += self._lowest[chunk, None]

    def _begin_with(self, meant: Vectors, begun: Vectors) -> None:
        """The input of the convolutions, side by side."""
        weights, bias = self._begin
        np.matmul(meant, weights, out=begun)
        begun += bias
        begun *= (1 / np.sqrt(np.vecdot(begun, begun) / begun.shape[1] + self._eps))[:, None]
        begun *= self._gain
        begun += self._shift


def _columns(parts: range) -> slice:
    return slice(parts.start * WIDTH, parts.stop * WIDTH)
