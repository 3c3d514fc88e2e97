"""Characters that stand on a page → its lines in reading order, and lines without running heads and page numbers.

Coordinates have any unit; x grows to the right, y downwards. Text may run in any of four directions: each is turned
upright first, so that vertical Chinese (lines from right to left) and pages lying on their side need no case of
their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import fmean

_PAGE_NUMBER = re.compile(r"[-—–―·\s]*(?:第\s*)?(\d{1,4})\s*页?(?:\s*[/／,，]?\s*共?\s*\d{1,4}\s*页?)?[-—–―·\s]*")
_SAME_HEIGHT = 0.4  # of the letter's size: by how much a running head may move from page to page
_SAME_LINE = 0.5  # of the letter's size: raised figures stay in their line, the next line is a whole size away
_GAP = 0.8  # of the letter's size: a wider gap parts cells or words
_COLUMN_ROWS = 5  # fewer rows side by side are a signature or a table more often than two columns of prose
_COLUMN_FILL = 0.6  # prose fills its column, cells of a table don't


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: where its baseline begins, its size, and which way its line runs.

    ``turn`` counts quarter turns clockwise from left-to-right; ``fixed``: several pages share it by construction.
    """

    text: str
    x: float
    y: float
    size: float
    turn: int = 0
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """``down`` is its place after its direction was turned upright; ``indented`` is against its own column's margin."""

    text: str
    down: float
    size: float
    indented: bool = False
    turned: bool = False
    fixed: bool = False


def lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Lines in reading order: the page's main direction first, what runs otherwise after it."""
    turns = Counter(glyph.turn for glyph in glyphs)
    found: list[Line] = []
    for place, (turn, _) in enumerate(turns.most_common()):
        upright = [_upright(glyph) for glyph in glyphs if glyph.turn == turn]
        for row, margin in _reading_order(_rows(upright)):
            text = _row_text(row)
            if text.strip():
                size = max(glyph.size for glyph in row)
                fixed = all(glyph.fixed for glyph in row)
                indented = row[0].x - margin > 1.2 * size
                found.append(Line(text.strip(), row[0].y, size, indented, turned=place > 0, fixed=fixed))
    return found


def page_text(page: Sequence[Line]) -> str:
    """Lines of one page; an indent of more than one letter becomes a leading space, for ``clean`` to see."""
    return "\n".join("　　" * line.indented + line.text for line in page)


