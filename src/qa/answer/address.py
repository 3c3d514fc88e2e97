"""Direct addresses: 「劳动法第四十四条第二款」「第三章」「第二部分」 → the very place, or that it does not exist."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answer.cite import Open, Span
from qa.answer.parts import LABEL, outline_of, paragraphs, part_spans
from qa.outline.numerals import to_int
from qa.query import Address, Query
from qa.types import Document, Section

ITEM = re.compile(r"^[（(]([一二三四五六七八九十\d]+)[）)]")
COUNTED = re.compile(r"^第?[〇零一二三四五六七八九十百千两\d]+[条款项章节编]?$|^[条款项]")
NAMED = 0.7
TIE = 0.05
SHOWN = 4
"""Titles told where a name may mean several documents."""
CLEAR = 0.5
"""Share of the question's own words, by length, that a paragraph must hold to be shown before its article's others."""
ABOUT = frozenset("规定 内容 原文 条文 全文 情形 条款 法条 条例 办法 修订 修正 现行 旧版 新版 意思 问题".split())
"""Words that ask for the article itself and not for a thing in it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads. ``spans`` is empty where the document has no such place; ``reason`` then says so."""

    kind: str
    spans: tuple[Span, ...]
    document: Document
    reason: str | None = None


def locate(query: Query, named: Sequence[tuple[str, float]], open_document: Open) -> Place | None:
    """Follow the question's address in the documents it names, best first; None without address or named document."""
    address = query.address
    if not named:
        return None
    # Another document may stand in only for one as surely named (the books of one code), never another law.
    tied = [doc_id for doc_id, strength in named if strength >= named[0][1] - TIE]
    if address is None:
        whole = query.gist and named[0][1] >= NAMED and len(tied) == 1
        return _gist(open_document(tied[0])) if whole else None
    documents = [open_document(doc_id) for doc_id in tied]
    if not _one_work(documents, query):
        return _several(documents) if named[0][1] >= NAMED else None
    places = [find(document, address) for document in documents]
    there = next((place for place in places if place.spans), None)
    if there is not None:
        return replace(there, spans=_answering_first(query, there)) if address.unit == "条" else there
    return _nearest_miss(places, address)


def _gist(document: Document) -> Place | None:
    """The outline of the one document that the question names."""
    spans = outline_of(document)
    return Place("outline", spans, document) if spans else None


def _one_work(documents: Sequence[Document], query: Query) -> bool:
    """Whether the documents are one: copies, or the books of a code in a folder that the question names."""
    folders = {document.path.rpartition("/")[0] for document in documents}
    folder = next(iter(folders)).rpartition("/")[2]
    titles = {document.title for document in documents}
    return len(titles) == 1 or (len(folders) == 1 and bool(folder) and folder in query.full)


def _several(documents: Sequence[Document]) -> Place:
    titles = sorted({document.title for document in documents})
    shown = "".join(f"《{title}》" for title in titles[:SHOWN]) + ("等" if len(titles) > SHOWN else "")
    return Place("article", (), documents[0], f"问的可以是{shown}{len(titles)}份文件，请写出全称或年份")


def _answering_first(query: Query, place: Place) -> tuple[Span, ...]:
    """The paragraph that alone holds most of what is asked beyond the address, before the rest of its article."""
    address, text = query.address, place.document.text
    words = asked_beyond(query, place.document.title)
    whole = sum(map(len, words))
    vague = not words or (query.want == "fact" and whole < 4)
    if address is None or address.last or address.more or len(place.spans) < 2 or vague:
        return place.spans
    held = [sum(len(word) for word in words if word in text[s.start : s.end]) / whole for s in place.spans]
    best = max(range(len(held)), key=held.__getitem__)
    if best == 0 or held[best] < CLEAR or held.count(held[best]) > 1:
        return place.spans
    # An item says nothing without the sentence that leads it in.
    lead = [place.spans[0]] if ITEM.match(text[place.spans[best].start : place.spans[best].end]) else []
    first = [*lead, place.spans[best]]
    return (*first, *(span for span in place.spans if span not in first))


def asked_beyond(query: Query, title: str) -> list[str]:
    """The question's words that are neither of the address, nor of the title, nor ask for the article as such."""
    return [w for w in query.words if len(w) > 1 and w not in ABOUT and w not in title and not COUNTED.search(w)]


