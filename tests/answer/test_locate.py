"""Addresses followed in documents made here: articles, lists, parts in parts, annexes; and what to say of the rest."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa.answer import Place, locate
from qa.clean import clean
from qa.outline import outline
from qa.query import parse
from qa.types import Block, Document

LAW = """云溪县球场法
第一章 总则
第一条 为了管理球场，制定本法。
第二条 球场向居民开放。
第二章 收费
第三条 下列时段按照下列标准收费：
（一）工作日白天，每小时十元；
（二）周末和夜间，每小时二十元；
（三）法定节日，每小时三十元。
第三条之一 学生凭证减半收费。
第三章 附则
第四条 本法自2020年1月1日起施行。
"""
REPORT = """云溪县工作报告
一、过去一年的工作
过去一年，全县新建球场三座，完成了年初确定的各项任务，群众的满意程度有了提高。
二、今年的任务
今年要抓好以下两件事，把群众的事情办好办实，让大家感受到实实在在的变化。
（一）修缮球场。
全年修缮球场十二座，把灯光、看台和围网都换成新的，确保居民夜间也能安全锻炼。
（二）培训教练。
全年培训教练四十名，每座球场都要配备至少一名持证教练，周末免费指导居民锻炼。
附件1
球场名单
一号球场、二号球场、三号球场。
附件2
教练名单
张教练、李教练。
"""


def make(text: str, name: str, path: str = "") -> Document:
    canonical = clean([Block(text, flowed=True)])
    found = outline(canonical, name)
    return Document(name, path or f"{name}.txt", found.title, canonical.text, (), found.sections, found.facts)


DOCUMENTS = {
    "law": make(LAW, "law"),
    "report": make(REPORT, "report"),
    "book1": make("云溪法典\n第一条 物权受法律保护。\n第二条 物分为动产和不动产。", "book1", "云溪法典/物权编.txt"),
    "book2": make(
        "云溪法典\n第三条 借用合同应当返还原物。\n第四条 借用人应当爱护原物。", "book2", "云溪法典/借用编.txt"
    ),
    "plain": make("锅炉检修通知\n锅炉从下周开始检修，浴室停用。", "plain"),
    "other": make("云溪县图书法\n第一条 图书可以外借。\n第二条 借期三十天。", "other"),
}


def follow(question: str, *named: str, history: Sequence[str] = ()) -> Place | None:
    return locate(parse(question, history), [(doc_id, 1.0) for doc_id in named], DOCUMENTS.__getitem__)


def shown(question: str, *named: str) -> list[str]:
    place = follow(question, *named)
    assert place is not None
    return [place.document.text[span.start : span.end] for span in place.spans]


@pytest.mark.parametrize(
    ("question", "starts"),
    [
        ("球场法第3条之一", ["第三条之一"]),
        ("球场法最后一条", ["第四条"]),
        ("球场法倒数第三条", ["第三条 ", "（一）", "（二）", "（三）"]),
        ("球场法第一、四条", ["第一条", "第四条"]),
        ("球场法附则讲什么", ["第三章 附则", "第四条"]),
        ("球场法最后一章", ["第三章 附则", "第四条"]),
        ("球场法第三条第二项", ["（二）"]),
    ],
)
def test_places_in_a_law(question: str, starts: list[str]) -> None:
    lines = shown(question, "law")
    assert len(lines) == len(starts)
    assert all(line.startswith(start) for line, start in zip(lines, starts, strict=True))


@pytest.mark.parametrize("question", ["工作报告第二部分第二点", "工作报告二（二）", "工作报告第二部分（二）讲什么"])
def test_a_point_inside_a_part(question: str) -> None:
    lines = shown(question, "report")
    assert lines[0].startswith("（二）培训教练")
    assert not any("修缮" in line for line in lines)


def test_an_annex_is_found_by_its_number() -> None:
    assert any("张教练" in line for line in shown("工作报告附件2", "report"))
    assert any("张教练" in line for line in shown("工作报告第二个附件", "report"))


def test_what_answers_stands_first_and_the_article_stays_whole() -> None:
    lines = shown("球场法第三条里法定节日怎么收费", "law")
    assert [line[:3] for line in lines] == ["第三条", "（三）", "（一）", "（二）"]
    assert [line[:3] for line in shown("球场法第三条怎么规定的", "law")] == ["第三条", "（一）", "（二）", "（三）"]


def test_articles_of_a_list_that_are_not_there_are_told_beside_those_that_are() -> None:
    place = follow("球场法第二条、第九条", "law")
    assert place is not None
    assert len(place.spans) == 1
    assert place.reason == "《云溪县球场法》从第1条到第4条，没有第9条"


@pytest.mark.parametrize(
    ("question", "named", "reason"),
    [
        ("球场法第九条", ["law"], "从第1条到第4条，没有第9条"),
        ("球场法第三条之八", ["law"], "没有第3条之8"),
        ("工作报告第二部分第七点", ["report"], "没有找到第2部分里编号为 7 的部分"),
        ("工作报告附件9", ["report"], "没有找到附件9"),
        ("云溪法典第九条", ["book1", "book2"], "所指的 2 份文件从第1条到第4条，没有第9条"),
        ("县法第一条", ["law", "other"], "问的可以是《云溪县图书法》《云溪县球场法》2份文件"),
    ],
)
def test_what_is_not_there_is_told(question: str, named: list[str], reason: str) -> None:
    place = follow(question, *named)
    assert place is not None
    assert place.spans == ()
    assert reason in (place.reason or "")


def test_the_points_of_a_text_without_articles_are_called_articles() -> None:
    assert shown("工作报告第二条", "report")[0].startswith("二、今年的任务")


def test_the_books_of_a_code_are_one_work() -> None:
    assert shown("云溪法典第四条", "book1", "book2") == ["第四条 借用人应当爱护原物。"]


def test_a_document_asked_for_by_number_alone_shows_its_outline() -> None:
    place = follow("云发〔2025〕7号", "law")
    assert place is not None
    assert place.kind == "outline"
    assert len(place.spans) == 3


def test_a_text_without_numbers_has_no_last_article() -> None:
    assert follow("锅炉通知最后一条是什么", "plain") is None
