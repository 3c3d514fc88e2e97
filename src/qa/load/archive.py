"""Documents inside archives (.zip, .tar, .tar.gz) as if they lay in a folder of that name: "年报.zip/2024/总结.docx".

Nothing is ever unpacked onto the disk. A listing reads the archive's directory only; an archive inside an archive, and
a compressed tar, has none within reach and is unpacked into memory, within a bound.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import IO

from qa.errors import ReadError, reason
from qa.load.archive_names import names_of, proper, shown
from qa.load.zipped import BROKEN, directory_size, is_encrypted, open_zip

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")

_MAX_MEMBERS = 2_000  # a directory is read anew for each member: 2,000 entries take 10 ms
_MAX_TOTAL = 2**30  # bytes of all members, unpacked
_MAX_INNER = 64 * 2**20  # bytes of what has to be unpacked in memory to be listed
_MAX_RATIO = 200  # text packs to a tenth, repeated tables to a fiftieth, a bomb to a thousandth
_RATIO_FROM = 8 * 2**20  # bytes below which a member may pack as well as it likes
_MAX_DIRECTORY = 4 * 2**20  # bytes; 2,000 names of the longest kind
_UNPACK = "请解压后放入其中的文档"
_UNSAFE = f"压缩包里的文件名不安全（指向别处，或含有特殊字符），未收入。{_UNPACK}。"
_TAR_BROKEN = (*BROKEN, tarfile.TarError, OverflowError, RecursionError, AttributeError, TypeError)


@dataclass(frozen=True, slots=True)
class Member:
    """``name`` is relative to the archive, with "/"; ``size`` in bytes, as the directory says."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


@dataclass(slots=True)
class Listing:
    """``refused``: name → why and what to do, for members that can't be taken in. ``locked``: those with a password."""

    members: dict[str, Member] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    locked: list[str] = field(default_factory=list)
    total: int = 0

    def add(self, member: Member) -> None:
        """Later members take the place of earlier ones of that name, as unpacking would have it."""
        if member.name in self.members:
            self.refused[member.name] = f"压缩包里有几个同名的文件，只收入最后一个。{_UNPACK}，并改名。"
        self.members[member.name] = member
        if len(self.members) > _MAX_MEMBERS:
            raise ReadError(f"压缩包里的文件超过 {_MAX_MEMBERS} 个", _UNPACK)
        self.grow(member.size)

    def grow(self, size: int) -> None:
        self.total += size
        if self.total > _MAX_TOTAL:
            raise ReadError(f"压缩包解压后超过 {_MAX_TOTAL // 2**20} MB", _UNPACK)


def is_archive(name: str) -> bool:
    return name.lower().endswith(ARCHIVES)


def inside(path: Path) -> tuple[Path, str] | None:
    """Archive and member that a path leads to; None for a path of files and folders alone."""
    if not any(is_archive(part) for part in path.parts[:-1]):
        return None
    for outer in reversed(path.parents):
        if is_archive(outer.name) and outer.is_file():
            return outer, path.relative_to(outer).as_posix()
    return None


@contextmanager
def listing(archive: Path, wanted: str | None = None) -> Iterator[Listing]:
    """What an archive holds, readable while the context lasts; with ``wanted`` only as far as that member needs.

    Raises ReadError for an archive that is damaged, hostile, or can't be opened.
    """
    try:
        opened = archive.open("rb")
    except OSError as error:
        raise ReadError(f"打不开压缩包（{reason(error)}）", "请检查文件权限，或关闭正在占用它的程序") from error
    found = Listing()
    with opened:
        if archive.name.lower().endswith(".zip"):
            _list_zip(opened, "", archive, wanted, found)
        else:
            _list_tar(_content(archive, "", lambda: archive.open("rb")), "", found)
        yield found


@contextmanager
def open_member(archive: Path, name: str) -> Iterator[IO[bytes]]:
    """The bytes of one member; what goes wrong while they are read is a ReadError too."""
    with listing(archive, name) as found:
        member = found.members.get(name)
        if member is None:
            todo = found.refused.get(name, "请重新同步")
            raise ReadError("压缩包里没有这个文件，或者不能收入", todo)
        try:
            with member.open() as opened:
                yield opened
        except RuntimeError as error:
            raise ReadError("压缩包里的这个文件设了密码", _UNPACK) from error
        except _TAR_BROKEN as error:
            raise ReadError("压缩包里的这个文件已损坏", "请重新下载或复制压缩包，或解压后放入") from error


