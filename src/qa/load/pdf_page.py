"""One page of a PDF by PDFium: its characters as pieces of text with places, its ruling lines, its pictures."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from qa.load.layout import Piece
from qa.load.ruled import Rule, merged

_MAX_CHARS = 300_000  # of one page; a page of a newspaper has 10,000
_MAX_OBJECTS = 50_000  # of one page that are looked at for pictures and lines; maps and plans have that many
_MAX_SEGMENTS = 20_000
_MAX_WALLS = 300  # lines down a page that may part letters; more are a drawing
_GAP = 0.6  # heights of a letter; across more of a gap another letter may stand that is drawn later
_BIG_PICTURE = 0.8  # share of the page that a scan covers at the least; margins may be cut off
_BREAKS = (10, 13)
_SPACES = (0x20, 0xA0, 0x3000)
_WIDE = 0x2E80  # letters from here on are squares
_NO_CHARACTER = (0, 0xFFFE, 0xFFFF)
_HYPHEN = 2  # PDFium's own sign for a hyphen at the end of a line


@dataclass(slots=True)
class PdfPage:
    """Attributes:
    pieces: Upright as read, whatever the page's rotation; lower left corner anywhere.
    slanted: Texts set askew, as watermarks are.
    rules: Horizontal and vertical lines, in the same unit and place as the pieces.
    scanned: A picture covers nearly the whole page.
    hidden: The characters are invisible or lie under the picture: someone's OCR of it.
    doubtful: Share of the characters whose meaning the font does not tell or that no text has.
    missing: Share of those that are no signs of a symbol font either, such as bullets.
    cut: It has more characters than a page can have; the rest is left out.
    """

    pieces: list[Piece] = field(default_factory=list)
    slanted: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    scanned: bool = False
    hidden: bool = False
    doubtful: float = 0.0
    missing: float = 0.0
    cut: bool = False


def read_page(page: Any, raw: Any) -> PdfPage:
    """Raises pypdfium2.PdfiumError where the page's text can't be got at."""
    found = PdfPage()
    text = page.get_textpage()
    try:
        count = text.count_chars()
        found.cut, count = count > _MAX_CHARS, min(count, _MAX_CHARS)
        turn = _turn(text.raw, raw, count)
        objects = _objects(page, raw)
        if objects.picture is not None:
            width, height = page.get_size()
            found.scanned = objects.picture_area >= _BIG_PICTURE * width * height
        found.rules = [_turned_rule(rule, turn) for rule in objects.rules]
        _fill(found, text.raw, raw, count, turn)
        if found.scanned and found.pieces:
            covered = objects.last_text < (objects.picture or 0)
            found.hidden = covered or _invisible(text.raw, raw, count)
    finally:
        text.close()
    return found


def _turn(handle: Any, raw: Any, count: int) -> int:
    """Quarter turns, counterclockwise, of most of the text: 1 where it runs upwards on the page."""
    votes: Counter[int] = Counter()
    for index in range(0, count, max(1, count // 24)):
        if raw.FPDFText_GetUnicode(handle, index) not in (*_BREAKS, *_SPACES):
            votes[-round(raw.FPDFText_GetCharAngle(handle, index) / (math.pi / 2)) % 4] += 1  # it counts clockwise
    return votes.most_common(1)[0][0] if votes else 0


def _upright(left: float, bottom: float, right: float, top: float, turn: int) -> tuple[float, float, float, float]:
    """A box as it stands once the text is upright."""
    if turn == 1:
        return bottom, -right, top, -left
    if turn == 2:
        return -right, -top, -left, -bottom
    if turn == 3:
        return -top, left, -bottom, right
    return left, bottom, right, top


def _turned_rule(rule: Rule, turn: int) -> Rule:
    return Rule(*_upright(rule.left, rule.bottom, rule.right, rule.top, turn)) if turn else rule


def _fill(found: PdfPage, handle: Any, raw: Any, count: int, turn: int) -> None:
    """Characters → pieces. A wide gap, another height or a vertical rule between them begins a new one."""
    walls = merged([rule for rule in found.rules if rule.upright], level=False)
    walls = walls if len(walls) <= _MAX_WALLS else []
    box = _boxes(handle, raw, turn)
    unicode_of, unmapped = raw.FPDFText_GetUnicode, raw.FPDFText_HasUnicodeMapError
    codes: list[int] = []
    left = bottom = right = top = 0.0
    blank = tilted = False
    read = bad = signs = 0

    def close() -> None:
        text = _text_of(codes)
        if text and tilted:
            found.slanted.append(text)
        elif text:
            found.pieces.append(Piece(text, left, bottom, right, top))
        codes.clear()

    for index in range(count):
        code = unicode_of(handle, index)
        if code in _BREAKS:
            continue
        if code in _SPACES and not codes:
            continue
        x0, y0, x1, y1 = box(index, code >= _WIDE)
        if code in _SPACES:
            if x1 > x0 and code == 0x3000 and -0.5 * (y1 - y0) < x0 - right < y1 - y0:
                codes.append(code)
                right = max(right, x1)
            blank = True
            continue
        read += 1
        bad += code in _NO_CHARACTER or 0xE000 <= code <= 0xF8FF or code == 0xFFFD or unmapped(handle, index) == 1
        signs += 0xF000 <= code <= 0xF0FF
        if code in _NO_CHARACTER[:1]:
            continue
        code = ord("-") if code in (_HYPHEN, 0xFFFE, 0xAD) else code
        height = y1 - y0
        if codes:
            low = min(height, top - bottom)
            level = min(y1, top) - max(y0, bottom) >= 0.5 * low
            goes_on = level and -0.7 * low < x0 - right <= _GAP * low
            if goes_on and walls:
                goes_on = not any(w.parts(left, right, x0, x1) and w.beside(y0, y1) for w in walls)
            if goes_on or (tilted and _angle(handle, raw, index, turn)):
                if blank and goes_on and codes[-1] not in _SPACES:
                    codes.append(0x20)
                codes.append(code)
                left, right = min(left, x0), max(right, x1)
                bottom, top = (y0, y1) if height > top - bottom else (bottom, top)
                blank = False
                continue
            close()
        codes.append(code)
        left, bottom, right, top, blank = x0, y0, x1, y1, False
        tilted = _angle(handle, raw, index, turn)
    close()
    strange = sum("À" <= char <= "ÿ" or char < " " for piece in found.pieces for char in piece.text)
    found.doubtful = max(bad, strange) / read if read else 0.0
    found.missing = (bad - signs) / read if read else 0.0


def _text_of(codes: list[int]) -> str:
    """Surrogates, which PDFium hands out one by one on some systems, are put together again."""
    text = "".join(map(chr, codes)).strip()
    if any("\ud800" <= char <= "\udfff" for char in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _angle(handle: Any, raw: Any, index: int, turn: int) -> bool:
    """Whether the character is askew by more than five degrees from the page's lines."""
    off: float = (raw.FPDFText_GetCharAngle(handle, index) + turn * math.pi / 2) % (2 * math.pi)
    return bool(0.09 < off < 2 * math.pi - 0.09)


