"""Raw text → canonical text: one paragraph a line. Pure and idempotent; every offset anywhere refers to its result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from qa.clean.characters import tidy, translate
from qa.clean.paragraphs import Line, Paragraph, glue, paragraphs, text_of
from qa.types import Block, Canonical, Mark, PageStart

__all__ = ["clean", "clean_text"]


def clean(blocks: Sequence[Block]) -> Canonical:
    """Canonical text of a document, where its pages begin in it, and the headings its format marks.

    A page whose text is empty has no start. Paragraphs of flowed blocks may run on from one page to the next.
    """
    parts: list[str] = []
    pages: list[PageStart] = []
    marks: list[Mark] = []
    offset = 0
    for paragraph, level in _paragraphs(blocks):
        start = offset
        for line in paragraph:
            if line.page is not None and (not pages or line.page > pages[-1].number):
                pages.append(PageStart(line.page, offset + (line.text[0] == " ")))
            offset += len(line.text)
        if level:
            marks.append(Mark(start, offset, level))
        parts.append(text_of(paragraph))
        offset += 1
    return Canonical("\n".join(parts), tuple(pages), tuple(marks))


def clean_text(text: str) -> str:
    """Canonical form of a text whose paragraphs are not known; ``clean_text(clean_text(x)) == clean_text(x)``."""
    return clean((Block(text, flowed=True),)).text


def _paragraphs(blocks: Sequence[Block]) -> Iterator[tuple[Paragraph, int]]:
    """Paragraphs in reading order, each with the level of heading that its block gives it."""
    for flowed, run in groupby(blocks, key=lambda block: block.flowed and not block.level):
        if flowed:
            yield from ((paragraph, 0) for paragraph in paragraphs(_lines(run)))
            continue
        for block in run:
            text = ""
            for raw in translate(block.text).split("\n"):
                piece = tidy(raw)
                text += glue(text, piece) + piece
            if text := tidy(text):
                yield [Line(text, page=block.page)], block.level


def _lines(blocks: Iterator[Block]) -> list[Line]:
    lines: list[Line] = []
    for block in blocks:
        apart = block.page is None  # a page's end is no paragraph's end, a block's is
        for raw in translate(block.text).split("\n"):
            if text := tidy(raw):
                lines.append(Line(text, len(raw) - len(raw.lstrip(" ")), apart, block.page, block.columns))
                apart = False
            elif not raw.strip(" "):
                apart = True
    return lines
