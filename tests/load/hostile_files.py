"""Files made to hurt whoever reads them, by code; each small on disk."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from load.sample_files import W, make_docx, make_pdf

GOOD = "关于夜间值班的说明\n值班人员每晚九点到岗，次日七点交班。\n"
MB = 2**20


def zipped(parts: dict[str, bytes | tuple[bytes, int]]) -> bytes:
    """A zip archive; a pair is a piece and how often it is repeated."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            piece, times = content if isinstance(content, tuple) else (content, 1)
            with archive.open(name, "w", force_zip64=True) as part:
                for _ in range(times):
                    part.write(piece)
    return buffer.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx_of_xml(xml: str) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": xml.encode()})


def docx_bomb() -> bytes:
    """300 MB of one letter in 300 KB."""
    return zipped({"word/document.xml": (b"a" * MB, 300)})


def docx_many_parts() -> bytes:
    """Twenty main parts of 20 MB each."""
    return zipped({f"word/document{number}.xml": (b" " * MB, 20) for number in range(20)})


def docx_overlapping() -> bytes:
    """A hundred names in the directory for the same compressed bytes, as in Fifield's bombs."""
    made = bytearray(zipped({"word/document.xml": (b" " * MB, 20)}))
    entry = made.index(b"PK\x01\x02")
    end = made.index(b"PK\x05\x06")
    record = bytes(made[entry:end])
    name = b"word/document.xml"
    records = [record.replace(name, b"word/document%02d.xml"[: len(name) + 3] % number) for number in range(99)]
    fixed = [r[:28] + struct.pack("<H", len(name) + 2) + r[30:] for r in records]
    directory = record + b"".join(fixed)
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 100, 100, len(directory), entry, 0)
    return bytes(made[:entry]) + directory + tail


def docx_lying_sizes() -> bytes:
    """A part whose directory entry says ten bytes and which holds 300 MB."""
    made = docx_bomb()
    entry = made.index(b"PK\x01\x02")
    return made[: entry + 24] + struct.pack("<I", 10) + made[entry + 28 :]


def xlsx_bomb() -> bytes:
    return zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": (b"<row/>" * 170_000, 300)})


def nested_zip() -> bytes:
    inner = zipped({"word/document.xml": (b"\0" * MB, 200)})
    for depth in range(5):
        inner = zipped({f"word/{depth}-{number}.zip": inner for number in range(10)})
    return inner


def docx_laughs() -> bytes:
    names = ["a" * 100, *(f"&e{number};" * 10 for number in range(12))]
    entities = "".join(f'<!ENTITY e{number} "{value}">' for number, value in enumerate(names))
    body = paragraph("&e12;") + paragraph("值班人员每晚九点到岗")
    return docx_of_xml(f'<!DOCTYPE x [{entities}]><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')


