"""Files → blocks of raw text: one small module for each family of formats, chosen by content, then by suffix."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

from qa.errors import Passing, ReadError, reason
from qa.load.archive import inside, is_archive, listing, open_member
from qa.load.excel import read_excel
from qa.load.excel_2003 import read_excel_2003
from qa.load.excel_old import read_excel_old
from qa.load.html import read_html
from qa.load.mail import read_mail
from qa.load.markdown import read_markdown
from qa.load.mhtml import read_mhtml
from qa.load.ocr import engine_name
from qa.load.ofd import read_ofd
from qa.load.options import DEFAULTS, OcrMode, Options
from qa.load.pdf import read_pdf
from qa.load.picture import read_picture
from qa.load.slides import read_slides
from qa.load.sniff import family, is_markup
from qa.load.soffice import through_office
from qa.load.text import read_csv, read_text
from qa.load.word import read_word
from qa.types import Loaded

__all__ = [
    "DEFAULTS",
    "SUFFIXES",
    "OcrMode",
    "Options",
    "engine_name",
    "ignored",
    "inside",
    "is_archive",
    "is_supported",
    "listing",
    "load",
    "open_member",
    "reader_of",
]

Reader = Callable[[bytes], Loaded]

_doc = through_office("doc", "旧版 Word 文档（.doc）", "docx")
_ppt = through_office("ppt", "旧版 PPT 演示文稿（.ppt）", "pptx")
_rtf = through_office("rtf", "RTF 文档", "docx")


def _read_mail(data: bytes, options: Options = DEFAULTS) -> Loaded:
    return read_mail(data, lambda name, attached: load_bytes(name, attached, options))


_READERS: dict[str, tuple[str, Reader]] = {
    **dict.fromkeys((".txt", ".text"), ("text", read_text)),
    **dict.fromkeys((".md", ".markdown"), ("text", read_markdown)),
    ".csv": ("text", read_csv),
    **dict.fromkeys((".docx", ".docm", ".dotx", ".dotm"), ("word", read_word)),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx", ".xltm"), ("excel", read_excel)),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx", ".ppsm", ".potx"), ("slides", read_slides)),
    **dict.fromkeys((".html", ".htm"), ("html", read_html)),
    ".pdf": ("pdf", read_pdf),
    ".ofd": ("ofd", read_ofd),
    **dict.fromkeys((".mht", ".mhtml"), ("mime", read_mhtml)),
    ".eml": ("mime", _read_mail),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"), ("picture", read_picture)),
    **dict.fromkeys((".doc", ".dot", ".wps", ".wpt"), ("doc", _doc)),
    **dict.fromkeys((".xls", ".xlt", ".et", ".ett"), ("xls", read_excel_old)),
    **dict.fromkeys((".ppt", ".pps", ".pot", ".dps", ".dpt"), ("ppt", _ppt)),
    ".rtf": ("rtf", _rtf),
    ".odt": ("odt", through_office("odt", "OpenDocument 文档（.odt）", "docx")),
    ".ods": ("ods", through_office("ods", "OpenDocument 表格（.ods）", "xlsx")),
    ".odp": ("odp", through_office("odp", "OpenDocument 演示文稿（.odp）", "pptx")),
}
_BY_CONTENT: dict[str, tuple[str, Reader]] = {
    "word": ("Word 文档（.docx）", read_word),
    "excel": ("Excel 表格（.xlsx）", read_excel),
    "slides": ("PPT 演示文稿（.pptx）", read_slides),
    "pdf": ("PDF", read_pdf),
    "ofd": ("OFD", read_ofd),
    "mime": ("网页归档（.mht）", read_mhtml),
    "html": ("网页（.html）", read_html),
    "doc": ("旧版 Word 文档（.doc）", _doc),
    "xls": ("旧版 Excel 表格（.xls）", read_excel_old),
    "ppt": ("旧版 PPT 演示文稿（.ppt）", _ppt),
    "rtf": ("RTF 文档（.rtf）", _rtf),
    "odt": ("OpenDocument 文档（.odt）", _READERS[".odt"][1]),
    "ods": ("OpenDocument 表格（.ods）", _READERS[".ods"][1]),
    "odp": ("OpenDocument 演示文稿（.odp）", _READERS[".odp"][1]),
    "word-xml": ("Word 2003 的 XML 文档", through_office("xml", "Word 2003 的 XML 文档", "docx")),
    "excel-xml": ("Excel 2003 的 XML 表格", read_excel_2003),
    "picture": ("图片", read_picture),
}
_WITH_OPTIONS: dict[Reader, Callable[[bytes, Options], Loaded]] = {
    read_pdf: read_pdf,
    read_ofd: read_ofd,
    read_picture: read_picture,
    _read_mail: _read_mail,
}
_FILLED = re.compile(rb"[^\x00\t\n\r \xef\xbb\xbf\xff\xfe]")
"""Anything but blanks and byte order marks."""
_KIN = {"doc": "word", "xls": "excel", "ppt": "slides"}
_WPS = frozenset((".wps", ".wpt", ".et", ".ett", ".dps", ".dpt"))
"""WPS writes both the old binary formats and the new ones under its own suffixes."""
_PLAIN = frozenset(("text", "html", "mime"))
"""Families that may look like plain text."""
_EXPORTED = {"doc": ("纯文本", read_text), "xls": ("用逗号或制表符分隔的文本", read_csv)}
"""What office systems call .doc or .xls though it is text; a piece of HTML is the other kind of it."""

_NAMED_BY_FILE = frozenset(("xlsx", "xls", "ods", "csv"))
"""A table has no title of its own, and the name of its first sheet (任务清单, 一季度) says less than the file's."""

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


