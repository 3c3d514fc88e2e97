"""Conversations sent back by the browser: opened again and exported, with nothing shown that isn't in the library."""

from __future__ import annotations

import io
import re
import zipfile
from copy import deepcopy
from datetime import date
from typing import Any
from urllib.parse import unquote

import docx as python_docx
import pytest
from fastapi.testclient import TestClient
from library import DOCUMENT, HOSTILE, TEXT, Library, cite
from lxml import etree
from markdown_it import MarkdownIt

from qa.load.word import read_word
from qa.types import Answer, Sentence, Twin
from qa.web.history import drawer
from qa.web.history.docx import docx
from qa.web.history.markdown import inactive, markdown
from qa.web.history.paper import Paper, paper, plain
from qa.web.history.reopen import SHOWN, reopened
from qa.web.history.routes import file_name
from qa.web.history.turns import TurnIn, rebuilt
from qa.web.kept import Kept
from qa.wordfile import W

QUOTE = "坚持问题导向，力戒形式主义。"
DAY = date(2026, 11, 24)


def turn(question: str, **change: Any) -> dict[str, Any]:
    """As the page's script makes it of an answer."""
    answer = Library().ask(question)
    return slim(answer) | change


def slim(a: Answer) -> dict[str, Any]:
    return {
        "question": a.question,
        "status": a.status,
        "kind": a.kind,
        "confidence": a.confidence,
        "sentences": [
            {
                "citations": list(s.citations),
                "focus": s.focus and list(s.focus),
                "context": [c.number for c in s.context],
            }
            for s in a.sentences
        ],
        "citations": [
            {
                **{name: getattr(c, name) for name in ("number", "doc_id", "start", "end", "quote")},
                "same": [{k: getattr(t, k) for k in ("doc_id", "start", "end", "kind", "date")} for t in c.same],
            }
            for c in a.quoted
        ],
        "suggestions": [{"doc_id": s.doc_id, "start": s.start} for s in a.suggestions],
        "reason": a.reason,
        "missing": list(a.missing),
        "notes": list(a.notes),
    }


def again(*turns: dict[str, Any], library: Library | None = None) -> list[Answer]:
    return rebuilt(library or Library(), [TurnIn(**one) for one in turns])


def made(*turns: dict[str, Any], lang: Any = "zh") -> Paper:
    return paper(Library(), again(*turns), lang, DAY)


def moved(one: dict[str, Any], by: int) -> dict[str, Any]:
    one = deepcopy(one)
    for c in one["citations"]:
        c["start"], c["end"] = c["start"] + by, c["end"] + by
    return one


def test_an_answer_comes_back_whole() -> None:
    good, above = cite(1, QUOTE), cite(2, "（一）四项内容")
    twin = Twin("d1", DOCUMENT.path, DOCUMENT.title, 3, 9, "edition", "2025-01-01")
    asked = Answer(
        "坚持什么？", "answered", "article", (Sentence(QUOTE, (1,), (2, 6), (above,)),), (good,), confidence=0.7
    )
    one = slim(asked)
    one["citations"][0]["same"] = [{"doc_id": "d1", "start": 3, "end": 9, "kind": "edition", "date": "2025-01-01"}]
    (back,) = again(one)
    (cited,) = back.citations
    assert (cited.quote, cited.start, cited.page, cited.title) == (QUOTE, good.start, 1, DOCUMENT.title)
    assert cited.breadcrumb == ("一、总体要求",)
    assert cited.same == (twin,)
    assert cited.facts["status"] == "现行"
    (sentence,) = back.sentences
    assert (sentence.text, sentence.focus, sentence.context[0].quote) == (QUOTE, (2, 6), "（一）四项内容")
    assert (back.kind, back.confidence) == ("article", 0.7)
    (told,) = again(turn("火星"))
    assert [s.heading for s in told.suggestions] == ["（一）四项内容"]
    assert (told.status, told.missing) == ("abstained", ("火星",))
    (told,) = again(
        turn("火星", suggestions=[{"doc_id": d, "start": s} for d, s in (("d1", 1), ("d1", 999), ("x", 0))])
    )
    assert [s.heading for s in told.suggestions] == [DOCUMENT.title]


