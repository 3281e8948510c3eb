from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resonanz.triage.artefact import BadArtefact
from resonanz.triage.onnx.running import session
from resonanz.triage.onnx.writing import Graph

pytest.importorskip("onnxruntime")
_WEIGHTS = np.array([[1.0, -2.0], [0.5, 4.0], [3.0, 0.0]], dtype=np.float32)


def _network() -> bytes:
    graph = Graph(inputs={"given": ("float32", ("rows", 3))}, outputs={"told": ("float32", ("rows", 2))})
    graph.step("MatMul", ["given", graph.array("weights", _WEIGHTS)], ["multiplied"])
    graph.step("Softmax", ["multiplied"], ["told"], axis=-1)
    return graph.written()


def test_network_computes_what_its_steps_say() -> None:
    given = np.array([[1, 2, 3], [-1, 0, 0.5]], dtype=np.float32)

    told = session(_network(), path=Path("network")).run(["told"], {"given": given})[0]

    powers = np.exp(given @ _WEIGHTS)
    np.testing.assert_allclose(told, powers / powers.sum(axis=1, keepdims=True), rtol=1e-5)


def test_the_same_network_is_the_same_bytes() -> None:
    assert _network() == _network()


@pytest.mark.parametrize("damage", [b"", b"\x08\x08 not a network", _network()[:60], _network()[:-30]])
def test_session_refuses_what_is_no_network(damage: bytes) -> None:
    with pytest.raises(BadArtefact):
        session(damage, path=Path("network"))
