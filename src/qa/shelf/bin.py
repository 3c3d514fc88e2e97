"""The recycle bin: what was deleted or replaced, each thing in a folder of its own beside a note of where it was."""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from qa.errors import InputError
from qa.shelf.files import make_folder, move, place, sync_folder, twin

_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")
_NOTE, _CONTENT = "note.json", "content"


@dataclass(frozen=True, slots=True)
class Binned:
    """A thing in the bin. ``at`` is UTC, ISO 8601; ``why`` is "deleted" or "replaced"; ``size`` in bytes, of files."""

    id: str
    path: str
    at: str
    who: str
    why: str
    folder: bool
    files: int
    size: int


class Bin:
    """``<folder>/<id>/{note.json, content}``. The note is on disk before anything moves: what is in can come back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def items(self) -> list[Binned]:
        """Newest first. One without content (killed before the move) or without a readable note is not listed."""
        if not self.folder.is_dir():
            return []
        ids = sorted((child.name for child in self.folder.iterdir() if _ID.fullmatch(child.name)), reverse=True)
        return [found for number in ids if (found := self._read(number)) is not None]

    def item(self, number: str) -> Binned:
        """Raises InputError for an unknown id."""
        found = self._read(number) if _ID.fullmatch(number) else None
        if found is None:
            raise InputError("回收站里没有这一项", "它可能已经恢复或清除，请刷新本页")
        return found

    def take(self, source: Path, path: str, who: str) -> str:
        """Move a file or folder in; its id."""
        number = self._open(source, path, who, "deleted")
        move(source, self.folder / number / _CONTENT)
        return number

    def keep(self, source: Path, path: str, who: str) -> str:
        """A second name in here for a file that is about to be replaced; its id."""
        number = self._open(source, path, who, "replaced")
        twin(source, self.folder / number / _CONTENT)
        return number

    def give(self, number: str, target: Path) -> None:
        """Move a thing out; raises TakenError where the name is taken."""
        content = self.folder / number / _CONTENT
        if content.is_dir() and not content.is_symlink():
            move(content, target)
        else:
            place(content, target)
        self._drop(number)

    def remove(self, number: str) -> Binned:
        """Remove for good; what it was."""
        found = self.item(number)
        self._drop(number)
        return found

    def _open(self, source: Path, path: str, who: str, why: str) -> str:
        now = datetime.now(UTC)
        number = f"{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
        is_folder = source.is_dir() and not source.is_symlink()
        sizes = _sizes(source) if is_folder else [source.lstat().st_size]
        note = Binned(number, path, now.isoformat(timespec="seconds"), who, why, is_folder, len(sizes), sum(sizes))
        make_folder(self.folder / number)
        with (self.folder / number / _NOTE).open("x", encoding="utf-8") as file:
            json.dump(asdict(note), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.folder / number)
        return number

    def _read(self, number: str) -> Binned | None:
        place_of = self.folder / number
        if not os.path.lexists(place_of / _CONTENT):
            return None
        try:
            note = Binned(**json.loads((place_of / _NOTE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return note if note.id == number else None

    def _drop(self, number: str) -> None:
        shutil.rmtree(self.folder / number)
        sync_folder(self.folder)


def _sizes(folder: Path) -> list[int]:
    """Of all files beneath; links are not followed."""
    return [(Path(parent) / name).lstat().st_size for parent, _, names in os.walk(folder) for name in names]
