"""Between our gate and Gradio's queue: what may join it, and who may listen to a conversation.

Gradio keeps what a conversation's number leads to for whoever knows it, keeps numbers of any length, opens files and
addresses that stand in a forged history, and says in English that it is full. All of that ends here.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qa.web.guard import ASGIApp, Message, Receive, Scope, Send

COOKIE = "youju_chat"
"""Of the browser, for as long as it is open: a conversation is told only to the one that began it."""
KEPT = 10_000
"""Conversations whose browser is remembered; a number and a cookie each, a few MB."""

_SESSION = re.compile(r"[\w-]{1,64}", re.ASCII)
"""The page's script makes up eleven letters and digits, gradio_client a UUID."""
_FILES = frozenset({"path", "url", "file", "component", "is_stream", "orig_name"})
"""Keys by which Gradio knows a file or a component in a message; the chat sends none."""


def new_cookie() -> str:
    return secrets.token_urlsafe(18)


class Joining:
    """ASGI application in front of ``inner``, which is Gradio."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner
        self._begun: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.url.path.rstrip("/")
        if path.endswith("/queue/data"):
            session = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
            if not self._is_of(session, request):
                return await _refusal(404, "没有这个对话", "请刷新页面再问")(scope, receive, send)
        elif path.endswith(("/queue/join", "/cancel")):
            return await self._body(request, path.endswith("/queue/join"), send)
        return await self.inner(scope, receive, send)

    async def _body(self, request: Request, joins: bool, send: Send) -> None:
        raw = await request.body()
        body = _parsed(raw)
        session = body.get("session_hash") if body else None
        if body is None or not isinstance(session, str) or not _SESSION.fullmatch(session):
            refusal = _refusal(422, "请求的内容不对", "请刷新页面再问")
        elif not (self._take(session, request) if joins else self._is_of(session, request)):
            refusal = _refusal(404, "没有这个对话", "请刷新页面再问")
        elif joins and any(_FILES & keys.keys() for keys in _objects(body.get("data"))):
            refusal = _refusal(422, "对话里不能带文件", "请刷新页面再问")
        else:
            return await self._pass_on(request.scope, raw, send)
        return await refusal(request.scope, request.receive, send)

    async def _pass_on(self, scope: Scope, raw: bytes, send: Send) -> None:
        """The request as it came; what Gradio refuses is told by us."""
        status = 0
        receive = _once(raw)

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            if status < 400:
                await send(message)

        try:
            await self.inner(scope, receive, told)
        except KeyError:  # of a function that isn't there
            status = 400
        if status >= 400:
            refusal = _busy() if status == 503 else _refusal(422, "请求的内容不对", "请刷新页面再问")
            await refusal(scope, receive, send)

    def _take(self, session: str, request: Request) -> bool:
        """Remember whose the conversation is; False when it is another's."""
        own = request.cookies.get(COOKIE, "")
        with self._lock:
            if self._begun.setdefault(session, own) != own:
                return False
            self._begun.move_to_end(session)
            while len(self._begun) > KEPT:
                self._begun.popitem(last=False)
        return True

    def _is_of(self, session: str, request: Request) -> bool:
        with self._lock:
            return self._begun.get(session) == request.cookies.get(COOKIE, "")


def _once(raw: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": raw, "more_body": False}

    return receive


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within, at any depth."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)


def _busy() -> Response:
    """429 and not 503, for which Gradio's script has an English text of its own; of any other it shows ``detail``."""
    return _refusal(429, "提问的人太多，正在排队", "请过一会儿再问", {"Retry-After": "5"})


def _refusal(status: int, what: str, todo: str, headers: dict[str, str] | None = None) -> Response:
    code = {404: "not_found", 422: "invalid", 429: "busy"}[status]
    body = {"code": code, "message": f"{what}。", "todo": f"{todo}。", "detail": f"{what}，{todo}。"}
    return JSONResponse(body, status, headers=headers)
