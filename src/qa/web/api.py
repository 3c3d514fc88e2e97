"""REST: the same assistant for other programs, and what the page's script needs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from qa.errors import QAError
from qa.journal import Journal
from qa.types import Sort
from qa.web.background import Tells
from qa.web.chat import MAX_HISTORY, Library, tidy
from qa.web.scope import ScopeIn, routes
from qa.web.who.door import LEAN
from qa.web.wording import worded


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


def error_body(error: QAError) -> dict[str, str]:
    return {"code": error.code, "message": f"{error.what}。", "todo": f"{error.todo}。" if error.todo else ""}


def _history(body: Question) -> list[str]:
    earlier = [tidy(q) for q in body.history if q.strip()]
    return earlier[-MAX_HISTORY:]
