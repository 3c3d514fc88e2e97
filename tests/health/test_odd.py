"""Characters that no author wrote."""

from __future__ import annotations

import pytest

from qa.health import odd_characters

TEXT = "坚持问题导向，力戒形式主义。各单位要认真组织学习，把要求落到实处。"


@pytest.mark.parametrize(
    ("written", "read"), [("utf-8", "gb18030"), ("utf-8", "cp1252"), ("gb18030", "latin-1"), ("gbk", "cp1252")]
)
def test_text_read_in_the_wrong_encoding_is_found(written: str, read: str) -> None:
    garbled = TEXT.encode(written).decode(read, "replace")
    found = odd_characters(f"前面是正常的话。\n{garbled}\n后面也是正常的话。")
    # Where a byte was lost the characters beside it can't be told from others.
    assert found.garbled + found.replaced + found.private >= 0.6 * len(garbled)
    assert found.total <= len(garbled)
    assert "正常的话。" in found.samples[3]


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "当事人×××，住×市××区××路××号，电话：××××××××。（××××）×民初×号",
        "25±0.5℃，§12，3÷4×5，A·B，100°",
        "français, Ünïcode, naïve, señor, Größe; pīnyīn lǜ",
        "芊芊、鑫、喆、犇、闂、鐨、锛、镕",
        "日本語のテキスト、한국어 텍스트、Русский текст",
        "😀👨‍👩‍👧𠮷",
    ],
)
def test_rare_but_meant_is_not_odd(text: str) -> None:
    assert odd_characters(text).total == 0


def test_each_kind_is_counted_once() -> None:
    found = odd_characters("锟斤拷锟斤拷正文\ue000\uf8ff正\ufffd文\x01\x9f\n\t完")
    assert (found.garbled, found.private, found.replaced, found.control) == (6, 2, 1, 2)
    assert odd_characters("正文" * 20 + "\x07" + "后文" * 20).samples[2].count("<U+0007>") == 1
    assert odd_characters("").total == 0
