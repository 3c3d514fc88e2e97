"""What differs between a folder and its index."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from qa.errors import ReadError
from qa.store import FileState
from qa.types import Problem

_RACY_NS = 2_000_000_000


@dataclass(slots=True)
class Changes:
    """Paths in order."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Can't be read or seen now; what was read before stays."""
    touched: dict[str, FileState] = field(default_factory=dict)
    """The same under another modification time, or for the first time under one that can be trusted."""
    digests: dict[str, str] = field(default_factory=dict)

    def unread(self, path: str, error: ReadError, known: bool) -> Problem:
        """Note that a file can't be read; a ``known`` one, read before, is kept. Returns what to tell of it."""
        for listing in (self.added, self.changed, self.same):
            if path in listing:
                listing.remove(path)
        if known:
            self.kept.append(path)
        still = "索引里仍是上次读到的内容。" if known else ""
        return Problem(path, f"{error}{still}", not known)


def trusted(state: FileState) -> FileState:
    """A file of the last two seconds may be written again under the same time; so its time is not kept."""
    recent = state.mtime_ns > time.time_ns() - _RACY_NS
    return FileState(state.size, -1) if recent else state
