from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.outline import enumerated, items
from qa.outline.announced import announced


def cut(text: str) -> list[tuple[str, int, str]]:
    return [(item.label, item.number, text[item.start : item.end]) for item in items(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "问题如下。一是学得浅。读得少；二是走得少；三是想得慢。",
            ["一是学得浅。读得少；", "二是走得少；", "三是想得慢。"],
        ),
        ("一要学，二要干，依照第（一）项办理，三要改。", ["一要学，", "二要干，依照第（一）项办理，", "三要改。"]),
        ("首先，要学习。其次，要实践。最后，要总结。", ["首先，要学习。", "其次，要实践。", "最后，要总结。"]),
        ("一方面，抓生产；另一方面，抓安全。别无他法。", ["一方面，抓生产；", "另一方面，抓安全。"]),
        ("第一，甲。第二，乙。第三，丙。", ["第一，甲。", "第二，乙。", "第三，丙。"]),
        ("包括：①学习；②调研；③整改。下面另说。", ["①学习；", "②调研；", "③整改。"]),
        ("应当：（1）甲；（2）乙；(3)丙。", ["（1）甲；", "（2）乙；", "(3)丙。"]),
        ("1.投入2.5亿元。2.见效。3.推广", ["1.投入2.5亿元。", "2.见效。", "3.推广"]),
        ("（一）甲事。一是a。二是b。三是c。\n（二）乙事。", ["（一）甲事。一是a。二是b。三是c。", "（二）乙事。"]),
        ("——坚持甲。多说一句。\n——坚持乙。\n后文。", ["——坚持甲。多说一句。", "——坚持乙。"]),
        ("一、甲\n正文。\n二、乙\n正文。", ["一、甲\n正文。", "二、乙\n正文。"]),
        ("这里没有列举，只有一是一、二是二的道理。", []),
        ("二是没有开头。三是也不算。", []),
        ("", []),
    ],
)
def test_items(text: str, expected: list[str]) -> None:
    found = cut(text)
    assert [piece for _, _, piece in found] == expected
    assert [number for _, number, _ in found] == list(range(1, len(expected) + 1))
    assert all(piece.startswith(label) for label, _, piece in found)


def test_items_of_a_range_keep_their_offsets() -> None:
    text = "一是前面的。二是前面的。\n一是甲。二是乙。"
    assert [(item.start, item.end) for item in items(text, 13, len(text))] == [(13, 17), (17, 21)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电灯、电话、自来水", ["电灯", "电话", "自来水"]),
        ("政策宣传、调查研究、信访接待和现场办公。", ["政策宣传", "调查研究", "信访接待", "现场办公"]),
        ("“甲、乙”“丙”和《丁、戊》", ["“甲、乙”", "“丙”", "《丁、戊》"]),
        ("共同富裕、社会和谐以及世界和平", ["共同富裕", "社会和谐", "世界和平"]),
        ("干部和群众", ["干部", "群众"]),
        ("及时处理", []),
        ("村（含甲、乙）、镇", ["村（含甲、乙）", "镇"]),
        ("只有一项。", []),
    ],
)
def test_enumerated(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in enumerated(text, 0, len(text))] == expected


PIECES = st.sampled_from(
    [
        "一是",
        "二是",
        "三是",
        "甲",
        "、",
        "和",
        "；",
        "。",
        "\n",
        "（1）",
        "(2)",
        "①",
        "②",
        "1.",
        "2.",
        "“",
        "”",
        "首先，",
        "其次，",
        "—— ",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60), st.integers(0, 5))
def test_spans_are_sound(text: str, start: int) -> None:
    start = min(start, len(text))
    found = items(text, start, len(text))
    assert [item.number for item in found] == list(range(1, len(found) + 1))
    assert len(found) != 1
    last = start
    for item in found:
        assert last <= item.start < item.end <= len(text)
        assert text[item.start : item.end] == text[item.start : item.end].strip()
        last = item.end
    last = start
    for a, b in enumerated(text, start, len(text)):
        assert last <= a < b <= len(text)
        last = b


@given(st.lists(PIECES | st.sampled_from("二三四是、（）第其③⑵"), max_size=40).map("".join))
def test_labels_count_on_from_one(text: str) -> None:
    """Consecutive labels, each written as its number is."""
    found = items(text, 0, len(text))
    for item in found:
        digits = item.label.strip("（()）.、，,：: \n")
        assert text.startswith(item.label, item.start)
        if digits.isdecimal():
            assert int(digits) == item.number


@pytest.mark.parametrize(
    ("lead", "number"),
    [
        ("对照要求，有以下三个方面问题。", 3),
        ("今后重点做好四件事：", 4),
        ("主要分为12种。", 12),
        ("下列五项工作由各村自行安排，按时报送。", 5),
        ("十五个部门参加了座谈。", None),
        ("工期三年。", None),
        ("全县六个渡口：", 6),
        ("第三条：", None),
        ("一个问题：", None),
        ("主要做法如下：", None),
        ("", None),
    ],
)
def test_how_many_items_a_lead_in_announces(lead: str, number: int | None) -> None:
    assert announced(lead) == number
