"""REST for the pages' own scripts, and the health check; that for programs is ``qa.web.programs``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from qa.errors import InputError, QAError
from qa.journal import Journal
from qa.types import Document, page_kind
from qa.web.background import Tells
from qa.web.chat import Library, digest
from qa.web.scope import routes

AROUND = 120
"""Characters of the document shown before and after a quote, at most; cut at a paragraph's or sentence's end."""


class Feedback(BaseModel):
    id: str = Field(pattern="^[0-9a-f]{32}$", description="回答的编号")
    good: bool = Field(description="是否有帮助")
    note: str = Field("", max_length=2000, description="说明")


def router(library: Library, journal: Journal | None, background: Tells | None) -> APIRouter:
    """The routes under ``/api`` and ``/healthz``."""
    api = APIRouter()
    api.include_router(routes(library))

    @api.get("/healthz", summary="运行状态", tags=["状态"])
    def healthz() -> JSONResponse:
        return health(library, background)

    @api.get("/api/passage", summary="引文及其上下文，逐字核对", tags=["资料库"])
    def passage_at(
        doc: str = Query(description="文件编号 doc_id"),
        start: int = Query(ge=0, description="起点（字）"),
        end: int = Query(ge=0, description="终点（字，不含）"),
        check: str = Query("", pattern="^[0-9a-f]{0,16}$", description="引文 SHA-256 的前 16 位十六进制，供核对"),
    ) -> dict[str, Any]:
        return {**passage(library.document(doc), start, end, check), "facts": library.badges(doc)}

    @api.post("/api/feedback", summary="评价回答", tags=["问答"])
    def feedback(body: Feedback) -> dict[str, bool]:
        return {"kept": journal is not None and journal.feedback(body.id, body.good, body.note)}

    return api


def health(library: Library, background: Tells | None) -> JSONResponse:
    """200 with the library's state, or 503 with the error. ``background`` tells of the vectors being completed."""
    try:
        status = library.status()
    except QAError as error:
        return JSONResponse({"ok": False, **error_body(error)}, 503)
    progress = status.progress
    return JSONResponse(
        {
            "ok": True,
            "generation": status.generation,
            "documents": status.documents,
            "chunks": status.chunks,
            "vectors": status.vectors,
            "encoder": status.encoder,
            "problems": len({problem.path for problem in status.problems if problem.path}),
            "notices": [problem.message for problem in status.problems if not problem.path],
            "progress": progress and {"stage": progress.stage, "done": progress.done, "total": progress.total},
            "background": background and {"running": background.running, "failure": background.failure},
        }
    )


def passage(document: Document, start: int, end: int, check: str = "") -> dict[str, Any]:
    """The quote and what stands around it. ``verified``: is the quote's digest ``check``? None without one."""
    if not start < end <= len(document.text):
        raise InputError(
            f"位置 {start}–{end} 不在文件之内（全文 {len(document.text)} 字）", "文件可能已经更新，请打开原文查看"
        )
    text, quote = document.text, document.text[start:end]
    section = document.section_at(start)
    return {
        "doc_id": document.id,
        "path": document.path,
        "title": document.title,
        "number": document.facts.number,
        "date": document.facts.date,
        "breadcrumb": [s.heading for s in document.trail(section)],
        "page": document.page_at(start),
        "page_kind": page_kind(document.path),
        "start": start,
        "end": end,
        "before": _before(text, start),
        "quote": quote,
        "after": _after(text, end),
        "verified": digest(quote) == check if check else None,
    }


def error_body(error: QAError) -> dict[str, str]:
    return {"code": error.code, "message": f"{error.what}。", "todo": f"{error.todo}。" if error.todo else ""}


def _before(text: str, start: int) -> str:
    window = text[max(0, start - AROUND) : start]
    if start <= AROUND:
        return window
    cuts = [i + 1 for i, c in enumerate(window) if c in "\n。！？；"]
    inner = [cut for cut in cuts if cut < len(window)]
    return window[inner[0] :] if inner else window


def _after(text: str, end: int) -> str:
    window = text[end : end + AROUND]
    if end + AROUND >= len(text):
        return window
    cut = max(window.rfind(c) for c in "\n。！？；")
    return window[: cut + 1] if cut > 0 else window
