"""Word documents: what Word shows, in order."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import pytest
from sample_files import make_docx

from qa.clean import clean
from qa.load.numbering import number_text
from qa.types import Loaded

Read = Callable[..., Loaded]


def lines_of(loaded: Loaded) -> list[str]:
    return clean(loaded.blocks).text.split("\n")


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, level: int = 0, num: int = 1) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def level(depth: int, kind: str, text: str, more: str = "") -> str:
    start = f'<w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
    return f'<w:lvl w:ilvl="{depth}">{start}{more}<w:lvlText w:val="{text}"/></w:lvl>'


def test_a_document_made_by_a_word_library(read: Read) -> None:
    document = docx.Document()
    document.core_properties.title = "工作办法"
    document.add_heading("工作办法", 0)
    document.add_heading("一、总则", 1)
    document.add_paragraph("正文第一段。")
    document.add_heading("（一）细则", 2)
    table = document.add_table(rows=3, cols=3)
    for row, cells in zip(table.rows, ["序号 任务 时限", "1 调研 三月", "2 总结 六月"], strict=True):
        for cell, text in zip(row.cells, cells.split(), strict=True):
            cell.text = text
    document.add_paragraph("上一行\n下一行。")
    buffer = io.BytesIO()
    document.save(buffer)
    loaded = read("a.docx", buffer.getvalue())
    assert (loaded.format, loaded.title, loaded.encoding) == ("docx", "工作办法", None)
    assert lines_of(loaded) == [
        "工作办法",
        "一、总则",
        "正文第一段。",
        "（一）细则",
        "序号：1；任务：调研；时限：三月",
        "序号：2；任务：总结；时限：六月",
        "上一行",
        "下一行。",
    ]
    assert [mark.level for mark in clean(loaded.blocks).marks] == [1, 1, 2]


def test_automatic_numbers_as_word_shows_them(read: Read) -> None:
    levels = (
        level(0, "chineseCountingThousand", "第%1条")
        + level(1, "chineseCounting", "（%2）", '<w:suff w:val="nothing"/>')
        + level(2, "decimal", "%1.%3", "<w:isLgl/>")
        + level(3, "bullet", "\uf06c")
    )
    numbering = (
        f'<w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="7"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="11"/></w:lvlOverride></w:num>'
    )
    body = [
        numbered("甲"), numbered("乙", 1), numbered("丙", 1), numbered("丁"), numbered("戊", 1), numbered("己", 2),
        numbered("庚", 3), numbered("辛", 0, 2), numbered("壬", 0, 2), numbered("无", 0, 0),
    ]  # fmt: skip
    loaded = read("a.docx", make_docx("".join(body), numbering=numbering))
    assert lines_of(loaded) == [
        *(
            "第一条 甲",
            "（一）乙",
            "（二）丙",
            "第二条 丁",
            "（一）戊",
            "2.1 己",
            "庚",
            "第十一条 辛",
            "第十二条 壬",
            "无",
        ),
    ]


def test_number_and_level_that_come_from_the_style(read: Read) -> None:
    styles = (
        '<w:style w:styleId="a1"><w:name w:val="标题 3"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="a2"><w:name w:val="自定义"/><w:basedOn w:val="a1"/></w:style>'
        '<w:style w:styleId="t"><w:name w:val="toc 1"/></w:style>'
    )
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level(0, "ideographTraditional", "%1、")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = p("一、目录行\t1", '<w:pStyle w:val="t"/>') + p("概况", '<w:pStyle w:val="a2"/>')
    body += p("计划", '<w:pStyle w:val="a1"/>') + p("大纲", '<w:outlineLvl w:val="1"/>')
    found = clean(read("a.docx", make_docx(body, styles=styles, numbering=numbering)).blocks)
    assert found.text == "甲、概况\n乙、计划\n大纲"
    assert [mark.level for mark in found.marks] == [3, 3, 2]


def test_changes_notes_boxes_and_hidden_text(read: Read) -> None:
    body = (
        "<w:p><w:r><w:t>保留</w:t></w:r><w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>新增。</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"
        '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:fldChar/><w:instrText>PAGE</w:instrText></w:r></w:p>'
        "<w:p><w:r><w:t>框外。</w:t></w:r><w:r><w:pict><w:txbxContent>"
        + p("框内。")
        + "</w:txbxContent></w:pict></w:r></w:p>"
        "<w:sdt><w:sdtContent>" + p("控件内。") + "</w:sdtContent></w:sdt>"
    )
    notes = '<w:footnote w:id="2"><w:p><w:r><w:t>脚注文字。</w:t></w:r></w:p></w:footnote>'
    assert lines_of(read("a.docx", make_docx(body, footnotes=notes))) == [
        *("保留新增。", "注：脚注文字。", "框外。", "框内。", "控件内。"),
    ]


def test_merged_cells_keep_every_row_whole(read: Read) -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<w:tc><w:tcPr>{more}</w:tcPr>{p(text)}</w:tc>"

    rows = [
        cell("类别") + cell("任务") + cell("时限"),
        cell("调研", '<w:vMerge w:val="restart"/>') + cell("走访") + cell("三月"),
        cell("", "<w:vMerge/>") + cell("座谈") + cell("四月"),
        cell("共两项任务", '<w:gridSpan w:val="3"/>'),
    ]
    body = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    assert lines_of(read("a.docx", make_docx(body))) == [
        "类别：调研；任务：走访；时限：三月",
        "类别：调研；任务：座谈；时限：四月",
        "共两项任务",
    ]


@pytest.mark.parametrize(
    ("number", "kind", "expected"),
    [
        *((n, "chineseCounting", t) for n, t in [(1, "一"), (10, "十"), (19, "十九"), (20, "二十"), (32, "三十二")]),
        *(
            (n, "chineseCountingThousand", t)
            for n, t in [(100, "一百"), (105, "一百零五"), (110, "一百一十"), (1001, "一千零一")]
        ),
        *((n, "ideographDigital", t) for n, t in [(10, "一〇"), (25, "二五")]),
        *(
            (4, kind, t)
            for kind, t in [("lowerRoman", "iv"), ("upperLetter", "D"), ("decimalZero", "04"), ("none", "")]
        ),
        *((n, "decimalEnclosedCircle", t) for n, t in [(1, "①"), (20, "⑳"), (21, "21")]),
        *((n, "upperLetter", t) for n, t in [(26, "Z"), (27, "AA")]),
        *((n, "ideographTraditional", t) for n, t in [(10, "癸"), (11, "甲")]),
        (12, "chineseLegalSimplified", "拾贰"),
        (7, "unknownFormat", "7"),
    ],
)
def test_number_formats(number: int, kind: str, expected: str) -> None:
    assert number_text(number, kind) == expected
