"""A whole evaluation of an assistant whose answers are known beforehand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import InputError
from qa.evaluate import Gold, Outcome, evaluate, summarise
from qa.types import Answer, Chunk, Citation, Hit, Progress, Sentence

TEXT = "会议于上午九点召开。\n议题有三：修渠、架桥、铺路。\n散会后参观果园。"
PATH = "通知.txt"
SHOWN = {"几点开会": 0, "议什么": 1, "看什么": 0}
"""Question → line of the text that is shown; for the last one a wrong one."""


class Known:
    """Answers with the sentence of the text at the place that a question names, and abstains otherwise."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        self.asked.append((question, tuple(history)))
        lines = TEXT.split("\n")
        spans = [(TEXT.index(line), TEXT.index(line) + len(line)) for line in lines]
        hits = tuple(Hit(Chunk(n, "d", a, b, -1, TEXT[a:b]), 0.5, PATH, "通知") for n, (a, b) in enumerate(spans, 1))
        if question not in SHOWN:
            return Answer(question, "abstained", "extract", hits=hits, timings={"total_ms": 4.0})
        start, end = spans[SHOWN[question]]
        citation = Citation(1, "d", "通知", PATH, start, end, TEXT[start:end])
        sentences = (Sentence(citation.quote, (1,)),)
        return Answer(question, "answered", "extract", sentences, (citation,), hits, 0.9, timings={"total_ms": 2.0})

    def text(self, path: str, start: int = 0, end: int | None = None) -> str:
        if path != PATH:
            raise InputError(f"没有文件 {path}")
        return TEXT[start:end]


def gold(name: str, question: str, kind: str, quote: str = "", path: str = PATH, *items: str) -> Gold:
    return Gold(name, question, kind, (), ((path, quote),) if quote else (), items)


GOLDS = [
    gold("a", "几点开会", "fact", "会议于上午九点召开。"),
    gold("b", "议什么", "list", "议题有三：修渠、架桥、铺路。", PATH, "修渠", "架桥", "铺路", "挖井"),
    gold("c", "看什么", "fact", "散会后参观果园。"),
    gold("d", "吃什么", "unanswerable"),
    gold("e", "谁主持", "fact", "会议由老李主持。", "别的.txt"),
]


def test_the_figures_of_known_answers() -> None:
    figures = evaluate(Known(), GOLDS)
    fact, listed, hopeless, total = figures.rows
    assert [row.name for row in figures.rows] == ["fact", "list", "unanswerable", "全部"]
    assert [o.rank for o in figures.outcomes] == [1, 2, 3, None, None]
    assert [o.cited for o in figures.outcomes] == [1.0, 1.0, 0.0, None, None]
    assert (fact.hit1, fact.hit5, fact.mrr) == (1 / 3, 2 / 3, pytest.approx((1 + 1 / 3) / 3))
    assert (fact.citation, fact.precision, fact.complete) == (1 / 2, 1 / 2, None)
    assert listed.complete == 3 / 4
    assert (hopeless.hit1, hopeless.answered) == (None, 0.0)
    assert (total.questions, total.hit1, total.answered) == (5, 1 / 4, 3 / 5)
    assert (total.p50, total.p95) == (2.0, 4.0)
    assert (figures.abstain_precision, figures.abstain_recall) == (1 / 2, 1.0)
    assert figures.unfound == ("e",)


def test_history_is_passed_on_and_progress_told() -> None:
    known, told = Known(), list[Progress]()
    question = Gold("f", "议什么", "followup", ("几点开会",), ((PATH, "议题有三：修渠、架桥、铺路。"),), ())
    evaluate(known, [question], told.append)
    assert known.asked[-1] == ("议什么", ("几点开会",))
    assert told == [Progress("eval", 1, 1)]


def test_table_and_file_say_the_same(tmp_path: Path) -> None:
    figures = evaluate(Known(), GOLDS)
    lines = figures.table().split("\n")
    assert lines[0].split()[:5] == ["类型", "题数", "hit@1", "hit@5", "hit@10"]
    assert lines[-3].split()[:3] == ["全部", "5", "0.250"]
    assert lines[-2] == "拒答：准确率 0.500，召回率 1.000"
    assert lines[-1] == "注意：1 处标准引文在资料库文本里找不到：e"
    figures.write(tmp_path / "结果.json")
    data = json.loads((tmp_path / "结果.json").read_text(encoding="utf-8"))
    assert data["figures"][-1]["hit1"] == 0.25
    assert data["abstention"] == {"precision": 0.5, "recall": 1.0}
    assert [q["id"] for q in data["questions"]] == ["a", "b", "c", "d", "e"]
    assert data["questions"][1]["shown"] == ["议题有三：修渠、架桥、铺路。"]


OUTCOMES = st.builds(
    Outcome,
    id=st.just("q"),
    type=st.just("fact"),
    question=st.just("问"),
    answerable=st.booleans(),
    answered=st.booleans(),
    kind=st.just("extract"),
    confidence=st.floats(0, 1),
    rank=st.none() | st.integers(1, 10),
    cited=st.none() | st.floats(0, 1),
    cited_any=st.booleans(),
    items=st.none() | st.floats(0, 1),
    ms=st.floats(0, 1e4),
    shown=st.just(()),
    first=st.just(""),
)


@given(st.lists(OUTCOMES, max_size=12))
def test_measures_stay_in_bounds(outcomes: list[Outcome]) -> None:
    row = summarise("全部", outcomes)
    shares = (row.hit1, row.hit5, row.hit10, row.mrr, row.citation, row.precision, row.complete, row.answered)
    assert all(share is None or -1e-9 <= share <= 1 + 1e-9 for share in shares)
    if row.hit1 is not None and row.mrr is not None and row.hit5 is not None and row.hit10 is not None:
        assert row.hit1 <= row.hit5 <= row.hit10
        assert row.hit1 - 1e-9 <= row.mrr <= row.hit10 + 1e-9
    assert row.p50 <= row.p95
