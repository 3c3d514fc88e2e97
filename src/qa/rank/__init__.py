"""Candidates → hits: features, one calibrated probability per hit, near-duplicates folded, ties by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.query import Query
from qa.rank.features import FEATURES, Scene, features
from qa.rank.model import Model, load_model
from qa.rank.weights import Weights, coverage, weigh
from qa.retrieve import Candidate
from qa.types import Hit

ENOUGH = 0.9
"""Share of the candidates that must have a vector for cosines to count; the few others get the middle one."""

__all__ = ["FEATURES", "Model", "Scene", "Weights", "coverage", "features", "load_model", "rank", "settled", "weigh"]


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
    hits.sort(key=lambda hit: (-hit.score, hit.chunk.id))
    return fold(hits)


def settled(found: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates, without cosines while too few have one: vectors in the making would favour whom they reach."""
    enough = ENOUGH * len(found)
    if sum(candidate.dense is not None for candidate in found) < enough:
        return [replace(candidate, cosine=None, dense=None, spoken=()) for candidate in found]
    if sum(bool(candidate.spoken) for candidate in found) < enough:
        return [replace(candidate, spoken=()) for candidate in found]
    return found


def fold(hits: Sequence[Hit]) -> list[Hit]:
    """Leave out passages whose text a better hit shows already (reprints, several copies of a file)."""
    seen: set[str] = set()
    kept = []
    for hit in hits:
        bare = "".join(hit.chunk.text.split())
        if bare not in seen:
            seen.add(bare)
            kept.append(hit)
    return kept
