"""What a reading process and the sync say to each other: frames of JSON, so that nothing in them can run.

A frame is its length in four bytes and a JSON list, whose first item says what it is. The reading process begins with
``ready``; for each ``job`` it answers with ``alive`` as often as its reader does, then either with ``document``, with
``text``, ``sections`` and ``entries`` as often as needed and ``end``, or with ``failed``, ``memory`` or the code of one
of ``REFUSALS``.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import islice
from operator import attrgetter
from typing import Any, BinaryIO

from qa.errors import Passing, ReadError, Refused
from qa.load import OcrMode
from qa.store import Entry, packed
from qa.terms import Term
from qa.types import Chunk, Document, Facts, PageRead, PageStart

BATCH = 250
"""Chunks a frame: some 2 MB, so that a file of any length passes through little memory."""

TEXT_BATCH, SECTION_BATCH = 500_000, 10_000
"""Characters and sections a frame: some 1.5 MB. A book of 20 MB in one frame took 95 MB to make and as much to take."""

LONGEST = 1 << 30
"""Bytes of a frame that are believed."""

REFUSALS: dict[str, type[ReadError]] = {kind.code: kind for kind in (ReadError, Passing, Refused)}

PARTS = ("document", "text", "sections", "entries")
"""Kinds of frames that together are what a file has become."""

_HEAD = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be read, of ``size`` bytes. ``cpu_seconds`` ends the process itself, should nobody be left to do so.

    ``index`` is the folder in whose cache recognised pages are kept; "" keeps none.
    """

    corpus: str
    path: str
    digest: str
    max_bytes: int
    chunk_chars: int
    cpu_seconds: int
    ocr: OcrMode = "auto"
    allow_secret: bool = False
    index: str = ""
    size: int = 0


class Broken(Exception):
    """The other side is gone or talks nonsense."""


def send(stream: BinaryIO, *message: object) -> None:
    """Write one frame. A lone surrogate in a text raises UnicodeEncodeError: no store would take it."""
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    stream.write(_HEAD.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """The next frame's JSON, None at the end. Raises Broken for half a frame."""
    head = stream.read(_HEAD.size)
    if not head:
        return None
    length = _HEAD.unpack(head)[0] if len(head) == _HEAD.size else LONGEST + 1
    data = stream.read(length) if length <= LONGEST else b""
    if len(data) != length:
        raise Broken(f"frame of {length} bytes")
    return data


def kind_of(frame: bytes) -> str:
    """What a frame is, without reading the rest of it."""
    return frame[2 : frame.index(b'"', 2)].decode("ascii", errors="replace")


def parse(frame: bytes) -> list[Any]:
    found = json.loads(frame)
    return found if isinstance(found, list) else []


def send_job(stream: BinaryIO, job: Job) -> None:
    send(stream, "job", asdict(job))


def document_frames(document: Document, terms: Sequence[Term]) -> Iterator[tuple[object, ...]]:
    """The first says how many of text and of sections follow: both can be long."""
    apart = ("text", "sections")
    held = {field.name: getattr(document, field.name) for field in fields(document) if field.name not in apart}
    held |= {name: _values(row, held[name]) for name, row in _ROWS.items()}
    texts = range(0, len(document.text), TEXT_BATCH)
    sections = range(0, len(document.sections), SECTION_BATCH)
    said = [(term.short, term.full) for term in terms]
    yield "document", {**held, "facts": asdict(document.facts)}, said, len(texts), len(sections)
    for begin in texts:
        yield "text", document.text[begin : begin + TEXT_BATCH]
    for begin in sections:
        yield "sections", packed(document.sections[begin : begin + SECTION_BATCH])


_ROWS: dict[str, Any] = {"pages": PageStart, "reads": PageRead}


def _values(row: Any, ones: Iterable[object]) -> list[tuple[object, ...]]:
    values = attrgetter(*(field.name for field in fields(row)))
    return [values(one) for one in ones]


def document_of(frames: Iterator[bytes]) -> tuple[Document, bytes, tuple[Term, ...]]:
    """Takes the document's frames and leaves those of its entries. Its sections stay apart, packed as they are stored:
    of a book of 50 MB they take 17 MB so, and 100 as objects.
    """
    _, given, terms, texts, sections = parse(next(frames))
    rows = {name: tuple(row(*values) for values in given.pop(name)) for name, row in _ROWS.items()}
    held = {name: _tuples(value) for name, value in given.items()}
    text = "".join([parse(frame)[1] for frame in islice(frames, texts)])
    outline = b",".join([parse(frame)[1].encode() for frame in islice(frames, sections)])
    facts = Facts.of(given["facts"])
    document = Document(**{**held, **rows, "text": text, "facts": facts})
    return document, outline, tuple(Term(*term) for term in terms)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def entry_frames(entries: Iterable[Entry]) -> Iterator[tuple[object, ...]]:
    """Each with the heads that its chunks share, once; a chunk's text is a slice of the document's and left out."""
    rest = iter(entries)
    while batch := list(islice(rest, BATCH)):
        heads: dict[str, int] = {}
        rows = []
        for one in batch:
            place, chunk = heads.setdefault(one.head, len(heads)), one.chunk
            numbers = (chunk.id, chunk.start, chunk.end, chunk.section, place)
            rows.append((*numbers, one.body, one.more, one.passage.hex(), one.sentences.hex()))
        yield "entries", list(heads), rows


def entries_of(frame: bytes, document: Document) -> Iterator[Entry]:
    _, heads, rows = parse(frame)
    for number, start, end, section, place, body, more, passage, sentences in rows:
        chunk = Chunk(number, document.id, start, end, section, document.text[start:end])
        yield Entry(chunk, heads[place], body, more, bytes.fromhex(passage), bytes.fromhex(sentences))
