"""What the chat shows, and that nothing in a document or question can be more than text."""

from __future__ import annotations

import html
import itertools
import re
import threading
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import HOSTILE, Library, cite
from markdown_it import MarkdownIt

from qa.errors import IndexUnavailable
from qa.types import Answer, Scope, Sentence, Twin
from qa.web import blocks, texts
from qa.web.chat import answer_steps, cite_link, digest, inert, questions, tidy
from qa.web.page import CHAT_MODULES, STATIC

LINK = re.compile(r"\]\((#cite-[^)]+)\)")


@pytest.fixture(autouse=True)
def _no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "PACE", 0)


def test_an_answer_grows_by_a_sentence_and_ends_with_its_sources() -> None:
    library = Library()
    answer = library.ask("四项")
    steps = list(answer_steps(library, answer, "zh", "f" * 32))
    assert len(steps) == 5
    assert [s.count("#cite-") for s in steps[:4]] == [1, 2, 3, 4]
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(steps))
    start = answer.citations[0].start
    first = f"#cite-d1.{start}.{start + 16}.{digest('一是宣传党的路线方针政策下基层。')}.1"
    assert f"[[1]]({first})" in steps[0]
    assert steps[-1].count("关于开展学习研讨的通知 › 一、总体要求 › （一）四项内容 · 第 2 页") == 1, "one line a place"
    assert f"[有用](#good-{'f' * 32})" in steps[-1]


def test_a_sentence_that_is_not_in_the_document_is_never_shown() -> None:
    library = Library()
    good, forged = (
        cite(1, "坚持问题导向，力戒形式主义。"),
        replace(cite(2, "二是调查研究下基层。"), quote="编造的一句。"),
    )
    answer = Answer(
        "问", "answered", "extract", (Sentence(good.quote, (1,)), Sentence("编造的一句。", (2,))), (good, forged)
    )
    *_, last = answer_steps(library, answer, "zh", None)
    assert "编造" not in last
    assert "有 1 句与原文核对不符，没有显示" in last
    assert [link for link in LINK.findall(last) if link.endswith(".2")] == []


def test_the_clause_that_answers_is_bold_and_still_inert() -> None:
    library = Library()
    start = HOSTILE.index("<script>")
    for quote, focus, bold in (
        ("坚持问题导向，力戒形式主义。", (7, 14), "力戒形式主义。"),
        ("坚持问题导向，力戒形式主义。", (0, 7), "坚持问题导向，"),
        (HOSTILE, (start, len(HOSTILE)), HOSTILE[start:]),
    ):
        answer = Answer("问", "answered", "extract", (Sentence(quote, (1,), focus),), (cite(1, quote),))
        *_, last = answer_steps(library, answer, "zh", None)
        rendered = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(last)
        shown = rendered[: rendered.index("<a ")]
        assert [html.unescape(told) for told in re.findall("<b>(.*?)</b>", shown)] == [bold]
        assert html.unescape(re.sub("</?(?:p|b)>", "", shown)) == quote


def test_what_a_sentence_leans_on_stands_above_it_in_small_type() -> None:
    library = Library()
    cited, *told = cite(1, HOSTILE), cite(2, "二是调查研究下基层。"), cite(3, "坚持问题导向，力戒形式主义。")
    forged = replace(cite(4, "三是信访接待下基层。"), quote="编造的一句。")
    sentence = Sentence(HOSTILE, (1,), context=(*told, forged))
    first, last = answer_steps(library, Answer("问", "answered", "extract", (sentence,), (cited,)), "zh", None)
    rendered = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(first)
    above, middle, answer = re.findall("<p>(.*?)</p>", rendered)
    assert re.match(r'<small>上文：二是调查研究下基层。</small><a href="#cite-d1\.\d+\.\d+\.\w+\.2">\[2\]</a>', above)
    assert re.match(r'<small>坚持问题导向，力戒形式主义。</small><a href="#cite-[^"]+\.3">', middle)
    assert html.unescape(answer[: answer.index("<a ")]) == HOSTILE
    assert "编造" not in last
    assert "有 1 句与原文核对不符，没有显示" in last
    assert re.search(r"^- \[\[2\]\].*四项内容", last, re.M), "its place is among the sources"


