"""The first half of a sync: files are read, by processes of their own, and taken into the staging one by one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from qa.build.changes import Changes, trusted
from qa.build.failures import Failures
from qa.build.process import Parcel
from qa.build.read import document_id, entries_of, tokens_of
from qa.build.workers import File, Workers, how_many
from qa.errors import ReadError, Refused
from qa.protocols import Report
from qa.settings import Settings
from qa.store import FileState, Snapshot, Staging
from qa.terms import mine
from qa.types import Progress

_EVERY = 0.5
"""Seconds between two reports while one file is waited for."""

Unread = Callable[[str, ReadError, Changes, bool], None]


def readers(
    corpus: Path, index: Path, settings: Settings, files: Sequence[File]
) -> AbstractContextManager[Workers | None]:
    """As many processes as ``files`` are worth; None where there is nothing to read."""
    return Workers(corpus, index, settings, how_many(files, settings)) if files else nullcontext()


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes what was read into the staging; ``base`` is what that began from, ``old`` what was published before."""

    staging: Staging
    old: Snapshot | None
    base: Snapshot | None
    report: Report
    unread: Unread
    failures: Failures

    def take(
        self, files: Sequence[File], states: Mapping[str, FileState], changes: Changes, workers: Workers | None
    ) -> int:
        """How many files could be read. What can't be is told to ``unread``."""
        done, told = 0, time.monotonic()

        def waiting(note: str) -> None:
            nonlocal told
            if time.monotonic() - told >= _EVERY:
                told = time.monotonic()
                self.report(Progress("read", done, len(files), note))

        read = 0
        if workers is not None:
            self.report(Progress("read", 0, len(files), files[0].path))
            for done, (file, result) in enumerate(workers.read(files, waiting)):
                self.report(Progress("read", done, len(files), file.path))
                told = time.monotonic()
                known = self.old is not None and self.old.find(file.path) is not None
                if isinstance(result, ReadError):
                    self.failures.put(file, states[file.path], result)
                if isinstance(result, Refused):
                    self._drop(file.path, result, changes, known)
                    continue
                if isinstance(result, ReadError):
                    self.unread(file.path, result, changes, known)
                    continue
                with closing(result):
                    self._add(result, states[file.path], known)
                read += 1
            self.report(Progress("read", len(files), len(files)))
        self.report(Progress("index", 0, 1))
        return read

    def _drop(self, path: str, error: Refused, changes: Changes, known: bool) -> None:
        """What may not be taken in goes, too, where it was taken in before."""
        self.unread(path, error, changes, False)
        if known:
            changes.removed.append(path)
            if self.base is not None:
                self.staging.remove(document_id(path))

    def _add(self, parcel: Parcel, state: FileState, known: bool) -> None:
        document, sections, terms, entries = parcel.unpack()
        if self.base is not None and known:
            self.staging.remove(document.id)
        self.staging.add(document, entries, trusted(state), terms, sections)


def carry_over(kept: Sequence[str], staging: Staging, old: Snapshot | None) -> None:
    """Into a new index, what the old one has of files that can't be read now; to be read as soon as they can be."""
    for path in kept:
        doc_id = old.find(path) if old is not None else None
        if old is not None and doc_id is not None:
            document = old.document(doc_id)
            entries = entries_of(document, old.chunks_of(doc_id))
            staging.add(document, entries, FileState(-1, -1), mine(document.text))


def index_again(staging: Staging) -> None:
    """Put all passages into the lexical index anew."""
    for rows in staging.rows():
        bodies, heads = tokens_of([(text, head, path) for _, text, head, path in rows])
        staging.index([number for number, *_ in rows], bodies, heads)
