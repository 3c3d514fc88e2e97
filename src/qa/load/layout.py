"""Pieces of printed text with their places → lines in reading order: columns, side notes, indents, spacing.

One unit of length throughout, points or pixels; y grows upwards. Used for the characters of a PDF and an OFD and for
what is recognised in a picture.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_MAX_ROWS, _MAX_PIECES = 400, 5000  # a page of more is no page of prose; columns are not looked for
_MAX_GAPS = 6  # of a row, that may be gutters
_MAX_NESTING = 4  # columns beside columns; newspapers have up to five
_GUTTER = 1.2  # heights of a letter that part two columns at the least
_SMALL_PRINT = 0.92  # side notes are set smaller than the text that they stand beside


@dataclass(frozen=True, slots=True)
class Piece:
    """Text without a wide gap on one line; ``fixed``: several pages share it by construction."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    fixed: bool = False

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


Row = list[Piece]
"""Pieces at one height, from left to right."""


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    left: float
    right: float
    bottom: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """Lines read one after the other.

    ``apart``: no sentence runs on into it from what is read before. ``beside``: other columns stand beside it.
    ``notes``: side notes, so narrow that nothing can be told from where a line ends.
    """

    lines: tuple[Line, ...]
    apart: bool = False
    beside: bool = False
    notes: bool = False


def rows(pieces: Sequence[Piece]) -> list[Row]:
    """Pieces by height, from the top; two that stand above each other are never in one row."""
    found: list[tuple[Piece, Row]] = []  # with the first piece, whose height counts
    for piece in sorted(pieces, key=lambda piece: (-piece.middle, piece.left)):
        for first, row in reversed(found[-2:]):
            if abs(first.middle - piece.middle) < 0.6 * min(first.height, piece.height):
                at = bisect_left(row, piece.left, key=_left)
                if not any(_over(piece, other) for other in row[max(at - 1, 0) : at + 1]):
                    row.insert(at, piece)
                    break
        else:
            found.append((piece, [piece]))
    return [row for _, row in found]


def _left(piece: Piece) -> float:
    return piece.left


def _over(a: Piece, b: Piece) -> bool:
    return min(a.right, b.right) - max(a.left, b.left) > 0.3 * min(a.height, b.height)


def line(row: Row) -> Line:
    """A row as text; a wide gap becomes a wide space, which ``clean`` judges."""
    text = row[0].text
    for before, piece in pairwise(row):
        gap = (piece.left - before.right) / max(min(before.height, piece.height), 0.1)
        text += ("　" if gap > 0.8 else " " if gap > 0.25 else "") + piece.text
    tallest = max(row, key=lambda piece: len(piece.text))
    return Line(text, row[0].left, row[-1].right, min(piece.bottom for piece in row), tallest.height)


def reading_order(pieces: Sequence[Piece], nesting: int = _MAX_NESTING) -> list[Column]:
    """All pieces as columns of lines. What spans the page stands in a column of its own between columns."""
    by_height = rows(pieces)
    if nesting == 0 or not 4 <= len(by_height) <= _MAX_ROWS or len(pieces) > _MAX_PIECES:
        return [Column(tuple(map(line, by_height)))] if by_height else []
    found: list[Column] = []
    plain: list[Row] = []
    at = 0
    while at < len(by_height):
        sides = _columns_from(by_height, at) if len(by_height[at]) > 1 else None
        if sides is None:
            plain.append(by_height[at])
            at += 1
            continue
        if plain:
            found.append(Column(tuple(map(line, plain)), apart=bool(found)))
            plain = []
        end, parts, noted = sides
        for number, part in enumerate(parts):
            for inner, column in enumerate(reading_order(part, nesting - 1)):
                first = number == 0 and inner == 0
                apart = column.apart or (bool(found) if first else noted and inner == 0)
                found.append(Column(column.lines, apart, beside=True, notes=noted and number == 1))
        at = end
    if plain:
        found.append(Column(tuple(map(line, plain)), apart=bool(found)))
    return found


def _columns_from(by_height: list[Row], at: int) -> tuple[int, tuple[list[Piece], list[Piece]], bool] | None:
    """Two columns, or text and side notes, that begin at row ``at``: the row behind them, both sides, whether notes."""
    pairs = pairwise(by_height[at])
    gaps = [(a, b) for a, b in pairs if b.left - a.right >= _GUTTER * min(a.height, b.height)]
    for left, right in gaps[:_MAX_GAPS]:
        gutter = _GUTTER * min(left.height, right.height)
        end, middle = _reach(by_height, at, left.right, right.left, gutter)
        pieces = [piece for row in by_height[at:end] for piece in row]
        sides = (
            [piece for piece in pieces if piece.right <= middle],
            [piece for piece in pieces if piece.left >= middle],
        )
        if (parts := _judged(*sides)) is not None:
            return end, *parts
    return None


