"""Each column of a candidate's row, on candidates made by hand."""

from __future__ import annotations

import pytest
from scenes import candidate, info, scene, weights

from qa.query import Query, parse
from qa.rank import FEATURES, Scene, features
from qa.retrieve import Candidate
from qa.types import DocumentInfo


def rows(query: Query, found: list[Candidate], where: Scene) -> list[dict[str, float]]:
    return [dict(zip(FEATURES, map(float, row), strict=True)) for row in features(query, found, where)]


def one(question: str, text: str, document: DocumentInfo, *others: DocumentInfo, **given: object) -> dict[str, float]:
    """The only candidate's columns."""
    query = parse(question)
    return rows(query, [candidate(1, document.id, text, **given)], scene(query, document, *others))[0]  # type: ignore[arg-type]


RULE = info("rule", "制度/球场管理办法.txt", "云溪县公共球场管理办法")
REPORT_23 = info("r23", "报告/2023.txt", "2023年云溪县工作报告", year=2023)
REPORT_24 = info("r24", "报告/2024.txt", "2024年云溪县工作报告", year=2024)


def test_no_candidates_give_no_rows() -> None:
    query = parse("球场几点开放")
    assert features(query, [], scene(query, RULE)).shape == (0, len(FEATURES))


def test_what_the_retrievers_say() -> None:
    query = parse("球场几点开放")
    found = [
        candidate(1, "rule", "甲", dense=5.0, lexical=4.0, spoken=(1.0, 6.0)),
        candidate(2, "rule", "乙", dense=2.5, lexical=0.0, spoken=(3.0,)),
        candidate(3, "rule", "丙", dense=None, lexical=16.0),
    ]
    first, second, third = rows(query, found, scene(query, RULE, weighed=weights(ceiling=8.0)))
    # In fives of standard deviations; a passage without a vector yet is taken for a middling one.
    assert (first["likeness"], second["likeness"], third["likeness"]) == pytest.approx((1.0, 0.5, 0.75))
    assert (first["likeness_gap"], second["likeness_gap"], third["likeness_gap"]) == pytest.approx((0.0, -0.5, -0.25))
    assert (first["sentence"], second["sentence"], third["sentence"]) == pytest.approx((1.2, 0.6, 0.75))
    assert (first["sentence_gap"], second["sentence_gap"]) == pytest.approx((0.0, -0.6))
    assert (first["bm25_share"], second["bm25_share"], third["bm25_share"]) == (0.25, 0.0, 1.0)
    assert (first["bm25_level"], second["bm25_level"], third["bm25_level"]) == (0.5, 0.0, 1.0)


@pytest.mark.parametrize(("best", "level"), [(2.0, 0.25), (16.0, 1.0), (0.0, 0.0)])
def test_being_less_like_counts_again_as_far_as_a_passage_says_the_question(best: float, level: float) -> None:
    found = [
        candidate(1, "rule", "甲", dense=5.0, lexical=0.0, spoken=(6.0,)),
        candidate(2, "rule", "乙", dense=2.5, lexical=best, spoken=(3.0,)),
    ]
    query = parse("球场几点开放")
    first, second = rows(query, found, scene(query, RULE, weighed=weights(ceiling=8.0)))
    assert (first["likeness_said"], first["sentence_said"]) == (0.0, 0.0)
    assert (second["likeness_said"], second["sentence_said"]) == pytest.approx((-0.5 * level, -0.6 * level))


def test_without_vectors_nothing_is_like() -> None:
    query = parse("球场几点开放")
    [row] = rows(query, [candidate(1, "rule", "甲")], scene(query, RULE))
    assert [row[name] for name in ("likeness", "likeness_gap", "sentence", "sentence_gap")] == [0.0] * 4


