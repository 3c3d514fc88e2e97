"""Tables with ruling lines: from the lines of a page and its pieces of text → rows of cells.

A cell that spans columns or rows gives its text to each of them, so that every row is whole by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from qa.load.layout import Piece, line, rows

_NEAR = 3.0  # points within which two lines are one: a border drawn as a box, or twice
_SHORTEST = 8.0  # points; dashes and underlines of a letter are shorter
_MAX_LINES = 2000  # distinct lines of one page; more are a drawing
_MAX_PIECES = 20_000
_MAX_FIELDS = 5000  # of one grid; squared paper has more


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line; ``left <= right`` and ``bottom <= top``."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def between(cls, a: tuple[float, float], b: tuple[float, float]) -> Rule:
        return cls(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))

    @property
    def upright(self) -> bool:
        return self.right - self.left < 1 and self.top - self.bottom >= _SHORTEST

    @property
    def level(self) -> bool:
        return self.top - self.bottom < 1 and self.right - self.left >= _SHORTEST

    @property
    def straight(self) -> bool:
        return self.upright or self.level

    def parts(self, left: float, right: float, next_left: float, next_right: float) -> bool:
        """Whether it stands between the middles of two boxes side by side."""
        return (left + right) / 2 <= self.left <= (next_left + next_right) / 2

    def beside(self, bottom: float, top: float) -> bool:
        return self.bottom <= (bottom + top) / 2 <= self.top


@dataclass(frozen=True, slots=True)
class Table:
    """``columns``: places of the lines between and around its columns, from the left."""

    left: float
    bottom: float
    right: float
    top: float
    columns: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]

    def holds(self, piece: Piece) -> bool:
        x = (piece.left + piece.right) / 2
        return self.left <= x <= self.right and self.bottom <= piece.middle <= self.top


def tables(rules: Sequence[Rule], pieces: Sequence[Piece]) -> list[Table]:
    """Those with two columns at the least, from the top; frames around text are none.

    One with a single row may be the rest of a table from the page before; whether it is, the caller knows.
    """
    levels = merged([rule for rule in rules if rule.level], level=True)
    uprights = merged([rule for rule in rules if rule.upright], level=False)
    if not levels or not uprights or len(levels) + len(uprights) > _MAX_LINES or len(pieces) > _MAX_PIECES:
        return []
    found = []
    for across, down in _grids(levels, uprights):
        table = _table(across, down, pieces)
        if table is not None:
            found.append(table)
    return sorted(found, key=lambda table: -table.top)


def merged(rules: list[Rule], level: bool) -> list[Rule]:
    """Lines at one height, or one distance from the left, that touch each other, as one."""

    def place(rule: Rule) -> float:
        return rule.bottom if level else rule.left

    def ends(rule: Rule) -> tuple[float, float]:
        return (rule.left, rule.right) if level else (rule.bottom, rule.top)

    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=place):
        if groups and place(rule) - place(groups[-1][0]) <= _NEAR:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    found: list[Rule] = []
    for group in groups:
        at = place(group[0])
        low, high = None, 0.0
        for start, end in sorted(map(ends, group)):
            if low is not None and start <= high + _NEAR:
                high = max(high, end)
                continue
            if low is not None:
                found.append(Rule(low, at, high, at) if level else Rule(at, low, at, high))
            low, high = start, end
        if low is not None:
            found.append(Rule(low, at, high, at) if level else Rule(at, low, at, high))
    return found


def _cross(level: Rule, upright: Rule) -> bool:
    return (
        level.left - _NEAR <= upright.left <= level.right + _NEAR
        and upright.bottom - _NEAR <= level.bottom <= upright.top + _NEAR
    )


def _grids(levels: list[Rule], uprights: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that cross each other, directly or through others."""
    left_levels, left_uprights = set(range(len(levels))), set(range(len(uprights)))
    found = []
    while left_levels:
        new = {left_levels.pop()}
        across, down = set(new), set()
        while new:
            more = {u for u in left_uprights if any(_cross(levels[a], uprights[u]) for a in new)}
            new = {a for a in left_levels if any(_cross(levels[a], uprights[u]) for u in more)}
            left_uprights -= more
            left_levels -= new
            down |= more
            across |= new
        found.append(([levels[a] for a in sorted(across)], [uprights[u] for u in sorted(down)]))
    return found


def _places(values: list[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _table(across: list[Rule], down: list[Rule], pieces: Sequence[Piece]) -> Table | None:
    ys = _places([rule.bottom for rule in across])
    xs = _places([rule.left for rule in down])
    # A table open at the sides has lines across that reach beyond the outermost lines down.
    low, high = min(rule.left for rule in across), max(rule.right for rule in across)
    xs = ([low] if xs and xs[0] - low > 4 * _NEAR else []) + xs + ([high] if xs and high - xs[-1] > 4 * _NEAR else [])
    if len(ys) < 2 or len(xs) < 3 or len(ys) * len(xs) > _MAX_FIELDS:
        return None
    box = Table(xs[0] - _NEAR, ys[0] - _NEAR, xs[-1] + _NEAR, ys[-1] + _NEAR, tuple(xs), ())
    inside = [piece for piece in pieces if box.holds(piece)]
    owner = _owners(across, down, xs, ys)
    cells: dict[tuple[int, int], list[Piece]] = {}
    for piece in inside:
        column = min(max(bisect_right(xs, (piece.left + piece.right) / 2) - 1, 0), len(xs) - 2)
        row = min(max(bisect_right(ys, piece.middle) - 1, 0), len(ys) - 2)
        cells.setdefault(owner[row, column], []).append(piece)
    text = {key: _cell_text(found) for key, found in cells.items()}
    if len({column for _, column in text}) < 2 or (len(ys) > 2 and len({row for row, _ in text}) < 2):
        return None
    lines = tuple(
        tuple(text.get(owner[row, column], "") for column in range(len(xs) - 1)) for row in reversed(range(len(ys) - 1))
    )
    return Table(box.left, box.bottom, box.right, box.top, box.columns, lines)


def _owners(
    across: list[Rule], down: list[Rule], xs: list[float], ys: list[float]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Field of the grid → the first field of the cell that it belongs to; fields without a line between are one."""
    owner = {(row, column): (row, column) for row in range(len(ys) - 1) for column in range(len(xs) - 1)}

    def first(key: tuple[int, int]) -> tuple[int, int]:
        while owner[key] != key:
            key = owner[key]
        return key

    walls = [[rule for rule in down if abs(rule.left - x) <= _NEAR] for x in xs]
    floors = [[rule for rule in across if abs(rule.bottom - y) <= _NEAR] for y in ys]
    for row, column in list(owner):
        x, y = (xs[column] + xs[column + 1]) / 2, (ys[row] + ys[row + 1]) / 2
        if column + 2 < len(xs) and not any(rule.beside(y, y) for rule in walls[column + 1]):
            owner[first((row, column + 1))] = first((row, column))
        if row + 2 < len(ys) and not any(rule.left <= x <= rule.right for rule in floors[row + 1]):
            owner[first((row + 1, column))] = first((row, column))
    return {key: first(key) for key in owner}


def _cell_text(pieces: list[Piece]) -> str:
    text = ""
    for row in rows(pieces):
        part = line(row).text
        text += (" " if text[-1:].isascii() and text and part[:1].isascii() else "") + part
    return text
