"""Old and foreign formats, made by LibreOffice from the new ones; they are read through it again."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sample_files import make_docx

from load.cases import Case
from load.cases.slides import at, make_pptx, paragraphs, shape
from load.cases.word import abstract, cell, level, listed, num, p, row, tbl

FILTERS = {
    "doc": "doc:MS Word 97",
    "odt": "odt:writer8",
    "ppt": "ppt:MS PowerPoint 97",
    "ods": "ods:calc8",
}


@cache
def made(make: Callable[[], bytes], before: str, after: str) -> bytes:
    """The document that ``make`` gives, of suffix ``before``, saved by LibreOffice as ``after``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / f"in.{before}").write_bytes(make())
        command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to"]
        command += [FILTERS[after], "--outdir", str(folder / "out"), str(folder / f"in.{before}")]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return (folder / "out" / f"in.{after}").read_bytes()


def _letter() -> bytes:
    numbering = abstract(0, level(0, "chineseCounting", "%1、"), level(1, "chineseCounting", "（%2）")) + num(1, 0)
    styles = (
        '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/>'
        '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    )
    wide = "".join(f'<w:gridCol w:w="{2000}"/>' for _ in range(3))
    body = (
        p("关于更换门禁卡的通知", '<w:pStyle w:val="1"/>')
        + p("各科室：")
        + listed("更换范围")
        + listed("在岗人员；", 1)
        + listed("借调人员。", 1)
        + listed("更换时间")
        + p("自八月一日起更换，八月五日前完成。")
        + tbl(
            f"<w:tblGrid>{wide}</w:tblGrid>",
            row("日期", "科室", "地点"),
            row(cell("八月一日", '<w:vMerge w:val="restart"/>'), "一科", "东门"),
            row(cell("", "<w:vMerge/>"), "二科", "西门"),
        )
        + p('<w:r><w:t>旧卡同时收回。</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>')
    )
    return make_docx(
        body,
        numbering=numbering,
        styles=styles,
        footnotes=f'<w:footnote w:id="2">{p("遗失的须登记。")}</w:footnote>',
    )


def _rich() -> bytes:
    """RTF as systems write it: letters by bytes of GBK and by number, a table, a destination to pass over."""

    def said(text: str) -> str:
        head, tail = text[:1], text[1:]
        return f"\\u{ord(head)}?" + "".join(f"\\'{byte:02x}" for byte in tail.encode("gb18030"))

    edges = "".join(f"\\cellx{2000 * (at + 1)}" for at in range(3))
    rows = [("日期", "科室", "地点"), ("八月一日", "一科", "东门"), ("八月二日", "二科", "西门")]
    table = "".join(
        f"\\trowd{edges}" + "".join(f"\\pard\\intbl {said(text)}\\cell" for text in line) + "\\row " for line in rows
    )
    fonts = f"{{\\fonttbl{{\\f0\\fnil\\fcharset134 {said('宋体')};}}}}"
    title = f"{{\\info{{\\title {said('标题栏')}}}}}"
    lines = "".join(
        f"\\pard {said(text)}\\par " for text in ("关于更换门禁卡的通知", "一、更换时间", "八月五日前完成。")
    )
    return f"{{\\rtf1\\ansi\\ansicpg936\\deff0{fonts}{title}\\f0 {lines}{table}\\pard\\par}}".encode("ascii")


def _word_2003() -> bytes:
    def paragraph(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    lines = ("关于更换门禁卡的通知", "一、更换时间", "八月五日前完成。")
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><?mso-application progid="Word.Document"?>'
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml">'
        f"<w:body>{''.join(map(paragraph, lines))}</w:body></w:wordDocument>"
    ).encode()


def _talk() -> bytes:
    first = shape(paragraphs("节水常识"), at(1, 1), 'type="title"') + shape(
        paragraphs("随手关阀。", "一水多用。"), at(1, 5)
    )
    second = shape(paragraphs("检查办法"), at(1, 1), 'type="title"') + shape(paragraphs("每周抄表一次。"), at(1, 5))
    return make_pptx([first, second])


def _budget() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "预算"
    sheet.append(["科目", "金额", "比例"])
    sheet.append(["差旅", 1200, 0.4])
    sheet.append(["会务", 1800, 0.6])
    for cells in sheet["C2:C3"]:
        cells[0].number_format = "0%"
    with tempfile.TemporaryDirectory() as name:
        book.save(Path(name) / "a.xlsx")
        return (Path(name) / "a.xlsx").read_bytes()


_LETTER = (
    *("关于更换门禁卡的通知", "各科室：", "一、更换范围", "（一）在岗人员；", "（二）借调人员。", "二、更换时间"),
    *(
        "自八月一日起更换，八月五日前完成。",
        "日期：八月一日；科室：一科；地点：东门",
        "日期：八月一日；科室：二科；地点：西门",
    ),
    *("旧卡同时收回。", "注：遗失的须登记。"),
)
_NOTICE = ("关于更换门禁卡的通知", "一、更换时间", "八月五日前完成。")
_RICH = (*_NOTICE, "日期：八月一日；科室：一科；地点：东门", "日期：八月二日；科室：二科；地点：西门")
_TALK = ("节水常识", "随手关阀。", "一水多用。", "检查办法", "每周抄表一次。")
_BUDGET = ("科目：差旅；金额：1200；比例：40%", "科目：会务；金额：1800；比例：60%")
_PAGES = ((1, "节水常识"), (2, "检查办法"))


def _case(name: str, make: Callable[[], bytes], before: str, after: str, text: tuple[str, ...], **more: object) -> Case:
    return Case(name, lambda: made(make, before, after), text, needs="!soffice", **more)  # type: ignore[arg-type]


CASES = [
    _case(
        "门禁卡.doc",
        _letter,
        "docx",
        "doc",
        _LETTER,
        outline=((1, "一、更换范围"), (2, "（一）在岗人员"), (2, "（二）借调人员"), (1, "二、更换时间")),
    ),
    _case("门禁卡.wps", _letter, "docx", "doc", _LETTER),
    _case("门禁卡.odt", _letter, "docx", "odt", _LETTER),
    Case("门禁卡.rtf", _rich, _RICH, needs="!soffice"),
    Case("门禁卡-富文本.doc", _rich, _RICH, needs="!soffice"),  # RTF that calls itself .doc
    Case("门禁卡-2003.doc", _word_2003, _NOTICE, needs="!soffice"),
    _case("节水.ppt", _talk, "pptx", "ppt", _TALK, pages=_PAGES),
    _case("节水.dps", _talk, "pptx", "ppt", _TALK, pages=_PAGES),
    _case("预算.ods", _budget, "xlsx", "ods", ("预算", *_BUDGET)),
    Case("门禁卡-新.wps", _letter, _LETTER, accuracy=1),  # WPS writes the new format under its own suffix
    Case("预算.et", _budget, ("预算", *_BUDGET), accuracy=1),
    Case(
        "导出通知.doc",  # a page of HTML that a system calls a Word document
        lambda: (
            "<div><h1>停电通知</h1><p>本周六上午<b>停电</b>检修。</p>"
            "<table><tr><td>楼号<td>时段<td>联系人</tr><tr><td>3号楼<td>上午<td>老周</tr></table></div>"
        ).encode("gb18030"),
        ("停电通知", "本周六上午停电检修。", "楼号：3号楼；时段：上午；联系人：老周"),
        accuracy=1,
    ),
]
