"""The layers of the encoder behind its rows of pieces: the convolutions, and what stands behind their sum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from resonanz.triage.encoding.files import WINDOWS, Weights
from resonanz.triage.encoding.piece_rows import BEGUN, FIRST, PieceRows, Places, Vectors


class Window:
    """One convolution of two layers over neighbouring pieces; the first is in the rows of the pieces."""

    def __init__(self, read: Weights, thin: Weights, number: int) -> None:
        self._number, (self._size, self._before) = number, WINDOWS[number]
        self._wide, mean = thin[f"wide_{self._size}"], thin[f"mean_{self._size}"]
        layer = read[f"w2_{self._size}"] @ self._wide.T
        self._thin = np.concatenate(np.split(layer, self._size), axis=1)
        # What the directions leave out is taken as it is on the whole.
        self._bias = read[f"b2_{self._size}"] + mean - mean @ self._wide.T @ self._wide

    def hear(self, rows: PieceRows, at: Places, gaps: Places, *, out: Vectors) -> None:
        """What it hears at each place; what it tells of the gaps means nothing."""
        heard = self._first(rows, at, gaps)
        np.matmul(self._second(heard), self._wide, out=out)
        out += self._bias
        np.clip(out, 0, np.inf, out=out)  # faster than np.maximum with a number
        out += heard

    def answers(self, rows: PieceRows, at: Places, gaps: Places) -> Vectors:
        """What the second layer answers in each direction, without bias."""
        return self._second(self._first(rows, at, gaps))

    def _first(self, rows: PieceRows, at: Places, gaps: Places) -> Vectors:
        heard = self._added(lambda step: rows.part(FIRST[self._number][step], at))
        np.clip(heard, 0, np.inf, out=heard)
        heard += rows.part(BEGUN[self._number], at)
        heard[gaps] = 0
        return heard

    def _second(self, heard: Vectors) -> Vectors:
        steps = np.split(heard @ self._thin, self._size, axis=1)
        return self._added(steps.__getitem__)

    def _added(self, brought: Callable[[int], Vectors]) -> Vectors:
        """At each place the sum of what its window's pieces bring; a place outside brings nothing.

        One step is asked for after the other, so that not all of them have to fit into the cache of the processor.
        """
        # A part of a larger array is copied: numpy would do so at every addition, unable to see that they lie apart.
        total = np.ascontiguousarray(brought(self._before))
        for step in range(self._size):
            ahead = step - self._before
            if ahead < 0:
                total[-ahead:] += brought(step)[:ahead]
            elif ahead > 0:
                total[:-ahead] += brought(step)[ahead:]
        return total


class Tail:
    """The small network behind the sum over a text."""

    def __init__(self, read: Weights) -> None:
        self._weights = read["ln_g"][:, None] * read["cnn_W"]
        self._bias = read["ln_b"] @ read["cnn_W"] + read["cnn_b"]
        self._deep = {name: read[name] for name in ("d0", "d1", "d2", "d3", "p1", "p3")}
        self._eps = float(read["eps"])

    def told(self, summed: Vectors, pieces: Vectors) -> Vectors:
        """The vectors of texts of so many pieces."""
        deep, root = self._deep, np.sqrt(pieces)
        mean = summed @ self._weights / root + root * self._bias
        first = np.maximum(mean @ deep["p1"] + np.maximum(mean @ deep["d0"], 0) @ deep["d1"], 0)
        told = np.tanh(first @ deep["p3"] + np.maximum(first @ deep["d2"], 0) @ deep["d3"])
        told /= np.sqrt(np.maximum(np.vecdot(told, told), self._eps))[:, None]
        return np.asarray(told, dtype=np.float32)
