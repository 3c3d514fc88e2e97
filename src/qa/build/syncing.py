"""Bring an index up to a folder's state, at the cost of what changed."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from qa.build.encoding import encode_missing
from qa.build.read import digest_of, document_id, entries_of, make, pipeline, tokens_of
from qa.build.scan import FORMATS, Scan, scan
from qa.encode import encoder_name
from qa.errors import EncoderUnavailable, IndexUnavailable, InputError, ReadError
from qa.protocols import Report
from qa.settings import Settings
from qa.store import (
    LEXICAL,
    Counts,
    FileState,
    Manifest,
    Snapshot,
    Staging,
    VectorCache,
    Writer,
    carry_forward,
    clear_leftovers,
    current_generation,
    guarded,
    prune,
    refill,
    refuse_newer,
)
from qa.terms import mine
from qa.types import Problem, Progress, SyncReport

logger = logging.getLogger(__name__)

DEAD_SHARE = 0.1
"""Share of removed passages past which the lexical index is made anew; until then its statistics count them."""

SPARE_VECTORS = 200_000
"""Vectors of passages and sentences no longer in the library that are kept in case they come back: 160 MB, which is a
library of 36,000 passages with theirs."""

_RACY_NS = 2_000_000_000


@dataclass(slots=True)
class Changes:
    """What differs between folder and index. Paths in order."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Can't be read or seen now; what was read before stays."""
    touched: dict[str, FileState] = field(default_factory=dict)
    """The same under another modification time, or for the first time under one that can be trusted."""
    digests: dict[str, str] = field(default_factory=dict)


def sync(
    corpus: Path, index: Path, settings: Settings, *, lexical_only: bool = False, report: Report | None = None
) -> SyncReport:
    """Publish an index of the folder ``corpus`` in ``index``: lexical first, then, by and by, with vectors.

    Files that can't be read are reported and the rest goes on; one that was read before keeps its last good version.
    Made anew when chunk length, format or the code that reads has changed. Whatever happens, the published index stays
    until the next is whole; a sync that was cut off goes on where it was.

    Raises:
        InputError: The folder is missing or can't be opened, or holds nothing readable. An index of documents is not
            emptied because its folder is (a drive may not be mounted).
        IndexBusy: Another process is syncing this index.
        QAError: The index can't be written.
    """
    begin = time.monotonic()
    if not corpus.is_dir():
        scan(corpus, index)
    if index.exists() and not index.is_dir():
        raise InputError(f"索引的位置 {index} 是一个文件，不是文件夹", "请移走它，或用 --index 换一个位置")
    with guarded(index):
        index.mkdir(parents=True, exist_ok=True)
        with Writer(index, report) as writer:
            refuse_newer(index)
            clear_leftovers(index)
            carry_forward(index)
            cache = VectorCache.open(index)
            try:
                return _Sync(corpus, index, settings, cache, writer).run(lexical_only, begin)
            finally:
                cache.close()


def complete(index: Path, settings: Settings, *, report: Report | None = None) -> SyncReport:
    """Make the vectors that the published index lacks; no folder is looked at, no document is touched.

    Raises as ``sync`` does, and IndexUnavailable where nothing is published.
    """
    begin = time.monotonic()
    with guarded(index):
        Snapshot.open(index).close()
        with Writer(index, report) as writer:
            clear_leftovers(index)
            carry_forward(index)
            cache = VectorCache.open(index)
            try:
                return _Sync(Path(), index, settings, cache, writer).complete(begin)
            finally:
                cache.close()


