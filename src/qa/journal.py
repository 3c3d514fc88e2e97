"""What was asked and answered: one SQLite file beside the index. Writing may fail, answering may not."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa.errors import IndexUnavailable
from qa.store import Step, advance
from qa.types import Answer

log = logging.getLogger(__name__)

VERSION = 1
"""Of the tables (the file's user_version); the first that had a number."""


def _numbered(db: sqlite3.Connection) -> None:
    """0 → 1: a new file, or one of before there were numbers, which has this table."""
    db.execute("""
CREATE TABLE IF NOT EXISTS answers (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    question TEXT NOT NULL,
    status TEXT NOT NULL,
    kind TEXT NOT NULL,
    confidence REAL NOT NULL,
    answer TEXT NOT NULL,
    citations TEXT NOT NULL,
    reason TEXT,
    missing TEXT NOT NULL,
    timings TEXT NOT NULL,
    good INTEGER,
    note TEXT
)""")
    db.execute("CREATE INDEX IF NOT EXISTS answers_at ON answers (at)")


STEPS: Mapping[int, Step] = {0: _numbered}
"""Version → the step from it to the next."""

_INSERT = """
INSERT INTO answers (id, at, question, status, kind, confidence, answer, citations, reason, missing, timings)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One question and its answer. ``at`` is UTC, ISO 8601; ``good`` is the reader's verdict, None without one."""

    id: str
    at: str
    question: str
    status: str
    kind: str
    confidence: float
    answer: str
    citations: list[dict[str, Any]]
    reason: str | None
    missing: list[str]
    timings: dict[str, float]
    good: bool | None
    note: str | None


class Journal:
    """Safe to use from several threads and processes. A file that can't be written costs a warning in the log."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def record(self, answer: Answer) -> str | None:
        """Keep an answer; its new id, or None when it could not be kept."""
        new = uuid.uuid4().hex
        places = [
            {k: v for k, v in c.to_dict().items() if k in {"number", "path", "start", "end"}} for c in answer.citations
        ]
        row = (
            *(new, datetime.now(UTC).isoformat(timespec="milliseconds"), answer.question, answer.status, answer.kind),
            *(answer.confidence, answer.text, _json(places), answer.reason, _json(answer.missing)),
            _json({k: round(v, 2) for k, v in answer.timings.items()}),
        )
        return new if self._write(_INSERT, row) else None

    def feedback(self, answer_id: str, good: bool, note: str = "") -> bool:
        """Set the verdict on an answer; False when there is no such answer or it could not be kept."""
        return (
            self._write("UPDATE answers SET good = ?, note = ? WHERE id = ?", (int(good), note or None, answer_id)) > 0
        )

    def rows(self, limit: int = 100) -> list[Row]:
        """The latest answers, newest first; empty when there is no journal or it can't be read."""
        if not self.path.is_file():
            return []
        try:
            with self._lock:
                found = (
                    self._open()
                    .execute("SELECT * FROM answers ORDER BY at DESC, rowid DESC LIMIT ?", (max(limit, 0),))
                    .fetchall()
                )
        except (sqlite3.Error, OSError, IndexUnavailable) as error:
            log.warning("问答记录 %s 无法读取：%s", self.path, error)
            return []
        return [_row(values) for values in found]

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _write(self, sql: str, values: tuple[Any, ...]) -> int:
        """Rows changed; 0 after a failure."""
        try:
            with self._lock, self._open() as connection:
                return connection.execute(sql, values).rowcount
        except (sqlite3.Error, OSError, UnicodeError, IndexUnavailable) as error:
            log.warning("问答记录 %s 无法写入：%s", self.path, error)
            return 0

    def _open(self) -> sqlite3.Connection:
        """The connection, made at first use; the caller holds the lock."""
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=2, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                advance(connection, STEPS, VERSION, "问答记录")
            except (sqlite3.Error, IndexUnavailable):
                connection.close()
                raise
            self._connection = connection
        return self._connection


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _row(values: tuple[Any, ...]) -> Row:
    (new, at, question, status, kind, confidence, answer, citations, reason, missing, timings, good, note) = values
    return Row(
        *(new, at, question, status, kind, confidence, answer, json.loads(citations), reason),
        *(json.loads(missing), json.loads(timings), None if good is None else bool(good), note),
    )
