"""The library's documents for programs: filtered and sorted, one of them, or its text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from qa.errors import InputError
from qa.retrieve.scope import issuers_of
from qa.types import Document, DocumentInfo
from qa.web.chat import Library
from qa.web.programs.problem import NotFound

Order = Literal["path", "title", "date", "chars"]

MOST = 100_000
"""Characters of one answer, 300 KB: a law fits, a book comes in pieces."""


def listed(
    infos: Iterable[DocumentInfo],
    q: str,
    folder: str,
    issuer: str,
    year: int | None,
    file_format: str,
    sort: Order,
    desc: bool,
) -> list[DocumentInfo]:
    """Those that fit every condition given; ties by path, undated ones as the oldest."""
    words, inside = q.split(), folder.replace("\\", "/").strip("/")

    def fits(info: DocumentInfo) -> bool:
        told = f"{info.title}\n{info.path}\n{info.facts.number or ''}"
        return (
            all(word in told for word in words)
            and (not inside or info.path.startswith(f"{inside}/"))
            and (not issuer or issuer in issuers_of(info))
            and (year is None or info.facts.year == year)
            and (not file_format or info.format == file_format.lstrip(".").lower())
        )

    def key(info: DocumentInfo) -> Any:
        return {"path": info.path, "title": info.title, "date": info.facts.date or "", "chars": info.chars}[sort]

    kept = sorted(filter(fits, infos), key=lambda info: info.path)
    return sorted(kept, key=key, reverse=desc)


def document_of(library: Library, doc_id: str) -> Document:
    try:
        return library.document(doc_id)
    except InputError as error:
        raise NotFound(error.what, error.todo) from error


def whole(library: Library, doc_id: str) -> dict[str, Any]:
    """The document's line of the list, with its outline and its editions; the text comes by itself."""
    sections = document_of(library, doc_id).sections
    info = next((info for info in library.documents() if info.id == doc_id), None)
    if info is None:
        raise NotFound(f"资料库里没有编号为 {doc_id!r} 的文件", "它可能刚被删除或改名，请重新取文件清单")
    outline = [
        {"level": s.level, "heading": s.heading, "start": s.start, "end": s.end, "parent": s.parent} for s in sections
    ]
    editions = [
        {"doc_id": e.doc_id, "title": e.title, "path": e.path, "date": e.date, "status": e.status}
        for e in library.editions(doc_id)
    ]
    return {**info.to_dict(), "badges": library.badges(doc_id), "sections": outline, "editions": editions}


def text_of(library: Library, doc_id: str, start: int, end: int | None) -> dict[str, Any]:
    """Characters [start, end) of the text, at most ``MOST`` of them; ``next`` says where to go on."""
    document = document_of(library, doc_id)
    size = len(document.text)
    wanted = size if end is None else end
    if not start <= wanted <= size:
        what = f"位置 {start}–{wanted} 不在文件之内（全文 {size} 字）"
        raise NotFound(what, "start 应不大于 end，end 应不大于全文字数")
    last = min(wanted, start + MOST)
    return {
        "doc_id": document.id,
        "path": document.path,
        "title": document.title,
        "start": start,
        "end": last,
        "chars": size,
        "text": document.text[start:last],
        "next": last if last < wanted else None,
    }