def _list_zip(source: bytes | IO[bytes], prefix: str, archive: Path, wanted: str | None, found: Listing) -> None:
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        if directory_size(stream) > _MAX_DIRECTORY:
            raise ReadError(f"压缩包里的文件超过 {_MAX_MEMBERS} 个", _UNPACK)
        packed = open_zip(stream)
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
            found.refused[prefix + path] = f"压缩比异常，可能是有害的压缩包，未收入。确实需要的话{_UNPACK}。"
        elif is_archive(path):
            _nested(Nest(packed, info, prefix + path, archive, wanted), found, deeper=bool(prefix))
        else:
            found.add(Member(prefix + path, info.file_size, partial(packed.open, info)))


@dataclass(frozen=True, slots=True)
class Nest:
    """An archive in a zip: the zip, its entry, its name in the listing, the file on disk, the member wanted."""

    packed: zipfile.ZipFile
    info: zipfile.ZipInfo
    name: str
    archive: Path
    wanted: str | None


def _nested(nest: Nest, found: Listing, *, deeper: bool) -> None:
    """Add what an archive in an archive holds, one level of them; its own faults cost the outer one nothing."""
    name, inner = nest.name, Listing()
    if nest.wanted is not None and not nest.wanted.startswith(f"{name}/"):
        return
    if deeper:
        found.refused[name] = f"压缩包套压缩包，层数过多，未收入。{_UNPACK}。"
        return
    found.grow(nest.info.file_size)
    try:
        data = _content(nest.archive, nest.info.filename, partial(nest.packed.open, nest.info))
        if name.lower().endswith(".zip"):
            _list_zip(data, f"{name}/", nest.archive, nest.wanted, inner)
        else:
            _list_tar(data, f"{name}/", inner)
    except ReadError as error:
        found.refused[name] = str(error)
        return
    for member in inner.members.values():
        found.add(member)
    found.refused |= inner.refused
    found.locked += inner.locked


def _list_tar(data: bytes, prefix: str, found: Listing) -> None:
    try:
        packed = tarfile.TarFile(fileobj=io.BytesIO(data), mode="r", encoding="utf-8", errors="surrogateescape")
        infos = [info for info in islice(packed, 2 * _MAX_MEMBERS + 1) if not info.isdir()]
    except _TAR_BROKEN as error:
        raise _damaged() from error
    for info, name in zip(infos, names_of(infos), strict=True):
        path = proper(name)
        if path is None:
            found.refused[prefix + shown(name)] = _UNSAFE
        elif not info.isreg():
            found.refused[prefix + path] = f"压缩包里的这一项是链接或设备，不是文件，未收入。{_UNPACK}。"
        elif is_archive(path):
            found.refused[prefix + path] = f"压缩包套压缩包，未收入。{_UNPACK}。"
        else:
            found.add(Member(prefix + path, info.size, partial(_tar_member, packed, info)))


def _tar_member(packed: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    opened = packed.extractfile(info)
    if opened is None:
        raise ReadError("压缩包里的这一项不是文件", _UNPACK)
    return opened


@dataclass(frozen=True, slots=True)
class _Source:
    """A tar, or the archive ``inner`` in a zip. ``state`` (size, time, inode) stands for what the file holds."""

    archive: Path
    inner: str
    state: tuple[int, int, int]
    opener: Callable[[], IO[bytes]] = field(compare=False)


def _content(archive: Path, inner: str, opener: Callable[[], IO[bytes]]) -> bytes:
    """All of what can't be listed without unpacking it; without its own compression, where it has one."""
    try:
        status = archive.stat()
        return _read_once(_Source(archive, inner, (status.st_size, status.st_mtime_ns, status.st_ino), opener))
    except RuntimeError as error:
        raise ReadError("里面的压缩包设了密码", _UNPACK) from error
    except BROKEN as error:
        raise _damaged() from error


@lru_cache(maxsize=1)  # its members are asked for one after the other
def _read_once(source: _Source) -> bytes:
    with source.opener() as opened:
        data = _bounded(opened)
    if not data.startswith(b"\x1f\x8b"):
        return data
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as unpacked:
        return _bounded(unpacked)


def _bounded(opened: IO[bytes] | gzip.GzipFile) -> bytes:
    data = opened.read(_MAX_INNER + 1)
    if len(data) > _MAX_INNER:
        raise ReadError(f"压缩包解压后超过 {_MAX_INNER // 2**20} MB", _UNPACK)
    return data


def _damaged() -> ReadError:
    return ReadError("压缩包已损坏，打不开", "请重新下载或复制，或解压后放入")
