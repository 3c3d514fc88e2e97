"""One file that holds an index: a generation, the cache of vectors and the journal, each whole and of one moment."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from qa.errors import IndexUnavailable, InputError
from qa.protocols import Report
from qa.store.archive import kind_of, writing
from qa.store.files import MANIFEST, sealed, sha256, sync_file, sync_folder
from qa.store.manifest import Manifest
from qa.store.snapshot import Snapshot
from qa.types import Progress

VERSION = 1
CONTENTS = "backup.json"
"""First in the archive: what it is, and size and SHA-256 of every other member."""

GENERATION, CACHE = "generation", "cache/vectors.sqlite"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds. ``size`` is that of its members before they are packed, in bytes."""

    generation: int
    documents: int
    chunks: int
    vectors: int
    files: int
    size: int
    made: str


def backup(index: Path, target: Path, *, force: bool = False, report: Report | None = None) -> Backup:
    """Write the index's newest whole generation and its databases into ``target``, while others read or write them.

    ``target`` appears when it is whole; a file that is there is replaced only by ``force``. Raises InputError,
    IndexUnavailable where there is nothing to back up, OSError where the disk refuses.
    """
    kind = kind_of(target)
    if target.exists() and not force:
        raise InputError(f"备份文件已经存在：{target}", "请换一个名字，或加 --force 覆盖")
    folder = target.absolute().parent
    if not folder.is_dir():
        raise InputError(f"放备份的文件夹不存在：{folder}", "请先建好文件夹")
    if index.resolve() in target.resolve().parents:
        raise InputError("备份文件不能放在索引自己的文件夹里", "请换一个位置")
    part = target.with_name(f"{target.name}.part")
    with contextlib.ExitStack() as opened:
        opened.callback(part.unlink, missing_ok=True)
        manifest, sources = _generation(index, opened)
        place = Path(opened.enter_context(tempfile.TemporaryDirectory(dir=folder, prefix=".youju-")))
        for name, copy in _databases(index, place):
            sources.append(_Source(name, opened.enter_context(copy.open("rb")), copy.stat().st_size, sha256(copy)))
        made = datetime.now().astimezone().isoformat(timespec="seconds")
        size = sum(source.size for source in sources)
        contents = {
            "youju_backup": VERSION,
            "made": made,
            "made_by": manifest.made_by,
            "format": manifest.format,
            "generation": manifest.generation,
            "counts": asdict(manifest.counts),
            "files": {source.name: [source.size, source.digest] for source in sources},
        }
        with writing(part, kind) as put:
            said = json.dumps(sealed(contents), ensure_ascii=False, indent=1).encode()
            put(CONTENTS, io.BytesIO(said), len(said))
            done = 0
            for source in sources:
                put(source.name, watched := _Watched(source.stream, report, done, size), source.size)  # type: ignore[arg-type]
                done += source.size
                if watched.digest() != source.digest:
                    raise IndexUnavailable(f"索引文件读出来不对：{source.name}", "请运行 python -m qa verify 检查")
        sync_file(part)
        part.replace(target)
        sync_folder(folder)
    counts = manifest.counts
    return Backup(manifest.generation, counts.documents, counts.chunks, counts.vectors, len(sources), size, made)


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    stream: IO[bytes]
    size: int
    digest: str


def _generation(index: Path, opened: contextlib.ExitStack) -> tuple[Manifest, list[_Source]]:
    """The files of the newest whole generation, open: whatever a sync publishes and drops meanwhile, they stay."""
    for _ in range(_TRIES):
        with contextlib.closing(Snapshot.open(index)) as snapshot, contextlib.ExitStack() as held:
            if snapshot.damaged:
                raise IndexUnavailable(snapshot.warnings[-1], "请先运行 python -m qa sync 修复，再备份")
            try:
                sources = [
                    _Source(
                        f"{GENERATION}/{name}", held.enter_context((snapshot.folder / name).open("rb")), size, digest
                    )
                    for name, (size, digest) in snapshot.manifest.files.items()
                ]
                said = (snapshot.folder / MANIFEST).read_bytes()
            except FileNotFoundError:
                continue
            digest = hashlib.sha256(said).hexdigest()
            opened.push(held.pop_all())
            return snapshot.manifest, [
                _Source(f"{GENERATION}/{MANIFEST}", io.BytesIO(said), len(said), digest),
                *sources,
            ]
    raise IndexUnavailable(f"索引正在不断更新，没能备份：{index}", "请等同步完成后再试")


def _databases(index: Path, place: Path) -> Iterator[tuple[str, Path]]:
    """(name, copy) of the journal, and of other databases beside the generations, each of one moment."""
    for number, name in enumerate([*sorted(path.name for path in index.glob("*.sqlite")), CACHE]):
        if (index / name).is_file():
            copy = place / f"{number}.sqlite"
            try:
                copy_database(index / name, copy)
            except sqlite3.DatabaseError as error:
                if name == CACHE:  # it is filled again from the generation
                    continue
                raise IndexUnavailable(f"{index / name} 无法读取（{error}）", "请移走或修复它后再备份") from error
            yield name, copy


def copy_database(source: Path, target: Path) -> None:
    """As it stands at one moment, what its WAL holds included, while other processes write it."""
    with contextlib.closing(sqlite3.connect(target)) as copy:
        with contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=60)) as db:
            try:
                db.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
                return
            except sqlite3.OperationalError:
                if os.access(source.parent, os.W_OK):
                    raise
        # A database in WAL mode can't be opened where nothing can be written: so a copy of both its files is.
        for suffix in ("", "-wal"):
            if (source.parent / f"{source.name}{suffix}").is_file():
                shutil.copyfile(f"{source}{suffix}", f"{target}.files{suffix}")
        with contextlib.closing(sqlite3.connect(f"{target}.files")) as db:
            db.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")


class _Watched:
    """A stream that reports how much of all has been read of it, and knows its SHA-256."""

    def __init__(self, stream: IO[bytes], report: Report | None, done: int, total: int) -> None:
        self._stream, self._report, self._done, self._total = stream, report, done, total
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._hash.update(block)
        self._done += len(block)
        if self._report is not None:
            total = self._total >> 20
            self._report(Progress("backup", self._done >> 20, max(total, 1), "MB" if total > 1 else ""))
        return block

    def digest(self) -> str:
        return self._hash.hexdigest()
