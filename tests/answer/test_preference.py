"""The fitted choice among lists: its file fits the program, and each column says what its name says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qa.answer.cite import Span
from qa.answer.drafts import Draft
from qa.answer.preference import COLUMNS, load_preference, read_asked, read_preference, row
from qa.errors import QAError
from qa.query import parse
from qa.rank import Weights
from qa.types import Chunk, Document, Hit

TEXT = "桥规\n有下列情形的，不得上桥：\n（一）醉酒；\n（二）大风。"
ITEMS = (Span("d", TEXT.index("（一）"), TEXT.index("\n（二）")), Span("d", TEXT.index("（二）"), len(TEXT)))


def columns(question: str, draft: Draft, inner: bool = False) -> dict[str, float]:
    query = parse(question)
    weights = Weights(
        words=dict.fromkeys(query.words, 1.0),
        context={},
        grams={"上桥": 1.0, "过河": 1.0},
        tokens={},
        missing=(),
        absent=0.0,
        ceiling=1.0,
    )
    chunk = Chunk(1, "d", 3, len(TEXT), -1, TEXT[3:])
    top = Hit(Chunk(2, "e", 0, 2, -1, "别处"), 0.5, "e", "别处")
    document = Document("d", "d.txt", "桥规", TEXT)
    values = row(read_asked(query, weights), document, draft, [(1, Hit(chunk, 0.5, "d.txt", "桥规"))], top, inner)
    return dict(zip(COLUMNS, values, strict=True))


def draft(lead: str = "有下列情形的，不得上桥：") -> Draft:
    return Draft("run", lead, "桥规", "", ITEMS, 2, Span("d", 3, 16))


def test_a_list_whose_lead_in_says_what_is_asked() -> None:
    found = columns("哪两种情形不能上桥", draft())
    assert found["noun"] == found["count_met"] == found["announces"] == found["begins_in_hit"] == found["pair"] == 1
    assert found["count_unmet"] == found["denial_missing"] == found["denial_added"] == found["outside"] == 0
    assert (found["bigrams"], found["many"], found["rank"]) == (0.5, 0.1, 0.1)


def test_a_list_that_says_the_contrary_and_another_number() -> None:
    found = columns("哪三种情形可以上桥", draft())
    assert (found["count_met"], found["count_unmet"], found["denial_added"]) == (0, 1, 1)
    assert columns("哪三种情形不能上桥", draft("有下列情形的，可以上桥："))["denial_missing"] == 1
    assert columns("“三不上桥”是哪三种", draft())["quoted_missing"] == 1


def test_what_the_lead_in_announces_is_compared_with_what_was_found() -> None:
    assert columns("哪些情形不能上桥", draft("不得上桥的有以下两种情形："))["told_met"] == 1
    assert columns("哪些情形不能上桥", draft("不得上桥的有以下四种情形："))["told_unmet"] == 1


def test_the_subject_of_the_sentence_is_the_one_asked_about() -> None:
    found = columns("上桥的规矩包括哪些", draft("上桥的规矩包括："))
    other = columns("上桥的规矩包括哪些", draft("修路的花费包括："))
    assert found["subject"] == 1
    assert other["subject"] < 0.5


def test_the_model_that_ships_prefers_the_list_that_answers() -> None:
    model = load_preference()
    question = "哪两种情形不能上桥"
    drafts = [draft(), draft("有下列情形的，可以过河："), draft("修路的花费：")]
    good, near, far = model.chance(np.array([[*columns(question, one).values()] for one in drafts]))
    assert good > near > far
    assert good > model.threshold_open >= model.threshold > far


def test_a_file_of_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "preference.json"
    path.write_text(json.dumps({"columns": ["lead"]}), encoding="utf-8")
    with pytest.raises(QAError, match=r"列项权重 preference.json 与本程序的特征不一致.*fit_lists\.py"):
        read_preference(path)