def _boxes(handle: Any, raw: Any, turn: int) -> Any:
    """Character's index → left, bottom, right, top of its square, upright.

    Its height is the font's size above and below the base line. PDFium's own boxes are those of the ink where a font
    states no height, which is hardly any for 一, and none of the two is right for turned text.
    """
    loose = raw.FS_RECTF()
    ink = [ctypes.c_double() for _ in range(4)]
    place = [ctypes.c_double() for _ in range(2)]
    matrix = raw.FS_MATRIX()
    refs = [ctypes.byref(value) for value in ink]
    at_x, at_y = map(ctypes.byref, place)
    loose_ref, matrix_ref = ctypes.byref(loose), ctypes.byref(matrix)
    get_loose, get_ink, get_place = raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetCharBox, raw.FPDFText_GetCharOrigin
    get_matrix, get_size = raw.FPDFText_GetMatrix, raw.FPDFText_GetFontSize

    def square(index: int, wide: bool) -> tuple[float, float, float, float]:
        get_place(handle, index, at_x, at_y)
        get_matrix(handle, index, matrix_ref)
        size = get_size(handle, index)
        across, up = size * math.hypot(matrix.a, matrix.b), size * math.hypot(matrix.c, matrix.d)
        if turn:
            get_ink(handle, index, *refs)
            left, _, right, _ = _upright(ink[0].value, ink[2].value, ink[1].value, ink[3].value, turn)
            x, y, _, _ = _upright(place[0].value, place[1].value, place[0].value, place[1].value, turn)
        else:
            get_loose(handle, index, loose_ref)
            left, right, x, y = loose.left, loose.right, place[0].value, place[1].value
        if wide:  # the ink of a mark such as 。 ends long before its square
            left, right = min(left, x), max(right, x + 0.95 * across)
        return left, y - 0.12 * up, right, y + 0.88 * up

    return square


