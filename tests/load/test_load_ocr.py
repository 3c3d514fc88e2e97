"""Recognition: what is kept of it, what is told, and what is said where it can't be had."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from load.page_files import Pdf, Sheet
from qa.errors import ReadError
from qa.load import Options, load, ocr, picture
from qa.load.ocr import Picture, recognise, unsure
from qa.types import Loaded, PageRead

Read = Callable[..., Loaded]
MIB = 2**20
TEXT = "各科室每周五下午集中清理办公区域，做好防火检查。"
needs_ocr = pytest.mark.skipif(importlib.util.find_spec("rapidocr") is None, reason="needs the extra [ocr]")


class Kept:
    """A memory that counts what is asked of it."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.found = 0

    def get(self, key: str, /) -> str | None:
        self.found += key in self.values
        return self.values.get(key)

    def put(self, key: str, value: str, /) -> None:
        self.values[key] = value


def sheet() -> Sheet:
    made = Sheet()
    made.write(70, 100, TEXT, 16)
    return made


def test_doubtful_pages_are_named() -> None:
    reads = [PageRead(1, 9, "ocr", 0.98), PageRead(2, 9, "ocr", 0.71), PageRead(3, 9), PageRead(4, 9, "ocr", 0.85)]
    (warning,) = unsure(reads)
    assert warning.startswith("第 2、4 页的文字识别把握不大（最低 0.71）")
    assert unsure(reads[:1]) == ()


@pytest.mark.parametrize(("available", "mode", "message"), [(False, "auto", r"\.\[ocr\]"), (True, "off", "QA_OCR=off")])
def test_a_picture_that_may_not_be_recognised_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, available: bool, mode: str, message: str
) -> None:
    monkeypatch.setattr(picture, "is_available", lambda: available)
    (tmp_path / "a.png").write_bytes(Sheet().data("PNG"))
    with pytest.raises(ReadError, match=message):
        load(tmp_path / "a.png", MIB, Options(ocr=mode))  # type: ignore[arg-type]


@needs_ocr
def test_a_page_is_recognised_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = Pdf()
    pdf.page("", picture=sheet().image)
    (tmp_path / "a.pdf").write_bytes(pdf.data())
    kept = Kept()
    first = load(tmp_path / "a.pdf", MIB, Options(memory=kept))
    assert (len(kept.values), kept.found) == (1, 0)
    monkeypatch.setattr(ocr, "_engine", lambda: pytest.fail("recognised again"))
    again = load(tmp_path / "a.pdf", MIB, Options(memory=kept))
    assert (again, kept.found) == (first, 1)
    assert TEXT in first.blocks[0].text
    monkeypatch.setattr(ocr, "engine_name", lambda: "another engine")
    with pytest.raises(pytest.fail.Exception, match="recognised again"):
        load(tmp_path / "a.pdf", MIB, Options(memory=kept))


@needs_ocr
def test_a_blurred_page_is_told_to_be_doubtful(read: Read) -> None:
    made = Sheet()
    made.centre(80, "防火检查办法", 22)
    made.paragraphs((TEXT * 6,), 70, 140, 28, 16)
    loaded = read("a.png", made.noisy(0.02, 220, 4.2).data("PNG"))
    (page,) = loaded.reads
    assert page.source == "ocr"
    assert page.confidence is not None
    assert page.confidence < ocr.UNSURE
    assert loaded.warnings[0].startswith("第 1 页的文字识别把握不大")


@needs_ocr
def test_a_picture_without_text_is_an_error(read: Read) -> None:
    with pytest.raises(ReadError, match="图片里没有认出文字"):
        read("a.png", Sheet().data("PNG"))


@needs_ocr
@pytest.mark.parametrize("cut", [30, 300, 3000])
def test_a_cut_off_picture_is_an_error(read: Read, cut: int) -> None:
    with pytest.raises(ReadError, match="图片"):
        read("a.png", sheet().data("PNG")[:cut])


@needs_ocr
def test_a_picture_of_too_many_points_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "_MAX_PIXELS", 1000)
    with pytest.raises(ReadError, match=r"图片太大（1654×2339 像素）"):
        read("a.png", sheet().data("PNG"))


@needs_ocr
def test_print_under_a_seal_is_seen_and_a_red_head_stays() -> None:
    """In the grey picture a seal is paper, red letters are dark."""
    made = Sheet()
    made.seal(300, 400, "机关事务局")
    made.write(70, 100, "青石县人民政府文件", 34, "#d61e1e", bold=True)
    grey = ocr._grey(np.ascontiguousarray(np.asarray(made.image)[:, :, ::-1]))
    assert grey[950:1270, 680:990].min() > 150
    assert grey[280:400, 190:900].min() < 110


@needs_ocr
def test_a_gap_between_letters_stays_a_gap() -> None:
    made = Sheet()
    made.write(70, 100, "第十二条　各单位应当建立防火检查登记制度", 16)
    (piece,) = recognise(Picture(np.ascontiguousarray(np.asarray(made.image)[:, :, ::-1]), 200)).pieces
    assert piece.text == "第十二条　各单位应当建立防火检查登记制度"
