"""What stands before every route: security headers, a limit on bodies, few of Gradio's doors."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

Refusal = Callable[[str], tuple[str, dict[str, Any]] | None]
"""Path → media type and body of a 413 there; None for the page's own way of telling it."""

API_LIMIT = 512 * 1024
"""Bytes of a request to our own routes: a 100,000-character question with its history fits."""
CHAT_LIMIT = 4 * 1024 * 1024
"""Bytes of a request to Gradio, which sends the whole conversation each time."""

UPLOAD = "/api/library/files"
"""A PUT there carries a file, of at most QA_MAX_FILE_MB."""

_INLINE = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)

_DOORS = re.compile(
    r"/(?:|assets/[\w./-]+|static/[\w./-]+|theme\.css|gradio_api/(?:theme\.css|startup-events|queue/data|heartbeat/\w+))"
)
_DOORS_POST = re.compile(r"/gradio_api/(?:queue/join|cancel|reset)/?")


FIXED = {"/config": b"", "/gradio_api/info": b"serialize=False"}
"""What gradio_client reads before it calls ``/ask``, with the query that it is answered for, whatever was sent: by
others Gradio would open deep links and list what is private. They tell no more than the page itself does."""


def policy(inline_scripts: Iterable[bytes] = (), framed_by: str = "'self'") -> str:
    """Content-Security-Policy: this host only; inline scripts by SHA-256, inline styles for Gradio's sake."""
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(s).digest()).decode()}'" for s in inline_scripts]
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *dict.fromkeys(hashes)]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {framed_by}",
        ]
    )


def inline_scripts(page: bytes) -> list[bytes]:
    """The text of each script of an HTML page that has no src, as a browser hashes it."""
    return [body.replace(b"\r\n", b"\n") for body in _INLINE.findall(page)]


def door_is_open(method: str, path: str) -> bool:
    """Whether a request may reach Gradio: page, its own files, the queue, ``FIXED``. No upload, file=, proxy=…"""
    if ".." in path:
        return False
    if method in {"GET", "HEAD"}:
        return path in FIXED or _DOORS.fullmatch(path) is not None
    return method == "POST" and _DOORS_POST.fullmatch(path) is not None


class Guard:
    """ASGI middleware: headers on every answer, 413 for a body over the limit, whether or not it says its length."""

    def __init__(self, app: ASGIApp, upload_limit: int = 0, refusal: Refusal = lambda path: None) -> None:
        self.app, self.upload_limit, self.refusal = app, upload_limit, refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # nothing of ours speaks it
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = CHAT_LIMIT if "/gradio_api/" in scope["path"] else API_LIMIT
        if upload := scope["method"] == "PUT" and scope["path"].endswith(UPLOAD):
            limit = self.upload_limit
        headers = dict(scope["headers"])
        said = headers.get(b"content-length", b"0")
        got = 0

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = guarded(message["headers"], scope["path"], message["status"])
            await send(message)

        if foreign(scope["method"], headers):
            return await _refuse_foreign(send_guarded)
        if not said.isdigit() or int(said) > limit:
            return await _too_large(send_guarded, upload, self.refusal(scope["path"]))

        async def send_unless_over(message: Message) -> None:
            if got <= limit:
                await send_guarded(message)

        async def receive_counted() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > limit:
                raise BodyTooLargeError
            return message

        with contextlib.suppress(BodyTooLargeError):
            await self.app(scope, receive_counted, send_unless_over)
        # The framework may have turned our error into an answer of its own, which was held back.
        return await _too_large(send_guarded, upload, self.refusal(scope["path"])) if got > limit else None


class BodyTooLargeError(Exception):
    """Raised inside the application when a body without a stated length runs over the limit."""


async def _too_large(send: Send, upload: bool, refusal: tuple[str, dict[str, Any]] | None) -> None:
    what, todo = (
        ("文件太大。", "请拆分，或调高 QA_MAX_FILE_MB。")
        if upload
        else ("请求内容太大。", "请缩短问题，或开始新对话。")
    )
    ours = "application/json; charset=utf-8", {"code": "too_large", "message": what, "todo": todo}
    media, told = refusal or ours
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    head = [(b"content-type", media.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": [*head, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})


def foreign(method: str, headers: Mapping[bytes, bytes]) -> bool:
    """Whether another site's page sends this change: browsers say so, and programs send neither header.

    Over plain http to a named host browsers send no Sec-Fetch-Site, but Origin with every change.
    """
    if method in {"GET", "HEAD", "OPTIONS"}:
        return False
    if headers.get(b"sec-fetch-site", b"none") not in {b"same-origin", b"none"}:
        return True
    origin = headers.get(b"origin")
    names = {headers.get(b"host", b""), headers.get(b"x-forwarded-host", b"").split(b",")[0].strip()} - {b""}
    return origin is not None and origin.partition(b"://")[2] not in names


async def _refuse_foreign(send: Send) -> None:
    todo = "请从本页操作；经过网关时请让它原样传递 Host。"
    body = f'{{"code":"forbidden","message":"请求来自别的网站。","todo":"{todo}"}}'.encode()
    head = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": [*head, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})


def guarded(headers: Iterable[tuple[bytes, bytes]], path: str = "", status: int = 500) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that each has to have; what a route has said itself stands."""
    given = [(k.lower(), v) for k, v in headers if k.lower() != b"server"]
    names = {k for k, _ in given}
    defaults = [
        (b"content-security-policy", policy().encode()),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cache-control", _cached(path, status)),
    ]
    if any(k == b"content-type" and v.startswith(b"text/event-stream") for k, v in given):
        # nginx would hold a stream back until its buffer is full; this header stops it without a line in its own file.
        defaults.append((b"x-accel-buffering", b"no"))
    return given + [(k, v) for k, v in defaults if k not in names]


def _cached(path: str, status: int) -> bytes:
    """Documents and answers never stay in a browser or a gateway; Gradio's files carry a hash in their name."""
    if status not in {200, 206, 304}:
        return b"no-store"
    if "/assets/" in path:
        return b"public, max-age=31536000, immutable"
    return b"no-cache" if "/ui/" in path or "/static/" in path or path.endswith("/theme.css") else b"no-store"
