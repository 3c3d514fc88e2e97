"""Ranking as a whole: an order of the candidates, whatever they are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import candidate, info, scene, weights

from qa.query import parse
from qa.rank import FEATURES, Scene, fold, load_model, rank, settled
from qa.retrieve import Candidate

QUERY = parse("2024年球场维修花了多少钱")
DOCUMENTS = [
    info("a", "制度/球场管理办法.txt", "云溪县公共球场管理办法"),
    info("b", "报告/2023.txt", "2023年云溪县工作报告", year=2023),
    info("c", "报告/2024.txt", "2024年福建省工作报告", year=2024),
]
WEIGHED = weights({"球场": 1.0, "维修": 2.0}, {}, {"球场": 1.0, "维修": 2.0, "多少": 0.3})
SCENE: Scene = scene(QUERY, *DOCUMENTS, weighed=WEIGHED)

TEXTS = st.text("球场维修第三条元 \n5年。", min_size=1, max_size=12).filter(str.strip)
CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(1, 10**6),
        st.sampled_from(["a", "b", "c"]),
        TEXTS,
        start=st.sampled_from([0, 50]),
        dense=st.none() | st.floats(-1, 1),
        lexical=st.floats(0, 80),
    ),
    max_size=24,
    unique_by=lambda c: c.chunk.id,
)


def bare(text: str) -> str:
    return "".join(text.split())


def test_nothing_found_is_nothing_ranked() -> None:
    assert rank(QUERY, [], SCENE, load_model()) == []


@given(found=CANDIDATES)
def test_hits_are_the_candidates_in_order_of_probability(found: list[Candidate]) -> None:
    hits = rank(QUERY, found, SCENE, load_model())
    by_id = {c.chunk.id: c for c in found}
    assert all(hit.chunk == by_id[hit.chunk.id].chunk for hit in hits)
    assert len({hit.chunk.id for hit in hits}) == len(hits)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))
    assert len(hits) == len(found)


@given(found=CANDIDATES)
def test_each_text_is_shown_once_and_none_is_lost(found: list[Candidate]) -> None:
    hits = rank(QUERY, found, SCENE, load_model())
    folded = fold(hits, SCENE.names.profiles)
    assert len({bare(hit.chunk.text) for hit in folded}) == len(folded)
    shown = {(hit.chunk.doc_id, hit.chunk.start, hit.chunk.end) for hit in folded}
    shown |= {(twin.doc_id, twin.start, twin.end) for hit in folded for twin in hit.same}
    assert shown == {(hit.chunk.doc_id, hit.chunk.start, hit.chunk.end) for hit in hits}
    assert sum(1 + len(hit.same) for hit in folded) == len(hits)
    assert [hit.score for hit in folded] == sorted((hit.score for hit in folded), reverse=True)


@given(found=CANDIDATES, seed=st.integers(0, 99))
def test_the_order_given_does_not_matter(found: list[Candidate], seed: int) -> None:
    mixed = random.Random(seed).sample(found, len(found))
    hits, again = (rank(QUERY, given, SCENE, load_model()) for given in (found, mixed))
    assert [hit.chunk.id for hit in hits] == [hit.chunk.id for hit in again]
    assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in again])


def test_equal_scores_go_by_chunk_id() -> None:
    found = [candidate(n, "a", text) for n, text in ((9, "甲甲。"), (2, "乙乙。"), (5, "丙丙。"))]
    hits = rank(QUERY, found, SCENE, load_model())
    assert len({hit.score for hit in hits}) == 1
    assert [hit.chunk.id for hit in hits] == [2, 5, 9]


def test_signals_name_retrievers_and_features() -> None:
    [with_vector] = rank(QUERY, [candidate(1, "c", "球场维修。", dense=4.0, lexical=7.5)], SCENE, load_model())
    assert with_vector.signals["dense"] == 0.4
    assert with_vector.signals["lexical"] == 7.5
    assert set(FEATURES) <= set(with_vector.signals)
    assert (with_vector.path, with_vector.title) == ("报告/2024.txt", "2024年福建省工作报告")
    [without] = rank(QUERY, [candidate(1, "c", "球场维修。", lexical=7.5)], SCENE, load_model())
    assert "dense" not in without.signals


def test_better_evidence_ranks_higher() -> None:
    """More of the question's words, by the same retriever, from the year asked for."""
    found = [
        candidate(1, "b", "食堂供餐花了五万元。", lexical=1.0),
        candidate(2, "c", "球场维修花了五万元。", lexical=12.0),
        candidate(3, "b", "球场维修花了六万元。", lexical=12.0),
    ]
    assert [hit.chunk.id for hit in rank(QUERY, found, SCENE, load_model())] == [2, 3, 1]


def test_cosines_count_only_when_nearly_all_have_one() -> None:
    some = [candidate(n, "rule", "乙" * n, dense=0.9 if n <= 8 else None) for n in range(1, 11)]
    assert all(c.dense is None for c in settled(some))
    most = [candidate(n, "rule", "乙" * n, dense=0.9 if n <= 9 else None) for n in range(1, 11)]
    assert settled(most) == most


def test_sentences_count_only_when_nearly_all_have_vectors() -> None:
    some = [candidate(n, "rule", "乙" * n, dense=1.0, spoken=(2.0,) if n <= 8 else ()) for n in range(1, 11)]
    assert [c.sentence for c in settled(some)] == [1.0] * 10
    most = [candidate(n, "rule", "乙" * n, dense=1.0, spoken=(2.0, 0.5) if n <= 9 else ()) for n in range(1, 11)]
    assert [c.sentence for c in settled(most)] == [2.0] * 9 + [1.0]
