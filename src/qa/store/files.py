"""Paths inside index/ and the few things done to files there: durable, atomic, shared where nothing changed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.errors import QAError

FORMAT = 4
"""Version of the layout, the manifest and the SQLite schema (its user_version). Raise it with any change to them."""

LIBRARY, LEXICAL, VECTORS, SENTENCES = "library.sqlite", "lexical", "vectors.faiss", "sentences.bin"
MANIFEST = "manifest.json"
STAGING = ".new-"
_REPLACE_TRIES = 40


def generations(index: Path) -> Path:
    return index / "generations"


def numbers(index: Path) -> list[int]:
    """Generations that lie there, complete or not, newest first."""
    folder = generations(index)
    found = [int(child.name) for child in folder.iterdir() if child.name.isdecimal()] if folder.is_dir() else []
    return sorted(found, reverse=True)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, value: Any, durable: bool = True) -> None:
    """Replace a file at once: readers see the old or the new one, never half of one."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, indent=1)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        _replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    if durable:
        sync_folder(path.parent)


def _replace(source: Path, target: Path) -> None:
    """Windows refuses while a reader has the target open; readers are done in milliseconds."""
    for attempt in range(_REPLACE_TRIES):
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt" or attempt == _REPLACE_TRIES - 1:
                raise
            time.sleep(0.05)
        else:
            return


def sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system can (not Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def share(source: Path, target: Path) -> None:
    """The same file under a second name; a copy where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def remove_tree(folder: Path) -> None:
    """What a reader holds open on Windows stays, for the next time."""
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def guarded(index: Path) -> Iterator[None]:
    """Turn a full disk or a missing permission while writing index/ into an error that says what to do."""
    try:
        yield
    except (OSError, sqlite3.Error, ValueError) as error:
        known = _explained(error, index)
        if known is None:
            raise
        raise known from error


def _explained(error: Exception, index: Path) -> QAError | None:
    code = error.errno if isinstance(error, OSError) else None
    text = str(error).lower()
    if code in (errno.ENOSPC, errno.EDQUOT) or "is full" in text or "no space left" in text or "os error 28" in text:
        return QAError(f"磁盘空间不足，索引没有写成：{index}", "原来的索引没有动；请腾出空间后重新同步")
    if code in (errno.EACCES, errno.EPERM, errno.EROFS) or "readonly" in text or "permission denied" in text:
        return QAError(
            f"没有权限写入索引文件夹 {index}（{error}）", "原来的索引没有动；请检查文件夹权限，或用 --index 换一个位置"
        )
    if isinstance(error, (OSError, sqlite3.OperationalError)):
        return QAError(f"写入索引失败：{index}（{error}）", "原来的索引没有动；请检查磁盘后重新同步")
    return None
