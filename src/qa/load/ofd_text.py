"""Objects of an OFD page → its characters, each where it stands (GB/T 33190-2016, chapters 8 and 11)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from qa.errors import ReadError
from qa.load.glyphs import Glyph, width_of
from qa.load.ofd_package import children, local

_MAX_GLYPHS = 2_000_000  # characters of one file; 1,000 pages of close print have a third of that
_MAX_ON_PAGE = 200_000  # a page of close print has 4,000; a large sheet or drawing some ten thousand
_MAX_NESTING = 8  # composite objects inside each other
_COMPOSITE_COST = 20  # characters that one composite object counts for: ten in each, eight deep, would be 10^8 visits
_SLANT = math.radians(10)  # a line further off the four directions is a watermark

Matrix = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class Found:
    """What stands on a page. ``slanted``: texts at an angle; ``hidden``: how many objects are marked invisible."""

    glyphs: list[Glyph] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    slanted: list[str] = field(default_factory=list)
    hidden: int = 0


class Collector:
    """Walks the content of pages; counts characters over the whole file, for a page may be listed a million times.

    ``composites``: content of composite objects by resource id.
    """

    def __init__(self, composites: dict[str, Any]) -> None:
        self.composites = composites
        self._left = _MAX_GLYPHS

    def collect(self, content: Any, found: Found, fixed: bool = False) -> None:
        """Add what a page's (or template's) Content holds."""
        self._walk(content, found, _UNIT, fixed, 0)

    def _walk(self, parent: Any, found: Found, matrix: Matrix, fixed: bool, depth: int) -> None:
        for item in parent:
            name = local(item)
            if name and item.get("Visible", "true").strip().lower() in ("false", "0"):
                found.hidden += 1
            elif name in ("Content", "Layer", "PageBlock"):
                self._walk(item, found, matrix, fixed, depth)
            elif name == "TextObject":
                self._text(item, found, _inner(item, matrix), fixed)
            elif name == "ImageObject":
                found.images.append(item.get("ResourceID", ""))
            elif name == "CompositeObject" and depth < _MAX_NESTING:
                inside = self.composites.get(item.get("ResourceID", ""))
                self._spend(_COMPOSITE_COST)
                if inside is not None:
                    self._walk(inside, found, _inner(item, matrix), fixed, depth + 1)

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise ReadError("OFD 文件里的文字和图元过多", "请拆分成几个文件")

    def _text(self, item: Any, found: Found, matrix: Matrix, fixed: bool) -> None:
        size = _number(item.get("Size"), 3.5)
        x = y = 0.0
        for code in children(item, "TextCode"):
            x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
            text = (code.text or "").translate({9: None, 10: None, 13: None})
            self._spend(len(text))
            if len(found.glyphs) + len(text) > _MAX_ON_PAGE:
                raise ReadError("OFD 文件有一页文字过多", "请拆分成几个文件")
            places = list(_places(text, x, y, size, code.get("DeltaX"), code.get("DeltaY")))
            points = [_at(matrix, *place) for place in places]
            turn = _turn(points, matrix)
            if turn is None:
                found.slanted.append(text.strip())
                continue
            shown = size * math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2])) or size
            for char, (left, down) in zip(text, points, strict=True):
                found.glyphs.append(Glyph(char, left, down, shown, turn, fixed))


def deltas(written: str | None) -> Iterator[float]:
    """Offsets between characters, without end: "g n d" is n times d, the last one goes on; none for no list."""
    words = iter((written or "").split())
    last: float | None = None
    for word in words:
        if word == "g":
            count, last = _number(next(words, None), 0.0), _number(next(words, None), 0.0)
            for _ in range(int(min(max(count, 0.0), 1e9))):
                yield last
        else:
            last = _number(word, 0.0)
            yield last
    while last is not None:
        yield last


def _places(
    text: str, x: float, y: float, size: float, delta_x: str | None, delta_y: str | None
) -> Iterator[tuple[float, float]]:
    """Where each character stands. Without offsets the font's widths would count: a wide letter's is its size."""
    across, down = deltas(delta_x), deltas(delta_y)
    stated = bool((delta_x or "").split() or (delta_y or "").split())
    for char in text:
        yield x, y
        x += next(across, 0.0) if stated else width_of(char) * size
        y += next(down, 0.0)


def _turn(points: list[tuple[float, float]], matrix: Matrix) -> int | None:
    """Quarter turns clockwise that the run's direction is from left-to-right; None when it is at an angle."""
    dx, dy = (points[-1][0] - points[0][0], points[-1][1] - points[0][1]) if points else (0.0, 0.0)
    if math.hypot(dx, dy) < 1e-6:
        dx, dy = matrix[0], matrix[1]
    angle = math.atan2(dy, dx)
    quarters = round(angle / (math.pi / 2))
    return quarters % 4 if abs(angle - quarters * math.pi / 2) <= _SLANT else None


def _inner(item: Any, outer: Matrix) -> Matrix:
    """Transformation of an object's own space: its CTM, then its boundary's corner, then what it stands in."""
    boundary = _numbers(item.get("Boundary"), 4) or (0.0, 0.0, 0.0, 0.0)
    a, b, c, d, e, f = _numbers(item.get("CTM"), 6) or _UNIT
    own: Matrix = (a, b, c, d, e + boundary[0], f + boundary[1])
    oa, ob, oc, od, _, _ = outer
    origin = _at(outer, own[4], own[5])
    return (oa * a + oc * b, ob * a + od * b, oa * c + oc * d, ob * c + od * d, *origin)


def _at(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _numbers(written: str | None, count: int) -> tuple[float, ...] | None:
    words = (written or "").split()
    return tuple(_number(word, 0.0) for word in words) if len(words) == count else None


def _number(written: str | None, default: float) -> float:
    """A finite number; ``default`` for what is none."""
    try:
        value = float(written or "")
    except ValueError:
        return default
    return value if abs(value) < 1e9 else default