@pytest.mark.parametrize("by", [40, -20, 10_000])
def test_a_quote_that_has_moved_is_cited_where_it_stands_now(by: int) -> None:
    (back,) = again(moved(turn("坚持什么导向"), by))
    (cited,) = back.citations
    assert cited.start == TEXT.index(QUOTE)
    assert cited.quote == TEXT[cited.start : cited.end] == QUOTE


def test_a_short_quote_is_not_looked_for_elsewhere() -> None:
    one = turn("坚持什么导向")
    one["citations"][0] |= {"quote": "学习", "start": 0, "end": 2}
    assert TEXT.index("学习") > 0
    assert again(one)[0].citations[0].facts == {}


def test_what_the_library_no_longer_holds_is_not_shown_but_told(client: TestClient) -> None:
    forged = turn("四项内容")
    forged["citations"][1]["quote"] = "二是编造的一句，谁也没有说过。"
    forged["citations"][2]["doc_id"] = "gone"
    forged["question"] = "<script>alert(1)</script> **四**"
    body = client.post("/api/conversation", json={"turns": [forged, turn("坚持什么导向")]}).json()
    assert (body["quotes"], body["lost"], body["shown"]) == (5, 2, 2)
    assert [s["text"] for s in body["answers"][0]["sentences"]] == [
        "一是宣传党的路线方针政策下基层。",
        "四是现场办公下基层。",
    ]
    assert "编造" not in str(body)
    ids = " ".join(answer["id"] for answer in body["answers"])
    kept = client.app.state.gate.kept  # type: ignore[attr-defined]
    (first, second) = reopened(Library(), kept, ids, "zh", "")
    assert first[0] == "<script>alert(1)</script> **四**"
    assert "有 2 句与原文核对不符，没有显示" in first[1]
    assert "编造" not in first[1]
    assert f"#answer-{body['answers'][1]['id']}" in second[1]
    assert "#good-" not in second[1], "a vote belongs to the answer that was given, not to its return"
    assert client.get(f"/api/answers/{body['answers'][1]['id']}").json()["copy"].startswith("问：坚持什么导向")


def test_only_answers_that_the_server_has_checked_come_back() -> None:
    kept = Kept()
    good = kept.keep(Library().ask("坚持什么导向"))
    told = list(reopened(Library(), kept, f"{good} {'0' * 32} <b>x</b>", "zh", ""))
    assert len(told) == 2
    assert "没能回答" in told[1][1]
    assert list(reopened(Library(), kept, "", "zh", "")) == []
    ids = " ".join(kept.keep(Library().ask("四")) for _ in range(SHOWN + 5))
    assert len(list(reopened(Library(), kept, ids, "zh", ""))) == SHOWN


@pytest.mark.parametrize(
    "change",
    [
        {"question": ""},
        {"question": " \x00"},
        {"question": "问" * 2001},
        {"status": "done"},
        {"confidence": 7},
        {"citations": []},
        {"sentences": [{"citations": []}]},
        {"citations": [{"number": 1, "doc_id": "d1", "start": -1, "end": 2, "quote": "x"}]},
        {"citations": [{"number": 1, "doc_id": "d1", "start": 0, "end": 2, "quote": "关"}] * 2},
        {"reason": "长" * 2001},
    ],
)
def test_what_is_no_conversation_is_refused_in_chinese(client: TestClient, change: dict[str, Any]) -> None:
    for path in ("/api/conversation", "/api/conversation/export?kind=md"):
        answer = client.post(path, json={"turns": [turn("坚持什么导向") | change]})
        assert answer.status_code in {400, 422}, answer.text
        assert re.search("[一-鿿]", answer.json()["message"])


