"""A document cut into what is compared: articles, else sections, else paragraphs. The units cover the whole text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.types import Document

Kind = Literal["articles", "sections", "paragraphs"]

ARTICLES, SECTIONS = 3, 2
"""So many articles or sections make a text one that is compared by them."""
WIDTHS = str.maketrans("(),;:?!\u3000“”‘’", "（），；：？！ \"\"''")
"""How a sign is typed is no change of the text; one for one, so that places stay."""
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千\d]+条")


@dataclass(frozen=True, slots=True)
class Unit:
    """``[start, end)`` of a document, whole paragraphs, the line feed behind the last one included.

    ``label`` is its number as written at its start ("第十二条"), empty where it has none; ``body`` what follows it,
    with signs of one width.
    """

    label: str
    start: int
    end: int
    body: str


def common_kind(one: Document, other: Document) -> Kind:
    """The finest kind of unit that both documents have."""
    if all(len(_articles(document)) >= ARTICLES for document in (one, other)):
        return "articles"
    if all(len(_sections(document)) >= SECTIONS for document in (one, other)):
        return "sections"
    return "paragraphs"


def units(document: Document, kind: Kind) -> list[Unit]:
    """In order, without gaps from 0 to the text's end; empty for an empty text.

    Chapter headings between articles are units of their own, and so is what stands before the first one.
    """
    text = document.text
    if kind == "paragraphs":
        starts = {0: ""} | {at + 1: "" for at, character in enumerate(text) if character == "\n"}
    else:
        starts = {0: ""} | _sections(document)
    starts = {at: label for at, label in starts.items() if at < len(text)}
    cuts = sorted(starts)
    return [_unit(text, starts[at], at, end) for at, end in zip(cuts, [*cuts, len(text)][1:], strict=True)]


def _unit(text: str, label: str, start: int, end: int) -> Unit:
    said = label if text.startswith(label, start) else ""
    return Unit(label, start, end, text[start + len(said) : end].translate(WIDTHS).strip())


def _articles(document: Document) -> dict[int, str]:
    return {start: label for start, label in _sections(document).items() if _ARTICLE.match(label)}


def _sections(document: Document) -> dict[int, str]:
    """Start → label of what begins a paragraph; below articles nothing counts: an article is compared whole."""
    inside = _below_articles(document)
    return {
        section.start: section.label
        for section, below in zip(document.sections, inside, strict=True)
        if not below and (section.start == 0 or document.text[section.start - 1] == "\n")
    }


def _below_articles(document: Document) -> Sequence[bool]:
    found: list[bool] = []
    for section in document.sections:
        parent = section.parent
        found.append(parent >= 0 and (found[parent] or bool(_ARTICLE.match(document.sections[parent].label))))
    return found
