"""Changes of the folder are told once it is quiet; our own folder in it is not."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from qa import watch
from qa.watch import Watcher, hidden, is_remote


@pytest.mark.parametrize("polling", [False, True])
def test_changes_are_told_together_by_their_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, polling: bool
) -> None:
    monkeypatch.setattr(watch, "POLL_MS", 200)
    monkeypatch.setattr(watch, "QUIET_MS", 400)
    told: list[tuple[str, ...]] = []
    bell = threading.Event()

    def changed(paths: tuple[str, ...]) -> None:
        told.append(paths)
        bell.set()

    (tmp_path / "旧.txt").write_text("旧", "utf-8")
    watcher = Watcher(tmp_path, changed, polling=polling)
    try:
        assert watcher.ready.wait(20)
        (tmp_path / ".youju").mkdir()
        (tmp_path / ".youju" / "x.part").write_bytes(b"1")
        (tmp_path / "~$锁.docx").write_bytes(b"1")
        (tmp_path / "新 件.txt").write_text("新", "utf-8")
        (tmp_path / "旧.txt").replace(tmp_path / "改名.txt")
        assert bell.wait(20)
    finally:
        watcher.stop()
    names = {path for paths in told for path in paths}
    assert {"新 件.txt", "改名.txt", "旧.txt"} <= names
    assert not any(name.startswith((".youju", "~$")) for name in names)
    assert len(told) <= 2


def test_what_a_scan_passes_over_is_hidden(tmp_path: Path) -> None:
    assert hidden(str(tmp_path / ".youju" / "bin" / "a.txt"), tmp_path)
    assert hidden(str(tmp_path), tmp_path)
    assert hidden("elsewhere", tmp_path)
    assert not hidden(str(tmp_path / "通知" / "a.txt"), tmp_path)


def test_network_drives_are_known_by_their_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from collections import namedtuple

    part = namedtuple("part", "mountpoint fstype opts")
    mounts = [part("/", "ext4", "rw"), part(str(tmp_path / "网盘"), "cifs", "rw"), part(str(tmp_path), "ext4", "rw")]
    monkeypatch.setattr(watch.psutil, "disk_partitions", lambda **_: mounts)
    assert is_remote(tmp_path / "网盘" / "资料")
    assert not is_remote(tmp_path / "资料")
