"""PDF: pages, running heads, page numbers, indents, pages without text."""

from __future__ import annotations

from collections.abc import Callable

from sample_files import make_pdf

from qa.clean import clean
from qa.types import Loaded

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


def test_pages_without_text_are_told(read: Read) -> None:
    loaded = read("a.pdf", make_pdf([[(60, 700, "第一页。")], [], [(60, 700, "第三页。")], []]))
    assert loaded.warnings == (
        "第 2、4 页没有文字（可能是扫描的图片，共 2 页），这些页没有收入；请先做文字识别（OCR）",
    )
    assert [block.page for block in loaded.blocks] == [1, 3]


def test_a_figure_in_the_text_is_no_page_number(read: Read) -> None:
    page = [(60.0, 700.0 - 20 * at, text) for at, text in enumerate(["总数：", "1250", "以上为全年合计。"])]
    assert clean(read("a.pdf", make_pdf([page])).blocks).text == "总数：\n1250\n以上为全年合计。"
