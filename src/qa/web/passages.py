"""A quote where it stands: what is around it, checked once more, and the paragraphs to walk to from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from fastapi import APIRouter, Query, Request

from qa.errors import InputError
from qa.types import Citation, Document, page_kind
from qa.web.chat import Library, digest
from qa.web.citing import quotation, reference
from qa.web.texts import Lang

AROUND = 120
"""Characters of the document shown before and after a quote, at most; cut at a paragraph's or sentence's end."""
PARAGRAPH = 1200
"""Characters of a paragraph handed out at once; a longer one comes in pieces, cut at the end of a sentence."""
STOPS = "\n。！？；"


def routes(library: Library, lang_of: Callable[[Request], Lang]) -> APIRouter:
    """``/api/passage`` and ``/api/paragraph``."""
    api = APIRouter()

    @api.get("/api/passage", summary="引文及其上下文，逐字核对", tags=["资料库"])
    def passage_at(
        request: Request,
        doc: str = Query(description="文件编号 doc_id"),
        start: int = Query(ge=0, description="起点（字）"),
        end: int = Query(ge=0, description="终点（字，不含）"),
        check: str = Query("", pattern="^[0-9a-f]{0,16}$", description="引文 SHA-256 的前 16 位十六进制，供核对"),
    ) -> dict[str, Any]:
        return passage(library.document(doc), start, end, check, library.badges(doc), lang_of(request))

    @api.get("/api/paragraph", summary="某处的上一段或下一段", tags=["资料库"])
    def paragraph_at(
        doc: str = Query(description="文件编号 doc_id"),
        at: int = Query(ge=0, description="从哪里起（字）"),
        way: Literal["before", "after"] = Query(description="before 上一段，after 下一段"),
    ) -> dict[str, Any]:
        return paragraph(library.document(doc), at, way)

    return api


def passage(
    document: Document, start: int, end: int, check: str, facts: Mapping[str, str], lang: Lang = "zh"
) -> dict[str, Any]:
    """The quote and what stands around it. ``verified``: is the quote's digest ``check``? None without one.

    ``reference`` and ``quotation`` are the citation as people write it, ready to be pasted; ``from`` and ``to`` are
    where the text shown begins and ends.
    """
    if not start < end <= len(document.text):
        raise InputError(
            f"位置 {start}–{end} 不在文件之内（全文 {len(document.text)} 字）", "文件可能已经更新，请打开原文查看"
        )
    text, quote = document.text, document.text[start:end]
    before, after = _before(text, start), _after(text, end)
    trail, page = _trail(document, start), document.page_at(start)
    cited = Citation(0, document.id, document.title, document.path, start, end, quote, trail, page, facts=facts)
    return {
        "doc_id": document.id,
        "path": document.path,
        "title": document.title,
        "number": document.facts.number,
        "date": document.facts.date,
        "breadcrumb": list(trail),
        "page": page,
        "page_kind": page_kind(document.path),
        "start": start,
        "end": end,
        "from": start - len(before),
        "to": end + len(after),
        "length": len(text),
        "before": before,
        "quote": quote,
        "after": after,
        "verified": digest(quote) == check if check else None,
        "reference": reference(cited, lang),
        "quotation": quotation(cited, lang),
        "facts": dict(facts),
    }


def paragraph(document: Document, at: int, way: Literal["before", "after"]) -> dict[str, Any]:
    """The text from ``at`` to the beginning (or end) of the next paragraph that way, line breaks included.

    Empty at the document's end. ``breadcrumb`` is that of its last (or first) words: those next to ``at``.
    """
    text = document.text
    if at > len(text):
        raise InputError(f"位置 {at} 不在文件之内（全文 {len(text)} 字）", "文件可能已经更新，请打开原文查看")
    start, end = (_back(text, at), at) if way == "before" else (at, _on(text, at))
    body = text[start:end]
    near = start + (len(body.rstrip()) - 1 if way == "before" else len(body) - len(body.lstrip()))
    near = min(max(near, start), max(start, end - 1))
    return {
        "doc_id": document.id,
        "start": start,
        "end": end,
        "text": body,
        "breadcrumb": list(_trail(document, near)),
        "page": document.page_at(near),
        "page_kind": page_kind(document.path),
        "more": bool(text[:start].strip()) if way == "before" else bool(text[end:].strip()),
    }


def _trail(document: Document, at: int) -> tuple[str, ...]:
    return tuple(s.heading for s in document.trail(document.section_at(at)))


def _back(text: str, at: int) -> int:
    """Where the paragraph begins that holds the last letter before ``at``, or a sentence of it when it is long."""
    last = len(text[max(0, at - PARAGRAPH) : at].rstrip()) + max(0, at - PARAGRAPH)
    floor = max(0, last - PARAGRAPH)
    if (line := text.rfind("\n", floor, last)) >= 0:
        return line + 1
    if not floor:
        return 0
    return next((i + 1 for i in range(floor, last - 1) if text[i] in STOPS), floor)


def _on(text: str, at: int) -> int:
    """Where the paragraph ends that holds the first letter from ``at`` on, or a sentence of it when it is long."""
    window = text[at : at + 2 * PARAGRAPH]
    first = at + len(window) - len(window.lstrip())
    ceiling = min(len(text), first + PARAGRAPH)
    if (line := text.find("\n", first, ceiling)) >= 0:
        return line
    if ceiling == len(text):
        return ceiling
    return next((i + 1 for i in range(ceiling - 1, first, -1) if text[i] in STOPS), ceiling)


def _before(text: str, start: int) -> str:
    window = text[max(0, start - AROUND) : start]
    if start <= AROUND:
        return window
    cuts = [i + 1 for i, c in enumerate(window) if c in STOPS]
    inner = [cut for cut in cuts if cut < len(window)]
    return window[inner[0] :] if inner else window


def _after(text: str, end: int) -> str:
    window = text[end : end + AROUND]
    if end + AROUND >= len(text):
        return window
    cut = max(window.rfind(c) for c in STOPS)
    return window[: cut + 1] if cut > 0 else window
