"""A document on its way in: blocks as read, canonical text, sections, chunks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import PurePosixPath
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Block:
    """A run of raw text as a reader found it.

    Attributes:
        text: Raw text. One paragraph, or, with ``flowed``, several lines whose paragraphs are not known.
        page: 1-based page on which it begins; None where the format has no pages.
        level: 0 for body text, 1-6 for a heading that the format itself marks as one (Word style, h1-h6, ``#``).
        flowed: The line breaks in ``text`` may be those of a page's width; ``clean`` decides which end a paragraph.
        columns: How wide a full line of a flowed block is, a Chinese letter counting two; 0 where only the text can
            tell.
    """

    text: str
    page: int | None = None
    level: int = 0
    flowed: bool = False
    columns: int = 0


@dataclass(frozen=True, slots=True)
class PageRead:
    """How one page, sheet or slide was read.

    Attributes:
        number: 1-based.
        chars: How many characters it gave, blanks not counted.
        source: "text" (the file states its characters), "ocr" (recognised from a picture), "none" (nothing readable).
        confidence: Mean of the recognised lines' own, in [0, 1]; None unless "ocr".
    """

    number: int
    chars: int
    source: Literal["text", "ocr", "none"] = "text"
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a reader made of one file: its blocks in reading order and what a person should know about the reading.

    ``encoding`` is the name of the text encoding found, None for binary formats. ``title`` is the title the format
    itself states (file properties, ``<title>``); warnings are Chinese sentences for the person who put the file there.
    ``reads`` has one entry a page, those that gave nothing included; empty for formats without pages.
    """

    blocks: tuple[Block, ...]
    format: str
    encoding: str | None = None
    title: str | None = None
    warnings: tuple[str, ...] = ()
    reads: tuple[PageRead, ...] = ()


PageKind = Literal["page", "sheet", "slide"]

_SHEETS = frozenset((".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".et", ".ett", ".ods"))
_SLIDES = frozenset((".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".ppt", ".pps", ".pot", ".dps", ".dpt", ".odp"))


def page_kind(path: str) -> PageKind:
    """What people call the pages of the file of that name."""
    suffix = PurePosixPath(path).suffix.lower()
    return "sheet" if suffix in _SHEETS else "slide" if suffix in _SLIDES else "page"


@dataclass(frozen=True, slots=True)
class PageStart:
    """Page ``number`` (1-based) begins at ``start``; it ends where the next one begins."""

    number: int
    start: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A paragraph ``[start, end)`` that the file format itself marks as a heading of ``level`` 1-6."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Canonical:
    """Cleaned text: one paragraph a line, lines parted by one line feed, no blank lines, none at the end."""

    text: str
    pages: tuple[PageStart, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A node of the document's outline.

    Attributes:
        level: Depth in the tree, from 1; a child's is its parent's plus one.
        label: The number as written: "一、", "（二）", "第十二条"; empty for an unnumbered heading.
        title: The heading without its number; for a run-in heading the sentence that opens the paragraph; may be empty
            (an article of law has a number and no title).
        start: Where the heading begins.
        end: Where the section ends, its subsections included.
        parent: Index of the parent in the document's ``sections``; -1 at the top. Parents come before their children.
    """

    level: int
    label: str
    title: str
    start: int
    end: int
    parent: int = -1

    @property
    def heading(self) -> str:
        """Number and title as a person would write them in a breadcrumb."""
        gap = " " if self.label and self.title and self.label[-1] not in "、）).．" else ""
        return f"{self.label}{gap}{self.title}"


Stated = Literal["征求意见稿", "已废止", "已修改"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What head, foot and name of an official document state; each fact None, False or empty where they state none.

    Attributes:
        number: The document number (文号) as written.
        issuer: 发文机关.
        date: 成文日期 as ISO 8601: a year, year-month or full date.
        year: The year that the title or the date names.
        effective: 施行日期 as ISO 8601, as the text itself states it: an amended law goes on stating its first one.
        speaker: Who gave the speech or report.
        occasion: Where: 「全县教育工作会议」.
        secrecy: The mark of secrecy at the head as written, without blanks: 「机密★5年」.
        status: What the text or its file's name says of its own force; what other documents say of it is worked out
            when the library is opened (``qa.retrieve.standing``).
        binding: It is a law, regulation, rule or interpretation: something that is in force or isn't.
        repeals: Titles of the documents that it says are repealed.
        amends: Titles of those that it changes.
    """

    number: str | None = None
    issuer: str | None = None
    date: str | None = None
    year: int | None = None
    effective: str | None = None
    speaker: str | None = None
    occasion: str | None = None
    secrecy: str | None = None
    status: Stated | None = None
    binding: bool = False
    repeals: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Facts:
        """From JSON: lists become tuples; what an older version did not store keeps its default."""
        known = {f.name for f in fields(cls)}
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in stored.items() if k in known}
        return cls(**given)


_start = attrgetter("start")


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the library. ``id`` follows from ``path`` alone: links survive an edit. ``sha256`` is the file's."""

    id: str
    path: str
    title: str
    text: str
    pages: tuple[PageStart, ...] = ()
    sections: tuple[Section, ...] = ()
    facts: Facts = Facts()
    sha256: str = ""
    format: str = ""
    encoding: str | None = None
    warnings: tuple[str, ...] = ()
    reads: tuple[PageRead, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """1-based page that holds the character at ``offset``; None where the format has no pages."""
        place = bisect_right(self.pages, offset, key=_start)
        return self.pages[place - 1].number if place else None

    def trail(self, section: int) -> tuple[Section, ...]:
        """The section and its ancestors, outermost first; empty for -1."""
        steps: list[Section] = []
        while section >= 0:
            steps.append(self.sections[section])
            section = self.sections[section].parent
        return tuple(reversed(steps))

    def section_at(self, offset: int) -> int:
        """Index of the innermost section that holds ``offset``; -1 before the first heading."""
        index = bisect_right(self.sections, offset, key=_start) - 1
        while index >= 0 and self.sections[index].end <= offset:
            index = self.sections[index].parent
        return index


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage to retrieve: whole sentences inside one section.

    Invariant: ``text == document.text[start:end]``. ``id`` is a positive 63-bit integer that follows from document id,
    place and text. ``section`` is the innermost section that holds all of it: its index in the document, or -1.
    """

    id: int
    doc_id: str
    start: int
    end: int
    section: int
    text: str
