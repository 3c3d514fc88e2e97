"""PDF by PDFium: lines in reading order, page by page, without running heads and page numbers."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qa.errors import ReadError
from qa.types import Block, Loaded

_LOCK = threading.Lock()  # PDFium is not safe to call from two threads
_PAGE_NUMBER = re.compile(r"[-—–―·\s]*(?:第\s*)?(\d{1,4})\s*页?(?:\s*[/／,，]?\s*共?\s*\d{1,4}\s*页?)?[-—–―·\s]*")
_SAME_HEIGHT = 4.0  # points by which a running head may move from page to page


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    left: float
    bottom: float
    height: float


def read_pdf(data: bytes) -> Loaded:
    """A flowed block a page. An indent of more than one letter becomes a leading space, for ``clean`` to see."""
    import pypdfium2

    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise ReadError("PDF 设了打开密码", "请去掉密码后重新保存") from error
            raise ReadError("PDF 已损坏，打不开", "请重新下载或复制，或用阅读器打开后另存") from error
        try:
            pages = [_lines(document[number], pypdfium2.raw) for number in range(len(document))]
            title = _title(document)
        except pypdfium2.PdfiumError as error:
            raise ReadError("PDF 的页面已损坏，读不出文字", "请用阅读器打开后另存，或改用 Word 版本") from error
        finally:
            document.close()
    empty = [number for number, lines in enumerate(pages, 1) if not lines]
    if len(empty) == len(pages):
        raise ReadError("PDF 里没有文字，多半是扫描件", "请先做文字识别（OCR），再放入识别后的文件")
    warnings: tuple[str, ...] = ()
    if empty:
        listed = "、".join(map(str, empty[:20])) + ("等" if len(empty) > 20 else "")
        warnings = (
            f"第 {listed} 页没有文字（可能是扫描的图片，共 {len(empty)} 页），这些页没有收入；请先做文字识别（OCR）",
        )
    kept = _without_furniture(pages)
    blocks = tuple(Block(_text(lines), page=n, flowed=True) for n, lines in enumerate(kept, 1) if lines)
    title = re.sub(r"^Microsoft Word - |\.(?:docx?|wps|pdf)$", "", title)
    return Loaded(blocks, "pdf", None, title or None, warnings)


def _title(document: Any) -> str:
    """As the file states it; one that is not valid UTF-16 is as good as none."""
    try:
        return str(document.get_metadata_value("Title") or "").strip()
    except UnicodeDecodeError:
        return ""


def _lines(page: Any, raw: Any) -> list[_Line]:
    """Lines of a page; none when its fonts give no readable characters."""
    text_page = page.get_textpage()
    try:
        codes = [raw.FPDFText_GetUnicode(text_page, index) for index in range(text_page.count_chars())]
        lines: list[_Line] = []
        for start, end in _spans(codes):
            text = "".join(map(chr, (code for code in codes[start:end] if code not in (0, 0xFFFE))))
            first = next((at for at in range(start, end) if not chr(codes[at]).isspace()), None)
            if first is not None and text.strip():
                left, bottom, right, top = text_page.get_charbox(first, loose=True)
                lines.append(_Line(text.strip(), left, bottom, max(top - bottom, right - left)))
    finally:
        text_page.close()
        page.close()
    whole = "".join(line.text for line in lines)
    unreadable = sum(1 for char in whole if "\ue000" <= char <= "\uf8ff" or char == "\ufffd")
    return [] if unreadable * 3 > len(whole) else lines


def _spans(codes: list[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for at, code in enumerate([*codes, 10]):
        if code in (10, 13):
            if at > start:
                yield start, at
            start = at + 1


def _without_furniture(pages: list[list[_Line]]) -> list[list[_Line]]:
    """Pages without the outermost lines that repeat, at one height, on half of the pages, and without page numbers."""
    seen: Counter[tuple[str, int]] = Counter()
    for lines in pages:
        seen.update({(_shape(line), round(line.bottom / _SAME_HEIGHT)) for line in _edges(lines)})
    filled = sum(1 for lines in pages if lines)

    def repeated(line: _Line) -> bool:
        cell = round(line.bottom / _SAME_HEIGHT)
        count = sum(seen[_shape(line), near] for near in (cell - 1, cell, cell + 1))
        return count >= 2 and count * 5 >= filled * 2

    kept: list[list[_Line]] = []
    for number, lines in enumerate(pages, 1):
        edges = _edges(lines)
        dropped = {id(line) for line in edges if repeated(line) or _is_page_number(line, edges, number)}
        kept.append([line for line in lines if id(line) not in dropped])
    return kept


def _edges(lines: list[_Line]) -> list[_Line]:
    """The two highest and two lowest lines, or one each on a page of few lines."""
    ordered = sorted(lines, key=lambda line: -line.bottom)
    reach = 2 if len(lines) > 5 else 1
    return [*ordered[:reach], *ordered[max(reach, len(ordered) - reach) :]]


def _shape(line: _Line) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", line.text))


def _is_page_number(line: _Line, edges: list[_Line], number: int) -> bool:
    match = _PAGE_NUMBER.fullmatch(line.text)
    if match is None or line.bottom not in (edges[0].bottom, edges[-1].bottom):
        return False
    return not line.text.strip().isdigit() or int(match.group(1)) == number


def _text(lines: list[_Line]) -> str:
    lefts = sorted(line.left for line in lines)
    margin = lefts[len(lefts) // 10]
    return "\n".join("　　" * (line.left - margin > 1.2 * line.height) + line.text for line in lines)
