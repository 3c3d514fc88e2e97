"""What lies in a folder of the corpus, and what the index says of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from qa.build import scan
from qa.load import ignored, is_archive
from qa.terms.pinyin import readings
from qa.types import DocumentInfo, Problem

State = Literal["read", "noted", "unread", "new"]
Sort = Literal["name", "size", "time", "state", "chars"]

_WORST = {"unread": 0, "noted": 1, "new": 2, "read": 3}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the corpus folder.

    Attributes:
        mtime_ns: When it was last written, in nanoseconds since 1970.
        state: "read" (in the index), "noted" (in it, with something to know), "unread" (can't be), "new" (not yet).
        messages: What is wrong and what to do, in Chinese.
        info: What the index holds of it; None unless it is in it.
    """

    path: str
    size: int
    mtime_ns: int
    state: State
    messages: tuple[str, ...]
    info: DocumentInfo | None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Listing:
    """Of one folder, or of all that a search found. ``folders`` are names with the number of files beneath each."""

    folder: str
    folders: tuple[tuple[str, int], ...]
    entries: tuple[Entry, ...]
    total: int


def listing(
    corpus: Path,
    index: Path,
    infos: Iterable[DocumentInfo],
    problems: Iterable[Problem],
    *,
    folder: str = "",
    query: str = "",
    sort: Sort = "name",
    descending: bool = False,
) -> Listing:
    """Files in ``folder``, or with a query those anywhere beneath it whose path holds each of its words."""
    every = look_up(corpus, index, infos, problems)
    prefix = f"{folder}/" if folder else ""
    beneath = [entry for entry in every if entry.path.startswith(prefix)]
    if words := _plain(query).split():
        shown = [entry for entry in beneath if all(word in _plain(entry.path) for word in words)]
        counts: dict[str, int] = {}
    else:
        shown = [entry for entry in beneath if "/" not in entry.path[len(prefix) :]]
        counts = dict.fromkeys(_folders(corpus / folder, index), 0)
        for entry in beneath:
            name, slash, _ = entry.path[len(prefix) :].partition("/")
            if slash:
                counts[name] = counts.get(name, 0) + 1
    ordered = sorted(shown, key=lambda entry: _natural(entry.path))
    ordered.sort(key=_KEYS[sort], reverse=descending)
    names = tuple(sorted(counts.items(), key=lambda pair: _natural(pair[0])))
    return Listing(folder, names, tuple(ordered), len(every))


def look_up(corpus: Path, index: Path, infos: Iterable[DocumentInfo], problems: Iterable[Problem]) -> list[Entry]:
    """All files of the corpus folder that a scan sees, those that can't be read too."""
    found = scan(corpus, index)
    held = {info.path: info for info in infos}
    told: dict[str, list[Problem]] = {}
    for problem in [*problems, *found.problems]:
        if problem.path and problem.message not in [known.message for known in told.get(problem.path, ())]:
            told.setdefault(problem.path, []).append(problem)
    entries = [
        Entry(path, state.size, state.mtime_ns, *_state(held.get(path), told.get(path, ())), held.get(path))
        for path, state in found.files.items()
    ]
    for path in dict.fromkeys(problem.path for problem in found.problems):
        if path not in found.files:
            messages = tuple(known.message for known in told[path])
            entries.append(Entry(path, _size(corpus / path), 0, "unread", messages, None))
    return entries


def packed(path: str) -> bool:
    """Whether it lies in an archive: such a file can't be changed by itself."""
    return any(map(is_archive, path.split("/")[:-1]))


def _state(info: DocumentInfo | None, problems: Sequence[Problem]) -> tuple[State, tuple[str, ...]]:
    messages = tuple(problem.message for problem in problems)
    if info is None:
        return ("unread" if any(problem.fatal for problem in problems) else "new"), messages
    return ("noted" if messages else "read"), messages


def _folders(folder: Path, index: Path) -> list[str]:
    """Names of folders that a scan would enter, empty ones too."""
    try:
        children = list(folder.iterdir())
        return [
            child.name
            for child in children
            if not ignored(child) and child.is_dir() and not (index.exists() and child.samefile(index))
        ]
    except OSError:
        return []


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except (OSError, ValueError):
        return 0


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _natural(text: str) -> list[tuple[int, int, str]]:
    """As people look things up: figures by value (第2章 before 第10章), Chinese by its sound, after letters."""
    return [(0, int(run), "") if run.isdecimal() else (1, 0, "".join(map(_sound, run))) for run in _runs(_plain(text))]


def _sound(char: str) -> str:
    found = readings(char)
    return f"~{found[0]}{char}" if found else char


def _runs(text: str) -> Iterable[str]:
    run = ""
    for char in text:
        if run and char.isdecimal() != run[-1].isdecimal():
            yield run
            run = ""
        run += char
    if run:
        yield run


_KEYS: Mapping[Sort, Callable[[Entry], Any]] = {
    "name": lambda entry: _natural(entry.path),
    "size": lambda entry: entry.size,
    "time": lambda entry: entry.mtime_ns,
    "state": lambda entry: _WORST[entry.state],
    "chars": lambda entry: entry.info.chars if entry.info else 0,
}
