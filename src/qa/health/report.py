"""Measuring each document and the library as a whole. Pure: what goes in is what the index holds."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Protocol, get_args

from qa.health.odd import Odd, odd_characters
from qa.retrieve.names import DocumentNames
from qa.types import Document, DocumentInfo, LibraryStatus, PageKind, Problem, page_kind
from qa.versions import Sketches, edition_groups, others

Severity = Literal["bad", "warn", "note"]
Level = Literal["good", "fair", "poor", "empty"]

ODD_WARN, ODD_BAD = 0.0005, 0.02
"""Share of odd characters: one in two thousand is a word on each page, one in fifty is in nearly every sentence."""
SURE = 0.85
"""Mean confidence of a page's recognised lines, below which people should look at it."""
SPARSE = 40
"""Characters a page; a page of an official document has 300 to 600, a title page some 30."""
SHORT, LONG = 50, 3000
"""Characters below which a file says next to nothing, and from which it should have headings."""
POOR = 0.1
"""Share of files with something bad from which the library counts as poor."""
NONE_ODD = Odd()
_GRAVITY = {"bad": 0, "warn": 1, "note": 2}
_FIRST = (
    "unread",
    "stale",
    "garbled",
    "replaced",
    "empty_pages",
    "ocr_unsure",
    "control",
    "private",
    "sparse",
    "short",
)
"""What is told first among findings of one gravity."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a file. ``code`` chooses the words (qa.health.words), ``values`` fill them."""

    code: str
    severity: Severity
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FileHealth:
    """One file. Without a document (``doc_id`` empty) it could not be read, and the counts are 0.

    Attributes:
        pages: In all; 0 for formats without.
        empty_pages: Numbers of those that gave nothing. ``scanned``: how many were recognised from a picture.
        confidence: Mean of the recognised pages' own, in [0, 1]; None without any.
        chars_per_page: None for formats without pages.
        same, near, editions: Paths of other files: the same, nearly the same, other editions of the same work.
    """

    path: str
    doc_id: str = ""
    title: str = ""
    format: str = ""
    encoding: str | None = None
    chars: int = 0
    chunks: int = 0
    headings: int = 0
    pages: int = 0
    empty_pages: tuple[int, ...] = ()
    scanned: int = 0
    confidence: float | None = None
    chars_per_page: float | None = None
    odd: Odd = NONE_ODD
    same: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def kind(self) -> PageKind:
        """What its pages are."""
        return page_kind(self.path)

    @property
    def worst(self) -> Severity | None:
        return min((f.severity for f in self.findings), key=_GRAVITY.__getitem__, default=None)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "worst": self.worst}


@dataclass(frozen=True, slots=True)
class Urgent:
    """A thing to do, and for which files."""

    code: str
    severity: Severity
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """The library. ``files`` those worst off first; ``notices`` concern the index itself; totals are counts."""

    level: Level
    files: tuple[FileHealth, ...]
    urgent: tuple[Urgent, ...]
    notices: tuple[str, ...]
    totals: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "totals": dict(self.totals),
            "urgent": [asdict(item) for item in self.urgent],
            "notices": list(self.notices),
            "files": [file.to_dict() for file in self.files],
        }


class Held(Protocol):
    """What the report needs of ``qa.assistant.Assistant``."""

    def document(self, doc_id: str) -> Document: ...

    def documents(self) -> tuple[DocumentInfo, ...]: ...

    def status(self) -> LibraryStatus: ...


def of(library: Held) -> Health:
    """The report on what the index holds now: about 4 seconds for 12 million characters."""
    infos = library.documents()
    sketches = Sketches()
    documents = (sketches.take(library.document(info.id)) for info in infos)
    return examine(documents, infos, library.status().problems, sketches.near)


