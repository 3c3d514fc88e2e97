from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.outline import outline
from qa.split import clauses, context, sentences, split
from qa.types import Canonical, Document, Mark, Section

TARGET = 100


def document(text: str, name: str = "测试", marks: tuple[Mark, ...] = ()) -> Document:
    found = outline(Canonical(text, marks=marks), name)
    return Document("d1", "a/测试.txt", found.title, text, sections=found.sections)


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一句。第二句！第三句？", ["第一句。", "第二句！", "第三句？"]),
        ("甲\n乙。\n\n 丙 ", ["甲", "乙。", "丙"]),
        ("他说：“好。我们走。”然后走了。", ["他说：“好。我们走。”", "然后走了。"]),
        ("“这是什么？”这个问题很重要。", ["“这是什么？”这个问题很重要。"]),
        ("真的？！是的……也许。", ["真的？！", "是的……也许。"]),
        ("增长3.1%。1.先做。2.5亿元。", ["增长3.1%。", "1.先做。", "2.5亿元。"]),
        ("（见前文。另见后文。）完。", ["（见前文。另见后文。）完。"]),
        ("《路在何方？》一书。", ["《路在何方？》一书。"]),
        ("“没有合上。后一句。", ["“没有合上。", "后一句。"]),
        ("对甲罚款；对乙警告。", ["对甲罚款；对乙警告。"]),
        ("It works well. Version 2.5 is out.", ["It works well.", "Version 2.5 is out."]),
        (" \n ", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_long_quotation_is_parted_inside() -> None:
    first, second = "这是引文里的前半部分内容" * 5 + "。", "这是引文里的后半部分内容" * 5 + "。"
    assert cut(f"“{first}{second}”") == [f"“{first}", f"{second}”"]


def test_sentences_of_a_range_keep_their_offsets() -> None:
    assert sentences("甲。乙。丙。", 2, 5) == [(2, 4), (4, 5)]


def test_clauses_part_at_semicolons_outside_brackets() -> None:
    text = "对甲，罚款；对乙，警告；（轻；重）除外。完。"
    assert [text[a:b] for a, b in clauses(text)] == ["对甲，罚款；", "对乙，警告；", "（轻；重）除外。", "完。"]


LAW = "\n".join(
    [
        "饮水管理办法",
        "第一章 总则",
        "第一条 为了管好饮水，制定本办法。",
        "第二条 本办法适用于全县。",
        "第二章 职责",
        "第三条 县里负责下列工作：",
        *(f"（{n}）负责第{n}类水源的巡查、登记、养护和上报工作，并且按月公布巡查的结果；" for n in "一二三四五六"),
        "第四条 本办法自公布之日起施行。",
    ]
)


def test_each_article_begins_a_chunk_and_headings_go_with_what_follows() -> None:
    chunks = split(document(LAW), TARGET)
    begins = [
        "饮水管理办法\n第一章 总则\n第一条 为了",
        "第二条 本办法适用于全县。",
        "第二章 职责\n第三条 县里负责下列工作：\n（一）",
        "（三）负责第三类水源",
        "（五）负责第五类水源",
        "第四条 本办法自公布之日起施行。",
    ]
    assert [chunk.text[: len(begin)] for chunk, begin in zip(chunks, begins, strict=True)] == begins


def test_small_items_share_a_chunk_inside_their_parent() -> None:
    body = "\n".join(f"{n}.第{n}项工作按时完成。" for n in range(1, 9))
    doc = document(f"工作总结\n一、做法\n{body}\n二、打算\n{'明年接着干。' * 15}")
    chunks = split(doc, TARGET)
    assert chunks[0].text.startswith("工作总结\n一、做法\n1.")
    assert chunks[0].text.endswith("8.第8项工作按时完成。")
    assert [(chunk.section, chunk.text[:7]) for chunk in chunks[1:]] == [(9, "二、打算\n明年")]


def test_a_heading_never_ends_a_chunk() -> None:
    paragraphs = [f"这一段写的是第{n}件事情，经过大家努力已经办好。" * 3 for n in range(6)]
    lines = [line for n, text in enumerate(paragraphs) for line in (f"小标题之{n}", text)]
    for chunk in split(document("\n".join(lines)), TARGET):
        assert not chunk.text.splitlines()[-1].startswith("小标题")


def test_an_endless_sentence_is_parted_at_its_pauses() -> None:
    text = "，".join(["继续推进各项重点工作落地见效"] * 60)
    chunks = split(document(text), TARGET)
    assert all(len(chunk.text) <= 160 for chunk in chunks)
    assert all(chunk.text.endswith("，") for chunk in chunks[:-1])


def test_context_is_title_and_headings() -> None:
    text = "一、总体要求\n（一）指导思想。坚持实事求是。"
    sections = (Section(1, "一、", "总体要求", 0, len(text)), Section(2, "（一）", "指" * 80, 7, len(text), 0))
    doc = Document("d", "p", "实施方案", text, sections=sections)
    chunk = split(doc, 80)[0]
    assert context(doc, chunk) == "实施方案 › 一、总体要求"
    inner = type(chunk)(1, "d", 7, len(text), 1, text[7:])
    assert context(doc, inner) == f"实施方案 › 一、总体要求 › （一）{'指' * 57}"


def test_ids_follow_from_document_place_and_text() -> None:
    first, again = split(document(LAW), TARGET), split(document(LAW), TARGET)
    assert first == again
    assert len({chunk.id for chunk in first}) == len(first)
    other = Document("d2", "b", "", LAW, sections=document(LAW).sections)
    assert not {c.id for c in split(other, TARGET)} & {c.id for c in first}


def test_nothing_comes_of_nothing() -> None:
    assert split(document("")) == ()


FRAGMENTS = st.sampled_from(
    [
        *("一、", "二、", "（一）", "（二）", "1.", "2、", "（1）", "①", "第一章 总则", "第一条 ", "第二条 ", "附件1"),
        *(
            "【案例】",
            "目录",
            "要抓紧落实。",
            "“说得好！”",
            "（见附表。）",
            "甲；乙，丙：",
            "\n",
            "\n",
            " ",
            "——",
            "3.1%",
        ),
        *("Hello. World", "是的？", "长" * 90),
    ]
)
TEXTS = st.lists(FRAGMENTS, max_size=60).map("".join) | st.text(max_size=200)


@given(TEXTS)
def test_sentences_cover_all_but_white_space(text: str) -> None:
    spans = sentences(text)
    covered = [False] * len(text)
    last = 0
    for start, end in spans:
        assert last <= start < end
        assert text[start:end] == text[start:end].strip()
        covered[start:end] = [True] * (end - start)
        last = end
    assert all(done or text[i].isspace() for i, done in enumerate(covered))


@given(TEXTS)
def test_clauses_refine_sentences(text: str) -> None:
    whole = sentences(text)
    for start, end in clauses(text):
        assert any(a <= start and end <= b for a, b in whole)


@given(TEXTS)
def test_chunks_rebuild_the_text(text: str) -> None:
    doc = document(text)
    chunks = split(doc, TARGET)
    covered = [False] * len(text)
    last = 0
    for chunk in chunks:
        assert last <= chunk.start < chunk.end
        assert chunk.text == text[chunk.start : chunk.end]
        assert len(chunk.text) <= 2 * TARGET + 120
        assert 0 < chunk.id < 2**63
        if chunk.section >= 0:
            section = doc.sections[chunk.section]
            assert section.start <= chunk.start
            assert chunk.end <= section.end
        covered[chunk.start : chunk.end] = [True] * (chunk.end - chunk.start)
        last = chunk.end
    assert all(done or text[i].isspace() for i, done in enumerate(covered))
