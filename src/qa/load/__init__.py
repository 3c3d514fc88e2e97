"""Files → blocks of raw text: one small module for each family of formats, chosen by content, then by suffix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

from qa.errors import ReadError, reason
from qa.load.archive import inside, is_archive, listing, open_member
from qa.load.html import read_html
from qa.load.mail import read_mail
from qa.load.markdown import read_markdown
from qa.load.mhtml import read_mhtml
from qa.load.ofd import read_ofd
from qa.load.pdf import read_pdf
from qa.load.sniff import family
from qa.load.text import read_csv, read_text
from qa.load.word import read_word
from qa.types import Loaded

__all__ = ["SUFFIXES", "ignored", "inside", "is_archive", "is_supported", "listing", "load", "open_member"]

Reader = Callable[[bytes], Loaded]

_READERS: dict[str, tuple[str, Reader]] = {
    **dict.fromkeys((".txt", ".text"), ("text", read_text)),
    **dict.fromkeys((".md", ".markdown"), ("text", read_markdown)),
    ".csv": ("text", read_csv),
    ".docx": ("word", read_word),
    **dict.fromkeys((".html", ".htm"), ("html", read_html)),
    ".pdf": ("pdf", read_pdf),
    ".ofd": ("ofd", read_ofd),
    **dict.fromkeys((".mht", ".mhtml"), ("mime", read_mhtml)),
    ".eml": ("mime", lambda data: read_mail(data, load_bytes)),
}
_BY_CONTENT: dict[str, tuple[str, Reader]] = {
    "word": ("Word 文档（.docx）", read_word),
    "pdf": ("PDF", read_pdf),
    "ofd": ("OFD", read_ofd),
    "mime": ("网页归档（.mht）", read_mhtml),
    "html": ("网页（.html）", read_html),
}
_BINARY = {"word": "Word 文档（.docx）", "pdf": "PDF", "ofd": "OFD"}

SUFFIXES = frozenset(_READERS)


def is_supported(path: PurePath) -> bool:
    """Whether files of this suffix, in any case, can be read."""
    return path.suffix.lower() in SUFFIXES


def ignored(path: PurePath) -> bool:
    """Whether the name is that of a lock, temporary or hidden file, which no one means to have in a library."""
    name = path.name.lower()
    return (
        name.startswith((".", "~$", "~wrl"))
        or name in ("thumbs.db", "desktop.ini")
        or name.endswith(("~", ".tmp", ".bak"))
    )


def load(path: Path, max_bytes: int) -> Loaded:
    """Read one file, in an archive too. Raises ReadError, in Chinese and with what to do, where there is no text.

    A file whose content is of another readable format than its suffix says is read as what it is, with a warning.
    """
    _reader_of(path.name)
    return load_bytes(path.name, _bytes(path, max_bytes))


def load_bytes(name: str, data: bytes) -> Loaded:
    """As ``load``, of a file whose bytes are at hand: one in an archive, or attached to a mail."""
    suffix, expected, reader = _reader_of(name)
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise ReadError("文件是空的", "请确认内容已经保存，或从文件夹里移走它")
    actual = family(data)
    warnings: tuple[str, ...] = ()
    if actual is not None and actual != expected:
        name, reader = _BY_CONTENT[actual]
        warnings = (f"后缀是 {suffix}，内容其实是 {name}，已按后者读取；请改正后缀",)
    elif actual is None and expected in _BINARY:
        raise ReadError(
            f"后缀是 {suffix}，内容却不是 {_BINARY[expected]}，或者文件已损坏", "请重新下载或复制，或改正后缀"
        )
    loaded = reader(data)
    if not any(block.text.strip() for block in loaded.blocks):
        raise ReadError("文件是空的，里面没有文字", "请确认内容已经保存；如果只有图片，请先做文字识别（OCR）")
    return replace(loaded, warnings=warnings + loaded.warnings)


def _reader_of(name: str) -> tuple[str, str, Reader]:
    """Suffix of a file's name, family and reader; raises ReadError where none reads it."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in _READERS:
        what, todo = f"不支持 {suffix or '没有后缀的'} 文件", "请另存为 .docx、.pdf、.txt、.md 或 .html"
        raise ReadError(what, todo)
    return suffix, *_READERS[suffix]


def _bytes(path: Path, max_bytes: int) -> bytes:
    place = inside(path)
    if place is not None:
        with open_member(*place) as opened:
            data = opened.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise ReadError(f"文件超过上限 {max_bytes / 2**20:.0f} MB", "请拆分，或调高 QA_MAX_FILE_MB")
        return data
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise ReadError(
                f"文件有 {size / 2**20:.1f} MB，超过上限 {max_bytes / 2**20:.0f} MB", "请拆分，或调高 QA_MAX_FILE_MB"
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError("文件不见了，可能刚被移走或改名", "请重新同步") from error
    except PermissionError as error:
        raise ReadError("没有权限读取这个文件", "请检查文件权限，或关闭正在占用它的程序") from error
    except OSError as error:
        raise ReadError(f"读取文件失败（{reason(error)}）", "请检查磁盘或网络位置后重试") from error