def _invisible(handle: Any, raw: Any, count: int) -> bool:
    """Whether most characters are set in render mode 3 (ISO 32000-1, 9.3.6): neither filled nor stroked."""
    seen = unseen = 0
    for index in range(0, count, max(1, count // 20)):
        if raw.FPDFText_IsGenerated(handle, index) != 1 and (text := raw.FPDFText_GetTextObject(handle, index)):
            seen += 1
            unseen += raw.FPDFTextObj_GetTextRenderMode(text) in (3, 7)
    return unseen * 2 > seen


@dataclass(slots=True)
class _Objects:
    """What else is on a page: the biggest picture by its place in the order of drawing, the last text, lines."""

    picture: int | None = None
    picture_area: float = 0.0
    last_text: int = -1
    rules: list[Rule] = field(default_factory=list)


def _objects(page: Any, raw: Any) -> _Objects:
    found = _Objects()
    bounds = [ctypes.c_float() for _ in range(4)]
    refs = [ctypes.byref(value) for value in bounds]
    segments = _MAX_SEGMENTS
    for index in range(min(raw.FPDFPage_CountObjects(page.raw), _MAX_OBJECTS)):
        one = raw.FPDFPage_GetObject(page.raw, index)
        kind = raw.FPDFPageObj_GetType(one)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            found.last_text = index
        elif kind == raw.FPDF_PAGEOBJ_PATH and segments > 0:
            rules = list(_rules(one, raw, segments))
            segments -= max(1, raw.FPDFPath_CountSegments(one))
            found.rules += rules
        elif kind == raw.FPDF_PAGEOBJ_IMAGE or (kind == raw.FPDF_PAGEOBJ_FORM and _holds_picture(one, raw)):
            raw.FPDFPageObj_GetBounds(one, *refs)
            left, bottom, right, top = (value.value for value in bounds)
            area = max(0.0, right - left) * max(0.0, top - bottom)
            if area >= found.picture_area:
                found.picture, found.picture_area = index, area
    return found


def _holds_picture(form: Any, raw: Any) -> bool:
    count = min(raw.FPDFFormObj_CountObjects(form), 50)
    kinds = (raw.FPDFPageObj_GetType(raw.FPDFFormObj_GetObject(form, index)) for index in range(count))
    return any(kind == raw.FPDF_PAGEOBJ_IMAGE for kind in kinds)


def _rules(path: Any, raw: Any, limit: int) -> Iterator[Rule]:
    """The straight parts of a path along the page's sides; a filled box is a rule where it is thin."""
    count = min(raw.FPDFPath_CountSegments(path), limit)
    if count < 2:
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke))
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(path, ctypes.byref(matrix))
    x, y = ctypes.c_float(), ctypes.c_float()
    last = start = (0.0, 0.0)
    edges: list[Rule] = []
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        here = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = here
        elif kind == raw.FPDF_SEGMENT_LINETO:
            edges.append(Rule.between(last, here))
        last = here
        if raw.FPDFPathSegment_GetClose(segment):
            edges.append(Rule.between(last, start))
            last = start
    if stroke.value or _thin(edges):
        yield from (edge for edge in edges if edge.straight)


def _thin(edges: list[Rule]) -> bool:
    """Whether a filled shape is as narrow as a printed line."""
    if not edges:
        return False
    width = max(edge.right for edge in edges) - min(edge.left for edge in edges)
    height = max(edge.top for edge in edges) - min(edge.bottom for edge in edges)
    return min(width, height) <= 3
