"""Canonical text: exact results for what real files hold, and properties for everything else."""

from __future__ import annotations

import re
import time
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.clean import clean, clean_text
from qa.types import Block, Mark, PageStart

SNIPPETS = [
    *(
        "一、",
        "（二）",
        "第十二条 ",
        "第三条规定",
        "1.",
        "2、",
        "——",
        "- ",
        "《",
        "》",
        "“",
        "”",
        "，",
        "。",
        "；",
        "：",
        "！",
    ),
    *(
        "的",
        "在",
        "是",
        "##paidbegin##",
        "##x",
        "x##",
        "目　录",
        "习 近 平",
        "\n",
        "\n\n",
        "　　",
        " ",
        "\u200b",
        "\ufeff",
    ),
    *(
        "\r\n",
        "\u2028",
        "１２",
        "ＡＢ",
        "25 年",
        "第 3 条",
        "word",
        "and more",
        "返回顶部",
        "打印",
        "【",
        "】",
        "(",
        ")",
        ",",
        ".",
    ),
    *("为了规范管理工作，根据有关规定，结合实际制定本办法", "各位代表", "⽅", "\ue004", "\x07", "�", "㎡"),
]
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(SNIPPETS), max_size=40).map("".join))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("第一条　为了规范", "第一条 为了规范"),
        ("习　近　平", "习近平"),
        ("第一章 总 则", "第一章 总则"),
        ("目\u3000\u3000录", "目录"),
        ("市长 胡某某", "市长 胡某某"),
        ("２０２５年增长５．７％", "2025年增长5.7%"),
        ("2025 年 1 月 9 日", "2025年1月9日"),
        ("依照第 12 条 规定", "依照第12条 规定"),
        ("规定 ， 制定（ 试行 ）", "规定，制定（试行）"),
        ("（一） 加强学习", "（一）加强学习"),
        ("he said “yes” and left", "he said “yes” and left"),
        ("一\u200b二\ufeff三\x00\ue000", "一二三"),
        ("⽅法", "方法"),
        ("面积5㎡", "面积5㎡"),
        ("好��", "好��"),
        ("甲。\r\n乙。\u2028丙。\r丁。", "甲。\n乙。\n丙。\n丁。"),
        ("a\t \xa0b", "a b"),
        ("", ""),
        (" \n\n　\n", ""),
    ],
)
def test_characters_and_white_space(raw: str, expected: str) -> None:
    assert clean_text(raw) == expected


def test_download_marks_go_even_inside_a_line() -> None:
    raw = "前文。\n##paidbegin##（二）有效方法。后文##paidend##继续。\n##paidend##\n返回顶部\n结束。"
    assert clean_text(raw) == "前文。\n（二）有效方法。后文继续。\n结束。"


@pytest.mark.parametrize(
    "raw",
    [
        "贯彻《\n中华人民共和国传染病防治法\n》，制定本办法。",
        "贯彻《\n\n中华人民共和国传染病防治法\n\n》，制定本办法。",
        "要深入学习，\n坚决执行。",
        "三是\n根据当地条件发展产业。",
        "提出推陈出新\n的方针。",
        "他说：“\n没有调查，没有发言权。”",
        "（此件公开\n发布）经研究决定。",
    ],
)
def test_a_break_inside_a_sentence_is_joined(raw: str) -> None:
    assert clean_text(raw) == raw.replace("\n", "")


def test_the_words_of_a_link_return_to_their_sentence() -> None:
    raw = "面对新的形势，我们依照\n宪法\n，完善相关制度。"
    assert clean_text(raw) == "面对新的形势，我们依照宪法，完善相关制度。"


@pytest.mark.parametrize(
    "lines",
    [
        ["一、存在的问题", "对照要求，还有以下问题。"],
        [
            "关于印发管理办法的通知",
            "各县区人民政府：",
            "现将办法印发给你们，请认真执行。",
            "市人民政府",
            "2025年3月1日",
        ],
        ["各位领导，同志们，", "大家好！"],
        ["为加强管理，", "（一）明确责任；", "（二）严格考核。"],
        ["第一章 总则", "第一条 为了规范管理，制定本办法。", "第二条 本办法适用于本市。"],
        ["目录", "一、总体要求", "二、主要任务"],
        ["——坚持稳中求进", "——坚持人民至上"],
        ["应当书面报告。", "”第四条规定了期限。"],
        ["有下列行为的，给予处分：", "……", "（三）其他行为。"],
    ],
)
def test_headings_signatures_and_items_stay_apart(lines: list[str]) -> None:
    assert clean_text("\n".join(lines)).split("\n") == lines


