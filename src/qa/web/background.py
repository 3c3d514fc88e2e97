"""Vectors made while the server answers: a child process of low priority that ends with the server."""

from __future__ import annotations

import collections
import logging
import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from qa.settings import Settings
from qa.types import LibraryStatus

log = logging.getLogger(__name__)

_SOURCE = Path(__file__).resolve().parents[2]
START = (
    f"import sys; sys.path.insert(0, {str(_SOURCE)!r}); "
    "from qa.web.background import run_child; run_child(sys.argv[1:])"
)


def needed(status: LibraryStatus, settings: Settings) -> bool:
    """Whether the published index lacks vectors, of passages or sentences, that the settings ask for."""
    return settings.encoder != "none" and min(status.vectors, status.sentences) < status.chunks


def command(settings: Settings) -> list[str]:
    """What completes the index; works whether or not the package is installed."""
    return [sys.executable, "-c", START, "sync", "--vectors-only", "--index", str(settings.index.resolve())]


class Tells(Protocol):
    """Who tells of the vectors being made: ``failure`` is a Chinese sentence once that has ended badly, else None."""

    @property
    def running(self) -> bool: ...

    @property
    def failure(self) -> str | None: ...


class Background:
    """One child process. ``failure`` is a Chinese sentence once it has ended badly, else None."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.failure: str | None = None
        self._tail: collections.deque[str] = collections.deque(maxlen=20)
        self._stopped = False
        low = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
        self._child = subprocess.Popen(  # noqa: S603 - our own command, no shell
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            creationflags=low,
        )
        self._watcher = threading.Thread(target=self._watch, name="youju-vectors", daemon=True)
        self._watcher.start()

    @property
    def running(self) -> bool:
        return self._child.poll() is None

    def wait(self, seconds: float | None = None) -> None:
        """Until the child has ended and its output is read, at most ``seconds``."""
        self._watcher.join(seconds)

    def end(self) -> None:
        """Tell the child to end, without waiting for it; that is no failure."""
        self._stopped = True
        self._child.terminate()

    def stop(self) -> None:
        """End the child; a sync may be ended at any point, the next one goes on where it stopped."""
        self._stopped = True
        self._child.terminate()
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._watcher.join(5)
        if self._child.stdin is not None:
            self._child.stdin.close()

    def _watch(self) -> None:
        assert self._child.stdout is not None  # noqa: S101 - opened as a pipe above
        with self._child.stdout as lines:
            self._tail.extend(line.strip() for line in lines if line.strip())
        code = self._child.wait()
        if code and not self._stopped:
            self.failure = self._tail[-1] if self._tail else f"后台进程意外结束（代码 {code}）"
            log.warning("后台进程失败（代码 %s）：%s", code, " / ".join(self._tail))


def run_child(argv: Sequence[str]) -> None:
    """In the child: step back behind everything else, end when the server's end of stdin closes, then run qa."""
    if hasattr(os, "nice"):
        os.nice(10)
    threading.Thread(target=_end_with_parent, name="youju-parent", daemon=True).start()
    sys.argv = ["qa", *argv]
    runpy.run_module("qa", run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    # Not sys.stdin: a thread waiting inside its buffer would abort the interpreter's orderly end.
    while os.read(0, 1):
        pass
    os._exit(3)
