"""A small PDF writer for Chinese text: A4 pages with running header and page number, no embedded font.

It names the standard font STSong-Light by its character collection (ISO 32000-1, 9.7.5.2 and annex on Adobe-GB1), which
every PDF reader replaces by a Chinese font of its own, so a file stays at a few kilobytes and its bytes depend on the
text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 595, 842
SIDE, TOP, BOTTOM = 80, 92, 80
LEADING = 1.8
# Signs that may not begin a line; they hang into the margin instead (GB/T 15834-2011, 5.1).
NO_START = frozenset("，。、；：！？）》〉」』”’】〕％%…")
NO_END = frozenset("（《〈「『“‘【〔")

_DESCRIPTOR = (
    "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
    " /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
)
# CIDs 1-95 of Adobe-GB1 are printable ASCII; this file sets them at half the width of a Chinese character.
_DESCENDANT = (
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] /FontDescriptor 3 0 R"
    " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 5 >> >>"
)
_FONT = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UTF16-H /Encoding /UniGB-UTF16-H"
    " /DescendantFonts [4 0 R] >>"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: ``size`` in points, ``align`` is "left" or "center", ``space`` points of extra room above."""

    text: str
    size: float = 14
    align: str = "left"
    space: float = 0


def width(text: str) -> float:
    """Width in units of a Chinese character: printable ASCII counts half."""
    return sum(0.5 if " " <= char <= "~" else 1 for char in text)


def wrap(text: str, limit: float) -> list[str]:
    """Break a paragraph into lines at most ``limit`` wide; numbers and Latin words stay whole."""
    lines, line = [], ""
    for piece in re.findall(r"[!-~]+|.", text):
        if line and width(line + piece) > limit and piece[0] not in NO_START:
            carried = line[-1] if line[-1] in NO_END else ""
            lines.append(line.removesuffix(carried))
            line = carried
        line += piece
    return [*lines, line] if line else lines


def columns(size: float) -> int:
    """How many Chinese characters of ``size`` points fit between the margins."""
    return int((WIDTH - 2 * SIDE) / size)


def _paginate(lines: Sequence[Line]) -> Iterator[list[tuple[float, Line]]]:
    """Pages of (baseline, line)."""
    page: list[tuple[float, Line]] = []
    y: float = HEIGHT - TOP
    for line in lines:
        step = line.size * LEADING + (line.space if page else 0)
        if y - step < BOTTOM:
            yield page
            page, y, step = [], HEIGHT - TOP, line.size * LEADING
        y -= step
        page.append((y, line))
    if page:
        yield page


def _show(line: Line, y: float) -> str:
    x = SIDE if line.align == "left" else (WIDTH - width(line.text) * line.size) / 2
    code = line.text.encode("utf-16-be").hex().upper()
    return f"BT /F1 {line.size:g} Tf 1 0 0 1 {x:.1f} {y:.1f} Tm <{code}> Tj ET"


def _page_content(number: int, header: str, body: list[tuple[float, Line]]) -> bytes:
    parts = [_show(Line(header, 9, "center"), HEIGHT - 56)]
    parts += [_show(line, y) for y, line in body]
    parts.append(_show(Line(f"— {number} —", 9, "center"), 46))
    return "\n".join(parts).encode("ascii")


def _text_string(text: str) -> str:
    """A PDF text string outside of page content: UTF-16 with its byte order mark."""
    return "<FEFF" + text.encode("utf-16-be").hex().upper() + ">"


def write_pdf(title: str, header: str, lines: Sequence[Line]) -> bytes:
    """The whole file. Objects: 1 catalogue, 2 page tree, 3-5 font, 6 information, then two for each page."""
    pages = [_page_content(number, header, body) for number, body in enumerate(_paginate(lines), 1)]
    kids = " ".join(f"{7 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode("ascii"),
        _DESCRIPTOR.encode("ascii"),
        _DESCENDANT.encode("ascii"),
        _FONT.encode("ascii"),
        f"<< /Title {_text_string(title)} >>".encode("ascii"),
    ]
    for index, content in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {8 + 2 * index} 0 R"
            " /Resources << /Font << /F1 5 0 R >> >> >>".encode("ascii")
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return _assemble(objects)


def _assemble(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