def wrap(paragraphs: list[str], width: int, indent: str = "　　") -> str:
    rows = []
    for paragraph in paragraphs:
        whole = indent + paragraph
        rows += [whole[at : at + width] for at in range(0, len(whole), width)]
    return "\n".join(rows)


PROSE = [
    "为了规范全市公共数据的收集和使用工作，保障公民和组织的合法权益，根据有关法律和行政法规，结合本市工作实际，制定本办法。",
    "本办法所称公共数据，是指各级机关在依法履行职责的过程中产生和获取的数据，包括文字、图片、音频和其他形式的记录。",
    "各级机关应当明确数据管理责任，指定专门人员，建立登记台账，定期检查，发现问题及时整改，并向上级机关书面报告有关情况。",
    "市大数据主管部门负责统筹协调、监督检查和业务指导，其他部门按照各自职责做好相关工作，形成齐抓共管的工作格局。",
]


@pytest.mark.parametrize("width", [21, 28, 36])
def test_text_wrapped_at_a_width_becomes_its_paragraphs_again(width: int) -> None:
    assert clean_text(wrap(PROSE, width)).split("\n") == PROSE


def test_english_lines_join_with_a_space() -> None:
    words = ("Evidence is what a careful reader can check, line by line, without trusting anyone else. " * 6).strip()
    lines = [m.group().strip() for m in re.finditer(r".{1,60}(?: |$)", words)]
    assert clean_text("\n".join(lines)).replace("\n", " ") == words


def test_a_paragraph_runs_on_over_the_page_and_page_starts_stay_exact() -> None:
    blocks = (
        Block("一、总体要求\n加强组织领导，", page=1, flowed=True),
        Block("落实工作责任。\n二、主要任务", page=2, flowed=True),
        Block("", page=3, flowed=True),
        Block("全面推进。", page=4, flowed=True),
    )
    found = clean(blocks)
    assert found.text == "一、总体要求\n加强组织领导，落实工作责任。\n二、主要任务\n全面推进。"
    assert found.pages == (
        PageStart(1, 0),
        PageStart(2, found.text.index("落实")),
        PageStart(4, found.text.index("全面")),
    )


def test_a_word_broken_by_a_page_keeps_its_space_before_the_page() -> None:
    found = clean((Block("在 (see", page=1, flowed=True), Block("chapter one, page", page=2, flowed=True)))
    assert all(found.text[page.start] != " " for page in found.pages)


def test_headings_of_the_format_are_marked() -> None:
    found = clean((Block("第一章　总 则", level=2), Block("正文。"), Block("", level=1), Block("附\n则", level=1)))
    assert found.text == "第一章 总则\n正文。\n附则"
    assert found.marks == (Mark(0, 6, 2), Mark(11, 13, 1))


def test_blocks_that_are_not_flowed_are_one_paragraph_each() -> None:
    assert clean((Block("甲，"), Block("乙\n丙"))).text == "甲，\n乙丙"


@given(TEXTS)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once


@given(TEXTS)
def test_result_is_canonical(text: str) -> None:
    result = clean_text(text)
    assert result == "" or all(line and line == line.strip(" ") for line in result.split("\n"))
    assert not re.search(r"[\r\t\u3000\u200b\ufeff\ue000-\uf8ff]|  ", result)


@given(st.lists(st.sampled_from([s for s in SNIPPETS if s not in {"返回顶部", "打印"}]), max_size=40).map("".join))
def test_no_chinese_letter_is_lost_or_added(text: str) -> None:
    def letters(value: str) -> Counter[str]:
        return Counter(re.findall(r"[\u4e00-\u9fff]", unicodedata.normalize("NFKC", value)))

    assert letters(clean_text(text)) == letters(text)


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_page_starts_rise_and_lie_in_the_text(texts: list[str]) -> None:
    found = clean([Block(text, page=number, flowed=True) for number, text in enumerate(texts, 1)])
    assert [page.number for page in found.pages] == sorted({page.number for page in found.pages})
    starts = [page.start for page in found.pages]
    assert starts == sorted(set(starts))
    assert all(0 <= start < len(found.text) and found.text[start] not in " \n" for start in starts)


def test_cleaning_is_fast() -> None:
    text = "\n".join(f"　　第{number}段。" + "".join(PROSE) for number in range(2000))
    began = time.perf_counter()
    clean_text(text)
    assert len(text.encode()) / 1e6 / (time.perf_counter() - began) > 2  # MB/s; 20 and more on an idle machine
