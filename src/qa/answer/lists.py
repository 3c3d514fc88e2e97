"""Lists whole: 「有哪些」「哪四项」 → every item of the list, each cited.

A list is a section's numbered children, or a run of 一是…二是…, （一）（二）, ①② in a section's text. Every such list
near the best hits is a candidate; the one whose lead-in (heading and the sentence before the first item) says what was
asked wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.answer.cite import Open, Span
from qa.outline import items as find_items
from qa.query import Query
from qa.rank import Weights, coverage
from qa.split import sentences
from qa.types import Document, Hit

NEAR = 4
"""Hits whose surroundings are searched for lists."""
MOST = 40
"""A longer run is a law's articles or a table of contents, not a list that someone asks for."""
WHOLE = 90
"""An item up to so many characters is shown whole, of a longer one its opening sentence."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list found. ``fit`` in [0, 2]: how well its lead-in and its length match the question."""

    doc_id: str
    lead: Span | None
    items: tuple[Span, ...]
    announced: int | None
    fit: float


def best_list(query: Query, hits: Sequence[Hit], weights: Weights, open_document: Open) -> Listing | None:
    """The list that answers the question; None where no list near the hits fits."""
    best: Listing | None = None
    for rank, hit in enumerate(hits[:NEAR]):
        document = open_document(hit.chunk.doc_id)
        for lead, heading, items in _near(document, hit):
            fit = (
                _fit(query, document, lead, heading, items, weights)
                * (1.0 - 0.08 * rank)
                * (0.5 + 0.5 * _relative(hit, hits))
            )
            if best is None or fit > best.fit + 1e-9:
                shown = tuple(_clip(document, item) for item in items)
                best = Listing(document.id, lead, shown, query.count, fit)
    return best if best is not None and best.fit >= 0.55 else None


def _relative(hit: Hit, hits: Sequence[Hit]) -> float:
    return hit.score / hits[0].score if hits[0].score else 1.0


def _near(document: Document, hit: Hit) -> Iterator[tuple[Span | None, str, list[Span]]]:
    """(lead-in sentence, heading, items) of the lists in the hit's section, its ancestors and the chunk itself."""
    seen: set[tuple[int, int]] = set()
    scopes = [(index, section.start, section.end) for index, section in _scopes(document, hit)]
    scopes.append((-2, hit.chunk.start, hit.chunk.end))
    for index, start, end in scopes:
        children = [s for s in document.sections if s.parent == index] if index >= 0 else []
        numbered = [s for s in children if s.label]
        if 2 <= len(numbered) <= MOST and (numbered[0].start, numbered[-1].end) not in seen:
            seen.add((numbered[0].start, numbered[-1].end))
            spans = [Span(document.id, s.start, s.end) for s in numbered]
            yield _lead(document, start, spans[0].start), document.sections[index].heading, spans
        if end - start > 6000:
            continue
        found = find_items(document.text, start, end)
        if 2 <= len(found) <= MOST and (found[0].start, found[-1].end) not in seen:
            seen.add((found[0].start, found[-1].end))
            spans = [Span(document.id, item.start, item.end) for item in found]
            above = document.section_at(found[0].start)
            heading = document.sections[above].heading if above >= 0 else document.title
            yield _lead(document, start, spans[0].start), heading, spans


def _scopes(document: Document, hit: Hit) -> list[tuple[int, object]]:  # type: ignore[type-arg]
    inner = {document.section_at(hit.chunk.start), document.section_at(hit.chunk.end - 1), hit.chunk.section}
    chain: dict[int, object] = {}
    for index in sorted(inner, reverse=True):
        while index >= 0:
            chain[index] = document.sections[index]
            index = document.sections[index].parent
    return sorted(chain.items(), reverse=True)


def _lead(document: Document, start: int, end: int) -> Span | None:
    """The sentence right before the first item, from ``start`` on."""
    before = sentences(document.text, start, end)
    return Span(document.id, *before[-1]) if before else None


def _fit(
    query: Query, document: Document, lead: Span | None, heading: str, items: Sequence[Span], weights: Weights
) -> float:
    said = document.text[lead.start : lead.end] if lead else ""
    context = f"{document.title}\n{heading}\n{said}"
    fit = coverage(context, weights.words)
    near = coverage(f"{heading}\n{said}", weights.words)
    fit = 0.4 * fit + 0.6 * near
    if query.count is not None:
        fit += 0.45 if len(items) == query.count else -0.25
    # What holds the whole document asks for little; a list announced by its sentence (：or 以下) is more surely one.
    if said.endswith(("：", ":")) or any(word in said[-20:] for word in ("以下", "下列", "如下")):
        fit += 0.1
    return fit


def _clip(document: Document, item: Span) -> Span:
    """A short item whole; of a long one its first sentence, or its first paragraph where that is short too."""
    text = document.text[item.start : item.end]
    line = text.split("\n", 1)[0]
    if len(line) <= WHOLE:
        return Span(item.doc_id, item.start, item.start + len(line.rstrip()))
    first = sentences(document.text, item.start, item.end)
    end = first[0][1] if first else item.end
    return Span(item.doc_id, item.start, end)
