"""Question → candidate passages, each with what every retriever said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.protocols import Encoder, Vectors
from qa.query import Query
from qa.retrieve.ground import Ground
from qa.retrieve.names import DocumentNames
from qa.store import Snapshot
from qa.types import Chunk

__all__ = ["Candidate", "DocumentNames", "Ground", "candidates", "encode_query"]

DEPTH = 60
"""Candidates taken from each retriever: words, vectors of passages, vectors of sentences."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that some retriever found.

    Attributes:
        cosine: With the question; None where the passage has no vector yet.
        dense: ``cosine`` in standard deviations above chance (``Ground``); None without one.
        lexical: Its BM25, 0 where the lexical index did not bring it.
        spoken: As ``dense``, for each of its sentences in order; empty where they have no vectors yet.
    """

    chunk: Chunk
    cosine: float | None
    dense: float | None
    lexical: float
    spoken: tuple[float, ...] = ()

    @property
    def sentence(self) -> float | None:
        """The best of ``spoken``; of a passage without vectors of its sentences its own ``dense``."""
        return max(self.spoken) if self.spoken else self.dense


def encode_query(encoder: Encoder | None, query: Query) -> Vectors | None:
    """Unit row ``(1, dim)`` of the question with its context; None without an encoder."""
    return encoder.encode_queries([query.meant]) if encoder is not None else None


def candidates(
    snapshot: Snapshot, query: Query, vector: Vectors | None, ground: Ground | None, extra: Sequence[int] = ()
) -> list[Candidate]:
    """The union of what words, vectors and ``extra`` (chunk ids wanted anyway) bring, by chunk id."""
    lexical = dict(snapshot.lexical.search(query.tokens, DEPTH))
    cosines: dict[int, float] = {}
    if vector is not None and ground is not None and snapshot.vectors is not None:
        cosines = dict(snapshot.vectors.search(vector, DEPTH)[0])
    near = snapshot.sentences.search(vector, DEPTH) if cosines and vector is not None and snapshot.sentences else []
    ids = sorted({*lexical, *cosines, *(number for number, _ in near), *extra})
    chunks = snapshot.chunks(ids)
    if not cosines or vector is None or ground is None:
        return [Candidate(chunks[i], None, None, lexical.get(i, 0.0)) for i in ids if i in chunks]
    cosines |= _cosines(snapshot, vector, [i for i in ids if i not in cosines])
    spoken = snapshot.sentences.cosines(vector, ids) if snapshot.sentences else {}
    passage, sentence = ground.scales(vector)
    dense = dict(zip(cosines, passage(list(cosines.values())).tolist(), strict=True))
    return [
        Candidate(
            chunks[i],
            cosines.get(i),
            dense.get(i),
            lexical.get(i, 0.0),
            tuple(sentence(spoken[i]).tolist()) if i in spoken else (),
        )
        for i in ids
        if i in chunks
    ]


def _cosines(snapshot: Snapshot, vector: Vectors, ids: list[int]) -> dict[int, float]:
    """Cosines of passages that the dense search itself did not bring, where they have a vector yet."""
    assert snapshot.vectors is not None  # noqa: S101 - narrowed by the caller
    held = snapshot.vector_ids
    known = [i for i in ids if i in held]
    if not known:
        return {}
    scores = snapshot.vectors.get(known) @ np.ascontiguousarray(vector[0])
    return dict(zip(known, map(float, scores), strict=True))
