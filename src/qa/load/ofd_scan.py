"""Pages of an OFD that are only pictures: their text recognised, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.errors import ReadError
from qa.load.layout import Piece
from qa.load.ocr import Picture, recognise
from qa.load.options import Memory
from qa.load.pages import Page
from qa.load.picture import frames


def recognised(images: Sequence[bytes], memory: Memory | None) -> Page:
    """The pictures of one page as one lying below the other, in drawing order: where they are placed is not asked.

    ``why`` is "nothing" where no text is in them, "damaged" where none can be opened.
    """
    pieces: list[Piece] = []
    letters = sure = depth = 0.0
    for picture in _pictures(images):
        read = recognise(picture, memory)
        depth += picture.pixels.shape[0] * 72 / picture.dpi
        pieces += [Piece(p.text, p.left, p.bottom - depth, p.right, p.top - depth) for p in read.pieces]
        count = sum(len(piece.text) for piece in read.pieces)
        letters, sure = letters + count, sure + count * read.confidence
    if not pieces:
        return Page(why="nothing" if depth else "damaged")
    return Page(pieces, confidence=round(sure / letters, 4))


def _pictures(images: Sequence[bytes]) -> Iterator[Picture]:
    """Those that can be opened: one in a format for print shops (JBIG2) must not cost the others."""
    for data in images:
        try:
            yield from (picture for picture in frames(data) if picture is not None)
        except ReadError:
            continue
