"""A reading process: takes jobs from its standard input, answers on its standard output, and knows no index."""

from __future__ import annotations

import faulthandler
import os
import queue
import signal
import sys
import threading
import time
import traceback
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from qa.build.confine import allow_cpu, confine, end_with_all
from qa.build.read import make
from qa.build.room import Room
from qa.build.wire import Broken, Job, document_frames, entry_frames, parse, receive, send
from qa.errors import ReadError
from qa.load import Options
from qa.load.pace import listen
from qa.store import RecognisedPages

_BEAT = 0.2
"""Seconds between two signs of life that are passed on."""


def main(memory: int) -> None:
    """Serve until standard input ends; ``memory`` in bytes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the sync, which ends its processes
    faulthandler.enable()
    jobs, answers = _streams()
    confine(memory)
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs, waiting), name="youju-jobs", daemon=True).start()
    _pass_on_signs(answers)
    send(answers, "ready")
    while _answer(waiting.get(), answers, memory):
        pass


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for us alone: what a library reads or prints must not mix with the frames."""
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return jobs, answers


def _listen(jobs: BinaryIO, waiting: queue.SimpleQueue[Job]) -> None:
    """Take jobs while the process is at work, so that the end of the sync is noticed at any time."""
    try:
        while (frame := receive(jobs)) is not None:
            waiting.put(Job(**parse(frame)[1]))
    except (Broken, OSError):
        pass
    end_with_all()


def _pass_on_signs(answers: BinaryIO) -> None:
    last = 0.0

    def heard(note: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _BEAT:
            last = time.monotonic()
            send(answers, "alive", _safe(note))

    listen(heard)


def _answer(job: Job, answers: BinaryIO, memory: int) -> bool:
    """Read one file and send what became of it; whether the process is fit for another."""
    allow_cpu(job.cpu_seconds)
    try:
        options = Options(job.ocr, RecognisedPages(Path(job.index)) if job.index else None)
        place, room = (Path(job.corpus), job.path, job.digest), Room(job.size, memory)
        made = make(*place, job.max_bytes, job.chunk_chars, options, job.allow_secret, room)
        for frame in chain(document_frames(made.document, made.terms), entry_frames(made.entries)):
            send(answers, *frame)
        send(answers, "end")
    except ReadError as error:
        send(answers, error.code, _safe(error.what), _safe(error.todo))
    except MemoryError:
        send(answers, "memory")
        return False
    except RecursionError:
        send(answers, ReadError.code, "文件的结构嵌套太深，无法读取", "请用原来的程序打开后另存，或改存为 .docx、.pdf")
    except Exception as error:  # a reader's own fault with one file must not cost the folder
        send(answers, "failed", _safe(f"{type(error).__name__}: {error}")[:300], _safe(traceback.format_exc()))
    return True


def _safe(text: str) -> str:
    """Sendable whatever a file has put into it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]))
