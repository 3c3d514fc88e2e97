"""What leads a list in, and how much of each of its items is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer.cite import Span
from qa.outline.announced import announced
from qa.query import Query
from qa.split import sentences
from qa.types import Document

LEADS = re.compile(r"(?:以下|下列|如下)[^。\n]{0,12}[。：:]?$|[：:]$")
ANNOUNCING = 3
"""So many sentences before its items may announce a list: remarks stand between."""
WHOLE = 90
"""An item up to so many characters is shown whole, of a longer one its opening sentence."""
LABEL = re.compile(
    r"[（(第]?[〇一二三四五六七八九十百\d①-⑳]{1,4}(?:[）)、.．]|[是要]|[章节编条种类点项部分]+)?[\s，,、：:。]*"
)


def lead_in(query: Query, document: Document, before: Sequence[tuple[int, int]]) -> Span | None:
    """What leads a list in, of the sentences ``before`` it: of the last three the last that announces it, else the
    heading where that says more of the question than the last sentence does, else that one."""
    if not before:
        return None
    text = document.text
    for start, end in reversed(before[-ANNOUNCING:]):
        if announced(text[start:end]) or LEADS.search(text[start:end]):
            return Span(document.id, start, end)
    last = Span(document.id, *before[-1])
    index = document.section_at(last.start)
    if index < 0:
        return last
    section = document.sections[index]
    heading = Span(document.id, *sentences(text, section.start, section.end)[0])
    said = [sum(word in text_of(document, span) for word in query.words) for span in (heading, last)]
    return heading if said[0] > said[1] else last


def opening_of(text: str, start: int) -> str:
    """The sentence that opens the paragraph in which another begins at ``start``."""
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("。", line, start)
    return text[line : stop + 1] if stop >= 0 else ""


def text_of(document: Document, span: Span) -> str:
    return document.text[span.start : span.end]


def clip(document: Document, item: Span) -> Span:
    """A short item whole; of a longer one its first sentence, and the next where the first is but a label."""
    text = document.text[item.start : item.end]
    line = text.split("\n", 1)[0].rstrip()
    if len(line) <= WHOLE and not _bare(line):
        return Span(item.doc_id, item.start, item.start + len(line))
    for _, end in sentences(document.text, item.start, item.end):
        if not _bare(document.text[item.start : end]):
            return Span(item.doc_id, item.start, end)
    return Span(item.doc_id, item.start, item.end)


def _bare(text: str) -> bool:
    """Whether a text is a label and nothing else."""
    return bool(LABEL.fullmatch(text))
