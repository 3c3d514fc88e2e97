"""Names of an archive's members: in which encoding they are, and whether they are fit to be paths of a library."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Sequence

from qa.load.encoding import decode_name
from qa.load.zipped import states_utf8

_MAX_NAME = 1_000


def names_of(infos: Sequence[zipfile.ZipInfo | tarfile.TarInfo]) -> list[str]:
    """Names in order. Where an archive doesn't say their encoding, all that are open are judged together.

    Zip files packed on Chinese Windows carry GBK names, and Python reads them as the American cp437.
    """
    raws = [_raw(info) for info in infos]
    doubtful = [raw for raw in raws if raw is not None]
    together = decode_name(b"\n".join(doubtful))
    decoded = iter(together.split("\n") if together is not None and together.count("\n") == len(doubtful) - 1 else [])
    return [
        _stated(info) if raw is None else next(decoded, _fallback(raw)) for info, raw in zip(infos, raws, strict=True)
    ]


def proper(name: str) -> str | None:
    """A member's name as a relative path with "/"; None where it points elsewhere or can't be a path."""
    name = name.replace("\\", "/")
    if name.startswith("/") or re.match("[A-Za-z]:", name) or re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", name):
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts or not parts or len(name) > _MAX_NAME:
        return None
    return "/".join(parts)


def _stated(info: zipfile.ZipInfo | tarfile.TarInfo) -> str:
    return info.name if isinstance(info, tarfile.TarInfo) else info.orig_filename


def _raw(info: zipfile.ZipInfo | tarfile.TarInfo) -> bytes | None:
    """The name's bytes; None where its encoding is certain. As stored: Python's own is cut at NUL characters."""
    if isinstance(info, zipfile.ZipInfo):
        certain = states_utf8(info) or info.orig_filename.isascii()
        return None if certain else info.orig_filename.encode("cp437")
    try:
        info.name.encode()
    except UnicodeEncodeError:
        return info.name.encode("utf-8", "surrogateescape")
    return None


def _fallback(raw: bytes) -> str:
    return raw.decode("cp437")


def shown(name: str) -> str:
    """A name that is no path, as it can be stored and shown."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "�", name)[:200].replace("\\", "/").lstrip("/")