@pytest.mark.parametrize(("lang", "said"), [("zh", "*检索时：没有找到“&#60;b&#62;”；乙*"), ("en", "*Searched as: ")])
def test_how_the_question_was_read_stands_above_the_answer(lang: texts.Lang, said: str) -> None:
    library = Library()
    for question in ("坚持什么导向", "火星有人吗"):
        answer = replace(library.ask(question), notes=("没有找到“<b>”", "乙"))
        steps = list(answer_steps(library, answer, lang, None))
        assert all(step.startswith(said) for step in steps)
        assert all("检索时" not in step for step in answer_steps(library, library.ask(question), lang, None))


def test_sources_bear_badges_and_warnings_stand_first() -> None:
    library = Library()
    answer = library.ask("导向")
    facts = {"number": "云政〔2024〕3号", "date": "2024-05-01", "issuer": "县政府", "status": "已废止"}
    cited = replace(answer.citations[0], facts=facts)
    warned = replace(answer, citations=(cited,), warnings=("[1] 引文出自*旧*文件。",))
    shown = list(answer_steps(library, warned, "zh", None))[-1]
    assert shown.startswith(f"> {inert('[1] 引文出自*旧*文件。')}\n\n")
    assert f" {inert('云政〔2024〕3号 · 2024-05-01')} `已废止`\n" in shown + "\n"
    assert "`Repealed`" in list(answer_steps(library, warned, "en", None))[-1]


@pytest.mark.parametrize(
    ("sent", "scope"),
    [
        ("", Scope()),
        ('{"folders": ["通知"], "in_force": true}', Scope(("通知",), in_force=True)),
        ('{"years": [2024]}', Scope(years=(2024,))),
    ],
)
def test_the_page_sends_its_scope(sent: str, scope: Scope) -> None:
    library = Library()
    list(blocks.talk(library, None, "导向", [], "zh", scope=sent))
    assert library.scope == scope


@pytest.mark.parametrize("sent", ["[]", "{", '{"years": ["x"]}', '{"folders": "通知"}'])
def test_what_is_no_scope_is_refused_in_the_conversation(sent: str) -> None:
    library = Library()
    said = list(blocks.talk(library, None, "导向", [], "zh", scope=sent))[-1][-1]["content"]
    assert "所选的范围不对" in html.unescape(said)
    assert library.asked == []


def test_abstaining_says_why_and_what_there_is() -> None:
    library = Library()
    (text,) = answer_steps(library, library.ask("火星有人吗"), "zh", None, "/qa")
    assert "**库内没有找到依据**" in text
    assert "资料库中从未出现：“火星”" in text
    assert "](/qa/doc/d1#s53)" in text


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_inert_text_is_shown_as_it_is(text: str) -> None:
    rendered = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(f"x{inert(text)}x")
    body = rendered.removeprefix("<p>").removesuffix("</p>\n")
    assert "<" not in body.replace("<br>", "")
    assert html.unescape(body).replace("\xa0", " ") == f"x{text}x".replace("\xa0", " ")


@pytest.mark.parametrize(
    "text", [HOSTILE, "# 标题", "1. 一", "- 甲", "> 引", "    代码", "https://例.cn", "|a|b|\n|-|-|", "$$x$$"]
)
def test_inert_text_opens_nothing(text: str) -> None:
    rendered = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(inert(text))
    assert re.findall(r"<(?!/?p>|br)", rendered) == []


def test_earlier_questions_come_from_the_conversation() -> None:
    asked = "四下基层  是<什么>？"
    messages = [
        {"role": "user", "content": [{"type": "text", "text": inert(asked)}]},
        {"role": "assistant", "content": "答"},
        {"role": "user", "content": inert("具体呢？")},
    ]
    assert questions(messages) == [asked, "具体呢？"]
    assert questions([{"role": "user", "content": str(n)} for n in range(9)]) == ["3", "4", "5", "6", "7", "8"]
    assert questions(["x", {"role": "user"}, {"role": "user", "content": {"a": 1}}]) == []


