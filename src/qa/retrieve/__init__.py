"""Question → candidate passages, each with what every retriever said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qa.protocols import Encoder, Vectors
from qa.query import Query
from qa.retrieve.ground import Ground
from qa.retrieve.names import DocumentNames
from qa.retrieve.scope import documents_in
from qa.retrieve.standing import LAPSED, standings
from qa.store import Snapshot
from qa.types import Chunk

__all__ = [
    "LAPSED",
    "Candidate",
    "DocumentNames",
    "Ground",
    "candidates",
    "documents_in",
    "encode_query",
    "standings",
]

DEPTH = 60
"""Candidates taken from each retriever: words, vectors of passages, vectors of sentences."""
FEW = 4000
"""Up to so many passages in scope the vectors of each are read: 2 ms; of more, the whole index is searched deeper."""
DEEPER = 8


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
    snapshot: Snapshot,
    query: Query,
    vector: Vectors | None,
    ground: Ground | None,
    extra: Sequence[int] = (),
    among: frozenset[int] | None = None,
) -> list[Candidate]:
    """The union of what words, vectors and ``extra`` (chunk ids wanted anyway) bring, by chunk id.

    With ``among`` only those ids count, and each retriever brings its best ``DEPTH`` of them.
    """
    lexical = dict(_best(lambda k: snapshot.lexical.search(query.tokens, k), among))
    cosines: dict[int, float] = {}
    near: list[tuple[int, float]] = []
    if vector is not None and ground is not None and snapshot.vectors is not None:
        cosines, near = _near(snapshot, vector, among)
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


def _best(search: Callable[[int], list[tuple[int, float]]], among: frozenset[int] | None) -> list[tuple[int, float]]:
    """The best ``DEPTH`` in scope of a search by how many it brings: exact, since it goes as deep as needed."""
    if among is None:
        return search(DEPTH)
    if not among:
        return []
    deep = DEPTH * DEEPER
    while True:
        found = search(deep)
        kept = [pair for pair in found if pair[0] in among][:DEPTH]
        if len(kept) == DEPTH or len(found) < deep:
            return kept
        deep *= DEEPER


def _near(
    snapshot: Snapshot, vector: Vectors, among: frozenset[int] | None
) -> tuple[dict[int, float], list[tuple[int, float]]]:
    """Passages by their own cosine, and by that of their best sentence."""
    vectors, sentences = snapshot.vectors, snapshot.sentences
    assert vectors is not None  # noqa: S101 - narrowed by the caller
    if among is None or len(among) > FEW:
        cosines = dict(_best(lambda k: vectors.search(vector, k)[0], among))
        near = _best(lambda k: sentences.search(vector, k), among) if cosines and sentences else []
        return cosines, near
    every = _cosines(snapshot, vector, sorted(among))
    spoken = sentences.cosines(vector, sorted(among)) if every and sentences else {}
    return dict(_first(every)), _first({number: float(rows.max()) for number, rows in spoken.items()})


def _first(scored: dict[int, float]) -> list[tuple[int, float]]:
    return sorted(scored.items(), key=lambda pair: (-pair[1], pair[0]))[:DEPTH]


def _cosines(snapshot: Snapshot, vector: Vectors, ids: list[int]) -> dict[int, float]:
    """Cosines of passages that the dense search itself did not bring, where they have a vector yet."""
    assert snapshot.vectors is not None  # noqa: S101 - narrowed by the caller
    held = snapshot.vector_ids
    known = [i for i in ids if i in held]
    if not known:
        return {}
    scores = snapshot.vectors.get(known) @ np.ascontiguousarray(vector[0])
    return dict(zip(known, map(float, scores), strict=True))
