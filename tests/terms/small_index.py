"""A lexical index of a few passages that counts and nothing else: what rewriting needs of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qa.tokens import index_tokens


class SmallIndex:
    """Of passages given as text, each ``times`` over."""

    def __init__(self, passages: Sequence[str], times: int = 5) -> None:
        self._passages = len(passages) * times
        self._counts = Counter(
            token for passage in passages for token in set(index_tokens(passage)) for _ in range(times)
        )

    def __len__(self) -> int:
        return self._passages

    def frequency(self, tokens: Sequence[str]) -> list[int]:
        return [self._counts[token] for token in tokens]

    def add(self, ids: Sequence[int], bodies: Sequence[Sequence[str]], heads: Sequence[Sequence[str]]) -> None:
        raise NotImplementedError

    def remove(self, ids: Sequence[int]) -> None:
        raise NotImplementedError

    def search(self, tokens: Sequence[str], k: int) -> list[tuple[int, float]]:
        raise NotImplementedError
