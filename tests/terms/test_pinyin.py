"""How characters sound, and which sound alike."""

from __future__ import annotations

import pytest

from qa.terms.pinyin import KIN, NEAR, SAME, readings, sounding_like


@pytest.mark.parametrize(
    ("one", "other", "closeness"),
    [
        ("仿", "访", SAME),
        ("管", "馆", SAME),
        ("是", "四", NEAR),
        ("心", "星", NEAR),
        ("男", "兰", NEAR),
        ("环", "凡", None),
        ("发", "花", None),
        ("飞", "灰", None),
        ("分", "风", NEAR),
        ("载", "裁", KIN),
        ("仿", "比", None),
    ],
)
def test_closeness(one: str, other: str, closeness: int | None) -> None:
    assert dict(sounding_like(one)).get(other) == closeness
    assert dict(sounding_like(other)).get(one) == closeness


def test_a_character_of_two_readings_sounds_like_both() -> None:
    assert readings("重") == ("chong2", "zhong4")
    assert {dict(sounding_like("重"))[char] for char in "众虫"} == {SAME}


def test_what_the_table_lacks_sounds_like_nothing() -> None:
    assert (readings("a"), sounding_like("㐀")) == ((), ())
