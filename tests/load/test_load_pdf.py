"""PDF: pages, running heads, page numbers, indents, pages without text."""

from __future__ import annotations

import contextlib
import importlib.util
import random
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from sample_files import make_pdf

from load.cases.ocr import flat
from load.page_files import Pdf, ruled, show, wrapped
from qa.clean import clean
from qa.errors import ReadError
from qa.load import Options, load, pdf, pdf_page
from qa.types import Loaded, PageRead

MIB = 2**20
needs_ocr = pytest.mark.skipif(importlib.util.find_spec("rapidocr") is None, reason="needs the extra [ocr]")
Read = Callable[..., Loaded]
BODY = [
    "为了规范全市公共数据的收集和使用工作，保障公民和组织的合法权益，根据有关法律和行政法规，结合本市工作实际，制定本办法。",
    "本办法所称公共数据，是指各级机关在依法履行职责的过程中产生和获取的数据，包括文字、图片、音频和其他形式的记录，不包括涉密数据。",
    "各级机关应当明确数据管理责任，指定专门人员，建立登记台账，定期检查，发现问题及时整改，并向上级机关书面报告有关情况和整改结果。",
]


def typeset(paragraphs: list[str], per_page: int, width: int = 24) -> list[list[tuple[float, float, str]]]:
    """Lines of ``width`` letters with an indent of two, a running head and a page number on each page."""
    rows: list[tuple[float, str]] = []
    for paragraph in paragraphs:
        rows.append((84.0, paragraph[: width - 2]))
        rest = paragraph[width - 2 :]
        rows += [(60.0, rest[at : at + width]) for at in range(0, len(rest), width)]
    pages = []
    for start in range(0, len(rows), per_page):
        number = start // per_page + 1
        lines = [(200.0, 800.0, "某市公共数据办法汇编")]
        lines += [(x, 760.0 - 20 * at, text) for at, (x, text) in enumerate(rows[start : start + per_page])]
        pages.append([*lines, (280.0, 40.0, f"— {number} —")])
    return pages


def damaged() -> bytes:
    """The second of three pages is no page."""
    made = Pdf()
    for body in BODY:
        made.page(show([(60, 700, body[:20])]))
    made.bodies[made.pages[1] - 1] = b"(gone)"
    return made.data()


def test_paragraphs_run_over_pages_and_furniture_goes(read: Read) -> None:
    loaded = read("a.pdf", make_pdf(typeset(BODY, 4), title="公共数据办法"))
    assert (loaded.format, loaded.title, loaded.warnings) == ("pdf", "公共数据办法", ())
    found = clean(loaded.blocks)
    assert found.text.split("\n") == BODY
    assert [page.number for page in found.pages] == [1, 2, 3]
    flat = "".join(BODY)
    for page, rows in zip(found.pages, typeset(BODY, 4), strict=True):
        assert found.text[page.start :].replace("\n", "").startswith(rows[1][2])
    assert found.text.replace("\n", "") == flat


