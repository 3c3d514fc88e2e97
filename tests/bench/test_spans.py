"""Packed questions: nothing of the texts is in them, and all of it comes back."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import InputError

REPO = Path(__file__).resolve().parents[2]
BRIDGE = "青石桥\n\n桥长二十六丈，\n宽三丈。桥上有石狮四十只、石鼓八面。\n桥边立碑，碑文记着修桥人姓名。\n"
GARDEN = "百草园\n园中有井一口，种药材３００种。\n"
REPEATS = "it repeats 14 characters of its document"
ROW = {"id": "甲1", "type": "list", "question": "桥面摆了什么石头玩意", "history": ["桥多宽"], "doc": "桥.txt"}


@pytest.fixture(scope="module")
def spans() -> ModuleType:
    sys.path.insert(0, str(REPO / "bench"))
    try:
        import spans  # type: ignore[import-not-found]

        return spans
    finally:
        sys.path.remove(str(REPO / "bench"))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "桥.txt").write_text(BRIDGE, encoding="utf-8")
    (tmp_path / "园.txt").write_text(GARDEN, encoding="utf-8")
    return tmp_path


def packed(spans: ModuleType, corpus: Path, **changed: object) -> dict[str, object]:
    rows, left_out = spans.pack([ROW | {"quotes": []} | changed], corpus)
    assert left_out == {}
    return rows[0]


def test_places_and_checks_stand_for_the_words(spans: ModuleType, corpus: Path) -> None:
    row = packed(spans, corpus, quotes=["桥长二十六丈， 宽三丈。"], items=["石狮"], answer="石狮")
    assert row == ROW | {
        "quotes": [(3, 14, spans.check("桥长二十六丈，宽三丈。"))],
        "items": [(17, 19, spans.check("石狮"))],
    }
    assert spans.check("abc") == "ba7816bf"  # the first digits of FIPS 180-2's example


def test_an_item_is_looked_for_in_the_quotes_first(spans: ModuleType, corpus: Path) -> None:
    row = packed(spans, corpus, quotes=["石鼓八面"], items=["石"])
    assert row["items"] == [(23, 24, spans.check("石"))]


def test_a_quote_is_cut_to_what_cleaning_leaves(spans: ModuleType, corpus: Path) -> None:
    row = packed(spans, corpus, doc="园.txt", quotes=["园中有井一口，种药材３"])
    assert row["quotes"] == [(3, 13, spans.check("园中有井一口，种药材"))]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"quotes": ["桥长九丈"]}, "a quote doesn't stand in its document"),
        ({"quotes": ["材３００"], "doc": "园.txt"}, "cleaning changes most of a quote"),
        ({"quotes": ["石狮"], "items": ["石马"]}, "an item doesn't stand in its document"),
        (
            {"quotes": ["石狮"], "question": "桥边立碑，碑文记着修桥人姓名吗"},
            REPEATS,
        ),
        (
            {"quotes": ["石狮"], "history": ["桥边立碑，碑文记着修桥人姓名吗"]},
            REPEATS,
        ),
    ],
)
def test_what_can_not_be_packed_is_left_out(
    spans: ModuleType, corpus: Path, changed: dict[str, object], why: str
) -> None:
    assert spans.pack([ROW | changed], corpus) == ([], {"甲1": why})


def test_a_shorter_run_may_be_repeated(spans: ModuleType, corpus: Path) -> None:
    packed(spans, corpus, quotes=["石狮"], question="桥边立碑，碑文记着修桥人姓吗")


@given(st.text(alphabet="甲乙丙 \n　", min_size=1), st.data())
def test_packing_and_unpacking_is_the_identity(spans: ModuleType, text: str, data: st.DataObject) -> None:
    body = spans.bare(f"{text}丁")
    bounds = st.tuples(st.integers(0, len(body) - 1), st.integers(1, len(body))).filter(lambda pair: pair[0] < pair[1])
    pieces = data.draw(st.lists(bounds.map(lambda pair: body[slice(*pair)]), min_size=1, max_size=3))
    row = {"id": "q", "type": "fact", "question": "问", "doc": "文.txt", "quotes": pieces, "items": pieces[:1]}
    row["also"] = [{"doc": "文.txt", "quotes": pieces[-1:]}]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "文.txt").write_text(f"{text}丁", encoding="utf-8")
        made, left_out = spans.pack([row], Path(folder))
        assert left_out == {}
        again = json.loads(json.dumps(made))
        assert spans.unpack(again, Path(folder), "题.jsonl") == [row]
        assert spans.pack(spans.unpack(again, Path(folder), "题.jsonl"), Path(folder))[0] == made


def test_an_unanswerable_question_has_no_places(spans: ModuleType, corpus: Path) -> None:
    row = {"id": "无", "type": "unanswerable", "question": "桥上能停几架飞机", "quotes": []}
    assert spans.pack([row], corpus) == ([row], {})
    assert spans.unpack([row], corpus, "题.jsonl") == [row]


def test_a_changed_corpus_is_noticed(spans: ModuleType, corpus: Path) -> None:
    row = packed(spans, corpus, quotes=["石狮四十只"])
    (corpus / "桥.txt").write_text(BRIDGE.replace("四十", "三十"), encoding="utf-8")
    with pytest.raises(InputError, match=r"题\.jsonl 的 甲1：桥\.txt 第 17 至 22 字不是打包时的文字"):
        spans.unpack([row], corpus, "题.jsonl")


@pytest.mark.parametrize(("name", "count"), [("real_fit", 378), ("real_held", 193)])
def test_the_committed_files_hold_places_alone(name: str, count: int) -> None:
    lines = (REPO / "tests" / "golden" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len({row["id"] for row in rows}) == len(rows) == count
    for row in rows:
        assert row.keys() <= {"id", "type", "question", "history", "doc", "quotes", "items", "also"}
        for part in [row, *row.get("also", [])]:
            for start, end, check in [*part["quotes"], *part.get("items", [])]:
                assert 0 <= start < end
                assert len(check) == 8
                assert set(check) <= set("0123456789abcdef")
