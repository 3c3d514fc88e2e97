"""A lost cache of vectors is filled from what is published: what was encoded once is not encoded again."""

from __future__ import annotations

import numpy as np

from qa.store.cache import VectorCache
from qa.store.snapshot import Snapshot

_REFILL = 2000


def refill(cache: VectorCache, snapshot: Snapshot) -> None:
    """Put into a cache what a published generation still has.

    Vectors of passages are as they were, those of sentences to the error of 8 bits (a cosine is off by .00015).
    """
    name = snapshot.manifest.encoder
    if name is None:
        return
    if snapshot.vectors is not None:
        there = [item for item in snapshot.passages() if item[0] in snapshot.vector_ids]
        for begin in range(0, len(there), _REFILL):
            batch = there[begin : begin + _REFILL]
            cache.put(name, [key for _, key in batch], snapshot.vectors.get([number for number, _ in batch]))
    if snapshot.sentences is not None:
        said = snapshot.sentence_hashes(snapshot.sentences.ids())
        for begin in range(0, len(said), _REFILL):
            some = said[begin : begin + _REFILL]
            rows = snapshot.sentences.rows([number for number, _ in some])
            keys = [key for _, keys in some for key in keys]
            cache.put(name, keys, rows / np.linalg.norm(rows, axis=1, keepdims=True))
