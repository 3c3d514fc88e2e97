"""Databases of older versions, brought forward by numbered steps.

A step's tables are written out in it: they are those of its version, whatever became of them since.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from qa.errors import IndexUnavailable

Step = Callable[[sqlite3.Connection], None]


def _pages_read(db: sqlite3.Connection) -> None:
    """3 → 4: for each page how it was read. Of documents that are there already that is not known."""
    db.execute("ALTER TABLE documents RENAME TO documents_3")
    db.execute("""CREATE TABLE documents (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    format TEXT NOT NULL, encoding TEXT, facts TEXT NOT NULL, warnings TEXT NOT NULL,
    reads TEXT NOT NULL, chars INTEGER NOT NULL, chunks INTEGER NOT NULL, pages INTEGER NOT NULL, sha256 TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL
) STRICT""")
    db.execute(
        "INSERT INTO documents SELECT n, id, path, title, format, encoding, facts, warnings, '[]', chars, chunks,"
        " pages, sha256, size, mtime_ns FROM documents_3"
    )
    db.execute("DROP TABLE documents_3")


LIBRARY_STEPS: Mapping[int, Step] = {3: _pages_read}
"""Format → the step from it to the next. Vectors, sentences and lexical index are the same in all of these; a format in
which they are not gets no step from the one before: it is made anew, from files and cache."""


def version_of(db: sqlite3.Connection) -> int:
    ((version,),) = db.execute("PRAGMA user_version")
    return int(version)


def advance(db: sqlite3.Connection, steps: Mapping[int, Step], newest: int, what: str) -> int:
    """Bring a database to version ``newest`` in one transaction; the version that it had.

    Raises IndexUnavailable where a newer Youju made it (nothing is changed then) or no step leads on.
    """
    if version_of(db) == newest:
        return newest
    db.execute("BEGIN IMMEDIATE")
    try:
        before = version_of(db)  # again: another process may have been first
        if before > newest:
            told = f"{what}的版本是 {before}，本程序只认得到 {newest}：它是更新的版本做的"
            raise IndexUnavailable(told, "请升级有据；文件没有动")
        for version in range(before, newest):
            if version not in steps:
                raise IndexUnavailable(f"{what}的版本是 {version}，太旧，不能沿用", "请运行 python -m qa sync")
            steps[version](db)
            db.execute(f"PRAGMA user_version = {version + 1}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return before


def forward(library: Path, folder: Path, newest: int) -> Path:
    """A copy of a library.sqlite in ``folder``, brought forward; the file itself stays as it is.

    Raises IndexUnavailable where that can't be done.
    """
    copy = folder / library.name
    try:
        shutil.copyfile(library, copy)
        with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as db:
            # A copy that is cut off is thrown away whole.
            db.executescript("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;")
            advance(db, LIBRARY_STEPS, newest, "资料库")
    except (OSError, sqlite3.Error) as error:
        raise IndexUnavailable(f"旧格式的索引不能沿用：{library}（{error}）", "请运行 python -m qa sync") from error
    return copy
