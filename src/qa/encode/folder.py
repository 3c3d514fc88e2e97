"""Writes the model as a sentence-transformers folder, for other tools and for training from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.encode.tokenizer import MAX_TOKENS, SPECIALS
from qa.encode.weights import Weights
from qa.protocols import Vectors

QUERY, PASSAGE = "query: ", "passage: "

_ROWS = 16384
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {"emb.word": "word", "emb.pos": "position", "emb.type": "token_type"}


def write_configs(weights: Weights, folder: Path) -> None:
    """The small JSON files: what sentence-transformers needs beside weights and tokenizer."""
    bos, pad, eos, unk, mask = SPECIALS
    names = {"bos_token": bos, "cls_token": bos, "eos_token": eos, "sep_token": eos}
    names |= {"pad_token": pad, "unk_token": unk, "mask_token": mask}
    _write(folder / "config.json", _bert(weights))
    _write(folder / "special_tokens_map.json", names)
    _write(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": MAX_TOKENS, **names},
    )
    _write(folder / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS, "do_lower_case": False})
    prompts = {"query": QUERY, "passage": PASSAGE, "document": PASSAGE}
    _write(
        folder / "config_sentence_transformers.json",
        {"prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )
    parts = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    kinds = "sentence_transformers.models."
    _write(
        folder / "modules.json",
        [{"idx": i, "name": str(i), "path": path, "type": kinds + kind} for i, (path, kind) in enumerate(parts)],
    )
    _write(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": weights.hidden, "pooling_mode_mean_tokens": True},
    )
    (folder / "2_Normalize").mkdir()


def write_safetensors(weights: Weights, path: Path) -> None:
    """All weights as float32, a piece at a time, so that memory holds no second model."""
    shapes = list(_shapes(weights))
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for _, name, shape in shapes:
        size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        for source, _, shape in shapes:
            for rows in _pieces(weights, source, shape):
                stream.write(rows.astype("<f4").tobytes())


def _pieces(weights: Weights, source: str, shape: list[int]) -> Iterator[Vectors]:
    if len(shape) == 1:
        yield weights.vector(source)
        return
    for start in range(0, shape[0], _ROWS):
        yield weights.matrix(source, shape[1], start, start + _ROWS)


def _shapes(weights: Weights) -> Iterator[tuple[str, str, list[int]]]:
    """Name in the package's file, name in transformers' BertModel, shape."""
    hidden, inner = weights.hidden, weights.inner
    for source, name in _EMBEDDINGS.items():
        yield source, f"embeddings.{name}_embeddings.weight", [weights.tensors[source].items // hidden, hidden]
    yield "emb.ln.w", "embeddings.LayerNorm.weight", [hidden]
    yield "emb.ln.b", "embeddings.LayerNorm.bias", [hidden]
    for layer in range(weights.layers):
        for source, name in _LAYER.items():
            weight, bias = f"l{layer}.{source}.w", f"l{layer}.{source}.b"
            columns = inner if source == "fo" else hidden
            items = weights.tensors[weight].items
            full = f"encoder.layer.{layer}.{name}"
            yield weight, full + ".weight", [items] if source in ("aln", "oln") else [items // columns, columns]
            yield bias, full + ".bias", [weights.tensors[bias].items]


def _bert(weights: Weights) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "torch_dtype": "float32",
        "hidden_size": weights.hidden,
        "num_hidden_layers": weights.layers,
        "num_attention_heads": weights.heads,
        "intermediate_size": weights.inner,
        "vocab_size": weights.vocabulary,
        "max_position_embeddings": weights.positions,
        "type_vocab_size": weights.types,
        "layer_norm_eps": weights.epsilon,
        "hidden_act": "gelu",
        "bos_token_id": weights.bos,
        "eos_token_id": weights.eos,
        "pad_token_id": weights.pad,
    }


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
