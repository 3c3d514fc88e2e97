"""PDF by PDFium: page by page into lines in reading order and rows of tables; pictures of pages by OCR."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from typing import Any

from qa.errors import ReadError
from qa.load.ocr import Picture, is_available, recognise, unsure
from qa.load.ocr import todo as ocr_todo
from qa.load.options import DEFAULTS, Options
from qa.load.pace import going_on
from qa.load.pages import Page, assembled, bare, listed
from qa.load.pdf_page import PdfPage, read_page
from qa.load.ruled import tables
from qa.types import Loaded, PageRead

_LOCK = threading.Lock()  # PDFium is not safe to call from two threads
_DPI = 200  # what offices scan at; the recogniser's letters are 48 pixels high, those of 16 points then are 44
_MAX_PIXELS = 16_000_000  # of a rendered page: A3 at 200 dpi has 7.7 million
_DOUBTFUL = 1 / 3  # share of unreadable characters from which a page's text is of no use
_SOME = 0.02  # share of unreadable characters from which a person is told
_FEW = 30  # characters on a scan that are a stamp or a page number and not its text
_MAX_CHARS = 50_000_000  # of one file; the largest books have 5 million
_MAX_MARKS = 5_000


def read_pdf(data: bytes, options: Options = DEFAULTS) -> Loaded:
    """Flowed blocks of text, headings that the file's bookmarks name, a block for each row of a ruled table.

    A page that is damaged or can't be recognised is told of and left out; the rest goes in.
    """
    import pypdfium2

    with _LOCK:
        document = _opened(data)
    try:
        with _LOCK:
            total = len(document)
            title = _title(document)
            marks = _bookmarks(document)
        pages: list[Page] = []
        chars = 0
        for number in range(total):
            try:
                pages.append(_page(document, number, options))
            except pypdfium2.PdfiumError:
                pages.append(Page(why="damaged"))
            chars += sum(len(piece.text) for piece in pages[-1].pieces)
            if chars > _MAX_CHARS:
                raise ReadError("PDF 的文字多得不正常", "请拆成几个文件，或用阅读器打开后另存")
            going_on(f"第 {number + 1} 页，共 {total} 页")
    finally:
        with _LOCK:
            document.close()
    blocks, reads = assembled(pages, marks)
    if not blocks:
        raise _nothing(pages, options)
    title = re.sub(r"^Microsoft Word - |\.(?:docx?|wps|pdf)$", "", title)
    return Loaded(tuple(blocks), "pdf", None, title or None, _warnings(pages, reads, options), tuple(reads))


def _opened(data: bytes) -> Any:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("PDF 设了打开密码", "请去掉密码后重新保存") from error
        raise ReadError("PDF 已损坏，打不开", "请重新下载或复制，或用阅读器打开后另存") from error
    if len(document) == 0:
        document.close()
        raise ReadError("PDF 已损坏，里面一页也没有", "请重新下载或复制，或用阅读器打开后另存")
    return document


def _title(document: Any) -> str:
    """As the file states it; one that is not valid UTF-16 is as good as none."""
    try:
        return str(document.get_metadata_value("Title") or "").strip()
    except UnicodeDecodeError:
        return ""


def _bookmarks(document: Any) -> dict[int, dict[str, int]]:
    """1-based page → title without white space → level from 1."""
    import pypdfium2

    found: dict[int, dict[str, int]] = {}
    try:
        for count, mark in enumerate(document.get_toc(max_depth=6)):
            target = mark.get_dest()
            page = target.get_index() if target is not None else None
            if count >= _MAX_MARKS:
                break
            if page is not None and (title := bare(mark.get_title())):
                found.setdefault(page + 1, {}).setdefault(title, mark.level + 1)
    except pypdfium2.PdfiumError:
        return {}  # headings are found without them
    return found


def _page(document: Any, number: int, options: Options) -> Page:
    import pypdfium2

    picture = None
    with _LOCK:
        page = document[number]
        try:
            stated = read_page(page, pypdfium2.raw)
            why = _why_picture(stated, page, pypdfium2.raw)
            if why in ("picture", "garbled") and options.ocr == "auto" and is_available():
                picture = _rendered(page)
        finally:
            page.close()
    if picture is not None:
        read = recognise(picture, options.memory)
        return Page(list(read.pieces), why="" if read.pieces else "nothing", confidence=read.confidence)
    if why:
        return Page(why=why)
    found = tables(stated.rules, stated.pieces) if stated.rules else []
    partly = "cut" if stated.cut else "partly" if stated.missing > _SOME else ""
    return Page(stated.pieces, stated.slanted, found, why=partly, layer=stated.hidden)


def _why_picture(read: PdfPage, page: Any, raw: Any) -> str:
    """ "" where the characters can be used as they are."""
    chars = sum(len(piece.text) for piece in read.pieces)
    if not chars:
        drawn = raw.FPDFPage_CountObjects(page.raw) > 0 or raw.FPDFPage_GetAnnotCount(page.raw) > 0
        return "picture" if drawn else "blank"
    if read.doubtful > _DOUBTFUL:
        return "garbled"
    return "picture" if read.scanned and chars < _FEW else ""


def _rendered(page: Any) -> Picture:
    width, height = page.get_size()
    scale = min(_DPI / 72, (_MAX_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, prefer_bgrx=False)
    try:
        return Picture(bitmap.to_numpy()[:, :, :3].copy(), scale * 72)
    finally:
        bitmap.close()


def _warnings(pages: Sequence[Page], reads: Sequence[PageRead], options: Options) -> tuple[str, ...]:
    """What a person should know, each with the pages that it is about."""

    def which(why: str) -> str:
        return listed([number for number, page in enumerate(pages, 1) if page.why == why])

    todo = ocr_todo(options)
    found = []
    if damaged := which("damaged"):
        found.append(f"{damaged}已损坏，读不出，没有收入，其余各页已收入；请重新下载或用阅读器打开后另存")
    if pictures := which("picture"):
        found.append(f"{pictures}没有文字（是扫描的图片），没有收入；{todo}")
    if garbled := which("garbled"):
        found.append(f"{garbled}的字体没有写明对应的文字，读出来是乱码，没有收入；{todo}")
    if partly := which("partly"):
        found.append(f"{partly}有些字的字体没有写明对应的文字，这些字读不出，没有收入；请核对原件")
    if cut := which("cut"):
        found.append(f"{cut}的文字多得不正常，只收入了前面的 30 万字；请核对原件")
    if nothing := which("nothing"):
        found.append(f"{nothing}是图片，没有认出文字，没有收入；请看原件")
    if layers := listed([number for number, page in enumerate(pages, 1) if page.layer]):
        found.append(f"{layers}是扫描的图片，用的是文件自带的识别文字，可能有错字，请以原件为准")
    return (*found, *unsure(reads))


def _nothing(pages: Sequence[Page], options: Options) -> ReadError:
    reasons = {page.why for page in pages}
    if reasons <= {"damaged", "blank", ""} and "damaged" in reasons:
        return ReadError("PDF 的页面已损坏，读不出文字", "请用阅读器打开后另存，或改用 Word 版本")
    if reasons <= {"blank", ""}:
        return ReadError("PDF 里没有文字，各页都是空白", "请确认内容已经保存")
    if "garbled" in reasons:
        return ReadError("PDF 的字体没有写明对应的文字，读出来是乱码", ocr_todo(options))
    if "nothing" in reasons:
        return ReadError("PDF 是图片，没有认出文字", "请检查扫描是否清楚，或改用 Word 版本")
    return ReadError("PDF 里没有文字，多半是扫描件", ocr_todo(options))
