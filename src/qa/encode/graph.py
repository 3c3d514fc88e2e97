"""The encoder as an ONNX graph with 8-bit weights, built from the packaged weights without torch.

Measured on two cores with passages of 228 tokens, passages a second: fp32 16; 8-bit with padding and mask 31; without
mask, one text at a time 36; with Add + LayerNormalization in place of ONNX Runtime's SkipLayerNormalization, whose CPU
kernel is eight times slower, 45. Hence no mask input: a text is run by itself, on one thread, several at once. So a
text's vector does not depend on its neighbours either (activations are quantised by what a run holds).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.encode.weights import Weights
from qa.protocols import Vectors

# Seven of eight bits: ONNX Runtime's kernels for processors without VNNI add two products in 16 bits, which eight bits
# can overflow. Cosine to fp32 is the same, .997.
_LIMIT = 63
_MICROSOFT = "com.microsoft"
_ROWS = 16384


def build(weights: Weights) -> bytes:
    """A serialised model: ``input_ids`` int64 (1, tokens), special tokens included → ``embedding`` float32 (1, hidden).

    Mean pooling and unit length are part of the graph.
    """
    graph = Graph()
    state = _embeddings(graph, weights)
    for layer in range(weights.layers):
        state = _layer(graph, weights, f"l{layer}.", state)
    pooled = graph.add("ReduceMean", [state, graph.keep("pool", np.array([1], np.int64))], keepdims=0)
    graph.add("LpNormalization", [pooled], name="embedding", axis=1, p=2)
    return graph.model("multilingual-e5-small", weights.hidden)


class Graph:
    """Nodes and constants in the making; every method but ``model`` returns the name of the value it made."""

    def __init__(self) -> None:
        from onnx import helper

        self.nodes: list[Any] = []
        self.kept: list[Any] = []
        self._helper: Any = helper

    def model(self, title: str, dim: int) -> bytes:
        """The serialised model: ``input_ids`` int64 (1, tokens) → ``embedding`` float32 (1, dim), made before."""
        from onnx import TensorProto

        made = self._helper.make_model(
            self._helper.make_graph(
                self.nodes,
                title,
                [self._helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
                [self._helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, dim])],
                self.kept,
            ),
            opset_imports=[self._helper.make_opsetid("", 20), self._helper.make_opsetid(_MICROSOFT, 1)],
            ir_version=10,
        )
        return bytes(made.SerializeToString())

    def keep(self, name: str, value: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.kept.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], *, name: str = "", domain: str = "", **attributes: object) -> str:
        output = name or f"v{len(self.nodes)}"
        self.nodes.append(self._helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def split(self, value: str, sizes: str) -> list[str]:
        """Three parts of the last axis."""
        outputs = [f"v{len(self.nodes)}.{part}" for part in range(3)]
        self.nodes.append(self._helper.make_node("Split", [value, sizes], outputs, axis=2))
        return outputs

    def linear(self, value: str, name: str, matrix: Vectors, bias: Vectors | None) -> str:
        """``value`` times the transpose of ``matrix`` (out, in), quantised by output channel."""
        scale = np.abs(matrix).max(axis=1) / _LIMIT
        scale[scale == 0] = 1
        whole = np.rint(matrix / scale[:, None]).astype(np.int8)
        inputs = [value, self.keep(name + ".w", whole.T), self.keep(name + ".s", scale)]
        if bias is not None:
            inputs += ["", self.keep(name + ".b", bias)]
        return self.add("DynamicQuantizeMatMul", inputs, domain=_MICROSOFT)

    def norm(self, value: str, name: str, scale: Vectors, shift: Vectors, epsilon: float) -> str:
        inputs = [value, self.keep(name + ".w", scale), self.keep(name + ".b", shift)]
        return self.add("LayerNormalization", inputs, axis=-1, epsilon=epsilon)

    def rows(self, name: str, blocks: Iterable[Vectors]) -> str:
        """The rows that ``input_ids`` name out of a matrix given in blocks, kept in 8 bits with a scale a row."""
        from onnx import TensorProto

        whole, scales = [], []
        for block in blocks:
            scale = np.abs(block).max(axis=1, keepdims=True) / 127
            scale[scale == 0] = 1
            whole.append(np.rint(block / scale).astype(np.int8))
            scales.append(scale.astype(np.float32))
        found = self.add("Gather", [self.keep(name, np.concatenate(whole)), "input_ids"])
        scaled = self.add("Gather", [self.keep(name + ".s", np.concatenate(scales)), "input_ids"])
        return self.add("Mul", [self.add("Cast", [found], to=TensorProto.FLOAT), scaled])

    def attention(self, value: str, name: str, matrix: Vectors, bias: Vectors, heads: int) -> str:
        """Attended values, before the output matrix; ``matrix`` (3 × width, width) gives queries, keys and values."""
        sizes = self.keep(name + ".sizes", np.array([matrix.shape[1]] * 3, np.int64))
        parts = self.split(self.linear(value, name, matrix, bias), sizes)
        return self.add("MultiHeadAttention", parts, domain=_MICROSOFT, num_heads=heads)

    def gelu(self, value: str, name: str, matrix: Vectors, bias: Vectors) -> str:
        """``linear`` and GELU after it."""
        wide = self.linear(value, name, matrix, None)
        return self.add("BiasGelu", [wide, self.keep(name + ".b", bias)], domain=_MICROSOFT)


def _embeddings(graph: Graph, weights: Weights) -> str:
    blocks = (
        weights.matrix("emb.word", weights.hidden, start, start + _ROWS)
        for start in range(0, weights.vocabulary, _ROWS)
    )
    word = graph.rows("word", blocks)
    # There is one type only, so its row is part of every position's.
    places = weights.matrix("emb.pos", weights.hidden) + weights.matrix("emb.type", weights.hidden)[0]
    length = graph.add("Shape", ["input_ids"], start=1, end=2)
    zero = graph.keep("zero", np.array([0], np.int64))
    place = graph.add("Slice", [graph.keep("pos", places), zero, length])
    return _norm(graph, weights, graph.add("Add", [word, place]), "emb.ln")


def _layer(graph: Graph, weights: Weights, name: str, state: str) -> str:
    def linear(value: str, part: str, columns: int) -> str:
        return graph.linear(
            value, name + part, weights.matrix(f"{name}{part}.w", columns), weights.vector(f"{name}{part}.b")
        )

    hidden = weights.hidden
    matrix = np.concatenate([weights.matrix(f"{name}{part}.w", hidden) for part in "qkv"])
    bias = np.concatenate([weights.vector(f"{name}{part}.b") for part in "qkv"])
    attended = graph.attention(state, name + "qkv", matrix, bias, weights.heads)
    state = _norm(graph, weights, graph.add("Add", [state, linear(attended, "ao", hidden)]), name + "aln")
    wide = graph.gelu(state, name + "fi", weights.matrix(name + "fi.w", hidden), weights.vector(name + "fi.b"))
    return _norm(graph, weights, graph.add("Add", [state, linear(wide, "fo", weights.inner)]), name + "oln")


def _norm(graph: Graph, weights: Weights, value: str, name: str) -> str:
    return graph.norm(value, name, weights.vector(name + ".w"), weights.vector(name + ".b"), weights.epsilon)
