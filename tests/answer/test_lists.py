"""Lists come whole and are the ones asked for: four shapes, counts, sets of members, long items."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading_room import LONG, build

from qa.assistant import Assistant


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
