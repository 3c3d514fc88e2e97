"""A new generation, written aside and published at once."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from qa.errors import IndexUnavailable
from qa.lexical import TantivyIndex, joined
from qa.sentences import SentenceIndex
from qa.store.cache import VectorCache
from qa.store.encoded import (
    apart,
    digest,
    grown_sentences,
    grown_vectors,
    held_sentences,
    held_vectors,
    sentence_digests,
)
from qa.store.files import (
    FORMAT,
    LEXICAL,
    LIBRARY,
    SENTENCES,
    STAGING,
    VECTORS,
    generations,
    remove_tree,
    share,
)
from qa.store.manifest import Counts, Manifest, part_of
from qa.store.publish import Encoded, finish, next_number, share_lexical
from qa.store.schema import TABLES, write_document
from qa.store.snapshot import Snapshot
from qa.terms import Term
from qa.types import Chunk, Document, Problem
from qa.vectors import FaissIndex

SHARED_GONE = 0.02
"""Share of the vectors in a file that may be out of date before it is written anew: each reader takes them out when it
opens the file, which costs some 50 ms for 80,000 passages however few they are."""

_BATCH = 1000
"""Chunks added at once: with their tokens some 5 KB each."""


@dataclass(frozen=True, slots=True)
class FileState:
    """By which a file is known to be unchanged without reading it."""

    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A chunk as it is indexed.

    Attributes:
        head: Its context in words.
        body, more: Its tokens, and those of the head that it lacks, as ``TantivyIndex.put`` takes them.
        passage: Hash of what is encoded for it.
        sentences: Those of its sentences, one behind the other.
    """

    chunk: Chunk
    head: str
    body: str
    more: str
    passage: bytes
    sentences: bytes


def entry(chunk: Chunk, head: str, body: Sequence[str], top: Sequence[str]) -> Entry:
    """``body`` and ``top`` are the tokens of the chunk and of its head."""
    return Entry(chunk, head, *joined(body, top), digest(f"{head}\n{chunk.text}"), sentence_digests(chunk))