def examine(
    documents: Iterable[Document],
    infos: Sequence[DocumentInfo],
    problems: Sequence[Problem],
    near: Callable[[], Mapping[str, Sequence[str]]] = dict,
) -> Health:
    """The report. Documents come one at a time and are let go of: a large library is never whole in memory.

    ``near`` gives document id → ids of documents that say nearly the same; it is asked when all have gone by.
    """
    chunks = {info.id: info.chunks for info in infos}
    paths = {info.id: info.path for info in infos}
    files: dict[str, FileHealth] = {}
    alike: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        files[document.id] = _measured(document, chunks.get(document.id, 0))
        alike[f"file {document.sha256}"].append(document.id)
        alike[f"text {_said(document.text)}"].append(document.id)
    same = _together(alike.values())
    editions = _editions(infos)
    alike_to = near()
    told = _told(problems)
    for number, file in files.items():
        own, other = same.get(number, set()), editions.get(number, set())
        found = replace(
            file,
            same=tuple(sorted(paths[o] for o in own)),
            near=tuple(sorted(paths[o] for o in alike_to.get(number, ()) if o not in own | other)),
            editions=tuple(sorted(paths[o] for o in other - own)),
        )
        files[number] = replace(found, findings=_ordered([*_findings(found), *told.pop(found.path, ())]))
    unread = [FileHealth(path, findings=_ordered(found)) for path, found in told.items()]
    every = sorted([*files.values(), *unread], key=lambda f: (_GRAVITY[f.worst] if f.worst else 3, f.path))
    notices = tuple(dict.fromkeys(problem.message for problem in problems if not problem.path))
    return Health(_level(every), tuple(every), _urgent(every), notices, _totals(every))


def select(health: Health, paths: Sequence[str]) -> Health:
    """The part of the report about some files or folders; raises nothing: the caller looks whether it is empty."""
    wanted = [path.strip("/") for path in paths]
    files = tuple(f for f in health.files if any(f.path == p or f.path.startswith(f"{p}/") for p in wanted))
    return Health(_level(files), files, _urgent(files), health.notices, _totals(files))


def _measured(document: Document, chunks: int) -> FileHealth:
    reads = document.reads
    pages = len(reads) or (document.pages[-1].number if document.pages else 0)
    recognised = [read.confidence for read in reads if read.source == "ocr" and read.confidence is not None]
    return FileHealth(
        *(document.path, document.id, document.title, document.format, document.encoding),
        chars=len(document.text),
        chunks=chunks,
        headings=len(document.sections),
        pages=pages,
        empty_pages=tuple(read.number for read in reads if read.source == "none" or not read.chars),
        scanned=sum(read.source == "ocr" for read in reads),
        confidence=sum(recognised) / len(recognised) if recognised else None,
        chars_per_page=len(document.text) / pages if pages else None,
        odd=odd_characters(document.text),
    )


def _findings(file: FileHealth) -> list[Finding]:
    found = []

    def say(code: str, severity: Severity, **values: Any) -> None:
        found.append(Finding(code, severity, values))

    odd = file.odd
    degrees: dict[bool, tuple[Severity, Severity]] = {True: ("bad", "warn"), False: ("warn", "note")}
    counts = (odd.replaced, odd.private, odd.control, odd.garbled)
    for code, count, sample in zip(("replaced", "private", "control", "garbled"), counts, odd.samples, strict=True):
        lost = code in ("replaced", "garbled")
        if count:
            share = count / file.chars
            worse, better = degrees[lost]
            much = share >= (ODD_BAD if lost else ODD_WARN)
            say(code, worse if much else better, count=count, share=share, sample=sample)
    if file.empty_pages:
        much = len(file.empty_pages) * 2 > file.pages
        say(
            "empty_pages",
            "bad" if much else "warn",
            count=len(file.empty_pages),
            pages=file.pages,
            list=file.empty_pages,
            kind=file.kind,
        )
    if file.confidence is not None and file.confidence < SURE:
        say("ocr_unsure", "warn", confidence=file.confidence, count=file.scanned, kind=file.kind)
    elif file.scanned:
        say("scanned", "note", count=file.scanned, pages=file.pages, confidence=file.confidence, kind=file.kind)
    if file.chars_per_page is not None and file.chars_per_page < SPARSE and not file.empty_pages:
        say("sparse", "warn", per_page=file.chars_per_page, kind=file.kind)
    if file.chars < SHORT:
        say("short", "warn", chars=file.chars)
    elif file.chars >= LONG and not file.headings:
        say("no_headings", "note", chars=file.chars)
    for code, paths in (("same", file.same), ("near", file.near), ("editions", file.editions)):
        if paths:
            say(code, "warn" if code == "same" else "note", count=len(paths), others=paths)
    return found


