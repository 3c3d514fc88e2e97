"""Questions to go on with: from the headings beside the cited one, and only what the library answers from there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa.answer.related import asked, related
from qa.types import Answer, Citation, Document, Section, Suggestion

TEXT = (
    "梅溪渡船管理办法\n第一章 检修安排\n第一条 每年检修一次。\n第二条 费用自理。\n第二章 停航情形\n一、大风\n二、大雾\n"
)


def _section(level: int, label: str, title: str, parent: int, until: str) -> Section:
    start = TEXT.index(f"{label} {title}".strip() if label.startswith("第") else f"{label}{title}")
    return Section(level, label, title, start, TEXT.index(until) if until else len(TEXT), parent)


LAW = Document(
    "d1",
    "渡船.txt",
    "梅溪渡船管理办法",
    TEXT,
    sections=(
        _section(1, "第一章", "检修安排", -1, "第二章"),
        _section(2, "第一条", "", 0, "第二条"),
        _section(2, "第二条", "", 0, "第二章"),
        _section(1, "第二章", "停航情形", -1, ""),
        _section(2, "一、", "大风", 3, "二、"),
        _section(2, "二、", "大雾", 3, ""),
    ),
)


def _answered(question: str, start: int) -> Answer:
    quote = TEXT[start : start + 4]
    cited = Citation(1, "d1", LAW.title, LAW.path, start, start + 4, quote)
    return Answer(question, "answered", "extract", citations=(cited,))


class Asked:
    """Answers every question from the place that ``places`` gives for it; abstains from others."""

    def __init__(self, places: dict[str, str]) -> None:
        self.places = places
        self.history: list[Sequence[str]] = []

    def __call__(self, question: str, history: Sequence[str]) -> Answer:
        self.history.append(history)
        if question not in self.places:
            return Answer(question, "abstained", "extract")
        return _answered(question, TEXT.index(self.places[question]))


SECOND, LIST = "《梅溪渡船管理办法》第二条是怎么规定的？", "《梅溪渡船管理办法》里的停航情形有哪些？"


@pytest.mark.parametrize(
    ("section", "question"),
    [
        (0, "《梅溪渡船管理办法》在“检修安排”方面是怎么说的？"),
        (1, "《梅溪渡船管理办法》第一条是怎么规定的？"),
        (3, LIST),
        (4, None),
    ],
)
def test_a_heading_becomes_a_question(section: int, question: str | None) -> None:
    assert asked(LAW, section) == question


def test_only_what_is_answered_from_its_own_section_is_offered() -> None:
    answer = _answered("多久检修", TEXT.index("每年检修"))
    ask = Asked({SECOND: "第二条 费用"})
    assert related(answer, lambda _: LAW, ask) == [SECOND]
    assert ask.history == [("多久检修",)], "asked as it will be: after the answer's question"
    assert related(answer, lambda _: LAW, Asked({SECOND: "每年检修"})) == [], "answered, but from elsewhere"
    assert related(answer, lambda _: LAW, Asked({})) == []


def test_after_an_abstention_the_nearest_headings_are_asked_for() -> None:
    near = Suggestion("d1", LAW.path, LAW.title, "第二章 停航情形", LAW.sections[3].start)
    answer = Answer("火星", "abstained", "extract", suggestions=(near,))
    assert related(answer, lambda _: LAW, Asked({LIST: "一、大风"})) == [LIST]
    again = Answer(LIST, "abstained", "extract", suggestions=(near,))
    assert related(again, lambda _: LAW, Asked({LIST: "一、大风"})) == [], "just asked"
