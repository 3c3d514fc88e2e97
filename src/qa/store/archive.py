"""A .zip or .tar.gz as a row of named streams, written and read with nothing but the standard library."""

from __future__ import annotations

import contextlib
import gzip
import io
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from qa.errors import InputError

Put = Callable[[str, IO[bytes], int], None]

ZIP, TAR = (".zip",), (".tar.gz", ".tgz")
BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile),
    *(NotImplementedError, RuntimeError, ValueError),  # encrypted, or packed in a way that is not known
)
"""What a damaged archive raises."""

_BLOCK = 2**20
_LEVEL = 1
"""Vectors hardly shrink whatever is spent on them: 395 MB become 281 in 8 s at level 1, 273 in 14 s at 6."""

_MEMBERS = 10_000
_HEADER = 2**24
"""More bytes than any honest member's header or list of files has."""


def kind_of(path: Path) -> str:
    """ "zip" or "tar" by the name; raises InputError for another."""
    name = path.name.lower()
    if name.endswith(ZIP):
        return "zip"
    if name.endswith(TAR):
        return "tar"
    raise InputError(f"不知道怎样写 {path.name}", "备份文件的名字请以 .tar.gz、.tgz 或 .zip 结尾")


@contextlib.contextmanager
def writing(path: Path, kind: str) -> Iterator[Put]:
    """Gives a function that adds (name, stream, its size in bytes)."""
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL, strict_timestamps=False) as archive:

            def put(name: str, stream: IO[bytes], size: int) -> None:
                info = zipfile.ZipInfo(name, time.localtime()[:6])
                info.compress_type, info.file_size, info.external_attr = zipfile.ZIP_DEFLATED, size, 0o644 << 16
                with archive.open(info, "w", force_zip64=True) as member:
                    for block in iter(lambda: stream.read(_BLOCK), b""):
                        member.write(block)

            yield put
    else:
        with tarfile.open(path, "w:gz", compresslevel=_LEVEL, format=tarfile.PAX_FORMAT) as tar:

            def put(name: str, stream: IO[bytes], size: int) -> None:
                info = tarfile.TarInfo(name)
                info.size, info.mtime, info.mode = size, int(time.time()), 0o644
                tar.addfile(info, stream)

            yield put


def members(path: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """(name, size as stated, stream) of an archive's files in their order; a stream is good until the next one.

    Memory stays bounded whatever the archive says. Raises one of ``BROKEN``, as reading a stream does, for what is no
    archive, is damaged, or holds anything but plain files.
    """
    with path.open("rb") as file:
        known = file.read(4)
    opened = _zipped(path) if known[:2] == b"PK" else _tarred(path)
    for count, member in enumerate(opened):
        if count >= _MEMBERS:
            raise tarfile.TarError("too many members")
        yield member


def _zipped(path: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.is_dir() or (info.external_attr >> 16) & 0o170000 not in (0, 0o100000):
                raise zipfile.BadZipFile(info.filename)
            with archive.open(info) as stream:
                yield info.filename, info.file_size, stream


def _tarred(path: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    with gzip.open(path) as plain, tarfile.open(fileobj=_Bounded(cast("IO[bytes]", plain)), mode="r:") as archive:
        for info in archive:
            if not info.isreg() or info.issparse():
                raise tarfile.TarError(info.name)
            stream = archive.extractfile(info)
            assert stream is not None  # noqa: S101 - a regular file has one
            yield info.name, info.size, stream


class _Bounded(io.RawIOBase):
    """tarfile reads a header of any stated length at once."""

    def __init__(self, plain: IO[bytes]) -> None:
        self._plain = plain

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _HEADER:
            raise tarfile.TarError(f"{size} bytes at once")
        return self._plain.read(size)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._plain.seek(offset, whence)

    def tell(self) -> int:
        return self._plain.tell()
