"""Members of a zip file, read with bounds and never onto the disk."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from typing import IO, cast

BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError, NotImplementedError),
    *(zlib.error, lzma.LZMAError, struct.error, IndexError, KeyError),
)
"""What zipfile raises for a damaged file or a way of packing that it doesn't know."""

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_TAIL = 2**16 + 200  # the longest comment behind a directory's end, and the end itself, twice


class TooLarge(Exception):
    """A member gives more bytes than are allowed."""


def open_zip(source: bytes | IO[bytes] | io.RawIOBase) -> zipfile.ZipFile:
    """Raises one of ``BROKEN``."""
    return zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else cast(IO[bytes], source))


def directory_size(source: IO[bytes] | io.RawIOBase) -> int:
    """Bytes that a zip's directory claims to have, 0 where none is found: what opening it would read into memory."""
    source.seek(0, io.SEEK_END)
    source.seek(max(0, source.tell() - _TAIL))
    tail = source.read(_TAIL) or b""
    at, large = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    claimed = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    if claimed == 0xFFFFFFFF and large >= 0:
        claimed = int.from_bytes(tail[large + 40 : large + 48], "little")
    return claimed


def is_encrypted(info: zipfile.ZipInfo) -> bool:
    return bool(info.flag_bits & _ENCRYPTED)


def states_utf8(info: zipfile.ZipInfo) -> bool:
    """Whether the name is marked as UTF-8; if not, it is in whatever encoding the packing machine had."""
    return bool(info.flag_bits & _UTF8_NAME)


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """Bytes of a member, at most ``limit``, whatever the directory says of its size.

    Raises TooLarge, RuntimeError where a password is needed, or one of ``BROKEN``.
    """
    if info.file_size > limit:
        raise TooLarge
    with archive.open(info) as opened:
        data = opened.read(limit + 1)
    if len(data) > limit:
        raise TooLarge
    return data
