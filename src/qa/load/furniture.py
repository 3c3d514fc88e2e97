"""What a printed page carries besides its text: running heads and feet, page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from qa.load.layout import Line, Piece, Row, line, rows

_DASHES = r"[-—–―·.\s]*"
_NUMBER = re.compile(rf"{_DASHES}(?:第\s*)?(\d{{1,4}})\s*页?(?:\s*[/／,，]?\s*共?\s*\d{{1,4}}\s*页?)?{_DASHES}")
_ROMAN = re.compile(rf"{_DASHES}(?=[ivxIVX])(?:x{{0,3}}(?:ix|iv|v?i{{0,3}})|X{{0,3}}(?:IX|IV|V?I{{0,3}})){_DASHES}")
_SAME_HEIGHT = 4.0  # points by which a running head may move from page to page


def without_furniture(pages: Sequence[Sequence[Piece]], inmost: bool = False) -> list[list[Piece]]:
    """Pages without the outermost lines that repeat at one height on two pages of five or that pages share by
    construction, and without page numbers. ``inmost``: it may stand anywhere, as what runs down a margin does.
    """
    laid = [rows(pieces) for pieces in pages]
    lines = [[(line(row), row) for row in (one if inmost else _edges(one))] for one in laid]
    seen: Counter[tuple[str, int]] = Counter()
    shift: Counter[int] = Counter()
    for number, edges in enumerate(lines, 1):
        seen.update({(_shape(edge), _cell(edge)) for edge, _ in edges})
        shift.update({int(edge.text) - number for edge, _ in edges if re.fullmatch(r"\d{1,4}", edge.text)})
    filled = sum(1 for one in laid if one)
    kept: list[list[Piece]] = []
    for number, (page, edges) in enumerate(zip(laid, lines, strict=True), 1):
        dropped = {
            id(row)
            for at, (edge, row) in enumerate(edges)
            if _repeats(edge, seen, filled)
            or all(piece.fixed for piece in row)
            or (at in (0, len(edges) - 1) and _is_page_number(edge.text, number, shift))
        }
        kept.append([piece for row in page if id(row) not in dropped for piece in row])
    return kept


def _edges(page: list[Row]) -> list[Row]:
    """The two highest and two lowest rows, or one each on a page of few; from the top."""
    reach = 2 if len(page) > 5 else 1
    return [*page[:reach], *page[max(reach, len(page) - reach) :]]


def _repeats(edge: Line, seen: Counter[tuple[str, int]], filled: int) -> bool:
    cell, shape = _cell(edge), _shape(edge)
    count = sum(seen[shape, near] for near in (cell - 1, cell, cell + 1))
    return count >= 2 and count * 5 >= filled * 2


def _cell(edge: Line) -> int:
    return round(edge.bottom / _SAME_HEIGHT)


def _shape(edge: Line) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", edge.text))


def _is_page_number(text: str, number: int, shift: Counter[int]) -> bool:
    """A bare figure only when it is the page's own, or keeps its distance from it on three pages."""
    match = _NUMBER.fullmatch(text)
    if match is None or not text.strip().isdigit():
        return match is not None or _ROMAN.fullmatch(text) is not None
    away = int(match.group(1)) - number
    return away == 0 or shift[away] >= 3
