"""Slips are put right against the library, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_index import SmallIndex

from qa.terms.correct import Slip, correct

PASSAGES = [
    "信访工作人员应当在十五日内答复信访事项。",
    "职工可以提取住房公积金账户内的余额。",
    "严禁新建楼堂馆所，已建的楼堂馆所一律清理。",
    "仲裁员应当回避的情形。劳动争议由仲裁委员会处理。",
    "长期坚持“院坝夜话”，村民在院坝夜话上提意见。",
    "火车站前广场夜间照明由市政部门负责。",
]
INDEX = SmallIndex(PASSAGES)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("信仿工作人员多久答复", "信访工作人员多久答复"),
        ("什么是信仿", "什么是信访"),
        ("公机金怎么提取", "公积金怎么提取"),
        ("住房公基金账户", "住房公积金账户"),
        ("楼堂管所能新建吗", "楼堂馆所能新建吗"),
        ("仲载员什么时候回避", "仲裁员什么时候回避"),
        ("院坝夜画是什么", "院坝夜话是什么"),
    ],
)
def test_a_slip_is_put_right(typed: str, meant: str) -> None:
    assert correct(typed, INDEX, {"院坝夜话"})[0] == meant


def test_it_says_what_it_did() -> None:
    assert correct("信仿和信仿", INDEX)[1] == (Slip("信仿", "信访"),)


@pytest.mark.parametrize(
    "question",
    [
        "火星上有水吗",  # a word that the library lacks
        "比特币怎么提取",
        "长鳍金枪鱼有多重",
        "张鑫放什么时候答复",
        "信封工作",  # both are words
        "信纺飞船",  # 访飞 stands nowhere either
        "第几部",
        "ABC",
        "",
    ],
)
def test_what_the_library_only_lacks_stays(question: str) -> None:
    assert correct(question, INDEX) == (question, ())


CHARS = "".join(sorted({char for passage in PASSAGES for char in passage})) + "仿管载机什么吗a1 "


@given(st.text(CHARS, max_size=14))
def test_once_right_always_right(question: str) -> None:
    changed, slips = correct(question, INDEX, {"院坝夜话"})
    assert len(changed) == len(question)
    if len(slips) < 3:
        assert correct(changed, INDEX, {"院坝夜话"}) == (changed, ())


@given(st.sampled_from(PASSAGES), st.integers(0, 30), st.integers(2, 20))
def test_a_question_whose_pairs_all_occur_is_never_touched(passage: str, start: int, length: int) -> None:
    question = passage[start : start + length]
    assert correct(question, INDEX, {"院坝夜话"}) == (question, ())
