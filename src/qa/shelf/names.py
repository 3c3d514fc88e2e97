"""Which names files and folders may have: those that every system takes, and that a scan will read."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from qa.build import unsupported
from qa.errors import InputError
from qa.load import ignored
from qa.load.archive_listing import ARCHIVES

MAX_BYTES = 255
"""Of a name in UTF-8: the limit of ext4, XFS, APFS; NTFS counts 255 UTF-16 units, which are never more."""
MAX_DEPTH, MAX_PATH = 20, 1000
"""Folders above a file, and characters of the whole path; what is beyond can't be opened on Windows or in Explorer."""

_FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f-\x9f]')
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that turn the direction of writing: 「合同‮cod.exe」 would be shown as another name than it has."""
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.IGNORECASE | re.DOTALL)
"""Devices of Windows, with any suffix (docs of CreateFile, "Naming Files, Paths, and Namespaces")."""


def checked_path(text: str) -> str:
    """A path relative to the corpus folder, each part of it checked; parts joined by "/", in Unicode's form C.

    macOS sends names in form D, where 「が」 is two characters; another name for the same file would stand beside it.
    Raises InputError.
    """
    parts = text.split("/")
    if len(parts) > MAX_DEPTH + 1 or len(text) > MAX_PATH:
        raise InputError(f"路径太长或层次太多（{len(text)} 字，{len(parts)} 层）", f"请放在 {MAX_DEPTH} 层以内的文件夹")
    return "/".join(checked_name(part) for part in parts)


def checked_name(text: str) -> str:
    """One name, checked; raises InputError that says what is wrong and what to do."""
    name = unicodedata.normalize("NFC", text)
    shown = name.encode("utf-8", "backslashreplace").decode()[:80]
    if not name.strip():
        raise InputError("名称是空的", "请起一个名称")
    if name in {".", ".."}:
        raise InputError(f"名称不能是“{shown}”", "请直接写文件夹和文件的名称")
    if any(unicodedata.category(c) == "Cs" for c in name):
        raise InputError(f"名称“{shown}”的编码不对", "请改名后再上传")
    if found := _FORBIDDEN.search(name):
        sign = found.group() if found.group().isprintable() else "控制字符"
        raise InputError(f"名称“{shown}”里有不能用的字符 {sign}", '请改名；\\ / : * ? " < > | 和控制字符都不能用')
    if _TURNS.search(name):
        raise InputError(f"名称“{shown}”里有改变文字方向的隐藏字符", "请改名后再上传")
    if name != name.strip(" ") or name.endswith("."):
        raise InputError(f"名称“{shown}”以空格开头或以空格、句点结尾", "Windows 打不开这样的文件，请改名")
    if _RESERVED.fullmatch(name):
        raise InputError(f"“{shown}”是 Windows 的保留名称", "请改名，例如在前面加上日期")
    if len(name.encode()) > MAX_BYTES:
        raise InputError(
            f"名称太长（{len(name.encode())} 字节）：{shown[:30]}…", f"请改短到 {MAX_BYTES // 3} 个汉字以内"
        )
    if ignored(PurePosixPath(name)):
        raise InputError(f"“{shown}”是隐藏文件或临时文件", "这样的文件不会收进资料库；确实需要，请改名")
    return name


def why_not(path: str) -> str | None:
    """Why a file of this name is not read, and what to do; None where it is."""
    return unsupported(PurePosixPath(path))


def numbered(name: str, number: int) -> str:
    """「通知.docx」 → 「通知 (2).docx」, 「a.tar.gz」 → 「a (2).tar.gz」, the stem cut where all is too long."""
    whole = PurePosixPath(name)
    suffix = next((ending for ending in ARCHIVES if name.lower().endswith(ending)), whole.suffix)
    stem, suffix = name[: len(name) - len(suffix)], name[len(name) - len(suffix) :]
    tail = f" ({number}){suffix}"
    while stem and len((stem + tail).encode()) > MAX_BYTES:
        stem = stem[:-1]
    return stem.rstrip(" .") + tail
