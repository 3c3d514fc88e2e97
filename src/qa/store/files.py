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

READABLE = range(3, FORMAT + 1)
"""Formats that this version can carry forward (``store.migrate``), and its own."""

LIBRARY, LEXICAL, VECTORS, SENTENCES = "library.sqlite", "lexical", "vectors.faiss", "sentences.bin"
MANIFEST = "manifest.json"
STAGING = ".new-"
_REPLACE_TRIES = 40
_FULL = 2**24
"""Bytes left on a disk that count as none when something could not be written."""

_SEAL = "check"
_KEPT_DIGESTS = 10_000
_digests: dict[tuple[int, int, int, int], str] = {}


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


def known_sha256(path: Path) -> str:
    """The same, read from the disk once a process for each content: a published file does not change.

    1.7 GB/s on the machine it was measured on, of which a one-file sync of 350 MB would pay four times.
    """
    with path.open("rb") as file:  # which may be refused by now
        status = os.fstat(file.fileno())
        key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if key not in _digests:
            if len(_digests) >= _KEPT_DIGESTS:
                _digests.clear()
            _digests[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return _digests[key]


def write_sealed(path: Path, value: dict[str, Any]) -> None:
    """As ``write_json``, with a checksum of what it says."""
    write_json(path, sealed(value))


def read_sealed(path: Path) -> dict[str, Any]:
    """Raises ValueError where it is damaged, OSError where it can't be read; one without a checksum is believed."""
    return unsealed(path.read_text(encoding="utf-8"))


def sealed(value: dict[str, Any]) -> dict[str, Any]:
    """With its checksum."""
    return {**value, _SEAL: _seal(value)}


def unsealed(text: str | bytes) -> dict[str, Any]:
    """The object that JSON holds, without its checksum; raises ValueError where that does not match."""
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("no object")
    if value.pop(_SEAL, None) not in (None, _seal(value)):
        raise ValueError("does not match its checksum")
    return value


def _seal(value: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=True, sort_keys=True).encode()).hexdigest()


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
        sync_file(target)


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
    # Of a thread of its own that met an error tantivy says no more than that.
    cut_off = isinstance(error, ValueError) and "worker thread" in text
    full = cut_off and shutil.disk_usage(index).free < _FULL
    said = ("is full", "no space left", "os error 28")
    if full or code in (errno.ENOSPC, errno.EDQUOT) or any(words in text for words in said):
        return QAError(f"磁盘空间不足，索引没有写成：{index}", "原来的索引没有动；请腾出空间后重新同步")
    if code in (errno.EACCES, errno.EPERM, errno.EROFS) or "readonly" in text or "permission denied" in text:
        return QAError(
            f"没有权限写入索引文件夹 {index}（{error}）", "原来的索引没有动；请检查文件夹权限，或用 --index 换一个位置"
        )
    if cut_off or isinstance(error, (OSError, sqlite3.OperationalError)):
        return QAError(f"写入索引失败：{index}（{error}）", "原来的索引没有动；请检查磁盘后重新同步")
    return None
