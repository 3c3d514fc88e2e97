"""Word documents (.docx), read from their XML: what Word shows on the page, in order, automatic numbers included.

No page numbers: a file does not say where its pages end. Word leaves marks of its last layout (lastRenderedPageBreak),
WPS and LibreOffice leave none, and after an edit, or with another printer or font, they are wrong; a citation with a
wrong page is worse than one with none.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from qa.errors import ReadError
from qa.load.drawing import drawn_text
from qa.load.html import read_html
from qa.load.mhtml import read_mhtml
from qa.load.numbering import count
from qa.load.package import MACROS, Package, R, main_part, open_package, part, relations, stated_title, xml
from qa.load.sniff import is_markup
from qa.load.tables import Merge, merged_text
from qa.load.word_runs import Runs, gone, holds_nothing, shown
from qa.load.word_styles import Numbering, Styles, W, on, value
from qa.types import Block, Loaded

_COLUMNS = 64  # a wider table is no text


def read_word(data: bytes) -> Loaded:
    """Paragraphs, table rows, text boxes and notes; deleted and hidden text is left out, inserted text is kept."""
    package = open_package(data, "Word 文档")
    main = main_part(package, "word/document.xml")
    root = xml(package, main)
    body = root.find(W + "body") if root is not None else None
    if body is None:
        raise ReadError("不是完整的 Word 文档，缺少正文部分", "请用 Word 或 WPS 打开后另存为 .docx")
    folder = posixpath.dirname(main)
    styles = Styles(xml(package, f"{folder}/styles.xml"))
    numbering = Numbering(xml(package, f"{folder}/numbering.xml"), styles)
    reader = _Reader(package, relations(package, main), body, styles, numbering)
    for kind in ("footnote", "endnote"):
        reader.add_notes(kind, xml(package, f"{folder}/{kind}s.xml"))
    blocks = tuple(reader.blocks(body))
    return Loaded(blocks, "docx", None, stated_title(package), tuple(_warnings(package, folder, blocks, reader)))


def _warnings(package: Package, folder: str, blocks: tuple[Block, ...], reader: _Reader) -> Iterator[str]:
    """What the document holds and the text does not."""
    inside = [name.removeprefix(folder.lower() + "/") for name in package.names]
    if any(name.rpartition("/")[2] == "vbaproject.bin" for name in inside):
        yield MACROS
    if reader.unread:
        yield f"有 {reader.unread} 处插入的文件读不了，没有收入；请用 Word 打开，保存一次"
    if reader.hidden:
        yield f"有 {reader.hidden} 个隐藏的字，没有收入；需要的话请在 Word 里取消隐藏"
    if embedded := sum(name.startswith("embeddings/") for name in inside):
        yield f"嵌有 {embedded} 个别的文件（如 Excel 表格、图表的数据），里面的内容没有收入；需要的话请另存出来"
    pictures = sum(name.startswith("media/") for name in inside)
    if pictures and sum(len(block.text) for block in blocks) < _CAPTIONED * pictures:
        yield f"正文很少，却有 {pictures} 张图片；如果是扫描的页面，请先做文字识别（OCR）"


_CAPTIONED = 100  # characters a picture; a page of an illustrated text has several hundred


class _Reader:
    """Walks the body once; numbering counters run along."""

    def __init__(
        self, package: Package, parts: dict[str, tuple[str, str]], body: Any, styles: Styles, numbering: Numbering
    ) -> None:
        self._package = package
        self._parts = parts
        self._chunks: set[str] = set()
        self.unread = 0
        self._styles = styles
        self._numbering = numbering
        self._runs = Runs(styles, body)
        self.hidden = 0

    def add_notes(self, kind: str, root: Any) -> None:
        for note in root if root is not None else ():
            if isinstance(note.tag, str) and note.get(W + "type") in (None, "normal"):
                text = " ".join(block.text for block in self.blocks(note)).strip()
                if text:
                    self._runs.notes[kind, note.get(W + "id", "")] = text

    def blocks(self, parent: Any) -> Iterator[Block]:
        before = ""  # of paragraphs whose mark is deleted: they run on into the next one
        for child in shown(parent):
            if child.tag == W + "p":
                line = self._runs.line(child)
                self.hidden += line.hidden
                text, before = before + line.text, ""
                if _runs_on(child):
                    before = text
                else:
                    yield from self._paragraph(child, text, line.contents)
                for box in line.boxes:
                    yield from self.blocks(box)
                for drawing in line.drawings:
                    yield from map(Block, drawn_text(self._package, self._parts, drawing))
                yield from (Block(f"注：{note}") for note in line.notes)
            elif child.tag == W + "tbl":
                yield from self._table(child)
            elif child.tag == W + "altChunk":
                yield from self._chunk(child)
            elif not gone(child) and not holds_nothing(child):
                yield from self.blocks(child)
        if before.strip():
            yield Block(before.strip(" \t\n"))

    def _chunk(self, chunk: Any) -> Iterator[Block]:
        """A page of HTML that stands in the document as a part; what turns web pages into .docx leaves nothing else."""
        _, name = self._parts.get(chunk.get(R + "id", ""), ("", ""))
        source = part(self._package, name)
        if source is None or name in self._chunks:
            return
        self._chunks.add(name)
        if re.match(rb"\s*(?:MIME-Version|From|Content-Type):", source, re.IGNORECASE):
            yield from read_mhtml(source).blocks
            return
        if not is_markup(source):
            self.unread += 1
            return
        yield from read_html(source).blocks

    def _paragraph(self, paragraph: Any, text: str, contents: bool) -> Iterator[Block]:
        style = value(paragraph, "pPr/pStyle")
        if contents or self._styles.is_contents(style):
            text = text if contents else ""  # what stands in such a paragraph after the table's end
            if text.strip():
                yield Block(text.strip(" \t\n"))
            return
        label = self._numbering.label(paragraph, style)  # an empty paragraph counts too
        if text.strip():
            level = self._styles.level(paragraph, style)
            text = label + text.strip(" \t\n")
            yield Block(text, level=level, flowed="\n" in text and not level)

    def _table(self, table: Any) -> Iterator[Block]:
        rows = [row for row in table.iter(W + "tr") if next(row.iterancestors(W + "tbl")) is table and _row_stays(row)]
        cells = [
            [cell for cell in row.iter(W + "tc") if next(cell.iterancestors(W + "tr")) is row and _cell_stays(cell)]
            for row in rows
        ]
        if len(rows) == 1 or max(map(len, cells), default=0) < 2 or _lays_out(table):
            for cell in (cell for row in cells for cell in row):
                yield from self.blocks(cell)
            return
        texts: list[list[str]] = []
        merges: list[Merge] = []
        open_at: dict[int, int] = {}  # column → its merged cell that may reach further down
        for at, row in enumerate(cells):
            line = [""] * _count(value(rows[at], "trPr/gridBefore"), 0)
            for cell in row:
                column, span = len(line), _count(value(cell, "tcPr/gridSpan"), 1)
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                if merge is not None and merge.get(W + "val", "continue") == "continue" and column in open_at:
                    top, left, _, right = merges[open_at[column]]
                    merges[open_at[column]] = (top, left, at, right)
                    line += [""] * span
                    continue
                open_at.pop(column, None)
                if merge is not None or span > 1:
                    merges.append((at, column, at, column + span - 1))
                if merge is not None:
                    open_at[column] = len(merges) - 1
                line += [" ".join(block.text for block in self.blocks(cell)), *[""] * (span - 1)]
            texts.append(line)
        heads = 0
        while heads < len(rows) and on(rows[heads].find(f"{W}trPr/{W}tblHeader")):
            heads += 1
        yield from (Block(text) for text in merged_text(texts, merges, heads))


def _runs_on(paragraph: Any) -> bool:
    """Whether the paragraph's mark is deleted or moved away by a tracked change."""
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None)


def _row_stays(row: Any) -> bool:
    return not any(row.find(f"{W}trPr/{W}{name}") is not None for name in ("del", "hidden"))


def _cell_stays(cell: Any) -> bool:
    return cell.find(f"{W}tcPr/{W}cellDel") is None


def _lays_out(table: Any) -> bool:
    """Whether a table arranges a page rather than data: most of its text stands in tables inside it."""
    inner = [one for one in table.iter(W + "tbl") if one is not table and next(one.iterancestors(W + "tbl")) is table]
    return 2 * sum(map(_length, inner)) > _length(table)


def _length(node: Any) -> int:
    return sum(len(text.text or "") for text in node.iter(W + "t"))


def _count(number: str | None, usual: int) -> int:
    return min(count(number, usual), _COLUMNS)
