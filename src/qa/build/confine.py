"""What a reading process takes from itself before it opens a stranger's file. Each where the system has it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from types import ModuleType

_PR_SET_PDEATHSIG = 1

_resource: ModuleType | None
try:
    import resource as _resource
except ImportError:  # Windows, where the sync's own watch over time and memory is all there is
    _resource = None


def confine(memory: int) -> None:
    """No more than ``memory`` bytes of its own, no image of it on disk, and no life without the sync that began it.

    Memory is limited as data (RLIMIT_DATA: on Linux all that is written to), not as addresses: libraries reserve
    gigabytes of those that they never touch.
    """
    if _resource is not None:
        _limit(_resource.RLIMIT_CORE, 0)
        if sys.platform == "linux":
            _limit(_resource.RLIMIT_DATA, memory)
    if sys.platform == "linux":
        # The thread that waits for the sync's end can't run while a library holds the interpreter.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def allow_cpu(seconds: int) -> None:
    """End this process after so much more work: nobody may be left to stop it."""
    if _resource is not None:
        used = _resource.getrusage(_resource.RUSAGE_SELF)
        _limit(_resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1)


def end_with_all() -> None:
    """End this process and whatever it has started."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(3)


def _limit(which: int, value: int) -> None:
    assert _resource is not None  # noqa: S101 - callers have looked
    _, hard = _resource.getrlimit(which)
    if hard != _resource.RLIM_INFINITY:
        value = min(value, hard)
    _resource.setrlimit(which, (value, hard))
