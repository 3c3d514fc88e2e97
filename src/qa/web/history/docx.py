"""A conversation as a Word file laid out like an official document (GB/T 9704-2012), its sources as footnotes.

The standard's page: A4, 22 lines of 28 characters in an area of 156 by 225 mm, 37 mm from the top and 28 mm from the
left; body in 仿宋 of size 3 (16 pt), title in 小标宋 of size 2 (22 pt), headings in 黑体, the page's number between
dashes at the outer side. Footnotes are none of its business: they are set in size 5 (10.5 pt).
"""

from __future__ import annotations

from qa.web.history.paper import Paper, Paragraph
from qa.wordfile import MODERN, R, W, fonts, packed, paragraph, run, style

BODY, TITLE, ASIDE, HEADING = "仿宋_GB2312", "方正小标宋简体", "楷体_GB2312", "黑体"
_STAND_IN = {BODY: "仿宋", TITLE: "宋体", ASIDE: "楷体", HEADING: "SimHei"}
"""The font of every Chinese Windows that Word takes where the standard's own isn't installed."""

LINE = 579
"""Twentieths of a point: 22 lines of 28.95 pt fill 225 mm (637.8 pt); with 29 pt the last one would not fit."""
CLOSER = -5
"""Twentieths of a point between characters: 28 of 16 pt less 0.25 pt are 441 pt, and 156 mm are 442.2. A grid of
characters would say so too, but LibreOffice 7.4 spreads them by it, to 20 in a line."""


def docx(paper: Paper) -> bytes:
    """The whole file; the same bytes for the same paper."""
    parts = {
        "document": _document(paper),
        "styles": _styles(paper.lang),
        "settings": _SETTINGS,
        "fontTable": _FONTS,
        "footnotes": _footnotes(paper.notes),
        "footer1": _footer("right"),
        "footer2": _footer("left"),
    }
    return packed(parts, paper.title)


def _document(paper: Paper) -> str:
    body = [paragraph(run(paper.title), "Title")]
    for chapter in paper.chapters:
        body.append(paragraph(run(chapter.heading), "Heading1"))
        body += [_paragraph(one) for one in chapter.paragraphs]
    if paper.sources:
        body.append(paragraph(run(paper.heading), "Heading1"))
        body += [paragraph(run(f"{at}. {source}")) for at, source in enumerate(paper.sources, 1)]
    body.append(paragraph(run(paper.foot), "Aside"))
    return (
        f'<w:document xmlns:w="{W}" xmlns:r="{R}">'
        f"<w:body>{''.join(body)}"
        '<w:sectPr><w:footerReference w:type="default" r:id="footer1"/><w:footerReference w:type="even" '
        f'r:id="footer2"/><w:footnotePr>{_NUMBERED}</w:footnotePr><w:pgSz w:w="11906" w:h="16838"/>'
        f'<w:pgMar w:top="{_mm(37)}" w:right="{_mm(26)}" w:bottom="{_mm(35)}" w:left="{_mm(28)}" w:header="{_mm(15)}" '
        f'w:footer="{_mm(25.5)}" w:gutter="0"/><w:docGrid w:type="lines" w:linePitch="{LINE}"/>'
        "</w:sectPr></w:body></w:document>"
    )


def _paragraph(one: Paragraph) -> str:
    marks = "".join(f'<w:r>{_RAISED}<w:footnoteReference w:id="{note}"/></w:r>' for note in one.notes)
    return paragraph(run(one.text) + marks, "Aside" if one.look == "aside" else "")


def _footnotes(notes: tuple[str, ...]) -> str:
    """The two lines that part notes from text, which Word wants to find first, then the notes."""
    lines = "".join(
        f'<w:footnote w:type="{name}" w:id="{at}"><w:p><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/>'
        f'<w:ind w:firstLine="0"/></w:pPr><w:r><w:{name}/></w:r></w:p></w:footnote>'
        for at, name in ((-1, "separator"), (0, "continuationSeparator"))
    )
    mark = f"<w:r>{_RAISED}<w:footnoteRef/></w:r>"
    told = "".join(
        f'<w:footnote w:id="{at}">{paragraph(mark + run(f" {note}"), "FootnoteText")}</w:footnote>'
        for at, note in enumerate(notes, 1)
    )
    return f'<w:footnotes xmlns:w="{W}">{lines}{told}</w:footnotes>'


def _footer(side: str) -> str:
    """The number between dashes, a character from the edge."""
    gap = f'<w:ind w:firstLineChars="0" w:firstLine="0" w:{side}="280"/>'
    field = "".join(
        f"<w:r>{inner}</w:r>"
        for inner in (
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    look = f'<w:pPr><w:pStyle w:val="Footer"/>{gap}<w:jc w:val="{side}"/></w:pPr>'
    return f'<w:ftr xmlns:w="{W}"><w:p>{look}{run("— ")}{field}{run(" —")}</w:p></w:ftr>'


def _mm(length: float) -> int:
    """Millimetres in twentieths of a point."""
    return round(length / 25.4 * 1440)


def _styles(lang: str) -> str:
    line = f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/>'
    note = '<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="300" w:lineRule="exact"/>'
    foot = '<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
    title = f'<w:keepNext/><w:spacing w:before="0" w:after="{LINE}" w:line="700" w:lineRule="exact"/>'
    two = '<w:ind w:firstLineChars="200" w:firstLine="630"/>' if lang == "zh" else ""
    head, level = "<w:keepNext/>", '<w:outlineLvl w:val="0"/>'
    none, both = '<w:ind w:firstLineChars="0" w:firstLine="0"/>', '<w:jc w:val="both"/>'
    return (
        f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{fonts(BODY)}{_size(16)}'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>'
        + style("Normal", f"{line}{two}{both}", fonts(BODY) + _CLOSE, default=' w:default="1"')
        + style("Title", f'{title}{none}<w:jc w:val="center"/>', fonts(TITLE) + _size(22))
        + style("Heading1", f"{head}{line}{two}{level}", fonts(HEADING) + _CLOSE, called="heading 1")
        + style("Aside", f"{line}{two}{both}", fonts(ASIDE) + _CLOSE)
        + style("FootnoteText", f'{note}{none}<w:jc w:val="left"/>', fonts(BODY) + _size(10.5), called="footnote text")
        + style("Footer", foot, fonts("宋体", "宋体") + _size(14), called="footer")
        + "</w:styles>"
    )


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(2 * points)}"/><w:szCs w:val="{round(2 * points)}"/>'


_CLOSE = f'<w:spacing w:val="{CLOSER}"/>{_size(16)}'
_RAISED = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
_NUMBERED = '<w:numFmt w:val="decimal"/>'
_SETTINGS = (
    f'<w:settings xmlns:w="{W}"><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/>'
    '<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'
    f"{MODERN}</w:settings>"
)
_FONTS = (
    f'<w:fonts xmlns:w="{W}">'
    + "".join(f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>' for name, other in _STAND_IN.items())
    + "</w:fonts>"
)
