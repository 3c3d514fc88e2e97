"""Keeps the index up to the folder while the server runs: what is wished for is synced, then vectors follow.

One child process at a time. A sync that reads files runs to its end; one that makes vectors is ended when there are
files to read, and goes on after that: what was put in can be asked about at once.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.errors import QAError
from qa.settings import Settings
from qa.store import is_locked
from qa.types import LibraryStatus
from qa.web.background import START, Background, command, needed

log = logging.getLogger(__name__)

Doing = Literal["idle", "waiting", "reading", "vectors"]

QUIET, AT_MOST = 0.6, 5.0
"""Seconds without a further wish until the sync starts, and from the first wish on: many uploads are one sync."""
BUSY = 1.0
"""Seconds between two looks whether another process still writes the index."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the keeper does.

    Attributes:
        wished: Number of the latest wish; ``done``: wishes up to this one are fulfilled (or have failed).
        failure: Why the latest sync failed, a Chinese sentence; None if it did not.
    """

    doing: Doing
    wished: int
    done: int
    failure: str | None


class Keeper:
    """``running`` and ``failure`` tell of the vectors, as those of Background do."""

    def __init__(self, settings: Settings, status: Callable[[], LibraryStatus]) -> None:
        self._settings, self._status = settings, status
        self._bell = threading.Condition()
        self._child: Background | None = None
        self._again: set[str] = set()
        self._rebuild = self._allow_empty = self._stopped = False
        self._wished = self._done = 0
        self._first = self._last = 0.0
        self._doing: Doing = "idle"
        self._sync_failure: str | None = None
        self.failure: str | None = None
        self._thread = threading.Thread(target=self._run, name="youju-keeper", daemon=True)

    def start(self) -> None:
        """Vectors that are lacking are made, wishes are waited for."""
        self._thread.start()

    def stop(self) -> None:
        """End what runs; a sync may be ended at any point, the next one goes on where it stopped."""
        with self._bell:
            self._stopped = True
            child = self._child
            self._bell.notify_all()
        if child is not None:
            child.stop()
        if self._thread.is_alive():
            self._thread.join(15)

    @property
    def running(self) -> bool:
        return self._doing == "vectors"

    @property
    def work(self) -> Work:
        with self._bell:
            return Work(self._doing, self._wished, self._done, self._sync_failure)

    def wish(self, again: Sequence[str] = (), *, rebuild: bool = False, allow_empty: bool = False) -> int:
        """Ask for a sync; the number of the wish, fulfilled once ``work.done`` has come to it."""
        with self._bell:
            self._again |= set(again)
            self._rebuild |= rebuild
            self._allow_empty |= allow_empty
            now = time.monotonic()
            self._first = now if self._wished == self._done or self._doing == "reading" else self._first
            self._last = now
            self._wished += 1
            if self._doing == "vectors" and self._child is not None:
                # Not joined here: whoever wishes must not wait. The thread sees the child's end.
                self._child.end()
            self._bell.notify_all()
            return self._wished

    def _run(self) -> None:
        while not self._stopped:
            try:
                self._step()
            except Exception:
                log.exception("后台同步出错")
                self._finish(self._wished, "后台同步出错，详情见日志")
                time.sleep(BUSY)

    def _step(self) -> None:
        if self._wished > self._done:
            self._read()
        elif self.failure is None and self._lacking():
            self._vectors()
        else:
            with self._bell:
                self._doing = "idle"
                if self._wished == self._done and not self._stopped:
                    self._bell.wait()

    def _lacking(self) -> bool:
        try:
            return needed(self._status(), self._settings)
        except QAError:
            return False

    def _read(self) -> None:
        """Once it is quiet and nobody else writes, one sync for all wishes so far."""
        self._await_turn()
        with self._bell:
            if self._stopped:
                return
            wish, again, rebuild, empty = self._wished, sorted(self._again), self._rebuild, self._allow_empty
            self._again, self._rebuild, self._allow_empty = set(), False, False
            self._doing = "reading"
        failure, busy = self._run_child(sync_command(self._settings, again, rebuild, empty))
        if busy:  # somebody was quicker; the wish stands
            with self._bell:
                self._again |= set(again)
                self._rebuild |= rebuild
                self._allow_empty |= empty
            return
        if not self._stopped:
            self.failure = None
            self._finish(wish, failure)

    def _await_turn(self) -> None:
        with self._bell:
            self._doing = "waiting"
            while not self._stopped:
                now = time.monotonic()
                ready = min(self._last + QUIET, self._first + AT_MOST)
                if now >= ready and not is_locked(self._settings.index):
                    return
                self._bell.wait(BUSY if now >= ready else ready - now)

    def _finish(self, wish: int, failure: str | None) -> None:
        with self._bell:
            self._done, self._sync_failure = wish, failure
            self._doing = "idle"
            self._bell.notify_all()

    def _vectors(self) -> None:
        if is_locked(self._settings.index):
            with self._bell:
                self._bell.wait(BUSY * 5)
            return
        with self._bell:
            if self._wished > self._done or self._stopped:
                return
            self._doing = "vectors"
        failure, busy = self._run_child(command(self._settings))
        if not busy:
            # Once: without this a child that ends without having made them would be started again at once.
            self.failure = failure or ("语义向量没有做完" if self._wished == self._done and self._lacking() else None)

    def _run_child(self, argv: Sequence[str]) -> tuple[str | None, bool]:
        """Why it failed, if it did; whether that was because another process writes."""
        with self._bell:
            if self._stopped:
                return None, False
            self._child = child = Background(argv)
        child.wait()
        with self._bell:
            self._child = None
        failure = child.failure and child.failure.removeprefix("出错：")
        child.stop()  # frees its pipe
        return failure, failure is not None and is_locked(self._settings.index)


def sync_command(settings: Settings, again: Sequence[str], rebuild: bool, allow_empty: bool) -> list[str]:
    """What brings the index up to the folder, without vectors; works whether or not the package is installed."""
    places = ["--corpus", str(settings.corpus.resolve()), "--index", str(settings.index.resolve())]
    options = [*(["--rebuild"] if rebuild else []), *(["--allow-empty"] if allow_empty else [])]
    files = [f"--again={path}" for path in again]
    return [sys.executable, "-c", START, "sync", "--lexical-only", *places, *options, *files]
