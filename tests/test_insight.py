"""What the journal tells: groups, days, votes, and a table in which nothing is a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, timedelta, timezone

import pytest

from qa import insight
from qa.journal import Row


def row(
    question: str,
    at: str = "2026-03-02T10:00:00.000+00:00",
    *,
    status: str = "answered",
    ms: float = 10.0,
    **more: object,
) -> Row:
    cited = [{"number": 1, "path": "a.md", "start": 0, "end": 5}] if status == "answered" else []
    missing = more.pop("missing", [])
    good, note = more.pop("good", None), more.pop("note", None)
    fixed = ("id", at, question, status, "extract", 0.5, "原句。[1]", cited, None, missing, {"total_ms": ms})
    return Row(*fixed, good, note, **more)  # type: ignore[arg-type]


def test_the_same_question_is_one_however_it_is_written() -> None:
    rows = [
        row("渡船多久检修一次？"),
        row("渡船多久检修一次"),
        row("渡船 多久检修一次?", "2026-03-05T10:00:00.000+00:00"),
        row("渡船几年检修一次呢"),
        row("食堂周末开门吗", status="abstained", missing=["食堂"]),
        row("渡船由谁收费"),
    ]
    first, *others = insight.groups(rows)
    assert (first.count, first.last[:10], first.refused) == (4, "2026-03-05", 0)
    assert {first.question, *first.others} == {r.question for r in rows[:4]}
    assert {(g.question, g.count, g.refused, g.missing) for g in others} == {
        ("食堂周末开门吗", 1, 1, ("食堂",)),
        ("渡船由谁收费", 1, 0, ()),
    }
    assert insight.groups([]) == []


@pytest.mark.parametrize(
    ("one", "two"),
    [("第三条讲什么", "第五条讲什么"), ("？", "！"), ("请假几天", "出差几天"), ("2023年预算", "2024年预算")],
)
def test_different_questions_stay_apart(one: str, two: str) -> None:
    assert len(insight.groups([row(one), row(two)])) == 2


def test_every_question_is_in_one_group() -> None:
    rows = [row(f"问题{n % 700}的办理期限是多少天") for n in range(2100)]
    assert sum(group.count for group in insight.groups(rows)) == 2100


def test_days_are_the_places_own() -> None:
    china = timezone(timedelta(hours=8))
    rows = [
        row("a", "2026-03-01T15:59:00.000+00:00", ms=1),
        row("b", "2026-03-01T16:00:00.000+00:00", ms=5, status="abstained", good=False),
        row("c", "2026-03-02T01:00:00.000+00:00", ms=9, good=True),
        row("d", "2026-03-02T02:00:00.000+00:00", ms=7, good=False, wrong=1),
    ]
    first, second = insight.days(rows, china)
    assert (first.date, first.questions, first.refused, first.p50) == ("2026-03-01", 1, 0, 1)
    assert (second.date, second.questions, second.refused) == ("2026-03-02", 3, 1)
    assert (second.p50, second.p95) == (7, 9)
    assert (second.good, second.bad, second.wrong) == (1, 1, 1)
    assert [day.date for day in insight.days(rows, UTC)] == ["2026-03-01", "2026-03-02"]
    whole = insight.total(rows)
    assert (whole.questions, whole.refused, whole.good, whole.bad, whole.wrong) == (4, 1, 1, 1, 1)


EVIL = ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "\u3000=1", "\ufeff=1"]


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_is_a_formula(text: str) -> None:
    lines = "".join(insight.as_csv([row(text, note=text, user=text, scope=text, good=False, wrong=1)], UTC))
    assert lines.startswith("\ufeff时间,")
    head, cells = csv.reader(io.StringIO(lines.removeprefix("\ufeff"), newline=""))
    told = dict(zip(head, cells, strict=True))
    for name in ("问题", "说明", "谁", "范围"):
        assert told[name] == "'" + text
    assert (told["评价"], told["引错第几条"], told["时间"]) == ("引错", "1", "2026-03-02 10:00:00")


@pytest.mark.parametrize("text", ["三=三", "1-2", "问，“好”\n第二行", ""])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert insight.harmless(text) == text