def test_what_passage_and_heading_cover_of_the_question() -> None:
    query = parse("球场维修")
    weighed = weights({"球场": 1.0, "维修": 3.0}, {"雷雨": 2.0}, {"球场": 1.0, "维修": 1.0})
    where = scene(query, RULE, heads={1: "云溪县公共球场管理办法 › 第三章 维修"}, weighed=weighed)
    [row] = rows(query, [candidate(1, "rule", "雷雨天气球场关闭。")], where)
    assert row["words"] == 1 / 4
    assert row["head"] == 1.0
    assert row["words_and_head"] == 1.0
    assert row["bigrams"] == 1 / 2
    assert row["context"] == 1.0


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("球场每天开放多长时间", "每天开放八小时。", 1.0),
        ("球场每天开放多长时间", "欢迎居民前来。", 0.0),
        ("球场什么时候关闭", "6月15日起关闭。", 1.0),
        ("球场管理", "欢迎居民前来。", 0.5),
    ],
)
def test_type_asks_whether_the_passage_holds_that_kind_of_thing(question: str, text: str, expected: float) -> None:
    assert one(question, text, RULE)["type"] == expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("什么是公共球场", "本办法所称公共球场，是指由财政资金建设的场地。", 1.0),
        ("什么是公共球场", "居民代表会议，是指由居民推选的代表组成的会议。公共球场由其管理。", 0.0),
        ("什么是公共球场", "公共球场应当每天开放。", 0.0),
        ("公共球场有多少个", "本办法所称公共球场，是指由财政资金建设的场地。", 0.0),
    ],
)
def test_defines_wants_the_asked_word_before_the_defining_one(question: str, text: str, expected: float) -> None:
    assert one(question, text, RULE)["defines"] == expected


def test_opening_and_article_like() -> None:
    row = one("球场几点开放", "第三条 公共球场应当每天开放。", RULE, start=0)
    assert (row["opening"], row["article_like"]) == (1.0, 1.0)
    row = one("球场几点开放", "公共球场应当每天开放。", RULE, start=7)
    assert (row["opening"], row["article_like"]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("head", "text", "expected"),
    [
        ("球场管理办法 › 二、临时关闭的情形", "（一）雷雨天气。", 1.0),
        ("球场管理办法", "（三）临时关闭的情形：\n雷雨天气。", 1.0),
        ("临时关闭的情形", "雷雨天气。", 0.0),
        ("球场管理办法 › 二、关闭", "雷雨天气。", 0.0),
        ("球场管理办法 › 二、临时开放的情形", "雷雨天气。", 0.0),
    ],
)
def test_a_heading_asked_word_for_word(head: str, text: str, expected: float) -> None:
    """The document's own title is no heading, nor is a word of two characters."""
    query = parse("球场临时关闭的情形有哪些")
    [row] = rows(query, [candidate(1, "rule", text)], scene(query, RULE, heads={1: head}))
    assert row["heading_asked"] == expected


def test_a_named_document_and_the_others() -> None:
    query = parse("云溪县公共球场管理办法里怎么说")
    found = [candidate(1, "rule", "甲"), candidate(2, "r24", "乙")]
    named, other = rows(query, found, scene(query, RULE, REPORT_24))
    assert (named["title_named"], named["other_named"]) == (1.0, 0.0)
    assert (other["title_named"], other["other_named"]) == (0.0, 1.0)


def test_the_year_named_and_another() -> None:
    query = parse("2024年办结了多少件")
    found = [
        candidate(1, "r24", "办结三百件。"),
        candidate(2, "r23", "比2024年少。"),
        candidate(3, "rule", "无年份"),
    ]
    same, another, none = rows(query, found, scene(query, REPORT_23, REPORT_24, RULE))
    columns = ("year_named", "year_other", "year_in_text")
    assert [same[c] for c in columns] == [1.0, 0.0, 0.0]
    assert [another[c] for c in columns] == [0.0, 1.0, 1.0]
    assert [none[c] for c in columns] == [0.0, 0.0, 0.0]


def test_without_a_year_in_the_question_no_year_counts() -> None:
    row = one("办结了多少件", "比2024年少。", REPORT_23)
    assert (row["year_named"], row["year_other"], row["year_in_text"]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("question", "title", "expected"),
    [
        ("福建的粮食产量", "福建省工作报告", (1.0, 0.0)),
        ("浙江的粮食产量", "福建省工作报告", (0.0, 1.0)),
        ("粮食产量", "福建省工作报告", (0.0, 1.0)),
        ("浙江的粮食产量", "工作报告", (0.0, 0.0)),
    ],
)
def test_the_province_asked_for_and_another(question: str, title: str, expected: tuple[float, float]) -> None:
    row = one(question, "产量增长。", info("p", "报告/a.txt", title))
    assert (row["place_named"], row["place_other"]) == expected


def test_an_older_edition_is_marked() -> None:
    old = info("old", "制度/球场管理办法(2011-04-22).txt", "球场管理办法")
    new = info("new", "制度/球场管理办法(2021-04-29).txt", "球场管理办法")
    assert one("球场几点开放", "甲", old, new)["older_edition"] == 1.0
    assert one("球场几点开放", "甲", new, old)["older_edition"] == 0.0
