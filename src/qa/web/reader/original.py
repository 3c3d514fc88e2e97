"""The original file of a document, as it was when it was indexed: nothing else is handed out."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from qa.errors import QAError, reason
from qa.load import inside
from qa.types import Document

PIECE = 2**18

_KINDS = {
    **dict.fromkeys((".docx", ".dotx"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    **dict.fromkeys((".xlsx", ".xltx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".ppsx": "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
    **dict.fromkeys((".doc", ".dot", ".wps"), "application/msword"),
    **dict.fromkeys((".xls", ".et"), "application/vnd.ms-excel"),
    **dict.fromkeys((".ppt", ".dps"), "application/vnd.ms-powerpoint"),
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".ofd": "application/ofd",
    ".rtf": "application/rtf",
    ".md": "text/markdown",
    **dict.fromkeys((".mht", ".mhtml"), "multipart/related"),
}
_BUILT_IN = mimetypes.MimeTypes()
"""Python's own table, not the system's: the same everywhere."""


class NoOriginalError(QAError):
    """The file can't be handed out; 404 where it isn't there, 409 where it is another one than was indexed."""

    code = "no_original"
    exit_code = 2

    def __init__(self, what: str, todo: str, status: int = 404) -> None:
        super().__init__(what, todo)
        self.status = status


def opened(corpus: Path, document: Document) -> tuple[BufferedReader, int]:
    """The file and its size, its content checked against what was indexed; raises NoOriginalError.

    Only a regular file in the corpus folder, with no link on the way to it that leads out.
    """
    path = corpus / document.path
    if archive := inside(path):
        name = archive[0].relative_to(corpus).as_posix()
        raise NoOriginalError(f"这份文件装在压缩包“{name}”里，不能单独下载", "请在资料文件夹里打开压缩包取出")
    try:
        root, real = corpus.resolve(strict=True), path.resolve(strict=True)
        if root not in real.parents:
            raise NoOriginalError("这份文件经快捷链接存放在资料文件夹之外，不能从这里下载", "请到它原来的位置打开")
        if not real.is_file():
            raise NoOriginalError(f"“{document.path}”现在不是普通文件", "请管理员检查资料文件夹", 409)
        file = real.open("rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        what = f"原文件“{document.path}”已不在资料文件夹里，可能刚被移走或改名"
        raise NoOriginalError(what, "这里显示的文字是上次同步时的，请管理员重新同步") from error
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, in Python 3.11
        why = reason(error) if isinstance(error, OSError) else "快捷链接绕成了一圈"
        raise NoOriginalError(f"原文件“{document.path}”打不开（{why}）", "请管理员检查文件权限", 409) from error
    try:
        return file, _checked(file, document)
    except BaseException:
        file.close()
        raise


def _checked(file: BufferedReader, document: Document) -> int:
    if hashlib.file_digest(file, "sha256").hexdigest() != document.sha256:
        what = f"原文件“{document.path}”在建立索引之后改过，与这里显示的文字不是同一版"
        raise NoOriginalError(what, "请管理员重新同步，再下载", 409)
    file.seek(0)
    return os.fstat(file.fileno()).st_size


def pieces(file: BufferedReader, size: int) -> Iterator[bytes]:
    """Exactly ``size`` bytes, then the file is closed."""
    with file:
        while size > 0 and (piece := file.read(min(PIECE, size))):
            size -= len(piece)
            yield piece


def headers(document: Document, size: int) -> dict[str, str]:
    """What a browser must know to save the file and never to show it as a page of this site."""
    path = PurePosixPath(document.path)
    suffix = path.suffix.lower()
    kind = _KINDS.get(suffix) or _BUILT_IN.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") and document.encoding:
        kind += f"; charset={document.encoding}"
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", path.name).strip("_.") if path.name.isascii() else ""
    return {
        "Content-Type": kind,
        "Content-Length": str(size),
        # RFC 6266: an ASCII name for programs that know no other, the whole name as RFC 5987 writes it.
        "Content-Disposition": f'attachment; filename="{plain or f"document{suffix if suffix.isascii() else str()}"}"; '
        f"filename*=UTF-8''{quote(path.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
    }
