"""The teacher's vectors of the training texts, in shards that a second run finds again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from qa.protocols import Vectors

SHARD = 4096


def vectors(
    texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors], work: Path, name: str
) -> np.ndarray[tuple[int, int], np.dtype[np.float16]]:
    """Unit rows (texts, dim), float16. ``name`` tells the shards of one list of texts from those of others."""
    found = []
    for start in range(0, len(texts), SHARD):
        path = work / f"teacher.{name}.{start // SHARD:03d}.npy"
        if not path.exists():
            begin = time.perf_counter()
            group = texts[start : start + SHARD]
            unfinished = path.with_suffix(".part.npy")
            np.save(unfinished, encode(group).astype(np.float16), allow_pickle=False)
            unfinished.rename(path)
            rate = len(group) / (time.perf_counter() - begin)
            print(f"teacher {name}: {start + len(group):,} of {len(texts):,}, {rate:.0f} texts/s", flush=True)
        found.append(np.load(path, allow_pickle=False))
    return np.concatenate(found)
