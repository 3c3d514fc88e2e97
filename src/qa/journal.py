"""What was asked and answered: one SQLite file beside the index. Writing may fail, answering may not."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from qa.errors import IndexUnavailable, QAError
from qa.store import Step, advance
from qa.types import Answer

log = logging.getLogger(__name__)

VERSION = 2
"""Of the tables (the file's user_version)."""


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


def _asked_by(db: sqlite3.Connection) -> None:
    """1 → 2: who asked, of what, of which generation, and the citation that is wrong. Of earlier rows none is known."""
    db.execute("ALTER TABLE answers ADD COLUMN user TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE answers ADD COLUMN host TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE answers ADD COLUMN scope TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE answers ADD COLUMN generation INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE answers ADD COLUMN wrong INTEGER")
    db.execute("ALTER TABLE answers ADD COLUMN voted_at TEXT")


STEPS: Mapping[int, Step] = {0: _numbered, 1: _asked_by}
"""Version → the step from it to the next."""

_INSERT = """
INSERT INTO answers (id, at, question, status, kind, confidence, answer, citations, reason, missing, timings,
    user, host, scope, generation)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a name where one is known, and the address."""

    user: str = ""
    host: str = ""


_NOBODY = Asker()
ASKER: ContextVar[Asker] = ContextVar("youju_asker", default=_NOBODY)
"""Set by the web's door for what a request does; the command line has none."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question and its answer. ``at`` is UTC, ISO 8601; ``good`` is the reader's verdict, None without one.

    ``wrong`` is the number of the citation that they call wrong; 0 for the answer as a whole. ``scope`` is in words.
    """

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
    user: str = ""
    host: str = ""
    scope: str = ""
    generation: int = 0
    wrong: int | None = None
    voted_at: str | None = None

    @property
    def ms(self) -> float:
        return self.timings.get("total_ms", 0.0)


class Journal:
    """Safe to use from several threads and processes. A file that can't be written costs a warning in the log."""

    def __init__(self, path: Path | str, *, names: bool = True, generation: Callable[[], int] | None = None) -> None:
        """Without ``names`` nobody's name or address is kept; ``generation`` tells which of the index answers now."""
        self.path = Path(path)
        self._names, self._generation = names, generation
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def record(self, answer: Answer, asker: Asker | None = None, scope: str = "") -> str | None:
        """Keep an answer; its new id, or None when it could not be kept. Without ``asker`` it is the request's own."""
        asker = (asker or ASKER.get()) if self._names else Asker()
        new = uuid.uuid4().hex
        places = [
            {k: v for k, v in c.to_dict().items() if k in {"number", "path", "start", "end"}} for c in answer.citations
        ]
        row = (
            *(new, _now(), answer.question, answer.status, answer.kind),
            *(answer.confidence, answer.text, _json(places), answer.reason, _json(answer.missing)),
            _json({k: round(v, 2) for k, v in answer.timings.items()}),
            *(asker.user, asker.host, scope, self._now()),
        )
        return new if self._write(_INSERT, row) else None

    def feedback(self, answer_id: str, good: bool, note: str = "", wrong: int | None = None) -> bool:
        """Set the verdict on an answer; False when there is no such answer or it could not be kept.

        ``wrong`` is the number of a citation of this answer, or 0 for none in particular; with another number: False.
        """
        row = self.get(answer_id)
        if row is None or (wrong and wrong not in {place["number"] for place in row.citations}):
            return False
        values = (int(good and wrong is None), note or None, wrong, _now(), answer_id)
        return self._write("UPDATE answers SET good = ?, note = ?, wrong = ?, voted_at = ? WHERE id = ?", values) > 0

    def get(self, answer_id: str) -> Row | None:
        return next(iter(self._read("WHERE id = ?", (answer_id,))), None)

    def between(self, since: str = "", until: str = "~") -> Iterator[Row]:
        """Rows with ``since <= at < until`` (ISO 8601, UTC), newest first, read a thousand at a time."""
        last = (until, 1 << 62)
        while rows := self._numbered(since, last):
            yield from (row for _, row in rows)
            last = (rows[-1][1].at, rows[-1][0])

    def purge(self, days: int, today: datetime | None = None) -> int:
        """Delete what is older than so many days, and its pages in the file; 0 days: nothing. Rows deleted."""
        if days <= 0 or not self.path.is_file():
            return 0
        before = ((today or datetime.now(UTC)) - timedelta(days=days)).isoformat(timespec="milliseconds")
        gone = self._write("DELETE FROM answers WHERE at < ?", (before,))
        if gone:
            log.info("问答记录：删去了 %d 条 %d 天以前的", gone, days)
        return gone

    def rows(self, limit: int = 100) -> list[Row]:
        """The latest answers, newest first; empty when there is no journal or it can't be read."""
        return self._read("ORDER BY at DESC, rowid DESC LIMIT ?", (max(limit, 0),))

    def _numbered(self, since: str, last: tuple[str, int]) -> list[tuple[int, Row]]:
        which = "WHERE at >= ? AND (at, rowid) < (?, ?) ORDER BY at DESC, rowid DESC LIMIT 1000"
        found = self._select(f"SELECT rowid, * FROM answers {which}", (since, *last))  # noqa: S608 - ours
        return [(values[0], _row(values[1:])) for values in found]

    def _read(self, rest: str, values: tuple[Any, ...]) -> list[Row]:
        return [_row(found) for found in self._select(f"SELECT * FROM answers {rest}", values)]  # noqa: S608 - ours

    def _select(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """Empty when there is no journal or it can't be read."""
        if not self.path.is_file():
            return []
        try:
            with self._lock:
                return self._open().execute(sql, values).fetchall()
        except (sqlite3.Error, OSError, IndexUnavailable) as error:
            log.warning("问答记录 %s 无法读取：%s", self.path, error)
            return []

    def _now(self) -> int:
        """The generation, 0 where it isn't known: what goes wrong there has been told to the one who asked."""
        try:
            return self._generation() if self._generation else 0
        except QAError:
            return 0

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
                connection.execute(
                    "PRAGMA secure_delete = ON"
                )  # what is deleted after its days is not in the file either
                connection.execute("PRAGMA journal_mode = WAL")
                advance(connection, STEPS, VERSION, "问答记录")
            except (sqlite3.Error, IndexUnavailable):
                connection.close()
                raise
            self._connection = connection
        return self._connection


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _row(values: tuple[Any, ...]) -> Row:
    (new, at, question, status, kind, confidence, answer, citations, reason, missing, timings, good, note, *more) = (
        values
    )
    return Row(
        *(new, at, question, status, kind, confidence, answer, json.loads(citations), reason),
        *(json.loads(missing), json.loads(timings), None if good is None else bool(good), note),
        *more,
    )