def test_a_conversation_has_bounds(client: TestClient) -> None:
    one = turn("坚持什么导向")
    assert client.post("/api/conversation", json={"turns": []}).status_code == 422
    assert client.post("/api/conversation", json={"turns": [one] * 101}).status_code == 422
    wide = turn("坚持什么导向")
    wide["citations"] = [dict(wide["citations"][0], number=n) for n in range(1, 600)]
    answer = client.post("/api/conversation", json={"turns": [wide, wide]})
    assert "1198 条引文" in answer.json()["message"]
    assert client.post("/api/conversation", json={"turns": [one], "x": "x" * 600_000}).status_code == 413
    shown = client.post("/api/conversation", json={"turns": [one] * 30}).json()
    assert (shown["shown"], len(shown["answers"])) == (SHOWN, SHOWN)


HOSTILE_TURN = turn("恶意代码") | {"question": "[点](javascript:alert(1)) <b>&amp;\u202e反\x07了\u2028行\ufeff"}


def test_the_word_file_is_laid_out_as_the_standard_says() -> None:
    data = docx(made(turn("四项内容"), turn("坚持什么导向"), turn("火星"), HOSTILE_TURN))
    document = python_docx.Document(io.BytesIO(data))
    section = document.sections[0]
    measures = [section.page_width, section.page_height, section.top_margin, section.bottom_margin]
    measures += [section.left_margin, section.right_margin]
    assert [round(one.mm) for one in measures] == [210, 297, 37, 35, 28, 26]  # type: ignore[union-attr]
    style = {name: document.styles[name] for name in ("Normal", "Title", "Heading 1")}
    assert style["Normal"].font.size.pt == 16
    assert style["Title"].font.size.pt == 22
    line = style["Normal"].paragraph_format.line_spacing.pt
    assert 22 * line <= 225 / 25.4 * 72 < 22 * line + 1
    assert "小标宋" in etree.tostring(style["Title"].element, encoding="unicode")
    fonts = zipfile.ZipFile(io.BytesIO(data)).read("word/fontTable.xml").decode()
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>' in fonts
    feet = [section.footer, section.even_page_footer]
    assert [foot.paragraphs[0].text for foot in feet] == ["— 1 —", "— 1 —"]
    assert [foot.paragraphs[0].alignment.name for foot in feet] == ["RIGHT", "LEFT"]  # type: ignore[union-attr]
    assert document.settings.odd_and_even_pages_header_footer
    assert document.core_properties.title == "资料问答记录"


def test_the_word_file_is_read_back_with_its_footnotes() -> None:
    data = docx(made(turn("四项内容"), turn("坚持什么导向"), turn("火星"), HOSTILE_TURN))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        notes = etree.fromstring(file.read("word/footnotes.xml"))
        body = etree.fromstring(file.read("word/document.xml"))
    told = [n for n in notes if n.get(f"{{{W}}}type") is None]
    used = [n.get(f"{{{W}}}id") for n in body.iter(f"{{{W}}}footnoteReference")]
    assert [n.get(f"{{{W}}}id") for n in told] == used == ["1", "2", "3", "4", "5", "6"]
    loaded = read_word(data)
    lines = [block.text for block in loaded.blocks]
    assert loaded.warnings == ()
    assert lines[:4] == [
        "资料问答记录",
        "一、四项内容",
        "一是宣传党的路线方针政策下基层。",
        "注：《关于开展学习研讨的通知》（学组发〔2026〕3号）“（一）四项内容”部分，第 2 页",
    ]
    assert HOSTILE in lines
    assert "四、[点](javascript:alert(1)) <b>&amp;反了 行" in lines
    assert lines[lines.index("库内没有找到依据。") + 1] == "提示：最接近的片段也没有回答这个问题"
    assert [b.text for b in loaded.blocks if b.level][-1] == "出处"
    assert lines[-1] == (
        "导出日期：2026年11月24日。资料库第 1 版，共 1 份文件。引文由程序逐字核对，与该版资料库中的原文一致。"
    )
    assert docx(made(turn("四项内容"))) == docx(made(turn("四项内容")))