def _reach(by_height: list[Row], at: int, low: float, high: float, gutter: float) -> tuple[int, float]:
    """How far down no piece crosses the gap (low, high), which narrows on the way, and the middle of what is left."""
    end = at
    usual = None
    for number in range(at, len(by_height)):
        row = by_height[number]
        drop = by_height[number - 1][0].middle - row[0].middle if number > at else 0.0
        if usual is not None and drop > 2 * usual and not any(p.left >= high for p in row):
            break  # below a gap, and on the left alone: what follows the columns
        new_low = max([low, *(p.right for p in row if p.left < (low + high) / 2)])
        new_high = min([high, *(p.left for p in row if p.left >= (low + high) / 2)])
        if new_high - new_low < gutter:
            break
        low, high, end = new_low, new_high, number + 1
        usual = drop if usual is None and drop else min(usual, drop) if usual is not None and drop else usual
    return end, (low + high) / 2


def _judged(left: list[Piece], right: list[Piece]) -> tuple[tuple[list[Piece], list[Piece]], bool] | None:
    """In reading order, and whether the second are notes; None for rows that belong together, as in a table."""
    if not left or not right:
        return None
    a, b = _is_prose(left), _is_prose(right)
    if a and b:
        return (left, right), False
    if not a and not b:
        return None
    text, notes = (left, right) if a else (right, left)
    small = median(p.height for p in notes) <= _SMALL_PRINT * median(p.height for p in text)
    return ((text, notes), True) if small else None


def _is_prose(pieces: list[Piece]) -> bool:
    """At least four lines as wide as eight letters, most of which fill their width."""
    lines = list(map(line, rows(pieces)))
    em = median(piece.height for piece in pieces)
    edge = max(line.right for line in lines)
    full = sum(line.right > edge - 2 * em for line in lines)
    return len(lines) >= 4 and edge - min(line.left for line in lines) >= 8 * em and full * 2 >= len(lines)


def full_width(lines: Sequence[Line]) -> int:
    """How wide full lines are, a Chinese letter counting two: where the right edge is that two lines of prose share.

    0 where none do, or where the lines that reach that far read as a list or a form (申请人：…) does.
    """
    if len(lines) < 2:
        return 0
    em = median(one.height for one in lines)
    rights = sorted((one.right for one in lines), reverse=True)
    need = max(2, len(lines) // 20)
    edge = next((a for a, b in zip(rights, rights[need - 1 :], strict=False) if a - b <= 1.5 * em), None)
    if edge is None:
        return 0
    full = [one for one in lines if abs(one.right - edge) <= 1.5 * em]
    prose = sum(bool(re.search(r"[，。；、][^”）]", one.text)) for one in full)
    unfinished = sum(one.text[-1] not in "。！？；：”" for one in full)
    if prose * 2 < len(full) or unfinished * 2 < len(full):
        return 0
    lefts = sorted(one.left for one in full)
    return round((edge - lefts[len(lefts) // 10]) / em * 2)


def flow(column: Sequence[Line]) -> list[str]:
    """Its lines for a flowed block: two wide spaces for an indent, a line feed before what stands apart or differs."""
    if not column:
        return []
    lefts = sorted(line.left for line in column)
    margin = lefts[len(lefts) // 10]
    steps = [before.bottom - after.bottom for before, after in pairwise(column)]
    usual = median(steps) if len(steps) > 2 else 0.0
    found = []
    for at, one in enumerate(column):
        apart = at and (steps[at - 1] > max(1.6 * usual, 2.2 * one.height) or _other_size(column[at - 1], one))
        found.append("\n" * bool(apart) + "　　" * (one.left - margin > 1.2 * one.height) + one.text)
    return found


def _other_size(a: Line, b: Line) -> bool:
    """A paragraph keeps its size; told by Chinese lines alone, for Latin ones seem smaller."""
    chinese = re.search("[一-鿿]{3}", a.text) and re.search("[一-鿿]{3}", b.text)
    return bool(chinese) and max(a.height, b.height) > 1.2 * min(a.height, b.height)
