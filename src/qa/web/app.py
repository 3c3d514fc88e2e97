"""The web application: our pages and REST, and behind them Gradio's chat, which joins when its import is done."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from qa.errors import InputError, QAError
from qa.journal import Journal
from qa.settings import Settings
from qa.web import compare, reader
from qa.web.api import error_body, router
from qa.web.background import Tells
from qa.web.chat import Library
from qa.web.gate import Gate
from qa.web.guard import Guard, guarded
from qa.web.keeper import Keeper
from qa.web.manage import Desk, routes
from qa.web.page import STATIC, notice
from qa.web.texts import TEXTS, Lang, lang_of

log = logging.getLogger(__name__)

COOKIE = "youju_lang"


def create_app(
    assistant: Library,
    settings: Settings,
    *,
    journal: Journal | None = None,
    background: Tells | None = None,
    keeper: Keeper | None = None,
) -> FastAPI:
    """The whole application. REST and reading page answer at once; the chat a few seconds after start-up."""
    gate = Gate(assistant, journal, settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(gate.run())
        try:
            yield
        finally:
            gate.stop()
            await task

    app = FastAPI(
        title="有据",
        version="1",
        summary="句句有出处的资料问答",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        root_path_in_servers=False,
    )
    app.state.gate = gate
    app.add_middleware(Guard, upload_limit=settings.max_file_mb * 2**20)
    _handle_errors(app, settings)
    app.include_router(router(assistant, journal, background or keeper))
    app.include_router(routes(Desk.of(assistant, settings, keeper), lambda request: _lang(request, settings)))
    app.include_router(compare.routes(assistant, settings, lambda request: _lang(request, settings)))
    app.include_router(reader.routes(assistant, settings, lambda request: _lang(request, settings), _remember))
    _pages(app, settings)
    app.mount("/ui", StaticFiles(directory=STATIC))
    app.mount("/", gate)
    return app


def _pages(app: FastAPI, settings: Settings) -> None:
    @app.get("/api/docs", include_in_schema=False)
    def docs() -> Response:
        html = (STATIC / "docs.html").read_text(encoding="utf-8")
        return HTMLResponse(html.replace("{root}", settings.root_path))

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        return FileResponse(STATIC / "favicon.svg", media_type="image/svg+xml")


def _lang(request: Request, settings: Settings) -> Lang:
    return lang_of(request.query_params.get("lang") or request.cookies.get(COOKIE), settings.lang)


def _remember(response: Response, request: Request) -> Response:
    """Keep a language chosen by ``?lang=`` for a year."""
    chosen = request.query_params.get("lang")
    if chosen in {"zh", "en"}:
        response.set_cookie(COOKIE, chosen, max_age=31_536_000, samesite="lax", httponly=True)
    return response


def _handle_errors(app: FastAPI, settings: Settings) -> None:
    def told(error: QAError, request: Request) -> Response:
        if request.url.path.startswith(("/doc/", "/library", "/compare")):
            lang = _lang(request, settings)
            return HTMLResponse(notice(TEXTS[lang]["failed"], str(error), lang, settings.root_path), error.status)
        return JSONResponse(error_body(error), error.status)

    @app.exception_handler(QAError)
    def expected(request: Request, error: QAError) -> Response:
        return told(error, request)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> Response:
        wrong = "；".join(_wrong(e) for e in error.errors())
        return JSONResponse(error_body(InputError(f"请求的内容不对：{wrong}", "用法见 /api/docs")), 422)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        return http_error(request, error.status_code, settings)

    @app.exception_handler(Exception)
    def unexpected(_: Request, error: Exception) -> Response:
        log.error("处理请求时程序内部出错", exc_info=error)
        told = {"code": "internal", "message": "程序内部出错。", "todo": "请查看日志，稍后再试。"}
        response = JSONResponse(told, 500)
        response.raw_headers = guarded(response.raw_headers)  # Starlette answers this one in front of every middleware
        return response


def _wrong(error: Any) -> str:
    """One complaint of pydantic in Chinese: which field, and what is the matter with it."""
    name = ".".join(str(part) for part in error["loc"] if part not in {"body", "query"}) or "请求体"
    kinds = {
        "missing": "缺少",
        "json_invalid": "不是合法的 JSON",
        "string_type": "应为文字",
        "list_type": "应为列表",
        "bool_parsing": "应为 true 或 false",
        "int_parsing": "应为整数",
        "too_long": "太多",
        "string_too_long": "太长",
        "greater_than_equal": "太小",
        "less_than_equal": "太大",
    }
    return f"{name} {kinds.get(error['type'], '不合要求')}"


def http_error(request: Request, status: int, settings: Settings) -> Response:
    """A 404 or 405 in Chinese: a page for browsers, JSON for programs."""
    if "text/html" in request.headers.get("accept", ""):
        lang = _lang(request, settings)
        t = TEXTS[lang]
        return HTMLResponse(notice(t["page_not_found_title"], t["page_not_found"], lang, settings.root_path), status)
    what = {404: "没有这个地址", 405: "这个地址不接受这种请求方法"}.get(status, "请求没有成功")
    return JSONResponse({"code": f"http_{status}", "message": f"{what}。", "todo": "用法见 /api/docs。"}, status)
