"""Questions made of a text's own words."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

REPO = Path(__file__).resolve().parents[2]

STORY = (
    "昨日上午县水利局在旧渡口清淤时捞起石碑一块，碑上刻着修桥人的姓名和捐款数目，共有捐款人236名。"
    "专家认为石碑立于清代中期，对研究当地商贸往来和交通沿革有重要价值，现存放在镇文化站。"
)


@pytest.fixture(scope="module")
def cloze() -> Iterator[ModuleType]:
    sys.path.insert(0, str(REPO / "bench"))
    try:
        import cloze  # type: ignore[import-not-found]

        yield cloze
    finally:
        sys.path.remove(str(REPO / "bench"))


def test_a_question_asks_and_else_says_what_the_text_says(cloze: ModuleType) -> None:
    made = [cloze.ask(STORY, random.Random(seed)) for seed in range(60)]
    questions = [question for question in made if question]
    assert len(questions) > 20
    for question in questions:
        assert any(word in question for word in ("什么", "多少", "哪"))
        rest = question.rstrip("？").replace("什么", "").replace("多少", "").replace("哪", "")
        assert set(rest) <= set(STORY)
        assert len(question.rstrip("？")) >= cloze.LEAST
    assert len(set(questions)) > 10


def test_a_text_too_short_gives_none(cloze: ModuleType) -> None:
    assert cloze.ask("今日无事。", random.Random(1)) is None


def test_the_same_passages_give_the_same_questions(cloze: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "passages").mkdir()
    rows = [{"id": f"n{at}", "title": "", "text": STORY.replace("236", str(300 + at))} for at in range(12)]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / "passages" / f"{cloze.SOURCE}.passages.jsonl").write_text(lines, encoding="utf-8")
    first, again = cloze.questions(tmp_path, 5), cloze.questions(tmp_path, 5)
    assert first == again
    assert len(first) == 5
    assert len({asked.gold for asked in first}) == 5, "each of another passage"
