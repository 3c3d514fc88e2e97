"""Addresses as people type them, in every numeral and with every sort of joint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.outline.numerals import to_chinese, to_int
from qa.query import Address, is_follow_up, parse
from qa.query.address import find_address, find_number, only_number
from qa.query.normal import normalise
from qa.query.wants import find_count
from qa.query.years import find_years

DIGITS = "〇一二三四五六七八九"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")

NUMERALS = {
    "chinese": to_chinese,
    "arabic": str,
    "full-width": lambda n: str(n).translate(FULL_WIDTH),
    "digit by digit": lambda n: "".join(DIGITS[int(char)] for char in str(n)) if n > 9 else to_chinese(n),
}


@given(st.integers(min_value=1, max_value=99_999_999))
def test_a_number_written_in_chinese_is_read_back(n: int) -> None:
    assert to_int(to_chinese(n)) == n


@given(
    st.integers(min_value=1, max_value=2999),
    st.sampled_from(sorted(NUMERALS)),
    st.sampled_from(["云溪法", "《球场办法》", "请问云溪球场管理条例", "按照云溪法"]),
    st.sampled_from(["第{}条", "的第{}条", " 第 {} 条", "第{}条怎么规定的", "第{}条到底罚款多少"]),
)
def test_an_article_is_read_in_any_numeral_and_phrase(n: int, style: str, name: str, form: str) -> None:
    address = find_address(normalise(name + form.format(NUMERALS[style](n))))
    assert address is not None
    assert (address.unit, address.number, address.last, address.more) == ("条", n, None, ())


@given(st.integers(min_value=1, max_value=900), st.integers(min_value=1, max_value=40), st.sampled_from("到至-—~"))
def test_a_range_is_read_in_any_numeral(n: int, more: int, joint: str) -> None:
    for write in (to_chinese, str):
        for form in (f"第{write(n)}条{joint}第{write(n + more)}条", f"第{write(n)}{joint}{write(n + more)}条"):
            address = find_address(normalise(f"云溪法{form}讲什么"))
            assert address is not None
            assert (address.number, address.last) == (n, n + more)


@pytest.mark.parametrize(
    ("text", "number", "more"),
    [
        ("云溪法第三、四、五条", 3, (4, 5)),
        ("云溪法第3条、第4条和第9条", 3, (4, 9)),
        ("云溪法第二十、二十一条", 20, (21,)),
        ("云溪法3、5条", 3, (5,)),
    ],
)
def test_a_list_of_articles(text: str, number: int, more: tuple[int, ...]) -> None:
    address = find_address(text)
    assert address is not None
    assert (address.number, address.more) == (number, more)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("云溪法一千二百六十条", Address("条", 1260, start=3)),
        ("云溪法133条之一", Address("条", 133, sub=1, start=3)),
        ("云溪法第廿三条", Address("条", 23, start=3)),
        ("云溪法最后一条写的啥", Address("条", -1, start=3)),
        ("云溪法倒数第二条", Address("条", -2, start=3)),
        ("云溪法最后一章", Address("章", -1, start=3)),
        ("云溪法附则讲什么", Address("标题", 0, start=3, title="附则")),
        ("通知的附件2", Address("附件", 2, start=3)),
        ("通知第三个附件", Address("附件", 3, start=2)),
        ("工作报告第二部分第三点", Address("部分", 2, start=4, inner=3)),
        ("工作报告三（二）讲了啥", Address("部分", 3, start=4, inner=2)),
        ("云溪法第三章第二节", Address("章", 3, start=3, inner=2)),
        ("云溪法第十二条，第一款第（三）项", Address("条", 12, paragraph=1, item=3, start=3)),
    ],
)
def test_the_other_forms(text: str, address: Address) -> None:
    assert find_address(text) == address


@pytest.mark.parametrize(
    "text", ["规定三条措施", "提了33条意见", "这三条怎么办", "一共五十条", "有三点要求", "八项规定"]
)
def test_what_only_counts_is_no_address(text: str) -> None:
    assert find_address(text) is None


def test_an_address_without_a_document_goes_on_from_the_earlier_question() -> None:
    assert is_follow_up("第三章讲什么")
    assert is_follow_up("那最后一条呢")
    assert is_follow_up("该条例第五条")
    assert not is_follow_up("云溪法第三章讲什么")
    assert not is_follow_up("工作报告第三部分")
    assert parse("第五条", ["云溪法第三条说了什么"]).context == "云溪法第三条说了什么"


def test_a_document_number_may_have_its_year_spelt_out() -> None:
    assert find_number("云释2024年12号") == "云释〔2024〕12号"
    assert find_number("2024年12号台风") is None


@pytest.mark.parametrize(
    ("text", "alone"), [("云发〔2025〕7号", True), ("云发〔2025〕7号讲什么", True), ("云发〔2025〕7号谁签发", False)]
)
def test_a_document_number_alone_asks_for_the_document(text: str, alone: bool) -> None:
    assert only_number(text) is alone
    assert parse(text).gist is alone


def test_the_number_of_an_article_announces_no_items() -> None:
    assert find_count("云溪法第三百八十五条讲什么") is None


def test_two_digits_before_a_law_are_its_year() -> None:
    assert find_years("88年的云溪法修正案") == (1988,)
    assert find_years("18年的刑期怎么算") == ()
