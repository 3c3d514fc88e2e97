"""Each way of writing a comparison holds both documents whole, and means nothing that the documents didn't say."""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser

import docx as python_docx
import pytest
from editions_of_a_rule import NEW, OLD, document, editions

from qa.types import Document
from qa.versions import compare, docx, render
from qa.versions.words import WORDS, summary

HOSTILE = "第一条 <script>alert(1)</script>|**粗**&amp;`码`不得执行。\n第二条 \x1b[31m红\x00字。\n第三条 渡口停航。"


class Columns(HTMLParser):
    """Text of the two columns' paragraphs, and what is marked in them."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, list[str]] = {"old": [], "new": []}
        self.marked: list[tuple[str, str]] = []
        self._column, self._tag = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "td":
            self._column = next((c for c in ("old", "new") if f"cp-{c}" in (dict(attrs)["class"] or "").split()), "")
        if tag == "p" and self._column:
            self.said[self._column].append("")
        if tag in ("del", "ins"):
            self._tag = tag

    def handle_endtag(self, tag: str) -> None:
        self._tag = "" if tag in ("del", "ins") else self._tag
        self._column = "" if tag == "td" else self._column

    def handle_data(self, data: str) -> None:
        if self._column:
            self.said[self._column][-1] += data
            if self._tag:
                self.marked.append((self._tag, data))


def columns(html: str) -> Columns:
    parser = Columns()
    parser.feed(html)
    return parser


@pytest.mark.parametrize("root", [None, "/youju"])
def test_html_holds_both_texts_whole(root: str | None) -> None:
    read = columns(render.table(compare(*editions()), root=root))
    assert "\n".join(read.said["old"]) == OLD
    assert "\n".join(read.said["new"]) == NEW
    assert ("ins", "运输") in read.marked
    assert ("del", "第三条") in read.marked


def test_only_changed_leaves_out_what_is_the_same() -> None:
    made = compare(*editions())
    for only, there in ((False, True), (True, False)):
        for said in (
            render.table(made, only),
            render.markdown(made, only),
            render.html(made, only),
            render.text(made, only),
        ):
            assert ("为了保障渡船和乘客的安全" in said) is there
            assert "救生衣" in said
    same = compare(document(OLD), document(OLD))
    assert WORDS["zh"]["none"] in render.table(same, True)
    assert WORDS["zh"]["none"] in render.text(same)


def test_rows_lead_to_where_their_other_side_stands() -> None:
    html = render.table(compare(*editions()), root="")
    (number,) = re.findall(r'<a href="#r(\d+)">现为第三条</a>', html)
    (back,) = re.findall(r'<a href="#r(\d+)">原为第六条</a>', html)
    assert re.search(rf'id="r{number}" class="cp-moved">', html)
    assert re.search(rf'id="r{back}" class="cp-moved">', html)
    assert "部分文字原在第四条" in html
    assert "部分文字现在第九条" in html
    start = NEW.index("第四条")
    assert f'href="/doc/新#s{start}-' in html


def test_markdown_strikes_and_emboldens() -> None:
    said = render.markdown(compare(*editions()))
    assert "| 第二条 县交通局主管全县渡船工作。 | 第二条 县交通**运输**局主管全县渡船工作。 |" in said
    assert "| ~~第六条~~ 渡口应当设置候船亭、照明灯和告示牌。 | （现为第三条） |" in said
    assert "| （新增） | **第八条 渡船应当配备救生衣，数量不少于核定的乘客人数。** |" in said


def test_the_terminal_shows_marks_and_obeys_nothing() -> None:
    said = render.text(compare(*editions()))
    assert "旧 第二条 县交通局主管全县渡船工作。\n  新 第二条 县交通{+运输+}局主管全县渡船工作。" in said
    assert summary(compare(*editions())) == "按条对照：修改 6 · 新增 2 · 删除 2 · 移动 2 · 未变 3"
    hostile = render.text(compare(document(HOSTILE), document(OLD)))
    assert "\x1b" not in hostile
    assert "\x00" not in hostile


def test_what_documents_say_stays_text() -> None:
    made = compare(document(HOSTILE), document(NEW))
    assert "<script" not in render.html(made) + render.markdown(made)
    assert r"\|\*\*粗\*\*" in render.markdown(made)
    assert "".join(columns(render.table(made)).said["old"][0]) == HOSTILE.split("\n")[0]


def word_columns(data: bytes) -> tuple[list[str], list[str]]:
    """The paragraphs of each column, asides left out, read by python-docx."""
    (table,) = python_docx.Document(io.BytesIO(data)).tables
    found: tuple[list[str], list[str]] = ([], [])
    for row in table.rows[1:]:
        for column, cell in zip(found, row.cells, strict=True):
            column += [p.text for p in cell.paragraphs if p.style is not None and p.style.name != "Note"]
    return found


def test_word_holds_both_texts_whole_and_marks_them() -> None:
    data = docx(compare(*editions()))
    assert word_columns(data) == (OLD.split("\n"), NEW.split("\n"))
    opened = python_docx.Document(io.BytesIO(data))
    runs = [run for row in opened.tables[0].rows for cell in row.cells for p in cell.paragraphs for run in p.runs]
    assert "运输" in [run.text for run in runs if run.bold]
    assert "第三条" in [run.text for run in runs if run.font.strike]
    assert "（现为第三条）" in [run.text for run in runs]
    assert opened.paragraphs[0].text == "梅溪县渡船管理办法 新旧对照表"
    assert docx(compare(*editions())) == data


def test_word_survives_what_xml_cannot_hold() -> None:
    made = compare(document(HOSTILE), Document("b", "b.txt", "空", ""))
    old, _ = word_columns(docx(made))
    assert "\n".join(old) == HOSTILE.replace("\x1b", "\ufffd").replace("\x00", "\ufffd")
    with zipfile.ZipFile(io.BytesIO(docx(made))) as file:
        assert file.testzip() is None


def test_every_word_is_there_in_both_languages() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert "moved" in render.html(compare(*editions()), lang="en")
