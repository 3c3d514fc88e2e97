"""Is an index what it says it is: every checksum, every row, every offset."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import IndexUnavailable
from qa.protocols import Report
from qa.store.encoded import digest
from qa.store.files import FORMAT, LEXICAL, LIBRARY, SENTENCES, VECTORS, generations, numbers
from qa.store.manifest import Manifest, current_generation
from qa.store.snapshot import Snapshot
from qa.types import Progress

SYNC = "请运行 python -m qa sync 修复"
_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, whether it is well, what was found, what to do if it is not."""

    name: str
    ok: bool
    found: str
    todo: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def verify(index: Path, report: Report | None = None) -> list[Finding]:
    """All that can be told of an index without its files, read from the disk anew; nothing is written.

    80,000 passages with vectors: some 4 s. Raises IndexUnavailable where nothing is published or may not be read.
    """
    number = current_generation(index)
    if number is None:
        raise IndexUnavailable(f"{index} 里还没有索引", "请先运行 python -m qa sync --corpus 资料夹 --index 索引夹")
    found: list[Finding] = []

    def note(name: str, look: Callable[[], str], todo: str = SYNC) -> bool:
        try:
            found.append(Finding(name, True, look()))
        except (_Wrong, IndexUnavailable, sqlite3.Error, OSError, ValueError, TypeError, KeyError) as error:
            told = error.what if isinstance(error, IndexUnavailable) else f"{error}"
            found.append(Finding(name, False, told, todo))
        return found[-1].ok

    folder = generations(index) / str(number)
    if note(f"第 {number} 代的校验和", lambda: _checksums(folder, report)):
        with contextlib.closing(Snapshot(folder)) as snapshot, _database(snapshot.library) as db:
            note("资料库", lambda: _library(db, snapshot))
            note("原文与位置", lambda: _offsets(db, report))
            note("词语索引", lambda: _lexical(snapshot))
            note("语义向量", lambda: _vectors(snapshot))
            note("句子向量", lambda: _sentences(snapshot))
    for other in numbers(index):
        if other < number:
            note(f"备用的第 {other} 代", partial(_checksums, generations(index) / str(other), report))
    for name, path, todo in (
        ("向量缓存", index / "cache" / "vectors.sqlite", SYNC),
        ("问答记录", index / "journal.sqlite", "请移走它，或恢复备份"),
    ):
        if path.is_file():
            note(name, partial(_whole, path), todo)
    return found


class _Wrong(Exception):
    """What is wrong, in Chinese."""


def _checksums(folder: Path, report: Report | None) -> str:
    manifest = Manifest.read(folder)
    if report is not None:
        report(Progress("verify", 0, 1, folder.name))
    for told in manifest.faults(folder, anew=True).values():
        raise _Wrong(told)
    size = sum(size for size, _ in manifest.files.values())
    older = "" if manifest.format == FORMAT else f"；格式 {manifest.format}，下次同步改为 {FORMAT}"
    return f"{len(manifest.files)} 个文件，{size / 2**20:.0f} MB{older}"


