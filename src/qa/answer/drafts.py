"""Lists that stand near a hit, in four shapes; which of them answers is decided in ``lists``.

The numbered subsections of a section (or of the document); a run of 一是…二是…, （一）（二）, ①② behind the sentence
that leads it in; paragraphs that open alike; a sentence that enumerates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.answer.cite import Span
from qa.outline import enumerated
from qa.outline import items as find_items
from qa.query import Query
from qa.rank.evidence import says_what
from qa.split import sentences
from qa.types import Document, Hit, Section

MOST = 40
"""A longer run is a law's articles or a table of contents, not a list that someone asks for."""
REACH = 4000
"""Characters behind its lead-in within which a run of items is followed."""
WHOLE = 90
"""An item up to so many characters is shown whole, of a longer one its opening sentence."""
LABELLED, ENOUGH = 0.3, 0.5
"""Fit below which no list is shown, with labels before its items and without. A list with labels is one for certain."""

OPENS = re.compile(r"一[是要靠抓看查须应从、]|（一）|\(一\)|①|第一|首先|其一|一方面|(?<!\d)1[.．、]|（1）|\(1\)|——")
PIECE = re.compile(r"[^，：:；;。！？]+")
DEFINES = re.compile(r"是指|指的是|包括|分为|就是|主要有|即|：")
OPENER = re.compile(
    r"(?:[^。：:；，！？\n]{2,24}[。：:]|[\u4e00-\u9fff]{2,8}(?:（[^）\n]{2,30}）)?$|[\u4e00-\u9fff]{2,6} )"
)
ANNOUNCES = re.compile(
    r"[^。\n]*(?:[二三四五六七八九十\d](?:个|项|条|点|种|类|方面)[^，。\n]{0,12}|以下[^，。\n]{0,8}|下列[^，。\n]{0,8}|如下)[。：:]\n"
)
RUN = 0.12
"""A list with labels is surer than a sentence with commas, and one inside the document than its own chapters."""
DEFINED = 0.35
"""For a sentence that says what the thing asked about is made of."""
LONG = 150
"""A sentence of more characters enumerates many things by the way."""
REPEATED = 0.9
"""For a sentence in which what the set's members repeat stands as often as the set has members: it is the set."""
NUMERALS = "二两三四五六七八九十"
SECTIONS = 400
"""Sections of a document that are looked through: more has a code of law, and its lists are in its articles."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A list found.

    ``near`` is what leads it in, ``far`` the headings above that. ``lead`` is the sentence or heading shown before the
    items, None where there is none. ``enough`` is the least fit with which it may be shown.
    """

    near: str
    far: str
    items: tuple[Span, ...]
    size: int
    bonus: float = 0.0
    enough: float = LABELLED
    lead: Span | None = None


def drafts(query: Query, document: Document, hit: Hit) -> Iterator[Draft]:
    yield from _subsections(document)
    yield from _runs(document, hit)
    yield from _parallels(query, document, hit)
    yield from _enumerations(query, document, hit)


def _subsections(document: Document) -> Iterator[Draft]:
    """Numbered children of each section and of the document itself."""
    children: dict[int, list[Section]] = {}
    for section in document.sections[:SECTIONS]:
        if section.label:
            children.setdefault(section.parent, []).append(section)
    for index, found in children.items():
        if not 2 <= len(found) <= MOST or all(s.label.startswith("第") and "条" in s.label for s in found):
            continue
        start = document.sections[index].start if index >= 0 else 0
        heading = document.sections[index].heading if index >= 0 else document.title
        lead = _last_sentence(document, start, found[0].start)
        said = _text(document, lead) if lead else ""
        spans = tuple(Span(document.id, s.start, s.end) for s in found)
        bonus = (RUN if index >= 0 else -RUN) + _announces(said)
        shown = lead if index >= 0 else None
        near = f"{heading}\n{said}"
        yield Draft(near, _above(document, start), spans, len(spans), bonus, LABELLED, shown)


def _runs(document: Document, hit: Hit) -> Iterator[Draft]:
    """一是…二是… and their like behind a sentence of the passage, followed beyond its end."""
    text = document.text
    spans = sentences(text, hit.chunk.start, hit.chunk.end)
    for place, (start, end) in enumerate(spans):
        before = text[slice(*spans[place - 1])] if place else ""
        for items in runs_from(document, start, end):
            lead = text[start : items[0].start].rstrip() or before
            shown = Span(document.id, start, start + len(lead)) if items[0].start > start else None
            if shown is None and place and document.section_at(spans[place - 1][0]) == document.section_at(start):
                shown = Span(document.id, *spans[place - 1])
            near = f"{_heading(document, start)}\n{before}\n{lead}"
            bonus = RUN + _announces(lead)
            yield Draft(near, _above(document, start), items, len(items), bonus, LABELLED, shown)


def runs_from(document: Document, start: int, end: int) -> Iterator[tuple[Span, ...]]:
    """Runs of items that begin in the sentence ``[start, end)`` or right behind it, each as far as its scope goes."""
    text = document.text
    if not OPENS.search(text, start, min(end + 5, len(text))):
        return
    for stop in _stops(document, start, end):
        found = find_items(text, start, stop)
        if 2 <= len(found) <= MOST and start <= found[0].start <= end + 2:
            yield tuple(Span(document.id, item.start, item.end) for item in found)


