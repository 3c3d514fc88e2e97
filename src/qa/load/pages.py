"""Pages of pieces and tables → blocks: furniture dropped, order found, headings by bookmarks, tables over pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from qa.load.furniture import without_furniture
from qa.load.layout import Column, Piece, flow, full_width, reading_order
from qa.load.ruled import Table
from qa.load.tables import rows_text
from qa.types import Block, PageRead

_SAME_EDGE = 4.0  # points by which the columns of a table's next page may be off

_EVERY_LINE = 1
"""Width at which each line counts as full: what stands between two gaps among side notes is one note."""

Marks = Mapping[int, Mapping[str, int]]
"""1-based page → heading without white space → level from 1."""


@dataclass(slots=True)
class Page:
    """Attributes:
    pieces: Those of tables included.
    slanted: Texts set askew.
    confidence: None for characters that the file states.
    why: "" or the reason that its characters are of no use: "blank", "picture", "garbled", "damaged", "nothing"
        (recognised in its picture); "partly" and "cut" where some are.
    layer: The characters are someone's OCR of a picture.
    turned: Pieces that run another way than the page's text, as what is printed along a margin; read behind it.
    """

    pieces: list[Piece] = field(default_factory=list)
    slanted: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    confidence: float | None = None
    why: str = ""
    layer: bool = False
    turned: list[Piece] = field(default_factory=list)


def assembled(pages: Sequence[Page], marks: Marks) -> tuple[list[Block], list[PageRead]]:
    """Flowed blocks of text, a block a row of a table, headings with their levels; and how each page was read."""
    laid = _laid(pages)
    across = [item for page in laid for item in page if isinstance(item, Column) and not item.beside]
    width = full_width([line for column in across for line in column.lines])
    seen: set[str] = set()
    blocks: list[Block] = []
    reads: list[PageRead] = []
    before: Table | None = None
    for number, (page, items) in enumerate(zip(pages, laid, strict=True), 1):
        own: list[Block] = []
        for at, item in enumerate(items):
            if isinstance(item, Table):
                before = item = _with_head(item, before if at == 0 else None)
                own += [Block(text, page=number) for text in _table_texts(item)]
            else:
                own += _texts(number, item, marks.get(number, {}), width)
                before = None
        for text in page.slanted:  # a watermark is the same on every page
            if bare(text) not in seen:
                seen.add(bare(text))
                own.append(Block(text, page=number))
        blocks += own
        chars = sum(len(bare(block.text)) for block in own)
        source: Literal["text", "ocr"] = "text" if page.confidence is None else "ocr"
        reads.append(PageRead(number, chars, source if chars else "none", page.confidence if chars else None))
    return blocks, reads


def bare(text: str) -> str:
    """Without white space."""
    return re.sub(r"\s+", "", text)


def listed(numbers: Sequence[int]) -> str:
    """ "第 2、4 页", or "" for none; the first twenty by name."""
    names = "、".join(map(str, numbers[:20]))
    return f"第 {names} 等 {len(numbers)} 页" if len(numbers) > 20 else f"第 {names} 页" if numbers else ""


def _laid(pages: Sequence[Page]) -> list[list[Column | Table]]:
    """Each page's columns and tables in reading order, without what repeats from page to page."""
    tables: list[list[Table]] = []
    last: Table | None = None
    for page in pages:  # a table of one row is one only as the rest of another
        tables.append([table for table in page.tables if len(table.rows) > 1 or _goes_on(last, table)])
        last = tables[-1][-1] if tables[-1] else None
    outside = [
        [piece for piece in page.pieces if not any(table.holds(piece) for table in found)]
        for page, found in zip(pages, tables, strict=True)
    ]
    laid: list[list[Column | Table]] = []
    turned = without_furniture([page.turned for page in pages], inmost=True)
    for found, pieces, aside in zip(tables, without_furniture(outside), turned, strict=True):
        items: list[Column | Table] = []
        rest = pieces
        for table in found:
            items += reading_order([piece for piece in rest if piece.middle > table.top])
            items.append(table)
            rest = [piece for piece in rest if piece.middle <= table.top]
        behind = [replace(column, apart=True) for column in reading_order(aside)]
        laid.append([*items, *reading_order(rest), *behind])
    return laid


def _goes_on(a: Table | None, b: Table) -> bool:
    """Whether table ``b`` has the columns of ``a``, at the same places."""
    if a is None or len(a.columns) != len(b.columns):
        return False
    return all(abs(x - y) <= _SAME_EDGE for x, y in zip(a.columns, b.columns, strict=True))


def _with_head(table: Table, before: Table | None) -> Table:
    """With the head of the table that it goes on with from the page before, unless it repeats that itself."""
    if before is None or not _goes_on(before, table):
        return table
    head = next((row for row in before.rows if len(set(row)) > 1), None)
    if head is None or head in table.rows[:2] or len(rows_text([head, head])) != 1:  # it names no columns
        return table
    return Table(table.left, table.bottom, table.right, table.top, table.columns, (head, *table.rows))


def _table_texts(table: Table) -> list[str]:
    rows = list(table.rows)
    titles = []
    while len(rows) > 1 and len(set(rows[0])) == 1:
        titles.append(rows.pop(0)[0])  # across the whole table
    return [*filter(None, titles), *rows_text(rows)]


def _texts(number: int, column: Column, marks: Mapping[str, int], width: int) -> list[Block]:
    """Flowed blocks, parted where a bookmark says that a line, or up to three together, is a heading."""
    lines = flow(column.lines)
    if column.notes:
        width = _EVERY_LINE
    elif column.beside:
        width = full_width(column.lines)
    if column.apart:
        lines[0] = "\n" + lines[0]
    blocks: list[Block] = []
    start = at = 0
    while at < len(lines):
        span = next((n for n in (1, 2, 3) if marks and bare("".join(lines[at : at + n])) in marks), 0)
        if span:
            heading = "\n".join(line.strip() for line in lines[at : at + span])
            blocks += _flowed(number, lines[start:at], width)
            blocks.append(Block(heading, page=number, level=min(marks[bare(heading)], 6)))
            start = at + span
        at += max(span, 1)
    return blocks + _flowed(number, lines[start:], width)


def _flowed(number: int, lines: list[str], width: int) -> list[Block]:
    return [Block("\n".join(lines), page=number, flowed=True, columns=width)] if lines else []
