"""A reading process to whose reader the oddest things happen, each for a file of the name given in ``STRANGE``."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import qa.build.read
from qa.build.worker import main
from qa.load import Options
from qa.load.pace import going_on
from qa.types import Loaded

real = qa.build.read.load


def hang() -> None:
    time.sleep(1000)


def hold_the_interpreter() -> None:
    re.fullmatch("(a|a)*b", "a" * 60)


def take_memory() -> None:
    kept = []
    while True:
        kept.append(bytearray(2**24))


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(7)


def fail() -> None:
    raise IndexError("list index out of range")


def fail_with_a_surrogate() -> None:
    raise ValueError("\ud800")


def recurse() -> None:
    recurse()


def babble() -> None:
    """Into whatever is open, the way to the sync among it."""
    for number in range(3, 32):
        try:
            os.write(number, b"\xff" * 100)
        except OSError:
            continue
    time.sleep(1000)


def print_much() -> None:
    os.write(1, b"x" * 100_000)
    os.write(2, b"x" * 1_000_000)
    sys.stdout.write("x" * 100_000)
    sys.stdout.flush()


def take_long() -> None:
    """Twice the limit of the tests, with signs of life."""
    for page in range(1, 21):
        time.sleep(0.15)
        going_on(f"第 {page} 页")


def start_another() -> None:
    """A program that outlives its caller and holds on to its standard error."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)  # a grandchild"])
    os._exit(7)


def poison() -> None:
    """This file is read; the process is ruined for the next one."""
    STRANGE["下一个"] = leave


STRANGE: dict[str, Callable[[], None]] = {
    "挂起": hang,
    "占住": hold_the_interpreter,
    "内存": take_memory,
    "崩溃": crash,
    "退出": leave,
    "出错": fail,
    "代理": fail_with_a_surrogate,
    "递归": recurse,
    "乱写": babble,
    "打印": print_much,
    "久读": take_long,
    "子程序": start_another,
    "下毒": poison,
}


def load(path: Path, max_bytes: int, options: Options) -> Loaded:
    for name, happens in list(STRANGE.items()):
        if name in path.name:
            happens()
    return real(path, max_bytes, options)


if __name__ == "__main__":
    qa.build.read.load = load
    main(int(sys.argv[1]))
