"""Documents that say nearly the same: MinHash over their sentences finds pairs, the sentences themselves decide.

A. Broder, "On the resemblance and containment of documents", 1997. Work and memory grow with the library's length: no
two documents are compared that share no band of their signatures.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from qa.types import Document

SHARE = 0.6
"""Documents share so much of the sentences of both together, or more, to be nearly the same."""
BANDS, ROWS = 32, 4
"""Pairs that share .6 of their sentences meet in a band with a probability of .988, .7 .9998, .2 .05."""
NEIGHBOURS = 16
"""In a band that holds many, each is compared with so many others; the groups join all the same."""
SHORT = 4
"""Letters and figures below which a sentence is a number or a mark."""
_BATCH = 4096
_ENDS = re.compile(r"[。！？；!?;\n]+")
_NOISE = re.compile(r"[\W_]+")

Hashes = NDArray[np.uint64]


class Sketches:
    """Collects documents one at a time and lets go of them; 8 bytes a sentence and 1 KB a document remain."""

    def __init__(self) -> None:
        random = np.random.default_rng(1)
        self._times = random.integers(1, 2**63, (BANDS * ROWS, 1), np.uint64) * np.uint64(2) + np.uint64(1)
        self._plus = random.integers(0, 2**63, (BANDS * ROWS, 1), np.uint64)
        self._said: dict[str, Hashes] = {}
        self._bands: list[dict[bytes, list[str]]] = [defaultdict(list) for _ in range(BANDS)]

    def take(self, document: Document) -> Document:
        """Takes note of a document and passes it on. One without sentences is like no other."""
        said = sentence_hashes(document.text)
        if len(said):
            self._said[document.id] = said
            signature = self._signature(said)
            for band, bucket in enumerate(self._bands):
                bucket[signature[band * ROWS : (band + 1) * ROWS].tobytes()].append(document.id)
        return document

    def groups(self, share: float = SHARE) -> list[tuple[str, ...]]:
        """Ids of documents that are joined by pairs of at least this share; groups of two and more."""
        above: dict[str, str] = {}

        def top(one: str) -> str:
            while one in above:
                above[one] = above.get(above[one], above[one])
                one = above[one]
            return one

        for one, other in self._candidates():
            ends = top(one), top(other)
            if ends[0] != ends[1] and resemblance(self._said[one], self._said[other]) >= share:
                above[ends[1]] = ends[0]
        found: dict[str, list[str]] = defaultdict(list)
        for number in self._said:
            found[top(number)].append(number)
        return [tuple(group) for group in found.values() if len(group) > 1]

    def near(self) -> dict[str, tuple[str, ...]]:
        """Document id → ids of the others of its group; without those that are like no other."""
        return {one: tuple(o for o in group if o != one) for group in self.groups() for one in group}

    def _candidates(self) -> Iterator[tuple[str, str]]:
        met: set[tuple[str, str]] = set()
        for bucket in self._bands:
            for members in bucket.values():
                for at, one in enumerate(members):
                    for other in members[at + 1 : at + 1 + NEIGHBOURS]:
                        if (one, other) not in met:
                            met.add((one, other))
                            yield one, other

    def _signature(self, said: Hashes) -> NDArray[np.uint32]:
        least = np.full(BANDS * ROWS, 2**32 - 1, np.uint32)
        for begin in range(0, len(said), _BATCH):
            mixed = (said[begin : begin + _BATCH] * self._times + self._plus) >> np.uint64(32)
            least = np.minimum(least, mixed.min(axis=1).astype(np.uint32))
        return least


def sentence_hashes(text: str) -> Hashes:
    """The distinct sentences, sorted, by their letters and figures alone."""
    found = {
        blake2b(said.encode(), digest_size=8).digest()
        for piece in _ENDS.split(text)
        if len(said := _NOISE.sub("", piece)) >= SHORT
    }
    return np.sort(np.frombuffer(b"".join(found), np.uint64))


def resemblance(one: Hashes, other: Hashes) -> float:
    """Sentences that both have, of those that either has: in [0, 1]."""
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)
