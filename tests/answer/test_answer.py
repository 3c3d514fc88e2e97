"""Addresses, lists and sentences found in documents made here by the real write path."""

from __future__ import annotations

import pytest

from qa.answer.address import find
from qa.answer.cite import Span, bind, breadcrumb, verify
from qa.clean import clean
from qa.outline import outline
from qa.query import Address
from qa.types import Block, Document

RULE = """云溪县公共球场管理办法
第一章 总则
第一条 为了规范公共球场的管理，制定本办法。
第二条 本办法所称公共球场，是指由财政资金建设、向居民开放的球类场地。
第二章 开放
第三条 公共球场应当每天开放，开放时间不少于八小时。
节假日应当延长两小时。
第四条 有下列情形之一的，可以临时关闭：
（一）雷雨、大风等恶劣天气；
（二）场地维修；
（三）举办群众性活动。
临时关闭应当提前一天公告。
"""


def make(text: str, name: str = "办法") -> Document:
    canonical = clean([Block(text, flowed=True)])
    found = outline(canonical, name)
    return Document("d1", f"{name}.txt", found.title, canonical.text, canonical.pages, found.sections, found.facts)


def shown(document: Document, address: Address) -> list[str]:
    return [document.text[s.start : s.end] for s in find(document, address).spans]


def test_an_article_comes_whole() -> None:
    assert shown(make(RULE), Address("条", 4)) == [
        "第四条 有下列情形之一的，可以临时关闭：",
        "（一）雷雨、大风等恶劣天气；",
        "（二）场地维修；",
        "（三）举办群众性活动。",
        "临时关闭应当提前一天公告。",
    ]


def test_a_paragraph_of_an_article_with_its_items() -> None:
    document = make(RULE)
    assert shown(document, Address("条", 3, paragraph=2)) == ["节假日应当延长两小时。"]
    assert shown(document, Address("条", 4, paragraph=2)) == ["临时关闭应当提前一天公告。"]
    assert shown(document, Address("条", 4, paragraph=1, item=2)) == ["（二）场地维修；"]


def test_a_range_of_articles() -> None:
    assert [line[:3] for line in shown(make(RULE), Address("条", 1, last=2))] == ["第一条", "第二条"]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (Address("条", 9), "从第1条到第4条，没有第9条"),
        (Address("条", 3, paragraph=3), "第三条共 2 款，没有第 3 款"),
        (Address("条", 4, item=7), "第四条没有第 7 项"),
        (Address("章", 5), "没有找到第5章"),
    ],
)
def test_what_does_not_exist_is_said_not_to_exist(address: Address, reason: str) -> None:
    place = find(make(RULE), address)
    assert place.spans == ()
    assert reason in (place.reason or "")


def test_a_chapter_is_answered_by_its_heading_and_what_it_holds() -> None:
    lines = shown(make(RULE), Address("章", 2))
    assert lines[0] == "第二章 开放"
    assert any(line.startswith("第三条") for line in lines)


def test_citations_hold_the_text_at_their_place() -> None:
    document = make(RULE)
    start = document.text.index("（二）场地维修；")
    sentences, citations = bind([Span("d1", start, start + 8), Span("d1", start, start + 8)], lambda _: document)
    assert [s.text for s in sentences] == ["（二）场地维修；"]
    assert citations[0].number == 1
    assert verify(citations[0], document)
    assert breadcrumb(document, start)[:1] == ("第二章 开放",)
    with pytest.raises(ValueError, match="no text at"):
        bind([Span("d1", len(document.text), len(document.text) + 5)], lambda _: document)
