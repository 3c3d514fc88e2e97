"""The web application: our pages and REST, and behind them Gradio's chat, which joins when its import is done."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from qa.errors import InputError, QAError
from qa.journal import Journal
from qa.settings import Settings
from qa.web import admin, compare, embed, history, kept, passages, plain, programs, reader
from qa.web.admin.routes import sweeping
from qa.web.api import error_body, router
from qa.web.background import Tells
from qa.web.chat import Library
from qa.web.gate import Gate
from qa.web.guard import Guard, guarded
from qa.web.keeper import Keeper
from qa.web.manage import Desk, routes
from qa.web.page import STATIC, notice
from qa.web.programs.problem import too_large, wrong
from qa.web.texts import TEXTS, Lang, lang_of
from qa.web.who import Door, login
from qa.web.who.login import framed_page

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
    answers = kept.Kept()
    gate = Gate(assistant, journal, settings, answers)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(gate.run())
        try:
            async with sweeping(journal, settings.journal_days):
                yield
        finally:
            gate.stop()
            await task
            await door.close()

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
    desk = Desk.of(assistant, settings, keeper)
    lang = functools.partial(_lang, settings=settings)
    app.add_middleware(
        Door, roles=desk.roles, settings=settings, framed=lambda r: framed_page(settings.root_path, lang(r))
    )
    app.add_middleware(Guard, upload_limit=settings.max_file_mb * 2**20, refusal=too_large)
    _handle_errors(app, settings)
    app.include_router(router(assistant, journal, background or keeper))
    app.include_router(login.routes(desk, lang))
    app.include_router(admin.routes(desk, journal, lang))
    app.include_router(routes(desk, lang))
    app.include_router(passages.routes(assistant, lang))
    app.include_router(kept.routes(assistant, answers, lang))
    app.include_router(history.routes(assistant, answers, lang))
    app.include_router(compare.routes(assistant, settings, lang))
    app.include_router(reader.routes(assistant, settings, lang, _remember))
    app.include_router(plain.routes(assistant, journal, settings, lang))
    app.include_router(embed.routes(assistant, journal, settings, lang))
    _pages(app, settings)
    door = programs.join(app, assistant, journal, background or keeper, settings)
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
        if request.url.path.startswith(("/doc/", "/library", "/compare", "/admin", "/login")):
            lang = _lang(request, settings)
            return HTMLResponse(notice(TEXTS[lang]["failed"], str(error), lang, settings.root_path), error.status)
        return JSONResponse(error_body(error), error.status)

    @app.exception_handler(QAError)
    def expected(request: Request, error: QAError) -> Response:
        return told(error, request)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> Response:
        complaints = "；".join(wrong(e) for e in error.errors())
        return JSONResponse(error_body(InputError(f"请求的内容不对：{complaints}", "用法见 /api/docs")), 422)

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


def http_error(request: Request, status: int, settings: Settings) -> Response:
    """A 404 or 405 in Chinese: a page for browsers, JSON for programs."""
    if "text/html" in request.headers.get("accept", ""):
        lang = _lang(request, settings)
        t = TEXTS[lang]
        return HTMLResponse(notice(t["page_not_found_title"], t["page_not_found"], lang, settings.root_path), status)
    what = {404: "没有这个地址", 405: "这个地址不接受这种请求方法"}.get(status, "请求没有成功")
    return JSONResponse({"code": f"http_{status}", "message": f"{what}。", "todo": "用法见 /api/docs。"}, status)
