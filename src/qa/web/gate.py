"""The door to Gradio: holds visitors while it is imported, frames its page, lets only the chat through."""

from __future__ import annotations

import asyncio
import logging
import os

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.requests import Request

from qa.journal import Journal
from qa.settings import Settings
from qa.web.chat import Library
from qa.web.guard import FIXED, ASGIApp, Message, Receive, Scope, Send, door_is_open, inline_scripts, policy
from qa.web.joining import COOKIE, Joining, new_cookie
from qa.web.kept import Kept
from qa.web.page import frame, notice
from qa.web.texts import TEXTS, Lang, lang_of

log = logging.getLogger(__name__)


class Gate:
    """ASGI application at "/". ``ready`` is set once the chat can be used, or can't be (then ``failed``)."""

    def __init__(self, library: Library, journal: Journal | None, settings: Settings, kept: Kept) -> None:
        self.library = library
        self.journal = journal
        self.settings = settings
        self.kept = kept
        self.ready = asyncio.Event()
        self.failed = False
        self._leave = asyncio.Event()
        self._inner: ASGIApp | None = None

    async def run(self) -> None:
        """Import and build Gradio on a thread, then keep its lifespan open until ``stop``."""
        try:
            # With a loop running Gradio doesn't make one, never to be closed, for each of its locks.
            shell = await asyncio.to_thread(lambda: asyncio.run(self._build()))
            async with shell.router.lifespan_context(shell):
                self._inner = Joining(shell)
                self.ready.set()
                await asyncio.to_thread(self._warm_up)
                await self._leave.wait()
        except Exception:
            log.exception("网页没能启动")
            self.failed = True
        finally:
            self._inner = None
            self.ready.set()

    def stop(self) -> None:
        self._leave.set()

    def _warm_up(self) -> None:
        """So that nobody's first question waits for dictionaries and models to be read: half a second."""
        try:
            self.library.warm_up()
        except Exception:  # whatever it is, the page stands; who asks is told of it
            log.warning("没有预热", exc_info=True)

    async def _build(self) -> FastAPI:
        os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
        os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
        from qa.web.blocks import build

        return build(self.library, self.journal, self.settings, self.kept)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return None
        request = Request(scope)
        path, method = request.url.path, request.method
        if path == "/" and method in {"GET", "HEAD"}:
            response = await self._page(request) if self._inner else self._not_yet(self._lang(request))
        elif not door_is_open(method, path):
            response = self._no_such(request)
        elif self._inner is None:
            response = JSONResponse({"code": "starting", "message": "网页正在启动。", "todo": "请稍后再试。"}, 503)
        else:
            query = FIXED.get(path, scope["query_string"])
            return await self._inner({**scope, "query_string": query}, receive, send)
        return await response(scope, receive, send)

    async def _page(self, request: Request) -> Response:
        lang = self._lang(request)
        html = await _body_of(self._inner, request.scope)
        html = await asyncio.to_thread(frame, html, self.library, self.settings, lang)
        body = html.encode()
        response = HTMLResponse(body, headers={"Content-Security-Policy": policy(inline_scripts(body))})
        response.headers["Cache-Control"] = "no-store"
        if COOKIE not in request.cookies:
            place = self.settings.root_path or "/"
            response.set_cookie(COOKIE, new_cookie(), path=place, samesite="lax", httponly=True)
        if request.query_params.get("lang") == lang:
            response.set_cookie("youju_lang", lang, max_age=31_536_000, samesite="lax", httponly=True)
        return response

    def _not_yet(self, lang: Lang) -> Response:
        t = TEXTS[lang]
        key = "start_failed" if self.failed else "starting"
        html = notice(t["name"], t[key], lang, self.settings.root_path, refresh=not self.failed, plain=True)
        return HTMLResponse(html, 503, headers={"Retry-After": "1", "Cache-Control": "no-store"})

    def _no_such(self, request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            t, lang = TEXTS[self._lang(request)], self._lang(request)
            return HTMLResponse(
                notice(t["page_not_found_title"], t["page_not_found"], lang, self.settings.root_path), 404
            )
        return JSONResponse({"code": "http_404", "message": "没有这个地址。", "todo": "用法见 /api/docs。"}, 404)

    def _lang(self, request: Request) -> Lang:
        return lang_of(request.query_params.get("lang") or request.cookies.get("youju_lang"), self.settings.lang)


async def _body_of(inner: ASGIApp | None, scope: Scope) -> str:
    """Gradio's page as text, asked for without compression and without the visitor's query."""
    assert inner is not None  # noqa: S101 - the caller has looked
    headers = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
    parts: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await inner({**scope, "method": "GET", "query_string": b"", "headers": headers}, receive, send)
    return b"".join(parts).decode()