def _told(problems: Iterable[Problem]) -> dict[str, list[Finding]]:
    """What the reading itself said, by path."""
    told: dict[str, list[Finding]] = defaultdict(list)
    for problem in problems:
        if problem.path:
            kind: tuple[str, Severity] = ("unread", "bad") if problem.fatal else ("warning", "warn")
            if not problem.fatal and problem.message.endswith("索引里仍是上次读到的内容。"):
                kind = ("stale", "bad")
            told[problem.path].append(Finding(*kind, {"message": problem.message}))
    return told


def _said(text: str) -> str:
    """Digest of the letters and figures alone: signs, blanks and the line breaks of a format don't matter."""
    return hashlib.sha256("".join(filter(str.isalnum, text)).casefold().encode()).hexdigest()


def _together(groups: Iterable[Sequence[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        for one in group if len(group) > 1 else ():
            found[one] |= set(group) - {one}
    return found


def _editions(infos: Sequence[DocumentInfo]) -> dict[str, set[str]]:
    """Documents of one work with different edition dates."""
    groups = edition_groups(infos, DocumentNames(infos).profiles, {})
    return {number: {edition.doc_id for edition, _ in others(number, group)} for number, group in groups.items()}


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda f: (_GRAVITY[f.severity], _place(f.code))))


def _place(code: str) -> int:
    return _FIRST.index(code) if code in _FIRST else len(_FIRST)


def _urgent(files: Sequence[FileHealth], most: int = 5) -> tuple[Urgent, ...]:
    """What concerns most files, bad things first; notes are not urgent."""
    concerned: dict[tuple[str, Severity], list[str]] = defaultdict(list)
    for file in files:
        for code, severity in dict.fromkeys((f.code, f.severity) for f in file.findings):
            if severity != "note":
                concerned[code, severity].append(file.path)
    ordered = sorted(concerned.items(), key=lambda item: (_GRAVITY[item[0][1]], -len(item[1]), _place(item[0][0])))
    return tuple(Urgent(code, severity, tuple(paths)) for (code, severity), paths in ordered[:most])


def _level(files: Sequence[FileHealth]) -> Level:
    bad = sum(file.worst == "bad" for file in files)
    if not files:
        return "empty"
    if bad > POOR * len(files):
        return "poor"
    return "fair" if bad or any(file.worst == "warn" for file in files) else "good"


def _totals(files: Sequence[FileHealth]) -> dict[str, int]:
    read = [file for file in files if file.doc_id]
    return {
        "files": len(files),
        "read": len(read),
        "unread": len(files) - len(read),
        "bad": sum(file.worst == "bad" for file in files),
        "warn": sum(file.worst == "warn" for file in files),
        "chars": sum(file.chars for file in read),
        "chunks": sum(file.chunks for file in read),
        "headings": sum(file.headings for file in read),
        **{f"{kind}s": sum(file.pages for file in read if file.kind == kind) for kind in get_args(PageKind)},
        "empty_pages": sum(len(file.empty_pages) for file in read),
        "scanned_pages": sum(file.scanned for file in read),
        "odd_chars": sum(file.odd.total for file in read),
        "same": sum(bool(file.same) for file in read),
        "near": sum(bool(file.near) for file in read),
        "editions": sum(bool(file.editions) for file in read),
    }