class Staging:
    """A generation being made, from nothing or from a published one; leaving the context removes it unpublished.

    Not safe against a second writer: hold ``Writer`` meanwhile.
    """

    def __init__(self, index: Path, base: Snapshot | None = None, reindex: bool = False) -> None:
        """``reindex``: the lexical index is to be made anew; ``add`` and ``remove`` leave it alone."""
        self._index, self._base, self.reindexing = index, base, reindex
        self._gone: set[int] = set()
        self.number = next_number(index)
        self.folder = generations(index) / f"{STAGING}{self.number}"
        self.folder.mkdir(parents=True)
        if base is not None:
            shutil.copyfile(base.library, self.folder / LIBRARY)
        self._db = sqlite3.connect(self.folder / LIBRARY)
        # A staging that is cut off is thrown away whole, so the database need not survive it.
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")
        if base is None:
            self._db.executescript(f"{TABLES} PRAGMA user_version = {FORMAT};")
        if base is None or reindex:
            self.lexical = TantivyIndex.create(self.folder / LEXICAL)
        else:
            share_lexical(base.folder, self.folder)
            self.lexical = TantivyIndex.open(self.folder / LEXICAL)
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self.lexical.close()
        remove_tree(self.folder)

    @property
    def documents(self) -> int:
        """How many it holds."""
        ((count,),) = self._db.execute("SELECT count(*) FROM documents")
        return int(count)

    def add(
        self,
        document: Document,
        entries: Iterable[Entry],
        state: FileState,
        terms: Sequence[Term] = (),
        sections: bytes | None = None,
    ) -> None:
        """A document that is not there; ``terms`` are those that it introduces. Holds few entries at a time.

        ``sections`` are the document's where they are at hand ``packed`` and not in it.
        """
        row, count = write_document(self._db, document, 0, state.size, state.mtime_ns, sections), 0
        rest = iter(entries)
        while batch := list(islice(rest, _BATCH)):
            self._add_chunks(row, batch)
            count += len(batch)
        self._db.execute("UPDATE documents SET chunks = ? WHERE n = ?", (count, row))
        self._db.executemany("INSERT INTO terms VALUES (?, ?, ?)", ((row, term.short, term.full) for term in terms))

    def _add_chunks(self, row: int, entries: Sequence[Entry]) -> None:
        values = (
            (
                *(e.chunk.id, row, e.chunk.start, e.chunk.end, e.chunk.section, e.chunk.text, e.head),
                *(e.passage, e.sentences),
            )
            for e in entries
        )
        self._db.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        if not self.reindexing:
            self.lexical.put([e.chunk.id for e in entries], [(e.body, e.more) for e in entries])

    def index(self, ids: Sequence[int], bodies: Sequence[Sequence[str]], heads: Sequence[Sequence[str]]) -> None:
        """Put chunks that were added without it into the lexical index."""
        self.lexical.add(ids, bodies, heads)

    def remove(self, doc_id: str) -> None:
        (row,) = self._db.execute("SELECT n FROM documents WHERE id = ?", (doc_id,)).fetchone()
        gone = [number for (number,) in self._db.execute("SELECT id FROM chunks WHERE n = ?", (row,))]
        self._gone.update(gone)
        if not self.reindexing:
            self.lexical.remove(gone)
        for table in ("chunks", "terms", "texts", "documents"):
            self._db.execute(f"DELETE FROM {table} WHERE n = ?", (row,))  # noqa: S608

    def touch(self, doc_id: str, state: FileState) -> None:
        """The same content under a new modification time."""
        values = (state.size, state.mtime_ns, doc_id)
        self._db.execute("UPDATE documents SET size = ?, mtime_ns = ? WHERE id = ?", values)

    def set_problems(self, problems: Iterable[Problem]) -> None:
        """Replaces those of the base."""
        self._db.execute("DELETE FROM problems")
        values = ((problem.path, problem.message, problem.fatal) for problem in problems)
        self._db.executemany("INSERT INTO problems VALUES (?, ?, ?)", values)

    def rows(self) -> Iterator[list[tuple[int, str, str, str]]]:
        """(chunk id, text, head, path of the document) of all chunks, a thousand at a time."""
        query = "SELECT chunks.id, text, head, path FROM chunks JOIN documents USING (n) ORDER BY n, start"
        cursor = self._db.execute(query)
        while rows := cursor.fetchmany(1000):
            yield rows

    def publish(self, manifest: Manifest, cache: VectorCache | None) -> Manifest:
        """Make it the current generation, with the vectors that its base and ``cache`` have of ``manifest.encoder``.

        ``manifest`` gives what the caller knows: made_by, pipeline, chunk_chars, encoder. Returns it filled in.
        """
        ((chunks,),) = self._db.execute("SELECT count(*) FROM chunks")
        counts = Counts(self.documents, chunks)
        shared = self._share_encoded(manifest.encoder)
        encoded = Encoded() if shared or cache is None or manifest.encoder is None else self._grown(manifest, cache)
        self._db.execute("COMMIT")
        self._db.close()
        self.lexical.commit()
        self.lexical.close()
        manifest = replace(manifest, generation=self.number, counts=encoded.counted(counts))
        known: dict[str, tuple[int, str]] = {}
        if self._base is not None:
            base = self._base.manifest
            if shared:
                left = base.counts.chunks - len(self._gone)
                gone = {part: (*base.gone.get(part, ()), *self._gone) for part in (VECTORS, SENTENCES)}
                manifest = replace(
                    manifest, dim=base.dim, gone=gone, counts=replace(counts, vectors=left, sentences=left)
                )
                known = {part: base.files[part] for part in (VECTORS, SENTENCES)}
            if not self.reindexing:
                known.update((name, given) for name, given in base.files.items() if part_of(name) == LEXICAL)
        return finish(self._index, self.folder, manifest, encoded, known)

    def _share_encoded(self, encoder: str | None) -> bool:
        """Use the base's vectors as they are, but for the chunks that are gone; only where it has all and loses few."""
        base = self._base
        if base is None or encoder is None or base.manifest.encoder != encoder or base.damaged:
            return False
        counts, files = base.counts, base.manifest.files
        gone = len(self._gone) + max(map(len, base.manifest.gone.values()), default=0)
        if not counts.chunks == counts.vectors == counts.sentences or gone > SHARED_GONE * counts.chunks:
            return False
        if not {VECTORS, SENTENCES} <= files.keys():
            return False
        for part in (VECTORS, SENTENCES):
            share(base.folder / part, self.folder / part)
        return True

    def _grown(self, manifest: Manifest, cache: VectorCache) -> Encoded:
        """The base's vectors without those of chunks that are gone, and the cache's of those that have none."""
        assert manifest.encoder is not None  # noqa: S101 - publish looked
        vectors, sentences = self._held(manifest.encoder)
        if vectors is not None:
            vectors.remove(list(self._gone))
        if sentences is not None:
            sentences = sentences.without(self._gone)
        with_vector = set(vectors.ids()) if vectors is not None else set()
        with_sentences = set(sentences.ids()) if sentences is not None else set()
        rows = "SELECT id, {} FROM chunks ORDER BY n, start"
        passages = [row for row in self._db.execute(rows.format("passage")) if row[0] not in with_vector]

        def spoken(but: Collection[int] = ()) -> list[tuple[int, list[bytes]]]:
            held = self._db.execute(rows.format("sentences"))
            return [(number, apart(keys)) for number, keys in held if number not in but]

        return Encoded(
            grown_vectors(vectors, cache, manifest.encoder, passages),
            grown_sentences(sentences, cache, manifest.encoder, spoken(with_sentences), spoken),
        )

    def _held(self, encoder: str) -> tuple[FaissIndex | None, SentenceIndex | None]:
        """What the base has of this encoder and can be read."""
        base, vectors, sentences = self._base, None, None
        if base is not None and base.manifest.encoder == encoder:
            with contextlib.suppress(IndexUnavailable):
                vectors = held_vectors(base.folder, base.manifest) if VECTORS not in base.damaged else None
            with contextlib.suppress(IndexUnavailable):
                sentences = held_sentences(base.folder, base.manifest) if SENTENCES not in base.damaged else None
        return vectors, sentences
