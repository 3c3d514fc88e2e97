"""Whether the library answers a question at all: what the best hits and sentences say of it."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer.score import Scored
from qa.query import Query
from qa.rank import Model, Scene, coverage
from qa.rank.model import logit
from qa.types import Hit

FOREIGN = 0.75
"""Nothing is evidence for a question three quarters of whose weight never occur in the library; from 0.6 on, answers in
other words than the question's fell silent too."""
WHOLLY, HEADED = 0.9, 0.7
"""A question that says a heading word for word and little else asks for what stands under it."""
TOP = 3


def confidence(query: Query, hits: Sequence[Hit], scored: Sequence[Scored], scene: Scene, model: Model) -> float:
    """Probability in [0, 1] that the library answers and this is where. ``hits`` are not empty."""
    dense = any("dense" in hit.signals for hit in hits)
    found = model.confidence(row(query, hits, scored, scene), dense=dense)
    if hits[0].signals["heading_asked"] and hits[0].signals["head"] >= WHOLLY:
        found = max(found, HEADED)
    share = scene.weights.absent
    return min(found, 1 - share) if share > FOREIGN else found


def row(query: Query, hits: Sequence[Hit], scored: Sequence[Scored], scene: Scene) -> list[float]:
    """The columns named by ``rank.model.CONFIDENCE``."""
    top = hits[0]
    years = set(query.years)
    unmet = bool(years) and not any(years & profile.years for profile in scene.names.profiles.values())
    best = max((s.score for s in scored), default=0.0)
    return [
        logit(top.score) / 5,
        top.score - hits[1].score if len(hits) > 1 else top.score,
        max((hit.signals["likeness"] for hit in hits[:TOP]), default=0.0),
        max((hit.signals["sentence"] for hit in hits[:TOP]), default=0.0),
        logit(best) / 5,
        max((s.amount * s.score for s in scored), default=0.0) / best if best else 0.0,
        top.signals["bm25_level"],
        top.signals["bigrams"],
        top.signals["tokens_and_head"],
        coverage(
            "\n".join(f"{scene.heads.get(h.chunk.id, '')}\n{h.chunk.text}" for h in hits[:TOP]), scene.weights.tokens
        ),
        top.signals["words_and_head"],
        scene.weights.absent,
        top.signals["title_named"],
        top.signals["heading_asked"],
        float(unmet or top.signals["year_other"] > 0),
        float(scene.names.unknown(query)),
        float(query.want in ("number", "date")),
    ]
