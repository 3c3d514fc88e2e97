"""Word documents (.docx), read from their XML: what Word shows on the page, in order, automatic numbers included."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from qa.errors import ReadError
from qa.load.numbering import whole
from qa.load.tables import rows_text
from qa.load.word_styles import Numbering, Styles, W, value
from qa.types import Block, Loaded

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DC_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = W[1:-1].encode()
_MAX_BYTES = 200 * 2**20  # of unpacked XML in all; a real document of that size does not exist, a zip bomb does
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error)
_NEEDED = re.compile(r"word/(?:document\d*|styles|numbering|footnotes|endnotes)\.xml|docProps/core\.xml")
_TEXT = {"t": None, "tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_GONE = {W + name for name in ("del", "moveFrom", "delText", "instrText", "pPr", "rPr", "rt", "sectPr", "tblPr")}


def read_word(data: bytes) -> Loaded:
    """Paragraphs, table rows, text boxes and notes; deleted and hidden text is left out, inserted text is kept."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bomb(archive)
            parts = {name: part for name in archive.namelist() if (part := _part(archive, name)) is not None}
    except (*_BROKEN, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise ReadError("Word 文档已损坏，打不开", "请重新下载或复制，或用 Word、WPS 打开后另存为 .docx") from error
    except RuntimeError as error:
        raise ReadError("Word 文档设了密码", "请去掉密码后重新保存") from error
    main = next((name for name in parts if re.fullmatch(r"word/document\d*\.xml", name)), None)
    body = parts[main].find(W + "body") if main is not None else None
    if main is None or body is None:
        raise ReadError("不是完整的 Word 文档，缺少正文部分", "请用 Word 或 WPS 打开后另存为 .docx")
    folder = posixpath.dirname(main)
    styles = Styles(parts.get(f"{folder}/styles.xml"))
    reader = _Reader(styles, Numbering(parts.get(f"{folder}/numbering.xml"), styles))
    for kind in ("footnote", "endnote"):
        reader.add_notes(kind, parts.get(f"{folder}/{kind}s.xml"))
    blocks = tuple(reader.blocks(body))
    core = parts.get("docProps/core.xml")
    title = (core.findtext(_DC_TITLE) or "").strip() if core is not None else ""
    return Loaded(blocks, "docx", None, title or None)


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    if sum(part.file_size for part in archive.infolist() if _NEEDED.fullmatch(part.filename)) > _MAX_BYTES:
        raise ReadError("Word 文档解压后过大", "请拆分成几个文件")


def _part(archive: zipfile.ZipFile, name: str) -> Any:
    """Root of a part that is needed, else None."""
    from lxml import etree

    if not _NEEDED.fullmatch(name):
        return None
    with archive.open(name) as part:
        # Not read(): that unpacks whatever there is before it looks at the size that was stated.
        source = part.read(archive.getinfo(name).file_size).replace(_STRICT, _TRANSITIONAL)
    try:
        return etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ReadError("Word 文档已损坏，内容不是合法的 XML", "请用 Word 或 WPS 打开后另存为 .docx") from error


class _Reader:
    """Walks the body once; numbering counters run along."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._notes: dict[tuple[str, str], str] = {}

    def add_notes(self, kind: str, root: Any) -> None:
        for note in root if root is not None else ():
            text = "".join(self._run_text(note, [], [])).strip()
            if text and note.get(W + "type") in (None, "normal"):
                self._notes[kind, note.get(W + "id", "")] = text

    def blocks(self, parent: Any) -> Iterator[Block]:
        for child in _shown(parent):
            if child.tag == W + "p":
                yield from self._paragraph(child)
            elif child.tag == W + "tbl":
                yield from self._table(child)
            elif child.tag not in _GONE:
                yield from self.blocks(child)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        boxes: list[Any] = []
        notes: list[str] = []
        text = "".join(self._run_text(paragraph, boxes, notes))
        style = value(paragraph, "pPr/pStyle")
        if text.strip() and not self._styles.is_contents(style):
            level = self._styles.level(paragraph, style)
            text = self._numbering.label(paragraph, style) + text.strip(" \t\n")
            yield Block(text, level=level, flowed="\n" in text and not level)
        for box in boxes:
            yield from self.blocks(box)
        for note in notes:
            yield Block(f"注：{note}")

    def _run_text(self, parent: Any, boxes: list[Any], notes: list[str]) -> Iterator[str]:
        for child in _shown(parent):
            name = child.tag.removeprefix(W)
            if child.tag in _GONE or (name == "r" and _hidden(child)):
                continue
            if name == "txbxContent":
                boxes.append(child)
            elif name in ("footnoteReference", "endnoteReference"):
                note = self._notes.get((name.removesuffix("Reference"), child.get(W + "id", "")))
                if note:
                    notes.append(note)
            elif child.tag.startswith(W) and name in _TEXT:
                yield _TEXT[name] or (child.text or "" if name == "t" else "")
            else:
                yield from self._run_text(child, boxes, notes)
                if name == "p":
                    yield "\n"

    def _table(self, table: Any) -> Iterator[Block]:
        rows = [child for child in table.iter(W + "tr") if next(child.iterancestors(W + "tbl")) is table]
        cells = [[cell for cell in row.iter(W + "tc") if next(cell.iterancestors(W + "tr")) is row] for row in rows]
        single = len(rows) == 1 or max(map(len, cells), default=0) < 2
        if single or table.find(f".//{W}tc//{W}tbl") is not None:
            for cell in (cell for row in cells for cell in row):  # a table that lays out a page
                yield from self.blocks(cell)
            return
        texts: list[list[str]] = []
        for row in cells:
            line: list[str] = []
            for cell in row:
                text = " ".join(block.text for block in self.blocks(cell))
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                if merge is not None and merge.get(W + "val", "continue") == "continue" and texts:
                    text = texts[-1][len(line)] if len(line) < len(texts[-1]) else ""
                line += [text] * min(whole(value(cell, "tcPr/gridSpan"), 1), 64)
            texts.append(line)
        headed = bool(rows) and rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        yield from (Block(text) for text in rows_text(texts, headed))


def _shown(parent: Any) -> Iterator[Any]:
    """Child elements; of alternatives for old and new readers the first only."""
    for child in parent:
        if not isinstance(child.tag, str):
            continue
        if child.tag == _MC + "AlternateContent":
            choice = child.find(_MC + "Choice")
            choice = choice if choice is not None else child.find(_MC + "Fallback")
            if choice is not None:
                yield from _shown(choice)
        else:
            yield child


def _hidden(run: Any) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(W + "val", "1") not in ("0", "false", "off")
