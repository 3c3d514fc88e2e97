"""Tables of questions: forgiving heads, expectations found in the library, and words for what can't be met."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import InputError
from qa.evaluate.table import MOST, UNJUDGED, Asked, golds, read_rows
from qa.load.excel import read_cells
from qa.sheet import workbook
from qa.types import Chunk, Document, DocumentInfo, Facts, Hit, Section

TEXT = """渡船管理办法
第一条 渡船每年检修一次。
第一条之一 费用由经营人承担。
第十二条 本办法自印发之日起施行。
（一）四项内容
一是修桥。"""


def _section(label: str, title: str = "") -> Section:
    start = TEXT.index(label + (title or " "))
    return Section(1, label, title, start, (TEXT + "\n").index("\n", start))


DOCUMENT = Document(
    *("d1", "制度/渡船管理办法.docx", "渡船管理办法", TEXT, ()),
    sections=(_section("第一条"), _section("第一条之一"), _section("第十二条"), _section("（一）", "四项内容")),
    facts=Facts(),
    format="docx",
)


class Shelf:
    def documents(self) -> tuple[DocumentInfo, ...]:
        d = DOCUMENT
        return (DocumentInfo(d.id, d.path, d.title, len(d.text), 1, 1, "docx", None, d.facts, ()),)

    def document(self, doc_id: str) -> Document:
        return DOCUMENT

    def text(self, path: str, start: int = 0, end: int | None = None) -> str:
        return TEXT[start:end]

    def search(self, question: str, k: int = 10) -> list[Hit]:
        return [Hit(Chunk(1, "d1", 0, 5, 0, TEXT[:5]), 0.9, DOCUMENT.path, DOCUMENT.title)]


@pytest.mark.parametrize(
    "heads",
    [
        ["问题", "文件", "条款", "原文"],
        ["Question", "Document", "Article", "Quote"],
        ["题目*", " 文档（文件名或标题）", "条款：", "标准答案"],
        ["出处", "第几条", "引文", "提问"],
    ],
)
def test_heads_are_forgiving(heads: list[str]) -> None:
    places = {"q": 0, "d": 1, "a": 2, "t": 3} if heads[0] != "出处" else {"d": 0, "a": 1, "t": 2, "q": 3}
    line = [""] * 4
    for name, place in places.items():
        line[place] = name
    (found,) = read_rows([["单位自测题"], [], heads, line, ["", "", "", ""]])
    assert found == Asked(4, "q", "d", "a", "t")


def test_what_is_no_table_of_questions_is_told() -> None:
    with pytest.raises(InputError, match="没有“问题”一列"):
        read_rows([["甲", "乙"], ["1", "2"]])
    with pytest.raises(InputError, match="没有“问题”一列"):
        read_rows([])
    with pytest.raises(InputError, match="是空的"):
        read_rows([["问题"], [""], []])
    with pytest.raises(InputError, match="一次最多"):
        read_rows([["问题"], *[["问"]] * (MOST + 1)])
    assert len(read_rows([["问题"], *[["问"]] * MOST])) == MOST


@pytest.mark.parametrize(
    ("asked", "quote"),
    [
        (Asked(2, "问", "渡船管理办法", "第一条"), "第一条 渡船每年检修一次。"),
        (Asked(2, "问", "《渡船管理办法》", "1"), "第一条 渡船每年检修一次。"),
        (Asked(2, "问", "渡船管理办法.docx", "第一条之一"), "第一条之一 费用由经营人承担。"),
        (Asked(2, "问", "制度/渡船管理办法.docx", "第12条"), "第十二条 本办法自印发之日起施行。"),
        (Asked(2, "问", "d1", "（一）"), "（一）四项内容"),
        (Asked(2, "问", "渡船管理办法", "", "渡船每年\n检修一次"), "渡船每年\n检修一次"),
        (Asked(2, "问", "", "", "渡船每年检修一次"), "渡船每年检修一次"),
        (Asked(2, "问", "渡船管理办法"), TEXT),
    ],
)
def test_what_is_expected_is_found_in_the_library(asked: Asked, quote: str) -> None:
    (gold,), wrong = golds(Shelf(), [asked])
    assert (gold.evidence, gold.answerable, wrong) == (((DOCUMENT.path, quote),), True, {})


@pytest.mark.parametrize("nothing", ["无", "没有依据", "None", "No answer"])
def test_nothing_expected_is_not_the_same_as_nothing_said(nothing: str) -> None:
    found, _ = golds(Shelf(), [Asked(2, "问", nothing), Asked(3, "问")])
    assert [gold.type for gold in found] == ["unanswerable", UNJUDGED]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Asked(2, "问", "没有的文件"), "没有“没有的文件”"),
        (Asked(2, "问", "渡船管理办法", "第九条"), "没有“第九条”"),
        (Asked(2, "问", "", "第九条"), "没有写文件"),
        (Asked(2, "问", "渡船管理办法", "", "别处的话"), "没有这段原文"),
        (Asked(2, "问", "", "", "别处的话"), "资料库里没有这段原文"),
    ],
)
def test_what_cannot_be_met_is_told_and_not_counted(asked: Asked, told: str) -> None:
    found, wrong = golds(Shelf(), [asked])
    assert found == []
    assert told in wrong[2]


@given(st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=8))
def test_what_is_written_is_read_back_as_text(rows: list[list[str]]) -> None:
    """By our own reader, as shown: no formula, no link, no number out of a text."""
    clean = [["".join(c for c in cell if c.isprintable() and c.isascii()).strip() for cell in row] for row in rows]
    (sheet,) = read_cells(workbook({"甲": clean}))
    read = [[cell.strip() for cell in row] for row in sheet.rows]
    for at, row in enumerate(clean):
        found = read[at] if at < len(read) else []
        assert found + [""] * (len(row) - len(found)) == row


def test_excel_finds_no_formula_in_it() -> None:
    from openpyxl import load_workbook

    data = workbook({"题": [["=1+1", "http://x.cn", 0.5, None], ["@A", "-1", 3, "\x00\x0b坏字符"]]}, (10, 20))
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert [[cell.data_type for cell in row] for row in sheet.iter_rows()] == [
        ["s", "s", "n", "n"],
        ["s", "s", "n", "s"],
    ]
    assert sheet["A1"].value == "=1+1"
    assert sheet["A1"].hyperlink is None
