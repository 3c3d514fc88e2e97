"""Direct addresses: 「劳动法第四十四条第二款」「第三章」「第二部分」 → the very place, or that it does not exist."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answer.cite import Open, Span
from qa.outline.numerals import to_int
from qa.query import Address, Query
from qa.split import sentences
from qa.types import Document, Section

LABEL = re.compile(
    r"第\s*([〇零一二三四五六七八九十百千万两\d０-９]+)\s*(部分|编|分编|章|节|条)(?:之([一二三四五六七八九十\d]+))?"
)
TOP = re.compile(r"^[（(]?([〇零一二三四五六七八九十百两\d０-９]+)[）)]?[、.．]?$")
ITEM = re.compile(r"^[（(]([一二三四五六七八九十\d]+)[）)]")
BOOKS = 12
"""Documents that one name may stand for: the books of a code, a law and its editions."""
NAMED, MOST_HEADS = 0.7, 30
LEAD = 3
"""A chapter or part is answered by its heading and subheadings, or by so many opening paragraphs where it has none."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads. ``spans`` is empty where the document has no such place; ``reason`` then says so."""

    kind: str
    spans: tuple[Span, ...]
    document: Document
    reason: str | None = None


def locate(query: Query, named: Sequence[tuple[str, float]], open_document: Open) -> Place | None:
    """Follow the question's address in the documents it names, best first; None without address or named document."""
    address = query.address
    if not named:
        return None
    if address is None:
        return _gist(query, named, open_document)
    missing: list[Place] = []
    for doc_id, strength in named[:BOOKS]:
        # Another document may stand in only for one as surely named (the books of one code), never another law.
        if strength < named[0][1] - 0.05:
            break
        place = find(open_document(doc_id), address)
        if place.spans:
            return place
        missing.append(place)
    return _nearest_miss(missing, address)


def _gist(query: Query, named: Sequence[tuple[str, float]], open_document: Open) -> Place | None:
    """The outline of the one document that the question names, if it asks what that says; None otherwise."""
    if not query.gist or named[0][1] < NAMED or (len(named) > 1 and named[1][1] > named[0][1] - 0.05):
        return None
    document = open_document(named[0][0])
    heads = [section for section in document.sections if section.level == 1 and section.heading]
    if 2 <= len(heads) <= MOST_HEADS:
        spans = [_clip(document, paragraphs(document, section)[0], heads) for section in heads]
    else:
        body = [
            span for span in paragraphs(document, Section(1, "", "", 0, len(document.text))) if _is_body(document, span)
        ]
        spans = [Span(document.id, *sentences(document.text, s.start, s.end)[0]) for s in body[: LEAD + 1]]
    return Place("outline", tuple(spans), document) if spans else None


def _is_body(document: Document, span: Span) -> bool:
    return document.text[span.start : span.end].strip() != document.title and span.end - span.start > 15


def _nearest_miss(missing: Sequence[Place], address: Address) -> Place:
    """What to say of an address that no document has; of a code in several books, all their numbers."""
    numbers = [number for place in missing for number, _, _ in articles(place.document)]
    if address.unit != "条" or len(missing) == 1 or not numbers:
        return missing[0]
    reason = f"所指的 {len(missing)} 份文件从第{min(numbers)}条到第{max(numbers)}条，没有第{address.number}条"
    return Place("article", (), missing[0].document, reason)


def find(document: Document, address: Address) -> Place:
    """The address in one document."""
    if address.unit == "条":
        return _articles(document, address)
    section = _part(document, address)
    if section is None:
        return Place("outline", (), document, _no_part(document, address))
    return Place("outline", _opening(document, section), document)


def articles(document: Document) -> list[tuple[int, int | None, Section]]:
    """(number, 之N, section) of the document's articles in order."""
    found = []
    for section in document.sections:
        match = LABEL.match(section.label)
        if match and match[2] == "条" and (number := to_int(match[1])):
            found.append((number, to_int(match[3]) if match[3] else None, section))
    return found