def without_furniture(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """Pages without outermost lines that repeat, at one height, on two pages in five, and without page numbers."""
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        seen.update({(_shape(line), _cell(line)) for line in _edges(page)})
    filled = sum(1 for page in pages if page)

    def repeated(line: Line) -> bool:
        count = sum(seen[_shape(line), near] for near in range(_cell(line) - 1, _cell(line) + 2))
        return line.fixed or (count >= 2 and count * 5 >= filled * 2)

    kept: list[list[Line]] = []
    for number, page in enumerate(pages, 1):
        edges = _edges(page)
        dropped = {id(line) for line in edges if repeated(line) or _is_page_number(line, edges, number)}
        kept.append([line for line in page if id(line) not in dropped])
    return kept


def width_of(char: str) -> float:
    """Width in sizes where a format states none: a wide letter is one, any other half."""
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


def _upright(glyph: Glyph) -> Glyph:
    x, y = glyph.x, glyph.y
    for _ in range(glyph.turn):
        x, y = y, -x
    return Glyph(glyph.text, x, y, glyph.size, glyph.turn, glyph.fixed)


def _rows(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs of one height together, from the top; in a row from the left, without what is printed twice for bold."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.y):
        first = rows[-1][0] if rows else None
        if first is not None and glyph.y - first.y < _SAME_LINE * max(first.size, glyph.size):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [_once(sorted(row, key=lambda glyph: glyph.x)) for row in rows]


def _once(row: list[Glyph]) -> list[Glyph]:
    kept: list[Glyph] = []
    for glyph in row:
        twin = any(old.text == glyph.text and glyph.x - old.x < 0.25 * glyph.size for old in kept[-2:])
        if not twin or glyph.text.isspace():
            kept.append(glyph)
    return kept


def _row_text(row: list[Glyph]) -> str:
    pieces: list[str] = []
    end, before = row[0].x, ""
    for glyph in row:
        close = 0.5 if before.isascii() and glyph.text.isascii() else _GAP
        if pieces and glyph.x - end > close * glyph.size and not before.isspace() and not glyph.text.isspace():
            pieces.append("  ")
        pieces.append(glyph.text)
        end, before = _end(glyph), glyph.text
    return "".join(pieces)


def _end(glyph: Glyph) -> float:
    return glyph.x + width_of(glyph.text) * glyph.size


def _reading_order(rows: list[list[Glyph]]) -> list[tuple[list[Glyph], float]]:
    """Rows with their column's margin, from the top; of two columns of prose side by side the left one first."""
    margin = _margin(rows)
    gutter, start, stop = _gutter(rows)
    if stop - start >= _COLUMN_ROWS:
        left = [part for row in rows[start:stop] if (part := [glyph for glyph in row if glyph.x < gutter])]
        right = [part for row in rows[start:stop] if (part := [glyph for glyph in row if glyph.x >= gutter])]
        if _prose(left) and _prose(right):
            columns = [(row, _margin(column)) for column in (left, right) for row in column]
            return [*((row, margin) for row in rows[:start]), *columns, *_reading_order(rows[stop:])]
    return [(row, margin) for row in rows]


def _margin(rows: list[list[Glyph]]) -> float:
    """Where lines begin that are not indented: a few may stand further out."""
    lefts = sorted(row[0].x for row in rows)
    return lefts[len(lefts) // 10] if lefts else 0.0


def _gutter(rows: list[list[Glyph]]) -> tuple[float, int, int]:
    """Where the most rows in succession leave a gap, in the middle part of the page: (x, first row, row after)."""
    if len(rows) < _COLUMN_ROWS:
        return 0.0, 0, 0
    least, most = min(row[0].x for row in rows), max(_end(row[-1]) for row in rows)
    gaps: Counter[float] = Counter()
    for row in rows:  # lines of two columns need not stand at one height: a row may be one column's alone
        between = [(_end(a) + b.x) / 2 for a, b in pairwise(row) if b.x - _end(a) > _GAP * a.size]
        size = row[0].size or 1.0
        for x in (*between, row[0].x - size / 2):
            if 0.3 < (x - least) / (most - least or 1) < 0.7:
                gaps[round(x / size) * size] += 1
    best = (0.0, 0, 0)
    for x, _ in gaps.most_common(5):
        at = 0
        for free, run in groupby(_parted(row, x) for row in rows):
            length = sum(1 for _ in run)
            if free and length > best[2] - best[1]:
                best = (x, at, at + length)
            at += length
    return best


def _parted(row: list[Glyph], x: float) -> bool:
    """Whether the row leaves a gap at ``x``, or ends before it, or begins after it."""
    before = max((_end(glyph) for glyph in row if glyph.x < x), default=None)
    after = min((glyph.x for glyph in row if glyph.x >= x), default=None)
    if before is None or after is None:
        return before is None or before <= x
    return before <= x and after - before > _GAP * row[0].size


def _prose(rows: list[list[Glyph]]) -> bool:
    if len(rows) < _COLUMN_ROWS:
        return False
    left, right = min(row[0].x for row in rows), max(_end(row[-1]) for row in rows)
    share = fmean((_end(row[-1]) - row[0].x) / (right - left or 1) for row in rows)
    return share >= _COLUMN_FILL and fmean(map(len, rows)) >= 8


def _edges(page: Sequence[Line]) -> list[Line]:
    """The two highest and two lowest lines, or one each on a page of few lines, and all that stand sideways."""
    ordered = sorted((line for line in page if not line.turned), key=lambda line: line.down)
    reach = 2 if len(ordered) > 5 else 1
    sideways = [line for line in page if line.turned]
    return [*ordered[:reach], *ordered[max(reach, len(ordered) - reach) :], *sideways]


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", line.text))


def _cell(line: Line) -> int:
    return round(line.down / (_SAME_HEIGHT * line.size or 1.0))


def _is_page_number(line: Line, edges: list[Line], number: int) -> bool:
    upright = [edge.down for edge in edges if not edge.turned]
    match = _PAGE_NUMBER.fullmatch(line.text)
    if match is None or line.turned or line.down not in (min(upright), max(upright)):
        return False
    return not line.text.strip().isdigit() or int(match.group(1)) == number
