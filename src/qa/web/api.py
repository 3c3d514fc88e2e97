"""REST for the pages' own scripts, and the health check; that for programs is ``qa.web.programs``."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from qa.errors import QAError
from qa.journal import Journal
from qa.web.background import Tells
from qa.web.chat import Library
from qa.web.scope import routes
from qa.web.who.door import LEAN


class Feedback(BaseModel):
    id: str = Field(pattern="^[0-9a-f]{32}$", description="回答的编号")
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