def test_a_turn_of_talk() -> None:
    library = Library()
    earlier = [{"role": "user", "content": "四项内容？"}, {"role": "assistant", "content": "答"}]
    steps = list(blocks.talk(library, None, "坚持什么导向？", earlier, "zh"))
    assert library.asked == [("坚持什么导向？", ["四项内容？"])]
    assert steps[0][-1]["content"].startswith("坚持问题导向，力戒形式主义。[[1]]")
    assert [m["role"] for m in steps[-1]] == ["user", "assistant", "user", "assistant"]
    assert steps[-1][-1]["content"].startswith("坚持问题导向，力戒形式主义。[[1]]")


def test_only_a_slow_answer_is_said_to_be_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    library, may = Library(), threading.Event()
    ask = library.ask
    monkeypatch.setattr(library, "ask", lambda *given: may.wait(20) and ask(*given))
    steps = blocks.talk(library, None, "坚持什么导向？", [], "zh")
    assert next(steps)[-1]["content"] == "*正在查找依据……*"
    may.set()
    assert next(steps)[-1]["content"].startswith("坚持问题导向，力戒形式主义。[[1]]")


@pytest.mark.parametrize(
    ("question", "error", "said"),
    [
        (" \x00", None, "问题是空的。"),
        ("问" * 20_000, None, "问题有 20000 字，最多 2000 字。"),
        ("问", IndexUnavailable("还没有索引", "请先同步"), "还没有索引。\n\n请先同步。"),
        ("问", RuntimeError("boom"), "程序内部出错，详情见日志。"),
    ],
)
def test_a_failure_is_said_in_the_conversation(question: str, error: Exception | None, said: str) -> None:
    library = Library()
    library.error = error
    *_, last = blocks.talk(library, None, question, [], "zh")
    assert last[-1]["content"].startswith("**没能回答**")
    assert said in last[-1]["content"]
    assert "boom" not in last[-1]["content"]
    assert all(len(m["content"]) < 3000 for m in last)


def test_tidy_keeps_line_breaks_and_emoji() -> None:
    assert tidy(" 第一行\n第二行\x07😀\ud800 ") == "第一行\n第二行😀"


def test_a_document_id_with_odd_signs_survives_the_link() -> None:
    assert cite_link(replace(cite(1, HOSTILE), doc_id="a.b)c/ d")).startswith("#cite-a.b%29c%2F%20d.")


def test_a_link_carries_the_other_places_of_its_quote() -> None:
    copy = Twin("b.c", "乙.txt", "乙", 3, 9)
    editions = (Twin("d", "丙.md", "丙", 0, 6, "edition", "2009-03-01"), Twin("e", "丁.md", "丁", 1, 7, "edition"))
    link = cite_link(replace(cite(1, HOSTILE), same=(copy, *editions)))
    assert link == f"{cite_link(cite(1, HOSTILE))}~b%2Ec.3.9~d.0.6.2009-03-01~e.1.7.0"


def test_no_text_lacks_a_language() -> None:
    zh, en = texts.TEXTS["zh"], texts.TEXTS["en"]
    assert zh.keys() == en.keys() >= set(texts.FOR_SCRIPT)
    for key in zh:
        assert set(re.findall(r"\{\w+\}", zh[key])) == set(re.findall(r"\{\w+\}", en[key])), key
        assert key in {"language", "language_label", "colon", "stop", "why_and", "why_word"} or re.search(
            "[一-鿿]", zh[key]
        ), key
        assert key in {"language", "name"} or not re.search("[一-鿿]", en[key]), key


def test_the_chat_s_scripts_are_handed_every_text_that_they_use() -> None:
    for name in (*CHAT_MODULES, "scope.js"):
        script = (STATIC / name).read_text(encoding="utf-8")
        used = {*re.findall(r"\btexts\.(\w+)", script), *re.findall(r'\bfill\("(\w+)"', script)}
        assert used <= set(texts.FOR_SCRIPT), name


def test_streaming_is_quick_enough() -> None:
    begin = time.perf_counter()
    list(blocks.talk(Library(), None, "四项", [{"role": "user", "content": "x"}] * 40, "zh"))
    assert time.perf_counter() - begin < 0.5
