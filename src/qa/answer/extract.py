"""The answering sentences of the best passages: one to three, verbatim, no more than needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answer.cite import Open, Span
from qa.outline import enumerated
from qa.query import Query
from qa.rank import Weights, coverage
from qa.rank.evidence import evidence
from qa.split import sentences
from qa.types import Document, Hit

DEPTH = 3
"""Passages whose sentences compete."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence with its worth for the question; ``rank`` is its passage's, from 0."""

    span: Span
    text: str
    score: float
    rank: int


def pick(query: Query, hits: Sequence[Hit], weights: Weights, open_document: Open, most: int = 3) -> list[Span]:
    """Spans of the sentences to show, the best first unless they follow each other in one document."""
    scored = sorted(score(query, hits[:DEPTH], weights, open_document), key=lambda s: (-s.score, s.rank, s.span.start))
    if not scored:
        return []
    best = scored[0]
    chosen = [best]
    shown = best.text
    for other in scored[1:]:
        if len(chosen) == most or other.score < 0.72 * best.score:
            break
        gain = coverage(f"{shown}\n{other.text}", weights.words) - coverage(shown, weights.words)
        neighbour = other.span.doc_id == best.span.doc_id and abs(other.span.start - best.span.end) <= 2
        if (gain > 0.08 or neighbour or other.score > 0.9 * best.score) and not _says_same(other.text, shown):
            chosen.append(other)
            shown = f"{shown}\n{other.text}"
    if len({s.span.doc_id for s in chosen}) == 1:
        chosen.sort(key=lambda s: s.span.start)
    return [s.span for s in chosen]


def score(query: Query, hits: Sequence[Hit], weights: Weights, open_document: Open) -> list[Scored]:
    """All sentences of the passages with a score; comparable within one question only."""
    found = []
    top = hits[0].score if hits else 1.0
    for rank, hit in enumerate(hits):
        document = open_document(hit.chunk.doc_id)
        standing = (hit.score / top) ** 0.5 if top else 1.0
        for start, end in sentences(document.text, hit.chunk.start, hit.chunk.end):
            text = document.text[start:end]
            worth = _worth(query, document, start, text, weights)
            found.append(Scored(Span(document.id, start, end), text, worth * standing, rank))
    return found


def _worth(query: Query, document: Document, start: int, text: str, weights: Weights) -> float:
    words = coverage(text, weights.words)
    grams = coverage(text, weights.grams)
    context = coverage(text, weights.context) if weights.context else 0.0
    worth = 0.1 + 0.5 * words + 0.35 * grams + 0.15 * context + 0.18 * evidence(query, text)
    if query.want == "list":
        worth += _listing(query, text)
    if query.want == "definition":
        worth += _defining(query, text)
    if _is_heading(document, start, text):
        worth *= 0.55
    if text.endswith(("？", "?")):
        worth *= 0.6
    if len(text) < 8:
        worth *= 0.5
    return worth


def _listing(query: Query, text: str) -> float:
    """A sentence that enumerates as many things as asked is the list."""
    count = query.count
    if query.core and count and text.count(query.core) >= count:
        return 0.5
    sizes = [len(group) for group in enumerated(text, 0, len(text))]
    if count and count in sizes:
        return 0.35
    return 0.12 if sizes and max(sizes) >= 3 else 0.0


def _defining(query: Query, text: str) -> float:
    """「X是指…」「本法所称X，是指…」 for the X asked about."""
    at = min((text.find(word) for word in query.words if word in text), default=-1)
    mark = re.search(r"是指|系指|指的是|[，,]\s*指|所称|就是", text)
    if at < 0 or mark is None:
        return 0.0
    return 0.35 if at <= mark.start() + 12 and at < 40 else 0.1


def _is_heading(document: Document, start: int, text: str) -> bool:
    """Whether the sentence is the heading of its section and nothing else."""
    index = document.section_at(start)
    if index < 0:
        return start == 0 or text.strip() == document.title
    section = document.sections[index]
    return section.start == start and len(text) <= len(section.heading) + 3 and not section.label.endswith("条")


def _says_same(text: str, shown: str) -> bool:
    bare = "".join(char for char in text if char.isalnum())
    return bare in "".join(char for char in shown if char.isalnum())
