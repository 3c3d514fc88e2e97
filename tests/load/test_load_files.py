"""What is wrong with a file and what to do, said in Chinese; wrong suffixes; names to pass over."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_files import make_docx, make_ole, make_package, make_pdf, make_xlsx

from qa.clean import clean
from qa.errors import ReadError
from qa.load import SUFFIXES, ignored, is_supported, load
from qa.types import Loaded

Read = Callable[..., Loaded]
OLD_WORD = make_ole({"WordDocument": b"\xec\xa5\xc1\x00"})
DOCX = make_docx("<w:p><w:r><w:t>正文。</w:t></w:r></w:p>")


def archive_with(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "文件是空的"),
        ("a.txt", b" \r\n\t\n", "文件是空的"),
        ("a.txt", "\ufeff　\n".encode(), "文件是空的"),
        ("a.md", b"<!-- nothing -->\n\n---\n", "文件是空的"),
        ("a.docx", make_docx("<w:p/>"), "文件是空的"),
        ("a.html", b"<html><script>var x</script></html>", "文件是空的"),
        ("a.pages", b"x", "不支持 .pages 文件.*另存为 .docx"),
        ("a", b"x", "不支持 没有后缀的 文件"),
        *(
            (f"a.{kind}", OLD_WORD, "旧版 Word 文档（.doc）要用 LibreOffice.*安装.*另存为 .docx")
            for kind in ("doc", "txt", "docx")
        ),
        ("a.wps", make_ole({"PowerPoint Document": b""}), "旧版 PPT 演示文稿（.ppt）要用 LibreOffice.*另存为 .pptx"),
        ("a.docx", make_ole({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "设了打开密码.*去掉密码"),
        ("a.doc", make_ole({"Contents": b"x"}), "不是文档、表格或演示文稿"),
        ("a.doc", OLD_WORD[:700], "旧版 Office 文档已损坏"),
        ("a.doc", b"\x00\x01\x02" * 50, "却不是 旧版 Word 文档"),
        ("a.xls", make_ole({"Workbook": b"\x09\x08"}), "Excel 表格已损坏"),
        ("a.xls", b"\x00\x01\x02" * 50, "却不是 旧版 Excel 表格"),
        ("a.xlsx", "其实是文字。".encode(), "却不是 Excel 表格"),
        ("a.xlsx", make_xlsx([])[:-40], "损坏"),
        ("a.xlsx", make_xlsx([('name="空"', "<sheetData/>")]), "文件是空的"),
        ("a.xlsx", make_xlsx([('name="坏"', "<sheetData><row></sheetData>")]), "不是合法的 XML"),
        ("a.pptx", make_package({"ppt/presentation.xml": "<p"}), "不是合法的 XML"),
        ("a.pptx", make_package({"ppt/slides/slide1.xml": "<p/>"}), "缺少演示部分"),
        ("a.docx", DOCX[: len(DOCX) // 2], "已损坏.*另存"),
        ("a.docx", "其实是文字。".encode(), "却不是 Word 文档"),
        ("a.docx", archive_with("xl/workbook.xml"), "Excel 表格已损坏"),
        ("a.docx", archive_with("readme.txt"), "压缩包"),
        ("a.docx", archive_with("word/styles.xml"), "缺少正文|损坏"),
        ("a.pdf", "其实是文字。".encode(), "却不是 PDF"),
        ("a.pdf", b"%PDF-1.4\nbroken", "PDF 已损坏"),
        ("a.pdf", make_pdf([[(60, 700, "密")]], encrypt=True), "PDF 设了打开密码"),
        ("a.pdf", make_pdf([[], []]), "各页都是空白"),
        ("a.txt", b"{\\rtf1 x}", "RTF 文档要用 LibreOffice"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "图片"),
        ("a.txt", gzip.compress(b"x"), "压缩包"),
        ("a.txt", b"MZ\x90\x00\x03\x00\x00\x00" * 50, "二进制|认不出"),
    ],
)
def test_each_bad_file_says_what_and_what_to_do(
    read: Read, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, message: str
) -> None:
    monkeypatch.setattr("qa.load.soffice.program", lambda: None)
    with pytest.raises(ReadError, match=message) as caught:
        read(name, content)
    assert caught.value.todo


def test_a_large_file_is_refused_unread(read: Read) -> None:
    with pytest.raises(ReadError, match=r"3\.0 MB，超过上限 2 MB。请拆分，或调高 QA_MAX_FILE_MB"):
        read("a.txt", b"a" * (3 * 2**20), max_bytes=2 * 2**20)


def test_a_file_that_vanished(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="文件不见了"):
        load(tmp_path / "gone.txt", 10)


def test_a_folder_named_like_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.txt").mkdir()
    with pytest.raises(ReadError, match=r"读取文件失败|没有权限"):
        load(tmp_path / "x.txt", 10**6)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", DOCX, "docx"),
        ("a.pdf", DOCX, "docx"),
        ("a.docx", make_pdf([[(60, 700, "正文。")]]), "pdf"),
        ("a.docx", "<html><body><p>正文。</p></body></html>".encode(), "html"),
        ("a.txt", "<!DOCTYPE html><body><p>正文。</p></body>".encode(), "html"),
    ],
)
def test_a_wrong_suffix_is_read_as_what_it_is_and_told(read: Read, name: str, content: bytes, kind: str) -> None:
    loaded = read(name, content)
    assert loaded.format == kind
    assert "请改正后缀" in loaded.warnings[0]
    assert clean(loaded.blocks).text == "正文。"


def test_names_to_pass_over() -> None:
    passed = ["~$报告.docx", ".DS_Store", "Thumbs.db", ".hidden.txt", "a.txt~", "desktop.ini", "x.tmp"]
    assert all(ignored(Path("folder") / name) for name in passed)
    assert not any(ignored(Path("folder") / name) for name in ["报告.docx", "a.txt", "thumbs.txt"])


def test_suffixes_in_any_case() -> None:
    assert is_supported(Path("A.DOCX"))
    assert is_supported(Path("a.Doc"))
    assert not is_supported(Path("a.pages"))
    assert {".txt", ".md", ".docx", ".html", ".htm", ".pdf", ".csv"} <= SUFFIXES
