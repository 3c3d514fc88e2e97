"""The report on documents made by hand, each with one thing wrong."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from qa.health import FileHealth, Health, describe, examine, heading, render, select, todo
from qa.health.words import _HEADINGS, _TODO, _WHAT, LEVELS
from qa.types import Document, DocumentInfo, Facts, PageRead, PageStart, Problem, Section

BODY = "各单位要认真组织学习，把要求落到实处，按月报告进展情况。" * 4


def document(path: str, text: str = "", **more: object) -> Document:
    given: dict[str, object] = {"sha256": f"sha {path}", "format": "txt", "encoding": "utf-8", **more}
    return Document(f"id {path}", path, path.partition(".")[0], text or f"{path}：{BODY}", **given)  # type: ignore[arg-type]


def info(doc: Document) -> DocumentInfo:
    return DocumentInfo(
        doc.id, doc.path, doc.title, len(doc.text), 3, len(doc.pages), doc.format, doc.encoding, doc.facts, doc.warnings
    )


def report(*documents: Document, problems: tuple[Problem, ...] = (), near=dict) -> Health:
    return examine(documents, [info(doc) for doc in documents], problems, near)


def one(*documents: Document, **more: object) -> FileHealth:
    """The report on the first."""
    made = report(*documents, **more)  # type: ignore[arg-type]
    return next(file for file in made.files if file.path == documents[0].path)


def codes(file: FileHealth) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in file.findings]


def test_a_good_library_is_well() -> None:
    doc = document("通知.txt", sections=(Section(1, "一、", "要求", 0, 5),))
    made = report(doc, document("另一份.txt"))
    assert (made.level, made.urgent, made.notices) == ("good", (), ())
    file = made.files[0]
    assert (file.findings, file.worst) == ((), None)
    assert made.totals["chars"] == sum(f.chars for f in made.files) == len(doc.text) * 2 + 1
    assert made.totals["chunks"] == 6
    assert made.totals["headings"] == 1


def test_pages_are_counted_by_how_they_were_read() -> None:
    reads = (PageRead(1, 300), PageRead(2, 0, "none"), PageRead(3, 280, "ocr", 0.97), PageRead(4, 290, "ocr", 0.91))
    file = one(document("扫描.pdf", BODY * 8, pages=(PageStart(1, 0), PageStart(3, 9)), reads=reads, encoding=None))
    assert (file.pages, file.empty_pages, file.scanned) == (4, (2,), 2)
    assert file.confidence == pytest.approx(0.94)
    assert file.chars_per_page == len(BODY * 8) / 4
    assert codes(file) == [("empty_pages", "warn"), ("scanned", "note")]
    assert describe(file.findings[0]) == "4 页中有 1 页没有读出文字：第 2 页"
    assert describe(file.findings[1]) == "4 页中有 2 页由图片识别，平均把握 94.0%"


def test_unsure_recognition_mostly_empty_and_sparse_pages() -> None:
    unsure = one(document("a.pdf", BODY, reads=(PageRead(1, 100, "ocr", 0.6),)))
    assert codes(unsure) == [("ocr_unsure", "warn")]
    empty = one(document("b.pdf", BODY * 3, reads=(PageRead(1, 90), PageRead(2, 0), PageRead(3, 0))))
    assert codes(empty) == [("empty_pages", "bad")]
    sparse = one(document("c.pdf", BODY, pages=(PageStart(1, 0), PageStart(9, 50))))
    assert codes(sparse) == [("sparse", "warn")]


def test_odd_characters_by_their_share() -> None:
    garbled = BODY.encode().decode("gb18030", "replace")
    assert ("garbled", "bad") in codes(one(document("a.txt", garbled)))
    assert codes(one(document("b.txt", BODY * 100 + "\ufffd"))) == [("replaced", "warn"), ("no_headings", "note")]
    assert codes(one(document("c.txt", BODY + "\ue001"))) == [("private", "warn")]


def test_the_same_by_file_or_by_text_and_nearly_the_same() -> None:
    a = document("a.txt", BODY + "甲。", sha256="1")
    same_file = document("b/a.txt", "第一版：" + BODY, sha256="1")
    same_text = document("c.md", BODY.replace("，", ", ") + "\n甲 .", sha256="2")
    other = document("d.txt", BODY + "乙。", sha256="3")
    made = report(a, same_file, same_text, other, near=lambda: {a.id: [other.id, same_text.id], other.id: [a.id]})
    found = {file.path: file for file in made.files}
    assert found["a.txt"].same == ("b/a.txt", "c.md")
    assert found["a.txt"].near == ("d.txt",)
    assert found["d.txt"].same == ()
    assert codes(found["a.txt"]) == [("same", "warn"), ("near", "note")]
    assert made.totals["same"] == 3
    assert made.level == "fair"


def test_editions_of_one_work_know_each_other() -> None:
    old = replace(document("某某管理条例(2015-04-24).md"), title="某某管理条例", facts=Facts(date="2015-04-24"))
    new = replace(document("某某管理条例(2021-06-10).md"), title="某某管理条例", facts=Facts(date="2021-06-10"))
    apart = replace(document("另一条例(2021-06-10).md"), title="另一条例", facts=Facts(date="2021-06-10"))
    found = {file.path: file.editions for file in report(old, new, apart).files}
    assert found == {old.path: (new.path,), new.path: (old.path,), apart.path: ()}


def test_unreadable_files_are_told_first_with_what_to_do() -> None:
    problems = (
        Problem("坏.pdf", "文件已损坏。请重新下载。", True),
        Problem("占用.txt", "没有权限。请检查。索引里仍是上次读到的内容。", False),
        Problem("有提示.txt", "后缀不对。", False),
        Problem("", "语义编码器不可用。", False),
    )
    made = report(document("占用.txt"), document("有提示.txt"), document("好.txt"), problems=problems)
    assert [(f.path, f.worst) for f in made.files] == [
        ("占用.txt", "bad"),
        ("坏.pdf", "bad"),
        ("有提示.txt", "warn"),
        ("好.txt", None),
    ]
    assert made.files[1].doc_id == ""
    assert [(u.code, u.paths) for u in made.urgent] == [
        ("unread", ("坏.pdf",)),
        ("stale", ("占用.txt",)),
        ("warning", ("有提示.txt",)),
    ]
    assert made.notices == ("语义编码器不可用。",)
    assert (made.level, made.totals["unread"], made.totals["read"]) == ("poor", 1, 3)


def test_no_more_than_five_things_to_do_the_widest_first() -> None:
    short = [document(f"{n}.txt", f"短{n}") for n in range(4)]
    odd = [document("p.txt", "甲" + BODY + "\ue001"), document("q.txt", BODY + "\ufffd" * 30)]
    made = report(*short, *odd, problems=tuple(Problem(f"坏{n}.pdf", "坏。", True) for n in range(3)))
    assert [u.code for u in made.urgent] == ["unread", "replaced", "short", "private"]
    assert len(made.urgent[0].paths) == 3


def test_an_empty_library_is_empty() -> None:
    made = report()
    assert (made.level, made.files, made.totals["files"]) == ("empty", (), 0)
    assert "没有文件" in render.table(made)


def test_part_of_a_report() -> None:
    made = report(document("通知/a.txt"), document("通知二.txt"), document("通知/深/b.txt", "短"))
    assert [f.path for f in select(made, ["通知"]).files] == ["通知/深/b.txt", "通知/a.txt"]
    assert select(made, ["通知/a.txt"]).level == "good"
    assert select(made, ["没有"]).files == ()


def test_every_finding_has_words_in_both_languages() -> None:
    for table in (_HEADINGS, _WHAT, _TODO, LEVELS):
        assert set(table["zh"]) == set(table["en"])
    assert set(_HEADINGS["zh"]) == set(_WHAT["zh"]) == set(_TODO["zh"])
    with pytest.raises(KeyError):
        heading("unknown")
    assert todo("same", "en").startswith("keep one")


HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>.txt"


def test_written_out_nothing_of_a_name_is_taken_for_markup_or_a_formula() -> None:
    made = report(document(HOSTILE, "短"), problems=(Problem("a|b.pdf", "坏<b>。", True),))
    page = render.html(made)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "坏&lt;b&gt;" in page
    rows = list(csv.reader(io.StringIO(render.as_csv(made).removeprefix("\ufeff"))))
    assert rows[0][:3] == ["文件", "情况", "格式"]
    assert [row[0] for row in rows[1:]] == ["a|b.pdf", f"'{HOSTILE}"]
    assert len({len(row) for row in rows}) == 1
    text = render.markdown(made)
    assert "<script" not in text
    table = [line for line in text.splitlines() if line.startswith("| ")]
    assert len({line.replace("\\|", "").count("|") for line in table}) == 1
    json.dumps(made.to_dict(), ensure_ascii=False)


def test_the_table_of_the_terminal() -> None:
    made = report(document("短.txt", "短"), problems=(Problem("坏.pdf", "坏。", True),))
    plain = render.table(made)
    assert "\x1b" not in plain
    assert "总评：问题较多" in plain
    assert "1. 读不了（1 份）：按每份文件后面写的办法处理，再重新读取" in plain
    assert "✗ 坏.pdf" in plain
    assert "    几乎没有内容：全文只有 1 字" in plain
    assert "\x1b[31m" in render.table(made, colour=True)
    assert "x 坏.pdf" in render.table(made, marks=False)
    many = report(*(document(f"{n}.txt", f"短{n}") for n in range(render.MOST + 3)))
    assert "另有 3 份，完整清单请用 --out" in render.table(many)


def test_sheets_and_slides_are_called_so() -> None:
    sheets = document("收支.xlsx", "甲：一", reads=(PageRead(1, 3, "text"), PageRead(2, 0, "none")))
    made = report(sheets, document("宣讲.pptx", "乙", reads=(PageRead(1, 1, "text"),)))
    said = {file.path: " ".join(describe(f) for f in file.findings) for file in made.files}
    assert "2 个工作表中有 1 个工作表没有读出文字：第 2 个工作表" in said["收支.xlsx"]
    assert "平均每张幻灯片只有 1 字" in said["宣讲.pptx"]
    assert "0 页、2 个工作表、1 张幻灯片（" in render.table(made)
    assert "0 pages, 2 sheets, 1 slides (" in render.markdown(made, "en")
    assert "页没有" not in render.table(made)
