"""One writer at a time, who says how far it is."""

from __future__ import annotations

import json
import os
import socket
import time
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
from filelock import FileLock, Timeout

from qa.errors import IndexBusy
from qa.protocols import Report
from qa.store.files import write_json
from qa.types import Progress

SILENCE = 600.0
"""Seconds after which a writer on another machine that reports nothing counts as dead."""

_EVERY = 0.2


class Writer:
    """Holds index/lock while in use as a context manager, and publishes progress for other processes.

    The system frees the lock of a process that dies, so a dead owner's is simply taken. Raises IndexBusy on entering
    where another thread or process holds it.
    """

    def __init__(self, index: Path, report: Report | None = None) -> None:
        self._index, self._report = index, report
        self._lock = FileLock(index / "lock")
        self._last = Progress("", 0, 0)
        self._written = 0.0

    def __enter__(self) -> Self:
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise IndexBusy(f"索引正在被更新：{_owner(self._index)}", "请等它完成后再试") from error
        try:
            write_json(self._index / "owner.json", _myself(), durable=False)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in ("progress.json", "owner.json"):
            (self._index / name).unlink(missing_ok=True)
        self._lock.release()

    def __call__(self, progress: Progress) -> None:
        """Report progress, to the caller each time and to the file a few times a second."""
        if self._report is not None:
            self._report(progress)
        now = time.monotonic()
        if progress.stage != self._last.stage or now - self._written >= _EVERY:
            self._written = now
            state = {"stage": progress.stage, "done": progress.done, "total": progress.total, "note": progress.note}
            write_json(self._index / "progress.json", {**_myself(), "at": time.time(), **state}, durable=False)
        self._last = progress


def is_locked(index: Path) -> bool:
    """Whether a writer, in whatever thread or process, holds the index now."""
    if not (index / "lock").exists():
        return False
    lock = FileLock(index / "lock")
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return True
    lock.release()
    return False


def read_progress(index: Path) -> Progress | None:
    """How far the sync under way is, in whatever process; None where there is none or its process is dead."""
    found = _read(index / "progress.json")
    if found is None or not _alive(found):
        return None
    try:
        return Progress(str(found["stage"]), int(found["done"]), int(found["total"]), str(found["note"]))
    except (KeyError, TypeError, ValueError):
        return None


def _myself() -> dict[str, Any]:
    started = psutil.Process().create_time()
    return {"pid": os.getpid(), "host": socket.gethostname(), "started": started, "since": time.time()}


def _alive(owner: dict[str, Any]) -> bool:
    try:
        if owner["host"] != socket.gethostname():
            return time.time() - float(owner["at"]) < SILENCE
        # A number is given again to other processes; the time of birth tells them apart.
        return bool(abs(psutil.Process(int(owner["pid"])).create_time() - float(owner["started"])) < 2)
    except (psutil.Error, KeyError, TypeError, ValueError):
        return False


def _owner(index: Path) -> str:
    found = _read(index / "owner.json")
    try:
        if found is not None:
            since = datetime.fromtimestamp(float(found["since"])).astimezone()
            age = timedelta(seconds=max(0, int(time.time() - float(found["since"]))))
            return f"主机 {found['host']} 上的进程 {found['pid']}，自 {since:%Y-%m-%d %H:%M:%S} 起，已 {age}"
    except (KeyError, TypeError, ValueError, OSError, OverflowError):
        pass
    return "另一个进程"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
