"""A comparison as a Word file: a table of two columns, what went struck through, what came in bold."""

from __future__ import annotations

from collections.abc import Iterator

from qa.types import Document
from qa.versions.compare import Comparison, Run, Side
from qa.versions.render import paragraphs
from qa.versions.words import WORDS, Lang, aside, shown, summary
from qa.wordfile import W, fonts, packed, paragraph, run, style

WIDTH = 6900
"""Twentieths of a point of a column: half of A4 on its side, within margins."""
_OLD = '<w:rPr><w:strike/><w:color w:val="A3231B"/></w:rPr>'
_NEW = '<w:rPr><w:b/><w:color w:val="1E5C36"/></w:rPr>'


def docx(comparison: Comparison, only_changed: bool = False, lang: Lang = "zh") -> bytes:
    """The whole file; the same bytes every time."""
    parts = {"document": _document(comparison, only_changed, lang), "styles": _STYLES}
    return packed(parts, _title(comparison, lang))


def _title(comparison: Comparison, lang: Lang) -> str:
    return f"{comparison.new.title} {WORDS[lang]['table']}"


def _document(comparison: Comparison, only_changed: bool, lang: Lang) -> str:
    words = WORDS[lang]
    title = _title(comparison, lang)
    rows = "".join(_rows(comparison, only_changed, lang))
    none = "" if shown(comparison, only_changed) else paragraph(run(words["none"]), "Note")
    return (
        f'<w:document xmlns:w="{W}"><w:body>{paragraph(run(title), "Title")}'
        f'{paragraph(run(summary(comparison, lang)), "Note")}<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/>'
        f'<w:tblW w:w="{2 * WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>'
        f"{f'<w:gridCol w:w={chr(34)}{WIDTH}{chr(34)}/>' * 2}</w:tblGrid>{rows}</w:tbl>{none or '<w:p/>'}"
        '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1134" w:right="1519" '
        'w:bottom="1134" w:left="1519" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def _rows(comparison: Comparison, only_changed: bool, lang: Lang) -> Iterator[str]:
    heads = [
        _cell(paragraph(run(f"{WORDS[lang][side]}：{_named(document)}"), "Head"))
        for side, document in (("old", comparison.old), ("new", comparison.new))
    ]
    yield f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{''.join(heads)}</w:tr>"
    for _, row in shown(comparison, only_changed):
        told = paragraph(run(aside(comparison, row, lang)), "Note") if not (row.old and row.new) else ""
        sides = ((row.old, _OLD), (row.new, _NEW))
        yield f"<w:tr>{''.join(_cell(_said(side, mark) if side else told) for side, mark in sides)}</w:tr>"


def _said(side: Side, mark: str) -> str:
    return "".join(paragraph("".join(_marked(piece, mark) for piece in line)) for line in paragraphs(side))


def _marked(piece: Run, mark: str) -> str:
    return run(piece.text, mark if piece.changed else "")


def _named(document: Document) -> str:
    return " ".join(filter(None, [document.title, document.facts.date]))


def _cell(inner: str) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{WIDTH}" w:type="dxa"/></w:tcPr>{inner or "<w:p/>"}</w:tc>'


_BORDERS = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="999999"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_STYLES = (
    f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{fonts("仿宋")}<w:sz w:val="24"/>'
    '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>'
    + style("Normal", '<w:spacing w:after="40"/>', "", default=' w:default="1"')
    + style("Title", '<w:spacing w:after="160"/><w:jc w:val="center"/>', fonts("宋体") + '<w:b/><w:sz w:val="36"/>')
    + style("Head", '<w:jc w:val="center"/>', fonts("黑体") + '<w:b/><w:sz w:val="24"/>')
    + style("Note", "", fonts("楷体") + '<w:color w:val="666666"/><w:sz w:val="21"/>')
    + '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Grid"/><w:tblPr><w:tblBorders>'
    + _BORDERS
    + "</w:tblBorders></w:tblPr></w:style></w:styles>"
)
