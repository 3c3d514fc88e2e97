"""What an archive holds: its members' names and sizes from its directory, within bounds, and what is wrong with others.

An archive inside an archive, and a compressed tar, has no directory within reach and is unpacked into memory to be
listed, within a bound too.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import IO, NoReturn

from qa.errors import ReadError
from qa.load.archive_names import names_of, proper, shown
from qa.load.zipped import BROKEN, directory_size, is_encrypted, open_zip

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
UNPACK = "请解压后放入其中的文档"
BROKEN_ANY = (*BROKEN, tarfile.TarError, OverflowError, RecursionError, AttributeError, TypeError)

_MAX_MEMBERS = 2_000  # a library of more is a folder
_MAX_TOTAL = 2**30  # bytes of all members, unpacked
_MAX_INNER = 64 * 2**20  # bytes of what has to be unpacked in memory to be listed
_MAX_DIRECTORY = 4 * 2**20  # bytes; 2,000 names of the longest kind
_MAX_RATIO = 200  # text packs to a tenth, repeated tables to a fiftieth, a bomb to a thousandth
_RATIO_FROM = 8 * 2**20  # bytes below which a member may pack as well as it likes
_UNSAFE = f"压缩包里的文件名不安全（指向别处，或含有特殊字符），未收入。{UNPACK}。"


@dataclass(frozen=True, slots=True)
class Member:
    """``name`` is relative to the archive, with "/"; ``size`` in bytes, as the directory says."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


@dataclass(slots=True)
class Listing:
    """Attributes:
    group: Which archive in the archive is to be listed as well, by name; None for all of them, whose members can then
        not be opened.
    members: By name; of one name the last, as unpacking would have it.
    refused: Name → why and what to do, for members that can't be taken in, or only partly.
    locked: Names of members with a password.
    total: Bytes of all that has been or may be unpacked.
    """

    group: str | None = None
    members: dict[str, Member] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    locked: list[str] = field(default_factory=list)
    total: int = 0

    def add(self, member: Member) -> None:
        """Raises ReadError where the archive turns out too large."""
        if member.name in self.members:
            self.refused[member.name] = f"压缩包里有几个同名的文件，只收入最后一个。{UNPACK}，并改名。"
        self.members[member.name] = member
        if len(self.members) > _MAX_MEMBERS:
            raise _too_many()
        self.grow(member.size)

    def grow(self, size: int) -> None:
        self.total += size
        if self.total > _MAX_TOTAL:
            raise ReadError(f"压缩包解压后超过 {_MAX_TOTAL // 2**20} MB", UNPACK)


def is_archive(name: str) -> bool:
    return name.lower().endswith(ARCHIVES)


def list_zip(source: IO[bytes] | io.RawIOBase, prefix: str, found: Listing) -> None:
    """Add what a zip holds under names that begin with ``prefix``; raises ReadError."""
    try:
        if directory_size(source) > _MAX_DIRECTORY:
            raise _too_many()
        packed = open_zip(source)
        infos = [info for info in packed.infolist() if not info.is_dir()]
    except (*BROKEN, RuntimeError) as error:
        raise _damaged() from error
    names = names_of(infos)
    if not prefix and any(name == "[Content_Types].xml" or name.lower() == "ofd.xml" for name in names):
        raise ReadError("内容其实是 Office 或 OFD 文档，不是压缩包", "请改正后缀（.docx、.xlsx、.pptx 或 .ofd）")
    for info, name in zip(infos, names, strict=True):
        path = proper(name)
        if path is None:
            found.refused[prefix + shown(name)] = _UNSAFE
        elif is_encrypted(info):
            found.locked.append(prefix + path)
        elif info.file_size > _RATIO_FROM and info.file_size > _MAX_RATIO * max(info.compress_size, 1):
            found.refused[prefix + path] = f"压缩比异常，可能是有害的压缩包，未收入。确实需要的话{UNPACK}。"
        elif not is_archive(path):
            found.add(Member(prefix + path, info.file_size, partial(packed.open, info)))
        elif prefix:
            found.refused[prefix + path] = f"压缩包套压缩包，层数过多，未收入。{UNPACK}。"
        elif found.group in (None, path):
            found.grow(info.file_size)
            _list_inner(packed, info, path, found)


def _list_inner(packed: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, found: Listing) -> None:
    """Add what an archive in an archive holds; its own faults cost the outer one nothing."""
    inner = Listing()
    try:
        if name.lower().endswith(".zip"):
            list_zip(io.BytesIO(_content(partial(packed.open, info))), f"{name}/", inner)
        else:
            list_tar(partial(packed.open, info), f"{name}/", inner)
    except ReadError as error:
        found.refused[name] = str(error)
        return
    for member in inner.members.values():  # those of all archives are too many to be kept in memory
        found.add(member if found.group is not None else replace(member, open=_shut))
    found.refused |= inner.refused
    found.locked += inner.locked


def list_tar(opener: Callable[[], IO[bytes]], prefix: str, found: Listing) -> None:
    """As ``list_zip``, for a tar, compressed or not."""
    data = _content(opener)
    try:
        packed = tarfile.TarFile(fileobj=io.BytesIO(data), mode="r", encoding="utf-8", errors="surrogateescape")
        infos = [info for info in islice(packed, 2 * _MAX_MEMBERS + 1) if not info.isdir()]
    except BROKEN_ANY as error:
        raise _damaged() from error
    for info, name in zip(infos, names_of(infos), strict=True):
        path = proper(name)
        if path is None:
            found.refused[prefix + shown(name)] = _UNSAFE
        elif not info.isreg():
            found.refused[prefix + path] = f"压缩包里的这一项是链接或设备，不是文件，未收入。{UNPACK}。"
        elif is_archive(path):
            found.refused[prefix + path] = f"压缩包套压缩包，未收入。{UNPACK}。"
        else:
            found.add(Member(prefix + path, info.size, partial(_tar_member, packed, info)))


def _tar_member(packed: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    opened = packed.extractfile(info)
    if opened is None:
        raise ReadError("压缩包里的这一项不是文件", UNPACK)
    return opened


def _content(opener: Callable[[], IO[bytes]]) -> bytes:
    """All of an archive, without its gzip compression where it has one."""
    try:
        with opener() as opened:
            data = _bounded(opened)
        if not data.startswith(b"\x1f\x8b"):
            return data
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as unpacked:
            return _bounded(unpacked)
    except RuntimeError as error:
        raise ReadError("里面的压缩包设了密码", UNPACK) from error
    except BROKEN as error:
        raise _damaged() from error


def _bounded(opened: IO[bytes] | gzip.GzipFile) -> bytes:
    data = opened.read(_MAX_INNER + 1)
    if len(data) > _MAX_INNER:
        raise ReadError(f"压缩包解压后超过 {_MAX_INNER // 2**20} MB", UNPACK)
    return data


def _shut() -> NoReturn:
    raise ValueError("listed without being kept")


def _damaged() -> ReadError:
    return ReadError("压缩包已损坏，打不开", "请重新下载或复制，或解压后放入")


def _too_many() -> ReadError:
    return ReadError(f"压缩包里的文件超过 {_MAX_MEMBERS} 个", UNPACK)
