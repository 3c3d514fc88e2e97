"""Word files from marked paragraphs: real heading styles, tables and automatic numbering, the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

# (kind, text); kinds: title, h1, h2, item (numbered by Word), row (cells parted by "|"), center, right, text.
Part = tuple[str, str]

_DATE = datetime(2025, 1, 1, tzinfo=UTC)
_HEADINGS, _ITEMS = 900, 901


def _level(index: int, form: str, text: str, style: str = "") -> str:
    link = f'<w:pStyle w:val="{style}"/>' if style else ""
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{link}<w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
    )


def _abstract(number: int, kind: str, levels: str) -> Any:
    return parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">'
        f'<w:multiLevelType w:val="{kind}"/>{levels}</w:abstractNum>'
    )


def _num(number: int, abstract: int, restart: bool) -> Any:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>' if restart else ""
    return parse_xml(
        f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{override}</w:num>'
    )


def _number(properties: Any, num_id: int, level: int = 0) -> None:
    """Attach a paragraph's or a style's pPr to a list."""
    mark = properties.get_or_add_numPr()
    mark.get_or_add_ilvl().val = level
    mark.get_or_add_numId().val = num_id


def _prepare_numbering(document: Any, number_headings: bool) -> Any:
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    headings = _level(0, "chineseCountingThousand", "%1、", "Heading1")
    headings += _level(1, "chineseCountingThousand", "（%2）", "Heading2")
    numbering.append(_abstract(_HEADINGS, "multilevel", headings))
    numbering.append(_abstract(_ITEMS, "singleLevel", _level(0, "decimal", "%1.")))
    numbering.append(_num(1, _HEADINGS, restart=False))
    if number_headings:
        for level, style in enumerate(("Heading 1", "Heading 2")):
            _number(document.styles[style].element.get_or_add_pPr(), 1, level)
    return numbering


def _set_fonts(document: Any) -> None:
    for style, font, size in (
        ("Normal", "仿宋", 16),
        ("Title", "宋体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体", 16),
    ):
        document.styles[style].font.size = Pt(size)
        fonts = document.styles[style].element.get_or_add_rPr().get_or_add_rFonts()
        for name in [name for name in fonts.attrib if name.endswith("Theme")]:
            del fonts.attrib[name]
        fonts.set(qn("w:eastAsia"), font)


def _add_table(document: Any, rows: Sequence[str]) -> None:
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    table = document.add_table(rows=len(cells), cols=len(cells[0]), style="Table Grid")
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text


def _add_paragraph(document: Any, kind: str, text: str) -> None:
    if kind in ("h1", "h2"):
        document.add_heading(text, int(kind[1]))
        return
    paragraph = document.add_paragraph(text, style="Title" if kind == "title" else None)
    if kind in ("title", "center"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif kind == "right":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    else:
        paragraph.paragraph_format.first_line_indent = Pt(32)


def write_docx(parts: Sequence[Part]) -> bytes:
    """The whole file. Headings that carry no number in the text are numbered by Word: 一、 and （一）."""
    document = Document()
    _set_fonts(document)
    written = any(kind == "h1" and re.match(r"[一二三四五六七八九十]+、", text) for kind, text in parts)
    numbering = _prepare_numbering(document, number_headings=not written)
    rows: list[str] = []
    before, lists = "", 1
    for kind, text in [*parts, ("end", "")]:
        if before == "row" and kind != "row":
            _add_table(document, rows)
            rows = []
        if kind == "row":
            rows.append(text)
        elif kind == "item":
            if before != "item":
                lists += 1
                numbering.append(_num(lists, _ITEMS, restart=True))
            _number(document.add_paragraph(text)._p.get_or_add_pPr(), lists)
        elif kind != "end":
            _add_paragraph(document, kind, text)
        before = kind
    return _save(document, next(text for kind, text in parts if kind == "title"))


def _save(document: Any, title: str) -> bytes:
    facts = document.core_properties
    facts.title, facts.author, facts.comments, facts.language = title, "有据示例资料", "", "zh-CN"
    facts.created = facts.modified = _DATE
    raw, out = io.BytesIO(), io.BytesIO()
    document.save(raw)
    # The zip itself holds the hour of writing; a fixed one keeps the file the same.
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(part, source.read(name))
    return out.getvalue()