def test_pages_without_text_are_told(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty page is none of the scanned ones."""
    monkeypatch.setattr(pdf, "is_available", lambda: False)
    monkeypatch.setattr("qa.load.ocr.is_available", lambda: False)
    made = Pdf()
    made.page(show([(60, 700, "第一页。")]))
    made.page("", picture=Image.new("L", (40, 60), "grey"))
    made.page("")
    made.page("", picture=Image.new("L", (40, 60), "grey"))
    loaded = read("a.pdf", made.data())
    (warning,) = loaded.warnings
    assert warning.startswith(
        "第 2、4 页没有文字（是扫描的图片），没有收入；请安装文字识别组件（在项目文件夹运行 python"
    )
    assert [block.page for block in loaded.blocks] == [1]
    assert loaded.reads == (PageRead(1, 4), PageRead(2, 0, "none"), PageRead(3, 0, "none"), PageRead(4, 0, "none"))


def test_a_scan_without_the_extra_names_it(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "is_available", lambda: False)
    monkeypatch.setattr("qa.load.ocr.is_available", lambda: False)
    made = Pdf()
    made.page("", picture=Image.new("L", (40, 60), "grey"))
    with pytest.raises(ReadError, match=r"多半是扫描件。请安装文字识别组件（.*\.\[ocr\]"):
        read("a.pdf", made.data())


def test_recognition_can_be_switched_off(tmp_path: Path) -> None:
    made = Pdf()
    made.page("", picture=Image.new("L", (40, 60), "grey"))
    (tmp_path / "a.pdf").write_bytes(made.data())
    with pytest.raises(ReadError, match="文字识别已关闭（QA_OCR=off）"):
        load(tmp_path / "a.pdf", MIB, Options(ocr="off"))


def test_one_damaged_page_costs_that_page_alone(read: Read) -> None:
    loaded = read("a.pdf", damaged())
    assert [block.page for block in loaded.blocks] == [1, 3]
    assert loaded.warnings == ("第 2 页已损坏，读不出，没有收入，其余各页已收入；请重新下载或用阅读器打开后另存",)
    assert [page.source for page in loaded.reads] == ["text", "none", "text"]


def test_damaged_pages_alone_are_an_error(read: Read) -> None:
    made = Pdf()
    made.page(show([(60, 700, "第一页。")]))
    made.bodies[made.pages[0] - 1] = b"(gone)"
    with pytest.raises(ReadError, match="页面已损坏，读不出文字"):
        read("a.pdf", made.data())


def test_the_characters_of_a_copier_are_used_and_told(read: Read) -> None:
    made = Pdf()
    lines = [(60.0, 700.0 - 20 * at, text) for at, text in enumerate(wrapped(BODY[0], 30))]
    made.page(show(lines, mode=3), picture=Image.new("L", (40, 60), "white"))
    loaded = read("a.pdf", made.data())
    assert loaded.warnings == ("第 1 页是扫描的图片，用的是文件自带的识别文字，可能有错字，请以原件为准",)
    assert loaded.reads[0].source == "text"


def test_characters_over_a_background_are_the_pages_own(read: Read) -> None:
    made = Pdf()
    lines = [(60.0, 700.0 - 20 * at, text) for at, text in enumerate(wrapped(BODY[0], 30))]
    made.page(show(lines), picture=Image.new("L", (40, 60), "white"))
    assert read("a.pdf", made.data()).warnings == ()


def test_rubbish_of_a_font_without_a_map_is_not_taken_in(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "is_available", lambda: False)
    monkeypatch.setattr("qa.load.ocr.is_available", lambda: False)
    made = Pdf()
    made.page(show([(60, 700, "\ue123\ue124\ue125\ue126一二")]))
    made.page(show([(60, 700, "这一页读得出。")]))
    loaded = read("a.pdf", made.data())
    assert [block.page for block in loaded.blocks] == [2]
    assert loaded.warnings[0].startswith("第 1 页的字体没有写明对应的文字，读出来是乱码，没有收入；请安装")


@pytest.mark.parametrize("seed", range(25))
def test_whatever_is_broken_is_read_or_explained(read: Read, seed: int) -> None:
    """Bytes changed, cut out or doubled: never another error than ReadError."""
    made = random.Random(seed)
    data = bytearray(damaged() if seed % 2 else make_pdf(typeset(BODY, 4)))
    for _ in range(made.randrange(1, 40)):
        at = made.randrange(20, len(data))
        data[at : at + made.randrange(0, 3)] = made.randbytes(made.randrange(0, 3))
    with contextlib.suppress(ReadError):
        assert read("a.pdf", bytes(data), 64 * MIB).blocks


def test_a_page_of_squared_paper_is_no_table_and_takes_no_time(read: Read) -> None:
    made = Pdf()
    lines = [(0.0, 4.0 * at, 590.0, 4.0 * at) for at in range(200)] + [
        (4.0 * at, 0, 4.0 * at, 800) for at in range(140)
    ]
    made.page(ruled(lines) + show([(60, 700, "方格纸上写的字。")]))
    assert clean(read("a.pdf", made.data()).blocks).text == "方格纸上写的字。"


def test_a_figure_in_the_text_is_no_page_number(read: Read) -> None:
    page = [(60.0, 700.0 - 20 * at, text) for at, text in enumerate(["总数：", "1250", "以上为全年合计。"])]
    assert clean(read("a.pdf", make_pdf([page])).blocks).text == "总数：\n1250\n以上为全年合计。"


def test_a_page_of_too_many_letters_is_cut_and_told(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_page, "_MAX_CHARS", 30)
    loaded = read("a.pdf", make_pdf(typeset(BODY[:1], 9)))
    assert loaded.warnings[0].startswith("第 1 页的文字多得不正常，只收入了前面")
    assert 0 < loaded.reads[0].chars <= 30


def test_letters_without_a_meaning_are_told(read: Read) -> None:
    made = Pdf()
    made.page(show([(60, 700, "以下各项\ue123应当办理，由办公室\ue124负责。"), (60, 660, "\uf06c符号字体的圆点不算")]))
    loaded = read("a.pdf", made.data())
    assert loaded.warnings == ("第 1 页有些字的字体没有写明对应的文字，这些字读不出，没有收入；请核对原件",)


@needs_ocr
@pytest.mark.parametrize("box", ["[0 0 1 1000000]", "[0 0 100000 100000]"])
def test_a_scan_of_impossible_size_costs_little(read: Read, box: str) -> None:
    made = Pdf()
    made.page(show([(60, 700, "前一页。")]))
    made.page("", picture=Image.new("L", (40, 60), "grey"))
    body = made.bodies[made.pages[1] - 1]
    made.bodies[made.pages[1] - 1] = body.replace(b"[0 0 595 842]", box.encode())
    loaded = read("a.pdf", made.data())
    assert [page.source for page in loaded.reads] == ["text", "none"]
    assert loaded.warnings == ("第 2 页是图片，没有认出文字，没有收入；请看原件",)


def test_a_letter_is_as_high_as_its_font_whatever_its_ink() -> None:
    """PDFium's box of 一 in a font of its own is half as high."""
    document = pypdfium2.PdfDocument(flat())
    text = document[0].get_textpage()
    box = pdf_page._boxes(text.raw, pypdfium2.raw, 0)
    signs = {chr(pypdfium2.raw.FPDFText_GetUnicode(text.raw, index)): index for index in range(text.count_chars())}
    for sign in "一公。":
        _, bottom, _, top = box(signs[sign], True)
        assert top - bottom == pytest.approx(16, abs=0.01)
    text.close()
    document.close()
