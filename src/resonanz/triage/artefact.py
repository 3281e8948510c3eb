"""The file a trained model is kept in: named arrays and a JSON description, nothing executable.

    8 bytes   magic "RSNZTRG1"
    32 bytes  SHA-256 of everything after them
    8 bytes   length of the description, little endian
    …         the description: UTF-8 JSON {"about": {…}, "arrays": {name: {"dtype", "shape", "start", "size"}}}
    …         the arrays, C order, little endian, each aligned to 64 bytes

Everything is checked before anything is used. No array can hold objects, so reading never unpickles.
"""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from resonanz.core.errors import ResonanzError

MAGIC = b"RSNZTRG1"
MOST_BYTES = 64 * 1024 * 1024
_DIGEST_SIZE = 32
_PREFIX = len(MAGIC) + _DIGEST_SIZE + 8
_ALIGNMENT = 64
_DTYPES = {"int8": "|i1", "float16": "<f2", "float32": "<f4"}


class BadArtefact(ResonanzError):
    """A model file is missing, damaged or not one of ours; `reason` is a code of one word."""

    code = "triage.bad_artefact"
    _sentences: ClassVar[dict[str, str]] = {
        "missing": "cannot be read",
        "foreign": "is not a model of Resonanz",
        "damaged": "is damaged: its checksum does not match its content",
        "too_large": "is larger than any model of Resonanz",
        "malformed": "does not have the arrays and settings that a model needs",
        "outdated": "was trained by another version of the code",
        "other_encoder": "was learnt over an encoder that is not here (see: resonanz model --help)",
    }

    def __init__(self, *, path: str | Path, reason: str) -> None:
        super().__init__(path=str(path), reason=reason)

    def __str__(self) -> str:
        problem = self._sentences[str(self.params["reason"])]
        return f"The triage model {self.params['path']} {problem}. Install Resonanz anew or see: resonanz train --help"


@dataclass(frozen=True, slots=True)
class Artefact:
    """What `load` found; the arrays are read-only views of the mapped file. `digest` is the hex of its checksum."""

    about: dict[str, Any]
    arrays: dict[str, NDArray[Any]]
    digest: str


def save(path: Path, *, about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> str:
    """Write the same bytes for the same content, in one step (a reader sees the old file or the new); the digest."""
    listed: dict[str, dict[str, Any]] = {}
    body = bytearray()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        raw = array.astype(_DTYPES[array.dtype.name]).tobytes()
        body.extend(b"\0" * (-len(body) % _ALIGNMENT))
        listed[name] = {"dtype": array.dtype.name, "shape": list(array.shape), "start": len(body), "size": len(raw)}
        body.extend(raw)
    described = json.dumps({"about": dict(about), "arrays": listed}, sort_keys=True, ensure_ascii=False).encode()
    described += b" " * (-(_PREFIX + len(described)) % _ALIGNMENT)
    rest = len(described).to_bytes(8, "little") + described + bytes(body)
    digest = hashlib.sha256(rest)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(MAGIC + digest.digest() + rest)
    partial.replace(path)
    return digest.hexdigest()


def load(path: Path) -> Artefact:
    """The model in `path`, checked; raises BadArtefact. The arrays stay in the mapped file until they are read."""
    mapped = _mapped(path)
    if mapped[: len(MAGIC)] != MAGIC or len(mapped) < _PREFIX:
        raise BadArtefact(path=path, reason="foreign")
    view = memoryview(mapped)
    digest = hashlib.sha256(view[len(MAGIC) + _DIGEST_SIZE :])
    if digest.digest() != mapped[len(MAGIC) : len(MAGIC) + _DIGEST_SIZE]:
        raise BadArtefact(path=path, reason="damaged")
    try:
        about, arrays = _read(mapped, view)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        # A right checksum over nonsense: somebody else's file with our magic, or one written by hand.
        raise BadArtefact(path=path, reason="malformed") from error
    return Artefact(about, arrays, digest.hexdigest())


def _mapped(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size > MOST_BYTES:
                raise BadArtefact(path=path, reason="too_large")
            if size < _PREFIX:
                raise BadArtefact(path=path, reason="foreign")
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise BadArtefact(path=path, reason="missing") from error


def _read(mapped: mmap.mmap, view: memoryview) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    length = int.from_bytes(mapped[_PREFIX - 8 : _PREFIX], "little")
    if length > len(mapped) - _PREFIX:
        raise ValueError("description longer than the file")
    described = json.loads(mapped[_PREFIX : _PREFIX + length])
    body = view[_PREFIX + length :]
    arrays = {name: _array(body, entry) for name, entry in described["arrays"].items()}
    return dict(described["about"]), arrays


def _array(body: memoryview, entry: Mapping[str, Any]) -> NDArray[Any]:
    dtype = np.dtype(_DTYPES[entry["dtype"]])
    start, size, shape = int(entry["start"]), int(entry["size"]), tuple(int(side) for side in entry["shape"])
    if start < 0 or start + size > len(body) or min(shape, default=1) < 0:
        raise ValueError("array outside the file")
    array = np.frombuffer(body[start : start + size], dtype=dtype).reshape(shape)
    if dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError("array with numbers that are none")
    return array
