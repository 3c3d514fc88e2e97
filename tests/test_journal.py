"""The journal keeps what was asked, and never stands in the way."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from qa.journal import Journal
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