def _nearest_miss(missing: Sequence[Place], address: Address) -> Place | None:
    """What to say of an address that no document has; of a code in several books, all their numbers."""
    if address.unit == "标题" or (address.number < 0 and not any(articles(place.document) for place in missing)):
        return None
    numbers = [number for place in missing for number, _, _ in articles(place.document)]
    if address.unit != "条" or len(missing) == 1 or not numbers:
        return missing[0]
    reason = f"所指的 {len(missing)} 份文件从第{min(numbers)}条到第{max(numbers)}条，没有第{address.number}条"
    return Place("article", (), missing[0].document, reason)


def find(document: Document, address: Address) -> Place:
    """The address in one document."""
    if address.unit == "条":
        return _articles(document, address)
    spans = part_spans(document, address)
    if spans is None:
        return Place("outline", (), document, _no_part(document, address))
    return Place("outline", spans, document)


def articles(document: Document) -> list[tuple[int, int | None, Section]]:
    """(number, 之N, section) of the document's articles in order."""
    found = []
    for section in document.sections:
        match = LABEL.match(section.label)
        if match and match[2] == "条" and (number := to_int(match[1])):
            found.append((number, to_int(match[3]) if match[3] else None, section))
    return found


def _articles(document: Document, address: Address) -> Place:
    every = articles(document)
    points = None if every else part_spans(document, replace(address, unit="部分"))
    if points:
        return Place("outline", points, document)  # an amendment's 「一、」 is called its 第一条
    wanted = _wanted(every, address)
    if not wanted:
        return Place("article", (), document, _no_article(document, address, every))
    spans = [span for section in wanted for span in paragraphs(document, section)]
    if address.paragraph is not None:
        held = clauses(document, spans)
        if address.paragraph > len(held):
            reason = f"《{document.title}》{wanted[0].label}共 {len(held)} 款，没有第 {address.paragraph} 款"
            return Place("article", (), document, reason)
        spans = held[address.paragraph - 1]
    if address.item is not None:
        items = [s for s in spans if (m := ITEM.match(document.text[s.start : s.end])) and to_int(m[1]) == address.item]
        if not items:
            return Place("article", (), document, f"《{document.title}》{wanted[0].label}没有第 {address.item} 项")
        spans = items
    return Place("article", tuple(spans), document, _left_out(document, address, every))


def _left_out(document: Document, address: Address, every: Sequence[tuple[int, int | None, Section]]) -> str | None:
    """Which articles of a list or range aren't there, where others are."""
    held = {number for number, _, _ in every}
    wanted = [address.number, *address.more, *([address.last] if address.last else [])]
    lost = "、".join(f"第{number}条" for number in wanted if number > 0 and number not in held)
    return f"《{document.title}》从第{min(held)}条到第{max(held)}条，没有{lost}" if lost else None


def _wanted(every: Sequence[tuple[int, int | None, Section]], address: Address) -> list[Section]:
    """The articles of an address: one, the last but so many, a range, or a list."""
    if address.number < 0:
        return [every[address.number][2]] if len(every) >= -address.number else []
    numbers = {address.number, *address.more}
    if address.last:
        numbers |= set(range(address.number, address.last + 1))
    whole = address.last is not None or bool(address.more)
    return [section for number, sub, section in every if number in numbers and (whole or sub == address.sub)]


def clauses(document: Document, spans: Sequence[Span]) -> list[list[Span]]:
    """款: each paragraph that isn't an item （一）… begins one; items belong to the 款 before them."""
    clauses: list[list[Span]] = []
    for span in spans:
        if clauses and ITEM.match(document.text[span.start : span.end]):
            clauses[-1].append(span)
        else:
            clauses.append([span])
    return clauses


def _no_article(document: Document, address: Address, every: Sequence[tuple[int, int | None, Section]]) -> str:
    name = f"第{address.number}条" + (f"之{address.sub}" if address.sub else "")
    if address.number < 0:
        name = f"倒数第{-address.number}条"
    if not every:
        return f"《{document.title}》不是按“条”编号的，没有{name}"
    numbers = [number for number, _, _ in every]
    return f"《{document.title}》从第{min(numbers)}条到第{max(numbers)}条，没有{name}"


def _no_part(document: Document, address: Address) -> str:
    place = f"附件{address.number}" if address.unit == "附件" else f"第{address.number}{address.unit}"
    inner = f"里编号为 {address.inner} 的部分" if address.inner else ""
    place = f"倒数第{-address.number}{address.unit}" if address.number < 0 else place
    return f"《{document.title}》里没有找到{address.title or place}{inner}"
