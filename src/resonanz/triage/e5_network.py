"""multilingual-e5-small as an ONNX network for onnxruntime: its first ten layers, and the mean over the pieces.

Measured with heads on the mean after each layer: sentiment is told best after the eighth to the tenth, and the last two
layers cost a sixth of the time. Weights stay in 4 bits, as they come, and are computed with as floats: what a text
gives does not depend on the texts beside it.
"""

from __future__ import annotations

import numpy as np

from resonanz.triage.e5_source import ATTENTION_HEADS, BLOCK, INNER, WIDTH, Source
from resonanz.triage.onnx_writing import CONTRIBUTED, Graph

LAYERS = 10
_EPSILON = 1e-12
_AS_FLOATS = 1


def network(source: Source) -> bytes:
    """The file. In: `meant` (texts, pieces, 384), `lengths` (texts), `share` (texts, 1, pieces): how much each piece
    counts in the mean. Out: `mean` (texts, 1, 384)."""
    graph = Graph(
        inputs={
            "meant": ("float32", ("texts", "pieces", WIDTH)),
            "lengths": ("int32", ("texts",)),
            "share": ("float32", ("texts", 1, "pieces")),
        },
        outputs={"mean": ("float32", ("texts", 1, WIDTH))},
    )
    writer = _Writer(graph, source)
    graph.array("three", np.array([WIDTH] * 3, dtype=np.int64))
    heard = writer.normed("meant", "emb.ln")
    for layer in range(LAYERS):
        heard = writer.layer(heard, f"l{layer}")
    graph.step("MatMul", ["share", heard], ["mean"])
    return graph.written()


class _Writer:
    def __init__(self, graph: Graph, source: Source) -> None:
        self._graph, self._source = graph, source

    def layer(self, heard: str, name: str) -> str:
        """Attention and a small network, each added to what came in."""
        graph = self._graph
        both = self._times(heard, [f"{name}.q", f"{name}.k", f"{name}.v"], f"{name}.qkv", WIDTH)
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        graph.step("Split", [both, "three"], parts, axis=2)
        attended = graph.step(
            "MultiHeadAttention",
            [*parts, "", "lengths"],
            [f"{name}.attended"],
            domain=CONTRIBUTED,
            num_heads=ATTENTION_HEADS,
        )
        heard = self.normed(heard, f"{name}.aln", and_=self._times(attended, [f"{name}.ao"], f"{name}.out", WIDTH))
        inner = self._times(heard, [f"{name}.fi"], f"{name}.inner", WIDTH)
        inner = graph.step("Gelu", [inner], [f"{name}.gelu"], domain=CONTRIBUTED)
        return self.normed(heard, f"{name}.oln", and_=self._times(inner, [f"{name}.fo"], f"{name}.outer", INNER))

    def normed(self, heard: str, name: str, *, and_: str = "") -> str:
        """Brought to mean 0 and variance 1, after the sum with another one."""
        gain = self._graph.array(f"{name}.gain", self._source.floats(f"{name}.w"))
        shift = self._graph.array(f"{name}.shift", self._source.floats(f"{name}.b"))
        if not and_:
            return self._graph.step("LayerNormalization", [heard, gain, shift], [f"{name}.normed"], epsilon=_EPSILON)
        return self._graph.step(
            "SkipLayerNormalization",
            [and_, heard, gain, shift],
            [f"{name}.normed"],
            domain=CONTRIBUTED,
            epsilon=_EPSILON,
        )

    def _times(self, heard: str, names: list[str], out: str, columns: int) -> str:
        """Matrices in blocks, one over the other, times what came in."""
        found = [self._source.blocks(f"{name}.w", columns=columns) for name in names]
        numbers = np.concatenate([one.numbers for one in found])
        scales = np.concatenate([one.scales for one in found]).astype(np.float32)
        bias = np.concatenate([self._source.floats(f"{name}.b") for name in names])
        packed = numbers[:, :, 0::2] | (numbers[:, :, 1::2] << 4)
        arrays = [
            self._graph.array(f"{out}.weights", packed),
            self._graph.array(f"{out}.scales", scales.reshape(-1)),
            "",
            "",
            self._graph.array(f"{out}.bias", bias),
        ]
        return self._graph.step(
            "MatMulNBits",
            [heard, *arrays],
            [out],
            domain=CONTRIBUTED,
            K=columns,
            N=len(numbers),
            bits=4,
            block_size=BLOCK,
            accuracy_level=_AS_FLOATS,
        )
