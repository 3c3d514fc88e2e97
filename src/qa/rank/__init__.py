"""Candidates → hits: features, one calibrated probability per hit, ties by id; and near-duplicates folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.query import Query
from qa.rank.features import FEATURES, Scene, features
from qa.rank.fold import fold
from qa.rank.model import Model, load_model
from qa.rank.weights import Weights, coverage, weigh
from qa.retrieve import Candidate
from qa.types import Hit

ENOUGH = 0.9
"""Share of the candidates that must have a vector for cosines to count; the few others get the middle one."""

__all__ = [
    "FEATURES",
    "Model",
    "Scene",
    "Weights",
    "coverage",
    "features",
    "fold",
    "load_model",
    "rank",
    "settled",
    "weigh",
]


def rank(query: Query, found: Sequence[Candidate], scene: Scene, model: Model) -> list[Hit]:
    """All candidates as hits, best first; equal scores by chunk id. Empty for no candidates."""
    rows = features(query, found, scene)
    scores = model.hit(rows, dense=any(candidate.dense is not None for candidate in found))
    hits = [
        Hit(
            chunk=candidate.chunk,
            score=float(score),
            path=scene.infos[candidate.chunk.doc_id].path,
            title=scene.infos[candidate.chunk.doc_id].title,
            signals={
                **({"dense": candidate.cosine} if candidate.cosine is not None else {}),
                "lexical": candidate.lexical,
                **dict(zip(FEATURES, map(float, row), strict=True)),
            },
        )
        for candidate, row, score in zip(found, rows, scores, strict=True)
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))


def settled(found: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates, without cosines while too few have one: vectors in the making would favour whom they reach."""
    enough = ENOUGH * len(found)
    if sum(candidate.dense is not None for candidate in found) < enough:
        return [replace(candidate, cosine=None, dense=None, spoken=()) for candidate in found]
    if sum(bool(candidate.spoken) for candidate in found) < enough:
        return [replace(candidate, spoken=()) for candidate in found]
    return found
