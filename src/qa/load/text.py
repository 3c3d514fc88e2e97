"""Plain text and comma-separated tables."""

from __future__ import annotations

import csv
import io

from qa.load.encoding import decode
from qa.load.sheets import MAX_CELLS
from qa.load.tables import rows_text
from qa.types import Block, Loaded


def read_text(data: bytes) -> Loaded:
    """One flowed block: only ``clean`` can tell a paragraph's end from a full line."""
    found = decode(data)
    return Loaded((Block(found.text, flowed=True),), "txt", found.encoding, warnings=found.warnings)


def read_csv(data: bytes) -> Loaded:
    """A paragraph a row, every cell with its column's name; comma, semicolon or tab.

    The first row names the columns, but for rows above it that hold one cell only, which stay paragraphs.
    """
    found = decode(data)
    opening = found.text[:20_000].split("\n")[:20]
    delimiter = max(",\t;，", key=lambda sign: sum(line.count(sign) for line in opening))
    rows, warnings = _rows(found.text, delimiter)
    taken, cells = 0, 0
    while taken < len(rows) and cells < MAX_CELLS:
        cells += len(rows[taken])
        taken += 1
    if taken < len(rows):
        warnings += (f"表格太大（{len(rows)} 行），只收入了前 {taken} 行；请拆分",)
    filled = [row for row in rows[:taken] if any(cell.strip() for cell in row)]
    titles = 0
    while (
        titles < min(4, len(filled) - 2)
        and len(filled[-1]) > 1
        and sum(bool(cell.strip()) for cell in filled[titles]) == 1
    ):
        titles += 1
    lines = [*rows_text(filled[:titles]), *rows_text(filled[titles:], headed=True)]
    return Loaded(tuple(map(Block, lines)), "csv", found.encoding, warnings=found.warnings + warnings)


def _rows(text: str, delimiter: str) -> tuple[list[list[str]], tuple[str, ...]]:
    """Rows of cells; where the quotes do not pair up, a warning, and each line is a row with its quotes as they are."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)), ()
    except csv.Error:
        rows = [line.split(delimiter) for line in text.splitlines()]
        return rows, ("引号不成对，已按一行一条读取；请核对原文件",)