class _Sync:
    """One run, while the lock is held."""

    def __init__(self, corpus: Path, index: Path, settings: Settings, cache: VectorCache, report: Report) -> None:
        self.corpus, self.index, self.settings, self.cache, self.report = corpus, index, settings, cache, report
        self.problems: list[Problem] = []
        self.notices: list[Problem] = []
        self.before = current_generation(index)

    def run(self, lexical_only: bool, begin: float) -> SyncReport:
        old = self._previous()
        self._refill()
        try:
            self.report(Progress("scan", 0, 0))
            found = scan(self.corpus, self.index)
            self._refuse_empty(found, old)
            self.problems += found.problems
            encoder = self._encoder_name(old)
            usable = old is not None and self._same_making(old.manifest)
            changes = self._compare(found, old, usable)
            manifest = self._publish(found, changes, old, usable, encoder)
        finally:
            if old is not None:
                old.close()
        prune(self.index, last_good=old.generation if old is not None else None)
        encoded = 0
        if not lexical_only and encoder is not None and manifest.counts.chunks:
            manifest, encoded = self._encode(manifest)
        self.report(Progress("done", 1, 1))
        return self._summary(manifest, changes, encoded, begin)

    def complete(self, begin: float) -> SyncReport:
        self._refill()
        old = Snapshot.open(self.index, mend=True)
        manifest, same = old.manifest, [info.path for info in old.infos()]
        name = self._encoder_name(old)
        old.close()
        encoded = 0
        if name is not None and manifest.counts.chunks:
            manifest, encoded = self._encode(manifest.with_encoder(name))
        self.report(Progress("done", 1, 1))
        return self._summary(manifest, Changes(same=same), encoded, begin)

    def _previous(self) -> Snapshot | None:
        try:
            snapshot = Snapshot.open(self.index, mend=True)
        except IndexUnavailable as error:
            logger.info("no usable index: %s", error)
            return None
        self.notices += [Problem("", warning, False) for warning in snapshot.warnings]
        return snapshot

    def _refill(self) -> None:
        """Where the cache was lost, what is published was encoded once all the same."""
        if not self.cache.is_new or self.before is None:
            return
        with contextlib.suppress(IndexUnavailable), contextlib.closing(Snapshot.open(self.index)) as held:
            if held.manifest.encoder is not None and (held.vectors is not None or held.sentences is not None):
                refill(self.cache, held)

    def _refuse_empty(self, found: Scan, old: Snapshot | None) -> None:
        if found.files:
            return
        if old is not None and old.counts.documents:
            what = f"资料文件夹里没有可读的文件：{self.corpus}。索引里还有 {old.counts.documents} 份文件，没有改动"
            raise InputError(what, "请检查文件夹是否选对、磁盘是否连上；确实要清空，请删除索引文件夹")
        others = f"（有 {len(found.problems)} 个文件不能收入）" if found.problems else ""
        raise InputError(f"资料文件夹里没有可读的文件：{self.corpus}{others}", f"请放入 {FORMATS} 文件后重试")

    def _encoder_name(self, old: Snapshot | None) -> str | None:
        """Whose vectors to publish; those there are stay while the encoder can't be had."""
        try:
            name = encoder_name(self.settings)
        except EncoderUnavailable as error:
            self.notices.append(Problem("", f"语义编码器不可用，暂按关键词检索。{error}", False))
            return old.manifest.encoder if old is not None else None
        return None if name == "none" else name

    def _same_making(self, manifest: Manifest) -> bool:
        return manifest.pipeline == pipeline() and manifest.chunk_chars == self.settings.chunk_chars

    def _compare(self, found: Scan, old: Snapshot | None, usable: bool) -> Changes:
        """By size and modification time first, then by SHA-256."""
        before = old.files() if old is not None else {}
        changes = Changes()
        for path, state in found.files.items():
            digest, size, mtime = before.get(path, ("", -1, -1))
            same_stat = (size, mtime) == (state.size, state.mtime_ns)
            if usable and same_stat:
                changes.same.append(path)
                continue
            try:
                changes.digests[path] = digest_of(self.corpus / path)
            except ReadError as error:
                self._unread(path, error, changes, path in before)
                continue
            if path not in before:
                changes.added.append(path)
            elif changes.digests[path] != digest:
                changes.changed.append(path)
            else:
                changes.same.append(path)
                if not same_stat:
                    changes.touched[path] = state
        hidden = tuple(found.unknown)
        for path in before:
            if path not in found.files:
                (changes.kept if hidden and path.startswith(hidden) else changes.removed).append(path)
        return changes

    def _unread(self, path: str, error: ReadError, changes: Changes, known: bool) -> None:
        still = "索引里仍是上次读到的内容。" if known else ""
        self.problems.append(Problem(path, f"{error}{still}", not known))
        for listing in (changes.added, changes.changed, changes.same):
            if path in listing:
                listing.remove(path)
        if known:
            changes.kept.append(path)

    def _publish(
        self, found: Scan, changes: Changes, old: Snapshot | None, usable: bool, encoder: str | None
    ) -> Manifest:
        wanted = [*changes.added, *changes.changed] if usable else sorted(changes.digests)
        if old is not None and usable and not wanted and not changes.removed and self._as_published(old, encoder):
            return old.manifest
        base = old if usable else None
        with self._staging(base, changes) as staging:
            for path in changes.removed if base is not None else ():
                staging.remove(document_id(path))
            read = self._read_all(found, changes, wanted, staging, old, base)
            if base is not None and not read and not changes.removed and self._as_published(base, encoder):
                return base.manifest
            if base is None:
                self._carry_over(changes, staging, old)
            elif staging.reindexing:
                self._index_again(staging)
            for path, state in changes.touched.items() if base is not None else ():
                staging.touch(document_id(path), trusted(state))
            staging.set_problems(self.problems)
            if not staging.documents:
                told = "；".join(f"{p.path}：{p.message.rstrip('。')}" for p in self.problems[:3])
                raise InputError(
                    f"资料文件夹里的文件都不能读取（共 {len(self.problems)} 个）：{told}", "请改正后重新同步"
                )
            self.report(Progress("publish", 0, 1))
            given = Manifest(0, _version(), pipeline(), self.settings.chunk_chars, "", Counts(), encoder)
            return staging.publish(given, self.cache)

    def _as_published(self, old: Snapshot, encoder: str | None) -> bool:
        """Whether problems and encoder are those of the index; that the documents are is known."""
        warnings = {Problem(info.path, warning, False) for info in old.infos() for warning in info.warnings}
        return (
            set(self.problems) | warnings == set(old.problems())
            and encoder == old.manifest.encoder
            and not old.warnings
        )

    def _staging(self, base: Snapshot | None, changes: Changes) -> Staging:
        if base is None:
            return Staging(self.index)
        gone = {*changes.removed, *changes.changed}
        dead = base.lexical.dead + sum(info.chunks for info in base.infos() if info.path in gone)
        worn = dead > DEAD_SHARE * len(base.lexical)
        return Staging(self.index, base, reindex=worn or LEXICAL in base.damaged)

    def _read_all(
        self,
        found: Scan,
        changes: Changes,
        wanted: Sequence[str],
        staging: Staging,
        old: Snapshot | None,
        base: Snapshot | None,
    ) -> int:
        """Read files into the staging; how many could be. What can't be read is reported and, if known, kept."""
        read = 0
        for done, path in enumerate(wanted):
            self.report(Progress("read", done, len(wanted), path))
            state, known = found.files[path], old is not None and old.find(path) is not None
            try:
                limit = self.settings.max_file_mb * 2**20
                made = make(self.corpus, path, changes.digests[path], limit, self.settings.chunk_chars)
            except ReadError as error:
                self._unread(path, error, changes, known)
                continue
            except Exception as error:  # a reader's own fault with one file must not cost the folder
                logger.exception("reading %s failed", path)
                unforeseen = ReadError(f"读取时出错（{type(error).__name__}: {error}）", "请检查文件是否损坏")
                self._unread(path, unforeseen, changes, known)
                continue
            if base is not None and known:
                staging.remove(made.document.id)
            staging.add(made.document, made.entries, trusted(state), made.terms)
            read += 1
        if wanted:
            self.report(Progress("read", len(wanted), len(wanted)))
        self.report(Progress("index", 0, 1))
        return read

    def _carry_over(self, changes: Changes, staging: Staging, old: Snapshot | None) -> None:
        """Into a new index, what the old one has of files that can't be read now; to be read as soon as they can be."""
        for path in changes.kept:
            doc_id = old.find(path) if old is not None else None
            if old is not None and doc_id is not None:
                document = old.document(doc_id)
                entries = entries_of(document, old.chunks_of(doc_id))
                staging.add(document, entries, FileState(-1, -1), mine(document.text))

    def _index_again(self, staging: Staging) -> None:
        for rows in staging.rows():
            bodies, heads = tokens_of([(text, head, path) for _, text, head, path in rows])
            staging.index([number for number, *_ in rows], bodies, heads)

    def _encode(self, manifest: Manifest) -> tuple[Manifest, int]:
        try:
            manifest, encoded = encode_missing(self.index, manifest, self.cache, self.settings, self.report)
        except EncoderUnavailable as error:
            self.notices.append(Problem("", f"语义编码器不可用，暂按关键词检索。{error}", False))
            return manifest, 0
        if manifest.generation != self.before and self.cache.exceeds(self._wanted(), SPARE_VECTORS):
            snapshot = Snapshot.open(self.index, mend=True)
            live = {key for _, keys in snapshot.sentence_hashes() for key in keys}
            live.update(passage for _, passage in snapshot.passages())
            snapshot.close()
            self.cache.prune(live, SPARE_VECTORS)
        return manifest, encoded

    def _wanted(self) -> int:
        """How many vectors the library has use for."""
        with contextlib.closing(Snapshot.open(self.index, mend=True)) as snapshot:
            return snapshot.counts.chunks + snapshot.spoken()

    def _summary(self, manifest: Manifest, changes: Changes, encoded: int, begin: float) -> SyncReport:
        snapshot = Snapshot.open(self.index, mend=True)
        problems = (*self.notices, *snapshot.problems())
        snapshot.close()
        if self.cache.was_damaged:
            message = "语义向量的缓存已损坏，已重新建立（旧文件改名为 vectors.sqlite.damaged）。不影响使用。"
            problems = (Problem("", message, False), *problems)
        return SyncReport(
            generation=manifest.generation,
            documents=manifest.counts.documents,
            chunks=manifest.counts.chunks,
            added=len(changes.added),
            changed=len(changes.changed),
            removed=len(changes.removed),
            unchanged=len(changes.same) + len(changes.kept),
            encoded=encoded,
            vectors=manifest.counts.vectors,
            problems=problems,
            seconds=round(time.monotonic() - begin, 2),
        )


def trusted(state: FileState) -> FileState:
    """A file of the last two seconds may be written again under the same time; so its time is not kept."""
    recent = state.mtime_ns > time.time_ns() - _RACY_NS
    return FileState(state.size, -1) if recent else state


def _version() -> str:
    try:
        return version("youju")
    except PackageNotFoundError:
        return "0"
