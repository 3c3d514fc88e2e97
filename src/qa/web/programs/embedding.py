"""/v1/embeddings: the vectors of the encoder that the library is searched with."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, Field

from qa.errors import EncoderUnavailable, InputError
from qa.web.chat import Library

EMBEDDING = "youju-embedding"

TEXTS_MOST, CHARS_MOST = 64, 4000
"""Of one request. Two cores make some 35 vectors a second of 300 characters: two seconds for the usual lot, and longer
texts are cut by the encoder at 512 tokens, about 700 characters, anyway."""

Text = Annotated[str, Field(min_length=1, max_length=CHARS_MOST)]
Kind = Literal["query", "passage"]


class EmbeddingsIn(BaseModel):
    model: str = Field(max_length=200)
    input: Text | Annotated[list[Text], Field(min_length=1, max_length=TEXTS_MOST)]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None
    input_type: Kind | None = None
    """Ours: whether the texts are questions or passages; e5 encodes them differently. By the client's ``extra_body``,
    or as e5's own prefix "query: " or "passage: " of each text; passages without either."""


def embeddings(library: Library, body: EmbeddingsIn) -> dict[str, Any]:
    """Raises EncoderUnavailable where questions are found by words alone."""
    encoder = library.encoder
    if encoder is None:
        raise EncoderUnavailable("这个资料库没有语义向量，或编码器不可用", "请运行 python -m qa doctor 查看原因")
    if body.dimensions not in (None, encoder.dim):
        raise InputError(f"dimensions={body.dimensions}：向量是 {encoder.dim} 维的", "请去掉 dimensions")
    texts = [body.input] if isinstance(body.input, str) else body.input
    asked = [_kind(text, body.input_type) for text in texts]
    vectors = np.zeros((len(asked), encoder.dim), np.float32)
    for kind, encode in (("query", encoder.encode_queries), ("passage", encoder.encode_passages)):
        rows = [row for row, (given, _) in enumerate(asked) if given == kind]
        if rows:
            vectors[rows] = encode([asked[row][1] for row in rows])
    data = [
        {"object": "embedding", "index": row, "embedding": _written(vector, body.encoding_format)}
        for row, vector in enumerate(vectors)
    ]
    chars = sum(len(text) for text in texts)
    usage = {"prompt_tokens": chars, "total_tokens": chars}
    return {"object": "list", "model": EMBEDDING, "encoder": encoder.name, "data": data, "usage": usage}


def _kind(text: str, given: Kind | None) -> tuple[Kind, str]:
    if given:
        return given, text
    if text.startswith("query: "):
        return "query", text.removeprefix("query: ")
    return "passage", text.removeprefix("passage: ")


def _written(vector: np.ndarray[Any, Any], form: str) -> list[float] | str:
    """Little endian float32 in base64, as OpenAI sends it, or numbers."""
    if form == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")
    return [float(value) for value in vector]
