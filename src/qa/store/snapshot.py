"""A published generation, opened for reading."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from qa.errors import IndexUnavailable, InputError
from qa.lexical import TantivyIndex
from qa.sentences import SentenceIndex
from qa.store.encoded import apart
from qa.store.files import FORMAT, LEXICAL, LIBRARY, SENTENCES, VECTORS, generations, numbers
from qa.store.manifest import REBUILD, Counts, Manifest, current_generation
from qa.store.schema import CHUNK_COLUMNS, INFO_COLUMNS, chunk_of, info_of, open_for_reading, read_document
from qa.terms import Term
from qa.types import Chunk, Document, DocumentInfo, Problem
from qa.vectors import FaissIndex

KEPT_CHARS = 10_000_000
"""Documents kept in memory, in characters of text: about 20 MB."""

_BATCH = 500


class Snapshot:
    """One generation, whole and unchanging: newer ones do not disturb it. Safe to use from several threads.

    Attributes:
        warnings: What is wrong with the index though it can be used; Chinese sentences.
        vectors: None where no chunk has a vector.
        vector_ids: The chunks that have one.
        sentences: None where no chunk has vectors of its sentences.
    """

    def __init__(self, folder: Path, warnings: tuple[str, ...] = ()) -> None:
        """Open and verify the generation in ``folder``; raises IndexUnavailable."""
        self.folder, self.warnings = folder, warnings
        self.manifest = Manifest.read(folder)
        self.manifest.verify(folder)
        self.lexical = TantivyIndex.open(folder / LEXICAL)
        self.vectors = _vectors(folder, self.manifest)
        self.vector_ids = frozenset(self.vectors.ids()) if self.vectors is not None else frozenset()
        self.sentences = _sentences(folder, self.manifest)
        self._lock = threading.Lock()
        self._db = open_for_reading(folder / LIBRARY)
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._kept = 0
        try:
            self._list()
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            self._db.close()
            raise IndexUnavailable(f"索引的资料库无法读取：{folder / LIBRARY}（{error}）", REBUILD) from error

    @classmethod
    def open(cls, index: Path) -> Snapshot:
        """The current generation; where it is damaged, with a warning, the newest one that is whole.

        Takes 0.1 s for 100 MB, to verify checksums. Raises IndexUnavailable where there is none to be used.
        """
        index = Path(index)
        wanted = current_generation(index)
        first: IndexUnavailable | None = None
        while wanted is not None:
            try:
                return cls(generations(index) / str(wanted))
            except IndexUnavailable as error:
                first = first or error
            # A writer may have published, and dropped what was being opened.
            again = current_generation(index)
            if again == wanted:
                break
            wanted = again
        if first is None:
            raise IndexUnavailable(f"{index} 里还没有索引", "请先运行 python -m qa sync --corpus 资料夹 --index 索引夹")
        return cls._last_good(index, wanted, first)

    @classmethod
    def _last_good(cls, index: Path, damaged: int | None, cause: IndexUnavailable) -> Snapshot:
        try:
            others = numbers(index)
        except OSError as error:
            raise cause from error
        for number in others:
            if number != damaged:
                try:
                    return cls(generations(index) / str(number), (_fallback(number, cause),))
                except IndexUnavailable:
                    continue
        raise cause

    @property
    def generation(self) -> int:
        return self.manifest.generation

    @property
    def counts(self) -> Counts:
        return self.manifest.counts

    def infos(self) -> tuple[DocumentInfo, ...]:
        """All documents in order of path."""
        return self._infos

    def find(self, path: str) -> str | None:
        """Document id of a path relative to the corpus folder; None where it is not in the library."""
        return self._ids.get(path)

    def document(self, doc_id: str) -> Document:
        """Raises InputError for an unknown id."""
        with self._lock:
            document = self._documents.pop(doc_id, None) or read_document(self._db, doc_id)
            if document is None:
                raise InputError(f"资料库里没有编号为 {doc_id!r} 的文件", "它可能已被删除或改名，请重新提问")
            self._keep(document)
        return document

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """Those that are there; unknown ids are left out."""
        rows = self._by_ids(f"SELECT {CHUNK_COLUMNS} FROM chunks", ids)  # noqa: S608
        return {row[0]: chunk_of(row, self._by_row[row[1]]) for row in rows}

    def heads(self, ids: Sequence[int]) -> dict[int, str]:
        """Chunk id → its context (document title and headings above it), as it was indexed."""
        return dict(self._by_ids("SELECT id, head FROM chunks", ids))

    def chunks_of(self, doc_id: str) -> tuple[Chunk, ...]:
        """All chunks of a document in order; empty for an unknown id."""
        query = f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE n = (SELECT n FROM documents WHERE id = ?) ORDER BY start"  # noqa: S608
        return tuple(chunk_of(row, doc_id) for row in self._rows(query, (doc_id,)))

    def ids_of(self, doc_ids: Collection[str]) -> frozenset[int]:
        """Ids of all chunks of these documents; unknown documents are left out. 26,000 chunks: 15 ms."""
        rows = self._rows("SELECT id, n FROM chunks")
        return frozenset(number for number, row in rows if self._by_row[row] in doc_ids)

    def neighbours(self, chunk: Chunk) -> tuple[Chunk | None, Chunk | None]:
        """The chunks before and after it in its document; None at the document's ends."""
        there = f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE n = (SELECT n FROM documents WHERE id = ?)"  # noqa: S608
        before = self._rows(f"{there} AND start < ? ORDER BY start DESC LIMIT 1", (chunk.doc_id, chunk.start))
        after = self._rows(f"{there} AND start > ? ORDER BY start LIMIT 1", (chunk.doc_id, chunk.start))
        first, second = (chunk_of(rows[0], chunk.doc_id) if rows else None for rows in (before, after))
        return first, second

    def passages(self) -> list[tuple[int, bytes]]:
        """(chunk id, hash of what is encoded): each document's first chunk, then each one's second, and so on."""
        query = (
            "SELECT id, passage FROM (SELECT id, passage, n, row_number() OVER (PARTITION BY n ORDER BY start) AS place"
            " FROM chunks) ORDER BY place, n"
        )
        return self._rows(query)

    def sentence_hashes(self) -> list[tuple[int, list[bytes]]]:
        """(chunk id, hashes of what is encoded for its sentences, in order), chunks in the order of ``passages``."""
        held = dict(self._rows("SELECT id, sentences FROM chunks"))
        return [(number, apart(held[number])) for number, _ in self.passages()]

    def passage_texts(self, ids: Sequence[int]) -> dict[int, str]:
        """Chunk id → what is encoded for it: its context, a line feed, its text."""
        return dict(self._by_ids("SELECT id, head || char(10) || text FROM chunks", ids))

    def terms(self) -> list[tuple[Term, int]]:
        """What the documents introduce, each with the number of documents that do."""
        rows = self._rows('SELECT short, "full", count(*) FROM terms GROUP BY short, "full"')
        return [(Term(short, full), count) for short, full, count in rows]

    def files(self) -> dict[str, tuple[str, int, int]]:
        """Path → (SHA-256, size, modification time in ns) of the file as it was read."""
        rows = self._rows("SELECT path, sha256, size, mtime_ns FROM documents")
        return {path: (digest, size, mtime) for path, digest, size, mtime in rows}

    def problems(self) -> tuple[Problem, ...]:
        """Files that could not be taken in and warnings about those that were, in order of path."""
        return self._problems

    def close(self) -> None:
        """Frees the files; the snapshot must not be used any more."""
        with self._lock:
            self._db.close()
        self.lexical.close()

    def _list(self) -> None:
        (version,) = self._rows("PRAGMA user_version")[0]
        if version != FORMAT:
            raise ValueError(f"user_version {version}, expected {FORMAT}")
        rows = self._rows(f"SELECT {INFO_COLUMNS} FROM documents ORDER BY path")  # noqa: S608
        self._infos = tuple(info_of(row) for row in rows)
        self._by_row = {row[0]: row[1] for row in rows}
        self._ids = {info.path: info.id for info in self._infos}
        stored = self._rows("SELECT path, message, fatal FROM problems")
        found = [Problem(path, message, bool(fatal)) for path, message, fatal in stored]
        found += [Problem(info.path, warning, False) for info in self._infos for warning in info.warnings]
        self._problems = tuple(sorted(found, key=lambda problem: problem.path))

    def _keep(self, document: Document) -> None:
        """At the end of the line of those that may be dropped."""
        self._documents[document.id] = document
        self._kept = sum(len(kept.text) for kept in self._documents.values())
        while self._kept > KEPT_CHARS and len(self._documents) > 1:
            self._kept -= len(self._documents.popitem(last=False)[1].text)

    def _by_ids(self, query: str, ids: Sequence[int]) -> list[Any]:
        rows: list[Any] = []
        for begin in range(0, len(ids), _BATCH):
            batch = ids[begin : begin + _BATCH]
            rows += self._rows(f"{query} WHERE id IN ({','.join('?' * len(batch))})", batch)
        return rows

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        # One connection, opened at once: a generation dropped meanwhile stays readable through it.
        with self._lock:
            return self._db.execute(query, tuple(values)).fetchall()


def _vectors(folder: Path, manifest: Manifest) -> FaissIndex | None:
    if manifest.dim is None or VECTORS not in manifest.files:
        return None
    return FaissIndex.from_bytes((folder / VECTORS).read_bytes(), manifest.dim)


def _sentences(folder: Path, manifest: Manifest) -> SentenceIndex | None:
    if manifest.dim is None or SENTENCES not in manifest.files:
        return None
    return SentenceIndex.from_bytes((folder / SENTENCES).read_bytes(), manifest.dim)


def _fallback(number: int, cause: IndexUnavailable) -> str:
    return f"{cause.what}；现在用的是上一个完好的索引（第 {number} 代）。请运行 python -m qa sync 修复。"
