"""Weights of words and what a passage covers of them, against values worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.query import Query, parse
from qa.rank import coverage, weigh

PASSAGES = (
    {"球场", "开放", "放时", "时间", "开放时间"},
    {"球场", "维修"},
    {"食堂", "开放", "供餐"},
    {"食堂", "早餐"},
)


class TinyIndex:
    """As much of a LexicalIndex as weighing takes: it counts in the four passages above."""

    def __init__(self, passages: Sequence[set[str]] = PASSAGES) -> None:
        self.passages = passages

    def __len__(self) -> int:
        return len(self.passages)

    def frequency(self, tokens: Sequence[str]) -> list[int]:
        return [sum(token in passage for passage in self.passages) for token in tokens]


def asked(
    text: str, words: tuple[str, ...], tokens: tuple[str, ...] = (), context_words: tuple[str, ...] = ()
) -> Query:
    return replace(parse(text), words=words, tokens=tokens, context_words=context_words)


def idf(count: int, total: int = 4) -> float:
    """Robertson and Spärck Jones's weight with 1 added, as BM25 has it."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def test_words_weigh_their_inverse_document_frequency() -> None:
    weights = weigh(TinyIndex(), asked("球场维修", ("球场", "维修"), context_words=("早餐",)))
    assert weights.words == pytest.approx({"球场": math.log(2), "维修": math.log(10 / 3)})
    assert weights.context == pytest.approx({"早餐": idf(1)})
    assert weights.missing == ()


def test_only_character_pairs_that_occur_have_a_weight() -> None:
    weights = weigh(TinyIndex(), asked("球场何时开放", ("球场",)))
    assert weights.grams == pytest.approx({"球场": idf(2), "开放": idf(2)})


def test_a_long_word_that_was_split_otherwise_counts_as_its_rarest_pair() -> None:
    weights = weigh(TinyIndex(), asked("球场维修", ("球场维修", "开放时间")))
    assert weights.words["开放时间"] == pytest.approx(idf(1)), "it occurs as a whole"
    assert weights.missing == ("球场维修",), "场维 never occurs, so neither does the word"
    assert weigh(TinyIndex(), asked("放时间", ("放时间",))).words["放时间"] == pytest.approx(idf(1))


def test_a_word_that_the_library_has_in_parts_counts_as_these() -> None:
    tokens = ("球场", "维修", "球场维修", "场维")
    weights = weigh(TinyIndex(), asked("球场维修", ("球场维修",), tokens))
    assert weights.words == pytest.approx({"球场": idf(2), "维修": idf(1)})
    assert (weights.missing, weights.absent) == ((), 0)
    assert list(weigh(TinyIndex(), asked("维修组", ("维修组",), ("维修", "修组"))).words) == ["维修"]


def test_a_name_is_not_its_last_letters() -> None:
    weights = weigh(TinyIndex(), asked("王维修 球场", ("王维修", "球场"), ("王维", "维修", "球场")))
    assert list(weights.words) == ["王维修", "球场"]
    assert weights.missing == ()
    assert weights.absent == pytest.approx(idf(0) / 3 / (idf(0) + idf(2))), "a third of its letters is nowhere"


def test_words_that_never_occur_are_told_but_for_plain_numbers() -> None:
    weights = weigh(TinyIndex(), asked("2024 火星 球场", ("2024", "火星", "球场")))
    assert weights.missing == ("火星",)
    assert weights.words["火星"] == pytest.approx(math.log(10))


def test_the_ceiling_sums_over_the_tokens_that_occur() -> None:
    weights = weigh(TinyIndex(), asked("球场", ("球场",), tokens=("球场", "维修", "火星")))
    assert weights.ceiling == pytest.approx(2.2 * (idf(2) + idf(1)))
    assert weigh(TinyIndex(), asked("火星", ("火星",), tokens=("火星",))).ceiling > 0


def test_an_empty_index_is_weighed_without_a_fault() -> None:
    weights = weigh(TinyIndex(()), asked("球场", ("球场",), tokens=("球场",)))
    assert weights.missing == ("球场",)
    assert weights.grams == {}


def test_coverage_is_the_share_of_the_weight_present() -> None:
    weights = {"球场": 1.0, "维修": 3.0}
    assert coverage("球场今天开放", weights) == 1 / 4
    assert coverage("维修", weights) == 3 / 4
    assert coverage("球场维修", weights) == 1
    assert coverage("食堂", weights) == 0
    assert coverage("食堂", {}) == 0


@given(
    text=st.text("球场维修开放", max_size=20),
    more=st.text("球场维修开放", max_size=20),
    weights=st.dictionaries(st.text("球场维修开放", min_size=1, max_size=3), st.floats(0.01, 9), max_size=6),
)
def test_coverage_is_bounded_and_grows_with_the_text(text: str, more: str, weights: dict[str, float]) -> None:
    assert 0 <= coverage(text, weights) <= coverage(text + more, weights) <= 1 + 1e-9
