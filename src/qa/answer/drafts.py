"""Lists that stand near the hits, in six shapes; which of them answers is decided in ``lists``.

The numbered subsections of a section (or of the document); a run of 一是…二是…, （一）（二）, ①② behind the sentence
that leads it in; lines behind a ： that each end in ；; paragraphs that open alike; a sentence that enumerates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.answer.cite import Span
from qa.answer.leads import WHOLE, lead_in, opening_of, text_of
from qa.outline import enumerated
from qa.outline import items as find_items
from qa.query import Query
from qa.rank.evidence import says_what
from qa.split import sentences
from qa.types import Document, Hit, Section

MOST = 40
"""A longer run is a law's articles or a table of contents, not a list that someone asks for."""
REACH = 6000
"""Characters behind its lead-in within which a run of items is followed."""
SECTIONS = 400
"""Sections of a document that are looked through: more has a code of law, and its lists are in its articles."""

OPENS = re.compile(r"一[是要靠抓看查须应从、]|（一）|\(一\)|①|第一|首先|其一|一方面|(?<!\d)1[.．、]|（1）|\(1\)|——")
PIECE = re.compile(r"[^，：:；;。！？]+")
DEFINES = re.compile(r"是指|指的是|包括|分为|就是|主要有|即|：")
STATES = re.compile(r"(?:主要|一般|通常|基本)?(?:是|有|为|分为)[：:]")
OPENER = re.compile(
    r"(?:[^。：:；，！？\n]{2,24}[。：:]|[\u4e00-\u9fff]{2,8}(?:（[^）\n]{2,30}）)?$|[\u4e00-\u9fff]{2,6} )"
)
NO_ITEM = re.compile(r"[（(【][^\n]*[）)】]$|第[〇零一二三四五六七八九十百千\d]+条")
"""A line that is all in brackets names the author or the source; short articles of a law are no list."""
ANNOUNCES = re.compile(
    r"(?:[二三四五六七八九十\d](?:个|项|条|点|种|类|步|件|招|方面)[^，。\n]{0,12}|(?:以下|下列)[^，。\n]{0,8}|如下)[。：:]\n"
)
"""The end of a sentence that says that a list follows on the next line."""
NUMERALS = "二两三四五六七八九十"
Kind = Literal["chapters", "sections", "run", "lines", "paragraphs", "sentence"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A list found.

    Attributes:
        lead: The text that leads it in; for a sentence that enumerates the sentence itself.
        heading: Heading of the section it stands in, ``far`` the headings above that.
        size: How many items; a sentence that enumerates is one span of several items.
        shown: The sentence or heading shown before the items, None where there is none.
        defined: The lead-in says what the thing asked about is or is made of.
        members: The sentence repeats what the set's members have in common as often as the set has members.
        opening: The sentence that opens the paragraph of the lead-in, empty where that is the lead-in itself.
        cut: The list goes on behind the characters that were searched.
    """

    kind: Kind
    lead: str
    heading: str
    far: str
    items: tuple[Span, ...]
    size: int
    shown: Span | None = None
    defined: bool = False
    members: bool = False
    opening: str = ""
    cut: bool = False

    @property
    def start(self) -> int:
        return min(self.items[0].start, self.shown.start if self.shown else self.items[0].start)

    @property
    def end(self) -> int:
        return self.items[-1].end


def drafts(query: Query, document: Document, hits: Sequence[Hit]) -> Iterator[Draft]:
    """All lists around the hits, which are the document's; the same list may come twice."""
    yield from _subsections(query, document)
    spans = sorted({(hit.chunk.start, hit.chunk.end) for hit in hits})
    for start, end in spans:
        yield from _runs(query, document, start, end)
        yield from _enumerations(query, document, sentences(document.text, start, end))
    yield from _enumerations(query, document, _naming(query, document))
    for index in dict.fromkeys(index for hit in hits for index in _chain(document, hit)[:3]):
        yield from _parallels(query, document, index)


def _subsections(query: Query, document: Document) -> Iterator[Draft]:
    """Numbered children of each section and of the document itself."""
    children: dict[int, list[Section]] = {}
    for section in document.sections[:SECTIONS]:
        if section.label:
            children.setdefault(section.parent, []).append(section)
    for index, siblings in children.items():
        start = document.sections[index].start if index >= 0 else 0
        heading = document.sections[index].heading if index >= 0 else document.title
        far = _above(document, start)
        for found in _series(siblings):
            if not 2 <= len(found) <= MOST or all(s.label.startswith("第") and "条" in s.label for s in found):
                continue
            lead = lead_in(query, document, sentences(document.text, start, found[0].start))
            said = text_of(document, lead) if lead else ""
            spans = tuple(Span(document.id, s.start, s.end) for s in found)
            kind: Kind = "sections" if index >= 0 else "chapters"
            yield Draft(kind, said, heading, far, spans, len(spans), lead if index >= 0 else None)


def _series(siblings: Sequence[Section]) -> list[list[Section]]:
    """Siblings of one style each: a section may hold 案例一, 案例二 and, behind them, 一、二、 of another thing."""
    found: dict[str, list[Section]] = {}
    for section in siblings:
        style = re.sub(r"[〇一二三四五六七八九十百\d①-⑳\s]+", "#", section.label)
        found.setdefault(style, []).append(section)
    return list(found.values())


def _runs(query: Query, document: Document, begin: int, stop: int) -> Iterator[Draft]:
    """一是…二是… and their like behind a sentence of the passage, followed beyond its end."""
    text = document.text
    spans = sentences(text, begin, stop)
    for place, (start, end) in enumerate(spans):
        before = spans[place - 1] if place else None
        kind: Kind = "run"
        runs = list(runs_from(document, start, end))
        if not runs:
            kind, runs = "lines", list(_lines_from(document, start, end))
        for items in runs:
            lead = text[start : items[0].start].rstrip()
            shown = Span(document.id, start, start + len(lead)) if lead else None
            if not lead and before is not None:
                lead = text[slice(*before)]
                near = (document.section_at(start), _parent(document, start))
                shown = lead_in(query, document, [s for s in spans[:place] if document.section_at(s[0]) in near])
            elif before is not None and len(lead) < 12:
                lead = f"{text[slice(*before)]}{lead}"
            defined = _defines(query, lead)
            heading, far = _heading(document, start), _above(document, start)
            cut = items[-1].end >= start + REACH - 2 and items[-1].end < len(text)
            opening = opening_of(text, start)
            yield Draft(kind, lead, heading, far, items, len(items), shown, defined, opening=opening, cut=cut)


def runs_from(document: Document, start: int, end: int) -> Iterator[tuple[Span, ...]]:
    """Runs of items that begin in the sentence ``[start, end)`` or right behind it, each as far as its scope goes."""
    text = document.text
    if not OPENS.search(text, start, min(end + 5, len(text))):
        return
    for stop in _stops(document, start, end):
        found = find_items(text, start, stop)
        if 2 <= len(found) <= MOST and start <= found[0].start <= end + 2:
            yield tuple(Span(document.id, item.start, item.end) for item in found)


def _lines_from(document: Document, start: int, end: int) -> Iterator[tuple[Span, ...]]:
    """Lines right behind a sentence that ends in ：, each but the last of which ends in ；."""
    text = document.text
    if text[end - 1] not in "：:" or text[end : end + 1] != "\n":
        return
    found, at = [], end + 1
    for line in text[at : at + REACH].split("\n")[:MOST]:
        found.append(Span(document.id, at, at + len(line)))
        at += len(line) + 1
        if not line.endswith(("；", ";")):
            break
    if len(found) >= 2 and not any(len(text_of(document, span)) < 2 for span in found):
        yield tuple(found)


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


def _parallels(query: Query, document: Document, index: int) -> Iterator[Draft]:
    """Paragraphs that each open with a few words and 。 or ：, under a heading or behind a sentence that leads in."""
    start, stop = _extent(document, index)
    told = ANNOUNCES.search(document.text, start, stop)
    begin = max(document.text.rfind(mark, start, told.start()) for mark in "。\n") + 1 if told else start
    openers = _openers(document, max(start, begin), stop)
    if query.core and query.count == sum(query.core in text_of(document, span) for span in openers):
        openers = [span for span in openers if query.core in text_of(document, span)]
    if not 3 <= len(openers) <= MOST:
        return
    lead = lead_in(query, document, sentences(document.text, start, openers[0].start))
    said = text_of(document, lead) if lead else ""
    heading = document.sections[index].heading if index >= 0 else document.title
    far = _above(document, start)
    yield Draft("paragraphs", said, heading, far, tuple(openers), len(openers), lead)


def _extent(document: Document, index: int) -> tuple[int, int]:
    """A section, or what the document says before its first section; all of it where it has none."""
    if index >= 0:
        return document.sections[index].start, document.sections[index].end
    return 0, document.sections[0].start if document.sections else len(document.text)


def _openers(document: Document, start: int, stop: int) -> list[Span]:
    found, at = [], start
    for line in document.text[start:stop].split("\n"):
        match = OPENER.match(line)
        if match and at > start and line != document.title and not NO_ITEM.match(line):
            found.append(Span(document.id, at, at + (len(line) if len(line) <= WHOLE else match.end())))
        at += len(line) + 1
    return found


def _enumerations(query: Query, document: Document, spans: Sequence[tuple[int, int]]) -> Iterator[Draft]:
    """Sentences that enumerate: each stretch between other marks counts by itself, and the parts behind 是指 or ：."""
    text = document.text
    for start, end in spans:
        sentence = text[start:end]
        if sentence.endswith(("：", ":")):
            continue  # what it announces stands behind it
        sizes = [len(enumerated(text, *piece.span())) for piece in PIECE.finditer(text, start, end) if "、" in piece[0]]
        told = DEFINES.search(sentence)
        if told:
            parts = [re.split(marks, sentence[told.end() :]) for marks in (r"[，,；;]", r"[；;]")]
            sizes += [sum(len(piece) > 1 for piece in pieces) for pieces in parts]
        whole = _members(query, sentence)
        if whole and query.count:
            sizes += [query.count]
        sizes = [size for size in sizes if size >= 2]
        if not sizes:
            continue
        # Of what it may count, the number asked for; else the longest.
        size = query.count if query.count in sizes else max(sizes)
        defined = bool(told) and _defines(query, sentence)
        heading, far = _heading(document, start), _above(document, start)
        yield Draft(
            "sentence", sentence, heading, far, (Span(document.id, start, end),), size, None, defined, members=whole
        )


def _defines(query: Query, text: str) -> bool:
    """Whether a text says what a word of the question is or is made of: 「X包括…」, 「X的方法是：…」."""
    if says_what(query, text):
        return True
    stated = STATES.search(text)
    return stated is not None and any(
        word in text[max(0, stated.start() - 12) : stated.start()] for word in query.words
    )


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


def _parent(document: Document, offset: int) -> int:
    index = document.section_at(offset)
    return document.sections[index].parent if index >= 0 else -1


def _above(document: Document, offset: int) -> str:
    return "\n".join(section.heading for section in document.trail(document.section_at(offset)))
