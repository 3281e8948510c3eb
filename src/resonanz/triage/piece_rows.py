"""What the encoder's first layer makes of single pieces: kept for those that are met most.

A row is a function of its piece alone, so an answer does not depend on what was kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from resonanz.triage.encoder_files import CHUNKS, WIDTH, WINDOWS, Weights

NOTHING = -1
"""Stands where there is no piece; its row is empty."""
# 15 KB each; more than there are places in a portion, and of a German tweet's 34 pieces four are not among so many.
_KEPT = 6144
_PORTIONS_REMEMBERED = 1024
_WANTED = np.iinfo(np.int64).max

Vectors = NDArray[np.float32]
Places = NDArray[np.int64]


class PieceRows:
    """`meant`, `begun` and `first` hold the numbers of pieces at their places, which may change with every call."""

    def __init__(self, read: Weights) -> None:
        self._table, self._scale, self._lowest = read["table"], read["scale"], read["lo"]
        self._begin = [
            np.concatenate([read[f"{name}{size}"] for size, _before in WINDOWS], axis=-1)
            for name in ("proj", "proj_b", "ln_g", "ln_b")
        ]
        self._eps = float(read["eps"])
        self._weights = [
            np.ascontiguousarray(read[f"w1_{size}"].reshape(size, WIDTH, WIDTH)) for size, _before in WINDOWS
        ]
        self._biases = [read[f"b1_{size}"] for size, _before in WINDOWS]
        # One row more than pieces, the last: NOTHING.
        pieces = self._table.shape[0] * self._table.shape[1] + 1
        self._place = np.full(pieces, NOTHING, dtype=np.int64)
        self._place[NOTHING] = 0
        self._met = np.zeros(pieces, dtype=np.int64)
        self._portions = 0
        self._piece = np.full(_KEPT, NOTHING, dtype=np.int64)
        self.meant: Vectors = np.zeros((_KEPT, self._table.shape[2]), dtype=np.float32)
        self.begun: Vectors = np.zeros((len(WINDOWS), _KEPT, WIDTH), dtype=np.float32)
        self.first: list[Vectors] = [np.zeros((size, _KEPT, WIDTH), dtype=np.float32) for size, _before in WINDOWS]

    def places(self, pieces: Places) -> Places:
        """Where each piece's row stands until the next call; NOTHING is among the pieces."""
        different = np.unique(pieces)
        missing = different[self._place[different] < 0]
        if len(missing):
            self._keep(missing, instead_of=self._met_least(len(missing), wanted=different))
        self._met[different] += 1
        self._portions += 1
        if self._portions % _PORTIONS_REMEMBERED == 0:
            self._met //= 2
        return self._place[pieces]

    def _met_least(self, count: int, *, wanted: Places) -> Places:
        """Places that are free, or hold the pieces met least of those that are not wanted now."""
        met = self._met[self._piece]
        places = self._place[wanted]
        met[places[places >= 0]] = _WANTED
        return np.argpartition(met, count)[:count]

    def _keep(self, pieces: Places, *, instead_of: Places) -> None:
        self._place[self._piece[instead_of]] = NOTHING
        self._place[NOTHING] = 0
        meant = self._looked_up(pieces)
        begun = self._begun(meant)
        self.meant[instead_of] = meant
        for number, (size, before) in enumerate(WINDOWS):
            own = np.ascontiguousarray(begun[:, number * WIDTH : (number + 1) * WIDTH])
            self.begun[number, instead_of] = own
            for step in range(size):
                # Each place has one piece of its own, which brings the bias.
                bias = self._biases[number] if step == before else 0
                self.first[number][step, instead_of] = own @ self._weights[number][step] + bias
        # Known only now: should memory run out above, nobody takes half a row for a whole one.
        self._place[pieces] = instead_of
        self._piece[instead_of] = pieces

    def _looked_up(self, pieces: Places) -> Vectors:
        chunk, row = pieces % CHUNKS, pieces // CHUNKS
        meant = self._table[chunk, row].astype(np.float32)
        meant *= self._scale[chunk, None]
        meant += self._lowest[chunk, None]
        return meant

    def _begun(self, meant: Vectors) -> Vectors:
        """The input of the convolutions, side by side."""
        weights, bias, gain, shift = self._begin
        rows = meant @ weights + bias
        rows -= rows.mean(axis=1, keepdims=True)
        rows *= (1 / np.sqrt(np.vecdot(rows, rows) / rows.shape[1] + self._eps))[:, None]
        return np.asarray(rows * gain + shift, dtype=np.float32)
