"""The door: ASGI middleware before every route, Gradio's own included: who asks, or else the way to the login page."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from qa.errors import QAError
from qa.journal import ASKER, Asker
from qa.settings import Settings
from qa.web.guard import ASGIApp, Receive, Scope, Send
from qa.web.who.person import PERSON, Person

LEAN = "youju.lean"
"""Key of the ASGI scope: whoever asks may know that the server is well, and no more."""
ASKS = "youju.asker"
"""Key of the ASGI scope: the qa.journal.Asker."""
OPEN = frozenset({"/login", "/logout", "/healthz", "/favicon.ico", "/widget.js"})
FRAMES = frozenset({"iframe", "frame", "embed", "object"})


class Finds(Protocol):
    def person(self, request: Request) -> Person | None: ...


class Door:
    """Lets through whom ``roles`` knows. ``framed`` makes the page for those whom a frame keeps from logging in."""

    def __init__(
        self, app: ASGIApp, roles: Finds, settings: Settings, framed: Callable[[Request], tuple[str, str]]
    ) -> None:
        self.app, self.roles, self.settings, self.framed = app, roles, settings, framed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request, path = Request(scope), scope["path"]
        try:
            person = self.roles.person(request)
        except QAError as error:  # the users' file can't be read: nobody gets in, and is told why
            if not self._is_open(path):
                return await problem(503, error.what, error.todo, error.code)(scope, receive, send)
            person = None
        if person is None:
            if not self._is_open(path):
                return await self._asked(request)(scope, receive, send)
            scope[LEAN] = True
        held = PERSON.set(person)
        scope[ASKS] = asker = Asker(person.name, person.host) if person else Asker()
        asks = ASKER.set(asker)
        try:
            return await self.app(scope, receive, send)
        finally:
            ASKER.reset(asks)
            PERSON.reset(held)

    @staticmethod
    def _is_open(path: str) -> bool:
        return path in OPEN or (path.startswith("/ui/") and ".." not in path)

    def _asked(self, request: Request) -> Response:
        """A browser is led to the login page and back; programs get 401; in a frame it is said in words."""
        if not _wants_page(request):
            todo = "请带上密钥 Authorization: Bearer …（python -m qa user add 名字 --role program）"
            if self.settings.auth == "header":
                todo = f"请从统一登录的网址进入，或{todo.removeprefix('请')}"
            return problem(401, "需要登录", todo, "login", {"WWW-Authenticate": 'Bearer realm="youju"'})
        guess = "iframe" if request.url.path.startswith("/embed") else "document"  # older browsers don't say
        if request.headers.get("sec-fetch-dest", guess) in FRAMES:
            html, policy = self.framed(request)
            return HTMLResponse(html, 401, headers={"Cache-Control": "no-store", "Content-Security-Policy": policy})
        there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        place = f"{self.settings.root_path}/login"
        return RedirectResponse(place if there == "/" else f"{place}?next={quote(there[:2000], safe='')}", 303)


def problem(status: int, what: str, todo: str, code: str, headers: dict[str, str] | None = None) -> Response:
    """RFC 9457, with the names beside it that our own answers use."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": f"{what}。{todo}。",
        "code": code,
        "message": f"{what}。",
        "todo": f"{todo}。",
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, {"Cache-Control": "no-store", **(headers or {})}, "application/problem+json")


def _wants_page(request: Request) -> bool:
    path = request.url.path
    program = path.startswith(("/api/", "/v1/", "/gradio_api/", "/mcp"))
    page = path == "/api/docs" or not program
    return request.method in {"GET", "HEAD"} and page and "text/html" in request.headers.get("accept", "")
