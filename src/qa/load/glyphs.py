"""Characters that a page states one by one, each with its place → pieces of text for ``layout``.

Text may run in any of four directions: each is turned upright first, so that vertical Chinese (lines from right to
left) and pages lying on their side need no case of their own.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qa.load.layout import Piece

_SAME_LINE = 0.5  # of the letter's size: raised figures stay in their line, the next line is a whole size away
_GAP, _LATIN_GAP = 0.8, 0.5  # of the letter's size: a wider gap parts cells or words
_TWICE = 0.25  # of the letter's size: by which a letter is moved that is printed twice to look bold
_APART = 10_000.0  # points between what runs in one direction and in another: no page is so high


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: where its baseline begins, its size, and which way its line runs; y grows downwards.

    ``turn`` counts quarter turns clockwise from left-to-right; ``fixed``: several pages share it by construction.
    """

    text: str
    x: float
    y: float
    size: float
    turn: int = 0
    fixed: bool = False


def pieces(glyphs: Sequence[Glyph], points: float) -> tuple[list[Piece], list[Piece]]:
    """Those in the page's main direction, and those in others, the commonest first; ``points`` to a unit of length."""
    turns = [turn for turn, _ in Counter(glyph.turn for glyph in glyphs).most_common()]
    main: list[Piece] = []
    turned: list[Piece] = []
    for turn in turns:
        upright = [_upright(glyph, points) for glyph in glyphs if glyph.turn == turn]
        found = [piece for row in _rows(upright) for piece in _parted(row)]
        if turn == turns[0]:
            main = found
        else:
            turned += [_lower(piece, turn * _APART) for piece in found]
    return main, turned


def width_of(char: str) -> float:
    """Width in sizes where a format states none: a wide letter is one, any other half."""
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


def _upright(glyph: Glyph, points: float) -> Glyph:
    x, y = glyph.x * points, glyph.y * points
    for _ in range(glyph.turn):
        x, y = y, -x
    return Glyph(glyph.text, x, y, glyph.size * points, glyph.turn, glyph.fixed)


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
        twin = any(old.text == glyph.text and glyph.x - old.x < _TWICE * glyph.size for old in kept[-2:])
        if not twin or glyph.text.isspace():
            kept.append(glyph)
    return kept


def _parted(row: Sequence[Glyph]) -> Iterator[Piece]:
    """A row's pieces from the left."""
    run: list[Glyph] = []
    for glyph in row:
        if run and _gap_before(glyph, run[-1]):
            yield from _piece(run)
            run = []
        run.append(glyph)
    yield from _piece(run)


def _gap_before(glyph: Glyph, before: Glyph) -> bool:
    if before.text.isspace() or glyph.text.isspace():
        return False
    close = _LATIN_GAP if before.text.isascii() and glyph.text.isascii() else _GAP
    return glyph.x - _end(before) > close * glyph.size


def _end(glyph: Glyph) -> float:
    return glyph.x + width_of(glyph.text) * glyph.size


def _piece(run: list[Glyph]) -> Iterator[Piece]:
    """None for blanks alone. Its height is the biggest letter's, above and below the baseline as in a font's square."""
    filled = [at for at, glyph in enumerate(run) if not glyph.text.isspace()]
    if not filled:
        return
    run = run[filled[0] : filled[-1] + 1]
    tall = max(run, key=lambda glyph: glyph.size)
    text, fixed = "".join(glyph.text for glyph in run), all(glyph.fixed for glyph in run)
    yield Piece(text, run[0].x, -tall.y - 0.12 * tall.size, _end(run[-1]), -tall.y + 0.88 * tall.size, fixed)


def _lower(piece: Piece, by: float) -> Piece:
    return Piece(piece.text, piece.left, piece.bottom - by, piece.right, piece.top - by, piece.fixed)
