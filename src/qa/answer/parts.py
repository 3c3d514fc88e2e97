"""Chapters, parts, annexes and whole documents: what their headings say, or how they open."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer.cite import Span
from qa.outline.numerals import to_int
from qa.query import Address
from qa.split import sentences
from qa.types import Document, Section

LABEL = re.compile(
    r"[第笫]\s*([〇零一二三四五六七八九十百千万两\d０-９]+)\s*(部分|编|分编|章|节|条)(?:之([一二三四五六七八九十\d]+))?"
)
TOP = re.compile(r"^[（(]?([〇零一二三四五六七八九十百两\d０-９]+)[）)]?[、.．]?$")
ANNEX = re.compile(r"^附(?:件|录|表)([〇零一二三四五六七八九十\d０-９]*)$")
MOST_HEADS = 30
LEAD = 3
"""A chapter or part is answered by its heading and subheadings, or by so many opening paragraphs where it has none."""


def outline_of(document: Document) -> tuple[Span, ...]:
    """Its top headings, or where there are none its opening sentences."""
    heads = [section for section in document.sections if section.level == 1 and section.heading]
    if 2 <= len(heads) <= MOST_HEADS:
        return tuple(_clip(document, paragraphs(document, section)[0], heads) for section in heads)
    whole = paragraphs(document, Section(1, "", "", 0, len(document.text)))
    body = [span for span in whole if _is_body(document, span)]
    return tuple(Span(document.id, *sentences(document.text, s.start, s.end)[0]) for s in body[: LEAD + 1])


def part_spans(document: Document, address: Address) -> tuple[Span, ...] | None:
    """What answers for a chapter, part, annex or titled section; None where the document has none such."""
    section = _part(document, address)
    if section is not None and address.inner is not None:
        section = _inner(document, section, address.inner)
    return _opening(document, section) if section is not None else None


def paragraphs(document: Document, section: Section) -> list[Span]:
    """The section's paragraphs as spans, in order."""
    spans, at = [], section.start
    for line in document.text[section.start : section.end].split("\n"):
        if line.strip():
            spans.append(Span(document.id, at, at + len(line.rstrip())))
        at += len(line) + 1
    return spans


def _is_body(document: Document, span: Span) -> bool:
    return document.text[span.start : span.end].strip() != document.title and span.end - span.start > 15


def _part(document: Document, address: Address) -> Section | None:
    if address.unit == "标题":
        titled = (s for s in document.sections if re.sub(r"\s", "", s.title) == address.title)
        return next(titled, None)
    if address.unit == "附件":
        annexes = [s for s in document.sections if ANNEX.match(s.label)]
        numbered = (s for s in annexes if (to_int(ANNEX.sub(r"\1", s.label)) or 1) == address.number)
        return next(numbered, None)
    labelled = [(m[1], s) for s in document.sections if (m := LABEL.match(s.label)) and m[2] == address.unit]
    if not labelled and address.unit == "部分":
        level = _top_level(document)
        labelled = [(m[1], s) for s in document.sections if s.level == level and (m := TOP.match(s.label))]
    if address.number < 0:
        return labelled[address.number][1] if len(labelled) >= -address.number else None
    return next((section for number, section in labelled if to_int(number) == address.number), None)


def _inner(document: Document, section: Section, number: int) -> Section | None:
    """The numbered child of a section: 第三部分的（二）, 第三章第二节."""
    index = document.sections.index(section)
    for child in document.sections:
        if child.parent == index and child.label:
            match = LABEL.match(child.label) or TOP.match(child.label)
            if match and to_int(match[1]) == number:
                return child
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
