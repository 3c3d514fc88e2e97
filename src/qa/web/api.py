"""REST: the same assistant for other programs, and what the page's script needs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from qa.errors import InputError, QAError
from qa.journal import Journal
from qa.types import Document, Sort, page_kind
from qa.web.background import Tells
from qa.web.chat import MAX_HISTORY, Library, digest, tidy
from qa.web.scope import ScopeIn, routes
from qa.web.who.door import LEAN
from qa.web.wording import worded

AROUND = 120
"""Characters of the document shown before and after a quote, at most; cut at a paragraph's or sentence's end."""


class Question(BaseModel):
    """A question, and the questions asked before it, oldest first."""

    question: str = Field(description="问题", examples=["四下基层指的是哪四项？"])
    history: list[str] = Field(default=[], max_length=100, description="此前的问题，从早到晚")
    scope: ScopeIn = Field(default_factory=ScopeIn, description="只问哪些资料；各项要同时符合")


class Ask(Question):
    worded: bool = Field(False, description="设有语言模型时，等它转述后再答复（worded 一项）；原句不受影响")


class Search(Question):
    k: int = Field(10, ge=1, le=100, description="返回片段的个数")
    sort: Sort = Field("score", description="score 按把握，date 按成文日期从新到旧")


class Feedback(BaseModel):
    id: str = Field(pattern="^[0-9a-f]{32}$", description="回答的编号（响应头 X-Answer-Id）")
    good: bool = Field(description="是否有帮助")
    note: str = Field("", max_length=2000, description="说明")
    wrong: int | None = Field(None, ge=0, le=10_000, description="引错的是第几条引文；0 指整个回答")


def router(library: Library, journal: Journal | None, background: Tells | None) -> APIRouter:
    """The routes under ``/api`` and ``/healthz``."""
    api = APIRouter()
    api.include_router(routes(library))

    @api.get("/healthz", summary="运行状态", tags=["状态"])
    def healthz(request: Request) -> JSONResponse:
        return lean(library) if request.scope.get(LEAN) else health(library, background)

    @api.post("/api/ask", summary="提问", tags=["问答"])
    def ask(body: Ask, response: Response) -> dict[str, Any]:
        answer = library.ask(tidy(body.question), _history(body), body.scope.scope())
        if journal is not None and (answer_id := journal.record(answer, scope=body.scope.scope().told)):
            response.headers["X-Answer-Id"] = answer_id
        return (worded(library, answer) if body.worded else answer).to_dict()

    @api.post("/api/search", summary="查找片段", tags=["问答"])
    def search(body: Search) -> dict[str, Any]:
        hits = library.search(tidy(body.question), body.k, _history(body), body.scope.scope(), body.sort)
        return {"question": body.question, "hits": [hit.to_dict() for hit in hits]}

    @api.get("/api/documents", summary="文件清单", tags=["资料库"])
    def documents() -> dict[str, Any]:
        return {"documents": [{**d.to_dict(), "badges": library.badges(d.id)} for d in library.documents()]}

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
        return {"kept": journal is not None and journal.feedback(body.id, body.good, body.note, body.wrong)}

    return api


def lean(library: Library) -> JSONResponse:
    """For those who have not logged in (a monitor, say): well or not, and of which generation."""
    try:
        return JSONResponse({"ok": True, "generation": library.status().generation})
    except QAError:
        return JSONResponse({"ok": False}, 503)


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


def _history(body: Question) -> list[str]:
    earlier = [tidy(q) for q in body.history if q.strip()]
    return earlier[-MAX_HISTORY:]


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
