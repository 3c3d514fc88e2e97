"""A model server that says what it is told to: the real protocol over a real socket, and every way it can go wrong."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Play = Callable[["Handler"], None]


@dataclass
class Scripted:
    """``play`` answers the next requests; ``asked`` keeps their bodies, ``headers`` their headers."""

    base_url: str
    play: Play
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    script: Scripted

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.script.asked.append({"path": self.path, **json.loads(body)})
        self.script.headers.append({name.lower(): value for name, value in self.headers.items()})
        with suppress(BrokenPipeError, ConnectionResetError):  # the client has gone, as some of the tests want it to
            self.script.play(self)

    def do_GET(self) -> None:
        self.script.asked.append({"path": self.path})
        self.begin(404)

    def begin(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def wait(self, seconds: float) -> None:
        self.script.stopped.wait(seconds)

    def log_message(self, *_: object) -> None:
        pass


def event(content: str | None = None, finish: str | None = None) -> bytes:
    delta = {} if content is None else {"content": content}
    whole = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return f"data: {json.dumps(whole, ensure_ascii=False)}\n\n".encode()


def says(text: str, piece: int = 3, pause: float = 0.0) -> Play:
    """The text in pieces, as a server streams it: role first, usage last."""

    def play(handler: Handler) -> None:
        handler.begin()
        handler.send(b': ping\n\ndata: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\r\n\r\n')
        for at in range(0, len(text), piece):
            handler.send(event(text[at : at + piece]))
            if pause:
                time.sleep(pause)
        handler.send(event(None, "stop"))
        handler.send(b'data: {"choices":[],"usage":{"total_tokens":9}}\n\ndata: [DONE]\n\n')

    return play


def at_once(text: str) -> Play:
    """A server that doesn't stream."""
    body = json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()
    return raw(body, kind="application/json")


def raw(body: bytes, status: int = 200, kind: str = "text/event-stream", **headers: str) -> Play:
    def play(handler: Handler) -> None:
        handler.begin(status, kind, **headers)
        handler.send(body)

    return play


def waits(before: bytes = b"", seconds: float = 30) -> Play:
    def play(handler: Handler) -> None:
        handler.begin()
        handler.send(before)
        handler.wait(seconds)

    return play


def drips(pause: float = 0.1) -> Play:
    """Never silent for long, never done."""

    def play(handler: Handler) -> None:
        handler.begin()
        while not handler.script.stopped.is_set():
            handler.send(b": still thinking\n\n")
            handler.wait(pause)

    return play


@contextmanager
def serving(play: Play) -> Iterator[Scripted]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script = Scripted(f"http://127.0.0.1:{server.server_address[1]}/v1", play)
    server.RequestHandlerClass = type("Told", (Handler,), {"script": script})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield script
    finally:
        script.stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()
