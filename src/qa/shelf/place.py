"""Changing the corpus folder: nothing half done is ever seen by a scan, nothing is lost, nothing outside is touched."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
import uuid
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from qa.errors import InputError
from qa.shelf.bin import Bin
from qa.shelf.files import TakenError, make_folder, place, sync_folder, told
from qa.shelf.names import checked_name, checked_path, numbered, why_not

Clash = Literal["ask", "replace", "both"]
"""What becomes of a file when one of its name is there: ask (an error), replace it (it goes to the bin), keep both."""

HOME = ".youju"
"""Folder in the corpus folder for what a scan must not see: uploads under way, the recycle bin. It begins with a dot,
which a scan passes over; it lies on the same drive as the documents, so that moving there is one rename, and isn't lost
when somebody deletes the index."""
STALE = 24 * 3600.0
"""Seconds after which an upload that was cut off is cleared away."""
MAX_BOTH = 999


@dataclass(frozen=True, slots=True)
class Put:
    """What became of an upload: where it lies, its bytes and digest, and the bin's id of what it replaced, or ""."""

    path: str
    size: int
    sha256: str
    replaced: str


class Shelf:
    """The corpus folder. Safe to use from several threads."""

    def __init__(self, corpus: Path, index: Path, max_bytes: int) -> None:
        self.corpus, self.index, self.max_bytes = corpus, index, max_bytes
        self.bin = Bin(corpus / HOME / "bin")

    def at(self, path: str) -> Path:
        """Where a checked path lies. Raises InputError for one that leaves the corpus folder, by a link too."""
        relative = checked_path(path) if path else ""
        target = self.corpus / relative
        root = self.corpus.resolve()
        above = (target.parent if relative else target).resolve()
        if above != root and root not in above.parents:
            raise InputError(f"“{path}”经快捷链接通到资料文件夹之外", "请在那个位置直接修改")
        if self.index.resolve() in (above / target.name, above, *above.parents):
            raise InputError(f"“{path}”是索引文件夹，不是资料", "请选别的文件夹")
        return target

    def existing(self, path: str) -> Path:
        """The same for what must be there."""
        target = self.at(path)
        if not os.path.lexists(target):
            raise InputError(f"没有“{path}”", "它可能已被移走或改名，请刷新本页")
        return target

    def make_folder(self, path: str) -> str:
        """A new folder; its path as it is. Raises InputError where the name is taken or wrong."""
        target = self.at(path)
        with told(f"新建文件夹“{path}”"):
            make_folder(target.parent)
            try:
                target.mkdir()
            except FileExistsError as error:
                raise TakenError(target.name) from error
            sync_folder(target.parent)
        return target.relative_to(self.corpus).as_posix()

    async def put(self, path: str, data: AsyncIterable[bytes], clash: Clash = "ask", who: str = "") -> Put:
        """Take in a file as its bytes come. It has its name only once it is whole and on disk.

        Raises:
            InputError: The name or kind is wrong, the file is empty or too large.
            Taken: The name is taken and ``clash`` is "ask".
            ShelfError: The disk is full or can't be written.
        """
        target = self.at(path)
        if refusal := why_not(path):
            raise InputError(f"“{target.name}”：{refusal}")
        if clash == "ask" and os.path.lexists(target):
            with told(f"存入“{path}”"):
                raise TakenError(target.name)
        incoming = self.corpus / HOME / "incoming"
        with told(f"存入“{path}”"):
            make_folder(incoming)
            _clear(incoming)
            part = incoming / f"{uuid.uuid4().hex}.part"
            try:
                with part.open("xb") as file:
                    size, digest = await self._receive(path, data, file)
                name, replaced = await asyncio.to_thread(self._settle, part, target, clash, who)
            finally:
                part.unlink(missing_ok=True)
        return Put((target.parent / name).relative_to(self.corpus).as_posix(), size, digest, replaced)

    async def _receive(self, path: str, data: AsyncIterable[bytes], file: BinaryIO) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        async for piece in data:
            size += len(piece)
            if size > self.max_bytes:
                what = f"“{path}”超过上限 {self.max_bytes / 2**20:.0f} MB"
                raise InputError(what, "请拆分，或调高 QA_MAX_FILE_MB")
            digest.update(piece)
            file.write(piece)
        if not size:
            raise InputError(f"“{path}”是空文件", "请确认内容已经保存")
        file.flush()
        await asyncio.to_thread(os.fsync, file.fileno())
        return size, digest.hexdigest()

    def _settle(self, part: Path, target: Path, clash: Clash, who: str) -> tuple[str, str]:
        """Give the whole file its name; the name, and the bin's id of what had it before."""
        make_folder(target.parent)
        if clash == "replace" and target.is_file():
            # First the old one into the bin, then the new one over it: whenever it stops, both are there.
            replaced = self.bin.keep(target, target.relative_to(self.corpus).as_posix(), who)
            part.replace(target)
            sync_folder(target.parent)
            return target.name, replaced
        for number in range(1, MAX_BOTH):
            name = target.name if number == 1 else checked_name(numbered(target.name, number))
            try:
                place(part, target.with_name(name))
            except TakenError:
                if clash != "both":
                    raise
            else:
                return name, ""
        raise InputError(f"与“{target.name}”同名的文件太多", "请改名后再上传")

    def delete(self, path: str, who: str) -> str:
        """A file or folder into the recycle bin; the bin's id."""
        if not path:
            raise InputError("不能删除整个资料文件夹", "请选其中的文件或文件夹")
        target = self.existing(path)
        with told(f"删除“{path}”"):
            return self.bin.take(target, path, who)

    def restore(self, item: str, clash: Clash = "ask", who: str = "") -> str:
        """Bring something back from the bin to where it was; its path, which may have a number where ``both``."""
        held = self.bin.item(item)
        target = self.at(held.path)
        with told(f"恢复“{held.path}”"):
            make_folder(target.parent)
            if clash == "replace" and os.path.lexists(target):
                self.bin.take(target, held.path, who)
            for number in range(1, MAX_BOTH):
                name = target.name if number == 1 else checked_name(numbered(target.name, number))
                try:
                    self.bin.give(item, target.with_name(name))
                except TakenError:
                    if clash != "both":
                        raise
                else:
                    return (target.parent / name).relative_to(self.corpus).as_posix()
        raise InputError(f"与“{target.name}”同名的文件太多", "请改名后再恢复")


def _clear(incoming: Path) -> None:
    """Uploads that a killed process left behind."""
    for part in incoming.glob("*.part"):
        if part.stat().st_mtime < time.time() - STALE:
            part.unlink(missing_ok=True)