@contextlib.contextmanager
def _database(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        yield db


_ORPHANS = {
    "没有正文的文件": "SELECT count(*) FROM documents WHERE n NOT IN (SELECT n FROM texts)",
    "没有文件的正文": "SELECT count(*) FROM texts WHERE n NOT IN (SELECT n FROM documents)",
    "没有文件的段落": "SELECT count(*) FROM chunks WHERE n NOT IN (SELECT n FROM documents)",
    "没有文件的词语": "SELECT count(*) FROM terms WHERE n NOT IN (SELECT n FROM documents)",
    "段数不符的文件": "SELECT count(*) FROM documents AS d WHERE chunks <>"
    " (SELECT count(*) FROM chunks AS c WHERE c.n = d.n)",
}
"""What is wrong → how many there are; none is allowed."""


def _library(db: sqlite3.Connection, snapshot: Snapshot) -> str:
    ((verdict,), *_) = db.execute("PRAGMA integrity_check(1)").fetchall()
    if verdict != "ok":
        raise _Wrong(f"{LIBRARY} 内部损坏：{verdict}")
    for name, query in _ORPHANS.items():
        ((count,),) = db.execute(query)
        if count:
            raise _Wrong(f"有 {count} 个{name}")
    ((documents,), (chunks,)) = (db.execute(f"SELECT count(*) FROM {t}").fetchone() for t in ("documents", "chunks"))  # noqa: S608
    if (documents, chunks) != (snapshot.counts.documents, snapshot.counts.chunks):
        raise _Wrong(f"有 {documents} 篇、{chunks} 段，说明文件里写的是 {snapshot.counts}")
    return f"{documents} 篇，{chunks} 段"


def _offsets(db: sqlite3.Connection, report: Report | None) -> str:
    """Every passage is the piece of its text that it says it is, and the hash it is known by that of its words."""
    ((total,),) = db.execute("SELECT count(*) FROM documents")
    query = 'SELECT start, "end", text, head, passage FROM chunks WHERE n = ?'
    rows = db.execute("SELECT n, path, chars, text FROM documents JOIN texts USING (n) ORDER BY n")
    for done, (n, path, chars, text) in enumerate(rows):
        if len(text) != chars:
            raise _Wrong(f"{path} 的正文有 {len(text)} 字，应为 {chars}")
        for start, end, piece, head, passage in db.execute(query, (n,)):
            if not 0 <= start < end or text[start:end] != piece:
                raise _Wrong(f"{path} 的段落与原文 [{start}, {end}) 不同")
            if digest(f"{head}\n{piece}") != passage:
                raise _Wrong(f"{path} 的段落 [{start}, {end}) 与它的摘要不符")
        if report is not None:
            report(Progress("verify", done + 1, total, path))
    return "每一段都与原文逐字相同"


def _lexical(snapshot: Snapshot) -> str:
    if len(snapshot.lexical) != snapshot.counts.chunks:
        raise _Wrong(f"{LEXICAL} 里有 {len(snapshot.lexical)} 段，应为 {snapshot.counts.chunks}")
    return f"{len(snapshot.lexical)} 段"


def _of_the_library(part: str, ids: Sequence[int], counted: int, snapshot: Snapshot) -> None:
    if len(ids) != counted or set(ids) - set(snapshot.ids()):
        raise _Wrong(f"{part} 里有 {len(ids)} 段，应为 {counted}，且都在资料库里")


def _vectors(snapshot: Snapshot) -> str:
    if snapshot.vectors is None:
        return _none(snapshot.counts.vectors, VECTORS)
    ids = snapshot.vectors.ids()
    _of_the_library(VECTORS, ids, snapshot.counts.vectors, snapshot)
    for begin in range(0, len(ids), _BATCH):
        lengths = np.linalg.norm(snapshot.vectors.get(ids[begin : begin + _BATCH]), axis=1)
        if not (np.abs(lengths - 1) < 1e-3).all():
            raise _Wrong(f"{VECTORS} 里有长度不是 1 的向量")
    return f"{len(ids)} 段，{snapshot.vectors.dim} 维（{snapshot.manifest.encoder}）"


def _sentences(snapshot: Snapshot) -> str:
    if snapshot.sentences is None:
        return _none(snapshot.counts.sentences, SENTENCES)
    ids = snapshot.sentences.ids()
    _of_the_library(SENTENCES, ids, snapshot.counts.sentences, snapshot)
    said = sum(len(keys) for _, keys in snapshot.sentence_hashes(ids))
    if said != len(snapshot.sentences):
        raise _Wrong(f"{SENTENCES} 里有 {len(snapshot.sentences)} 句，资料库里这些段落有 {said} 句")
    return f"{len(ids)} 段的 {said} 句"


def _none(count: int, name: str) -> str:
    if count:
        raise _Wrong(f"没有 {name}，说明文件里写的是 {count} 段")
    return "没有（按词语检索）"


def _whole(path: Path) -> str:
    # Not immutable: it may be written meanwhile.
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=60)) as db:
        ((verdict,), *_) = db.execute("PRAGMA quick_check(1)").fetchall()
    if verdict != "ok":
        raise _Wrong(f"{path} 已损坏：{verdict}")
    return f"{path.stat().st_size / 2**20:.1f} MB"
