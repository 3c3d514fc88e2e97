"""A question to an OpenAI-compatible server: one request, streamed, bounded in time and size, never trusted.

The answer to it is text or a ``Failure``; nothing that the server sends is shown or logged as it is. No redirect is
followed, so that key and passages reach the named server only; proxies of the environment are not asked either.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa.types import WordingProblem

if TYPE_CHECKING:
    import httpx

MAX_TOKENS = 800
"""Five sentences of Chinese; servers count about one or two characters a token."""
MAX_CHARS = 3000
"""Characters of an answer. More is no answer in five sentences: a server that doesn't heed ``max_tokens``."""
MAX_BYTES = 2**20
"""Of a whole reply: an event of a stream is some 200 bytes a token."""
CONNECT = 5.0
"""Seconds for a connection inside an office's network."""


class Failure(Exception):
    """Why there is no text. ``told`` says it for logs and ``doctor``, in Chinese, without anything the server sent."""

    def __init__(self, problem: WordingProblem, told: str) -> None:
        self.problem, self.told = problem, told
        super().__init__(told)


@dataclass(frozen=True, slots=True)
class Server:
    """Where the model is. ``repr`` has no key."""

    base_url: str
    model: str
    key: str
    whole: float
    silent: float

    def __repr__(self) -> str:
        return f"Server({self.base_url!r}, {self.model!r})"

    def complete(self, messages: list[dict[str, str]]) -> str:
        """The whole text of an answer. Raises Failure, at the latest about ``whole`` + ``silent`` seconds on."""
        body = {
            "model": self.model,
            "messages": messages,
            "stream": True,
            "temperature": 0,
            "max_tokens": MAX_TOKENS,
        }
        until = time.monotonic() + self.whole
        with self._asked("/chat/completions", body) as reply:
            kind = reply.headers.get("content-type", "").split(";")[0].strip().lower()
            chunks = _bounded(reply, until, self.whole)
            return _streamed(chunks) if kind == "text/event-stream" else _at_once(chunks)

    @contextmanager
    def _asked(self, path: str, body: dict[str, Any]) -> Iterator[httpx.Response]:
        """The reply while it is read; whatever goes wrong with it is a Failure."""
        import httpx

        headers = {"Accept-Encoding": "identity", "Accept": "text/event-stream, application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        timeout = httpx.Timeout(self.silent, connect=min(CONNECT, self.silent))
        url = self.base_url.rstrip("/") + path
        try:
            with (
                httpx.Client(verify=_trust(url), timeout=timeout, trust_env=False, follow_redirects=False) as client,
                client.stream("POST", url, headers=headers, json=body) as reply,
            ):
                _accept(reply)
                yield reply
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise _failed(error) from error


def _trust(url: str) -> Any:
    """The certificates that the system trusts, an office's own among them; none are needed without TLS."""
    if not url.startswith("https:"):
        return False
    import ssl

    return ssl.create_default_context()


def _failed(error: Exception) -> Failure:
    import httpx

    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return Failure("unreachable", "连不上（地址、端口不对，没有启动，或证书不被信任）")
    if isinstance(error, httpx.TimeoutException):
        return Failure("slow", "太久没有回音")
    if isinstance(error, httpx.InvalidURL | UnicodeError):
        return Failure("unreachable", "地址的写法不对")
    return Failure("broken", f"连接中途断开（{type(error).__name__}）")


def _accept(reply: httpx.Response) -> None:
    status = reply.status_code
    if status == 200 and not reply.headers.get("content-encoding", "identity").lower().startswith("identity"):
        raise Failure("broken", "回答是压缩的，而请求里写明不要压缩")
    if status == 200:
        return
    told = {
        401: "密钥不对（401）",
        403: "不准使用（403）",
        404: "没有这个地址或模型（404），地址多半以 /v1 结尾",
        429: "请求太多（429）",
    }.get(status, f"答复状态 {status}")
    if 300 <= status < 400:
        told = f"要求转到别处（{status}），不跟随；请把最终的地址写进 QA_LLM_BASE_URL"
    raise Failure("refused" if status < 500 else "broken", told)


def _bounded(reply: httpx.Response, until: float, whole: float) -> Iterator[bytes]:
    """The reply's bytes, as long as there is time and not too many come."""
    size = 0
    for chunk in reply.iter_raw():
        size += len(chunk)
        if time.monotonic() > until:
            raise Failure("slow", f"{whole:g} 秒没有答完")
        if size > MAX_BYTES:
            raise Failure("too_long", f"回答超过 {MAX_BYTES // 1024} KB")
        yield chunk


def _streamed(chunks: Iterator[bytes]) -> str:
    """The text of server-sent events up to ``[DONE]``; one that ends without it and without a reason is broken off."""
    text, finished = "", False
    for line in _lines(chunks):
        if not line.startswith(b"data:"):
            continue  # comments, event names, blank lines
        data = line[5:].strip()
        if data == b"[DONE]":
            return text
        delta, reason = _delta(_json(data))
        text += delta
        finished = finished or reason
        if len(text) > MAX_CHARS:
            raise Failure("too_long", f"回答超过 {MAX_CHARS} 字")
    if not finished:
        raise Failure("broken", "回答中途断了")
    return text


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).replace(b"\r\n", b"\n").split(b"\n")
        yield from whole
    if rest:
        yield rest


def _delta(event: Any) -> tuple[str, bool]:
    """What an event adds, and whether it is the last that does."""
    try:
        if event.get("error"):
            raise Failure("broken", "回答中途报错")
        choice = event["choices"][0] if event["choices"] else {}  # the last may hold the usage alone
        content = (choice.get("delta") or {}).get("content") or ""
        reason = choice.get("finish_reason")
    except (AttributeError, KeyError, TypeError, IndexError) as error:
        raise Failure("broken", "回答的格式不对") from error
    if not isinstance(content, str):
        raise Failure("broken", "回答的格式不对")
    return content, reason is not None


def _at_once(chunks: Iterator[bytes]) -> str:
    """The text of a server that doesn't stream."""
    reply = _json(b"".join(chunks))
    try:
        text = reply["choices"][0]["message"]["content"] or ""
    except (KeyError, TypeError, IndexError) as error:
        raise Failure("broken", "回答的格式不对") from error
    if not isinstance(text, str):
        raise Failure("broken", "回答的格式不对")
    if len(text) > MAX_CHARS:
        raise Failure("too_long", f"回答超过 {MAX_CHARS} 字")
    return text


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Failure("broken", "回答不是 JSON") from error
