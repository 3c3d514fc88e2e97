"""The state of a library and of the work on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from qa.types.texts import Facts


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long job is.

    ``stage`` is one of "scan", "read", "index", "encoder", "vectors", "sentences", "publish", "eval",
    "backup", "restore", "export", "verify", "done".
    """

    stage: str
    done: int
    total: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be taken in, or a warning about one that was: what is wrong and what to do, in Chinese."""

    path: str
    message: str
    fatal: bool


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did. ``vectors`` counts chunks that have a vector, of ``chunks`` in all."""

    generation: int
    documents: int
    chunks: int
    added: int
    changed: int
    removed: int
    unchanged: int
    encoded: int
    vectors: int
    problems: tuple[Problem, ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A line of the library's list: a document without its text."""

    id: str
    path: str
    title: str
    chars: int
    chunks: int
    pages: int
    format: str
    encoding: str | None
    facts: Facts
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """What the assistant stands on now. ``progress`` is that of a sync under way in any process, else None.

    ``vectors`` counts chunks that have one, ``sentences`` those whose sentences do.
    """

    generation: int
    documents: int
    chunks: int
    vectors: int
    encoder: str
    progress: Progress | None
    problems: tuple[Problem, ...]
    sentences: int = 0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
