"""Which unit of the new text is which of the old: the same words first, then the likest, a number counting in favour.

Work grows with the texts' length: what is compared in full are the few units that share rare runs of characters.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from qa.versions.units import Unit

LIKE = 0.5
"""Likeness from which two units of different numbers are one, changed."""
SAME_NUMBER = 0.3
"""Likeness from which two units of one number are."""
BONUS = 0.15
"""What the same number adds to the likeness when several units compete."""
RARE = 8
"""A run of three characters tells units apart that stands in so many of them or fewer, on either side."""
BEST = 6
"""Units compared in full with each, those that share most rare runs."""

Pairs = dict[int, int]
Codes = NDArray[np.int64]


def align(old: Sequence[Unit], new: Sequence[Unit], may: Callable[[], bool] = lambda: True) -> Pairs:
    """Index in ``old`` → index in ``new``, one to one; a unit with no counterpart is left out.

    Once ``may`` says that there is no time left, what is merely alike is taken for different.
    """
    found: Pairs = {}
    _equal(old, new, found, lambda unit: (unit.label, unit.body))
    _equal(old, new, found, lambda unit: unit.body)
    if may():
        _alike(old, new, found, may)
    return found


def _equal(old: Sequence[Unit], new: Sequence[Unit], found: Pairs, key: Callable[[Unit], object]) -> None:
    """Pairs what is equal by ``key``: what occurs once on either side, what stands beside such a pair, then the k-th
    with the k-th (P. Heckel, "A technique for isolating differences between files", 1978)."""
    taken = set(found.values())
    places = ({}, {})  # type: tuple[dict[object, list[int]], dict[object, list[int]]]
    for side, every, used in ((0, old, found.keys()), (1, new, taken)):
        for index, unit in enumerate(every):
            if index not in used:
                places[side].setdefault(key(unit), []).append(index)
    both = [(places[0][k], places[1][k]) for k in places[0] if k in places[1]]
    found |= {one[0]: other[0] for one, other in both if len(one) == len(other) == 1}
    taken = set(found.values())
    for step in (1, -1):
        for index in range(len(old)) if step > 0 else reversed(range(len(old))):
            at = index + step
            beside = found.get(index, -2) + step
            free = 0 <= at < len(old) and at not in found and 0 <= beside < len(new) and beside not in taken
            if free and key(old[at]) == key(new[beside]):
                found[at] = beside
                taken.add(beside)
    for one, other in both:
        left = [index for index in one if index not in found]
        right = [index for index in other if index not in taken]
        found |= dict(zip(left, right, strict=False))
        taken |= set(right[: len(left)])


def _alike(old: Sequence[Unit], new: Sequence[Unit], found: Pairs, may: Callable[[], bool]) -> None:
    """Pairs what is likest first."""
    taken = set(found.values())
    left = {index: pairs_of(old[index].body) for index in range(len(old)) if index not in found}
    right = {index: pairs_of(new[index].body) for index in range(len(new)) if index not in taken}
    numbered: dict[str, list[int]] = defaultdict(list)
    for index in right:
        numbered[new[index].label].append(index)
    candidates = set(_sharing({i: old[i].body for i in left}, {i: new[i].body for i in right}))
    candidates |= {(i, j) for i in left if old[i].label for j in numbered.get(old[i].label, ())[:RARE]}
    candidates |= {(i, j) for i, j in _opposite(len(old), found) if i in left and j in right}
    ranked = []
    for i, j in candidates:
        if not may():
            break
        like = likeness(left[i], right[j])
        same = bool(old[i].label) and old[i].label == new[j].label
        if like >= (SAME_NUMBER if same else LIKE):
            ranked.append((-(like + BONUS * same), i, j))
    for _, i, j in sorted(ranked):
        if i not in found and j not in taken:
            found[i] = j
            taken.add(j)


def _opposite(length: int, found: Pairs) -> Iterable[tuple[int, int]]:
    """What has the same place behind the last pair, or one beside it; the heads of both texts do."""
    before = (-1, -1)
    for index in range(length):
        if index in found:
            before = index, found[index]
        else:
            there = before[1] + index - before[0]
            yield from ((index, there + step) for step in (-1, 0, 1))


def pairs_of(text: str) -> Codes:
    """The distinct pairs of neighbouring characters, sorted."""
    points = _points(text)
    return _distinct(points[:-1] << 21 | points[1:]) if len(points) > 1 else points


def likeness(one: Codes, other: Codes) -> float:
    """Dice coefficient of two sets of character pairs, in [0, 1]; two empty ones are unlike."""
    total = len(one) + len(other)
    return 2 * len(np.intersect1d(one, other, assume_unique=True)) / total if total else 0.0


def containment(one: Codes, other: Codes) -> float:
    """How much of ``one`` stands in ``other``, in [0, 1]."""
    return len(np.intersect1d(one, other, assume_unique=True)) / len(one) if len(one) else 0.0


def _sharing(old: dict[int, str], new: dict[int, str]) -> Iterable[tuple[int, int]]:
    """Pairs of units that share rare runs of three characters; for each unit those that share most."""
    shared = common_runs(old, new)
    by_count = sorted(shared.items(), key=lambda item: (-item[1], item[0]))
    seen: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    for (i, j), _ in by_count:
        if seen[0][i] < BEST or seen[1][j] < BEST:
            seen[0][i] += 1
            seen[1][j] += 1
            yield i, j


def common_runs(old: dict[int, str], new: dict[int, str]) -> dict[tuple[int, int], int]:
    """(unit of old, unit of new) → how many rare runs both have."""
    (codes, owners), (others, theirs) = _runs(old), _runs(new)
    both = np.intersect1d(_distinct(codes), _distinct(others), assume_unique=True)
    begin, end = np.searchsorted(codes, both, "left"), np.searchsorted(codes, both, "right")
    begin2, end2 = np.searchsorted(others, both, "left"), np.searchsorted(others, both, "right")
    rare = (end - begin <= RARE) & (end2 - begin2 <= RARE)
    begin, end, begin2, end2 = begin[rare], end[rare], begin2[rare], end2[rare]
    found: list[Codes] = []
    for i in range(RARE):
        for j in range(RARE):
            there = (begin + i < end) & (begin2 + j < end2)
            found.append(owners[begin[there] + i] << 32 | theirs[begin2[there] + j])
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    return {(int(k) >> 32, int(k) & 0xFFFFFFFF): int(n) for k, n in zip(keys, counts, strict=True)}


def _runs(texts: dict[int, str]) -> tuple[Codes, Codes]:
    """Every unit's distinct runs of three characters with the unit, sorted by run."""
    none = np.empty(0, np.int64)
    codes, owners = [none], [none]
    for index, text in texts.items():
        points = _points(text)
        if len(points) > 2:
            own = _distinct(points[:-2] << 42 | points[1:-1] << 21 | points[2:])
            codes.append(own)
            owners.append(np.full(len(own), index, np.int64))
    every, whose = np.concatenate(codes), np.concatenate(owners)
    order = np.argsort(every, kind="stable")
    return every[order], whose[order]


def _distinct(codes: Codes) -> Codes:
    """Sorted. By sorting: ``numpy.unique`` hashes, and a text of 2 million letters took it over a minute."""
    held = np.sort(codes)
    return held[np.concatenate(([True], held[1:] != held[:-1]))] if len(held) else held


def _points(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64)
