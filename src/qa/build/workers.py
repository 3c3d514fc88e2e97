"""Files read in processes of their own, under limits of time and memory; what they give comes in the order asked for.

A file can be made, or be broken, so that a library reads it for ever, takes all memory or falls over. Then its process
is ended or ends, the file is refused with what happened, and another process takes the rest.
"""

from __future__ import annotations

import logging
import os
import queue
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from qa.build.process import Event, Parcel, ReadingProcess
from qa.build.wire import REFUSALS, Job
from qa.errors import Passing, QAError, ReadError
from qa.settings import Settings

logger = logging.getLogger(__name__)

MOST = 4
"""Processes; the sync itself stores what about four of them read."""

EACH = 2**20
"""Bytes of files for which a further process is worth its start: a second's work of one."""

AHEAD = 3
"""Jobs a process holds, so that it never waits for the sync."""

WINDOW, HEAVY = 64, 32 * 2**20
"""Files, and bytes of files, that may be under way or wait to be taken in; a bigger one is read alone."""

SECONDS_PER_MB = 2
"""On top of the setting, which is for a small file."""

PATIENCE = 10
"""Limits of time that a reader may use up in all that goes on giving signs of life."""

START = 60
"""Seconds that a process may take to start; 0.4 on an idle machine, 3 and more on one with ten times its work."""

_TICK = 0.25

_ENDED_BY = {"信号 SIGXCPU": "time", "信号 SIGKILL": "killed", "信号 SIGTERM": "killed"}
"""Signals that no reader sends itself: past its time, and from whoever else ends processes, for a full memory, too."""

Waiting = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class File:
    """Relative path with "/", SHA-256, bytes."""

    path: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Limits:
    """For one file: seconds of a small one, and bytes of memory."""

    seconds: int
    memory: int

    def seconds_for(self, size: int) -> float:
        return self.seconds + SECONDS_PER_MB * size / 2**20


