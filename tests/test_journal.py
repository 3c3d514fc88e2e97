"""The journal keeps what was asked, and never stands in the way."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qa.errors import IndexUnavailable
from qa.journal import ASKER, Asker, Journal
from qa.types import Answer, Citation, Sentence

ANSWER = Answer(
    "四下基层是什么？",
    "answered",
    "extract",
    (Sentence("原句。", (1,)),),
    (Citation(1, "d", "题", "a/b.md", 3, 6, "原句。"),),
    confidence=0.9,
    timings={"total_ms": 7.123},
)


def test_what_is_recorded_is_read_back(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "深" / "journal.sqlite")
    first = journal.record(ANSWER)
    journal.record(Answer("火星", "abstained", "extract", reason="没有", missing=("火星",)))
    assert first is not None
    assert journal.feedback(first, True, "好")
    newest, oldest = journal.rows()
    assert (newest.status, newest.reason, newest.missing, newest.good) == ("abstained", "没有", ["火星"], None)
    assert (oldest.id, oldest.answer, oldest.good, oldest.note) == (first, "原句。[1]", True, "好")
    assert oldest.citations == [{"number": 1, "path": "a/b.md", "start": 3, "end": 6}]
    assert oldest.timings == {"total_ms": 7.12}
    journal.close()
    again = Journal(journal.path)
    assert [row.id for row in again.rows(1)] == [newest.id]
    again.close()


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    threads = [threading.Thread(target=lambda: [journal.record(ANSWER) for _ in range(20)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({row.id for row in journal.rows(1000)}) == 160
    journal.close()


def test_a_file_that_cannot_be_written_costs_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"this is no database" * 100)
    journal = Journal(tmp_path / "journal.sqlite")
    assert journal.record(ANSWER) is None
    assert journal.feedback("0" * 32, True) is False
    assert journal.rows() == []
    assert "无法写入" in caplog.text
    journal.close()


def test_no_journal_yet(tmp_path: Path) -> None:
    assert Journal(tmp_path / "journal.sqlite").rows() == []
    assert not (tmp_path / "journal.sqlite").exists()


OLD = """
CREATE TABLE answers (
    id TEXT PRIMARY KEY, at TEXT NOT NULL, question TEXT NOT NULL, status TEXT NOT NULL, kind TEXT NOT NULL,
    confidence REAL NOT NULL, answer TEXT NOT NULL, citations TEXT NOT NULL, reason TEXT, missing TEXT NOT NULL,
    timings TEXT NOT NULL, good INTEGER, note TEXT
);
INSERT INTO answers VALUES ('a1', '2025-03-01T08:00:00.000+00:00', '旧问题', 'answered', 'extract', 0.8, '原句。[1]',
    '[{"number": 1, "path": "a.md", "start": 0, "end": 3}]', NULL, '[]', '{"total_ms": 4.0}', 1, '好');
"""


@pytest.mark.parametrize("version", [0, 1])
def test_a_journal_of_before_goes_on(tmp_path: Path, version: int) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "journal.sqlite")) as db:
        db.executescript(OLD + f"PRAGMA user_version = {version};")
    journal = Journal(tmp_path / "journal.sqlite")
    new = journal.record(ANSWER, Asker("王芳", "10.0.0.7"), "文件夹 laws")
    newest, old = journal.rows()
    assert (old.question, old.good, old.note, old.citations[0]["path"]) == ("旧问题", True, "好", "a.md")
    assert (old.user, old.host, old.scope, old.generation, old.wrong, old.voted_at) == ("", "", "", 0, None, None)
    assert (newest.id, newest.user, newest.host, newest.scope) == (new, "王芳", "10.0.0.7", "文件夹 laws")
    journal.close()


def test_who_of_what_and_which_generation(tmp_path: Path) -> None:
    def broken() -> int:
        raise IndexUnavailable("没有索引")

    for number, (generation, expected) in enumerate(((lambda: 7, 7), (broken, 0), (None, 0))):
        journal = Journal(tmp_path / f"{number}.sqlite", generation=generation)
        held = ASKER.set(Asker("李主任", "::1"))
        journal.record(ANSWER)
        ASKER.reset(held)
        journal.record(ANSWER)
        after, during = journal.rows()
        assert (during.user, during.host, during.generation) == ("李主任", "::1", expected)
        assert (after.user, after.host, after.ms) == ("", "", 7.12)
        journal.close()


def test_a_wrong_citation_is_one_of_the_answers_own(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    new = journal.record(ANSWER)
    assert new is not None
    assert journal.feedback(new, False, "不是这一条", wrong=1)
    row = journal.get(new)
    assert row is not None
    assert (row.good, row.wrong, row.note, bool(row.voted_at)) == (False, 1, "不是这一条", True)
    assert not journal.feedback(new, False, wrong=2)
    assert not journal.feedback("0" * 32, False, wrong=0)
    assert journal.feedback(new, False, wrong=0)
    assert journal.feedback(new, True)  # the last word counts
    row = journal.get(new)
    assert row is not None
    assert (row.good, row.wrong, row.note) == (True, None, None)
    journal.close()


def test_old_rows_go_and_leave_nothing_in_the_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.record(replace(ANSWER, question="将被删去的问题"))
    now = datetime.now(UTC)
    assert journal.purge(0, now + timedelta(days=900)) == 0
    assert journal.purge(30, now + timedelta(days=29)) == 0
    assert journal.purge(30, now + timedelta(days=31)) == 1
    assert journal.rows() == []
    journal.close()
    assert "将被删去".encode() not in (tmp_path / "journal.sqlite").read_bytes()
    assert Journal(tmp_path / "none.sqlite").purge(30) == 0


def test_rows_between_two_times_are_read_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    ids = [journal.record(ANSWER) for _ in range(3)]
    with contextlib.closing(sqlite3.connect(journal.path)) as db:
        for _ in range(2500):  # all of one moment: more than one reading takes
            db.execute(
                "INSERT INTO answers SELECT hex(randomblob(16)), '2026-01-01T00:00:00.000+00:00', question, status,"
                " kind, confidence, answer, citations, reason, missing, timings, good, note, user, host, scope,"
                " generation, wrong, voted_at FROM answers WHERE id = ?",
                (ids[0],),
            )
        db.commit()
    found = list(journal.between())
    assert (len(found), len({row.id for row in found}), found[0].id) == (2503, 2503, ids[-1])
    assert len(list(journal.between("2026-01-02"))) == 3
    assert len(list(journal.between("2025", "2026-01-02"))) == 2500
    journal.close()
