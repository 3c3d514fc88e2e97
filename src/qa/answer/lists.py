"""Lists whole: 「有哪些」「哪四项」 → every item of the list, each cited.

Of the lists drafted around the best hits the one wins whose lead-in says what was asked and whose length is the one
announced.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answer.cite import Open, Span
from qa.answer.drafts import Draft, clip, drafts
from qa.query import Query
from qa.rank import Weights, coverage
from qa.types import Document, Hit

NEAR = 4
"""Hits whose surroundings are searched for lists."""
COUNTS = re.compile(r"第?[一二两三四五六七八九十百\d]+[\u4e00-\u9fff]{0,2}")


@dataclass(frozen=True, slots=True)
class Listing:
    """The list chosen. ``announced`` is the question's own count; ``size`` how many items were found."""

    lead: Span | None
    items: tuple[Span, ...]
    announced: int | None
    size: int
    fit: float


def best_list(query: Query, hits: Sequence[Hit], weights: Weights, open_document: Open) -> Listing | None:
    """The list that answers the question; None where no list near the hits fits."""
    best: Listing | None = None
    for rank, hit in enumerate(hits[:NEAR]):
        document = open_document(hit.chunk.doc_id)
        standing = (1.0 - 0.06 * rank) * (0.6 + 0.4 * (hit.score / hits[0].score if hits[0].score else 1.0))
        for draft in drafts(query, document, hit):
            fit = _fit(query, document, draft, weights) * standing
            if fit >= draft.enough and (best is None or fit > best.fit + 1e-9):
                items = tuple(clip(document, item) for item in draft.items)
                best = Listing(draft.lead, items, query.count, draft.size, fit)
    return best


def _fit(query: Query, document: Document, draft: Draft, weights: Weights) -> float:
    """How well a draft's lead-in and length match the question; about 1 for a good one."""
    asked = {word: weight for word, weight in weights.words.items() if not COUNTS.fullmatch(word)} or weights.words
    topic = {word: weight for word, weight in asked.items() if word not in document.title}
    # Where the title says all that is asked, any list of the document may be meant: its length decides.
    near = coverage(draft.near, topic) if topic else 0.6
    fit = 0.6 * near + 0.4 * coverage(f"{document.title}\n{draft.far}\n{draft.near}", asked) + draft.bonus
    if query.count is not None:
        fit *= 1.4 if draft.size == query.count else 0.65
    return fit
