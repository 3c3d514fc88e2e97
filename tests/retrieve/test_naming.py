"""Which of near-twins is meant: reports by place and year, numbered sequels, editions; and what is named in vain."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from qa.query import parse
from qa.retrieve import DocumentNames
from qa.retrieve.names import Naming
from qa.types import DocumentInfo, Facts

NOW = datetime.now(UTC).year
# A library whose newest report is two years old: 今年 can only mean that one.
NEWEST = NOW - 2

PATHS = {
    **{
        f"state{year}": (f"r/{year}_工作.txt", f"{year}年国务院政府工作报告")
        for year in (1985, NEWEST - 2, NEWEST - 1, NEWEST)
    },
    **{
        f"{place}": (f"r/{NEWEST}年{place}政府工作报告.txt", f"{NEWEST}年{place}政府工作报告")
        for place in ("福建省", "广西", "云溪县")
    },
    "twelfth": ("c/12_向前走_(十二大).txt", "向前走 (十二大)"),
    "thirteenth": ("c/13_在某党第十三次全国代表大会上的报告.txt", "在某党第十三次全国代表大会上的报告"),
    "amend2": ("l/球场法修正案（二）.md", "中华人民共和国球场法修正案（二）"),
    "amend11": ("l/球场法修正案（十一）.md", "中华人民共和国球场法修正案（十一）"),
    "ball": ("l/球场法(2019-03-02).md", "中华人民共和国球场法"),
    "ball2007": ("l/球场法(2007-01-10).md", "中华人民共和国球场法"),
    "ball1999": ("l/球场法(1999-05-01).md", "中华人民共和国球场法"),
    "rules": ("l/球场法实施条例(2020-01-01).md", "球场法实施条例"),
    "book1": ("l/云典/物权编.md", "云溪法典"),
    "book2": ("l/云典/借用责任编.md", "云溪法典"),
    "court": ("j/解释.md", "最高人民法院关于审理球场租赁纠纷案件适用法律若干问题的解释"),
    "civil": ("j/民.md", "最高人民法院关于适用《民事球场法》的解释"),
    "penal": ("j/刑.md", "最高人民法院关于适用《刑事球场法》的解释"),
    "court1": ("j/球场法解释一.md", "最高人民法院关于适用《中华人民共和国球场法》若干问题的解释（一）"),
    "court2": ("j/球场法解释二.md", "最高人民法院关于适用《中华人民共和国球场法》若干问题的解释（二）"),
    "minutes": ("n/纪要.txt", "云溪县专题会议纪要"),
    "leave": ("z/办法.txt", "云溪县机关工作人员考勤和休假管理办法"),
    "voters": ("l/镇村两级代表选举法(2010-01-01).md", "镇村两级代表选举法"),
    "lending": ("l/借用法(2001-01-01).md", "借用法"),
}
DATES = {"book2": "2020-05-28", "book1": "2021-01-01"}


NUMBERS = {"minutes": "〔2025〕17号", "court": "云释〔2024〕12号"}


def info(doc_id: str, path: str, title: str) -> DocumentInfo:
    facts = Facts(number=NUMBERS.get(doc_id), date=DATES.get(doc_id))
    return DocumentInfo(doc_id, path, title, 1000, 5, 0, "text", "utf-8", facts, ())


NAMES = DocumentNames(info(doc_id, *paths) for doc_id, paths in PATHS.items())


def read(question: str, *history: str) -> Naming:
    return NAMES.read(parse(question, history))


def meant(question: str, *history: str) -> list[str]:
    found = read(question, *history).found
    best = max(found.values(), default=0.0)
    return sorted(doc_id for doc_id, strength in found.items() if strength > best - 0.05)


@pytest.mark.parametrize(
    ("question", "doc_id"),
    [
        ("1985年总理报告怎么讲粮食", f"state{1985}"),
        ("85年政府工作报告第二部分", f"state{1985}"),
        (f"国务院{NEWEST}年的报告讲就业", f"state{NEWEST}"),
        ("福建省今年的报告讲了哪些项目", "福建省"),
        ("福建的政府工作报告", "福建省"),
        (f"福建省人民政府{NEWEST}年工作报告", "福建省"),
        ("广西壮族自治区政府工作报告", "广西"),
        ("云溪县政府今年的报告", "云溪县"),
        ("国务院政府工作报告最新那份", f"state{NEWEST}"),
        ("党的十二大报告怎么讲", "twelfth"),
        ("12大报告第三部分", "twelfth"),
        ("第十三次全国代表大会上的报告", "thirteenth"),
        ("球场法修正案十一", "amend11"),
        ("球场法修正案(二)改了什么", "amend2"),
        ("第二个球场法修正案", "amend2"),
        ("球场法第三条", "ball"),
        ("球场法实施条例第三条", "rules"),
        ("云溪法典物权编", "book1"),
        ("云溪法典借用编", "book2"),
        ("最高法关于球场租赁的解释", "court"),
        ("球场租赁司法解释第三条", "court"),
        ("球场法解释二", "court2"),
        ("球场法司法解释（一）第四条", "court1"),
        ("最高法民事球场法解释", "civil"),
        ("第三条球场法", "ball"),
        ("球场法规定夜间收费几倍", "ball"),
        ("球场法制定于哪年", "ball"),
        ("选举法", "voters"),
        ("考勤办法34条第二款", "leave"),
        ("云释2024年12号讲什么", "court"),
        ("专题会议纪要〔2025〕17号定了什么", "minutes"),
        ("依据球场法，球场法实施条例第三条怎么说", "rules"),
        ("借用法第二条和球场法第三条", "lending"),
    ],
)
def test_the_one_meant(question: str, doc_id: str) -> None:
    assert meant(question) == [doc_id]


@pytest.mark.parametrize(
    ("question", "doc_id"),
    [
        ("2007年版球场法第三条", "ball2007"),
        ("球场法（1999年）第三条", "ball1999"),
        ("2010年的球场法第三条", "ball2007"),  # in force that year
        ("旧球场法第三条", "ball2007"),
        ("修订前的球场法怎么写", "ball2007"),
        ("球场法旧版", "ball2007"),
        ("新球场法", "ball"),
        ("现行球场法第三条", "ball"),
    ],
)
def test_the_edition_meant(question: str, doc_id: str) -> None:
    assert meant(question) == [doc_id]
    assert read(question).note is None


def test_an_edition_that_is_not_there_is_told_beside_the_one_shown() -> None:
    assert meant("1997年版借用法第三条") == ["lending"]
    assert "问的是1997年的版本" in (read("1997年版借用法第三条").note or "")
    assert "只有2001-01-01的一版" in (read("旧借用法第三条").note or "")


def test_numbered_sequels_and_books_are_no_editions_of_one_another() -> None:
    assert all(NAMES.profiles[doc_id].newest for doc_id in ("amend2", "amend11", "court1", "book1", "book2", "ball"))
    assert not NAMES.profiles["ball2007"].newest


def test_this_year_is_the_newest_of_the_series_where_the_clock_s_year_is_not_held() -> None:
    assert meant("今年国务院政府工作报告") == [f"state{NEWEST}"]
    assert meant("去年的政府工作报告") == [f"state{NEWEST - 1}"]
    assert meant("前年的总理报告") == [f"state{NEWEST - 2}"]
    assert f"指{NEWEST - 1}年" in (read("去年的政府工作报告").note or "")


def test_this_year_is_the_clock_s_where_it_is_held() -> None:
    names = DocumentNames(
        info(str(year), f"{year}.txt", f"{year}年国务院政府工作报告") for year in (NOW - 1, NOW, NOW + 1)
    )
    naming = names.read(parse("今年国务院政府工作报告"))
    assert (naming.found, naming.note) == ({str(NOW): 1.0}, None)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("厦门市今年政府工作报告怎么说", "没有厦门的政府工作报告；有的是云溪、广西、福建的"),
        ("四川省政府工作报告", "没有四川的政府工作报告"),
        ("省里的报告怎么讲", "没有说是哪里的报告"),
        ("1990年福建省政府工作报告", f"没有福建的1990年的政府工作报告；有的是{NEWEST}年的"),
        ("1990年政府工作报告第三部分", f"没有1990年的政府工作报告；有的是1985年、{NEWEST - 2}年"),
        ("党的二十大报告", "没有党的二十大的报告；有的是十二大、十三大的"),
        ("球场法修正案九", "没有《球场法修正案（九）》；有的是（二）（十一）"),
        ("跑道法第五条", "没有《跑道法》"),
        ("《球场安全法》第五条", "没有《球场安全法》"),
        ("根据图书借用法第五条", "没有《图书借用法》"),
        ("福建省球场法第五条", "没有《福建省球场法》"),
        ("镇村两级代表选拔法第二条", "没有《镇村两级代表选拔法》；名称相近的有《镇村两级代表选举法》"),
    ],
)
def test_what_is_named_in_vain_is_told_with_what_there_is(question: str, told: str) -> None:
    naming = read(question)
    assert naming.found == {}
    assert told in (naming.absent or "")


@pytest.mark.parametrize(
    "question",
    [
        "调查报告怎么写",
        "有什么办法减负",
        "违反什么规定",
        "三大报告要求",
        "这种做法第三条违反吗",
        "该办法第三条",
        "依据有关规定第五条",
    ],
)
def test_turns_of_phrase_name_nothing(question: str) -> None:
    assert read(question) == Naming()


def test_the_document_is_carried_over_from_the_earlier_question() -> None:
    assert meant("第三章讲什么", "球场法实施条例第二条") == ["rules"]
    assert meant("那第五条呢", "球场法实施条例第二条", "第三条") == ["rules"]


def test_a_number_without_issuer_is_borne_by_its_kind_of_text_only() -> None:
    assert NAMES.bears("专题会议纪要〔2025〕17号")
    assert not NAMES.bears("云发〔2025〕17号")
