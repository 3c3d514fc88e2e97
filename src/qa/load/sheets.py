"""Sheets of a workbook, however they were read: a heading a sheet, a paragraph a row with its columns' names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qa.load.tables import Merge, begins_table, merged_text
from qa.types import Block, Loaded, PageRead

MAX_CELLS = 1_000_000
"""Filled cells taken of one workbook: 8 s and 270 MB. What is larger is a database's dump, and no one reads it as a
text."""
MAX_COLUMNS = 256
_NAMELESS = re.compile(r"(?:Sheet|工作表|表格?)\s*\d*", re.IGNORECASE)


@dataclass(slots=True)
class Sheet:
    """A visible sheet.

    Attributes:
        rows: Cells as shown, from the first row and column on; rows may differ in length.
        merges: Merged cells, in the counting of ``rows``.
        heads: So many rows at the top are marked as a head (frozen, filtered, repeated in print); 0 if none are.
        boxes: Text of the shapes that lie on it.
        cut: Whether there was more than is taken.
    """

    name: str
    rows: list[list[str]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    heads: int = 0
    boxes: list[str] = field(default_factory=list)
    cut: bool = False


@dataclass(slots=True)
class Left:
    """What a workbook holds and the text does not."""

    sheets: list[str] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    uncounted: int = 0

    def warnings(self) -> Iterator[str]:
        if self.sheets:
            listed = "、".join(f"“{name}”" for name in self.sheets[:10]) + ("等" if len(self.sheets) > 10 else "")
            yield f"隐藏的工作表{listed}没有收入；需要的话请取消隐藏后保存"
        if self.rows or self.columns:
            what = "、".join(f"{n} {unit}" for n, unit in ((self.rows, "行"), (self.columns, "列")) if n)
            yield f"隐藏的 {what}没有收入；需要的话请取消隐藏后保存"
        if self.uncounted:
            yield f"有 {self.uncounted} 个公式没有存下结果，这些格子是空的；请用 Excel 或 WPS 打开，保存一次"


def workbook(sheets: Sequence[Sheet], kind: str, title: str | None, warnings: Sequence[str], left: Left) -> Loaded:
    """Sheets are counted as pages, in the order of their tabs, hidden ones left out."""
    blocks: list[Block] = []
    reads: list[PageRead] = []
    told = [*warnings, *left.warnings()]
    for number, sheet in enumerate(sheets, 1):
        found = [*_rows(sheet), *sheet.boxes]
        named = len(sheets) > 1 or not _NAMELESS.fullmatch(sheet.name.strip())
        if found and named:
            blocks.append(Block(sheet.name, number, level=2))  # the file's own name is its title
        blocks += [Block(text, number) for text in found]
        chars = sum(len("".join(text.split())) for text in found)
        reads.append(PageRead(number, chars, "text" if chars else "none"))
        if sheet.cut:
            told.append(f"工作表“{sheet.name}”太大，只收入了前 {len(sheet.rows)} 行、至多 {MAX_COLUMNS} 列；请拆分")
    return Loaded(tuple(blocks), kind, None, title, tuple(told), tuple(reads))


def _rows(sheet: Sheet) -> Iterator[str]:
    """The text of each table of a sheet; blank rows part tables only where the next one has a title and a head."""
    starts = [0]
    blank = False
    placed = sorted(sheet.merges)
    for at, row in enumerate(sheet.rows):
        filled = any(row)
        if filled and blank and begins_table(_block(sheet.rows, at)):
            starts.append(at)
        blank = not filled
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(sheet.rows)
        near = placed[bisect_left(placed, (start,)) : bisect_left(placed, (end,))]
        part, merges = _columns(sheet.rows[start:end], near, start, end)
        heads = sheet.heads - start if start < sheet.heads <= end else 0
        heads = sum(any(row) for row in part[:heads])
        yield from merged_text([row for row in part if any(row)] if not merges else part, merges, heads, sheet=True)


def _block(rows: Sequence[list[str]], at: int) -> list[list[str]]:
    """The first rows from ``at`` on, equally long, up to a blank one."""
    found: list[list[str]] = []
    while at < len(rows) and any(rows[at]) and len(found) < 4:
        found.append(rows[at])
        at += 1
    width = max(map(len, found), default=0)
    filled = [[*row, *[""] * (width - len(row))] for row in found]
    kept = [column for column in range(width) if any(row[column] for row in filled)]
    return [[row[column] for column in kept] for row in filled]


def _columns(
    rows: Sequence[list[str]], merges: Sequence[Merge], start: int, end: int
) -> tuple[list[list[str]], list[Merge]]:
    """Rows without the columns that hold nothing, and the merges among them in the new counting."""
    width = max(map(len, rows), default=0)
    inside = [merge for merge in merges if start <= merge[0] < end and merge[1] < width]
    used = [any(column < len(row) and row[column] for row in rows) for column in range(width)]
    kept = [column for column in range(width) if used[column]]
    places = {column: new for new, column in enumerate(kept)}
    found: list[Merge] = []
    for top, left, bottom, right in inside:
        columns = [places[column] for column in range(left, min(right, width - 1) + 1) if column in places]
        if columns and left in places:
            found.append((top - start, columns[0], min(bottom, end - 1) - start, columns[-1]))
    return [[row[column] if column < len(row) else "" for column in kept] for row in rows], found
