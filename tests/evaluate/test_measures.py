"""Measures against values worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.errors import InputError
from qa.evaluate import Matcher, Outcome, read_questions, summarise
from qa.evaluate.measures import abstention, percentile


def outcome(
    rank: int | None, *, answered: bool = True, answerable: bool = True, cited: float | None = 1.0, ms: float = 1.0
) -> Outcome:
    return Outcome(
        id="q",
        type="fact",
        question="问",
        answerable=answerable,
        answered=answered,
        kind="extract",
        confidence=0.5,
        rank=rank,
        cited=cited if answered else None,
        cited_any=bool(cited) and answered,
        items=None,
        ms=ms,
        shown=(),
        first="",
    )


def test_retrieval_figures_are_exact_fractions() -> None:
    summary = summarise("全部", [outcome(1), outcome(2), outcome(7), outcome(None)])
    assert (summary.hit1, summary.hit5, summary.hit10) == (1 / 4, 2 / 4, 3 / 4)
    assert summary.mrr == pytest.approx((1 + 1 / 2 + 1 / 7) / 4)


def test_unanswerable_questions_count_for_abstention_only() -> None:
    outcomes = [
        outcome(1),
        outcome(None, answered=False),
        outcome(None, answerable=False, answered=False),
        outcome(None, answerable=False),
    ]
    summary = summarise("全部", outcomes)
    assert summary.hit1 == 1 / 2
    assert summary.citation == 1.0
    assert abstention(outcomes) == (1 / 2, 1 / 2)


def test_groups_without_anything_to_measure_give_none() -> None:
    summary = summarise("空", [outcome(None, answerable=False)])
    assert (summary.hit1, summary.citation, summary.complete) == (None, None, None)
    assert abstention([outcome(1)]) == (None, None)


def test_percentiles_by_nearest_rank() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.0
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.95) == 4.0
    assert percentile([], 0.5) == 0.0


def gold_file(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


ROW = {"id": "a", "question": "几点开会", "type": "fact", "doc": "通知.txt", "quotes": ["会议于上午九点召开。"]}


def test_quotes_match_with_white_space_aside(tmp_path: Path) -> None:
    [gold] = read_questions(gold_file(tmp_path, ROW))
    matcher = Matcher({"通知.txt": "通知\n会议于 上午九点\n召开。请准时。"}.get)
    assert matcher.places("通知.txt", gold.evidence[0][1]) == [(3, 15)]
    assert matcher.shows(gold, "通知.txt", 0, 20)
    assert matcher.shows(gold, "通知.txt", 4, 8)
    assert not matcher.shows(gold, "通知.txt", 15, 20)
    assert not matcher.shows(gold, "别的.txt", 0, 20)


@pytest.mark.parametrize("broken", ['{"id": 1', '{"id": "x"}', '{"id":"x","question":"q","type":"fact"}', ""])
def test_a_bad_question_file_is_refused_with_file_and_line(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.jsonl"):
        read_questions(path)
