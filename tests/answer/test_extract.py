"""Sentences of an answer, outlines, examples and honest silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading_room import build

from qa.answer.cite import Span
from qa.answer.examples import examples
from qa.answer.extract import pick
from qa.answer.score import Scored
from qa.assistant import Assistant
from qa.types import Answer

QUESTIONS = [
    "图书漂流活动什么时候结束",
    "图书室每天开放多长时间",
    "议题提前几天贴出来",
    "什么是图书室",
    "四下乡学习体会",
    "渡口治理的效果怎么样",
    "联系人是谁",
    "自查发现了哪些问题",
    "图书室管理办法第四条",
    "《图书室管理办法》讲了什么",
    "云溪县",
    "图书",
]

TOLD_OF_THE_FERRY = ("渡口治理以后，过渡的村民明显增多。", "渡口治理以后，再没有发生落水事故。")


def told(answer: Answer) -> list[str]:
    assert answer.status == "answered"
    return [sentence.text for sentence in answer.sentences]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("图书漂流活动什么时候结束", "图书漂流活动于5月20日开始，6月30日结束。"),
        ("参加活动的村可以领多少册图书", "参加活动的村可以领取图书二百册。"),
        ("图书室每天开放多长时间", "第三条 图书室应当每天开放，开放时间不少于六小时。"),
        ("联系人是谁", "联系人：林小满"),
    ],
)
def test_the_answering_sentence_stands_first(room: Assistant, question: str, sentence: str) -> None:
    assert told(room.ask(question))[0] == sentence


def test_what_a_word_means_is_answered_by_the_sentence_that_says_so(room: Assistant) -> None:
    [first, *_] = told(room.ask("什么是图书室"))
    assert first == "第二条 本办法所称图书室，是指由村集体建设、向村民免费开放的阅览场所。"


@pytest.mark.parametrize("question", ["四下乡学习体会", "老渡口治理情况", "渡口整治效果怎么样"])
def test_titles_and_headings_are_no_answer(room: Assistant, question: str) -> None:
    lines = told(room.ask(question))
    assert not set(lines) & {"四下乡学习体会", "老渡口治理情况", "二、整治效果", "一、四下乡的由来"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_whatever_is_shown_stands_in_the_library_to_the_letter(room: Assistant, question: str) -> None:
    answer = room.ask(question)
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        document = room.document(citation.doc_id)
        assert citation.quote == document.text[citation.start : citation.end] != ""
        assert (citation.path, citation.title) == (document.path, document.title)
    quotes = {c.number: c.quote for c in answer.citations}
    assert [s.text for s in answer.sentences] == [quotes[n] for s in answer.sentences for n in s.citations]


@pytest.mark.parametrize("question", QUESTIONS[:7])
def test_an_extract_is_three_sentences_at_most_none_twice(room: Assistant, question: str) -> None:
    answer = room.ask(question)
    assert answer.kind == "extract"
    assert 1 <= len(answer.sentences) <= 3
    assert len(set(answer.sentences)) == len(answer.sentences)


def test_of_many_sentences_as_good_three_are_shown(tmp_path: Path) -> None:
    repaired = "".join(f"{name}渠整修了{n}公里。" for n, name in enumerate("东西南北中上下", 2))
    with build(tmp_path, {"渠.txt": f"水利简报\n{repaired}\n"}, threshold=0.01) as assistant:
        assert len(assistant.ask("渠整修了多少公里").sentences) == 3


def test_the_most_probable_sentence_stands_first_wherever_it_stands(room: Assistant) -> None:
    document = next(d for d in room.documents() if d.path == "案例/渡口治理.txt")
    text = room.text(document.path)
    spans = [Span(document.id, text.index(said), text.index(said) + len(said)) for said in TOLD_OF_THE_FERRY]
    scored = [
        Scored(span, said, chance, 0, heading=False, amount=0.5)
        for span, said, chance in zip(spans, TOLD_OF_THE_FERRY, (0.6, 0.8), strict=True)
    ]
    best_first = sorted(scored, key=lambda one: -one.score)
    assert pick(best_first, room.document) == [spans[1], spans[0]]
    assert spans[0].start < spans[1].start


def test_a_sentence_that_announces_items_brings_them(room: Assistant) -> None:
    lines = told(room.ask("什么情况下图书室可以闭室"))
    assert lines[:4] == [
        "第四条 有下列情形之一的，可以闭室：",
        "（一）盘点图书；",
        "（二）修缮房屋；",
        "（三）遇到台风。",
    ]


def test_the_clause_that_answers_in_a_long_sentence_is_marked(tmp_path: Path) -> None:
    clauses = (
        "全镇把便民服务中心迁到老街东头的新楼里，",
        "窗口由原来的六个增加到十四个，",
        "周末安排两名志愿者轮流值守；",
        "同时给山上的五个村各配了一辆流动服务车，",
        "每辆车每月进村八次；",
        "养老认证改为上门办理，",
        "高龄老人不再需要到镇上排队。",
    )
    with build(tmp_path, {"镇.txt": f"便民简报\n{''.join(clauses)}\n今天天气很好。\n"}, threshold=0.01) as assistant:
        first, *_ = assistant.ask("流动服务车每月进村几次").sentences
    assert first.text == "".join(clauses)
    assert first.focus is not None
    assert first.text[slice(*first.focus)] == "".join(clauses[3:5])
    assert first.to_dict()["focus"] == list(first.focus)


def test_a_short_sentence_has_nothing_marked(room: Assistant) -> None:
    first, *_ = room.ask("图书漂流活动什么时候结束").sentences
    assert first.focus is None


def test_what_a_document_says_is_its_outline(room: Assistant) -> None:
    answer = room.ask("《四下乡学习体会》讲了什么")
    assert answer.kind == "outline"
    assert told(answer) == ["一、四下乡的由来", "二、存在的问题", "三、下一步打算"]


def test_without_headings_what_a_document_says_is_how_it_opens(room: Assistant) -> None:
    lines = told(room.ask("《石桥村议事案例》讲了什么"))
    assert lines[0] == "石桥村把议事搬到大榕树下，主要做法有三点。"
    assert "石桥村议事案例" not in lines


def test_silence_names_the_reason_and_the_missing_words(room: Assistant, tmp_path: Path) -> None:
    with build(tmp_path) as assistant:
        answer = assistant.ask("火星基地的氧气怎么供应")
    assert (answer.status, answer.sentences, answer.citations) == ("abstained", (), ())
    assert set(answer.missing) >= {"火星", "基地", "氧气"}
    assert (answer.reason or "").startswith("资料库里没有找到能回答这个问题的原文。其中“火星”")
    assert answer.reason.endswith("在全部资料里一次也没有出现。")
    assert 0 <= answer.confidence < 0.5


def test_silence_for_doubt_shows_the_nearest_headings(tmp_path: Path) -> None:
    with build(tmp_path, threshold=0.9999) as assistant:
        answer = assistant.ask("图书室每天开放多长时间")
        assert answer.status == "abstained"
        assert 1 <= len(answer.suggestions) <= 5
        first = answer.suggestions[0]
        assert (first.path, first.heading) == ("制度/图书室管理办法.txt", "第二章 开放")
        for suggestion in answer.suggestions:
            text = assistant.text(suggestion.path)
            assert 0 <= suggestion.start < len(text)
            assert suggestion.heading == suggestion.title or text[suggestion.start :].startswith(suggestion.heading[:2])
    assert len({(s.doc_id, s.heading) for s in answer.suggestions}) == len(answer.suggestions)
    assert answer.hits, "the passages are there for whoever wants to judge"


def test_an_article_that_is_not_there_is_said_not_to_be(room: Assistant) -> None:
    answer = room.ask("图书室管理办法第九条")
    assert (answer.status, answer.kind) == ("abstained", "article")
    assert answer.reason == "《云溪县图书室管理办法》从第1条到第5条，没有第9条。"


def test_examples_are_questions_that_are_answered(tmp_path: Path) -> None:
    paragraph = "村里开会商量怎样把渠修好，老人们都说这是一件好事，年轻人也愿意出力。" * 8
    texts = {
        "一.txt": f"修渠问答\n一、为什么要修渠\n{paragraph}\n二、渠修在哪里\n{paragraph}\n三、其他\n{paragraph}\n",
        "二.txt": "修渠总结\n一、主要做法\n" + "".join(f"（{n}）{n}事早办。{paragraph}\n" for n in "一二三"),
        "三.txt": f"修渠条例\n第一条 {paragraph}\n第二条 {paragraph}\n第三条 {paragraph}\n",
        "四.txt": f"修渠纪实\n{paragraph}\n{paragraph}\n{paragraph}\n",
    }
    with build(tmp_path, texts) as assistant:
        asked = assistant.examples(4)
        assert asked == [
            "为什么要修渠？",
            "《修渠总结》里的主要做法有哪些？",
            "《修渠条例》第一条是怎么规定的？",
            "《修渠纪实》讲了什么？",
        ]
        assert all(assistant.ask(question).status == "answered" for question in asked)
        assert assistant.examples(4) == asked
        assert assistant.examples(1) == asked[:1]


def test_no_documents_no_examples() -> None:
    assert examples([], lambda doc_id: pytest.fail(doc_id), 6) == []
