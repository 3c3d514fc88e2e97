"""A document in frames, long text and outline in several, is the same behind them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import qa.build.wire
from qa.build.read import make
from qa.build.wire import document_frames, document_of, entries_of, entry_frames
from qa.terms import Term
from qa.types import Document, Facts, PageRead, PageStart, Section

TEXT = "第一章 总则\n第一条 为了方便查找，制定本办法。\n（一）先登记；\n（二）再归档。\n第二条 𠮷样的字也算一个。"


def packed(frames: Iterator[tuple[object, ...]]) -> list[bytes]:
    return [json.dumps(frame, ensure_ascii=False).encode() for frame in frames]


@pytest.mark.parametrize("characters", [1, 7, 500_000])
def test_a_document_comes_back_whole(characters: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.build.wire, "TEXT_BATCH", characters)
    monkeypatch.setattr(qa.build.wire, "SECTION_BATCH", characters)
    (tmp_path / "办法.txt").write_text(TEXT, encoding="utf-8")
    made = make(tmp_path, "办法.txt", "摘要", 2**20, 300)
    frames = packed(document_frames(made.document, made.terms))
    assert len(made.document.sections) == 5
    assert len(frames) == 1 + -(-len(made.document.text) // characters) + -(-5 // characters)
    rest = iter([*frames, *packed(entry_frames(made.entries))])
    document, sections, terms = document_of(rest)
    assert (replace(document, sections=made.document.sections), terms) == (made.document, made.terms)
    assert tuple(Section(*values) for values in json.loads(b"[" + sections + b"]")) == made.document.sections
    assert [entry for frame in rest for entry in entries_of(frame, document)] == list(made.entries)


def test_pages_reads_facts_and_an_empty_outline_come_back() -> None:
    document = Document(
        *("号", "甲/乙.pdf", "题", "一页\n二页"),
        pages=(PageStart(1, 0), PageStart(2, 3)),
        facts=Facts(number="甲发〔2031〕1号", repeals=("旧办法",)),
        warnings=("第 3 页是空白的",),
        reads=(PageRead(1, 2), PageRead(2, 2, "ocr", 0.9), PageRead(3, 0, "none")),
    )
    terms = (Term("短", "短的全称"),)
    assert document_of(iter(packed(document_frames(document, terms)))) == (document, b"", terms)


def test_where_an_offset_stands_is_found_as_by_looking_at_each() -> None:
    spans = [(1, 2, 40, -1), (2, 4, 12, 0), (3, 5, 12, 1), (2, 13, 30, 0), (1, 41, 60, -1), (1, 70, 80, -1)]
    sections = tuple(Section(level, "", "", start, end, parent) for level, start, end, parent in spans)
    pages = (PageStart(2, 3), PageStart(3, 20), PageStart(5, 20), PageStart(6, 50))
    document = Document("号", "甲.pdf", "题", "字" * 90, pages=pages, sections=sections)
    for offset in range(92):
        holding = [at for at, section in enumerate(sections) if section.start <= offset < section.end]
        begun = [page.number for page in pages if page.start <= offset]
        assert document.section_at(offset) == max(holding, default=-1)
        assert document.page_at(offset) == (begun[-1] if begun else None)
