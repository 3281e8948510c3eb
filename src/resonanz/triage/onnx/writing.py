"""Neural networks as ONNX files, written without the package `onnx`: they are protocol buffers of a few messages.

Only what the networks of this room need: nodes with numbers as attributes, and arrays.
The numbers of the fields stand in onnx.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONTRIBUTED = "com.microsoft"
"""The operators that onnxruntime adds to those of the standard."""
_OPSETS = {"": 17, CONTRIBUTED: 1}
_IR_VERSION = 8
_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
_FLOAT, _INT, _INTS = 1, 2, 7

Attribute = int | float | Sequence[int]


@dataclass
class Graph:
    """A network while it is written: what goes in, the arrays it holds, its steps in order, what comes out."""

    inputs: dict[str, tuple[str, tuple[int | str, ...]]]
    outputs: dict[str, tuple[str, tuple[int | str, ...]]]
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    _nodes: list[bytes] = field(default_factory=list)

    def array(self, name: str, values: NDArray[Any]) -> str:
        """Keep an array under a name; the name."""
        self.arrays[name] = values
        return name

    def step(
        self,
        operator: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        *,
        domain: str = "",
        **attributes: Attribute,
    ) -> str:
        """Add an operator; the name of its first output."""
        node = b"".join(_bytes(1, name.encode()) for name in inputs)
        node += b"".join(_bytes(2, name.encode()) for name in outputs) + _bytes(4, operator.encode())
        node += b"".join(_bytes(5, _attribute(name, value)) for name, value in attributes.items())
        self._nodes.append(node + _bytes(7, domain.encode()))
        return outputs[0]

    def written(self) -> bytes:
        """The file's content: the same bytes for the same network."""
        graph = b"".join(_bytes(1, node) for node in self._nodes) + _bytes(2, b"resonanz")
        graph += b"".join(_bytes(5, _tensor(name, values)) for name, values in self.arrays.items())
        graph += b"".join(_bytes(11, _value(name, *described)) for name, described in self.inputs.items())
        graph += b"".join(_bytes(12, _value(name, *described)) for name, described in self.outputs.items())
        opsets = b"".join(_bytes(8, _bytes(1, name.encode()) + _int(2, number)) for name, number in _OPSETS.items())
        return _int(1, _IR_VERSION) + _bytes(2, b"resonanz") + _bytes(7, graph) + opsets


def _attribute(name: str, value: Attribute) -> bytes:
    named = _bytes(1, name.encode())
    if isinstance(value, float):
        return named + _key(2, 5) + struct.pack("<f", value) + _int(20, _FLOAT)
    if isinstance(value, int):
        return named + _int(3, value) + _int(20, _INT)
    return named + b"".join(_int(8, one) for one in value) + _int(20, _INTS)


def _tensor(name: str, values: NDArray[Any]) -> bytes:
    dims = b"".join(_int(1, side) for side in values.shape)
    raw = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()
    return dims + _int(2, _TYPES[values.dtype.name]) + _bytes(8, name.encode()) + _bytes(9, raw)


def _value(name: str, dtype: str, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(_bytes(1, _int(1, side) if isinstance(side, int) else _bytes(2, side.encode())) for side in shape)
    tensor = _int(1, _TYPES[dtype]) + _bytes(2, dims)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, tensor))


def _key(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _int(number: int, value: int) -> bytes:
    return _key(number, 0) + _varint(value & 0xFFFFFFFFFFFFFFFF)


def _bytes(number: int, content: bytes) -> bytes:
    return _key(number, 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
