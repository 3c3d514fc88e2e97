"""One reading process as the sync sees it: started, given jobs, watched, ended."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import psutil

from qa.build.wire import PARTS, Broken, Job, document_of, entries_of, kind_of, parse, receive, send_job
from qa.store import Entry
from qa.terms import Term
from qa.types import Document

_SOURCE = Path(__file__).resolve().parents[2]
_START = f"import sys; sys.path.insert(0, {str(_SOURCE)!r}); from qa.build.worker import main; main(int(sys.argv[1]))"

_IN_MEMORY = 4 * 2**20
"""Bytes of one file's answer that are held in memory; a file of 1.5 MB of text gives more."""

_TAIL = 4000


def command(memory: int) -> list[str]:
    """What starts a reading process. Safe path: a module that lies in the working folder must not be ours."""
    return [sys.executable, "-P", "-c", _START, str(memory)]


class Parcel:
    """What a process has made of one file, packed; a long one lies on disk meanwhile."""

    def __init__(self, place: Path) -> None:
        self._frames = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by whoever takes the parcel
            _IN_MEMORY, suffix=".tmp", dir=str(place)
        )
        self._sizes: list[int] = []

    def put(self, frame: bytes) -> None:
        self._frames.write(frame)
        self._sizes.append(len(frame))

    def unpack(self) -> tuple[Document, bytes, tuple[Term, ...], Iterator[Entry]]:
        """Once; the entries are unpacked as they are asked for. The document's sections stay apart, packed."""
        self._frames.seek(0)
        frames = (self._frames.read(size) for size in self._sizes)
        document, sections, terms = document_of(frames)
        return document, sections, terms, (entry for frame in frames for entry in entries_of(frame, document))

    def close(self) -> None:
        self._frames.close()


@dataclass(frozen=True, slots=True)
class Event:
    """``kind`` is that of the frame; "end" comes with the parcel, "gone" when the process is."""

    process: ReadingProcess
    kind: str
    said: list[Any]
    parcel: Parcel | None = None


class ReadingProcess:
    """Attributes:
    jobs: What it was given and has not answered; it is at work on the first.
    begun, heard: When it came to that one, and when there was last a sign of life.
    doing: What it is at work on, for a person to read.
    answered: How many files it has read.
    verdict: Why it was stopped: "time", "memory", "enough"; empty otherwise.
    """

    def __init__(self, memory: int, place: Path, events: queue.SimpleQueue[Event]) -> None:
        self.jobs: deque[Job] = deque()
        self.begun = self.heard = time.monotonic()
        self.answered, self.verdict, self.ready, self.doing = 0, "", False, ""
        self._place, self._events, self._tail = place, events, b""
        self._child = subprocess.Popen(  # noqa: S603 - our own command, no shell
            command(memory),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            start_new_session=True,  # a group of its own: it ends with all it has started, and Ctrl-C passes it by
        )
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._receive, self._drain)]
        for thread in self._threads:
            thread.start()

    def give(self, job: Job) -> None:
        self.jobs.append(job)
        if len(self.jobs) == 1:
            self._begin()
        assert self._child.stdin is not None  # noqa: S101 - opened as a pipe above
        with suppress(OSError):  # it is gone, and the event that says so gives the job back
            send_job(self._child.stdin, job)  # type: ignore[arg-type]

    def started(self) -> None:
        """It is ready; what it holds is not blamed for the time that its start took."""
        self.ready = True
        self._begin()

    def hear(self, note: str) -> None:
        """A sign of life, with how far it is in its file."""
        if self.jobs:
            self.heard, self.doing = time.monotonic(), f"{self.jobs[0].path} {note}"

    def done(self) -> Job:
        """It has answered the first of its jobs."""
        self.answered += 1
        job = self.jobs.popleft()
        self._begin()
        return job

    def _begin(self) -> None:
        self.begun = self.heard = time.monotonic()
        self.doing = self.jobs[0].path if self.jobs else ""

    def memory(self) -> int:
        """Bytes in use by it and whatever it has started; 0 when it is gone."""
        try:
            process = psutil.Process(self._child.pid)
            family = [process, *process.children(recursive=True)]
        except psutil.Error:
            return 0
        total = 0
        for one in family:
            with suppress(psutil.Error):
                total += one.memory_info().rss
        return total

    def stop(self, verdict: str) -> None:
        """End it and whatever it has started; its "gone" follows."""
        self.verdict = self.verdict or verdict
        if self._child.returncode is None:
            _kill_group(self._child)

    def close(self) -> None:
        """End it and free what it holds; what it still said is dropped."""
        self.stop("closed")
        self._child.wait()
        for thread in self._threads:
            thread.join()
        assert self._child.stdin is not None  # noqa: S101 - opened as a pipe above
        with suppress(OSError):
            self._child.stdin.close()

    def farewell(self) -> tuple[str, str]:
        """How it ended, in Chinese, and the last that it wrote to standard error; only behind "gone"."""
        _kill_group(self._child)  # what it has started may outlive it and hold on to its standard error
        code = self._child.wait()
        self._threads[1].join()
        said = self._tail.decode("utf-8", errors="replace")
        if code >= 0:
            return f"代码 {code}", said
        try:
            return f"信号 {signal.Signals(-code).name}", said
        except ValueError:
            return f"信号 {-code}", said

    def _receive(self) -> None:
        """Runs in a thread: frames → events."""
        parcel: Parcel | None = None
        assert self._child.stdout is not None  # noqa: S101 - opened as a pipe above
        with self._child.stdout as stream:
            try:
                while (frame := receive(stream)) is not None:  # type: ignore[arg-type]
                    parcel = self._take(frame, parcel)
            except (Broken, OSError, ValueError) as error:
                self._events.put(Event(self, "broken", [error]))
            finally:
                if parcel is not None:
                    parcel.close()
                self._events.put(Event(self, "gone", []))

    def _take(self, frame: bytes, parcel: Parcel | None) -> Parcel | None:
        kind = kind_of(frame)
        if kind in PARTS:
            parcel = parcel or Parcel(self._place)
            parcel.put(frame)
            return parcel
        self._events.put(Event(self, kind, parse(frame)[1:], parcel if kind == "end" else None))
        if parcel is not None and kind not in ("end", "alive"):
            parcel.close()
        return parcel if kind == "alive" else None

    def _drain(self) -> None:
        """Runs in a thread: keeps the end of what libraries print."""
        stream: BinaryIO = self._child.stderr  # type: ignore[assignment]
        with stream:
            while piece := stream.read1(_TAIL):  # type: ignore[attr-defined]
                self._tail = (self._tail + piece)[-_TAIL:]


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    """A process that nobody has waited for yet, dead or alive, and all that it has started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        return
    family: list[psutil.Process] = []
    with suppress(psutil.Error):
        family = psutil.Process(child.pid).children(recursive=True)
    child.kill()
    for one in family:
        with suppress(psutil.Error):
            one.kill()
