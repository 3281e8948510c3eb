from __future__ import annotations

import hashlib
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from resonanz.triage import artefact, evaluate
from resonanz.triage.artefact import BadArtefact

ARRAYS: dict[str, NDArray[Any]] = {
    "b": np.arange(6, dtype=np.int8).reshape(2, 3),
    "a": np.array([0.5, -2], dtype=np.float32),
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "some.triage"
    artefact.save(path, about={"code": "1"}, arrays=ARRAYS)
    return path


def _reason(path: Path) -> object:
    with pytest.raises(BadArtefact) as caught:
        artefact.load(path)
    assert str(path) in str(caught.value)
    return caught.value.params["reason"]


def test_load_gives_back_what_was_saved_and_cannot_be_written(saved: Path) -> None:
    found = artefact.load(saved)

    assert found.about == {"code": "1"}
    assert {name: array.tolist() for name, array in found.arrays.items()} == {
        name: array.tolist() for name, array in ARRAYS.items()
    }
    assert not found.arrays["b"].flags.writeable


def test_save_writes_the_same_bytes_whatever_the_order(saved: Path, tmp_path: Path) -> None:
    artefact.save(tmp_path / "again", about={"code": "1"}, arrays=dict(reversed(list(ARRAYS.items()))))

    assert (tmp_path / "again").read_bytes() == saved.read_bytes()


@pytest.mark.parametrize("place", [8, 39, 45, 60, 130, -1])
def test_load_refuses_a_flipped_byte_anywhere(saved: Path, place: int) -> None:
    content = bytearray(saved.read_bytes())
    content[place] ^= 1
    saved.write_bytes(content)

    assert _reason(saved) == "damaged"


@pytest.mark.parametrize(("kept", "reason"), [(0, "foreign"), (20, "foreign"), (60, "damaged"), (200, "damaged")])
def test_load_refuses_a_cut_file(saved: Path, kept: int, reason: str) -> None:
    saved.write_bytes(saved.read_bytes()[:kept])

    assert _reason(saved) == reason


def test_load_refuses_pickles_and_foreign_archives(tmp_path: Path) -> None:
    pickled, archive, objects = tmp_path / "pickled", tmp_path / "foreign.npz", tmp_path / "objects.npz"
    pickled.write_bytes(pickle.dumps({"weights": list(range(100))}))
    np.savez(archive, weights=np.zeros(100))
    np.savez(objects, weights=np.array([{"a": 1}] * 100, dtype=object))

    assert [_reason(path) for path in (pickled, archive, objects)] == ["foreign"] * 3


def test_load_says_when_there_is_no_file(tmp_path: Path) -> None:
    assert _reason(tmp_path / "absent") == "missing"
    assert _reason(tmp_path) == "missing"


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "object", "shape": [1], "start": 0, "size": 8},
        {"dtype": "int8", "shape": [1000], "start": 0, "size": 1000},
        {"dtype": "int8", "shape": [-1], "start": 0, "size": 1},
        {"dtype": "int8", "shape": [2], "start": -2, "size": 2},
        {"dtype": "int8", "shape": [float("inf")], "start": 0, "size": 2},
        "nonsense",
    ],
)
def test_load_refuses_a_description_that_lies(tmp_path: Path, entry: object) -> None:
    # A right checksum over a wrong description, as somebody who knows the form would write it.
    described = json.dumps({"about": {}, "arrays": {"a": entry}}).encode()
    rest = len(described).to_bytes(8, "little") + described + b"\0" * 64
    path = tmp_path / "lie"
    path.write_bytes(artefact.MAGIC + hashlib.sha256(rest).digest() + rest)

    assert _reason(path) == "malformed"


def test_evaluator_refuses_a_sound_file_that_is_no_model(saved: Path, tmp_path: Path) -> None:
    artefact.save(tmp_path / "empty", about={"code": evaluate.CODE_VERSION, "heads": {}}, arrays=ARRAYS)

    with pytest.raises(BadArtefact, match="another version"):
        evaluate.Evaluator.load(saved)
    with pytest.raises(BadArtefact, match="does not have the arrays"):
        evaluate.Evaluator.load(tmp_path / "empty")


@pytest.fixture(scope="module")
def shipped() -> artefact.Artefact:
    return artefact.load(evaluate.DEFAULT_MODEL)


def _load_planted(tmp_path: Path, about: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> str:
    """What loading a model says of which somebody made the checksum right again."""
    path = tmp_path / "planted.triage"
    artefact.save(path, about=about, arrays=arrays)
    with pytest.raises(BadArtefact) as caught:
        evaluate.Evaluator.load(path)
    return str(caught.value.params["reason"])


def test_evaluator_refuses_each_array_that_is_gone_cut_or_of_another_kind(
    shipped: artefact.Artefact, tmp_path: Path
) -> None:
    for name, array in shipped.arrays.items():
        others = {other: kept for other, kept in shipped.arrays.items() if other != name}
        planted = [others, others | {name: array[:-1]}, others | {name: array.astype(np.float16).reshape(-1, 1)}]
        assert [_load_planted(tmp_path, shipped.about, arrays) for arrays in planted] == ["malformed"] * 3, name


def test_load_refuses_numbers_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "nan.triage"
    for planted in (np.nan, np.inf, -np.inf):
        artefact.save(path, about={}, arrays={"a": np.array([1.0, planted], dtype=np.float32)})
        assert _reason(path) == "malformed"


@pytest.mark.parametrize(
    "described", [b"", b"[]", b"null", b"\xff\xfe", b'{"about": [1], "arrays": {}}', b"[" * 100_000]
)
def test_load_refuses_a_description_that_is_none(tmp_path: Path, described: bytes) -> None:
    rest = len(described).to_bytes(8, "little") + described
    path = tmp_path / "lie"
    path.write_bytes(artefact.MAGIC + hashlib.sha256(rest).digest() + rest)

    assert _reason(path) == "malformed"


@given(st.binary(max_size=200), st.booleans())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_load_refuses_any_bytes_that_are_none_of_ours(tmp_path: Path, content: bytes, has_magic: bool) -> None:
    path = tmp_path / "bytes"
    path.write_bytes((artefact.MAGIC if has_magic else b"") + content)

    assert _reason(path) in {"foreign", "damaged"}
