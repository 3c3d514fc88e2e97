"""Who changed what in the library, and when: one SQLite file beside the index, only ever added to."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    n INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, host TEXT NOT NULL,
    what TEXT NOT NULL, path TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One change. ``at`` is UTC, ISO 8601; ``what`` one of "upload", "replace", "folder", "delete", "restore", "clear",
    "sync", "rebuild", "reread", "login", "refused", "logout", "changed" (seen by the watcher).
    """

    at: str
    who: str
    host: str
    what: str
    path: str
    detail: str


class Audit:
    """Safe to use from several threads and processes. What can't be written is in the program's log at least."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def record(self, who: str, host: str, what: str, paths: Sequence[str] = ("",), detail: str = "") -> bool:
        """Keep an event for each path; False when it could not be kept."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        for path in paths:
            log.info("资料变更：%s（%s）%s %s %s", who, host, what, path, detail)
        try:
            with self._lock:
                connection = self._open()
                try:
                    with connection:
                        rows = [(at, who, host, what, path, detail) for path in paths]
                        query = "INSERT INTO events (at, who, host, what, path, detail) VALUES (?, ?, ?, ?, ?, ?)"
                        connection.executemany(query, rows)
                finally:
                    connection.close()
        except (sqlite3.Error, OSError, UnicodeError) as error:
            log.warning("变更记录 %s 无法写入：%s", self.path, error)
            return False
        return True

    def events(self, limit: int = 200) -> list[Event]:
        """The latest, newest first; empty when there are none or they can't be read."""
        if not self.path.is_file():
            return []
        try:
            with self._lock:
                connection = self._open()
                try:
                    query = "SELECT at, who, host, what, path, detail FROM events ORDER BY n DESC LIMIT ?"
                    return [Event(*row) for row in connection.execute(query, (max(limit, 0),))]
                finally:
                    connection.close()
        except (sqlite3.Error, OSError) as error:
            log.warning("变更记录 %s 无法读取：%s", self.path, error)
            return []

    def recent(self, seconds: float) -> set[str]:
        """Paths changed here within so many seconds."""
        since = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="seconds")
        return {event.path for event in self.events() if event.at >= since and event.path}

    def _open(self) -> sqlite3.Connection:
        """Events are few: a connection for each keeps no file open. The caller holds the lock."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=5, check_same_thread=False)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection
