"""Question → candidate passages, each with what every retriever said of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qa.protocols import Encoder, Vectors
from qa.query import Query
from qa.retrieve.names import DocumentNames
from qa.store import Snapshot
from qa.types import Chunk

__all__ = ["Candidate", "DocumentNames", "candidates", "encode_query"]

DEPTH = 60
"""Candidates taken from each retriever."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that some retriever found: ``dense`` its cosine or None, ``lexical`` its BM25, 0 if not found."""

    chunk: Chunk
    dense: float | None
    lexical: float


def encode_query(encoder: Encoder | None, query: Query) -> Vectors | None:
    """Unit row ``(1, dim)`` of the question with its context; None without an encoder."""
    return encoder.encode_queries([query.full]) if encoder is not None else None


def candidates(
    snapshot: Snapshot, query: Query, vector: Vectors | None, extra: list[int] | None = None
) -> list[Candidate]:
    """The union of what the lexical index, the vectors and ``extra`` (chunk ids wanted anyway) bring, by chunk id."""
    lexical = dict(snapshot.lexical.search(query.tokens, DEPTH))
    dense: dict[int, float] = {}
    if vector is not None and snapshot.vectors is not None:
        dense = dict(snapshot.vectors.search(vector, DEPTH)[0])
    ids = sorted({*lexical, *dense, *(extra or ())})
    if vector is not None and snapshot.vectors is not None:
        dense |= _cosines(snapshot, vector, [i for i in ids if i not in dense])
    chunks = snapshot.chunks(ids)
    return [Candidate(chunks[i], dense.get(i), lexical.get(i, 0.0)) for i in ids if i in chunks]


def _cosines(snapshot: Snapshot, vector: Vectors, ids: list[int]) -> dict[int, float]:
    """Cosines of passages that the dense search itself did not bring, where they have a vector yet."""
    assert snapshot.vectors is not None  # noqa: S101 - narrowed by the caller
    held = snapshot.vector_ids
    known = [i for i in ids if i in held]
    if not known:
        return {}
    scores = snapshot.vectors.get(known) @ np.ascontiguousarray(vector[0])
    return dict(zip(known, map(float, scores), strict=True))
