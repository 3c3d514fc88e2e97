"""One writer, and what others learn of it."""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path

import psutil
import pytest

from qa.errors import IndexBusy
from qa.store import Writer, read_progress
from qa.store.lock import SILENCE
from qa.types import Progress

HERE = {"pid": os.getpid(), "host": socket.gethostname(), "started": psutil.Process().create_time()}
STATE = {"stage": "vectors", "done": 3, "total": 9, "note": ""}


def write(folder: Path, **given: object) -> None:
    (folder / "progress.json").write_text(json.dumps({**HERE, **STATE, "at": time.time(), **given}), encoding="utf-8")


def test_progress_of_a_living_writer_is_read(tmp_path: Path) -> None:
    seen: list[Progress] = []
    with Writer(tmp_path, seen.append) as writer:
        writer(Progress("read", 1, 5, "文件.txt"))
        assert read_progress(tmp_path) == Progress("read", 1, 5, "文件.txt")
        writer(Progress("read", 2, 5))
        writer(Progress("index", 0, 1))
        assert read_progress(tmp_path) == Progress("index", 0, 1)
    assert [progress.done for progress in seen] == [1, 2, 0]
    assert read_progress(tmp_path) is None


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with Writer(tmp_path):
        with pytest.raises(IndexBusy, match=f"索引正在被更新：主机 {socket.gethostname()} 上的进程 {os.getpid()}"):
            Writer(tmp_path).__enter__()
        (tmp_path / "owner.json").write_text("{", encoding="utf-8")
        with pytest.raises(IndexBusy, match="另一个进程"):
            Writer(tmp_path).__enter__()
    with Writer(tmp_path):
        pass


@pytest.mark.parametrize(
    ("given", "alive"),
    [
        ({}, True),
        ({"pid": 2**22 + 1}, False),
        ({"started": 1.0}, False),
        ({"pid": "x"}, False),
        ({"host": "another"}, True),
        ({"host": "another", "at": time.time() - SILENCE - 1}, False),
        ({"done": None}, False),
    ],
)
def test_a_dead_writers_progress_is_none(tmp_path: Path, given: dict[str, object], alive: bool) -> None:
    write(tmp_path, **given)
    assert read_progress(tmp_path) == (Progress("vectors", 3, 9) if alive else None)


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_damaged_file_is_no_progress(tmp_path: Path, text: str) -> None:
    (tmp_path / "progress.json").write_text(text, encoding="utf-8")
    assert read_progress(tmp_path) is None
