"""multilingual-e5-small as an ONNX network for onnxruntime: its first ten layers, and the mean over the pieces.

Measured with heads on the mean after each layer: sentiment is told best after the eighth to the tenth, and the last two
layers cost a sixth of the time. Matrices are multiplied as whole numbers of 8 bits, six times as fast as floats: each
column of weights and each piece has a scale of its own: what a text gives does not depend on the texts beside it.
"""

from __future__ import annotations

import numpy as np

from resonanz.triage.encoding.e5_source import ATTENTION_HEADS, INNER, WIDTH, Floats, Source
from resonanz.triage.onnx.writing import CONTRIBUTED, Graph

LAYERS = 10
_EPSILON = 1e-12
# Seven bits of weights: two products of a byte and a weight must fit the 16 bits in which older processors add them.
_MOST_WEIGHT = 63
_MOST_HEARD, _MIDDLE = 127, 128


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
    heard = writer.normed(writer.in_rows("meant", WIDTH), "emb.ln")
    for layer in range(LAYERS):
        heard = writer.layer(heard, f"l{layer}")
    graph.step("MatMul", ["share", writer.by_text(heard, WIDTH)], ["mean"])
    return graph.written()


class _Writer:
    """Between attentions all pieces of all texts stand in one matrix, a row a piece."""

    def __init__(self, graph: Graph, source: Source) -> None:
        self._graph, self._source = graph, source
        graph.array("three", np.array([WIDTH] * 3, dtype=np.int64))
        graph.array("all", np.array([-1], dtype=np.int64))
        graph.array("one", np.array(1, dtype=np.float32))
        graph.array("step", np.array(1 / _MOST_HEARD, dtype=np.float32))
        graph.array("least", np.array(_EPSILON, dtype=np.float32))
        graph.array("no weight", np.array(0, dtype=np.int8))
        graph.array("middle", np.array(_MIDDLE, dtype=np.uint8))
        graph.array("middles", np.array([_MIDDLE], dtype=np.uint8))
        graph.step("Shape", ["meant"], ["texts and pieces"], start=0, end=2)

    def layer(self, heard: str, name: str) -> str:
        """Attention and a small network, each added to what came in."""
        graph = self._graph
        both = self._times(heard, [f"{name}.q", f"{name}.k", f"{name}.v"], f"{name}.qkv", WIDTH)
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        graph.step("Split", [self.by_text(both, 3 * WIDTH), "three"], parts, axis=2)
        bias = self._bias([f"{name}.q", f"{name}.k", f"{name}.v"], f"{name}.qkv")
        attended = graph.step(
            "MultiHeadAttention",
            [*parts, bias, "lengths"],
            [f"{name}.attended"],
            domain=CONTRIBUTED,
            num_heads=ATTENTION_HEADS,
        )
        heard = self.normed(heard, f"{name}.aln", and_=self._out(self.in_rows(attended, WIDTH), f"{name}.ao", WIDTH))
        inner = self._times(heard, [f"{name}.fi"], f"{name}.fi", WIDTH)
        inner = graph.step(
            "BiasGelu", [inner, self._bias([f"{name}.fi"], f"{name}.fi")], [f"{name}.gelu"], domain=CONTRIBUTED
        )
        return self.normed(heard, f"{name}.oln", and_=self._out(inner, f"{name}.fo", INNER))

    def normed(self, heard: str, name: str, *, and_: str = "") -> str:
        """Brought to mean 0 and variance 1, after the sum with another one."""
        gain = self._graph.array(f"{name}.gain", self._source.floats(f"{name}.w"))
        shift = self._graph.array(f"{name}.shift", self._source.floats(f"{name}.b"))
        # One operator could do both, and takes three times as long.
        both = self._graph.step("Add", [and_, heard], [f"{name}.sum"]) if and_ else heard
        return self._graph.step("LayerNormalization", [both, gain, shift], [f"{name}.normed"], epsilon=_EPSILON)

    def in_rows(self, heard: str, columns: int) -> str:
        """A row a piece."""
        shape = self._graph.array(f"rows of {columns}", np.array([-1, columns], dtype=np.int64))
        return self._graph.step("Reshape", [heard, shape], [f"{heard}.rows"])

    def by_text(self, heard: str, columns: int) -> str:
        """Each text's pieces by themselves."""
        columns_ = self._graph.array(f"{columns} columns", np.array([columns], dtype=np.int64))
        shape = self._graph.step("Concat", ["texts and pieces", columns_], [f"{heard}.shape"], axis=0)
        return self._graph.step("Reshape", [heard, shape], [f"{heard}.by_text"])

    def _out(self, heard: str, name: str, columns: int) -> str:
        return self._graph.step(
            "Add", [self._times(heard, [name], name, columns), self._bias([name], name)], [f"{name}.biased"]
        )

    def _times(self, heard: str, names: list[str], out: str, columns: int) -> str:
        """What came in times matrices side by side, without their biases."""
        graph, weights = self._graph, np.concatenate([self._weights(name, columns) for name in names])
        scales = np.abs(weights).max(axis=1) / _MOST_WEIGHT
        whole = np.rint(weights / scales[:, None]).astype(np.int8)
        rounded, steps = self._rounded(heard, out)
        arrays = [
            graph.array(f"{out}.weights", whole.T), "one", graph.array(f"{out}.scales", scales), "middle", "no weight"
        ]  # fmt: skip
        product = graph.step("MatMulIntegerToFloat", [rounded, *arrays], [f"{out}.product"], domain=CONTRIBUTED)
        return graph.step("Mul", [product, steps], [f"{out}.scaled"])

    def _rounded(self, heard: str, name: str) -> tuple[str, str]:
        """Each row as whole numbers from 1 to 255 around 128, and how much one of them is in it."""
        graph = self._graph
        size = graph.step("Abs", [heard], [f"{name}.size"])
        most = graph.step("ReduceMax", [size], [f"{name}.most"], axes=[1], keepdims=1)
        most = graph.step("Max", [most, "least"], [f"{name}.not_nothing"])
        steps = graph.step("Mul", [most, "step"], [f"{name}.steps"])
        of_rows = graph.step("Reshape", [steps, "all"], [f"{name}.of_rows"])
        middles = graph.step("Expand", ["middles", graph.step("Shape", [of_rows], [f"{name}.many"])], [f"{name}.mid"])
        return graph.step("QuantizeLinear", [heard, of_rows, middles], [f"{name}.rounded"], axis=0), steps

    def _weights(self, name: str, columns: int) -> Floats:
        found = self._source.blocks(f"{name}.w", columns=columns)
        numbers = (found.numbers.astype(np.float32) - 8) * found.scales.astype(np.float32)[:, :, None]
        return numbers.reshape(len(found.numbers), columns)

    def _bias(self, names: list[str], out: str) -> str:
        return self._graph.array(f"{out}.bias", np.concatenate([self._source.floats(f"{name}.b") for name in names]))
