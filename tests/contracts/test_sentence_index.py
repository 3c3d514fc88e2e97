"""What ``SentenceIndex`` must do, against a plain oracle over all rows in double precision."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import IndexUnavailable, InputError
from qa.protocols import Vectors
from qa.sentences import SentenceIndex, encoded_texts
from qa.split import sentences
from qa.types import Chunk

E1, E2, E3 = np.eye(3, dtype=np.float32)
DIAGONAL = np.array([0.6, 0.8, 0.0], np.float32)
# Half a step of 255 over a range of 2, in each of three components.
COARSE = 0.012


def unit(rows: int, dim: int, seed: int = 0) -> Vectors:
    found = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def exact(
    spoken: Mapping[int, Sequence[int]], vectors: Vectors, query: Vectors
) -> tuple[list[tuple[int, float]], dict[int, npt.NDArray[np.float64]]]:
    """Chunks by their best sentence, and all cosines."""
    each = {key: vectors[list(rows)].astype(np.float64) @ query[0].astype(np.float64) for key, rows in spoken.items()}
    return sorted(((key, float(c.max())) for key, c in each.items()), key=lambda pair: (-pair[1], pair[0])), each


def library(chunks: int, dim: int, seed: int = 0) -> tuple[dict[int, list[int]], Vectors]:
    """Chunks of one to nine sentences, in no order of ids, with vectors that lean to one side as an encoder's do."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 10, chunks)
    vectors = unit(int(counts.sum()), dim, seed) + 0.15 * unit(1, dim, seed + 1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ends = np.cumsum(counts)
    spoken = {
        int(key): list(range(end - count, end))
        for key, end, count in zip(rng.permutation(chunks), ends, counts, strict=True)
    }
    return spoken, vectors


def small() -> SentenceIndex:
    return SentenceIndex.build({8: [0, 1], 5: [2], 9: [3]}, np.stack([E2, E1, E3, DIAGONAL]))


def test_chunks_rank_by_their_best_sentence() -> None:
    found = small().search(E1[None], 3)
    assert [key for key, _ in found] == [8, 9, 5]
    assert [cosine for _, cosine in found] == pytest.approx([1.0, 0.6, 0.0], abs=COARSE)


def test_a_chunk_is_found_once_and_fewer_than_wanted_are_no_fault() -> None:
    made = SentenceIndex.build({1: [0, 0, 1], 2: [2]}, np.stack([E1, DIAGONAL, E2]))
    assert [key for key, _ in made.search(E1[None], 1)] == [1]
    assert [key for key, _ in made.search(E1[None], 50)] == [1, 2]


def test_cosines_come_in_the_order_of_the_sentences() -> None:
    found = small().cosines(E1[None], [9, 8, 8, 77, -1, 2**63])
    assert sorted(found) == [8, 9]
    assert found[8].dtype == np.float32
    assert found[8].tolist() == pytest.approx([0.0, 1.0], abs=COARSE)
    assert found[9].tolist() == pytest.approx([0.6], abs=COARSE)
    assert small().cosines(E1[None], []) == {}


def test_it_says_what_it_holds() -> None:
    assert (len(small()), small().ids(), small().dim) == (4, [5, 8, 9], 3)


def test_an_empty_index_finds_nothing() -> None:
    made = SentenceIndex.build({}, np.empty((0, 3), np.float32))
    assert (len(made), made.ids(), made.search(E1[None], 4), made.cosines(E1[None], [1])) == (0, [], [], {})
    assert len(SentenceIndex.from_bytes(made.to_bytes(), 3)) == 0


def test_equal_sentences_tie_and_go_by_id_even_at_the_cut() -> None:
    vectors = np.concatenate([unit(1, 64), unit(900, 64, seed=1)])
    spoken = {key: [0, key] for key in range(1, 301)} | {key: [key] for key in range(301, 900)}
    made = SentenceIndex.build(spoken, vectors)
    for k in (1, 7, 299):
        found = made.search(vectors[:1], k)
        assert [key for key, _ in found] == list(range(1, k + 1))
        assert len({cosine for _, cosine in found}) == 1


def test_ids_of_63_bits_survive() -> None:
    made = SentenceIndex.build({2**63 - 1: [0], 0: [1]}, np.stack([E1, E2]))
    assert [key for key, _ in made.search(E1[None], 2)] == [2**63 - 1, 0]
    assert list(made.cosines(E1[None], [2**63 - 1])) == [2**63 - 1]


def test_near_the_oracle_on_many_sentences() -> None:
    spoken, vectors = library(3000, 384)
    made, shared = SentenceIndex.build(spoken, vectors.astype(np.float16)), 0
    for query in vectors[::150] + 0.3 * unit(len(vectors[::150]), 384, seed=7):
        asked = (query / np.linalg.norm(query))[None].astype(np.float32)
        ranked, each = exact(spoken, vectors, asked)
        found = made.cosines(asked, list(spoken))
        errors = np.concatenate([np.abs(found[key] - each[key]) for key in spoken])
        assert errors.mean() < 0.001
        assert errors.max() < 0.006
        shared += len({key for key, _ in ranked[:10]} & {key for key, _ in made.search(asked, 10)})
    assert shared / (10 * len(vectors[::150])) > 0.97


@given(st.data())
def test_search_and_cosines_agree(data: st.DataObject) -> None:
    # Few directions, so that ties and chunks of equal sentences happen.
    rows = st.lists(st.integers(0, 7), min_size=1, max_size=5)
    spoken = data.draw(st.dictionaries(st.integers(0, 40), rows, min_size=1, max_size=30))
    vectors, k = unit(8, 4), data.draw(st.integers(1, 40))
    made = SentenceIndex.build(spoken, vectors)
    query = unit(1, 4, seed=data.draw(st.integers(1, 9)))
    each = made.cosines(query, list(spoken))
    assert {key: len(found) for key, found in each.items()} == {key: len(rows) for key, rows in spoken.items()}
    best = sorted(((key, float(found.max())) for key, found in each.items()), key=lambda pair: (-pair[1], pair[0]))
    found = made.search(query, k)
    assert [key for key, _ in found] == [key for key, _ in best[:k]]
    assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in best[:k]], abs=1e-6)