def _stops(document: Document, start: int, end: int) -> list[int]:
    """How far a run that begins in the sentence ``[start, end)`` may go: its paragraph, section, parent section."""
    text = document.text
    newline = text.find("\n", end)
    stops = [newline if newline >= 0 else len(text)]
    index = document.section_at(start)
    for _ in range(2):
        stops.append(document.sections[index].end if index >= 0 else len(text))
        index = document.sections[index].parent if index >= 0 else -1
    return sorted({min(stop, start + REACH) for stop in stops})


def _parallels(query: Query, document: Document, hit: Hit) -> Iterator[Draft]:
    """Paragraphs that each open with a few words and 。 or ：, under a heading or behind a sentence that leads in."""
    for index in _chain(document, hit)[:3]:
        start, stop = _extent(document, index)
        told = ANNOUNCES.search(document.text, start, stop)
        openers = _openers(document, told.start() if told else start, stop)
        if query.core and query.count == sum(query.core in _text(document, span) for span in openers):
            openers = [span for span in openers if query.core in _text(document, span)]
        if not 3 <= len(openers) <= MOST:
            continue
        lead = _last_sentence(document, start, openers[0].start)
        said = _text(document, lead) if lead else ""
        heading = document.sections[index].heading if index >= 0 else document.title
        near, far = f"{heading}\n{said}", _above(document, start)
        yield Draft(near, far, tuple(openers), len(openers), _announces(said), ENOUGH, lead)


def _extent(document: Document, index: int) -> tuple[int, int]:
    """A section, or what the document says before its first section; all of it where it has none."""
    if index >= 0:
        return document.sections[index].start, document.sections[index].end
    return 0, document.sections[0].start if document.sections else len(document.text)


def _openers(document: Document, start: int, stop: int) -> list[Span]:
    found, at = [], start
    for line in document.text[start:stop].split("\n"):
        match = OPENER.match(line)
        if match and at > start:
            found.append(Span(document.id, at, at + (len(line) if len(line) <= WHOLE else match.end())))
        at += len(line) + 1
    return found


def _enumerations(query: Query, document: Document, hit: Hit) -> Iterator[Draft]:
    """Sentences that enumerate: each stretch between other marks counts by itself, and the parts behind 是指 or ：."""
    text = document.text
    for start, end in [*sentences(text, hit.chunk.start, hit.chunk.end), *_naming(query, document)]:
        sentence = text[start:end]
        sizes = [len(enumerated(text, *piece.span())) for piece in PIECE.finditer(text, start, end) if "、" in piece[0]]
        told = DEFINES.search(sentence)
        if told:
            parts = [part for part in re.split(r"[，,；;]", sentence[told.end() :]) if len(part) > 1]
            sizes += [len(parts)]
        whole = _members(query, sentence)
        if whole and query.count:
            sizes += [query.count]
        near = f"{sentence}\n{_heading(document, start)}"
        bonus = (DEFINED if told and says_what(query, sentence) else -RUN) + (REPEATED if whole else 0.0)
        bonus -= RUN if end - start > LONG else 0.0
        for size in set(sizes):
            if size >= 2:
                yield Draft(near, _above(document, start), (Span(document.id, start, end),), size, bonus, ENOUGH)


def _members(query: Query, sentence: str) -> bool:
    """Whether the sentence names all members of the set asked for: each way of 下基层 and not 四下基层 four times."""
    if not query.core or not query.count:
        return False
    return len(re.findall(rf"(?<![{NUMERALS}]){re.escape(query.core)}", sentence)) >= query.count


def _naming(query: Query, document: Document) -> list[tuple[int, int]]:
    """Sentences anywhere in the document that name all members of the set asked for."""
    if not query.core or not query.count or document.text.count(query.core) < query.count:
        return []
    found, at = [], 0
    for line in document.text.split("\n"):
        if line.count(query.core) >= query.count:
            spans = sentences(document.text, at, at + len(line))
            found += [(start, end) for start, end in spans if _members(query, document.text[start:end])]
        at += len(line) + 1
    return found


def _chain(document: Document, hit: Hit) -> list[int]:
    """Sections that hold the hit or begin in it, innermost first, and -1 for the document itself."""
    chain: dict[int, None] = {}
    for index in (document.section_at(hit.chunk.end - 1), document.section_at(hit.chunk.start), hit.chunk.section):
        at = index
        while at >= 0:
            chain[at] = None
            at = document.sections[at].parent
    return [*sorted(chain, reverse=True), -1]


def _heading(document: Document, offset: int) -> str:
    index = document.section_at(offset)
    return document.sections[index].heading if index >= 0 else document.title


def _text(document: Document, span: Span) -> str:
    return document.text[span.start : span.end]


def _above(document: Document, offset: int) -> str:
    return "\n".join(section.heading for section in document.trail(document.section_at(offset)))


def _last_sentence(document: Document, start: int, end: int) -> Span | None:
    before = sentences(document.text, start, end)
    return Span(document.id, *before[-1]) if before else None


def _announces(lead: str) -> float:
    """A little for a lead-in that says that a list follows."""
    told = lead.rstrip().endswith(("：", ":")) or any(word in lead for word in ("以下", "下列", "如下"))
    return 0.1 if told else 0.0


def clip(document: Document, item: Span) -> Span:
    """A short item whole; of a longer one its first sentence."""
    text = document.text[item.start : item.end]
    line = text.split("\n", 1)[0].rstrip()
    if len(line) <= WHOLE:
        return Span(item.doc_id, item.start, item.start + len(line))
    first = sentences(document.text, item.start, item.end)
    return Span(item.doc_id, item.start, first[0][1] if first else item.end)