def _articles(document: Document, address: Address) -> Place:
    every = articles(document)
    last = address.last or address.number
    wanted = [
        s for number, sub, s in every if address.number <= number <= last and (address.last or sub == address.sub)
    ]
    if not wanted:
        return Place("article", (), document, _no_article(document, address, every))
    spans = [span for section in wanted for span in paragraphs(document, section)]
    if address.paragraph is not None:
        clauses = _clauses(document, spans)
        if address.paragraph > len(clauses):
            reason = f"《{document.title}》{wanted[0].label}共 {len(clauses)} 款，没有第 {address.paragraph} 款"
            return Place("article", (), document, reason)
        spans = clauses[address.paragraph - 1]
    if address.item is not None:
        items = [s for s in spans if (m := ITEM.match(document.text[s.start : s.end])) and to_int(m[1]) == address.item]
        if not items:
            return Place("article", (), document, f"《{document.title}》{wanted[0].label}没有第 {address.item} 项")
        spans = items
    return Place("article", tuple(spans), document)


def paragraphs(document: Document, section: Section) -> list[Span]:
    """The section's paragraphs as spans, in order."""
    spans, at = [], section.start
    for line in document.text[section.start : section.end].split("\n"):
        if line.strip():
            spans.append(Span(document.id, at, at + len(line.rstrip())))
        at += len(line) + 1
    return spans


def _clauses(document: Document, spans: Sequence[Span]) -> list[list[Span]]:
    """款: each paragraph that isn't an item （一）… begins one; items belong to the 款 before them."""
    clauses: list[list[Span]] = []
    for span in spans:
        if clauses and ITEM.match(document.text[span.start : span.end]):
            clauses[-1].append(span)
        else:
            clauses.append([span])
    return clauses


def _part(document: Document, address: Address) -> Section | None:
    for section in document.sections:
        match = LABEL.match(section.label)
        if match and match[2] == address.unit and to_int(match[1]) == address.number:
            return section
    if address.unit != "部分":
        return None
    for section in document.sections:
        match = TOP.match(section.label)
        if section.level == _top_level(document) and match and to_int(match[1]) == address.number:
            return section
    return None


def _top_level(document: Document) -> int:
    """Level of the outermost sections that are numbered 一、二、…; 1 where there are none."""
    levels = [s.level for s in document.sections if s.label.endswith(("、", "．")) and TOP.match(s.label)]
    return min(levels, default=1)


def _opening(document: Document, section: Section) -> tuple[Span, ...]:
    spans = paragraphs(document, section)
    index = document.sections.index(section)
    children = [s for s in document.sections if s.parent == index]
    heads = {s.start for s in children}
    if len(children) >= 2:
        shown = [spans[0], *(span for span in spans[1:] if span.start in heads)]
        return tuple(_clip(document, span, children) for span in shown)
    return tuple(spans[: LEAD + 1])


def _clip(document: Document, span: Span, children: Sequence[Section]) -> Span:
    """Of a run-in heading only the heading."""
    for child in children:
        if child.start == span.start and child.title:
            at = document.text.find(child.title, child.start, span.end)
            if at >= 0:
                return Span(span.doc_id, span.start, min(span.end, at + len(child.title) + 1))
    return span


def _no_article(document: Document, address: Address, every: Sequence[tuple[int, int | None, Section]]) -> str:
    name = f"第{address.number}条" + (f"之{address.sub}" if address.sub else "")
    if not every:
        return f"《{document.title}》不是按“条”编号的，没有{name}"
    numbers = [number for number, _, _ in every]
    return f"《{document.title}》从第{min(numbers)}条到第{max(numbers)}条，没有{name}"


def _no_part(document: Document, address: Address) -> str:
    return f"《{document.title}》里没有找到第{address.number}{address.unit}"
