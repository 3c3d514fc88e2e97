"""What every ``VectorIndex`` must do. To test another one, inherit ``VectorIndexContract`` and set ``index``.

The oracle is ``ExactIndex``; its own numbers are worked out by hand in the first tests.
"""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import IndexUnavailable, InputError
from qa.protocols import VectorIndex, Vectors
from qa.vectors import ExactIndex, FaissIndex

Make = Callable[[int], FaissIndex | ExactIndex]

E1, E2, E3 = np.eye(3, dtype=np.float32)
DIAGONAL = np.array([0.6, 0.8, 0.0], np.float32)


def unit(rows: int, dim: int, seed: int = 0) -> Vectors:
    found = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def close(ours: list[list[tuple[int, float]]], theirs: list[list[tuple[int, float]]]) -> None:
    assert [[key for key, _ in row] for row in ours] == [[key for key, _ in row] for row in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose([s for _, s in mine], [s for _, s in other], rtol=0, atol=1e-9)


class VectorIndexContract:
    index: Make

    def test_is_a_vector_index(self) -> None:
        assert isinstance(self.index(3), VectorIndex)

    def test_ranks_by_cosine(self) -> None:
        made = self.index(3)
        made.add([7, 8, 9], np.stack([E1, E2, DIAGONAL]))
        (found,) = made.search(E1[None], 3)
        assert [key for key, _ in found] == [7, 9, 8]
        assert [score for _, score in found] == pytest.approx([1.0, 0.6, 0.0], abs=1e-6)

    def test_opposite_vectors_score_minus_one(self) -> None:
        made = self.index(3)
        made.add([1], -E1[None])
        assert made.search(E1[None], 5) == [[(1, -1.0)]]

    def test_empty_index_finds_nothing(self) -> None:
        made = self.index(3)
        assert len(made) == 0
        assert made.ids() == []
        assert made.search(np.stack([E1, E2]), 4) == [[], []]

    def test_no_queries_give_no_lists(self) -> None:
        made = self.index(3)
        made.add([1], E1[None])
        assert made.search(np.empty((0, 3), np.float32), 4) == []

    def test_nothing_to_add_or_remove_changes_nothing(self) -> None:
        made = self.index(3)
        made.add([], np.empty((0, 3), np.float32))
        made.remove([])
        made.remove([5])
        assert len(made) == 0
        assert made.get([]).shape == (0, 3)

    def test_more_wanted_than_held_is_never_padded(self) -> None:
        made = self.index(3)
        made.add([4, 2], np.stack([E1, E2]))
        assert made.search(E1[None], 100) == [[(4, 1.0), (2, 0.0)]]

    def test_ties_go_by_id_even_at_the_cut(self) -> None:
        made = self.index(8)
        row = unit(1, 8)
        keys = list(range(60, 0, -1))
        made.add(keys, np.repeat(row, 60, axis=0))
        made.add([1000], unit(1, 8, seed=1))
        for k in (1, 3, 59):
            (found,) = made.search(row, k)
            assert [key for key, _ in found] == list(range(1, k + 1))
            assert len({score for _, score in found}) == 1

    def test_an_id_there_already_is_replaced(self) -> None:
        made = self.index(3)
        made.add([1, 2], np.stack([E1, E2]))
        made.add([1], E3[None])
        assert len(made) == 2
        assert made.search(E3[None], 1) == [[(1, 1.0)]]
        np.testing.assert_array_equal(made.get([2, 1]), np.stack([E2, E3]))

    def test_of_an_id_given_twice_the_last_row_counts(self) -> None:
        made = self.index(3)
        made.add([1, 2, 1], np.stack([E1, E2, E3]))
        assert made.ids() == [1, 2]
        np.testing.assert_array_equal(made.get([1]), E3[None])

    def test_removed_ids_are_gone(self) -> None:
        made = self.index(3)
        made.add([1, 2, 3], np.stack([E1, E2, E3]))
        made.remove([2, 99])
        assert made.ids() == [1, 3]
        assert 2 not in [key for key, _ in made.search(E2[None], 3)[0]]

    def test_get_of_an_unknown_id_names_it(self) -> None:
        made = self.index(3)
        made.add([1], E1[None])
        with pytest.raises(InputError, match=r"没有编号.*42"):
            made.get([1, 42])

    def test_ids_of_63_bits_survive(self) -> None:
        made = self.index(3)
        made.add([2**63 - 1, 0], np.stack([E1, E2]))
        assert [key for key, _ in made.search(E1[None], 2)[0]] == [2**63 - 1, 0]

    @pytest.mark.parametrize("key", [-1, 2**63])
    def test_an_id_out_of_range_is_refused(self, key: int) -> None:
        with pytest.raises(InputError, match=f"编号 {key} 超出范围"):
            self.index(3).add([key], E1[None])

    @pytest.mark.parametrize("shape", [(1, 2), (3,), (1, 4), (1, 1, 3)])
    def test_a_wrong_shape_is_refused(self, shape: tuple[int, ...]) -> None:
        made = self.index(3)
        with pytest.raises(InputError, match=r"应为 \(n, 3\)"):
            made.add([1], np.ones(shape, np.float32))
        with pytest.raises(InputError, match=r"应为 \(n, 3\)"):
            made.search(np.ones(shape, np.float32), 1)

    @pytest.mark.parametrize("row", [[2.0, 0, 0], [0.0, 0, 0], [math.nan, 0, 0], [math.inf, 0, 0]])
    def test_a_row_that_is_not_of_unit_length_is_refused(self, row: list[float]) -> None:
        made = self.index(3)
        with pytest.raises(InputError, match="应为 1"):
            made.add([1], np.array([row], np.float32))
        assert len(made) == 0

    def test_ids_and_rows_must_match(self) -> None:
        with pytest.raises(InputError, match="编号有 2 个，向量有 1 行"):
            self.index(3).add([1, 2], E1[None])

    @pytest.mark.parametrize("k", [0, -3])
    def test_fewer_than_one_is_refused(self, k: int) -> None:
        with pytest.raises(InputError, match=f"条数是 {k}"):
            self.index(3).search(E1[None], k)

    def test_what_was_added_is_a_copy(self) -> None:
        made = self.index(3)
        rows = np.stack([E1, E2])
        made.add([1, 2], rows)
        rows[:] = E3
        np.testing.assert_array_equal(made.get([1, 2]), np.stack([E1, E2]))

    def test_equals_the_oracle_on_many_vectors(self) -> None:
        made, oracle = self.index(64), ExactIndex(64)
        keys, rows = list(range(3000, 0, -1)), unit(3000, 64)
        rows[100:110] = rows[0]
        for each in (made, oracle):
            each.add(keys, rows)
        queries = np.concatenate([rows[:5], unit(30, 64, seed=2)])
        for k in (1, 10, 3000):
            close(made.search(queries, k), oracle.search(queries, k))

    def test_a_query_alone_and_among_others_gives_the_same(self) -> None:
        made = self.index(64)
        made.add(range(500), unit(500, 64))
        queries = unit(40, 64, seed=3)
        assert made.search(queries, 7) == [made.search(query[None], 7)[0] for query in queries]

    def test_equals_the_oracle_after_any_history(self) -> None:
        @given(st.data())
        def check(data: st.DataObject) -> None:
            # Few ids and few directions, so that replacing, missing ids and ties all happen.
            made, oracle, pool = self.index(4), ExactIndex(4), unit(6, 4)
            keys = st.lists(st.integers(0, 8), max_size=5)
            for _ in range(data.draw(st.integers(1, 8))):
                ids = data.draw(keys)
                if data.draw(st.booleans()):
                    rows = pool[data.draw(st.lists(st.integers(0, 5), min_size=len(ids), max_size=len(ids)))]
                    rows = rows.reshape(-1, 4)
                    made.add(ids, rows)
                    oracle.add(ids, rows)
                else:
                    made.remove(ids)
                    oracle.remove(ids)
                assert made.ids() == oracle.ids()
                assert len(made) == len(oracle)
                np.testing.assert_array_equal(made.get(made.ids()), oracle.get(oracle.ids()))
                k = data.draw(st.integers(1, 10))
                close(made.search(pool, k), oracle.search(pool, k))

        check()


class TestExactIndex(VectorIndexContract):
    index = ExactIndex


class TestFaissIndex(VectorIndexContract):
    index = FaissIndex

    def test_bytes_and_back_is_the_identity(self) -> None:
        made = FaissIndex(16)
        made.add(range(200, 0, -1), unit(200, 16))
        made.remove([3, 50])
        again = FaissIndex.from_bytes(made.to_bytes(), 16)
        assert again.ids() == made.ids()
        assert again.search(unit(9, 16, seed=4), 20) == made.search(unit(9, 16, seed=4), 20)
        again.add([3], unit(1, 16, seed=5))
        np.testing.assert_array_equal(again.get([3]), unit(1, 16, seed=5))

    def test_an_empty_index_survives_bytes(self) -> None:
        assert len(FaissIndex.from_bytes(FaissIndex(16).to_bytes(), 16)) == 0

    def test_equal_histories_give_equal_bytes(self) -> None:
        one, two = FaissIndex(16), FaissIndex(16)
        for made in (one, two):
            made.add(range(50), unit(50, 16))
        assert one.to_bytes() == two.to_bytes()

    @pytest.mark.parametrize("spoil", [lambda b: b"", lambda b: b"no index", lambda b: b[:-40], lambda b: b"x" + b[1:]])
    def test_damaged_bytes_are_refused(self, spoil: Callable[[bytes], bytes]) -> None:
        made = FaissIndex(16)
        made.add(range(5), unit(5, 16))
        with pytest.raises(IndexUnavailable, match=r"已损坏.*重新建立索引"):
            FaissIndex.from_bytes(spoil(made.to_bytes()), 16)

    def test_bytes_of_another_dimension_are_refused(self) -> None:
        with pytest.raises(IndexUnavailable, match=r"16 维.*384 维"):
            FaissIndex.from_bytes(FaissIndex(16).to_bytes(), 384)

    def test_bytes_of_another_kind_are_refused(self) -> None:
        import faiss

        data = faiss.serialize_index(faiss.IndexFlatL2(16)).tobytes()
        with pytest.raises(IndexUnavailable, match="类型不对"):
            FaissIndex.from_bytes(data, 16)

    def test_threads_may_search_while_another_changes(self) -> None:
        made = FaissIndex(32)
        rows = unit(400, 32)
        made.add(range(400), rows)
        steady = made.search(rows[:1], 1)

        def change(turn: int) -> None:
            made.add(range(400, 450), unit(50, 32, seed=9 + turn))
            made.remove(range(400, 450))

        with ThreadPoolExecutor(4) as pool:
            changes = [pool.submit(change, turn) for turn in range(20)]
            assert all(found == steady for found in pool.map(lambda _: made.search(rows[:1], 1), range(100)))
            for each in changes:
                each.result()
        assert made.ids() == list(range(400))


def test_importing_the_module_does_not_load_faiss(repo: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(repo / 'src')!r}); import qa.vectors; sys.exit('faiss' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
