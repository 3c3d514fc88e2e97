"""Bring an index up to a folder's state, at the cost of what changed."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Collection
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from qa.build.changes import Changes, trusted
from qa.build.encoding import encode_missing
from qa.build.failures import Failures
from qa.build.read import digest_of, document_id, pipeline
from qa.build.reading import Taker, carry_over, index_again, readers
from qa.build.scan import FORMATS, Scan, scan
from qa.build.workers import File
from qa.encode import encoder_name
from qa.errors import EncoderUnavailable, IndexUnavailable, InputError, ReadError, Refused
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
from qa.types import Problem, Progress, SyncReport

logger = logging.getLogger(__name__)

DEAD_SHARE = 0.1
"""Share of removed passages past which the lexical index is made anew; until then its statistics count them."""

SPARE_VECTORS = 200_000
"""Vectors of passages and sentences no longer in the library that are kept in case they come back: 160 MB, which is a
library of 36,000 passages with theirs."""


def sync(
    corpus: Path,
    index: Path,
    settings: Settings,
    *,
    lexical_only: bool = False,
    report: Report | None = None,
    again: Collection[str] = (),
    rebuild: bool = False,
    allow_empty: bool = False,
) -> SyncReport:
    """Publish an index of the folder ``corpus`` in ``index``: lexical first, then, by and by, with vectors.

    Files that can't be read are reported and the rest goes on; one that was read before keeps its last good version.
    Made anew when chunk length, format or the code that reads has changed. Whatever happens, the published index stays
    until the next is whole; a sync that was cut off goes on where it was. Files of ``again`` are read though they
    haven't changed, with ``rebuild`` all are; vectors made are kept.

    Raises:
        InputError: The folder is missing or can't be opened, or holds nothing readable. An index of documents is not
            emptied because its folder is (a drive may not be mounted), unless ``allow_empty``.
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
                run = _Sync(corpus, index, settings, cache, writer)
                run.again, run.rebuild, run.allow_empty = frozenset(again), rebuild, allow_empty
                return run.run(lexical_only, begin)
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
        self.again: Collection[str] = ()
        self.rebuild = self.allow_empty = False
        self.before = current_generation(index)
        self.failures = Failures(index, settings)

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
            try:
                manifest = self._publish(found, changes, old, usable, encoder)
            finally:
                self.failures.keep(found.files, {*changes.added, *changes.changed, *changes.same})
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
        if found.files or self.allow_empty:
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
        made_so = (manifest.pipeline, manifest.chunk_chars) == (self._pipeline(), self.settings.chunk_chars)
        return made_so and not self.rebuild

    def _pipeline(self) -> str:
        """What decides which files are taken in and how: when it changes, all are read again."""
        return pipeline(self.settings.ocr) + ("+secret" if self.settings.allow_secret else "")

    def _compare(self, found: Scan, old: Snapshot | None, usable: bool) -> Changes:
        """By size and modification time first, then by SHA-256."""
        before = old.files() if old is not None else {}
        changes = Changes()
        for path, state in found.files.items():
            digest, size, mtime = before.get(path, ("", -1, -1))
            same_stat = (size, mtime) == (state.size, state.mtime_ns)
            if usable and same_stat and path not in self.again:
                changes.same.append(path)
                continue
            try:
                if (failure := self._failure(path, state, path in before)) is not None:
                    raise failure
                changes.digests[path] = digest_of(self.corpus / path)
                if (failure := self._failure(path, state, path in before, changes.digests[path])) is not None:
                    del changes.digests[path]
                    raise failure
            except ReadError as error:
                self._unread(path, error, changes, path in before)
                continue
            if path not in before:
                changes.added.append(path)
            elif changes.digests[path] != digest or path in self.again:
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

    def _failure(self, path: str, state: FileState, known: bool, digest: str | None = None) -> ReadError | None:
        """Why this file could not be read before, where trying again is of no use.

        One that may not be taken in and still is in the index is tried again, which removes it.
        """
        if path in self.again or self.rebuild:
            return None
        error = self.failures.of(path, state) if digest is None else self.failures.again(path, digest, state)
        return None if known and isinstance(error, Refused) else error

    def _unread(self, path: str, error: ReadError, changes: Changes, known: bool) -> None:
        self.problems.append(changes.unread(path, error, known))

    def _publish(
        self, found: Scan, changes: Changes, old: Snapshot | None, usable: bool, encoder: str | None
    ) -> Manifest:
        wanted = [*changes.added, *changes.changed] if usable else sorted(changes.digests)
        if old is not None and usable and not wanted and not changes.removed and self._as_published(old, encoder):
            return old.manifest
        base = old if usable else None
        files = [File(path, changes.digests[path], found.files[path].size) for path in wanted]
        # Reading processes start while the staging is made.
        with readers(self.corpus, self.index, self.settings, files) as workers, self._staging(base, changes) as staging:
            for path in changes.removed if base is not None else ():
                staging.remove(document_id(path))
            taker = Taker(staging, old, base, self.report, self._unread, self.failures)
            read = taker.take(files, found.files, changes, workers)
            if base is not None and not read and not changes.removed and self._as_published(base, encoder):
                return base.manifest
            if base is None:
                carry_over(changes.kept, staging, old)
            elif staging.reindexing:
                index_again(staging)
            for path, state in changes.touched.items() if base is not None else ():
                staging.touch(document_id(path), trusted(state))
            staging.set_problems(self.problems)
            if not staging.documents and not self.allow_empty:
                told = "；".join(f"{p.path}：{p.message.rstrip('。')}" for p in self.problems[:3])
                raise InputError(
                    f"资料文件夹里的文件都不能读取（共 {len(self.problems)} 个）：{told}", "请改正后重新同步"
                )
            self.report(Progress("publish", 0, 1))
            given = Manifest(0, _version(), self._pipeline(), self.settings.chunk_chars, "", Counts(), encoder)
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


def _version() -> str:
    try:
        return version("youju")
    except PackageNotFoundError:
        return "0"
