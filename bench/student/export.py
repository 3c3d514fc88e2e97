"""The trained student as the package holds it: ONNX with 8-bit weights, tokenizer, manifest with SHA-256."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from qa.encode import STUDENT_PROMPTS
from qa.encode.cache import MANIFEST, MODEL, TOKENIZER
from qa.encode.graph import Graph
from qa.encode.onnx_encoder import OnnxEncoder
from qa.protocols import Vectors
from student import learn
from student.network import Layer, Student

CARD = "MODEL_CARD.md"


def write(student: Student, tokenizer: Tokenizer, out: Path) -> None:
    """Writes the files of the model; the card, written by hand, is left as it is."""
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / TOKENIZER), pretty=False)
    (out / MODEL).write_bytes(build(student))
    facts = {}
    for name in (MODEL, TOKENIZER):
        data = (out / name).read_bytes()
        facts[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    both = hashlib.sha256("".join(fact["sha256"] for fact in facts.values()).encode()).hexdigest()
    manifest = {"name": f"youju-student-{both[:12]}", "source": {"card": CARD}, "files": facts}
    (out / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def likeness(student: Student, tokenizer: Tokenizer, out: Path, passages: list[str]) -> float:
    """The least cosine of what is served to what was trained, over some passages."""
    served = OnnxEncoder(out, "", STUDENT_PROMPTS, 1).encode_passages(passages)
    with torch.no_grad():
        trained = student(*learn.padded(learn.tokens(tokenizer, STUDENT_PROMPTS[1], passages))).numpy()
    return float((served * trained).sum(axis=1).min())


def build(student: Student) -> bytes:
    """The graph of ``Student.forward`` for one text; every matrix but those of the pooling in 8 bits."""
    graph, width = Graph(), student.shape.width
    state = graph.rows("words", [_array(student.words.weight)])
    graph.keep("quarters", np.array([width // 2, width // 4, width - width // 2 - width // 4], np.int64))
    graph.keep("none", np.zeros((1, 1, width // 4), np.float32))
    for name, value in (("first", [0]), ("second", [1]), ("end", [2**31]), ("but one", [-1]), ("tokens", [1])):
        graph.keep(name, np.array(value, np.int64))
    for number, layer in enumerate(student.layers):
        assert isinstance(layer, Layer)
        state = _layer(graph, layer, f"l{number}.", state)
    weight = graph.keep("weight", _array(student.weight.weight).T)
    share = graph.add("Softmax", [graph.add("MatMul", [state, weight])], axis=1)
    pooled = graph.add("ReduceSum", [graph.add("Mul", [state, share]), "tokens"], keepdims=0)
    head, base = graph.keep("head", _array(student.head.weight)), graph.keep("base", _array(student.head.bias))
    whole = graph.add("Gemm", [pooled, head, base], transB=1)
    graph.add("LpNormalization", [whole], name="embedding", axis=1, p=2)
    return graph.model("youju-student", student.shape.dim)


def _layer(graph: Graph, layer: Layer, name: str, state: str) -> str:
    def norm(value: str, part: str, made: torch.nn.LayerNorm) -> str:
        return graph.norm(value, name + part, _array(made.weight), _array(made.bias), made.eps)

    def linear(value: str, part: str, made: torch.nn.Linear) -> str:
        return graph.linear(value, name + part, _array(made.weight), _array(made.bias))

    seen = norm(state, "first", layer.first)
    seen = graph.attention(seen, name + "qkv", _array(layer.qkv.weight), _array(layer.qkv.bias), layer.heads)
    state = graph.add("Add", [state, linear(seen, "out", layer.out)])
    own, left, right = graph.split(norm(state, "second", layer.second), "quarters")
    left = graph.add("Concat", ["none", graph.add("Slice", [left, "first", "but one", "tokens"])], axis=1)
    right = graph.add("Concat", [graph.add("Slice", [right, "second", "end", "tokens"]), "none"], axis=1)
    near = graph.add("Concat", [own, left, right], axis=2)
    wide = graph.gelu(near, name + "wide", _array(layer.wide.weight), _array(layer.wide.bias))
    return graph.add("Add", [state, linear(wide, "narrow", layer.narrow)])


def _array(value: torch.Tensor) -> Vectors:
    return value.detach().float().numpy()
