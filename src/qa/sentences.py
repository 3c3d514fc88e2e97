"""A vector for each sentence of a passage: one sentence may answer what its passage as a whole does not resemble."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from qa.errors import IndexUnavailable, InputError
from qa.protocols import Vectors
from qa.split import sentences
from qa.types import Chunk
from qa.vectors import CodedRows

_MAGIC = b"YJSENT1\n"
_HEAD = struct.Struct("<8sIQQ")
_BLOCK = 4096
"""Rows that are float32 at once while an index is made: 6 MB."""

_CLIPPED = 0.05
"""How far, as a share of its range, a component of a row that is added may lie outside and is clipped: .02 of e5's
widest range of .4, times a question's component of .05, is a cosine off by .001 at worst."""


def encoded_texts(chunk: Chunk) -> list[str]:
    """What is encoded for a chunk's sentences: place i is that of ``split.sentences(chunk.text)``."""
    return [chunk.text[start:end] for start, end in sentences(chunk.text)]


class SentenceIndex:
    """Chunk id → the vectors of all its sentences, in their order. It doesn't change, so any thread may use it.

    Attributes:
        dim: Components of a vector.
    """

    def __init__(self, ids: npt.NDArray[np.int64], starts: npt.NDArray[np.int64], rows: CodedRows) -> None:
        """``ids`` ascending; the rows of ``ids[i]`` are ``starts[i]`` to ``starts[i + 1]``, of which there is one."""
        self._ids, self._starts, self._rows = ids, starts, rows
        self.dim = rows.dim

    @classmethod
    def build(cls, spoken: Mapping[int, Sequence[int]], vectors: npt.NDArray[np.floating]) -> SentenceIndex:
        """``spoken``: chunk id → which rows of ``vectors`` are its sentences'; one row may serve many sentences.

        ``vectors``, ``(n, dim)``, are of unit length up to the error of float16. Raises InputError for a chunk without
        sentences.
        """
        _refuse_empty(spoken)
        keys = sorted(spoken)
        counts = np.array([len(spoken[key]) for key in keys], np.int64)
        starts = np.concatenate([np.zeros(1, np.int64), counts.cumsum()])
        order = np.array([row for key in keys for row in spoken[key]], np.int64)
        rows = CodedRows(*_ranges(_blocks(vectors, np.unique(order)), vectors.shape[1]))
        for block in _blocks(vectors, order):
            rows.add(block)
        return cls(np.array(keys, np.int64), starts, rows)

    def without(self, ids: Collection[int]) -> SentenceIndex:
        """The same but for these chunks."""
        if not ids:
            return self
        return self._chosen(np.flatnonzero(~np.isin(self._ids, np.array(list(ids), np.int64))))

    def joined(self, spoken: Mapping[int, Sequence[int]], vectors: npt.NDArray[np.floating]) -> SentenceIndex | None:
        """The same and these chunks, in the place of those that it has under their ids; arguments as for ``build``.

        What is there keeps its codes. None where that can't be, for the new rows lie outside their ranges.
        """
        _refuse_empty(spoken)
        keys = sorted(spoken)
        order = np.array([row for key in keys for row in spoken[key]], np.int64)
        if max(self._rows.beyond(block) for block in _blocks(vectors, np.unique(order))) > _CLIPPED:
            return None
        rest = self.without(keys)  # a copy, so that its rows may grow
        for block in _blocks(vectors, order):
            rest._rows.add(block)
        ids = np.concatenate([rest._ids, np.array(keys, np.int64)])
        ends = rest._starts[-1] + np.cumsum([len(spoken[key]) for key in keys])
        both = SentenceIndex(ids, np.concatenate([rest._starts, ends]), rest._rows)
        return both._chosen(np.argsort(ids, kind="stable"))

    def _chosen(self, places: npt.NDArray[np.int64]) -> SentenceIndex:
        """The chunks at these places, in this order."""
        counts = np.diff(self._starts)[places]
        starts = np.concatenate([np.zeros(1, np.int64), counts.cumsum()])
        numbers = np.arange(starts[-1]) + np.repeat(self._starts[places] - starts[:-1], counts)
        return SentenceIndex(self._ids[places], starts, self._rows.chosen(numbers))

    def rows(self, ids: Sequence[int]) -> Vectors:
        """The rows of these chunks' sentences as they are kept, chunk after chunk; the chunks must be there."""
        places = np.searchsorted(self._ids, np.array(ids, np.int64))
        spans = [np.arange(self._starts[at], self._starts[at + 1]) for at in places]
        return self._rows.get(np.concatenate(spans) if spans else np.empty(0, np.int64))

    def __len__(self) -> int:
        """How many sentences."""
        return len(self._rows)

    def ids(self) -> list[int]:
        """The chunks whose sentences have vectors, ascending."""
        return [int(key) for key in self._ids]

    def search(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """Up to ``k`` chunks by the cosine of their best sentence with ``query`` ``(1, dim)``, best first, ties by id.

        118,343 sentences of 384 components: 3 ms on one thread, 8 at most.
        """
        if k < 1:
            raise InputError(f"要取的条数是 {k}，应至少为 1")
        if len(self) == 0:
            self._rows.cosines(query, np.empty(0, np.int64))
            return []
        wanted = 2 * k + 8
        while True:
            numbers, cosines, bound = self._rows.nearest(query, wanted)
            owners = np.searchsorted(self._starts, numbers, side="right") - 1
            order = np.lexsort((owners, -cosines))
            _, first = np.unique(owners[order], return_index=True)
            best = order[np.sort(first)][:k]
            # A row beyond those taken may neither rank among the first k nor tie with the last of them.
            if len(numbers) == len(self) or (len(best) == k and cosines[best[-1]] > bound):
                return [(int(self._ids[owners[at]]), float(cosines[at])) for at in best]
            wanted *= 4

    def cosines(self, query: Vectors, ids: Sequence[int]) -> dict[int, npt.NDArray[np.float32]]:
        """Chunk id → the cosines of its sentences with ``query`` ``(1, dim)``; ids without vectors are left out."""
        wanted = np.array(sorted({key for key in ids if 0 <= key < 2**63}), np.int64)
        places = np.searchsorted(self._ids, wanted)
        places = places[np.append(self._ids, -1)[places] == wanted]
        spans = [(int(self._starts[at]), int(self._starts[at + 1])) for at in places]
        numbers = np.concatenate([np.arange(*span) for span in spans] or [np.empty(0, np.int64)])
        found = self._rows.cosines(query, numbers).astype(np.float32)
        ends = np.cumsum([0, *(end - start for start, end in spans)])
        return {int(self._ids[at]): found[a:b] for at, (a, b) in zip(places, pairwise(ends), strict=True)}

    def sample(self, n: int) -> Vectors:
        """About ``n`` sentences' rows ``(m, dim)`` at even distances; all where there are no more."""
        return self._rows.get(np.arange(0, len(self), max(1, len(self) // n), dtype=np.int64))

    def to_bytes(self) -> bytes:
        """Little-endian: head (magic, dim, chunks, sentences), ids, starts, then ``CodedRows.to_bytes``."""
        head = _HEAD.pack(_MAGIC, self.dim, len(self._ids), len(self))
        numbers = [array.astype("<i8").tobytes() for array in (self._ids, self._starts)]
        return b"".join([head, *numbers, self._rows.to_bytes()])

    @classmethod
    def from_bytes(cls, data: bytes, dim: int) -> SentenceIndex:
        """Raises IndexUnavailable where the bytes are damaged or hold vectors of another dimension."""
        todo = "请重新建立索引：python -m qa sync"
        try:
            held, ids, starts, rows = _parsed(memoryview(data))
            coded = CodedRows.from_bytes(rows, held)
        except (ValueError, struct.error) as error:
            raise IndexUnavailable("句子向量已损坏，无法读取", todo) from error
        if held != dim:
            raise IndexUnavailable(f"句子向量是 {held} 维，当前的向量模型是 {dim} 维", todo)
        return cls(ids, starts, coded)


def _parsed(data: memoryview) -> tuple[int, npt.NDArray[np.int64], npt.NDArray[np.int64], memoryview]:
    magic, dim, chunks, count = _HEAD.unpack_from(data)
    at = _HEAD.size
    behind_ids = at + 8 * chunks
    behind = behind_ids + 8 * (chunks + 1)
    if magic != _MAGIC or dim < 1 or len(data) != behind + dim * (8 + count):
        raise ValueError("head or length")
    ids = np.frombuffer(data[at:behind_ids], "<i8").astype(np.int64)
    starts = np.frombuffer(data[behind_ids:behind], "<i8").astype(np.int64)
    if starts[0] != 0 or starts[-1] != count or (np.diff(starts) < 1).any():
        raise ValueError("starts")
    if (ids < 0).any() or (np.diff(ids) < 1).any():
        raise ValueError("ids")
    return dim, ids, starts, data[behind:]


def _refuse_empty(spoken: Mapping[int, Sequence[int]]) -> None:
    empty = next((key for key, rows in spoken.items() if len(rows) == 0), None)
    if empty is not None:
        raise InputError(f"段落 {empty} 没有句子向量")


def _ranges(blocks: Iterable[Vectors], dim: int) -> tuple[Vectors, Vectors]:
    """Smallest and largest value of each component."""
    low = high = np.zeros(dim, np.float32)
    for block in blocks:
        low, high = np.minimum(low, block.min(axis=0)), np.maximum(high, block.max(axis=0))
    return low, high


def _blocks(vectors: npt.NDArray[np.floating], order: npt.NDArray[np.int64]) -> Iterator[Vectors]:
    """``vectors[order]`` as unit rows, some thousand at a time."""
    for begin in range(0, len(order), _BLOCK):
        rows = vectors[order[begin : begin + _BLOCK]].astype(np.float32)
        yield rows / np.linalg.norm(rows, axis=1, keepdims=True)
