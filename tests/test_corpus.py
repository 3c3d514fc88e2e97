"""The sample texts are what docs/corpus.md says they are, and every gold quote stands in its document."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from qa.clean import clean
from qa.load import load
from qa.types import Loaded

REPO = Path(__file__).resolve().parent.parent
CORPUS = REPO / "corpus"
PATHS = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*") if path.is_file())
QUESTIONS = [json.loads(line) for line in (REPO / "tests/golden/sample.jsonl").read_text(encoding="utf-8").splitlines()]
TYPES = {"fact", "number", "list", "paraphrase", "address", "definition", "followup", "unanswerable"}

REGULATION = "制度文件/云溪县机关工作人员考勤和休假管理办法.txt"
GB18030 = "学习研讨/枫桥经验的由来与启示.txt"
UTF16 = "计划总结/云溪县第二中学思政教研组工作计划.txt"
WRAPPED = "工作报告/云溪县2024年政务服务工作报告.txt"
REPORT = "工作报告/云溪县推进乡村全面振兴情况报告.pdf"
LECTURE = "学习研讨/大兴调查研究之风.docx"
NOTICE = "通知纪要/关于开展村级综合服务设施开放月活动的通知.docx"
DOWNLOADED = "学习研讨/四下基层学习研讨发言材料.txt"


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def loaded() -> dict[str, Loaded]:
    return {path: load(CORPUS / path, 10**7) for path in PATHS}


@pytest.fixture(scope="module")
def texts(loaded: dict[str, Loaded]) -> dict[str, str]:
    return {path: clean(file.blocks).text for path, file in loaded.items()}


@pytest.fixture(scope="module")
def maker() -> Iterator[ModuleType]:
    """bench/make_corpus.py, which imports its neighbours as a script does."""
    sys.path.insert(0, str(REPO / "bench"))
    try:
        import make_corpus  # type: ignore[import-not-found]

        yield make_corpus
    finally:
        sys.path.remove(str(REPO / "bench"))


def test_sixteen_texts_in_five_formats() -> None:
    formats = Counter(Path(path).suffix for path in PATHS)
    assert formats == {".txt": 7, ".md": 3, ".docx": 3, ".html": 2, ".pdf": 1}


def test_nothing_to_warn_about(loaded: dict[str, Loaded]) -> None:
    assert {path: file.warnings for path, file in loaded.items() if file.warnings} == {}


@pytest.mark.parametrize("path", PATHS)
def test_length_and_declaration(path: str, texts: dict[str, str]) -> None:
    assert 1200 <= len(texts[path]) <= 3500
    assert "示例" in texts[path]
    assert "�" not in texts[path]


def test_encodings(loaded: dict[str, Loaded]) -> None:
    given = {path: file.encoding for path, file in loaded.items() if path.endswith(".txt")}
    assert given.pop(GB18030) == "gb18030"
    assert given.pop(UTF16) == "utf-16-le"
    assert set(given.values()) == {"utf-8"}
    assert (CORPUS / UTF16).read_bytes().startswith(b"\xff\xfe")


def test_files_are_small() -> None:
    assert max((CORPUS / path).stat().st_size for path in PATHS) < 300_000


def test_download_marks_are_in_the_file_and_not_in_the_text(texts: dict[str, str]) -> None:
    raw = (CORPUS / DOWNLOADED).read_text(encoding="utf-8")
    assert "##paidbegin##" in raw
    assert "##paidend##" in raw
    assert "##" not in texts[DOWNLOADED]


def test_regulation_counts_its_articles_without_a_gap() -> None:
    labels = re.findall(r"^第([一二三四五六七八九十]+)条　", (CORPUS / REGULATION).read_text(encoding="utf-8"), re.M)
    assert len(labels) == len(set(labels)) == 41
    assert labels[0] == "一"
    assert labels[-1] == "四十一"


def test_report_has_four_pages_without_their_headers_in_the_text(
    loaded: dict[str, Loaded], texts: dict[str, str]
) -> None:
    assert {block.page for block in loaded[REPORT].blocks} == {1, 2, 3, 4}
    assert "情况的报告（示例）" not in texts[REPORT]
    assert "— 2 —" not in texts[REPORT]


def test_word_numbers_are_automatic(texts: dict[str, str]) -> None:
    with zipfile.ZipFile(CORPUS / LECTURE) as file:
        body = file.read("word/document.xml").decode("utf-8")
    assert "一、没有调查" not in body
    assert texts[LECTURE].count("一、没有调查，没有发言权") == 1
    assert "6.督查回访" in texts[LECTURE]
    assert "1.深，就是深入群众" in texts[LECTURE], "the second list begins anew"


def test_notice_has_what_a_notice_has(texts: dict[str, str]) -> None:
    for part in ("云民发〔2025〕12号", "联系人：", "附件：1.", "2025年4月9日"):
        assert part in texts[NOTICE]


def test_lines_of_the_wrapped_report_end_inside_sentences() -> None:
    lines = (CORPUS / WRAPPED).read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) <= 48
    assert sum(line[-1:] not in "。：；）" for line in lines if line) > 15


def _content(path: str, data: bytes) -> dict[str, bytes]:
    """A Word file by its parts: how well zlib packs them may differ from one machine to another."""
    if not path.endswith(".docx"):
        return {"": data}
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_generated_files_are_what_the_generator_makes(maker: ModuleType) -> None:
    make: Callable[[str], bytes] = maker.make
    assert {Path(path).suffix for path in maker.MADE} == {".docx", ".pdf", ".txt"}
    for path in maker.MADE:
        assert _content(path, (CORPUS / path).read_bytes()) == _content(path, make(path)), path


def test_every_binary_or_foreign_file_has_a_source(maker: ModuleType, loaded: dict[str, Loaded]) -> None:
    assert {path for path, file in loaded.items() if file.encoding != "utf-8"} <= set(maker.MADE)


def test_questions_are_many_of_every_type() -> None:
    counts = Counter(question["type"] for question in QUESTIONS)
    assert set(counts) == TYPES
    assert len(QUESTIONS) >= 80
    assert counts["unanswerable"] >= 15
    assert min(counts.values()) >= 8
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question["question"] + str(question.get("history")) for question in QUESTIONS}) == len(QUESTIONS)


def test_every_text_is_asked_about() -> None:
    asked = Counter(question["doc"] for question in QUESTIONS if "doc" in question)
    assert sorted(asked) == PATHS
    assert min(asked.values()) >= 4


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_quotes_stand_in_their_document(question: dict[str, Any], texts: dict[str, str]) -> None:
    if question["type"] == "unanswerable":
        assert question["quotes"] == []
        assert "doc" not in question
        return
    text = squeezed(texts[question["doc"]])
    assert question["quotes"]
    for quote in question["quotes"]:
        assert squeezed(quote) in text
    for item in question.get("items", ()):
        assert any(item in quote for quote in question["quotes"])
    assert (question["type"] == "list") <= ("items" in question)
    assert (question["type"] == "followup") == ("history" in question)
