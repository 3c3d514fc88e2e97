"""Workbooks and slides: what is left out is told, what is too large is cut and told, broken files only ever say so."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_files import make_docx, make_xlsx, relationships

from load.cases import cases
from load.cases.excel import data, row
from load.cases.slides import make_pptx, paragraphs, shape
from load.cases.word import p, run
from qa.clean import clean
from qa.errors import ReadError
from qa.load import sheets
from qa.load.cell_format import shown
from qa.load.excel import read_excel
from qa.load.excel_old import read_excel_old
from qa.load.slides import read_slides
from qa.load.word import read_word
from qa.types import Loaded, PageRead

Read = Callable[..., Loaded]
MADE = {case.name: case for case in cases()}


def with_part(data: bytes, name: str) -> bytes:
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, b"x")
    return buffer.getvalue()


def test_what_a_workbook_hides_is_told(read: Read) -> None:
    loaded = read("a.xlsx", with_part(MADE["资产隐藏.xlsx"].make(), "xl/vbaProject.bin"))
    assert loaded.warnings == (
        "文件里有宏，宏没有运行，也没有收入",
        "隐藏的工作表“参数”、“码表”没有收入；需要的话请取消隐藏后保存",
        "隐藏的 1 行、1 列没有收入；需要的话请取消隐藏后保存",
    )
    assert read("a.xls", MADE["收支表.xls"].make()).warnings[0].startswith("隐藏的工作表“底稿”没有收入")


def test_formulas_without_a_result_are_told(read: Read) -> None:
    told = read("a.xlsx", MADE["办事事项.xlsx"].make()).warnings
    assert told == ("有 1 个公式没有存下结果，这些格子是空的；请用 Excel 或 WPS 打开，保存一次",)


def test_sheets_are_counted_as_pages_and_empty_ones_too(read: Read) -> None:
    loaded = read("某台账.xlsx", MADE["任务台账.xlsx"].make())
    assert [(one.number, one.source) for one in loaded.reads] == [(1, "text"), (2, "text"), (3, "none")]
    assert loaded.reads[0].chars == sum(
        len(block.text) for block in loaded.blocks if block.page == 1 and not block.level
    )
    assert loaded.title == "某台账"


def test_a_huge_sheet_is_cut_and_told(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.load.excel.MAX_CELLS", 6)
    inner = data(*(row(n, "甲", "乙") for n in range(1, 10)))
    loaded = read("a.xlsx", make_xlsx([('name="一"', inner), ('name="二"', inner)]))
    assert [warning for warning in loaded.warnings if "太大" in warning] == [
        "工作表“一”太大，只收入了前 3 行、至多 256 列；请拆分",
    ]
    assert sum("乙" in block.text for block in loaded.blocks) == 3


def test_a_sheet_wider_than_a_text_is_cut_and_told(read: Read) -> None:
    cells = '<c r="ZZ1" t="inlineStr"><is><t>远</t></is></c>'
    loaded = read(
        "a.xlsx", make_xlsx([('name="宽"', f"<sheetData><row r='1'><c r='A1'><v>1</v></c>{cells}</row></sheetData>")])
    )
    assert ["太大" in warning for warning in loaded.warnings] == [True]


def test_a_large_csv_is_cut_and_told(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.load.text.MAX_CELLS", 6)
    loaded = read("a.csv", "甲,乙\n一,二\n三,四\n五,六\n七,八\n")
    assert loaded.warnings == ("表格太大（5 行），只收入了前 3 行；请拆分",)
    assert [block.text for block in loaded.blocks] == ["甲：一；乙：二", "甲：三；乙：四"]


def test_a_csv_whose_quotes_do_not_pair_up_is_read_line_by_line(read: Read) -> None:
    loaded = read("a.csv", '甲,乙\n"一,二\n' + "三,四\n" * 40_000)
    assert "引号不成对" in loaded.warnings[0]
    assert [block.text for block in loaded.blocks[:2]] == ['甲："一；乙：二', "甲：三；乙：四"]


def test_hidden_and_empty_slides_are_told(read: Read) -> None:
    loaded = read("a.pptx", MADE["培训讲义.pptx"].make())
    assert loaded.warnings == (
        "第 2 张幻灯片是隐藏的，放映时看不到，也已收入",
        "第 4 张幻灯片没有文字（可能只有图片，共 1 张）",
    )
    assert [one.source for one in loaded.reads] == ["text", "text", "text", "none"]
    assert loaded.reads[1] == PageRead(2, 37)


def test_slides_in_one_row_are_read_from_left_to_right() -> None:
    def place(x: int, y: int) -> str:
        return f'<a:xfrm><a:off x="{x}" y="{y}"/></a:xfrm>'

    inner = shape(paragraphs("右"), place(9_000_000, 1_000_000)) + shape(paragraphs("左"), place(0, 1_200_000))
    assert [block.text for block in read_slides(make_pptx([inner])).blocks] == ["左", "右"]


def test_what_a_word_document_holds_besides_is_told(read: Read) -> None:
    made = make_docx(p(run("正文。") + run("隐藏。", "<w:vanish/>")))
    for name in ("word/vbaProject.bin", "word/embeddings/a.xlsx", "word/media/a.png"):
        made = with_part(made, name)
    told = read("a.docm", made).warnings
    assert [
        words in warning
        for words, warning in zip(("宏没有运行", "3 个隐藏的字", "1 个别的文件", "1 张图片"), told, strict=True)
    ] == [True] * 4


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (46082, "yyyy/m/d", "2026/3/1"),
        (59, "yyyy-m-d", "1900-2-28"),  # the day before the one that never was
        (0.5, "m/d", "12/31"),
        (46082.5625, "yyyy-mm-dd hh:mm", "2026-03-01 13:30"),
        (46082.99999999, "yyyy-mm-dd hh:mm:ss", "2026-03-02 00:00:00"),
        (46082, "[$-F800]dddd, mmmm dd, yyyy", "2026年3月1日"),
        (46082, "[DBNum1][$-804]yyyy年m月d日", "二〇二六年三月一日"),
        (46082, "aaaa", "星期日"),
        (46082.75, "上午/下午h:mm", "下午6:00"),
        (1.5, "[h]:mm", "36:00"),
        (3_000_000, "yyyy", "3000000"),  # beyond the year 9999
        (0.125, "0%", "13%"),
        (2.675, "0.00", "2.68"),  # rounded as written in decimals, not in binary
        (-5, "0.00;[Red]0.00", "-5.00"),  # told apart by colour only
        (-5, "0.00_);(0.00)", "(5.00)"),
        (0, '0;-0;"无"', "无"),
        (5, ";;;", ""),
        (12_345_678, '#,##0.0,"千元"', "12,345.7千元"),
        (20260301, "0000-00-00", "2026-03-01"),
        (-0.001, "0.00", "0.00"),
        (0.00012, "0.00E+00", "1.20E-04"),
        (59, '[>=60]"合格";"不合格"', "不合格"),
        (3, '[DBNum1]"第"General"号"', "第三号"),
        (0.1 + 0.2, "General", "0.3"),
        (1e300, "0.00", "1e+300"),
        (110101199003071234, "0", "110101199003071000"),
    ],
)
def test_numbers_as_the_sheet_shows_them(value: float, code: str, expected: str) -> None:
    assert shown(value, code) == expected


def test_workbooks_that_count_days_from_1904() -> None:
    assert shown(44620, "yyyy/m/d", from_1904=True) == "2026/3/1"


def test_tables_below_each_other_need_a_title_and_a_head() -> None:
    sheet = sheets.Sheet(
        "一", [["名称", "数", "注"], ["甲", "1", "x"], [], ["乙", "2", "y"], ["丙", "3", "z"], ["丁", "4", "w"]]
    )
    loaded = sheets.workbook([sheet], "xlsx", None, [], sheets.Left())
    assert [block.text for block in loaded.blocks][-1] == "名称：丁；数：4；注：w"


_SEEDS = [
    (read_word, MADE["修订.docx"].make()),
    (read_word, MADE["域.docx"].make()),
    (read_excel, MADE["项目格式.xlsx"].make()),
    (read_slides, MADE["数据图表.pptx"].make()),
]
_ODD = st.sampled_from(["", "-1", "99999999999", "²", "1.5", "NaN", "true", "<w:p/>", "&#0;", "\ud7ff"])


@given(st.sampled_from(_SEEDS), st.data())
def test_a_broken_package_says_so_or_reads(seed: tuple[Callable[[bytes], Loaded], bytes], draw: st.DataObject) -> None:
    """Attributes and pieces of the XML replaced by nonsense."""
    reader, made = seed
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    name = draw.draw(st.sampled_from(sorted(parts)))
    places = [at for at, char in enumerate(parts[name]) if char in '"<>']
    start = draw.draw(st.sampled_from(places)) + 1
    end = draw.draw(st.sampled_from([at for at in [*places, len(parts[name])] if at >= start][:4]))
    parts[name] = parts[name][:start] + draw.draw(_ODD) + parts[name][end:]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for one, text in parts.items():
            archive.writestr(one, text)
    with contextlib.suppress(ReadError):
        clean(reader(buffer.getvalue()).blocks)


@given(st.data())
def test_a_broken_binary_workbook_says_so_or_reads(draw: st.DataObject) -> None:
    made = bytearray(MADE["收支表.xls"].make())
    for _ in range(draw.draw(st.integers(1, 20))):
        made[draw.draw(st.integers(512, len(made) - 1))] = draw.draw(st.integers(0, 255))
    with contextlib.suppress(ReadError):
        clean(read_excel_old(bytes(made)).blocks)


def test_a_package_that_unpacks_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.load.package._MAX_TREE", 5000)
    assert read_word(make_docx(p("正文。"))).blocks
    with pytest.raises(ReadError, match=r"Word 文档解压后过大（word/document\.xml）。请拆分"):
        read_word(make_docx(p("正文。" * 2000)))


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.load.package._MAX_PARTS", 3)
    with pytest.raises(ReadError, match="里有 4 个部件，多得不正常"):
        read_word(make_docx(p("正文。")))


def test_smartart_and_charts_in_a_document_are_read_where_they_stand() -> None:
    slides = zipfile.ZipFile(io.BytesIO(MADE["数据图表.pptx"].make()))
    names = " ".join(
        f'xmlns:{name}="http://schemas.openxmlformats.org/{kind}"'
        for name, kind in [
            ("r", "officeDocument/2006/relationships"),
            ("dgm", "drawingml/2006/diagram"),
            ("c", "drawingml/2006/chart"),
        ]
    )
    drawn = f'<w:r><w:drawing {names}><dgm:relIds r:dm="d"/></w:drawing></w:r>'
    drawn += f'<w:r><w:drawing {names}><c:chart r:id="c"/></w:drawing></w:r>'
    buffer = io.BytesIO()
    links = relationships(("d", "diagramData", "diagrams/data1.xml"), ("c", "chart", "charts/chart1.xml"))
    made = io.BytesIO(make_docx(p(run("图：") + drawn) + p("后文。")))
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, links if name.endswith("document.xml.rels") else old.read(name))
        for name in ("diagrams/data1.xml", "charts/chart1.xml"):
            new.writestr(f"word/{name}", slides.read(f"ppt/{name}"))
    texts = [block.text for block in read_word(buffer.getvalue()).blocks]
    assert texts == ["图：", "收集", "鉴定", "归档", "利用人次", "一季度；到馆：21", "二季度；到馆：34", "后文。"]


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "啊啊啊啊啊啊啊啊啊啊"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    made = make_docx(p("正文"))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        document = archive.read("word/document.xml").decode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", bomb + document.replace("正文", "正文&b;。"))
    assert "啊" not in "".join(block.text for block in read_word(buffer.getvalue()).blocks)
