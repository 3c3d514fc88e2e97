"""A published generation, opened for reading."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from qa.errors import IndexUnavailable, InputError
from qa.lexical import TantivyIndex
from qa.sentences import SentenceIndex
from qa.store.encoded import HASH, apart, held_sentences, held_vectors
from qa.store.files import FORMAT, LEXICAL, LIBRARY, SENTENCES, VECTORS, generations, numbers
from qa.store.manifest import REBUILD, Counts, Manifest, current_generation
from qa.store.migrate import forward
from qa.store.schema import CHUNK_COLUMNS, INFO_COLUMNS, chunk_of, info_of, open_for_reading, read_document
from qa.terms import Term
from qa.types import Chunk, Document, DocumentInfo, Problem
from qa.vectors import FaissIndex

KEPT_CHARS = 10_000_000
"""Documents kept in memory, in characters of text: about 20 MB."""

_BATCH = 500
_SPARE = frozenset([VECTORS, SENTENCES])
_MENDABLE = _SPARE | {LEXICAL}


class Snapshot:
    """One generation, whole and unchanging: newer ones do not disturb it. Safe to use from several threads.

    Attributes:
        warnings: What is wrong with the index though it can be used; Chinese sentences.
        damaged: Parts of the generation (VECTORS, SENTENCES, LEXICAL) that are missing here because of that.
        library: The database that is read: the generation's, or a copy of it brought forward from an older format.
        vectors: None where no chunk has a vector.
        vector_ids: The chunks that have one.
        sentences: None where no chunk has vectors of its sentences.
    """

    def __init__(
        self, folder: Path, warnings: tuple[str, ...] = (), spare: Collection[str] = (), encoded: bool = True
    ) -> None:
        """Open and verify the generation in ``folder``; parts in ``spare`` may be damaged and are then left out.

        ``encoded``: with its vectors. Raises IndexUnavailable where another part is damaged.
        """
        self.folder, self.manifest = folder, Manifest.read(folder)
        faults = self.manifest.faults(folder)
        for part, told in faults.items():
            if part not in spare:
                raise IndexUnavailable(told, REBUILD)
        self._lock = threading.Lock()
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._kept = 0
        with contextlib.ExitStack() as opened:
            # A generation of an older format is carried forward in a copy: readers write nothing.
            self.library = folder / LIBRARY
            if self.manifest.format != FORMAT:
                place = tempfile.TemporaryDirectory(prefix="youju-", ignore_cleanup_errors=True)
                opened.callback(place.cleanup)
                self.library = forward(self.library, Path(place.name), FORMAT)
            self.lexical = TantivyIndex.empty() if LEXICAL in faults else TantivyIndex.open(folder / LEXICAL)
            opened.callback(self.lexical.close)
            self.vectors, self.sentences = self._encoded(faults, spare) if encoded else (None, None)
            self.vector_ids = frozenset(self.vectors.ids()) if self.vectors is not None else frozenset()
            try:
                self._db = open_for_reading(self.library)
                opened.callback(self._db.close)
                self._list()
            except (sqlite3.DatabaseError, ValueError, TypeError) as error:
                raise IndexUnavailable(f"索引的资料库无法读取：{self.library}（{error}）", REBUILD) from error
            self._opened = opened.pop_all()
        self.damaged = frozenset(faults)
        self.warnings = (*warnings, *(_partly(part, told) for part, told in faults.items()))

    @classmethod
    def open(cls, index: Path, mend: bool = False) -> Snapshot:
        """The current generation. Where it is damaged, with a warning: itself without vectors if only those are, else
        the newest one that is whole. ``mend``, for a writer: rather itself without its lexical index, which can be made
        anew from it; and without vectors.

        Takes 0.2 s for 350 MB, to verify checksums. Raises IndexUnavailable where there is none to be used.
        """
        index, how = Path(index), (_MENDABLE, False) if mend else (_SPARE, True)
        wanted = current_generation(index)
        first: IndexUnavailable | None = None
        while wanted is not None:
            try:
                return cls(generations(index) / str(wanted), (), *how)
            except IndexUnavailable as error:
                first = first or error
            # A writer may have published, and dropped what was being opened.
            again = current_generation(index)
            if again == wanted:
                break
            wanted = again
        if first is None:
            raise IndexUnavailable(f"{index} 里还没有索引", "请先运行 python -m qa sync --corpus 资料夹 --index 索引夹")
        return cls._last_good(index, wanted, first, *how)

    @classmethod
    def _last_good(
        cls, index: Path, damaged: int | None, cause: IndexUnavailable, spare: Collection[str], encoded: bool
    ) -> Snapshot:
        try:
            others = [number for number in numbers(index) if number != damaged]
        except OSError as error:
            raise cause from error
        for number in others:
            try:
                return cls(generations(index) / str(number), (_fallback(number, cause),), spare, encoded)
            except IndexUnavailable:
                continue
        raise cause

    def _encoded(
        self, faults: dict[str, str], spare: Collection[str]
    ) -> tuple[FaissIndex | None, SentenceIndex | None]:
        """What came of the encoder and still holds; what its library can't read though it is whole joins ``faults``."""
        vectors, sentences = None, None
        for part in (VECTORS, SENTENCES):
            if part in faults or part not in self.manifest.files:
                continue
            try:
                if part == VECTORS:
                    vectors = held_vectors(self.folder, self.manifest)
                else:
                    sentences = held_sentences(self.folder, self.manifest)
            except IndexUnavailable as error:
                if part not in spare:
                    raise
                faults[part] = error.what
        return vectors, sentences

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
            if doc_id in self._documents:
                self._documents.move_to_end(doc_id)
                return self._documents[doc_id]
            document = read_document(self._db, doc_id)
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

    def ids(self) -> list[int]:
        """All chunks, in no order."""
        return [number for (number,) in self._rows("SELECT id FROM chunks")]

    def passages(self) -> list[tuple[int, bytes]]:
        """(chunk id, hash of what is encoded): each document's first chunk, then each one's second, and so on."""
        query = (
            "SELECT id, passage FROM (SELECT id, passage, n, row_number() OVER (PARTITION BY n ORDER BY start) AS place"
            " FROM chunks) ORDER BY place, n"
        )
        return self._rows(query)

    def sentence_hashes(self, ids: Iterable[int] | None = None) -> list[tuple[int, list[bytes]]]:
        """(chunk id, hashes of what is encoded for its sentences, in order), chunks in the order of ``passages``, or of
        ``ids`` where they are given."""
        if ids is None:
            held, wanted = dict(self._rows("SELECT id, sentences FROM chunks")), [n for n, _ in self.passages()]
        else:
            wanted = list(ids)
            held = dict(self._by_ids("SELECT id, sentences FROM chunks", wanted))
        return [(number, apart(held[number])) for number in wanted]

    def spoken(self) -> int:
        """How many sentences' hashes there are, equal ones each time."""
        ((length,),) = self._rows("SELECT total(length(sentences)) FROM chunks")
        return int(length) // HASH

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
            self._opened.close()

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
        self._kept += len(document.text)
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


def _partly(part: str, told: str) -> str:
    if part == LEXICAL:
        return f"{told}；词语索引将由资料库重建。"
    what = "语义向量" if part == VECTORS else "句子向量"
    return f"{told}；{what}暂不可用，其余照常。请运行 python -m qa sync 修复，不必重读资料、重算向量。"


def _fallback(number: int, cause: IndexUnavailable) -> str:
    return f"{cause.what}；现在用的是上一个完好的索引（第 {number} 代）。请运行 python -m qa sync 修复。"
