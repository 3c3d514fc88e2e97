"""What a file really is, by its first bytes; suffixes are often wrong."""

from __future__ import annotations

import io
import re
import zipfile

from qa.errors import ReadError
from qa.load.zipped import BROKEN

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"II*\x00", b"MM\x00*")
_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b\x08")

_MHTML = re.compile(rb"(?:from: <saved by|mime-version:)(?=[\s\S]*content-type:\s*multipart/related)", re.IGNORECASE)


def family(data: bytes) -> str | None:
    """ "word", "pdf", "ofd", "html", "picture" or "mime" (a saved page) where the content says so; None: maybe text.

    Raises ReadError for content that is certainly something else, with what to do about it.
    """
    head = data[:1024].lstrip(b"\xef\xbb\xbf\x00\t\r\n ")
    if head.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _ole(data)
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if head.startswith(b"{\\rtf"):
        raise ReadError("内容其实是 RTF 文档", "请用 Word 或 WPS 打开，另存为 .docx")
    if data.startswith(_PICTURES) or (data.startswith(b"BM") and b"\x00" in data[:32]):
        return "picture"
    if data.startswith(b"GIF8"):
        raise ReadError("内容其实是 GIF 图片", "请用看图软件另存为 .png")
    if data.startswith(_ARCHIVES):
        raise ReadError("内容其实是压缩包", "请先解压，再放入其中的文档")
    if _MHTML.match(head) and not re.search(rb"^(?:to|received):", head, re.IGNORECASE | re.MULTILINE):
        return "mime"
    if head[:200].lower().startswith((b"<!doctype html", b"<html")):
        return "html"
    return None


def _ole(data: bytes) -> ReadError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return ReadError("文档设了打开密码", "请在 Word 或 WPS 里去掉密码后重新保存")
    if "__substg1.0_".encode("utf-16-le") in data:
        return ReadError("内容其实是 Outlook 邮件（.msg）", "请用 Outlook 打开，另存为 .eml，或把文字另存为 .docx")
    if "WordDocument".encode("utf-16-le") in data:
        return ReadError("内容其实是旧版 Word 文档（.doc）", "请用 Word 或 WPS 打开，另存为 .docx")
    return ReadError("内容其实是旧版 Office 文档（.doc/.xls/.ppt）", "请用 Word 或 WPS 打开，另存为 .docx 或 .pdf")


def _zipped(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except BROKEN as error:
        raise ReadError("文档已损坏，打不开（压缩结构不完整）", "请重新下载或复制，或用 Word 打开后另存") from error
    if any(name.replace("\\", "/").lstrip("/").lower() == "ofd.xml" for name in names):
        return "ofd"
    for prefix, kind in (("word/", "word"), ("xl/", "Excel 表格"), ("ppt/", "PPT 演示文稿")):
        if any(name.startswith(prefix) for name in names):
            if kind == "word":
                return kind
            raise ReadError(f"内容其实是 {kind}", "请把文字另存为 .docx、.pdf 或 .txt")
    raise ReadError("内容其实是压缩包", "请先解压，再放入其中的文档")
