"""The answering sentences of the best passages: one to three, verbatim, no more than needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.answer.cite import Open, Span
from qa.answer.drafts import clip, runs_from
from qa.outline import enumerated
from qa.query import Query
from qa.rank import Model, Scene, Weights, coverage
from qa.rank.evidence import defines, evidence
from qa.rank.model import SENTENCE, logit
from qa.split import sentences
from qa.types import Document, Hit

DEPTH = 3
"""Passages whose sentences compete; a fourth and fifth brought no more right sentences in cross-validation."""
MOST = 3
ITEMS = 12
SHARE = 0.5
"""A further sentence is shown when it is at least so probable as the best, relative to it."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence with the probability that it is the evidence; ``rank`` is its passage's, from 0."""

    span: Span
    text: str
    score: float
    rank: int
    heading: bool


def pick(query: Query, hits: Sequence[Hit], scene: Scene, model: Model, open_document: Open) -> list[Span]:
    """Spans of the sentences to show: the best one, and others that are nearly as good or say what it leaves open."""
    scored = score(query, hits, scene, model, open_document)
    # A title answers nothing, unless it is all that the passage says.
    told = {s.rank for s in scored if not s.heading}
    scored = [s for s in scored if not s.heading or s.rank not in told]
    if not scored:
        return []
    best = scored[0]
    chosen = [best]
    shown = best.text
    for other in scored[1:]:
        if len(chosen) == MOST or other.score < SHARE * best.score:
            break
        if not _says_same(other.text, shown):
            chosen.append(other)
            shown = f"{shown}\n{other.text}"
    if len({s.span.doc_id for s in chosen}) == 1:
        chosen.sort(key=lambda s: s.span.start)
    return [span for s in chosen for span in _with_items(open_document(s.span.doc_id), s.span)]


def _with_items(document: Document, span: Span) -> list[Span]:
    """A sentence that ends in ： says nothing without the items it announces: they come with it."""
    if document.text[span.end - 1] not in "：:":
        return [span]
    items = next((run for run in runs_from(document, span.start, span.end) if run[0].start >= span.end), ())
    return [span, *(clip(document, item) for item in items[:ITEMS])]


def score(query: Query, hits: Sequence[Hit], scene: Scene, model: Model, open_document: Open) -> list[Scored]:
    """The sentences of the best passages with the probability that they are the evidence, best first."""
    spans: list[tuple[Span, str, int]] = []
    rows: list[list[float]] = []
    for rank, hit in enumerate(hits[:DEPTH]):
        document = open_document(hit.chunk.doc_id)
        for start, end in sentences(document.text, hit.chunk.start, hit.chunk.end):
            text = document.text[start:end]
            spans.append((Span(document.id, start, end), text, rank))
            rows.append(row(query, document, start, text, hit, rank, scene.weights))
    if not rows:
        return []
    scores = model.sentence(np.array(rows))
    heading = SENTENCE.index("heading")
    found = [
        Scored(span, text, float(p), rank, bool(columns[heading]))
        for (span, text, rank), p, columns in zip(spans, scores, rows, strict=True)
    ]
    return sorted(found, key=lambda s: (-s.score, s.rank, s.span.start))


def row(query: Query, document: Document, start: int, text: str, hit: Hit, rank: int, weights: Weights) -> list[float]:
    """The columns named by ``rank.model.SENTENCE`` for one sentence of a hit."""
    return [
        coverage(text, weights.words, weights.forms),
        coverage(text, weights.grams),
        coverage(text, weights.context),
        evidence(query, text),
        _listing(query, text) if query.want == "list" else 0.0,
        float(defines(query, text)),
        float(_is_heading(document, start, text)),
        float(text.endswith(("？", "?"))),
        float(len(text) < 10),
        logit(hit.score) / 5,
        rank / DEPTH,
    ]


def _listing(query: Query, text: str) -> float:
    """A sentence that enumerates as many things as asked is the list."""
    count = query.count
    if query.core and count and text.count(query.core) >= count:
        return 0.5
    sizes = [len(group) for group in enumerated(text, 0, len(text))]
    if count and count in sizes:
        return 0.35
    return 0.12 if sizes and max(sizes) >= 3 else 0.0


def _is_heading(document: Document, start: int, text: str) -> bool:
    """Whether the sentence is the document's title or the heading of its section and nothing else."""
    if text.strip() == document.title:
        return True
    index = document.section_at(start)
    if index < 0:
        return start == 0
    section = document.sections[index]
    return section.start == start and len(text) <= len(section.heading) + 3 and not section.label.endswith("条")


def _says_same(text: str, shown: str) -> bool:
    bare = "".join(char for char in text if char.isalnum())
    return bare in "".join(char for char in shown if char.isalnum())