def test_bytes_and_back_is_the_identity() -> None:
    spoken, vectors = library(200, 16)
    made = SentenceIndex.build(spoken, vectors)
    again = SentenceIndex.from_bytes(made.to_bytes(), 16)
    assert (len(again), again.ids(), again.to_bytes()) == (len(made), made.ids(), made.to_bytes())
    for query in unit(5, 16, seed=4):
        assert again.search(query[None], 20) == made.search(query[None], 20)
    # A byte a component, and little beside.
    assert len(made.to_bytes()) < 16 * len(made) + 16 * 200 + 200


HEAD = struct.calcsize("<8sIQQ")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda b: b"",
        lambda b: b"no index",
        lambda b: b[:-1],
        lambda b: b + b"x",
        lambda b: b"x" + b[1:],
        lambda b: b[:8] + struct.pack("<I", 0) + b[12:],
        lambda b: b[: HEAD + 8] + b[HEAD : HEAD + 8] + b[HEAD + 16 :],
        lambda b: b[: HEAD + 24] + struct.pack("<q", 1) + b[HEAD + 32 :],
        lambda b: b[: HEAD + 32] + struct.pack("<q", 9) + b[HEAD + 40 :],
        lambda b: b[: HEAD + 56] + struct.pack("<f", float("nan")) + b[HEAD + 60 :],
        lambda b: b[: HEAD + 56] + struct.pack("<f", 9.0) + b[HEAD + 60 :],
    ],
    ids=["empty", "other", "cut", "longer", "magic", "dim", "id twice", "first start", "start", "nan", "low over high"],
)
def test_damaged_bytes_are_refused(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(IndexUnavailable, match=r"句子向量已损坏.*重新建立索引"):
        SentenceIndex.from_bytes(spoil(small().to_bytes()), 3)


def test_bytes_of_another_dimension_are_refused() -> None:
    with pytest.raises(IndexUnavailable, match=r"3 维.*384 维"):
        SentenceIndex.from_bytes(small().to_bytes(), 384)


@pytest.mark.parametrize("query", [np.ones((1, 2), np.float32), np.ones(3, np.float32), 2 * E1[None]])
def test_a_query_of_another_shape_or_length_is_refused(query: Vectors) -> None:
    for made in (small(), SentenceIndex.build({}, np.empty((0, 3), np.float32))):
        with pytest.raises(InputError, match="查询向量"):
            made.search(query, 1)
        with pytest.raises(InputError, match="查询向量"):
            made.cosines(query, [8])


def test_what_can_not_be_asked_or_built_is_refused() -> None:
    with pytest.raises(InputError, match="条数是 0"):
        small().search(E1[None], 0)
    with pytest.raises(InputError, match="段落 4 没有句子向量"):
        SentenceIndex.build({3: [0], 4: []}, E1[None])


def test_without_some_chunks_it_is_as_if_built_without_them() -> None:
    spoken, vectors = library(200, 16)
    whole = SentenceIndex.build(spoken, vectors)
    gone = set(sorted(spoken)[::3])
    rest = whole.without([*gone, 10_000])
    assert rest.ids() == sorted(set(spoken) - gone)
    assert (whole.ids(), whole.without(())) == (sorted(spoken), whole)
    for key in rest.ids():
        assert (rest.rows([key]) == whole.rows([key])).all()
    query = unit(1, 16, 9)
    assert rest.search(query, 5) == [hit for hit in whole.search(query, 200) if hit[0] not in gone][:5]


def test_joined_holds_both_and_leaves_the_codes_of_the_first() -> None:
    spoken, vectors = library(300, 16)
    extremes = {*vectors.argmin(axis=0), *vectors.argmax(axis=0)}
    inner = [key for key, rows in spoken.items() if not extremes & set(rows)]
    new = {key: spoken[key] for key in [*inner[:30], 1]}
    old = {key: rows for key, rows in spoken.items() if key not in inner[:30]}
    first = SentenceIndex.build(old, vectors)
    both = first.joined(new, vectors)
    assert both is not None
    assert both.ids() == sorted(spoken)
    assert first.ids() == sorted(old)
    kept = [key for key in old if key != 1]
    assert (both.rows(kept) == first.rows(kept)).all()
    for key, rows in spoken.items():
        assert np.abs(both.rows([key]) - vectors[rows]).max() < 0.06
    again = SentenceIndex.from_bytes(both.to_bytes(), 16)
    assert again.search(vectors[:1], 3) == both.search(vectors[:1], 3)
    with pytest.raises(InputError, match="没有句子向量"):
        first.joined({5000: []}, vectors)


def test_joined_refuses_what_its_ranges_do_not_hold() -> None:
    first = SentenceIndex.build({1: [0], 2: [1]}, np.stack([E1, E2]))
    assert first.joined({3: [0]}, E3[None]) is None
    assert first.joined({3: [0]}, DIAGONAL[None]) is not None
    assert first.ids() == [1, 2]


def test_threads_may_use_one_index() -> None:
    spoken, vectors = library(400, 32)
    made = SentenceIndex.build(spoken, vectors)
    steady = made.search(vectors[:1], 9)
    with ThreadPoolExecutor(4) as pool:
        assert all(found == steady for found in pool.map(lambda _: made.search(vectors[:1], 9), range(100)))


def test_a_text_for_each_sentence_at_its_place() -> None:
    chunk = Chunk(1, "d", 7, 40, 0, "一、巡查\n汛期每天两次。遇到暴雨，随时加密！")
    texts = encoded_texts(chunk)
    assert texts == ["一、巡查", "汛期每天两次。", "遇到暴雨，随时加密！"]
    assert texts == [chunk.text[start:end] for start, end in sentences(chunk.text, 0, len(chunk.text))]
