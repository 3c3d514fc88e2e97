"""Lists come whole and are the ones asked for: four shapes, counts, sets of members, long items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_room import LONG, build

from qa.answer import answer
from qa.answer.drafts import REACH, drafts
from qa.answer.leads import clip
from qa.assistant import Assistant
from qa.outline import outline
from qa.query import parse
from qa.rank import load_model
from qa.split import split
from qa.types import Canonical, Document, Hit


def listed(assistant: Assistant, question: str) -> list[str]:
    answer = assistant.ask(question)
    assert (answer.status, answer.kind) == ("answered", "list")
    return [sentence.text for sentence in answer.sentences]


def test_numbered_subsections_behind_the_sentence_that_announces_them(room: Assistant) -> None:
    lines = listed(room, "自查发现了哪些问题")
    assert lines[0] == "对照要求，自查发现以下三个方面问题。"
    assert [line[:3] for line in lines[1:]] == ["（一）", "（二）", "（三）"]
    assert lines[2] == "（二）走得不勤。全年只去了两个村，有的村一次也没有去过。"


def test_a_run_within_a_paragraph(room: Assistant) -> None:
    assert listed(room, "下一步打算有哪些") == [
        "今后重点做好四件事：",
        "一是每月到村里住两天；",
        "二是把义诊车开到山上去；",
        "三是给每个村建一个书屋；",
        "四是每季度放一场电影。",
    ]


def test_the_items_of_an_article(room: Assistant) -> None:
    assert listed(room, "哪些情形可以闭室") == [
        "第四条 有下列情形之一的，可以闭室：",
        "（一）盘点图书；",
        "（二）修缮房屋；",
        "（三）遇到台风。",
    ]


def test_paragraphs_that_open_alike(room: Assistant) -> None:
    lines = listed(room, "石桥村议事的主要做法有哪三点")
    assert lines[0] == "石桥村把议事搬到大榕树下，主要做法有三点。"
    assert [line[:4] for line in lines[1:]] == ["定时议。", "公开议。", "限时办。"]


def test_a_sentence_that_enumerates(room: Assistant) -> None:
    assert listed(room, "图书漂流活动坚持的原则有哪些") == ["活动坚持自愿、公益、便民的原则。"]


@pytest.mark.parametrize(
    ("question", "batch"),
    [("渡口整治包括哪三项内容", "第一批"), ("渡口整治包括哪四项内容", "第二批")],
)
def test_of_two_lists_the_one_with_the_count_asked_for(room: Assistant, question: str, batch: str) -> None:
    [line] = listed(room, question)
    assert line.startswith(batch)


def test_a_count_that_differs_is_told(room: Assistant) -> None:
    answer = room.ask("下一步打算有哪五件事")
    assert answer.reason == "问题说的是 5 项，原文这一处列出 4 项，请核对原文。"
    assert len(answer.sentences) == 5
    assert room.ask("下一步打算有哪四件事").reason is None


def test_members_of_a_set_are_not_its_name_said_often(room: Assistant) -> None:
    """「四下乡」 stands four times in the opening paragraph; the four ways of 下乡 stand elsewhere."""
    [line] = listed(room, "四下乡指的是哪四项")
    assert line.startswith("四下乡，即科技培训下乡、")


def test_of_a_long_item_the_opening_sentence_is_shown(room: Assistant) -> None:
    lines = listed(room, "自查发现了哪些问题")
    assert lines[1] == LONG[: LONG.index("。") + 1] == "（一）学得不深。"


def test_every_item_is_cited_at_its_place(room: Assistant) -> None:
    answer = room.ask("下一步打算有哪些")
    text = room.text("学习/四下乡学习体会.txt")
    assert [s.citations for s in answer.sentences] == [(n,) for n in range(1, 6)]
    assert [c.quote for c in answer.citations] == [s.text for s in answer.sentences]
    assert all(text[c.start : c.end] == c.quote for c in answer.citations)
    assert all(c.breadcrumb == ("三、下一步打算",) for c in answer.citations)


def test_a_run_goes_on_past_the_passage_that_was_found(tmp_path: Path) -> None:
    """Nine items of two hundred characters each stand in several chunks; all are shown."""
    filler = "村里的老人说，渠修好以后，水就一直流到了最远的那块田里，再也不用半夜起来守水了。" * 4
    items = "\n".join(f"（{n}）修好{n}号水渠。{filler}" for n in "一二三四五六七八九")
    text = f"水渠整修情况\n一、整修的水渠\n今年整修的水渠有以下九条。\n{items}\n二、其他\n别的事情以后再说。\n"
    with build(tmp_path, {"水渠.txt": text}, threshold=0.01) as assistant:
        lines = listed(assistant, "今年整修的水渠有哪些")
    assert lines == ["今年整修的水渠有以下九条。", *(f"（{n}）修好{n}号水渠。" for n in "一二三四五六七八九")]


BRIDGE = {
    "制度/索桥管理规定.txt": """青石索桥管理规定