def load(path: Path, max_bytes: int, options: Options = DEFAULTS) -> Loaded:
    """Read one file, in an archive too. Raises ReadError, in Chinese and with what to do, where there is no text.

    A file whose content is of another readable format than its suffix says is read as what it is, with a warning.
    """
    reader_of(path.name)
    return load_bytes(path.name, _bytes(path, max_bytes), options)


def load_bytes(name: str, data: bytes, options: Options = DEFAULTS) -> Loaded:
    """As ``load``, of a file whose bytes are at hand: one in an archive, or attached to a mail."""
    suffix, expected, reader = reader_of(name)
    if not _FILLED.search(data):
        raise ReadError("文件是空的", "请确认内容已经保存，或从文件夹里移走它")
    reader, warnings = _reader(suffix, expected, reader, data)
    loaded = _WITH_OPTIONS[reader](data, options) if reader in _WITH_OPTIONS else reader(data)
    if loaded.format in _NAMED_BY_FILE:
        loaded = replace(loaded, title=loaded.title or PurePath(name).stem)
    if not any(block.text.strip() for block in loaded.blocks):
        raise ReadError("文件是空的，里面没有文字", "请确认内容已经保存；如果只有图片，请先做文字识别（OCR）")
    return replace(loaded, warnings=warnings + loaded.warnings)


def reader_of(name: str) -> tuple[str, str, Reader]:
    """Suffix of a file's name, family and reader; raises ReadError where none reads it."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in _READERS:
        what, todo = f"不支持 {suffix or '没有后缀的'} 文件", "请另存为 .docx、.pdf、.txt、.md 或 .html"
        raise ReadError(what, todo)
    return suffix, *_READERS[suffix]


def _reader(suffix: str, expected: str, reader: Reader, data: bytes) -> tuple[Reader, tuple[str, ...]]:
    """The reader for what the file is, and a warning where its suffix says otherwise."""
    actual = family(data)
    if actual == expected or (actual is None and expected in _PLAIN):
        return reader, ()
    if actual is not None:
        name, reader = _BY_CONTENT[actual]
        if suffix in _WPS and actual == _KIN[expected]:
            return reader, ()
    elif expected in ("doc", "xls") and is_markup(data):
        name, reader = _BY_CONTENT["html"]
    elif expected in _EXPORTED and b"\x00" not in data:
        name, reader = _EXPORTED[expected]
    else:
        kind = _BY_CONTENT[expected][0]
        raise ReadError(f"后缀是 {suffix}，内容却不是 {kind}，或者文件已损坏", "请重新下载或复制，或改正后缀")
    todo = "请打开后另存为新的格式" if (actual or "").endswith("-xml") else "请改正后缀"
    return reader, (f"后缀是 {suffix}，内容其实是 {name}，已按后者读取；{todo}",)


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
        raise Passing("文件不见了，可能刚被移走或改名", "请重新同步") from error
    except PermissionError as error:
        raise Passing("没有权限读取这个文件", "请检查文件权限，或关闭正在占用它的程序") from error
    except OSError as error:
        raise Passing(f"读取文件失败（{reason(error)}）", "请检查磁盘或网络位置后重试") from error