def how_many(files: Sequence[File], settings: Settings) -> int:
    """Processes for so much work: one for a few files, whose start costs less than a second one's."""
    cores = settings.threads or os.cpu_count() or 1
    return max(1, min(MOST, cores, len(files), 1 + sum(file.size for file in files) // EACH))


class Workers:
    """Reading processes, which start at once and end with the context."""

    def __init__(self, corpus: Path, place: Path, settings: Settings, count: int) -> None:
        """``place``: the index, also for what does not fit into memory meanwhile."""
        self._corpus, self._place, self._settings = str(corpus.absolute()), place, settings
        self._limits = Limits(settings.read_seconds, settings.read_memory_mb * 2**20)
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._processes = [self._start() for _ in range(count)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.stop("closed")
        for process in self._processes:
            process.close()
        while not self._events.empty():
            parcel = self._events.get().parcel
            if parcel is not None:
                parcel.close()

    def read(self, files: Sequence[File], waiting: Waiting) -> Iterator[tuple[File, Parcel | ReadError]]:
        """Each file in the order given, with what became of it; the taker closes the parcel.

        ``waiting`` hears some times a second what is being done. Raises QAError where no process can be started.
        """
        run = _Run(files)
        try:
            for at, file in enumerate(files):
                run.wanted = at
                while at not in run.results:
                    self._hand_out(run)
                    self._next_event(run, waiting)
                yield file, run.take(at)
        finally:
            run.close()

    def _start(self) -> ReadingProcess:
        return ReadingProcess(self._limits.memory, self._place, self._events)

    def _hand_out(self, run: _Run) -> None:
        while run.waiting:
            process = min(self._processes, key=lambda one: len(one.jobs))
            file = run.files[run.waiting[0]]
            if len(process.jobs) >= AHEAD or not run.has_room_for(run.waiting[0]):
                return
            limit, settings = self._limits.seconds_for(file.size), self._settings
            cpu = int(PATIENCE * limit) * (os.cpu_count() or 1)
            most, aim = settings.max_file_mb * 2**20, settings.chunk_chars
            how = (settings.ocr, settings.allow_secret, str(self._place.absolute()), file.size)
            process.give(Job(self._corpus, file.path, file.digest, most, aim, cpu, *how))
            run.given(file)

    def _next_event(self, run: _Run, waiting: Waiting) -> None:
        try:
            event = self._events.get(timeout=_TICK)
        except queue.Empty:
            self._watch(run)
            waiting(next((process.doing for process in self._processes if process.jobs), ""))
            return
        process = event.process
        if event.kind == "ready":
            process.started()
        elif event.kind == "alive":
            process.hear(str(event.said[0]))
        elif event.kind == "gone":
            self._replace(process, run)
        elif event.kind == "broken":
            logger.warning("a reading process broke off: %s", event.said[0])
            process.stop("crash")
        elif process.jobs:
            self._answered(process, event, run)

    def _answered(self, process: ReadingProcess, event: Event, run: _Run) -> None:
        if event.kind == "memory":
            process.stop("memory")
            return
        long = time.monotonic() - process.begun > 1
        if process.verdict:
            process.verdict = "enough"  # stopped a moment too late
        job = process.done()
        run.put(job.path, event.parcel if event.parcel is not None else _refusal(job.path, event))
        if long and process.memory() > self._limits.memory / 2:
            process.stop("enough")  # what it can't give back would count against the next file

    def _watch(self, run: _Run) -> None:
        """Stop what takes too long or too much."""
        now = time.monotonic()
        for process in self._processes:
            if not process.jobs or now - process.begun < 2 * _TICK:
                continue
            limit = self._limits.seconds_for(run.size_of(process.jobs[0].path))
            if not process.ready:
                limit = max(limit, START)
            if now - process.heard > limit or now - process.begun > PATIENCE * limit:
                process.stop("time")
            elif process.memory() > self._limits.memory:
                process.stop("memory")

    def _replace(self, process: ReadingProcess, run: _Run) -> None:
        """Blame the file it was at work on, unless it may have suffered from those before, and give back the rest."""
        how, said = process.farewell()
        if not process.ready:
            logger.error("a reading process can't start (%s): %s", how, said)
            raise QAError(f"读取文件的程序无法启动（{how}）", "请运行 python -m qa doctor 检查安装，或检查内存是否够用")
        blamed = [process.jobs.popleft()] if process.jobs and process.verdict != "enough" else []
        run.give_back([job.path for job in process.jobs])
        for job in blamed:
            verdict = process.verdict or _ENDED_BY.get(how, "crash")
            if verdict != "time" and process.answered and run.first_trial(job.path):
                run.give_back([job.path])
                continue
            logger.warning("reading %s ended its process (%s, %s): %s", job.path, verdict, how, said)
            run.put(job.path, self._stopped(verdict, how, run.size_of(job.path)))
        process.close()
        self._processes[self._processes.index(process)] = self._start()

    def _stopped(self, verdict: str, how: str, size: int) -> ReadError:
        if verdict == "time":
            seconds, todo = self._limits.seconds_for(size), "请用原来的程序打开后另存，或拆分成几个文件"
            return ReadError(f"读取超时：{seconds:.0f} 秒没有读完，已停止", f"{todo}；也可以调高 QA_READ_SECONDS")
        if verdict == "memory":
            most = self._limits.memory // 2**20
            held = f"文件有 {size / 2**20:.1f} MB，读取时" if size >= 2**20 else ""
            return ReadError(
                f"读取时占用内存过多：{held}超过 {most} MB，已停止", "请拆分成几个文件，或调高 QA_READ_MEMORY_MB"
            )
        ended = Passing if verdict == "killed" else ReadError
        return ended(f"读取程序意外退出（{how}）", "文件可能已损坏，请用原来的程序打开后另存")


class _Run:
    """How far one call of ``read`` is."""

    def __init__(self, files: Sequence[File]) -> None:
        self.files = files
        self.waiting = deque(range(len(files)))
        self.results: dict[int, Parcel | ReadError] = {}
        self.wanted = self.held = self.bytes_held = 0
        self._places = {file.path: at for at, file in enumerate(files)}
        self._tried: set[str] = set()

    def size_of(self, path: str) -> int:
        return self.files[self._places[path]].size

    def has_room_for(self, at: int) -> bool:
        """Whether another may be under way; the one whose turn it is always may."""
        full = self.held >= WINDOW or self.bytes_held + self.files[at].size > HEAVY
        return at == self.wanted or not self.held or not full

    def given(self, file: File) -> None:
        self.waiting.popleft()
        self.held, self.bytes_held = self.held + 1, self.bytes_held + file.size

    def give_back(self, paths: Sequence[str]) -> None:
        places = [self._places[path] for path in paths]
        self.waiting = deque(sorted([*self.waiting, *places]))
        self.held, self.bytes_held = self.held - len(places), self.bytes_held - sum(map(self.size_of, paths))

    def first_trial(self, path: str) -> bool:
        """Whether it is; a second one is believed."""
        first = path not in self._tried
        self._tried.add(path)
        return first

    def put(self, path: str, result: Parcel | ReadError) -> None:
        self.results[self._places[path]] = result

    def take(self, at: int) -> Parcel | ReadError:
        self.held, self.bytes_held = self.held - 1, self.bytes_held - self.files[at].size
        return self.results.pop(at)

    def close(self) -> None:
        for result in self.results.values():
            if isinstance(result, Parcel):
                result.close()


def _refusal(path: str, event: Event) -> ReadError:
    if event.kind in REFUSALS:
        return REFUSALS[event.kind](*event.said)
    what, trace = event.said if event.kind == "failed" else ("", event.kind)
    logger.error("reading %s failed: %s", path, trace)
    return ReadError(f"读取时出错（{what}）", "请检查文件是否损坏")
