from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.outline.numerals import to_chinese, to_int


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("廿三", 23),
        ("卅", 30),
        ("一百零八", 108),
        ("一百〇八", 108),
        ("一百一十", 110),
        ("一百十", 110),
        ("百", 100),
        ("一千二百六十", 1260),
        ("二千零六", 2006),
        ("两万五千", 25000),
        ("一万零二十", 10020),
        ("二〇二四", 2024),
        ("一九五○", 1950),
        ("一一〇", 110),
        ("12", 12),
        ("１２", 12),
        ("①", 1),
        ("⑳", 20),
        ("㈠", 1),
        ("〇", 0),
        ("两", 2),
        ("三亿两千万", 320_000_000),
    ],
)
def test_reads_every_way_of_writing_a_number(text: str, value: int) -> None:
    assert to_int(text) == value


@pytest.mark.parametrize(
    "text", ["", " ", "百分之五", "2.5", "十十", "一二十", "条", "第一", "十百", "½", "1,000", "一百百"]
)
def test_refuses_what_is_no_whole_number(text: str) -> None:
    assert to_int(text) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "零"),
        (10, "十"),
        (17, "十七"),
        (21, "二十一"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (1260, "一千二百六十"),
        (2006, "二千零六"),
        (10_020, "一万零二十"),
        (100_010, "十万零一十"),
        (120_000, "十二万"),
    ],
)
def test_writes_as_a_law_numbers_its_articles(value: int, text: str) -> None:
    assert to_chinese(value) == text


def test_refuses_to_write_out_of_range() -> None:
    with pytest.raises(ValueError, match="-1"):
        to_chinese(-1)


@given(st.integers(0, 99_999_999))
def test_round_trip(value: int) -> None:
    assert to_int(to_chinese(value)) == value


@given(st.text(max_size=12) | st.text("〇零一二三四五六七八九十百千万两廿卅亿", max_size=12))
def test_never_fails(text: str) -> None:
    value = to_int(text)
    assert value is None or value >= 0
