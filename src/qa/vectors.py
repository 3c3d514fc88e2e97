"""Nearest vectors by cosine: FAISS behind ``VectorIndex``, and the exact NumPy index that is its oracle.

Both give the same numbers: FAISS finds the candidates, and their cosines are then summed again in double precision row
by row, for its own sums depend on a vector's place in the index, and equal passages must tie to be ordered by id.
``CodedRows`` holds rows without ids in a quarter of the room, for what there is much of.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.errors import IndexUnavailable, InputError
from qa.protocols import Vectors

Ids = npt.NDArray[np.int64]
Ranked = list[tuple[int, float]]

_LARGEST = 2**63 - 1
# How far a row's length may be from 1; encoders stay within 1e-6.
_UNIT = 1e-3
# Above the error of FAISS' single precision sums over some hundred products.
_NEAR = 1e-5


class FaissIndex:
    """An exact flat index (IndexFlatIP) with ids. Safe to call from several threads; calls wait for each other."""

    def __init__(self, dim: int) -> None:
        faiss = _faiss()

        self.dim = dim
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))
        self._lock = Lock()

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add unit rows; an id that is there already is replaced, of an id given twice the last row counts."""
        keys, rows = _checked(ids, vectors, self.dim)
        if len(keys) == 0:
            return
        with self._lock:
            self._index.remove_ids(keys)
            self._index.add_with_ids(rows, keys)

    def remove(self, ids: Sequence[int]) -> None:
        """Unknown ids are ignored."""
        with self._lock:
            self._index.remove_ids(_keys(ids))

    def search(self, queries: Vectors, k: int) -> list[Ranked]:
        """Per query up to ``k`` pairs (id, cosine in [-1, 1]), best first, ties by id; never padding."""
        rows = _unit_rows(queries, self.dim, "查询向量")
        _check_k(k)
        with self._lock:
            if len(self) == 0 or len(rows) == 0:
                return [[] for _ in rows]
            return [self._nearest(row, k) for row in rows]

    def _nearest(self, query: Vectors, k: int) -> Ranked:
        """Take more candidates until the last is clearly worse than the k-th: all that tie with it are then in."""
        wanted = k + 8
        while True:
            wanted = min(wanted, len(self))
            near, found = self._index.search(query[None], wanted)
            if wanted == len(self) or near[0, -1] < near[0, k - 1] - _NEAR:
                break
            wanted *= 4
        ids = found[0].astype(np.int64)
        return _best(ids, _cosines(self._rows(ids), query), k)

    def get(self, ids: Sequence[int]) -> Vectors:
        """The rows of these ids, in their order. Raises InputError where one is not there."""
        keys = _keys(ids)
        with self._lock:
            try:
                return self._rows(keys)
            except RuntimeError as error:
                missing = sorted(set(keys.tolist()) - set(self._held().tolist()))
                raise InputError(f"向量索引里没有编号 {missing[:5]}") from error

    def ids(self) -> list[int]:
        """All ids, ascending."""
        with self._lock:
            return sorted(self._held().tolist())

    def to_bytes(self) -> bytes:
        import faiss

        with self._lock:
            return bytes(faiss.serialize_index(self._index).data)

    @classmethod
    def from_bytes(cls, data: bytes, dim: int) -> FaissIndex:
        """Raises IndexUnavailable where the bytes are damaged or hold vectors of another dimension."""
        import faiss

        todo = "请重新建立索引：python -m qa sync"
        try:
            index = faiss.deserialize_index(np.frombuffer(data, np.uint8))
        except (RuntimeError, AssertionError) as error:
            raise IndexUnavailable("向量索引已损坏，无法读取", todo) from error
        if not isinstance(index, faiss.IndexIDMap2) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise IndexUnavailable(f"向量索引的类型不对（{type(index).__name__}）", todo)
        if index.d != dim:
            raise IndexUnavailable(f"向量索引是 {index.d} 维，当前的向量模型是 {dim} 维", todo)
        made = cls(dim)
        made._index = index
        return made

    def _held(self) -> Ids:
        import faiss

        return np.asarray(faiss.vector_to_array(self._index.id_map), np.int64)

    def _rows(self, ids: Ids) -> Vectors:
        if len(ids) == 0:
            return np.empty((0, self.dim), np.float32)
        return np.asarray(self._index.reconstruct_batch(ids), np.float32)


