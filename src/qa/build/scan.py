"""Which files a folder holds."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from qa.errors import InputError, ReadError, reason
from qa.load import ignored, is_archive, is_supported, listing
from qa.store import FileState
from qa.types import Problem

FORMATS = (
    "docx、pdf、ofd、doc、wps、xlsx、xls、pptx、ppt、rtf、odt、txt、md、html、mht、eml、csv、图片，"
    "以及装着它们的 zip、tar"
)

_OTHER = (
    ((".xlsb",), "请用 Excel 或 WPS 打开，另存为 .xlsx。"),
    ((".gif", ".webp", ".heic", ".jp2"), "请用看图软件另存为 .jpg 或 .png。"),
    ((".rar", ".7z", ".gz", ".bz2", ".xz"), "请先解压，再放入其中的文档，或重新压缩为 .zip。"),
    ((".msg", ".pst"), "请用 Outlook 打开，另存为 .eml，或把文字另存为 .docx。"),
)
"""Suffixes that people do put into such a folder, and what to do about them."""

_TOLD = 20
"""Problems told of one archive's members; an archive of a thousand pictures has a thousand of them."""


@dataclass(slots=True)
class Scan:
    """Attributes:
    files: Path relative to the corpus folder, with "/" → size and modification time; in order of path.
    problems: What is there and can't be taken in.
    unknown: Folders that can't be listed, relative, with "/" at the end: what they hold is not known.
    """

    files: dict[str, FileState] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def scan(corpus: Path, skipped: Path) -> Scan:
    """Walk a folder in order of names, through symbolic links too, into each folder once; ``skipped`` is the index.

    Raises InputError where there is no such folder.
    """
    if not corpus.is_dir():
        what = f"资料文件夹不存在：{corpus}" if not corpus.exists() else f"这不是文件夹：{corpus}"
        raise InputError(what, "请检查路径，或新建这个文件夹并放入资料")
    found = Scan()
    seen = {_identity(skipped)} if skipped.exists() else set()
    for path, name in _walk(corpus, "", seen, found):
        _take(path, name, found)
    found.files = dict(sorted(found.files.items()))
    return found


def _walk(folder: Path, prefix: str, seen: set[tuple[int, int]], found: Scan) -> Iterator[tuple[Path, str]]:
    try:
        identity = _identity(folder)
        if identity in seen:
            return
        seen.add(identity)
        children = sorted(folder.iterdir(), key=lambda child: child.name)
    except OSError as error:
        if not prefix:
            raise InputError(f"无法打开资料文件夹 {folder}（{reason(error)}）", "请检查文件夹权限或网络位置") from error
        found.unknown.append(prefix)
        message = f"无法打开这个文件夹（{reason(error)}）。其中已索引的文件保持原样；请检查权限。"
        found.problems.append(Problem(_shown(prefix), message, True))
        return
    for child in children:
        if ignored(child):
            continue
        if _is_folder(child):
            yield from _walk(child, f"{prefix}{child.name}/", seen, found)
        else:
            yield child, prefix + child.name


def _take(path: Path, name: str, found: Scan) -> None:
    """Sort one file in."""
    message = None
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            message = "这不是普通文件，未收入。"
        elif _shown(name) != name:
            message = "文件名的编码不对，未收入。请改名。"
        elif is_archive(name):
            _expand(path, name, status.st_mtime_ns, found)
            return
        elif not is_supported(path):
            message = _unsupported(path)
    except FileNotFoundError:
        message = "快捷链接指向的文件不存在，未收入。" if path.is_symlink() else "同步时文件不见了。请重新同步。"
    except OSError as error:
        if error.errno == errno.ELOOP:
            message = "快捷链接绕成了一圈，未收入。请删除它。"
        else:
            found.unknown.append(name)
            message = f"无法查看这个文件（{reason(error)}）。请检查权限。"
    if message is None:
        found.files[name] = FileState(status.st_size, status.st_mtime_ns)
    else:
        found.problems.append(Problem(_shown(name), message, True))


def _expand(path: Path, name: str, mtime_ns: int, found: Scan) -> None:
    """Take an archive for a folder of its name. A member's time is the archive's: its own is often none."""
    problems: list[Problem] = []
    count = len(found.files)
    try:
        held = listing(path)
    except ReadError as error:
        found.unknown.append(f"{name}/")
        found.problems.append(Problem(name, f"{error}其中已索引的文件保持原样。", True))
        return
    for member in held.members.values():
        if is_supported(Path(member.name)) and not _passed_over(member.name):
            found.files[f"{name}/{member.name}"] = FileState(member.size, mtime_ns)
        elif not _passed_over(member.name):
            problems.append(Problem(f"{name}/{member.name}", _unsupported(Path(member.name)), True))
    problems += [
        Problem(f"{name}/{inner}", message, inner not in held.members)
        for inner, message in held.refused.items()
        if not _passed_over(inner)
    ]
    found.unknown += [f"{name}/{inner}/" for inner in held.refused if is_archive(inner)]
    for inner in filter(lambda inner: not _passed_over(inner), held.locked):
        found.unknown.append(f"{name}/{inner}")
        message = "压缩包里的这个文件设了密码，未收入。请用密码解压后放入。"
        problems.append(Problem(f"{name}/{inner}", message, True))
    if len(found.files) == count and not problems:
        problems.append(Problem(name, f"压缩包里没有可读的文件。支持 {FORMATS}。", True))
    if len(problems) > _TOLD:
        rest = f"压缩包里还有 {len(problems) - _TOLD} 个文件没有收入，未逐个列出。请解压后放入，以便逐个查看。"
        problems = [*problems[:_TOLD], Problem(name, rest, True)]
    found.problems += problems


def _passed_over(member: str) -> bool:
    """Whether a member or a folder above it is one that no one means to have: macOS adds a __MACOSX to each zip."""
    return any(part == "__MACOSX" or (part != ".." and ignored(Path(part))) for part in member.split("/"))


def _is_folder(path: Path) -> bool:
    """False also where it can't be told; ``_take`` then says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def unsupported(path: PurePath) -> str | None:
    """Why a file of this name isn't taken in, and what to do; None where it is."""
    return None if is_supported(path) or is_archive(path.name) else _unsupported(path)


def _unsupported(path: PurePath) -> str:
    suffix = path.suffix.lower()
    if not suffix:
        return f"文件名没有后缀，看不出是什么文件，未收入。请补上后缀，支持 {FORMATS}。"
    todo = next((todo for suffixes, todo in _OTHER if suffix in suffixes), f"支持 {FORMATS}；请另存为其中一种。")
    return f"不支持 {suffix} 文件，未收入。{todo}"


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _shown(name: str) -> str:
    """A name that the system could not decode, as it can be stored and shown."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
