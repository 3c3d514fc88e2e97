"""A comparison as a Word file: a table of two columns, what went struck through, what came in bold. ECMA-376, by hand:
four small parts and nothing that the standard library lacks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html import escape

from qa.types import Document
from qa.versions.compare import Comparison, Run, Side
from qa.versions.render import paragraphs
from qa.versions.words import WORDS, Lang, aside, shown, summary

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 can't hold."""
WIDTH = 6900
"""Twentieths of a point of a column: half of A4 on its side, within margins."""
_OLD = '<w:rPr><w:strike/><w:color w:val="A3231B"/></w:rPr>'
_NEW = '<w:rPr><w:b/><w:color w:val="1E5C36"/></w:rPr>'


def docx(comparison: Comparison, only_changed: bool = False, lang: Lang = "zh") -> bytes:
    """The whole file; the same bytes every time."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{_KIND}.document.main+xml'
        f'"/><Override PartName="/word/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>',
        "_rels/.rels": _relation("officeDocument", "word/document.xml"),
        "word/document.xml": _document(comparison, only_changed, lang),
        "word/_rels/document.xml.rels": _relation("styles", "styles.xml"),
        "word/styles.xml": _STYLES,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, xml in parts.items():
            member = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(member, (_HEAD + xml).encode())
    return out.getvalue()


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_R}/{kind}" Target="{target}"/>'
        "</Relationships>"
    )


def _document(comparison: Comparison, only_changed: bool, lang: Lang) -> str:
    words = WORDS[lang]
    title = f"{comparison.new.title} {words['table']}"
    rows = "".join(_rows(comparison, only_changed, lang))
    none = "" if shown(comparison, only_changed) else _paragraph(_run(words["none"]), "Note")
    return (
        f'<w:document xmlns:w="{_W}"><w:body>{_paragraph(_run(title), "Title")}'
        f'{_paragraph(_run(summary(comparison, lang)), "Note")}<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/>'
        f'<w:tblW w:w="{2 * WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>'
        f"{f'<w:gridCol w:w={chr(34)}{WIDTH}{chr(34)}/>' * 2}</w:tblGrid>{rows}</w:tbl>{none or '<w:p/>'}"
        '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1134" w:right="1519" '
        'w:bottom="1134" w:left="1519" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def _rows(comparison: Comparison, only_changed: bool, lang: Lang) -> Iterator[str]:
    heads = [
        _cell(_paragraph(_run(f"{WORDS[lang][side]}：{_named(document)}"), "Head"))
        for side, document in (("old", comparison.old), ("new", comparison.new))
    ]
    yield f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{''.join(heads)}</w:tr>"
    for _, row in shown(comparison, only_changed):
        told = _paragraph(_run(aside(comparison, row, lang)), "Note") if not (row.old and row.new) else ""
        sides = ((row.old, _OLD), (row.new, _NEW))
        yield f"<w:tr>{''.join(_cell(_said(side, mark) if side else told) for side, mark in sides)}</w:tr>"


def _said(side: Side, mark: str) -> str:
    return "".join(_paragraph("".join(_marked(run, mark) for run in line)) for line in paragraphs(side))


def _marked(run: Run, mark: str) -> str:
    return _run(run.text, mark if run.changed else "")


def _named(document: Document) -> str:
    return " ".join(filter(None, [document.title, document.facts.date]))


def _cell(inner: str) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{WIDTH}" w:type="dxa"/></w:tcPr>{inner or "<w:p/>"}</w:tc>'


def _paragraph(inner: str, style: str = "") -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}{inner}</w:p>"


def _run(said: str, look: str = "") -> str:
    fit = escape(_UNFIT.sub("\ufffd", said), quote=False)
    return f'<w:r>{look}<w:t xml:space="preserve">{fit}</w:t></w:r>'


def _style(name: str, look: str, letters: str, kind: str = "paragraph", default: str = "") -> str:
    return (
        f'<w:style w:type="{kind}"{default} w:styleId="{name}"><w:name w:val="{name}"/>'
        f"{f'<w:pPr>{look}</w:pPr>' if look else ''}{f'<w:rPr>{letters}</w:rPr>' if letters else ''}</w:style>"
    )


_FONT = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{}"/>'
_BORDERS = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="999999"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_STYLES = (
    f'<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>{_FONT.format("仿宋")}<w:sz w:val="24"/>'
    '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>'
    + _style("Normal", '<w:spacing w:after="40"/>', "", default=' w:default="1"')
    + _style(
        "Title", '<w:spacing w:after="160"/><w:jc w:val="center"/>', _FONT.format("宋体") + '<w:b/><w:sz w:val="36"/>'
    )
    + _style("Head", '<w:jc w:val="center"/>', _FONT.format("黑体") + '<w:b/><w:sz w:val="24"/>')
    + _style("Note", "", _FONT.format("楷体") + '<w:color w:val="666666"/><w:sz w:val="21"/>')
    + '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Grid"/><w:tblPr><w:tblBorders>'
    + _BORDERS
    + "</w:tblBorders></w:tblPr></w:style></w:styles>"
)
