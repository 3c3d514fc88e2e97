"""What a file really is, by its first bytes; suffixes are often wrong."""

from __future__ import annotations

import io
import re
import zipfile

from qa.errors import ReadError
from qa.load.zipped import BROKEN, TooLarge, read_member

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"II*\x00", b"MM\x00*")
_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = (
    ("doc", ("WordDocument",)),
    ("xls", ("Workbook", "Book")),
    ("ppt", ("PowerPoint Document", "PP97_DUALSTORAGE")),
)
_XML_2003 = {b"Word.Document": "word-xml", b"Excel.Sheet": "excel-xml"}
_MARKUP = re.compile(
    rb"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|head|body|meta|title|style|table|div|p|br|font|center|h\d)\b",
    re.IGNORECASE | re.DOTALL,
)

_MHTML = re.compile(rb"(?:from: <saved by|mime-version:)(?=[\s\S]*content-type:\s*multipart/related)", re.IGNORECASE)


def family(data: bytes) -> str | None:
    """The family of formats that the content says it is ("word", "pdf", "html", …), None when it may be plain text.

    Raises ReadError for content that is certainly something else, with what to do about it.
    """
    head = data[:1024].lstrip(b"\xef\xbb\xbf\x00\t\r\n ")
    if head.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(_OLE):
        return _ole(data)
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if head.startswith(b"{\\rtf"):
        return "rtf"
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
    if head.startswith(b"<?xml") and (program := re.search(rb"<\?mso-application\s+progid=[\"']([\w.]+)", head)):
        return _XML_2003.get(program[1])
    return None


def is_markup(data: bytes) -> bool:
    """Whether it begins like a piece of HTML; what office systems export as .doc or .xls often is one."""
    return _MARKUP.match(data[:4096].lstrip(b"\xef\xbb\xbf\x00\t\r\n ")) is not None


def _ole(data: bytes) -> str:
    """By the streams at the root: those of embedded documents lie deeper."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as found:
            streams = {name[0].lower() for name in found.listdir() if len(name) == 1}
    except Exception as error:  # it raises what its checks of a broken file happen to hit
        raise ReadError("旧版 Office 文档已损坏，打不开", "请重新下载或复制，或用 Office、WPS 打开后另存") from error
    if "encryptedpackage" in streams:
        raise ReadError("文档设了打开密码", "请在 Word 或 WPS 里去掉密码后重新保存")
    if any(name.startswith("__substg1.0_") for name in streams):
        raise ReadError("内容其实是 Outlook 邮件（.msg）", "请用 Outlook 打开，另存为 .eml，或把文字另存为 .docx")
    for kind, names in _STREAMS:
        if any(name.lower() in streams for name in names):
            return kind
    raise ReadError(
        "内容是旧版 Office 的一种文件，却不是文档、表格或演示文稿", "请用生成它的程序打开，另存为 .docx 或 .pdf"
    )


def _zipped(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.replace("\\", "/").lstrip("/").lower() for name in archive.namelist()]
            kind = read_member(archive, archive.getinfo("mimetype"), 200) if "mimetype" in names else b""
    except (*BROKEN, RuntimeError, TooLarge) as error:
        raise ReadError("文档已损坏，打不开（压缩结构不完整）", "请重新下载或复制，或用 Word 打开后另存") from error
    if "ofd.xml" in names:
        return "ofd"
    for prefix, office in (("word/", "word"), ("xl/", "excel"), ("ppt/", "slides")):
        if any(name.startswith(prefix) for name in names):
            return office
    match = re.match(rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)", kind)
    if match:
        return {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}[match[1]]
    raise ReadError("内容其实是压缩包", "请先解压，再放入其中的文档")
