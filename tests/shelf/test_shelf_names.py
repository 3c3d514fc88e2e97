"""Names that every system takes, and the attempts at others."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import InputError
from qa.shelf import checked_name, checked_path, numbered, why_not

LONG = "长" * 83 + "a.txt"  # 255 bytes with one more letter


@pytest.mark.parametrize(
    "name",
    [
        "关于开展学习的通知.docx",
        "会议纪要😀👨‍👩‍👧.txt",
        "𠮷林.md",
        LONG[:-4] + ".txt",
        "a b（1）.pdf",
        "console.txt",
        "COM10.txt",
        "nullable.md",
    ],
)
def test_good_names_stay_as_they_are(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "空的"),
        ("  ", "空的"),
        ("..", "不能是"),
        (".", "不能是"),
        ("a\\b.txt", "不能用的字符 \\"),
        ("a\x00b.txt", "控制字符"),
        ("a\nb.txt", "控制字符"),
        ("a:b.txt", "不能用的字符 :"),
        ("什么?.txt", "不能用的字符 ?"),
        ("合同\u202ecod.exe.txt", "改变文字方向"),
        ("a\ud800.txt", "编码不对"),
        ("通知.txt ", "空格"),
        (" 通知.txt", "空格"),
        ("通知.", "句点"),
        ("CON", "保留名称"),
        ("con.txt", "保留名称"),
        ("Lpt¹.pdf", "保留名称"),
        ("aux.tar.gz", "保留名称"),
        ("长" * 84 + ".txt", "256 字节"),
        (".隐藏.txt", "隐藏文件"),
        ("~$通知.docx", "临时文件"),
        ("草稿.tmp", "临时文件"),
    ],
)
def test_bad_names_are_refused_with_the_reason(name: str, why: str) -> None:
    with pytest.raises(InputError, match=r".") as caught:
        checked_name(name)
    assert why in str(caught.value)
    assert "请" in caught.value.todo or "打不开" in caught.value.todo or "不会收进" in caught.value.todo


@pytest.mark.parametrize(
    "path",
    ["../a.txt", "a/../../b.txt", "/etc/passwd.txt", "a//b.txt", "a/./b.txt", "a/", "C:/a.txt", "a/.youju/b.txt"],
)
def test_paths_that_lead_elsewhere_are_refused(path: str) -> None:
    with pytest.raises(InputError):
        checked_path(path)


def test_too_deep_and_too_long_paths_are_refused() -> None:
    assert checked_path("/".join(["层"] * 20 + ["a.txt"])).count("/") == 20
    with pytest.raises(InputError, match="22 层"):
        checked_path("/".join(["层"] * 21 + ["a.txt"]))
    with pytest.raises(InputError, match="路径太长"):
        checked_path("/".join(["长" * 80] * 13))


def test_a_name_in_form_d_becomes_the_one_in_form_c() -> None:
    assert checked_name(unicodedata.normalize("NFD", "がé.txt")) == "がé.txt"


@given(st.text(max_size=12))
def test_what_is_accepted_stays_accepted_and_is_one_part(text: str) -> None:
    try:
        name = checked_name(text)
    except InputError:
        return
    assert checked_name(name) == name
    assert "/" not in name
    assert "\\" not in name
    assert 0 < len(name.encode()) <= 255


def test_a_second_of_a_name_fits_too() -> None:
    assert numbered("通知.docx", 2) == "通知 (2).docx"
    assert numbered("年报.tar.gz", 3) == "年报 (3).tar.gz"
    whole = "长" * 83 + "a.md"
    second = numbered(whole, 12)
    assert second.endswith(" (12).md")
    assert len(second.encode()) <= 255
    assert checked_name(second) == second


def test_kinds_that_are_not_read_say_what_to_do() -> None:
    assert why_not("a/b.DOCX") is None
    assert why_not("a.tar.gz") is None
    assert "压" in str(why_not("a.7z"))
    assert "没有后缀" in str(why_not("通知"))
