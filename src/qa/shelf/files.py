"""The few things done to files on the shelf: durable, and never over another file by mistake."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

from qa.errors import InputError, QAError, reason

_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.EMLINK, errno.EXDEV}
_TAKEN = threading.Lock()


class TakenError(Exception):
    """Something of that name is there already."""


def place(source: Path, target: Path) -> None:
    """Give a file its name at once; raises TakenError where the name is taken, and then nothing has changed.

    A hard link fails where the name is taken, which renaming does not. File systems without links (exFAT, some network
    drives) are asked first instead; two programs may then meet between question and answer, our own threads not.
    """
    try:
        _link(source, target)
    except FileExistsError as error:
        raise TakenError(target.name) from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        move(source, target)
    else:
        source.unlink()
    sync_folder(target.parent)


def _link(source: Path, target: Path) -> None:
    """A second name for a file, or for a link itself where the system can do that (not Windows)."""
    if os.link in os.supports_follow_symlinks:
        os.link(source, target, follow_symlinks=False)
    else:
        os.link(source, target)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder; raises TakenError where the name is taken."""
    with _TAKEN:
        if os.path.lexists(target):
            raise TakenError(target.name)
        source.rename(target)
    sync_folder(target.parent)
    sync_folder(source.parent)


def twin(source: Path, target: Path) -> None:
    """The same file under a second name; a copy where the file system has no hard links."""
    try:
        _link(source, target)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    sync_folder(target.parent)


def make_folder(folder: Path) -> None:
    """The folder and those above it, durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir()
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable, where the system can (not Windows, not every network drive)."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def told(what: str) -> Iterator[None]:
    """Turn a refusal of the system into an error that says what was not done and what to do."""
    try:
        yield
    except TakenError as error:
        raise Taken(str(error)) from error
    except OSError as error:
        todo = "请检查资料文件夹的权限，或关闭正在占用它的程序"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            todo = "请腾出磁盘空间，可先清空回收站"
        if error.errno == errno.ENAMETOOLONG:
            todo = "请把名称改短"
        raise ShelfError(f"{what}没有成功（{reason(error)}）", todo) from error


class Taken(InputError):
    """A file or folder of that name is there; the one who asked decides what becomes of it."""

    code = "taken"
    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(f"已经有同名的“{name}”", "可以替换它（旧的放进回收站），或者两份都留")


class ShelfError(QAError):
    """The system would not: disk, permission, a program that holds the file."""

    code = "files"
    status = 507
