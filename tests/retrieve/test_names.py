"""Documents named by full, short or clipped title, by year and by place; the newest edition first."""

from __future__ import annotations

import pytest

from qa.query import parse
from qa.retrieve import DocumentNames
from qa.types import DocumentInfo, Facts

PATHS = {
    "safety": ("laws/道路安全法(2021-04-29).md", "中华人民共和国道路安全法"),
    "safety_old": ("laws/道路安全法(2011-04-22).md", "中华人民共和国道路安全法"),
    "rules": ("laws/道路安全法实施条例(2017-10-07).md", "道路安全法实施条例"),
    "family": ("laws/反家庭欺凌法(2016-03-01).md", "中华人民共和国反家庭欺凌法"),
    "work2024": ("reports/2024_工作.txt", "2024年中华人民共和国国务院政府工作报告"),
    "work1992": ("reports/1992_工作.txt", "1992年中华人民共和国国务院政府工作报告"),
    "fujian": ("reports/2024年福建省政府工作报告.txt", "2024年福建省政府工作报告"),
    "notice": ("notices/通知.docx", "关于做好入户走访工作的通知"),
    "book": ("某某典/物权编.md", "物权编"),
}


def info(doc_id: str, path: str, title: str) -> DocumentInfo:
    facts = Facts(number="云民发〔2025〕12号") if doc_id == "notice" else Facts()
    return DocumentInfo(doc_id, path, title, 1000, 5, 0, "text", "utf-8", facts, ())


NAMES = DocumentNames(info(doc_id, *paths) for doc_id, paths in PATHS.items())


def best(question: str) -> str | None:
    named = NAMES.named(parse(question))
    return max(named, key=lambda doc_id: (named[doc_id], doc_id), default=None)


@pytest.mark.parametrize(
    ("question", "doc_id"),
    [
        ("中华人民共和国道路安全法第九条", "safety"),
        ("道路安全法第九条", "safety"),
        ("按道路安全法，逆行怎么罚", "safety"),
        ("道安法第九条", "safety"),
        ("反家欺法里怎么申请", "family"),
        ("走访工作通知里怎么说", "notice"),
        ("《道路安全法实施条例》第三条", "rules"),
        ("2024年政府工作报告提了什么", "work2024"),
        ("24年国务院政府工作报告提了什么", "work2024"),
        ("92年政府工作报告说了什么", "work1992"),
        ("2024年福建省政府工作报告", "fujian"),
        ("云民发〔2025〕12号说了什么", "notice"),
        ("云民发[2025]12号说了什么", "notice"),
        ("请问云民发〔2025〕12号说了什么", "notice"),
        ("某某典第二百零七条", "book"),
    ],
)
def test_the_named_document_is_found(question: str, doc_id: str) -> None:
    assert best(question) == doc_id


def test_the_newest_edition_stands_first_and_the_older_one_behind() -> None:
    named = NAMES.named(parse("道路安全法第九条"))
    assert named["safety"] > named["safety_old"] > 0


def test_an_older_edition_is_named_by_its_year() -> None:
    named = NAMES.named(parse("2011年的道路安全法第九条"))
    assert named["safety_old"] == 1.0


def test_a_year_that_no_report_bears_names_none() -> None:
    assert NAMES.named(parse("1997年政府工作报告第三部分")) == {}


def test_a_quoted_title_that_is_not_there_is_told() -> None:
    assert NAMES.unknown(parse("《草原管护细则》第三条是什么"))
    assert not NAMES.unknown(parse("《道路安全法》第三条是什么"))


def test_a_document_number_is_borne_or_not() -> None:
    assert NAMES.bears("云民发〔2025〕12号")
    assert NAMES.bears("文里说的云民发〔2025〕12号")
    assert not NAMES.bears("云民发〔2025〕13号")
    assert not NAMES.bears("云民发〔2024〕12号")


def test_no_document_is_named_by_common_words() -> None:
    assert best("基层怎样减轻负担") is None
