"""Which encoding a text is in: round trips over the whole repertoire, damage told and never hidden."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import ReadError
from qa.load.encoding import decode
from qa.types import Loaded

SIMPLIFIED = b"".join(bytes((a, b)) for a in range(0xB0, 0xD7) for b in range(0xA1, 0xFF)).decode("gb2312")
TRADITIONAL = b"".join(
    bytes((a, b)) for a in range(0xA4, 0xC6) for b in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
).decode("big5")
TEXT = "为了规范管理工作，根据有关规定，结合实际，制定本办法。\n第一条 各级机关应当加强学习。\n"
TRADITIONAL_TEXT = "為了規範管理工作，根據有關規定，結合實際，制定本辦法。\n第一條 各級機關應當加強學習。\n"


def prose(letters: str) -> st.SearchStrategy[str]:
    """Any letters of the script, among them the few that fill a fifth of every running text."""
    words = st.lists(st.sampled_from([*letters, *"，。、\n"]), min_size=120, max_size=160, unique=True)
    return words.map(lambda found: "".join(a + "的一是不人在有"[at % 7] * (at % 4 == 0) for at, a in enumerate(found)))


@pytest.mark.parametrize("name", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
@settings(max_examples=30, deadline=None)
@given(text=prose(SIMPLIFIED))
def test_simplified_round_trip(name: str, text: str) -> None:
    found = decode(text.encode(name))
    assert (found.text, found.encoding, found.warnings) == (text, name, ())


@pytest.mark.parametrize("name", ["utf-8", "big5", "utf-16-le", "utf-16-be"])
@settings(max_examples=30, deadline=None)
@given(text=prose(TRADITIONAL))
def test_traditional_round_trip(name: str, text: str) -> None:
    found = decode(text.encode(name))
    assert (found.text, found.encoding) == (text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *((TEXT, name) for name in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")),
        *((TRADITIONAL_TEXT, name) for name in ("utf-8", "big5", "gb18030", "utf-16-le", "utf-16-be")),
        ("通知", "gb18030"),
        ("plain words only", "utf-8"),
    ],
)
def test_real_sentences(text: str, name: str) -> None:
    found = decode(text.encode(name))
    assert (found.text, found.encoding) == (text, name)


@pytest.mark.parametrize("name", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@given(text=st.text(max_size=60).filter(lambda text: not text.startswith("\x00")))  # else: UTF-32
def test_a_byte_order_mark_decides(name: str, text: str) -> None:
    found = decode("\ufeff".encode(name) + text.encode(name))
    assert (found.text, found.encoding) == (text, name)


def test_rare_letters_of_gb18030_come_through() -> None:
    text = TEXT * 3 + "𠮷㐂䶮"
    assert decode(text.encode("gb18030")).text == text


def test_the_end_of_the_file_counts_too() -> None:
    data = b"plain words\n" * 10_000 + TEXT.encode("gb18030")
    assert decode(data).encoding == "gb18030"


@pytest.mark.parametrize("name", ["utf-8", "gb18030"])
def test_a_damaged_byte_is_shown_and_told(name: str) -> None:
    lines = (TEXT * 10).encode(name)
    at = lines.index(b"\n") + 1
    found = decode(lines[:at] + b"\xff" + lines[at:])
    assert found.encoding == name
    assert found.text.count("�") == 1
    assert f"有 1 处字节不合 {name} 编码，首处在第 2 行（第 {at + 1} 个字节）" in found.warnings[0]


def test_what_no_encoding_explains_is_refused_with_its_place(read: Callable[..., Loaded]) -> None:
    with pytest.raises(ReadError, match=r"认不出文字编码.*第 4 个字节起出错.*另存为 UTF-8"):
        read("x.txt", b"abc" + bytes(range(0x80, 0x100)) * 8)
