"""REST under /api/v1: an application of its own, with its own errors and its own OpenAPI."""

from __future__ import annotations

from asyncio import to_thread
from typing import Annotated, Any

from fastapi import FastAPI, Header, Path, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse

from qa.errors import IndexUnavailable, InputError
from qa.journal import Journal
from qa.settings import Settings
from qa.types import Scope, Sort
from qa.web.api import health
from qa.web.background import Tells
from qa.web.chat import Library, tidy
from qa.web.passages import passage
from qa.web.programs import shapes
from qa.web.programs.asking import BEAT, Told, ask, earlier, events
from qa.web.programs.listing import Order, listed, text_of, whole
from qa.web.programs.openapi import FAILURES, describe
from qa.web.programs.problem import NotFound, handle_errors

DocId = Annotated[str, Path(description="文件编号 doc_id", max_length=200, examples=["d1"])]
Asked = Annotated[
    str, Query(description="问题", examples=[shapes.ASKED], json_schema_extra={"minLength": 1, "pattern": shapes.SEEN})
]
Names = Annotated[list[str], Query(max_length=50)]

EVENT = {
    "type": "object",
    "description": "一个事件；data 是 JSON",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["status", "citation", "sentence", "done", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}

STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "回答；要求逐句发送时是 SSE：status、citation、sentence、done 或 error",
        "content": {"text/event-stream": {"schema": EVENT}},
    }
}


def rest(library: Library, journal: Journal | None, background: Tells | None, settings: Settings) -> FastAPI:
    """The application to mount at /api/v1."""
    app = FastAPI(
        title="有据",
        version="1",
        summary="句句有出处的资料问答",
        docs_url=None,
        redoc_url=None,
        root_path_in_servers=False,
        servers=[{"url": f"{settings.root_path}/api/v1", "description": "本机"}],
        responses=FAILURES,
    )
    handle_errors(app)
    _asking(app, library, journal)
    _documents(app, library)

    @app.get("/health", summary="运行状态", tags=["状态"], response_model=shapes.HealthOut)
    def state() -> Response:
        library.status()  # raises what is told as a problem; health() would tell it in the page's way
        answer = health(library, background)
        if answer.status_code != 200:
            raise IndexUnavailable("资料库不可用", "请稍后再试")
        return answer

    @app.post("/feedback", summary="评价一次回答", tags=["问答"], response_model=shapes.KeptOut)
    def feedback(body: shapes.Feedback) -> Response:
        return JSONResponse(
            {"kept": journal is not None and journal.feedback(body.id, body.good, body.note, body.wrong)}
        )

    describe(app, settings)
    return app


def _asking(app: FastAPI, library: Library, journal: Journal | None) -> None:
    @app.post("/ask", summary="提问", tags=["问答"], response_model=shapes.AnswerOut, responses=STREAM)
    async def answer(body: shapes.Question, accept: Annotated[str, Header(include_in_schema=False)] = "") -> Response:
        tidy(body.question)  # an empty one is refused before a stream begins

        def work() -> Told:
            return ask(library, journal, body.question, body.history, body.scope.scope(), wordy=body.worded)

        if body.stream or "text/event-stream" in accept:
            headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            return StreamingResponse(events(work, BEAT), media_type="text/event-stream", headers=headers)
        return JSONResponse((await to_thread(work)).to_dict())

    def found(question: str, k: int, history: list[str], scope: Scope, sort: Sort) -> Response:
        asked = tidy(question)
        hits = library.search(asked, k, earlier(history), scope, sort)
        return JSONResponse({"question": asked, "hits": [hit.to_dict() for hit in hits]})

    @app.post("/search", summary="查找片段", tags=["问答"], response_model=shapes.HitsOut)
    def search(body: shapes.Search) -> Response:
        return found(body.question, body.k, body.history, body.scope.scope(), body.sort)

    @app.get("/search", summary="查找片段", tags=["问答"], response_model=shapes.HitsOut)
    def search_by_address(
        q: Asked,
        k: Annotated[int, Query(ge=1, le=100, description="返回片段的个数")] = 10,
        sort: Annotated[Sort, Query(description="score 按把握，date 按成文日期")] = "score",
        folder: Annotated[Names, Query(description="只看这些文件夹；可多次给出")] = [],  # noqa: B006
        document: Annotated[Names, Query(description="只看这些文件：编号、路径或标题")] = [],  # noqa: B006
        year: Annotated[list[int], Query(max_length=50, description="只看这些年份")] = [],  # noqa: B006
        issuer: Annotated[Names, Query(description="只看这些发文机关")] = [],  # noqa: B006
        in_force: Annotated[bool, Query(description="只看现行")] = False,
    ) -> Response:
        scope = Scope(tuple(folder), tuple(document), tuple(year), tuple(issuer), in_force)
        return found(q, k, [], scope, sort)


def _documents(app: FastAPI, library: Library) -> None:
    @app.get("/documents", summary="文件清单", tags=["资料库"], response_model=shapes.DocumentsOut)
    def documents(
        q: Annotated[str, Query(max_length=200, description="标题、路径或文号里含有")] = "",
        folder: Annotated[str, Query(max_length=500, description="文件夹，相对于资料文件夹")] = "",
        issuer: Annotated[str, Query(max_length=200, description="发文机关")] = "",
        year: Annotated[int | None, Query(description="年份")] = None,
        file_format: Annotated[str, Query(alias="format", max_length=20, description="格式，如 docx")] = "",
        sort: Annotated[Order, Query(description="按什么排序")] = "path",
        desc: Annotated[bool, Query(description="从大到小、从新到旧")] = False,
        page: Annotated[int, Query(ge=1, le=1_000_000, description="第几页，从 1 起")] = 1,
        per_page: Annotated[int, Query(ge=1, le=500, description="每页几份")] = 50,
    ) -> Response:
        infos = listed(library.documents(), q, folder, issuer, year, file_format, sort, desc)
        shown = infos[(page - 1) * per_page : page * per_page]
        total, pages = len(infos), -(-len(infos) // per_page)
        rows = [{**info.to_dict(), "badges": library.badges(info.id)} for info in shown]
        return JSONResponse({"documents": rows, "total": total, "page": page, "per_page": per_page, "pages": pages})

    @app.get("/documents/{doc_id}", summary="一份文件：要素与提纲", tags=["资料库"], response_model=shapes.WholeOut)
    def document(doc_id: DocId) -> Response:
        return JSONResponse(whole(library, doc_id))

    @app.get("/documents/{doc_id}/text", summary="文件的原文", tags=["资料库"], response_model=shapes.TextOut)
    def text(
        doc_id: DocId,
        start: Annotated[int, Query(ge=0, description="起点（字）")] = 0,
        end: Annotated[int | None, Query(ge=0, description="终点（字，不含）；不给则到末尾")] = None,
    ) -> Response:
        return JSONResponse(text_of(library, doc_id, start, end))

    @app.get("/passage", summary="一段原文及其上下文，逐字核对", tags=["资料库"], response_model=shapes.PassageOut)
    def around(
        doc: Annotated[str, Query(max_length=200, description="文件编号 doc_id", examples=["d1"])],
        start: Annotated[int, Query(ge=0, description="起点（字）")],
        end: Annotated[int, Query(ge=0, description="终点（字，不含）")],
        check: Annotated[
            str, Query(pattern="^[0-9a-f]{0,16}$", description="引文 SHA-256 的前 16 位十六进制，供核对")
        ] = "",
    ) -> Response:
        try:
            return JSONResponse(passage(library.document(doc), start, end, check, library.badges(doc)))
        except InputError as error:
            raise NotFound(error.what, error.todo) from error