def test_the_markdown_file_has_footnotes_and_nothing_of_it_is_active() -> None:
    text = markdown(made(turn("四项内容"), HOSTILE_TURN))
    assert "一是宣传党的路线方针政策下基层。[^1]\n" in text
    assert text.count("[^1]: ") == 1
    assert "[^2]: 《关于开展学习研讨的通知》（学组发〔2026〕3号）第三条，第 2 页" in text
    parser = MarkdownIt("gfm-like", {"linkify": False})
    html = parser.render(text)
    assert set(re.findall(r"<(\w+)", html)) <= {"h1", "h2", "p", "ol", "li", "hr", "blockquote", "br"}
    shown = re.sub(r"<[^>]+>", "", html)
    assert HOSTILE.replace("<", "&lt;").replace(">", "&gt;") in shown
    assert "\u202e" not in text


@pytest.mark.parametrize(
    "text", ["- 一", "1. 一", "12) 一", "# 一", "= 一", "+ 一", "> 一", "---", "`x`", "~~x~~", "$x$"]
)
def test_a_line_of_markdown_is_shown_as_it_is(text: str) -> None:
    parser = MarkdownIt("gfm-like", {"linkify": False})
    html = parser.render(inactive(text))
    escaped = text.replace("<", "&lt;").replace(">", "&gt;")
    assert html == f"<p>{escaped}</p>\n"


def test_no_bare_address_is_left_for_a_reader_to_link() -> None:
    for text in ("见http://x.cn/a", "HTTPS://x.cn", "www.x.cn", "a@x.cn", "ftp://x.cn"):
        assert not re.search(r"https?://|ftp://|www\.|\w@", inactive(text), re.IGNORECASE)


def test_the_files_are_sent_with_a_name_and_in_the_language_of_the_page(client: TestClient) -> None:
    body = {"turns": [turn("四项内容") | {"question": "四项/内容：有 哪些？"}]}
    answer = client.post("/api/conversation/export", json=body)
    named = unquote(answer.headers["content-disposition"])
    assert re.fullmatch(r"attachment; filename\*=UTF-8''四项 内容：有 哪些 \d{4}-\d\d-\d\d\.docx", named)
    assert answer.headers["content-type"].endswith("wordprocessingml.document")
    english = client.post("/api/conversation/export?kind=md&lang=en", json=body).text
    assert english.startswith("# Questions and answers\n\n## 1\\. 四项/内容：有 哪些？\n")
    assert "Exported on 2" in english
    assert client.post("/api/conversation/export?kind=pdf", json=body).status_code == 422


def test_a_stale_quote_is_left_out_of_the_files_and_counted() -> None:
    one = turn("四项内容")
    one["citations"][0]["quote"] = "一是别的，没有这一句。"
    text = markdown(made(one))
    assert "一是" not in text
    assert "> 有 1 句与现在的原文核对不符，没有收入。" in text
    lost = turn("坚持什么导向")
    lost["citations"][0]["doc_id"] = "gone"
    assert "逐字核对" not in markdown(made(lost)), "nothing was quoted, so nothing is vouched for"


def test_each_who_logs_in_at_a_browser_finds_their_own() -> None:
    shelves = [re.findall('data-who="([^"]*)"', drawer("zh", who))[0] for who in ("", "林秀", "云舟")]
    assert shelves[0] == ""
    assert len(set(shelves)) == 3
    assert "林秀" not in drawer("zh", "林秀")


def test_names_and_headings_of_hostile_questions() -> None:
    assert file_name('../..\\a:b*?"<>|\x00\u202e.docx' + "长" * 99) == "a b .docx" + "长" * 25
    assert file_name("？。") == "youju"
    assert plain("a\u200b\u2066\n b\t\ud800") == "a b"
