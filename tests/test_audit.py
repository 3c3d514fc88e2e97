"""Who changed what, kept."""

from __future__ import annotations

import threading
from pathlib import Path

from qa.audit import Audit


def test_events_are_kept_newest_first(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "index" / "audit.sqlite")
    assert audit.events() == []
    assert audit.record("张三", "10.0.0.7", "upload", ["a.txt", "b/乙😀.txt"], "3 字节")
    assert audit.record("李四", "127.0.0.1", "sync")
    assert [(e.who, e.host, e.what, e.path, e.detail) for e in audit.events()] == [
        ("李四", "127.0.0.1", "sync", "", ""),
        ("张三", "10.0.0.7", "upload", "b/乙😀.txt", "3 字节"),
        ("张三", "10.0.0.7", "upload", "a.txt", "3 字节"),
    ]
    assert len(audit.events(1)) == 1
    assert audit.events()[0].at.endswith("+00:00")


def test_several_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "audit.sqlite"
    threads = [threading.Thread(target=Audit(path).record, args=(f"{n}", "", "sync")) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(e.who) for e in Audit(path).events()) == list(range(12))


def test_what_cannot_be_kept_costs_no_change(tmp_path: Path) -> None:
    (tmp_path / "audit.sqlite").write_bytes(b"not a database, but long enough to be read as one" * 40)
    audit = Audit(tmp_path / "audit.sqlite")
    assert not audit.record("张三", "", "delete", ["a.txt"])
    assert audit.events() == []


def test_what_was_changed_a_moment_ago_is_known(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.sqlite")
    audit.record("张三", "", "upload", ["a.txt", "b/乙.txt"])
    audit.record("张三", "", "sync")
    assert audit.recent(60) == {"a.txt", "b/乙.txt"}
    assert audit.recent(-5) == set()
