"""A backup becomes the index's next generation: published at once like any other, the one before stays until then."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from qa.errors import IndexUnavailable, InputError
from qa.protocols import Report
from qa.store.archive import BROKEN, members
from qa.store.backup import CACHE, CONTENTS, GENERATION, VERSION, Backup, copy_database
from qa.store.cache import VectorCache
from qa.store.files import MANIFEST, STAGING, generations, guarded, remove_tree, sync_file, sync_folder, unsealed
from qa.store.lock import Writer
from qa.store.manifest import refuse_newer, set_current
from qa.store.publish import clear_leftovers, next_number, prune
from qa.store.snapshot import Snapshot
from qa.types import Progress

_BLOCK = 2**20
_CONTENTS = 2**24
_SPARE = 2**26
"""Bytes of the disk that stay free."""


@dataclass(frozen=True, slots=True)
class Restored:
    """``kept``: copies of databases that were there before, under their new names."""

    backup: Backup
    generation: int
    kept: tuple[Path, ...]


def restore(archive: Path, index: Path, *, report: Report | None = None) -> Restored:
    """Check a backup whole, then publish it in ``index``; whatever is wrong with it, the present index stays.

    The generation that was current stays as the one to fall back to, and databases (the journal) as copies beside the
    restored ones. Raises InputError, IndexBusy, IndexUnavailable for a backup or an index of a newer version.
    """
    if not archive.is_file():
        raise InputError(f"没有备份文件 {archive}", "请检查路径")
    new = not index.exists()
    with guarded(index):
        try:
            index.mkdir(parents=True, exist_ok=True)
            with Writer(index, report) as writer:
                refuse_newer(index)
                clear_leftovers(index)
                number = next_number(index)
                place = generations(index) / f"{STAGING}{number}"
                place.mkdir(parents=True)
                try:
                    return _restored(archive, index, place, number, writer)
                finally:
                    remove_tree(place)
        except BaseException:
            if new:
                remove_tree(index)
            raise


def _restored(archive: Path, index: Path, place: Path, number: int, report: Report) -> Restored:
    try:
        contents = _extracted(archive, place, report)
    except BROKEN as error:
        raise _wrong(archive) from error
    folder = place / GENERATION
    with contextlib.closing(Snapshot(folder)) as snapshot:  # verified: every file, and that it opens
        manifest = snapshot.manifest
    if manifest.generation != contents["generation"]:
        raise _wrong(archive)
    replace(manifest, generation=number).write(folder)
    for path in folder.rglob("*"):
        if path.is_file():
            sync_file(path)
    sync_folder(folder)
    before = next((n for n in _published(index)), None)
    folder.rename(generations(index) / str(number))
    sync_folder(generations(index))
    set_current(index, number)
    kept = tuple(_put_back(index, place, contents["files"]))
    prune(index, last_good=before)
    size = sum(size for size, _ in contents["files"].values())
    counts = manifest.counts
    given = (counts.documents, counts.chunks, counts.vectors, len(contents["files"]), size, str(contents["made"]))
    return Restored(Backup(manifest.generation, *given), number, kept)


def _published(index: Path) -> list[int]:
    with contextlib.suppress(IndexUnavailable), contextlib.closing(Snapshot.open(index, mend=True)) as snapshot:
        return [snapshot.generation]
    return []


def _extracted(archive: Path, place: Path, report: Report) -> dict[str, Any]:
    """All members in ``place``, each of the size and SHA-256 that the backup's list of contents states for it."""
    found = members(archive)
    name, size, stream = next(found, ("", 0, None))
    if name != CONTENTS or stream is None or size > _CONTENTS:
        raise _wrong(archive)
    contents = _contents(archive, stream.read(_CONTENTS + 1))
    files = contents["files"]
    total, done = sum(size for size, _ in files.values()), 0
    free = shutil.disk_usage(place).free
    if total + _SPARE > free:
        what = f"磁盘空间不足：恢复要 {total >> 20} MB，只剩 {free >> 20} MB"
        raise InputError(what, "请腾出空间，或用 --index 换一个位置；现有的索引没有动")
    seen: set[str] = set()
    for name, size, stream in found:
        if name not in files or name in seen or size != files[name][0]:
            raise _wrong(archive)
        seen.add(name)
        path = place.joinpath(*PurePosixPath(name).parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, left = hashlib.sha256(), size
        with path.open("xb") as file:
            while block := stream.read(min(_BLOCK, left + 1)):
                left -= len(block)
                if left < 0:
                    raise _wrong(archive)
                digest.update(block)
                file.write(block)
                done += len(block)
                report(Progress("restore", done >> 20, max(total >> 20, 1), "MB"))
        if left or digest.hexdigest() != files[name][1]:
            raise _wrong(archive)
    if seen != files.keys():
        raise _wrong(archive)
    return contents


def _contents(archive: Path, said: bytes) -> dict[str, Any]:
    """Checked: names lead nowhere else, sizes are sizes."""
    try:
        contents = unsealed(said)
        if contents["youju_backup"] > VERSION:
            raise IndexUnavailable(f"备份 {archive} 是更新的版本做的", "请升级有据后再恢复；现有的索引没有动")
        files = contents["files"]
        whole = isinstance(contents["generation"], int) and isinstance(contents["made"], str)
        sizes = all(type(size) is int and size >= 0 and isinstance(digest, str) for size, digest in files.values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _wrong(archive) from error
    if not whole or not sizes or not all(map(_allowed, files)) or f"{GENERATION}/{MANIFEST}" not in files:
        raise _wrong(archive)
    return contents


def _allowed(name: str) -> bool:
    """A generation's file, the cache, or a database of the index folder itself."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or set(part) & set('\\:*?"<>|\0') or part.endswith((" ", ".")) for part in parts):
        return False
    return name == CACHE or (parts[0] == GENERATION and 2 <= len(parts) <= 3) or _is_database(name)


def _is_database(name: str) -> bool:
    return "/" not in name and name.endswith(".sqlite") and not name.startswith(".")


def _put_back(index: Path, place: Path, names: dict[str, Any]) -> list[Path]:
    """The databases, each in one transaction, for others may have them open; what they held is kept in a copy."""
    kept = []
    for name in names:
        path, target = place / name, index / name
        if name == CACHE and not _needs_cache(index):
            continue
        if name != CACHE and not _is_database(name):
            continue
        if target.is_file() and name != CACHE:
            stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
            aside = target.with_name(f"{target.stem}.before-restore-{stamp}.sqlite.old")
            copy_database(target, aside)
            kept.append(aside)
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(target)) as db:
            source.backup(db)
    return kept


def _needs_cache(index: Path) -> bool:
    """What the present one holds is as good: it is named by the hash of its text. So it stays, unless it is empty."""
    with contextlib.closing(VectorCache.open(index)) as cache:
        return bool(cache.is_new)


def _wrong(archive: Path) -> InputError:
    return InputError(f"备份文件已损坏，或不是有据的备份：{archive}", "请换一份备份；现有的索引没有动")
