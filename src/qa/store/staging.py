"""A new generation, written aside and published at once."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from qa.lexical import TantivyIndex, joined
from qa.sentences import SentenceIndex
from qa.store.cache import VectorCache
from qa.store.encoded import apart, cached_sentences, cached_vectors, digest, sentence_digests
from qa.store.files import (
    FORMAT,
    LEXICAL,
    LIBRARY,
    MANIFEST,
    SENTENCES,
    STAGING,
    VECTORS,
    generations,
    numbers,
    remove_tree,
    sha256,
    share,
    sync_file,
    sync_folder,
)
from qa.store.manifest import Counts, Manifest, current_generation, set_current
from qa.store.schema import TABLES, write_document
from qa.terms import Term
from qa.types import Chunk, Document, Problem
from qa.vectors import FaissIndex

_BATCH = 1000
"""Chunks added at once: with their tokens some 5 KB each."""

_LOCKS = {".tantivy-writer.lock", ".tantivy-meta.lock"}


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

    def __init__(self, index: Path, base: Path | None = None, reindex: bool = False) -> None:
        """``reindex``: the lexical index is to be made anew; ``add`` and ``remove`` leave it alone."""
        self._index, self.reindexing = index, reindex
        self.number = _next_number(index)
        self.folder = generations(index) / f"{STAGING}{self.number}"
        self.folder.mkdir(parents=True)
        if base is not None:
            shutil.copyfile(base / LIBRARY, self.folder / LIBRARY)
        self._db = sqlite3.connect(self.folder / LIBRARY)
        # A staging that is cut off is thrown away whole, so the database need not survive it.
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")
        if base is None:
            self._db.executescript(f"{TABLES} PRAGMA user_version = {FORMAT};")
        if base is None or reindex:
            self.lexical = TantivyIndex.create(self.folder / LEXICAL)
        else:
            _share_lexical(base, self.folder)
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

    def add(self, document: Document, entries: Iterable[Entry], state: FileState, terms: Sequence[Term] = ()) -> None:
        """A document that is not there; ``terms`` are those that it introduces. Holds few entries at a time."""
        row, count = write_document(self._db, document, 0, state.size, state.mtime_ns), 0
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
        if not self.reindexing:
            self.lexical.remove([number for (number,) in self._db.execute("SELECT id FROM chunks WHERE n = ?", (row,))])
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
        """Make it the current generation, with the vectors that ``cache`` has of ``manifest.encoder``.

        ``manifest`` gives what the caller knows: made_by, pipeline, chunk_chars, encoder. Returns it filled in.
        """
        documents = self.documents
        passages = self._db.execute("SELECT id, passage FROM chunks ORDER BY n, start").fetchall()
        told = self._db.execute("SELECT id, sentences FROM chunks").fetchall() if manifest.encoder is not None else []
        spoken = [(number, apart(held)) for number, held in told]
        self._db.execute("COMMIT")
        self._db.close()
        self.lexical.commit()
        self.lexical.close()
        encoded = Encoded(
            cached_vectors(cache, manifest.encoder, passages), cached_sentences(cache, manifest.encoder, spoken)
        )
        counts = encoded.counted(Counts(documents, len(passages)))
        return _finish(self._index, self.folder, replace(manifest, generation=self.number, counts=counts), encoded, {})


@dataclass(frozen=True, slots=True)
class Encoded:
    """The parts of a generation that come of an encoder; None: there is none, or it stays as it is published."""

    vectors: FaissIndex | None = None
    sentences: SentenceIndex | None = None

    def counted(self, counts: Counts) -> Counts:
        """``counts`` with those of the parts that are there."""
        vectors = len(self.vectors) if self.vectors is not None else counts.vectors
        sentences = len(self.sentences.ids()) if self.sentences is not None else counts.sentences
        return replace(counts, vectors=vectors, sentences=sentences)


def publish_encoded(index: Path, base: Manifest, encoded: Encoded) -> Manifest:
    """Publish the generation ``base`` again with these parts of ``base.encoder``; other files are shared with it."""
    number = _next_number(index)
    source, folder = generations(index) / str(base.generation), generations(index) / f"{STAGING}{number}"
    folder.mkdir(parents=True)
    made = {VECTORS: encoded.vectors, SENTENCES: encoded.sentences}
    known = dict(base.files)
    try:
        for name, part in made.items():
            if part is not None:
                known.pop(name, None)
            elif name in known:
                share(source / name, folder / name)
        share(source / LIBRARY, folder / LIBRARY)
        _share_lexical(source, folder)
        counts = encoded.counted(base.counts)
        return _finish(index, folder, replace(base, generation=number, counts=counts), encoded, known)
    finally:
        remove_tree(folder)


def clear_leftovers(index: Path) -> None:
    """Remove what a killed writer left behind; only while holding ``Writer``."""
    current = current_generation(index)
    folder = generations(index)
    if not folder.is_dir():
        return
    for child in folder.iterdir():
        unpublished = child.name.isdecimal() and current is not None and int(child.name) > current
        if child.name.startswith(STAGING) or unpublished:
            remove_tree(child)
    for child in index.glob("*.tmp"):
        child.unlink(missing_ok=True)


def prune(index: Path, last_good: int | None = None) -> None:
    """Remove all generations but the current one and the one before it, or ``last_good`` in that one's place."""
    current = current_generation(index)
    older = [number for number in numbers(index) if current is not None and number < current]
    kept = last_good if last_good in older else max(older, default=None)
    for number in older:
        if number != kept:
            remove_tree(generations(index) / str(number))


def _next_number(index: Path) -> int:
    return max([current_generation(index) or 0, *numbers(index)]) + 1


def _share_lexical(source: Path, target: Path) -> None:
    """tantivy never changes a segment's file; its two small lists of files it replaces, so those are copied."""
    (target / LEXICAL).mkdir()
    for path in sorted((source / LEXICAL).iterdir()):
        if path.suffix == ".json":
            shutil.copyfile(path, target / LEXICAL / path.name)
        elif path.name not in _LOCKS:
            share(path, target / LEXICAL / path.name)


def _finish(
    index: Path, folder: Path, manifest: Manifest, encoded: Encoded, known: dict[str, tuple[int, str]]
) -> Manifest:
    """Write vectors and manifest, make all durable, rename, and only then point CURRENT at it.

    ``known`` holds size and SHA-256 of files shared with a published generation.
    """
    for name, part in ((VECTORS, encoded.vectors), (SENTENCES, encoded.sentences)):
        if part is not None:
            (folder / name).write_bytes(part.to_bytes())
    files: dict[str, tuple[int, str]] = {}
    readable = (folder / LIBRARY).stat().st_mode
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and path.name not in _LOCKS and name != MANIFEST:
            if name not in known:
                sync_file(path)
                path.chmod(readable)  # tantivy makes files that no other account may read
            files[name] = known.get(name) or (path.stat().st_size, sha256(path))
    published = datetime.now().astimezone().isoformat(timespec="seconds")
    dim = next((part.dim for part in (encoded.vectors, encoded.sentences) if part is not None), manifest.dim)
    manifest = replace(manifest, published=published, dim=dim, files=files)
    manifest.write(folder)
    sync_folder(folder / LEXICAL)
    sync_folder(folder)
    folder.rename(generations(index) / str(manifest.generation))
    sync_folder(generations(index))
    set_current(index, manifest.generation)
    return manifest
