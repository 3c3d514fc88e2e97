"""Serves a folder of model.int8.onnx and tokenizer.json by ONNX Runtime; torch and transformers are never imported."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from qa.encode.cache import MODEL, TOKENIZER
from qa.encode.tokenizer import MAX_TOKENS
from qa.protocols import Vectors

# Texts tokenised at once: bounds what a call with very many texts holds beside its result.
_GROUP = 512


class OnnxEncoder:
    """An ``Encoder``: each text is run by itself on one thread, ``threads`` of them at once.

    ``prompts`` are put before each question and each passage. Texts beyond 512 tokens are cut. A text's vector never
    depends on what it is encoded with.
    """

    def __init__(self, folder: Path, name: str, prompts: tuple[str, str], threads: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Beyond the basic level ONNX Runtime may fuse back the slow kernel that the graph avoids.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self._session = onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        # What a text holds is text, even if it reads "</s>".
        self._tokenizer.encode_special_tokens = True
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="encode")
        self._name = name
        self._query, self._passage = prompts
        self._dim = int(self._session.get_outputs()[0].shape[1])

    @property
    def name(self) -> str:
        return self._name

    @property
    def dim(self) -> int:
        return self._dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._query, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._passage, texts)

    def _encode(self, prompt: str, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self._dim), np.float32)
        for start in range(0, len(texts), _GROUP):
            group = [prompt + _scalar(text) for text in texts[start : start + _GROUP]]
            vectors[start : start + len(group)] = self._group(group)
        return vectors

    def _group(self, texts: list[str]) -> Vectors:
        tokens = [np.asarray([item.ids], np.int64) for item in self._tokenizer.encode_batch_fast(texts)]
        if len(tokens) == 1:
            return self._run(tokens[0])
        # Longest first, so that no thread is left with a long text at the end.
        order = sorted(range(len(tokens)), key=lambda index: -tokens[index].size)
        vectors = np.empty((len(tokens), self._dim), np.float32)
        for index, row in zip(order, self._pool.map(self._run, [tokens[index] for index in order]), strict=True):
            vectors[index] = row[0]
        return vectors

    def _run(self, tokens: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Vectors:
        row: Vectors = self._session.run(None, {"input_ids": tokens})[0]
        return row


def _scalar(text: str) -> str:
    """Half a surrogate pair, which JSON from a browser may hold, is no character: it becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
