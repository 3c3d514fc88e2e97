"""Files that could not be read, remembered with why: one that has not changed is told of again and not tried again.

A file that takes 60 s before it is given up would cost that at each sync, and a watched folder syncs all day.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from qa.build.changes import trusted
from qa.build.read import pipeline
from qa.build.wire import REFUSALS
from qa.build.workers import File
from qa.errors import Passing, ReadError
from qa.load.soffice import program
from qa.settings import Settings
from qa.store import FileState
from qa.store.files import read_sealed, write_sealed

logger = logging.getLogger(__name__)

LIBRARIES = ("lxml", "olefile", "pillow", "pypdfium2", "selectolax", "xlrd")
"""What reads: another version may read what this one can't."""


def reading(settings: Settings) -> str:
    """What besides a file's bytes decides whether it can be read; where it has changed, all failures are forgotten."""
    s = settings
    limits = f"{s.read_seconds} s, {s.read_memory_mb} MB, file {s.max_file_mb} MB, secret {s.allow_secret}"
    return f"{pipeline(s.ocr)}; {limits}; {_libraries()}; {_office()}"


@cache
def _libraries() -> str:
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    return ", ".join(found)


def _office() -> str:
    """Where LibreOffice is, and its age, which an upgrade changes."""
    place = program()
    try:
        return f"{place} {Path(place).stat().st_mtime_ns}" if place is not None else "no office"
    except OSError:
        return str(place)


@dataclass(frozen=True, slots=True)
class _Failure:
    digest: str
    state: FileState
    error: ReadError


class Failures:
    """index/cache/unread.json. Damaged or from another way of reading it is empty, which costs time only."""

    def __init__(self, index: Path, settings: Settings) -> None:
        self._path = index / "cache" / "unread.json"
        self._reading = reading(settings)
        self._held = self._load()
        self._stored = dict(self._held)

    def of(self, path: str, state: FileState) -> ReadError | None:
        """Why the file could not be read, judged by its size and time as those of readable files are."""
        held = self._held.get(path)
        return held.error if held is not None and held.state == state else None

    def again(self, path: str, digest: str, state: FileState) -> ReadError | None:
        """The same, judged by its bytes; under its new time it is known from now on."""
        held = self._held.get(path)
        if held is None or held.digest != digest:
            return None
        self._held[path] = _Failure(digest, trusted(state), held.error)
        return held.error

    def put(self, file: File, state: FileState, error: ReadError) -> None:
        """Not what may be otherwise next time though the file is the same."""
        if isinstance(error, Passing):
            self._held.pop(file.path, None)
        else:
            self._held[file.path] = _Failure(file.digest, trusted(state), error)

    def keep(self, present: Mapping[str, FileState], readable: set[str]) -> None:
        """Store those of files that are there and have not been read meanwhile; nothing is written for no change."""
        self._held = {p: held for p, held in self._held.items() if p in present and p not in readable}
        if self._held == self._stored:
            return
        rows = {
            path: [held.digest, held.state.size, held.state.mtime_ns, held.error.code, held.error.what, held.error.todo]
            for path, held in self._held.items()
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_sealed(self._path, {"reading": self._reading, "files": rows})
        except OSError as error:
            logger.warning("unreadable files can't be remembered: %s", error)
        self._stored = dict(self._held)

    def _load(self) -> dict[str, _Failure]:
        try:
            found = read_sealed(self._path)
            if found["reading"] != self._reading:
                return {}
            return {
                path: _Failure(digest, FileState(size, mtime), REFUSALS[kind](what, todo))
                for path, (digest, size, mtime, kind, what, todo) in found["files"].items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            logger.warning("what is remembered of unreadable files can't be used: %s", error)
            return {}
