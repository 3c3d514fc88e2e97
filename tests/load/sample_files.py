"""Files made for the tests: a PDF writer small enough to read, Word documents from their bare XML."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def make_pdf(pages: Sequence[Sequence[tuple[float, float, str]]], title: str = "", encrypt: bool = False) -> bytes:
    """A PDF whose pages hold (x, y, text) in 12-point Song, with the predefined CMap UniGB-UCS2-H."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    info = (b"\xfe\xff" + title.encode("utf-16-be")).hex()
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        " /DescendantFonts ["
        " << /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1)"
        " /Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox"
        " [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >> ] >>",
        f"<< /Title <{info}> >>",
    ]
    for number, lines in enumerate(pages):
        show = "".join(f"BT /F1 12 Tf {x} {y} Td <{t.encode('utf-16-be').hex()}> Tj ET\n" for x, y, t in lines)
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        bodies.append(f"<< /Length {len(show)} >>\nstream\n{show}endstream")
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    xref = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    lock = (
        "/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <" + "41" * 32 + "> /U <" + "42" * 32 + "> >>"
    )
    trailer = f"trailer << /Size {len(bodies) + 1} /Root 1 0 R /Info 4 0 R {lock if encrypt else ''} >>"
    return bytes(out) + f"{trailer}\nstartxref\n{xref}\n%%EOF".encode()


_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OOXML = "application/vnd.openxmlformats-officedocument"


def content_types(**overrides: str) -> str:
    """The part without which an office program opens nothing: name → type behind the common prefix."""
    inner = "".join(f'<Override PartName="/{n}" ContentType="{_OOXML}.{kind}+xml"/>' for n, kind in overrides.items())
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default '
        f'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{inner}</Types>'
    )


def relationships(*targets: tuple[str, str, str]) -> str:
    """A part of relationships from (id, kind, target)."""
    inner = "".join(f'<Relationship Id="{i}" Type="{_REL}/{kind}" Target="{to}"/>' for i, kind, to in targets)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def make_docx(body: str, **parts: str) -> bytes:
    """A Word document from the XML inside its body and inside further parts (styles, numbering, footnotes)."""
    buffer = io.BytesIO()
    kinds = {f"word/{name}.xml": f"wordprocessingml.{name}" for name in parts}
    links = ((f"r{at}", name, f"{name}.xml") for at, name in enumerate(parts))
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", content_types(**{"word/document.xml": "wordprocessingml.document.main", **kinds})
        )
        archive.writestr("_rels/.rels", relationships(("r1", "officeDocument", "word/document.xml")))
        archive.writestr("word/_rels/document.xml.rels", relationships(*links))
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name, xml in parts.items():
            archive.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{W}">{xml}</w:{name}>')
    return buffer.getvalue()


S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def make_package(parts: dict[str, str | bytes]) -> bytes:
    """A package of the given parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def make_xlsx(
    sheets: Sequence[tuple[str, str]], shared: Sequence[str] = (), styles: str = "", more: dict[str, str] | None = None
) -> bytes:
    """A workbook from (attributes of its entry, XML inside the sheet), the XML of shared strings, and of the styles."""
    entries = "".join(f'<sheet {said} sheetId="{n}" r:id="r{n}"/>' for n, (said, _) in enumerate(sheets, 1))
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(
            **{"xl/workbook.xml": "spreadsheetml.sheet.main", "xl/sharedStrings.xml": "spreadsheetml.sharedStrings"},
            **{f"xl/worksheets/sheet{n}.xml": "spreadsheetml.worksheet" for n in range(1, len(sheets) + 1)},
            **{"xl/styles.xml": "spreadsheetml.styles"},
        ),
        "_rels/.rels": relationships(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{_REL}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(
            *((f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)),
            ("s", "sharedStrings", "sharedStrings.xml"),
            ("t", "styles", "styles.xml"),
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{S}">{"".join(f"<si>{one}</si>" for one in shared)}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{S}">{styles}</styleSheet>',
        **{
            f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{S}" xmlns:r="{_REL}">{inner}</worksheet>'
            for n, (_, inner) in enumerate(sheets, 1)
        },
        **(more or {}),
    }
    return make_package(parts)


def make_ole(streams: dict[str, bytes]) -> bytes:
    """A compound file (MS-CFB, version 3) with streams at its root, none of them in the mini stream."""
    size, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    contents = [data.ljust(max(4096, -(-len(data) // size) * size), b"\x00") for data in streams.values()]
    names = ["Root Entry", *streams]
    directory_sectors = -(-len(names) // 4)
    fat, places = [0xFFFFFFFD], [1]  # sector 0 is the table itself, sector 1 the directory
    fat += [*range(2, 1 + directory_sectors), end]
    for data in contents:
        first, count = len(fat), len(data) // size
        places.append(first)
        fat += [*range(first + 1, first + count), end]
    entries = b""
    for number, name in enumerate(names):
        text = name.encode("utf-16-le") + b"\x00\x00"
        root = number == 0
        child = 1 if root and len(names) > 1 else free
        right = number + 1 if not root and number + 1 < len(names) else free
        entries += text.ljust(64, b"\x00") + struct.pack("<HBB3I", len(text), 5 if root else 2, 1, free, right, child)
        entries += bytes(36) + struct.pack(
            "<IQ", end if root else places[number], 0 if root else len(contents[number - 1])
        )
    entries = entries.ljust(directory_sectors * size, b"\x00")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(size, b"\xff")
    return header + table + entries + b"".join(contents)