def docx_external(secret: str) -> Callable[[], bytes]:
    """Entities and a DTD that name a file."""

    def make() -> bytes:
        body = paragraph("&x;") + paragraph("值班人员每晚九点到岗")
        head = f'<!DOCTYPE x SYSTEM "{secret}" [<!ENTITY x SYSTEM "{secret}"><!ENTITY % y SYSTEM "{secret}">%y;]>'
        return docx_of_xml(f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')

    return make


def docx_traversal() -> bytes:
    body = paragraph("值班人员每晚九点到岗").encode()
    document = f'<w:document xmlns:w="{W}"><w:body>'.encode() + body + b"</w:body></w:document>"
    return zipped({"../../../../evil.txt": b"x", "/evil.txt": b"x", "word/document.xml": document, "C:\\evil": b"x"})


def docx_macros() -> bytes:
    document = f'<w:document xmlns:w="{W}"><w:body>{paragraph("值班人员每晚九点到岗")}</w:body></w:document>'
    return zipped({"word/document.xml": document.encode(), "word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(10_000)})


def docx_deep() -> bytes:
    return make_docx("<w:sdt><w:sdtContent>" * 10_000 + paragraph("甲") + "</w:sdtContent></w:sdt>" * 10_000)


def docx_deep_tables() -> bytes:
    return make_docx("<w:tbl><w:tr><w:tc>" * 60 + paragraph("最里面的一格") + "</w:tc></w:tr></w:tbl>" * 60)


def docx_styles_in_a_ring() -> bytes:
    ring = "".join(
        f'<w:style w:styleId="s{n}"><w:name w:val="s{n}"/><w:basedOn w:val="s{(n + 1) % 2000}"/></w:style>'
        for n in range(2000)
    )
    styled = '<w:p><w:pPr><w:pStyle w:val="s0"/></w:pPr><w:r><w:t>值班人员到岗</w:t></w:r></w:p>'
    return make_docx(styled * 20, styles=ring)


def docx_wide_cells() -> bytes:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>' + paragraph("甲") + "</w:tc>"
    return make_docx(f"<w:tbl>{('<w:tr>' + cell * 50 + '</w:tr>') * 200}</w:tbl>")


def html_deep() -> bytes:
    return ("<html><body>" + "<div>" * 10_000 + "最里面的一句话。" + "</div>" * 10_000).encode()


def html_deep_tables() -> bytes:
    return ("<html><body>" + "<table><tr><td>" * 3000 + "最里面的一格").encode()


def html_spans() -> bytes:
    cell = '<td colspan="100" rowspan="100">甲</td>'
    return ("<html><body><table>" + ("<tr>" + cell * 40 + "</tr>") * 200 + "</table>").encode()


def html_million_cells() -> bytes:
    return ("<html><body><table>" + ("<tr>" + "<td>甲</td>" * 100 + "</tr>") * 10_000 + "</table>").encode()


def csv_million_cells() -> bytes:
    return (",".join(f"列{n}" for n in range(100)) + "\n" + ("甲," * 99 + "乙\n") * 10_000).encode()


def markdown_deep() -> bytes:
    quotes = "".join("> " * depth + "甲\n" for depth in (10, 10_000))
    lists = "".join("  " * depth + "- 乙\n" for depth in range(1000))
    return (quotes + lists + "*" * 10_000 + "丙" + "[" * 10_000 + "\n" + "| " * 10_000 + "\n" + "|-" * 10_000).encode()


def pdf_truncated() -> bytes:
    made = make_pdf([[(72, 700, "值班人员每晚九点到岗")]] * 20)
    return made[: len(made) // 2]


def pdf_xref_loop() -> bytes:
    made = make_pdf([[(72, 700, "值班人员每晚九点到岗")]])
    xref = made.rindex(b"startxref\n") + 10
    where = made[xref : made.index(b"\n", xref)]
    return made.replace(b"trailer <<", b"trailer << /Prev " + where + b" ")


def pdf_page_cycle() -> bytes:
    return make_pdf([[(72, 700, "值班人员")]] * 3).replace(b"/Kids [5 0 R 7 0 R", b"/Kids [2 0 R 2 0 R")


def pdf_counts_a_billion() -> bytes:
    return make_pdf([[(72, 700, "值班人员每晚九点到岗")]]).replace(b"/Count 1 ", b"/Count 1000000000 ")


def pdf_bomb() -> bytes:
    """A page of 200 MB of drawing in 400 KB."""
    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(b"0 0 m 1 1 l S\n" * 75_000) for _ in range(200)) + packer.flush()
    made = make_pdf([[(72, 700, "值班人员")]])
    begin = made.index(b"<< /Length", made.index(b"6 0 obj"))
    end = made.index(b"endobj", begin)
    head = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(stream)
    return made[:begin] + head + stream + b"\nendstream\n" + made[end:]


def text_of_odd_characters() -> bytes:
    odd = "\ufeff\u202e\u200b\x00\x01\x1b[31m\u2066\ufffe\U000e0001"
    return (f"关于夜间\ufeff值班的说明\n值班{odd}人员每晚九点到岗，次日七点交班。{odd}\n" + GOOD * 20).encode()


def text_of_surrogates() -> bytes:
    """UTF-16 with halves of pairs."""
    text = GOOD * 20
    return b"\xff\xfe" + text.encode("utf-16-le") + b"\x00\xd8\x41\x00\x00\xdc"


def text_without_line_ends() -> bytes:
    return ("值班人员每晚九点到岗" * 400_000).encode()


def title_of_surrogates() -> bytes:
    return "<html><head><title>\\ud800&#xD800;&#xDFFF;标题</title></head><body>值班人员到岗。&#xD800;</body>".encode()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "炸弹.docx": docx_bomb,
    "多个正文.docx": docx_many_parts,
    "重叠.docx": docx_overlapping,
    "谎报大小.docx": docx_lying_sizes,
    "表格炸弹.docx": xlsx_bomb,
    "套娃.docx": nested_zip,
    "实体.docx": docx_laughs,
    "路径.docx": docx_traversal,
    "宏.docx": docx_macros,
    "深.docx": docx_deep,
    "深表.docx": docx_deep_tables,
    "样式环.docx": docx_styles_in_a_ring,
    "宽格.docx": docx_wide_cells,
    "深.html": html_deep,
    "深表.html": html_deep_tables,
    "跨格.html": html_spans,
    "百万格.html": html_million_cells,
    "百万格.csv": csv_million_cells,
    "深.md": markdown_deep,
    "半截.pdf": pdf_truncated,
    "交叉表成环.pdf": pdf_xref_loop,
    "页面成环.pdf": pdf_page_cycle,
    "十亿页.pdf": pdf_counts_a_billion,
    "炸弹.pdf": pdf_bomb,
    "怪字符.txt": text_of_odd_characters,
    "半个字符.txt": text_of_surrogates,
    "不换行.txt": text_without_line_ends,
    "怪标题.html": title_of_surrogates,
}
