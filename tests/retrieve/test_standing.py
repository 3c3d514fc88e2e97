"""How documents stand on a day, from what they say of themselves and of each other."""

from __future__ import annotations

from typing import Any

import pytest

from qa.retrieve import DocumentNames
from qa.retrieve.standing import standings
from qa.types import DocumentInfo, Facts, Standing

TODAY = "2026-06-01"


def info(doc_id: str, path: str, title: str = "", **facts: Any) -> DocumentInfo:
    title = title or path.rsplit("/", 1)[-1].split("(")[0].removesuffix(".md")
    facts = {"binding": True, **facts}
    return DocumentInfo(doc_id, path, title, 1000, 5, 0, "md", "utf-8", Facts(**facts), ())


def stand(*infos: DocumentInfo, today: str = TODAY) -> dict[str, Standing]:
    return standings(infos, DocumentNames(infos).profiles, today)


def test_the_newest_edition_in_force_makes_the_earlier_ones_changed() -> None:
    found = stand(
        info("a", "法/灯塔管理条例(2009-03-01).md", effective="2009-05-01"),
        info("b", "法/灯塔管理条例(2015-03-01).md", effective="2009-05-01"),
        info("c", "法/灯塔管理条例(2026-04-01).md", effective="2026-09-01"),
    )
    assert found == {
        "a": Standing("已修改", "b", "2015-03-01"),
        "b": Standing("现行", None, "2015-03-01"),
        "c": Standing("尚未施行", "b", "2026-09-01"),
    }


def test_the_day_decides() -> None:
    editions = (
        info("old", "灯塔管理条例(2009-03-01).md"),
        info("new", "灯塔管理条例(2026-04-01).md", effective="2026-09-01"),
    )
    assert stand(*editions, today="2026-08-31")["old"].status == "现行"
    later = stand(*editions, today="2026-09-01")
    assert (later["old"], later["new"].status) == (Standing("已修改", "new", "2026-09-01"), "现行")


def test_copies_of_one_edition_do_not_change_each_other() -> None:
    passed = info("a", "灯塔管理条例.md", date="2021-03-05")
    published = info("b", "本/灯塔管理条例(2021-03-20).md")
    assert {s.status for s in stand(passed, published).values()} == {"现行"}
    revised = info("c", "灯塔管理条例（2018年修正）.md", "灯塔管理条例", date="2021-01-01")
    exact = info("d", "灯塔管理条例(2018-10-01).md")
    assert {s.status for s in stand(revised, exact).values()} == {"现行"}, "only the year is known of one"


def test_a_repeal_ends_what_was_made_before_it() -> None:
    found = stand(
        info("old", "灯塔看守规定(1998-01-01).md"),
        info("older", "灯塔看守规定(1990-01-01).md"),
        info("again", "灯塔看守规定(2023-01-01).md"),
        info("law", "灯塔法(2020-01-01).md", effective="2020-06-01", repeals=("中华人民共和国灯塔看守规定",)),
    )
    assert found["old"] == found["older"] == Standing("已废止", "law", "2020-06-01")
    assert (found["again"].status, found["law"].status) == ("现行", "现行"), "made anew since; never by itself"


def test_a_law_made_anew_repeals_its_former_self_but_none_of_its_own_editions() -> None:
    repeals = ("灯塔管理条例",)
    found = stand(
        info("former", "灯塔管理条例(1994-08-18).md"),
        info("first", "灯塔管理条例(1998-12-27).md", effective="1999-01-01", repeals=repeals),
        info("now", "灯塔管理条例(2011-01-08).md", effective="1999-01-01", repeals=repeals),
    )
    assert {doc_id: (s.status, s.by) for doc_id, s in found.items()} == {
        "former": ("已废止", "now"),
        "first": ("已修改", "now"),
        "now": ("现行", None),
    }


@pytest.mark.parametrize(
    ("repealer", "status"),
    [
        ({"effective": "2026-09-01"}, "现行"),  # not yet
        ({"effective": "2020-06-01", "status": "征求意见稿"}, "现行"),  # a draft repeals nothing
        ({"effective": "2020-06-01"}, "已废止"),
    ],
)
def test_only_a_text_in_force_repeals(repealer: dict[str, Any], status: str) -> None:
    law = info("law", "灯塔法(2020-01-01).md", repeals=("灯塔看守规定",), **repealer)
    assert stand(info("old", "灯塔看守规定(1998-01-01).md"), law)["old"].status == status


def test_an_issuer_leaves_its_own_name_out_and_numbers_must_agree() -> None:
    first = info("1", "县政府关于灯塔的规定（一）.md")
    second = info("2", "县政府关于灯塔的规定（二）.md")
    law = info("law", "灯塔法(2020-01-01).md", repeals=("关于灯塔的规定（二）",))
    found = stand(first, second, law)
    assert (found["1"].status, found["2"].status) == ("现行", "已废止")


def test_an_amendment_newer_than_the_edition_tells_the_last_one() -> None:
    found = stand(
        info("law", "灯塔法(2019-03-02).md"),
        info("a1", "灯塔法修正案（一）(2018-01-01).md", amends=("灯塔法",)),
        info("a2", "灯塔法修正案（二）(2021-01-01).md", amends=("灯塔法",)),
        info("a3", "灯塔法修正案（三）(2024-01-01).md", amends=("灯塔法",), effective="2024-03-01"),
    )
    assert found["law"] == Standing("已修改", "a3", "2024-03-01")
    assert {found[doc_id].status for doc_id in ("a1", "a2", "a3")} == {"现行"}


def test_a_draft_points_to_the_final_text() -> None:
    draft = info("d", "灯塔法（征求意见稿）.md", "灯塔法（征求意见稿）", binding=False, status="征求意见稿")
    assert stand(draft)["d"] == Standing("征求意见稿")
    assert stand(draft, info("law", "灯塔法(2019-03-02).md"))["d"] == Standing("征求意见稿", "law")


def test_what_a_file_says_of_itself_stands_and_a_named_reason_goes_before_it() -> None:
    gone = info("old", "灯塔看守规定（已废止）.md", status="已废止")
    assert stand(gone)["old"] == Standing("已废止")
    law = info("law", "灯塔法(2020-01-01).md", repeals=("灯塔看守规定",))
    assert stand(gone, law)["old"].by == "law"


def test_reports_and_speeches_have_no_standing() -> None:
    assert stand(info("r", "2024年工作报告.md", binding=False), info("s", "讲话.md", binding=False)) == {}


def test_years_in_a_title_are_no_editions() -> None:
    found = stand(info("a", "灯塔宪章修正案（1999年）.md"), info("b", "灯塔宪章修正案（2018年）.md"))
    assert {s.status for s in found.values()} == {"现行"}


def test_naming_prefers_the_edition_in_force_to_a_draft() -> None:
    final = info("f", "灯塔法(2019-03-02).md")
    draft = info("d", "灯塔法（征求意见稿）(2025-01-01).md", "灯塔法（征求意见稿）", status="征求意见稿")
    profiles = DocumentNames([final, draft]).profiles
    assert (profiles["f"].newest, profiles["d"].newest) == (True, False)