class ExactIndex:
    """The same by plain NumPy over all rows: the oracle for tests, and a measure for benchmarks."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self._held: dict[int, Vectors] = {}

    def __len__(self) -> int:
        return len(self._held)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        keys, rows = _checked(ids, vectors, self.dim)
        self._held.update(zip(keys.tolist(), rows.copy(), strict=True))

    def remove(self, ids: Sequence[int]) -> None:
        for key in _keys(ids).tolist():
            self._held.pop(key, None)

    def search(self, queries: Vectors, k: int) -> list[Ranked]:
        rows = _unit_rows(queries, self.dim, "查询向量")
        _check_k(k)
        keys = np.array(list(self._held), np.int64)
        held = np.array(list(self._held.values()), np.float32).reshape(-1, self.dim)
        return [_best(keys, _cosines(held, row), k) for row in rows]

    def get(self, ids: Sequence[int]) -> Vectors:
        missing = sorted(set(_keys(ids).tolist()) - self._held.keys())
        if missing:
            raise InputError(f"向量索引里没有编号 {missing[:5]}")
        return np.array([self._held[key] for key in ids], np.float32).reshape(-1, self.dim)

    def ids(self) -> list[int]:
        return sorted(self._held)


class CodedRows:
    """Unit rows at 8 bits a component, numbered from 0 as they were added (FAISS IndexScalarQuantizer, QT_8bit).

    Each component has a range of its own: e5's differ much. 150 questions against 118,343 sentences: a cosine is off by
    0.00015 on average, and of the ten best passages 0.977 are those of float32. Safe to read from several threads once
    the last row is in.
    """

    def __init__(self, low: Vectors, high: Vectors) -> None:
        """``low``, ``high``: smallest and largest value of each component, ``(dim,)``; what lies beyond is clipped."""
        faiss = _faiss()

        self.dim = len(low)
        self._range = np.stack([low, high]).astype(np.float32)
        self._index: Any = faiss.IndexScalarQuantizer(
            self.dim, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        self._index.train(self._range)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, rows: Vectors) -> None:
        self._index.add(np.ascontiguousarray(rows, np.float32))

    def nearest(self, query: Vectors, k: int) -> tuple[Ids, npt.NDArray[np.float64], float]:
        """``k`` rows or more, their cosines, and a cosine that no other row exceeds (-1 where there is no other)."""
        wanted = min(k, len(self))
        near, found = self._index.search(_unit_rows(query, self.dim, "查询向量"), wanted)
        numbers = found[0].astype(np.int64)
        bound = -1.0 if wanted == len(self) else float(near[0, -1]) + _NEAR
        return numbers, self.cosines(query, numbers), bound

    def cosines(self, query: Vectors, numbers: Ids) -> npt.NDArray[np.float64]:
        """Of these rows, in their order; equal rows give equal numbers."""
        row = _unit_rows(query, self.dim, "查询向量")[0].astype(np.float64)
        # A component is low + (code + 0.5) / 255 * (high - low). FAISS' own decoding starts threads for a few rows: on
        # a busy machine 8 ms for 1,335 rows against 0.4.
        low, high = self._range.astype(np.float64)
        step = (high - low) / 255
        sums: npt.NDArray[np.float64] = np.multiply(self._codes()[numbers], row * step).sum(axis=1)
        return (sums + float(row @ (low + step / 2))).clip(-1.0, 1.0)

    def get(self, numbers: Ids) -> Vectors:
        """These rows as they are kept, ``(len(numbers), dim)``, in their order."""
        if len(numbers) == 0:
            return np.empty((0, self.dim), np.float32)
        return np.asarray(self._index.reconstruct_batch(numbers), np.float32)

    def chosen(self, numbers: Ids) -> CodedRows:
        """A copy of these rows, in their order."""
        made = CodedRows(*self._range)
        if len(numbers):
            made._index.add_sa_codes(np.ascontiguousarray(self._codes()[numbers]))
        return made

    def beyond(self, rows: Vectors) -> float:
        """How far a component of ``rows`` lies outside its range, as a share of that; 0 where all lie within."""
        low, high = self._range
        width = np.maximum(high - low, np.finfo(np.float32).tiny)
        return float(np.max(np.maximum(low - rows, rows - high) / width, initial=0.0))

    def to_bytes(self) -> bytes:
        """The ranges as float32, then a byte a component, row after row."""
        return self._range.astype("<f4").tobytes() + self._codes().tobytes()

    def _codes(self) -> npt.NDArray[np.uint8]:
        """A view of what FAISS holds, good until a row is added."""
        import faiss

        if len(self) == 0:
            return np.empty((0, self.dim), np.uint8)
        view: npt.NDArray[np.uint8] = faiss.rev_swig_ptr(self._index.codes.data(), len(self) * self.dim)
        return view.reshape(-1, self.dim)

    @classmethod
    def from_bytes(cls, data: memoryview, dim: int) -> CodedRows:
        """Raises ValueError where the bytes are none of ``to_bytes``."""
        head = 2 * dim * 4
        low, high = np.frombuffer(data[:head], "<f4").reshape(2, dim)
        if not (np.isfinite(low).all() and np.isfinite(high).all() and (low <= high).all()):
            raise ValueError("ranges of components")
        codes = np.frombuffer(data[head:], np.uint8).reshape(-1, dim)
        made = cls(low, high)
        if len(codes):
            made._index.add_sa_codes(np.ascontiguousarray(codes))
        return made


def _faiss() -> Any:
    """The library, told to use one thread a call: several questions run side by side, and on a busy machine its threads
    waiting for each other made a search of 118,000 sentences 40 ms instead of 5."""
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss


def _cosines(rows: Vectors, query: Vectors) -> npt.NDArray[np.float64]:
    """In double precision, each row by itself: equal rows give equal numbers wherever they stand."""
    cosines: npt.NDArray[np.float64] = (rows.astype(np.float64) * query.astype(np.float64)).sum(axis=1)
    return cosines.clip(-1.0, 1.0)


def _best(ids: Ids, cosines: npt.NDArray[np.float64], k: int) -> Ranked:
    order = np.lexsort((ids, -cosines))[:k]
    return list(zip(ids[order].tolist(), cosines[order].tolist(), strict=True))


def _checked(ids: Sequence[int], vectors: Vectors, dim: int) -> tuple[Ids, Vectors]:
    rows = _unit_rows(vectors, dim, "向量")
    keys = _keys(ids)
    if len(keys) != len(rows):
        raise InputError(f"编号有 {len(keys)} 个，向量有 {len(rows)} 行", "两者应当一一对应")
    last = {key: place for place, key in enumerate(keys.tolist())}
    if len(last) == len(keys):
        return keys, rows
    kept = sorted(last.values())
    return keys[kept], rows[kept]


def _keys(ids: Sequence[int]) -> Ids:
    wrong = [key for key in ids if not 0 <= key <= _LARGEST]
    if wrong:
        raise InputError(f"编号 {wrong[0]} 超出范围", "编号应为 0 到 2**63-1 的整数")
    return np.array(ids, np.int64)


def _unit_rows(vectors: Vectors, dim: int, what: str) -> Vectors:
    rows = np.ascontiguousarray(vectors, np.float32)
    if rows.ndim != 2 or rows.shape[1] != dim:
        raise InputError(f"{what}的形状是 {rows.shape}，应为 (n, {dim})", "请用建立索引时的向量模型，或重新建立索引")
    lengths = np.linalg.norm(rows, axis=1)
    if not np.all(np.abs(lengths - 1) <= _UNIT):
        worst = lengths[np.argmax(~(np.abs(lengths - 1) <= _UNIT))]
        raise InputError(f"{what}的长度是 {worst:.4g}，应为 1", "请先归一化")
    return rows


def _check_k(k: int) -> None:
    if k < 1:
        raise InputError(f"要取的条数是 {k}，应至少为 1")
