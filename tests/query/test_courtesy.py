"""Greeting, asking and thanks are cut off; what is asked stays, and so do words that only look like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.query import normalise, parse
from qa.query.courtesy import bare

ASKED = "锅炉检修由谁负责"
FRAMES = """
麻烦问一下，{} / 请教一下{} / 您好，{}，谢谢 / 帮我查查{} / 能不能告诉我{} / 我想了解{} / 想了解一下{} / 请问{}
请问一下{} / 老师好，请问{}？谢谢您 / 你好我想咨询一下{} / 劳驾，{}，多谢 / 帮忙看看{} / 请您给我讲讲{} / 有谁知道{}
请帮我查一查{} / 不好意思打扰了，{} / 能否帮我找一下{} / 跟我说说{} / 我想问问{} / 求解答：{} / {}，拜托了 / {}吗谢谢
""".replace("\n", " / ")


@pytest.mark.parametrize("frame", [frame.strip() for frame in FRAMES.split("/") if frame.strip()])
def test_the_frame_is_cut_off(frame: str) -> None:
    framed, plain = parse(frame.format(ASKED)), parse(ASKED + "吗" * frame.count("吗"))
    assert framed.text.rstrip("?") == plain.text
    assert (framed.words, framed.tokens, framed.want) == (plain.words, plain.tokens, plain.want)


@pytest.mark.parametrize(
    "question",
    [
        *(
            "感谢信怎么写",
            "请示报告制度",
            "请假怎么办",
            "咨询委员会有哪些职责",
            "了解情况的程序",
            "我想查处分决定",
            "谢谢",
        ),
        *(
            "查封财产的规定",
            "请说明理由的情形",
            "可以查档案吗",
            "请介绍信有什么用",
            "我要请教师资格证怎么办",
            "了解一下",
        ),
        *(
            "看守所的规定",
            "为查明事实可以采取什么措施",
            "帮信罪怎么判",
            "跟踪检查怎么做",
            "可以查询个人信息吗",
            "你问我答",
        ),
    ],
)
def test_what_only_looks_like_it_stays(question: str) -> None:
    assert bare(question) == question


@given(st.text("您好请问我想了解一下帮查锅炉检修谢，？ ", max_size=20))
def test_a_part_of_the_question_is_left_and_nothing_more_can_go(text: str) -> None:
    text = normalise(text)
    left = bare(text)
    assert left in text
    assert not any(char.isalnum() for char in text) or any(char.isalnum() for char in left)


def test_traditional_and_full_width_forms_are_read_alike() -> None:
    plain = parse("请问2024年公积金提取标准是多少")
    other = parse("請問２０２４年公積金提取標準是多少")
    assert (other.text, other.words, other.tokens, other.years) == (plain.text, plain.words, plain.tokens, (2024,))
