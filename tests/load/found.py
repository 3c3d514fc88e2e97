"""What fuzzing (test_fuzz.py, bench/fuzz.py) has found to break a reader or a stage, written anew: (suffix, bytes)."""

from __future__ import annotations

import io
import zipfile

from load.sample_files import make_docx, make_pdf

_NUMBERED = (
    '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>请回复</w:t></w:r></w:p>'
)
_LIST = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'


def _levels(levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{_LIST}'


def _garbled(data: bytes) -> bytes:
    """The first compressed part without its beginning; the archive's own list of parts stays right."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(buffer := io.BytesIO(), "w", 8) as packed:
        for name in archive.namelist():
            packed.writestr(name, archive.read(name))
        place = packed.getinfo("word/document.xml").header_offset + 30 + len("word/document.xml")
    return buffer.getvalue()[:place] + b"\xff" * 8 + buffer.getvalue()[place + 8 :]


FOUND: list[tuple[str, bytes]] = [
    # A level of a list without a number: ValueError.
    (".docx", make_docx(_NUMBERED, numbering=_levels('<w:lvl w:ilvl=""/>'))),
    # A digit that is no decimal one, and one with more digits than int() takes: ValueError.
    (".docx", make_docx(_NUMBERED, numbering=_levels('<w:lvl w:ilvl="0"><w:start w:val="²"/></w:lvl>'))),
    (".docx", make_docx(_NUMBERED, numbering=_levels(f'<w:lvl w:ilvl="0"><w:start w:val="{"9" * 5000}"/></w:lvl>'))),
    (".html", "<table><tr><td colspan=²>甲<td>乙<tr><td>丙<td>丁</table>".encode()),
    # A node without a name: TypeError.
    (".html", "<p>请于周五前报送<?xml 甲?>名单</p>".encode()),
    # Half a character in the title: UnicodeDecodeError.
    (".pdf", make_pdf([[(72, 700, "请于周五前报送名单")]], title="通知").replace(b"901a", b"d800")),
    # Compressed bytes that are none: zlib.error.
    (".docx", _garbled(make_docx(_NUMBERED * 50))),
    # A NUL in the name of the encoding of an attachment's name: ValueError.
    (
        ".eml",
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n\xe5\x90\x8d\xe5\x8d\x95\n--x\n"
        b"Content-Type: application/pdf; name*=gb\x002312''%C5%CC.pdf\n\n%PDF-\n--x--\n",
    ),
]
