"""Short forms and coined phrases in a text: what is taken, in which full form, and what is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.terms import Term, mine
from qa.terms.mine import full_form


@pytest.mark.parametrize(
    ("text", "short", "full"),
    [
        ("全县推进城乡居民合作医疗（以下简称“城合医”）试点。", "城合医", "城乡居民合作医疗"),
        ("由云溪县经济和信息化委员会（下称经信委）牵头。", "经信委", "经济和信息化委员会"),
        ("对线索进行初步核实（简称初核）后报告。", "初核", "初步核实"),
        ("设立安全生产监督管理局（安监局），归口管理。", "安监局", "安全生产监督管理局"),
        ("各村成立老年人互助服务社，简称“老互社”。", "老互社", "老年人互助服务社"),
        ("“环评”是环境影响评价的简称。", "环评", "环境影响评价"),
        (
            "依照《云溪县古树名木保护管理办法》（以下简称《古树保护办法》）处理。",
            "古树保护办法",
            "云溪县古树名木保护管理办法",
        ),
        (
            "（2020年修订，以下简称“农促会”）不在此列。水稻农业技术促进会（2020年修订，以下简称“农促会”）",
            "农促会",
            "农业技术促进会",
        ),
    ],
)
def test_a_short_form_and_what_it_stands_for(text: str, short: str, full: str) -> None:
    assert [term for term in mine(text) if term.full] == [Term(short, full)]


@pytest.mark.parametrize(
    "text",
    [
        "根据有关规定，制定本规定（以下简称“本规定”）。",
        "云溪甲乙建筑工程有限公司（以下简称甲公司）起诉。",
        "云溪大江油漆有限责任公司（以下简称公司）注册。",
        "依照《云溪县渔业条例》（以下简称《条例》）处罚。",
        "依照《中华人民共和国渔业法》（以下简称《渔业法》）处罚。",
        "缴存风险处置备用金（以下简称备用金）。",
        "企业、个体经济组织（以下统称用人单位）应当登记。",
        "三月（春季）开工，五月（立夏前后）完工。",
    ],
)
def test_what_says_nothing_outside_its_own_text_is_left_out(text: str) -> None:
    assert [term for term in mine(text) if term.full] == []


def test_a_full_form_begins_where_a_word_begins_and_stays_near() -> None:
    assert full_form("客运业", "从事道路旅客运输行业") == "旅客运输行业"
    assert full_form("城合医", "城里的事和医院") is None or "城" in full_form("城合医", "城里的事和医院")
    assert full_form("合作社", "农业合作社") is None
    assert full_form("新合", "新" + "长" * 40 + "合") is None


def test_phrases_coined_in_quotes_are_terms_unless_they_are_words() -> None:
    found = mine("推行“五日轮访”，抓好“安全”，做到“的确良好的”，写进“板凳会”，常问“能不能”“讲什么”。")
    assert found == (Term("五日轮访"), Term("板凳会"))


@given(st.text("以下简称（）“”《》新农合村城乡居民医疗条例公司、，。\n", max_size=80))
def test_any_text_gives_sorted_terms_whose_full_form_holds_the_short_one_in_order(text: str) -> None:
    found = mine(text)
    assert list(found) == sorted(set(found), key=lambda term: (term.short, term.full))
    for term in found:
        rest = iter(term.full)
        assert not term.full or all(char in rest for char in term.short)
        assert term.full in text
