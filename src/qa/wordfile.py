"""Writing Word files (.docx, ECMA-376): the parts of the package, and text that can't break out of them.

By hand: a few small parts and nothing that the standard library lacks. python-docx 1.2 writes no footnotes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from html import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MEDIA = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MODERN = (
    '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
    'w:val="15"/></w:compat>'
)
"""In the settings: laid out as Word 2013 and later do, without "compatibility mode" in the window's title."""
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CORE = "application/vnd.openxmlformats-package.core-properties+xml"
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 can't hold."""


def packed(parts: Mapping[str, str], title: str = "") -> bytes:
    """The whole file of "document" and the parts it names by their names; the same bytes every time.

    A part's name is its kind, with a number where there are several of it: "styles", "footer1".
    """
    kinds = {name: name.rstrip("0123456789") for name in parts}
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_KIND}.'
        f'{"document.main" if kind == "document" else kind}+xml"/>'
        for name, kind in kinds.items()
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/>{types}'
        f'<Override PartName="/docProps/core.xml" ContentType="{_CORE}"/></Types>',
        "_rels/.rels": _relations(
            _relation("document", f"{R}/officeDocument", "word/document.xml"),
            _relation("core", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{fit(title)}</dc:title></cp:coreProperties>',
        "word/_rels/document.xml.rels": _relations(
            *(_relation(name, f"{R}/{kind}", f"{name}.xml") for name, kind in kinds.items() if kind != "document")
        ),
        **{f"word/{name}.xml": xml for name, xml in parts.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, xml in files.items():
            member = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(member, (_HEAD + xml).encode())
    return out.getvalue()


def _relations(*inner: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(inner)}</Relationships>'


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'


def fit(said: str) -> str:
    """Outside text as XML text; what XML can't hold becomes U+FFFD."""
    return escape(_UNFIT.sub("\ufffd", said), quote=False)


def run(said: str, look: str = "") -> str:
    return f'<w:r>{look}<w:t xml:space="preserve">{fit(said)}</w:t></w:r>'


def paragraph(inner: str, style: str = "") -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}{inner}</w:p>"


def fonts(chinese: str, latin: str = "Times New Roman") -> str:
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:cs="{latin}" w:eastAsia="{chinese}"/>'


def style(name: str, look: str, letters: str, kind: str = "paragraph", default: str = "", called: str = "") -> str:
    """``called`` is the name that Word knows, where it isn't the id."""
    return (
        f'<w:style w:type="{kind}"{default} w:styleId="{name}"><w:name w:val="{called or name}"/>'
        f"{f'<w:pPr>{look}</w:pPr>' if look else ''}{f'<w:rPr>{letters}</w:rPr>' if letters else ''}</w:style>"
    )
