"""What a question asks for, read from its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import InputError
from qa.query import Address, is_follow_up, may_follow_up, normalise, parse
from qa.query.address import find_address, find_number
from qa.query.wants import find_core, find_count, find_want, may_list
from qa.query.years import expand_years, find_years


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2024年政府工作报告", (2024,)),
        ("24年政府工作报告说了什么", (2024,)),
        ("92年报告里的城市", (1992,)),
        ("八零年报告咋讲", (1980,)),
        ("二〇二四年的预算", (2024,)),
        ("二00一年政府工作报告", (2001,)),
        ("把1998年和2003年的报告比一比", (1998, 2003)),
        ("57年总理怎么回应的", (1957,)),
        ("满18年能退休吗", ()),
        ("判了20年以上怎么办", ()),
        ("过了二三年才报", ()),
        ("第1260条写了什么", ()),
        ("扩招2000人", ()),
    ],
)
def test_years_as_people_type_them(text: str, years: tuple[int, ...]) -> None:
    assert find_years(text) == years


def test_years_are_written_out_for_finding_documents() -> None:
    assert expand_years("24年政府工作报告") == "2024年政府工作报告"
    assert expand_years("二〇〇一年报告") == "2001年报告"
    assert expand_years("满18年") == "满18年"


@pytest.mark.parametrize(
    ("text", "number", "paragraph", "item"),
    [
        ("劳动法第四十四条", 44, None, None),
        ("劳动法第44条", 44, None, None),
        ("道交法第九十一条第2款怎么罚", 91, 2, None),
        ("民法典第1260条", 1260, None, None),
        ("行政处罚法33条说的是什么", 33, None, None),
        ("《办法》第十二条第一款第（三）项", 12, 1, 3),
        ("民法典第一千二百六十条", 1260, None, None),
    ],
)
def test_articles_are_addressed_in_any_numerals(
    text: str, number: int, paragraph: int | None, item: int | None
) -> None:
    address = find_address(text)
    assert address is not None
    assert (address.unit, address.number, address.paragraph, address.item) == ("条", number, paragraph, item)


def test_other_addresses() -> None:
    assert find_address("第三章讲什么") == Address("章", 3, start=0)
    assert find_address("报告第二部分讲什么") == Address("部分", 2, start=2)
    span = find_address("公务员法第十条到第十二条")
    assert span is not None
    assert (span.number, span.last) == (10, 12)
    assert find_address("一共提了33条意见") is None
    assert find_address("哪三条要求") is None


@pytest.mark.parametrize("text", ["国发〔2023〕5号", "国发[2023]5号", "国发（2023）第5号", "关于国发【2023】 5 号"])
def test_document_numbers_in_any_brackets(text: str) -> None:
    assert find_number(text) == "国发〔2023〕5号"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("请问云文发〔2025〕7号说了什么", "云文发〔2025〕7号"),
        ("按照云文发〔2025〕7号，怎么走访", "云文发〔2025〕7号"),
        ("和政发〔2025〕7号", "和政发〔2025〕7号"),
        ("2025年7号文", None),
    ],
)
def test_words_of_the_question_are_no_part_of_a_number(text: str, number: str | None) -> None:
    assert find_number(text) == number


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("四下基层指的是哪四项", "list"),
        ("自查存在哪些问题", "list"),
        ("什么是枫桥经验", "definition"),
        ("“三会一课”是什么意思", "definition"),
        ("要交多少钱", "number"),
        ("什么时候施行", "date"),
        ("谁来负责", "person"),
        ("为什么要搞调查研究", "reason"),
        ("怎么申请", "method"),
        ("能不能口头申请", "yesno"),
        ("这条渠有几个闸口", "number"),
        ("哪一年修的渠", "date"),
        ("哪个部门管水渠", "fact"),
        ("哪几天放水", "list"),
        ("几个月放一次水", "number"),
        ("第一次放水是什么时候", "date"),
        ("八字渠训是哪八个字，各指什么", "list"),
        ("守渠人干什么", "fact"),
        ("党费交给谁", "person"),
    ],
)
def test_the_type_of_answer_asked_for(text: str, want: str) -> None:
    assert find_want(text) == want


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("四下基层指的是哪四项", 4),
        ("约法三章是哪三条", 3),
        ("办案的10个关键词", 10),
        ("有哪些问题", None),
        ("第三章讲什么", None),
        ("三个文件里提到哪四项", 4),
        ("三个文件里提到哪些", None),
        ("四心守渠是什么", 4),
        ("2031年的四项任务有哪些", 4),
        ("八项约定的内容是什么", 8),
        ("二十大报告讲了哪些任务", None),
        ("三年行动计划是什么", None),
        ("三大工程", 3),
        ("哪4个村", 4),
        ("要分几步", None),
    ],
)
def test_the_number_of_items_announced(text: str, count: int | None) -> None:
    assert find_count(text) == count


def test_follow_ups_are_told_from_questions_that_stand_alone() -> None:
    assert is_follow_up("那农村呢？")
    assert is_follow_up("法定节假日呢？")
    assert is_follow_up("它什么时候施行")
    assert not is_follow_up("乡村振兴促进会的会费标准是多少钱一年")
    assert not is_follow_up("劳动法第四十四条规定了什么")


def test_a_follow_up_takes_words_and_year_from_its_context() -> None:
    query = parse("那农村呢？", ["2014年报告对城镇低保有什么安排"])
    assert query.context == "2014年报告对城镇低保有什么安排"
    assert query.years == (2014,)
    assert "低保" in query.full
    alone = parse("乡村振兴局什么时候成立的，归谁管理", ["2014年报告对城镇低保有什么安排"])
    assert alone.context == ""
    assert alone.years == ()


def test_a_chain_of_follow_ups_reaches_the_question_that_stands_alone() -> None:
    query = parse("那外国人呢", ["过境免签停留时间延长到了多久，哪一年开始的", "港澳居民呢"])
    assert "过境免签" in query.context
    assert "港澳居民" in query.context


@pytest.mark.parametrize("question", ["", "   ", "？？！", "\u200b\u0007", "😀😀"])
def test_nothing_to_ask_is_refused_with_what_to_do(question: str) -> None:
    with pytest.raises(InputError, match=r"请用一句话写出要问什么"):
        parse(question)


def test_a_huge_question_is_refused_with_its_length() -> None:
    with pytest.raises(InputError, match=r"20000 个字符，上限 2000"):
        parse("问" * 20_000)


def test_normal_form_undoes_the_accidents_of_typing() -> None:
    assert normalise("２０１４年\u3000政府\u200b工作報告\x07") == "2014年 政府工作报告"


@given(st.text(max_size=200))
def test_normal_form_is_stable(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(min_size=1, max_size=300), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_is_read_or_refused(question: str, history: list[str]) -> None:
    try:
        query = parse(question, history)
    except InputError:
        return
    assert query.text
    assert all(1900 <= year <= 2100 for year in query.years)


def test_an_address_announces_no_number_of_items() -> None:
    assert find_count("考勤办法第十二条写了什么") is None
    assert find_count("第十条讲的三种情形是什么") == 3


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("四下基层指的是哪四项", "下基层"),
        ("四早工作法是哪四早", "早"),
        ("第三章讲什么", None),
        ("四心是什么", None),
        ("“三个清单”分别是什么", "清单"),
        ("有哪些问题", None),
    ],
)
def test_what_the_members_of_a_numbered_set_repeat(text: str, core: str | None) -> None:
    assert find_core(text) == core


def test_a_short_question_may_follow_and_a_full_one_does_not() -> None:
    assert may_follow_up("标准是多少")
    assert may_follow_up("火星有几个卫星")
    assert not is_follow_up("火星有几个卫星")
    assert may_follow_up("到期了还能接着租吗")
    assert not may_follow_up("鱼塘承包户在禁渔期里可以下几次网")
    assert not may_follow_up("第三条怎么说")


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("什么情况下可以放水", True),
        ("申请时要带什么材料", True),
        ("守渠人不许干什么", True),
        ("四心守渠是什么", True),
        ("渠训有几条", True),
        ("三条渠是什么时候修的", False),
        ("渠长是谁", False),
        ("水费多少钱", False),
    ],
)
def test_several_things_may_be_the_answer(text: str, several: bool) -> None:
    assert may_list(text) == several
