"""The encoder as an ONNX graph with 8-bit weights, built from the packaged weights without torch.

Measured on two cores with passages of 228 tokens, passages a second: fp32 16; 8-bit with padding and mask 31; without
mask, one text at a time 36; with Add + LayerNormalization in place of ONNX Runtime's SkipLayerNormalization, whose CPU
kernel is eight times slower, 45. Hence no mask input: a text is run by itself, on one thread, several at once. So a
text's vector does not depend on its neighbours either (activations are quantised by what a run holds).
"""

from __future__ import annotations

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
    from onnx import TensorProto, helper

    graph = _Graph(helper)
    state = _embeddings(graph, weights)
    for layer in range(weights.layers):
        state = _layer(graph, weights, f"l{layer}.", state)
    pooled = graph.add("ReduceMean", [state, graph.keep("pool", np.array([1], np.int64))], keepdims=0)
    graph.add("LpNormalization", [pooled], name="embedding", axis=1, p=2)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "multilingual-e5-small",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, weights.hidden])],
            graph.kept,
        ),
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(_MICROSOFT, 1)],
        ir_version=10,
    )
    return bytes(model.SerializeToString())


class _Graph:
    """Nodes and constants in the making; every method returns the name of the value it made."""

    def __init__(self, helper: Any) -> None:
        self.nodes: list[Any] = []
        self.kept: list[Any] = []
        self._helper = helper

    def keep(self, name: str, value: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.kept.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], *, name: str = "", domain: str = "", **attributes: object) -> str:
        output = name or f"v{len(self.nodes)}"
        self.nodes.append(self._helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def split(self, value: str, sizes: str) -> list[str]:
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

    def norm(self, value: str, name: str, weights: Weights) -> str:
        scale, shift = (self.keep(name + part, weights.vector(name + part)) for part in (".w", ".b"))
        return self.add("LayerNormalization", [value, scale, shift], axis=-1, epsilon=weights.epsilon)


def _embeddings(graph: _Graph, weights: Weights) -> str:
    from onnx import TensorProto

    words = np.empty((weights.vocabulary, weights.hidden), np.int8)
    scales = np.empty((weights.vocabulary, 1), np.float32)
    for start in range(0, weights.vocabulary, _ROWS):
        rows = weights.matrix("emb.word", weights.hidden, start, start + _ROWS)
        scale = np.abs(rows).max(axis=1, keepdims=True) / 127
        scale[scale == 0] = 1
        words[start : start + _ROWS] = np.rint(rows / scale)
        scales[start : start + _ROWS] = scale
    # There is one type only, so its row is part of every position's.
    places = weights.matrix("emb.pos", weights.hidden) + weights.matrix("emb.type", weights.hidden)[0]
    whole = graph.add("Gather", [graph.keep("word", words), "input_ids"])
    scaled = graph.add("Gather", [graph.keep("word.s", scales), "input_ids"])
    word = graph.add("Mul", [graph.add("Cast", [whole], to=TensorProto.FLOAT), scaled])
    length = graph.add("Shape", ["input_ids"], start=1, end=2)
    zero = graph.keep("zero", np.array([0], np.int64))
    place = graph.add("Slice", [graph.keep("pos", places), zero, length])
    graph.keep("thirds", np.array([weights.hidden] * 3, np.int64))
    return graph.norm(graph.add("Add", [word, place]), "emb.ln", weights)


def _layer(graph: _Graph, weights: Weights, name: str, state: str) -> str:
    def linear(value: str, part: str, columns: int) -> str:
        return graph.linear(
            value, name + part, weights.matrix(f"{name}{part}.w", columns), weights.vector(f"{name}{part}.b")
        )

    hidden = weights.hidden
    matrix = np.concatenate([weights.matrix(f"{name}{part}.w", hidden) for part in "qkv"])
    bias = np.concatenate([weights.vector(f"{name}{part}.b") for part in "qkv"])
    parts = graph.split(graph.linear(state, name + "qkv", matrix, bias), "thirds")
    attended = graph.add("MultiHeadAttention", parts, domain=_MICROSOFT, num_heads=weights.heads)
    state = graph.norm(graph.add("Add", [state, linear(attended, "ao", hidden)]), name + "aln", weights)
    wide = graph.linear(state, name + "fi", weights.matrix(name + "fi.w", hidden), None)
    wide = graph.add("BiasGelu", [wide, graph.keep(name + "fi.b", weights.vector(name + "fi.b"))], domain=_MICROSOFT)
    return graph.norm(graph.add("Add", [state, linear(wide, "fo", weights.inner)]), name + "oln", weights)
