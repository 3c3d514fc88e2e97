"""Passages that say the same become one hit, which knows where else it stands."""

from __future__ import annotations

from scenes import info

from qa.rank import fold
from qa.retrieve import DocumentNames
from qa.types import Chunk, Hit

DOCUMENTS = [
    info("old", "法规/灯塔管理条例(2009-03-01).md", "灯塔管理条例"),
    info("new", "法规/灯塔管理条例(2021-06-15).md", "灯塔管理条例"),
    info("copy", "学习/条例摘编.txt", "条例摘编"),
    info("other", "通知/值守.txt", "关于灯塔值守的通知"),
]
PROFILES = DocumentNames(DOCUMENTS).profiles
RULE = "灯塔由守塔人每晚日落前点亮，日出后熄灭，遇有大雾应当整日点亮，并在值守簿上写明点亮和熄灭的时间。"
CHANGED = RULE.replace("大雾应当", "大雾必须")


def hit(number: int, doc_id: str, text: str, score: float, **signals: float) -> Hit:
    path = next(i.path for i in DOCUMENTS if i.id == doc_id)
    return Hit(Chunk(number, doc_id, 10 * number, 10 * number + len(text), -1, text), score, path, doc_id, signals)


def shown(hits: list[Hit]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [(h.chunk.doc_id, [(t.doc_id, t.kind, t.date) for t in h.same]) for h in hits]


def test_a_copy_is_folded_whatever_its_spaces_signs_and_article_number() -> None:
    hits = [hit(1, "copy", RULE, 0.9), hit(2, "other", f"第十二条 {RULE.replace('，', ', ')}", 0.5)]
    folded = fold(hits, PROFILES)
    assert shown(folded) == [("copy", [("other", "copy", "")])]
    [twin] = folded[0].to_dict()["same"]
    assert (twin["path"], twin["start"], twin["end"]) == ("通知/值守.txt", 20, hits[1].chunk.end)


def test_the_newest_edition_stands_where_the_best_one_stood() -> None:
    hits = [hit(1, "old", RULE, 0.9), hit(2, "other", "守塔人两人一班。", 0.6), hit(3, "new", CHANGED, 0.4)]
    folded = fold(hits, PROFILES)
    assert shown(folded) == [("new", [("old", "edition", "2009-03-01")]), ("other", [])]
    assert folded[0].score == 0.9


def test_the_edition_that_the_question_names_stays_in_front() -> None:
    hits = [hit(1, "old", RULE, 0.9, title_named=1.0), hit(3, "new", CHANGED, 0.4, title_named=0.6)]
    assert shown(fold(hits, PROFILES)) == [("old", [("new", "edition", "2021-06-15")])]


def test_of_those_that_say_the_same_one_in_force_goes_first() -> None:
    hits = [hit(1, "copy", RULE, 0.9), hit(2, "other", RULE, 0.5)]
    assert shown(fold(hits, PROFILES)) == [("copy", [("other", "copy", "")])]
    lapsed = fold(hits, PROFILES, lapsed=frozenset({"copy"}))
    assert (shown(lapsed), lapsed[0].score) == ([("other", [("copy", "copy", "")])], 0.9)
    to_come = [hit(1, "old", RULE, 0.9), hit(3, "new", CHANGED, 0.4)]
    assert shown(fold(to_come, PROFILES, lapsed=frozenset({"new"})))[0][0] == "old", "the newest isn't in force yet"


def test_another_figure_is_another_statement_unless_an_edition_changed_it() -> None:
    text = "守塔人每月领取津贴三百元，由港务站在月底发放，节日值守的另外记工，领取时在簿上签字并写明日期。"
    more = text.replace("三百", "五百")
    assert shown(fold([hit(1, "copy", text, 0.9), hit(2, "other", more, 0.8)], PROFILES)) == [
        ("copy", []),
        ("other", []),
    ]
    assert shown(fold([hit(1, "new", more, 0.9), hit(2, "old", text, 0.8)], PROFILES)) == [
        ("new", [("old", "edition", "2009-03-01")])
    ]


def test_a_passage_that_says_more_is_not_hidden_by_a_part_of_it() -> None:
    long = RULE + "守塔人生病时由港务站派人代班，代班的人应当先学会换灯芯和添油。"
    assert len(fold([hit(1, "copy", RULE, 0.9), hit(2, "other", long, 0.8)], PROFILES)) == 2


def test_what_stands_at_the_address_asked_for_is_folded_under_nothing() -> None:
    hits = [hit(1, "new", RULE, 0.9), hit(2, "old", RULE, 0.8)]
    assert [h.chunk.doc_id for h in fold(hits, PROFILES, frozenset({2}))] == ["new", "old"]
    assert shown(fold(hits[::-1], PROFILES, frozenset({2}))) == [("old", [("new", "edition", "2021-06-15")])]
