"""Lists whole: 「有哪些」「哪四项」 → every item of the list, each cited.

Three shapes of list are drafted around the best hits: the numbered subsections of a section (or of the document), a run
of 一是…二是…, （一）（二）, ①② behind the sentence that leads it in, and a sentence that enumerates with 、. The draft whose
lead-in says what was asked, and whose length is the one announced, wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.answer.cite import Open, Span
from qa.outline import enumerated
from qa.outline import items as find_items
from qa.query import Query
from qa.rank import Weights, coverage
from qa.split import sentences
from qa.types import Document, Hit

NEAR = 4
"""Hits whose surroundings are searched for lists."""
MOST = 40
"""A longer run is a law's articles or a table of contents, not a list that someone asks for."""
REACH = 4000
"""Characters behind its lead-in within which a run of items is followed."""
WHOLE = 90
"""An item up to so many characters is shown whole, of a longer one its opening sentence."""
ENOUGH = 0.5
"""Fit below which no list is shown. Lead-ins that say the half of what was asked were right more often than not."""

OPENS = re.compile(r"一[是要靠抓看查须应从、]|（一）|\(一\)|①|第一|首先|其一|一方面|(?<!\d)1[.．、]|（1）|\(1\)|——")
PIECE = re.compile(r"[^，：:；;。！？]+")
DEFINES = re.compile(r"是指|即|指的是|包括|分为|就是|主要有")


@dataclass(frozen=True, slots=True)
class Draft:
    """A list found. ``near`` is what leads it in, ``far`` the headings above that; ``whole``: shown as one sentence."""

    doc_id: str
    near: str
    far: str
    items: tuple[Span, ...]
    size: int
    bonus: float = 0.0


@dataclass(frozen=True, slots=True)
class Listing:
    """The list chosen. ``announced`` is the question's own count; ``size`` how many items were found."""

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
        for draft in _drafts(document, hit):
            fit = _fit(query, document, draft, weights) * standing
            if best is None or fit > best.fit + 1e-9:
                best = Listing(tuple(_clip(document, item) for item in draft.items), query.count, draft.size, fit)
    return best if best is not None and best.fit >= ENOUGH else None


def _fit(query: Query, document: Document, draft: Draft, weights: Weights) -> float:
    """How well a draft's lead-in and length match the question; about 1 for a good one."""
    topic = {word: weight for word, weight in weights.words.items() if word not in document.title} or weights.words
    near = coverage(draft.near, topic)
    fit = 0.6 * near + 0.4 * coverage(f"{document.title}\n{draft.far}\n{draft.near}", weights.words) + draft.bonus
    if query.count is not None:
        fit += 0.4 if draft.size == query.count else -0.3
    return fit


def _drafts(document: Document, hit: Hit) -> Iterator[Draft]:
    yield from _subsections(document, hit)
    yield from _runs(document, hit)
    yield from _enumerations(document, hit)


def _subsections(document: Document, hit: Hit) -> Iterator[Draft]:
    """Numbered children of the hit's sections and of the document itself."""
    for index in _chain(document, hit):
        children = [s for s in document.sections if s.parent == index and s.label]
        if not 2 <= len(children) <= MOST or _are_articles(children):
            continue
        start = document.sections[index].start if index >= 0 else 0
        heading = document.sections[index].heading if index >= 0 else document.title
        lead = _last_sentence(document, start, children[0].start)
        spans = tuple(Span(document.id, s.start, s.end) for s in children)
        yield Draft(document.id, f"{heading}\n{lead}", _above(document, start), spans, len(spans), _announces(lead))


def _runs(document: Document, hit: Hit) -> Iterator[Draft]:
    """一是…二是… and their like behind a sentence of the passage, followed beyond its end."""
    text = document.text
    spans = sentences(text, hit.chunk.start, hit.chunk.end)
    for place, (start, end) in enumerate(spans):
        if not OPENS.search(text, start, min(end + 3, len(text))):
            continue
        section = document.section_at(start)
        stop = document.sections[section].end if section >= 0 else len(text)
        parent = document.sections[section].parent if section >= 0 else -1
        if section >= 0 and document.sections[section].start == start and parent >= 0:
            stop = document.sections[parent].end  # the first item is a section itself: its siblings follow it
        found = find_items(text, start, min(stop, start + REACH))
        if not 2 <= len(found) <= MOST or not start <= found[0].start <= end + 2:
            continue
        before = text[slice(*spans[place - 1])] if place else ""
        lead = text[start : found[0].start] or before
        near = f"{_heading(document, start)}\n{before}\n{lead}"
        items = tuple(Span(document.id, item.start, item.end) for item in found)
        yield Draft(document.id, near, _above(document, start), items, len(items), _announces(lead))


def _enumerations(document: Document, hit: Hit) -> Iterator[Draft]:
    """Sentences that enumerate with 、: each stretch between other marks is counted by itself."""
    text = document.text
    for start, end in sentences(text, hit.chunk.start, hit.chunk.end):
        sizes = [len(enumerated(text, *piece.span())) for piece in PIECE.finditer(text, start, end) if "、" in piece[0]]
        if not sizes:
            continue
        sentence = text[start:end]
        near = f"{sentence}\n{_heading(document, start)}"
        bonus = 0.15 if DEFINES.search(sentence) else 0.0
        for size in {*sizes, sum(sizes)}:
            if size >= 2:
                yield Draft(document.id, near, _above(document, start), (Span(document.id, start, end),), size, bonus)


def _chain(document: Document, hit: Hit) -> list[int]:
    """Sections that hold the hit or begin in it, innermost first, and -1 for the document itself."""
    chain: dict[int, None] = {}
    for index in (document.section_at(hit.chunk.end - 1), document.section_at(hit.chunk.start), hit.chunk.section):
        at = index
        while at >= 0:
            chain[at] = None
            at = document.sections[at].parent
    return [*sorted(chain, reverse=True), -1]


def _are_articles(children: Sequence[object]) -> bool:
    labels = [getattr(child, "label", "") for child in children]
    return all(label.startswith("第") and "条" in label for label in labels)


def _heading(document: Document, offset: int) -> str:
    index = document.section_at(offset)
    return document.sections[index].heading if index >= 0 else document.title


def _above(document: Document, offset: int) -> str:
    return "\n".join(section.heading for section in document.trail(document.section_at(offset)))


def _last_sentence(document: Document, start: int, end: int) -> str:
    before = sentences(document.text, start, end)
    return document.text[slice(*before[-1])] if before else ""


def _announces(lead: str) -> float:
    """A little for a lead-in that says that a list follows."""
    told = lead.rstrip().endswith(("：", ":")) or any(word in lead for word in ("以下", "下列", "如下"))
    return 0.1 if told else 0.0


def _clip(document: Document, item: Span) -> Span:
    """A short item whole; of a longer one its first sentence."""
    text = document.text[item.start : item.end]
    line = text.split("\n", 1)[0].rstrip()
    if len(line) <= WHOLE:
        return Span(item.doc_id, item.start, item.start + len(line))
    first = sentences(document.text, item.start, item.end)
    return Span(item.doc_id, item.start, first[0][1] if first else item.end)
