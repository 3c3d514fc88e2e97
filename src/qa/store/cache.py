"""Vectors by encoder and text, kept from generation to generation: what was encoded once is not encoded again.

A "passage" is the hash of what was encoded, be it a passage or a sentence.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from qa.protocols import Vectors
from qa.store.migrate import Step, advance

VERSION = 1
"""Of the tables (the file's user_version); the first that had a number."""


def _numbered(db: sqlite3.Connection) -> None:
    """0 → 1: a new file, or one of before there were numbers, which has these tables."""
    db.execute("CREATE TABLE IF NOT EXISTS encoders (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
    db.execute(
        "CREATE TABLE IF NOT EXISTS vectors (encoder INTEGER NOT NULL, passage BLOB NOT NULL, vector BLOB NOT NULL,"
        " PRIMARY KEY (encoder, passage)) WITHOUT ROWID"
    )


STEPS: Mapping[int, Step] = {0: _numbered}
"""Version → the step from it to the next."""

_BATCH = 500
_UNIT_ERROR = 0.01


class VectorCache:
    """index/cache/vectors.sqlite. Float16 on disk; what is read is float32 rows of unit length.

    Each ``put`` is one transaction. A damaged file is put aside under the name ``vectors.sqlite.damaged`` and a new one
    begun; ``was_damaged`` says so, ``is_new`` whether it began empty.
    """

    def __init__(self, db: sqlite3.Connection, was_damaged: bool) -> None:
        self._db, self.was_damaged = db, was_damaged
        self.is_new: bool = db.execute("SELECT NOT EXISTS (SELECT 1 FROM vectors)").fetchone() == (1,)

    @classmethod
    def open(cls, index: Path) -> Self:
        """Raises IndexUnavailable where a newer version of Youju made it."""
        path = index / "cache" / "vectors.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return cls(_connect(path), was_damaged=False)
        except sqlite3.OperationalError:  # no space, no permission, locked: nothing is wrong with the file itself
            raise
        except sqlite3.DatabaseError:
            pass
        path.replace(path.with_name(path.name + ".damaged"))
        path.with_name(path.name + "-journal").unlink(missing_ok=True)
        return cls(_connect(path), was_damaged=True)

    def get(self, encoder: str, passages: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Passage hash → row ``(dim,)``, for those that are there and whole."""
        return {key: row for keys, rows in self.batches(encoder, passages) for key, row in zip(keys, rows, strict=True)}

    def batches(self, encoder: str, passages: Sequence[bytes]) -> Iterator[tuple[list[bytes], Vectors]]:
        """The same, some hundred hashes and rows ``(n, dim)`` at a time."""
        for begin in range(0, len(passages), _BATCH):
            batch = passages[begin : begin + _BATCH]
            marks = ",".join("?" * len(batch))
            query = f"SELECT passage, vector FROM vectors WHERE passage IN ({marks}) AND encoder ="  # noqa: S608
            query += " (SELECT id FROM encoders WHERE name = ?)"
            found = self._db.execute(query, (*batch, encoder)).fetchall()
            for size in sorted({len(blob) for _, blob in found}):
                yield _whole([(key, blob) for key, blob in found if len(blob) == size])

    def known(self, encoder: str, passages: Sequence[bytes]) -> set[bytes]:
        """Those that ``get`` would give."""
        return {key for keys, _ in self.batches(encoder, passages) for key in keys}

    def put(self, encoder: str, passages: Sequence[bytes], vectors: Vectors) -> None:
        rows = [np.asarray(row, np.float16).tobytes() for row in vectors]
        with self._db:
            self._db.execute("INSERT OR IGNORE INTO encoders (name) VALUES (?)", (encoder,))
            ((number,),) = self._db.execute("SELECT id FROM encoders WHERE name = ?", (encoder,))
            values = [(number, passage, row) for passage, row in zip(passages, rows, strict=True)]
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", values)

    def exceeds(self, live: int, spare: int) -> bool:
        """Whether more than ``spare`` vectors can't be among ``live`` texts; cheap to ask, 70 ms for 300 MB."""
        ((count,),) = self._db.execute("SELECT count(*) FROM vectors")
        return int(count) - live > spare

    def prune(self, live: Iterable[bytes], spare: int) -> None:
        """Forget passages that are not live, once there are more than ``spare`` of them for all encoders."""
        with self._db:
            self._db.execute("CREATE TEMP TABLE IF NOT EXISTS live (passage BLOB PRIMARY KEY) WITHOUT ROWID")
            self._db.execute("DELETE FROM live")
            self._db.executemany("INSERT OR IGNORE INTO live VALUES (?)", ((passage,) for passage in live))
            dead = "FROM vectors WHERE passage NOT IN (SELECT passage FROM live)"
            ((count,),) = self._db.execute(f"SELECT count(*) {dead}")
            if count > spare:
                self._db.execute(f"DELETE {dead}")

    def close(self) -> None:
        self._db.close()


def _whole(stored: Sequence[tuple[bytes, bytes]]) -> tuple[list[bytes], Vectors]:
    """Those of rows of one size that are of unit length; half precision makes it inexact, so it is made exact."""
    if len(stored[0][1]) % 2:
        return [], np.empty((0, 0), np.float32)
    rows = np.frombuffer(b"".join(blob for _, blob in stored), np.float16).reshape(len(stored), -1).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    good = np.abs(lengths[:, 0] - 1) < _UNIT_ERROR
    return [key for (key, _), whole in zip(stored, good, strict=True) if whole], rows[good] / lengths[good]


def _connect(path: Path) -> sqlite3.Connection:
    """Raises sqlite3.DatabaseError where the file is damaged."""
    db = sqlite3.connect(path, timeout=60)  # a backup reads it at one go: 2 GB take some seconds
    try:
        ((verdict,), *_) = db.execute("PRAGMA quick_check(1)").fetchall()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        advance(db, STEPS, VERSION, "语义向量的缓存")
    except BaseException:
        db.close()
        raise
    return db
