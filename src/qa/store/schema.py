"""library.sqlite: its tables, and rows ↔ the types that flow."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from qa.types import Chunk, Document, DocumentInfo, Facts, PageRead, PageStart, Section

TABLES = """
CREATE TABLE documents (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    format TEXT NOT NULL, encoding TEXT, facts TEXT NOT NULL, warnings TEXT NOT NULL,
    reads TEXT NOT NULL, chars INTEGER NOT NULL, chunks INTEGER NOT NULL, pages INTEGER NOT NULL, sha256 TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE texts (n INTEGER PRIMARY KEY, text TEXT NOT NULL, pages TEXT NOT NULL, sections TEXT NOT NULL) STRICT;
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, n INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    section INTEGER NOT NULL, text TEXT NOT NULL, head TEXT NOT NULL, passage BLOB NOT NULL, sentences BLOB NOT NULL
) STRICT;
CREATE INDEX chunks_in_order ON chunks (n, start);
CREATE TABLE terms (n INTEGER NOT NULL, short TEXT NOT NULL, "full" TEXT NOT NULL) STRICT;
CREATE TABLE problems (path TEXT NOT NULL, message TEXT NOT NULL, fatal INTEGER NOT NULL) STRICT;
"""
"""``texts`` is apart so that listing documents reads no text; ``chunks.text`` repeats a slice of it so that fetching a
hundred chunks reads no whole document. ``head`` is the context above a chunk, ``passage`` the hash of head and text,
``sentences`` those of its sentences, one behind the other. ``terms`` are what a document introduces, each once;
``full`` is empty for phrases that stand for nothing longer."""

CHUNK_COLUMNS = 'id, n, start, "end", section, text'
INFO_COLUMNS = "n, id, path, title, chars, chunks, pages, format, encoding, facts, warnings"


def info_of(row: tuple[object, ...]) -> DocumentInfo:
    """From a row of ``INFO_COLUMNS``."""
    _, doc_id, path, title, chars, chunks, pages, kind, encoding, facts, warnings = row
    return DocumentInfo(
        *(doc_id, path, title, chars, chunks, pages, kind, encoding),  # type: ignore[arg-type]
        facts=Facts.of(json.loads(str(facts))),
        warnings=tuple(json.loads(str(warnings))),
    )


def read_document(db: sqlite3.Connection, doc_id: str) -> Document | None:
    found = db.execute(
        "SELECT id, path, title, facts, warnings, reads, format, encoding, sha256, text, texts.pages, sections"
        " FROM documents JOIN texts USING (n) WHERE id = ?",
        (doc_id,),
    ).fetchone()
    if found is None:
        return None
    number, path, title, facts, warnings, reads, kind, encoding, digest, text, pages, sections = found
    return Document(
        number,
        path,
        title,
        text,
        pages=tuple(PageStart(*page) for page in json.loads(pages)),
        sections=tuple(Section(*section) for section in json.loads(sections)),
        facts=Facts.of(json.loads(facts)),
        sha256=digest,
        format=kind,
        encoding=encoding,
        warnings=tuple(json.loads(warnings)),
        reads=tuple(PageRead(*read) for read in json.loads(reads)),
    )


def packed(sections: Sequence[Section]) -> str:
    """Sections as they are stored, without the brackets around all: parts joined by a comma are the whole."""
    return _json([(s.level, s.label, s.title, s.start, s.end, s.parent) for s in sections])[1:-1]


def write_document(
    db: sqlite3.Connection, document: Document, chunks: int, size: int, mtime_ns: int, sections: bytes | None = None
) -> int:
    """Its row number. ``sections`` where they are at hand ``packed``, in UTF-8; else those of the document."""
    reads = [(read.number, read.chars, read.source, read.confidence) for read in document.reads]
    cursor = db.execute(
        "INSERT INTO documents (id, path, title, format, encoding, facts, warnings, reads, chars, chunks, pages,"
        " sha256, size, mtime_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(document.id, document.path, document.title, document.format, document.encoding),
            *(_json(asdict(document.facts)), _json(document.warnings), _json(reads)),
            *(len(document.text), chunks, len(document.pages)),
            *(document.sha256, size, mtime_ns),
        ),
    )
    assert cursor.lastrowid is not None  # noqa: S101 - an INSERT just made it
    pages = [(page.number, page.start) for page in document.pages]
    if sections is None:
        sections = packed(document.sections).encode()
    # As bytes: of a string SQLite's module keeps the UTF-8 beside it for as long as the string lives.
    row = (cursor.lastrowid, document.text.encode(), _json(pages), b"[" + sections + b"]")
    db.execute("INSERT INTO texts (n, text, pages, sections) VALUES (?, CAST(? AS TEXT), ?, CAST(? AS TEXT))", row)
    return cursor.lastrowid


def chunk_of(row: tuple[int, int, int, int, int, str], doc_id: str) -> Chunk:
    """From a row of ``CHUNK_COLUMNS``."""
    number, _, start, end, section, text = row
    return Chunk(number, doc_id, start, end, section, text)


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Never writes, not even a lock: the file does not change any more and may lie on a read-only medium."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