第一条 为了过桥人的安全，制定本规定。
第二条 有下列情形之一的，不得上桥：
（一）醉酒；
（二）牵着牲口；
（三）风力六级以上。
第三条 有下列情形之一的，可以优先上桥：
（一）背着病人；
（二）送信。
第四条 本规定所称危险行为，是指下列行为：
（一）在桥上奔跑；
（二）摇晃桥索；
（三）攀爬桥塔。
第五条 守桥人由村委会选派，任期三年。
""",
    "总结/守桥总结.txt": """守桥工作总结
一、做法
守桥重在日常。今年在守桥上主要抓了五项措施：一是每天查一遍桥板；二是每月紧一遍桥索；三是雨季加派一人；四是夜里挂灯。
二、四心守桥
四心守桥，就是用细心看桥板、用耐心劝行人、用恒心记日志、用公心收捐款。
三、修桥分工
修桥的材料准备包括：
木板由东村准备；
麻绳由西村准备；
铁钉由镇上采买。
其余的事大家商量。
""",
}


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with build(tmp_path_factory.mktemp("bridge"), BRIDGE, threshold=0.01) as assistant:
        yield assistant


def test_a_question_that_denies_gets_the_list_that_denies(bridge: Assistant) -> None:
    assert listed(bridge, "哪些情形不能上桥")[0].startswith("第二条")
    assert listed(bridge, "哪些情形可以优先上桥")[0].startswith("第三条")


def test_a_definition_by_a_list_comes_with_the_list(bridge: Assistant) -> None:
    lines = listed(bridge, "索桥上的危险行为有哪些")
    assert lines[0].endswith("是指下列行为：")
    assert lines[1:] == ["（一）在桥上奔跑；", "（二）摇晃桥索；", "（三）攀爬桥塔。"]


def test_the_text_announces_more_than_are_found(bridge: Assistant) -> None:
    answer = bridge.ask("今年守桥主要抓了哪些措施")
    assert answer.kind == "list"
    assert len(answer.sentences) == 5
    assert answer.reason == "原文说有 5 项，这里只找到 4 项，请核对原文。"


def test_a_set_by_its_name_is_the_sentence_that_names_its_members(bridge: Assistant) -> None:
    assert listed(bridge, "四心守桥是什么") == [
        "四心守桥，就是用细心看桥板、用耐心劝行人、用恒心记日志、用公心收捐款。"
    ]


def test_lines_without_labels_behind_a_colon(bridge: Assistant) -> None:
    assert listed(bridge, "修桥的材料准备包括哪些") == [
        "修桥的材料准备包括：",
        "木板由东村准备；",
        "麻绳由西村准备；",
        "铁钉由镇上采买。",
    ]


@pytest.mark.parametrize("question", ["守桥人的任期是几年", "守桥人由哪个部门选派", "守桥人由谁选派"])
def test_one_thing_asked_for_is_not_answered_by_a_list(bridge: Assistant, question: str) -> None:
    answer = bridge.ask(question)
    assert (answer.status, answer.kind) == ("answered", "extract")
    assert answer.sentences[0].text == "第五条 守桥人由村委会选派，任期三年。"


def test_a_list_may_be_the_answer_though_none_is_asked_for_outright(bridge: Assistant) -> None:
    assert listed(bridge, "什么情况下不得上桥") == [
        "第二条 有下列情形之一的，不得上桥：",
        "（一）醉酒；",
        "（二）牵着牲口；",
        "（三）风力六级以上。",
    ]


@pytest.mark.parametrize(("probability", "kind"), [(0.8, "list"), (0.1, "extract")])
def test_a_list_is_taken_from_a_passage_that_may_be_right(room: Assistant, probability: float, kind: str) -> None:
    look = room.look("图书自查发现了哪些问题")

    def found(*hits: Hit) -> str:
        document = room.library.snapshot.document
        return answer(look.query, hits, look.scene, load_model(), document, None, threshold=1e-9).kind

    hits = look.hits()
    there = next(hit for hit in hits if "以下三个方面问题" in hit.chunk.text)
    other = next(h for h in hits if h.chunk.doc_id != there.chunk.doc_id and found(replace(h, score=0.9)) == "extract")
    assert found(replace(other, score=0.9), replace(there, score=probability)) == kind


def test_a_list_that_is_cut_says_so(tmp_path: Path) -> None:
    """Behind REACH characters nothing is followed."""
    filler = "说来话长，以后再讲。" * (REACH // 50)
    items = "".join(f"{n}是第{n}处渡口。{filler}\n" for n in "一二三四五六七八九")
    text = f"渡口清单\n一、现有的渡口\n全县现有的渡口有以下几处。\n{items}二、其他\n别的以后再说。\n"
    with build(tmp_path, {"渡口.txt": text}, threshold=0.01) as assistant:
        answer = assistant.ask("全县现有的渡口有哪些")
    assert answer.kind == "list"
    assert answer.reason is not None
    assert answer.reason.endswith("其余请看原文。")
    shown = re.search(r"前 (\d) 项", answer.reason)
    assert shown is not None
    assert 2 <= int(shown[1]) < 9


WORDS = "一是甲事； 二是乙事。 三是丙事。 （一）东村； （二）西村； 包括以下三项： 守桥、修桥 做法。 1. 2. ① ② 。 ："
PIECES = st.sampled_from([*WORDS.split(), "\n", "一、情况\n", "二、打算\n", "第一条 有下列情形的：\n"])


@given(st.lists(PIECES, min_size=1, max_size=30).map("".join))
def test_drafts_lie_in_their_document_in_order_and_apart(text: str) -> None:
    text = "\n".join(line for line in text.split("\n") if line)
    if not text:
        return
    document = Document("d", "d.txt", "情况", text, sections=outline(Canonical(text), "d").sections)
    hits = [Hit(chunk, 0.5, "d.txt", "情况") for chunk in split(document)]
    for draft in drafts(parse("守桥的主要做法有哪三项"), document, hits):
        last = 0
        for item in draft.items:
            assert last <= item.start < item.end <= len(text)
            last = item.end
            shown = clip(document, item)
            assert item.start == shown.start < shown.end <= item.end
        assert draft.size >= len(draft.items)
        assert draft.shown is None or draft.shown.end <= draft.items[0].end


def paragraphs(text: str) -> list[list[str]]:
    """What each draft of like paragraphs shows as its items."""
    document = Document("d", "d.txt", "题目", text, sections=outline(Canonical(text), "d").sections)
    hits = [Hit(chunk, 0.5, "d.txt", "题目") for chunk in split(document)]
    found = [draft for draft in drafts(parse("有哪些"), document, hits) if draft.kind == "paragraphs"]
    return [[text[item.start : item.end] for item in draft.items] for draft in found]


def test_short_articles_of_a_law_are_no_list() -> None:
    assert paragraphs("题目\n第一条 爱护渡船。\n第二条 排队上船。\n第三条 先下后上。\n第四条 不带明火。") == []


def test_the_line_that_names_the_author_is_no_item() -> None:
    text = "题目\n种桑要走好三步。\n选地。地要先翻一遍。\n下苗。株距三尺。\n剪枝。只留主枝。\n（作者：某某。桑园村）"
    assert [[item[:2] for item in items] for items in paragraphs(text)] == [["选地", "下苗", "剪枝"]]
