"""Lists whole: 「有哪些」「哪四项」 → every item of the list, each cited.

Of the lists drafted around the best hits the one wins that a small linear model finds likeliest to be meant
(``preference``); none is shown where even that one is unlikely.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qa.answer.cite import Open, Span
from qa.answer.drafts import Draft, drafts
from qa.answer.leads import clip
from qa.answer.preference import load_preference, read_asked, row
from qa.outline.announced import announced
from qa.query import Query
from qa.rank import Weights
from qa.types import Document, Hit

NEAR = 4
"""Hits whose surroundings are searched for lists."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The list chosen, with what a reader must be told about its completeness."""

    lead: Span | None
    items: tuple[Span, ...]
    caution: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A draft with its features."""

    document: Document
    draft: Draft
    row: tuple[float, ...]


def best_list(query: Query, hits: Sequence[Hit], weights: Weights, open_document: Open) -> Listing | None:
    """The list that answers the question; None where no list near the hits is likely to."""
    choices = list(choose_from(query, hits, weights, open_document))
    if not choices:
        return None
    model = load_preference()
    chances = model.chance(np.array([choice.row for choice in choices]))
    best = int(np.argmax(chances))
    if chances[best] < (model.threshold if query.want == "list" else model.threshold_open):
        return None
    document, draft = choices[best].document, choices[best].draft
    items = tuple(clip(document, item) for item in draft.items)
    return Listing(draft.shown, items, _caution(query, draft))


def choose_from(query: Query, hits: Sequence[Hit], weights: Weights, open_document: Open) -> Iterator[Choice]:
    """Every list near the best hits, once, best hit's document first."""
    near = hits[:NEAR]
    asked = read_asked(query, weights)
    for doc_id in dict.fromkeys(hit.chunk.doc_id for hit in near):
        document = open_document(doc_id)
        ranked = [(rank, hit) for rank, hit in enumerate(hits) if hit.chunk.doc_id == doc_id]
        own = [hit for hit in near if hit.chunk.doc_id == doc_id]
        found: dict[tuple[Span, ...], Draft] = {}
        for draft in drafts(query, document, own):
            found.setdefault(draft.items, draft)
        outer = [draft for draft in found.values() if draft.kind in ("run", "lines", "paragraphs")]
        held = [extent for draft in outer for extent in _extents(document, draft)]
        for draft in found.values():
            inner = any(start <= draft.start and draft.end <= end for start, end in held)
            yield Choice(document, draft, row(asked, document, draft, ranked, hits[0], inner))


def _extents(document: Document, draft: Draft) -> list[tuple[int, int]]:
    """What each item of a list holds: up to the next item, the last one to the end of its paragraph."""
    newline = document.text.find("\n", draft.items[-1].start)
    ends = [item.start for item in draft.items[1:]] + [max(draft.end, newline)]
    return [(item.start, end) for item, end in zip(draft.items, ends, strict=True)]


def _caution(query: Query, draft: Draft) -> str | None:
    """What to tell where text or question announce another number of items than were found."""
    if draft.cut:
        return f"这一处列的内容很长，这里只列出前 {draft.size} 项，其余请看原文。"
    told = announced(draft.lead) if draft.kind != "sentence" else None
    if told is not None and told > draft.size:
        return f"原文说有 {told} 项，这里只找到 {draft.size} 项，请核对原文。"
    if query.count is not None and query.count != draft.size:
        return f"问题说的是 {query.count} 项，原文这一处列出 {draft.size} 项，请核对原文。"
    return None
