"""Archives as Chinese offices have them, and as attackers make them."""

from __future__ import annotations

import io
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Iterable, Mapping

Files = Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]]


def pairs(files: Files) -> list[tuple[str, bytes]]:
    items = files.items() if isinstance(files, Mapping) else files
    return [(name, content.encode() if isinstance(content, str) else content) for name, content in items]


def zipped(files: Files, encoding: str = "utf-8", comment: bytes = b"") -> bytes:
    """A zip whose names are in an encoding; none but UTF-8 is marked. Names may repeat and point anywhere."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that repeat
        archive.comment = comment
        for name, content in pairs(files):
            info = _Info(name, encoding)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


class _Info(zipfile.ZipInfo):
    """Writes its name as an old packer does."""

    def __init__(self, name: str, encoding: str) -> None:
        super().__init__("x", (2024, 3, 5, 14, 30, 0))
        self.filename = name
        self._encoding = encoding

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's own name
        if self._encoding == "utf-8" and not self.filename.isascii():
            return self.filename.encode(), self.flag_bits | 0x800
        return self.filename.encode(self._encoding), self.flag_bits


def locked(data: bytes, name: str) -> bytes:
    """The same with one member marked as encrypted."""
    made = bytearray(data)
    at = made.find(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", made, at + 28)[0]
        if bytes(made[at + 46 : at + 46 + length]) == name.encode():
            made[at + 8] |= 1
        at = made.find(b"PK\x01\x02", at + 46)
    return bytes(made)


def tarred(files: Files, mode: str = "w:gz", links: Iterable[str] = ()) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, encoding="gb18030", format=tarfile.GNU_FORMAT) as archive:  # type: ignore[call-overload]
        for name, content in pairs(files):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/hostname"
            archive.addfile(info)
    return buffer.getvalue()
