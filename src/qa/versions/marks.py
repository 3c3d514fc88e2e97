"""Which characters of two texts differ. Nearly linear: costly stretches are parted at sentences that both have once."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

COST = 20
"""difflib compares each character with all equal ones: so many comparisons a character are let pass, which texts of
4,000 characters reach. Beyond, sentences are compared, then parts of sentences; what is left is changed as a whole."""
MOST = 8_000_000
"""Comparisons in one go, for difflib can't be stopped: some 2 s."""
STRAY = 2
"""Up to so many equal characters between two changes are part of one change: single characters agree by chance."""

Change = tuple[int, int, int, int]
"""old[a:b] became new[c:d]; either may be empty."""
_SIGNS = {"\n": 3, "。": 2, "！": 2, "？": 2, "；": 2, "，": 1, "、": 1}
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]+|[^。！？；\n]+\Z")
_PART = re.compile(r"[^，、：。！？；\n]*[，、：。！？；\n]+|[^，、：。！？；\n]+\Z")


May = Callable[[], bool]
"""Whether there is time left."""


def changes(old: str, new: str, may: May = lambda: True) -> list[Change]:
    """What changed, in order; everything else is the same in both. Coarser once ``may`` says no."""
    return _settled(_joined(list(_changes(old, new, 0, 0, (_SENTENCE, _PART), may)), old), old, new)


def _changes(old: str, new: str, at: int, there: int, marks: Sequence[re.Pattern[str]], may: May) -> Iterator[Change]:
    """Changes, shifted by where the texts stand."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    at, there = at + head, there + head
    if not old and not new:
        return
    if not old or not new or not may() or (not marks and not _cheap(old, new)):
        yield at, at + len(old), there, there + len(new)
    elif _cheap(old, new):
        yield from _different(old, new, at, there)
    else:
        yield from _by_pieces(old, new, at, there, marks, may)


def _by_pieces(old: str, new: str, at: int, there: int, marks: Sequence[re.Pattern[str]], may: May) -> Iterator[Change]:
    """Between pieces that occur once in either text and in the same order."""
    one, other = marks[0].findall(old), marks[0].findall(new)
    begins, begins2 = [0, *accumulate(map(len, one))], [0, *accumulate(map(len, other))]
    once, once2 = _once(one), _once(other)
    pairs = [(index, once2[piece]) for piece, index in once.items() if piece in once2]
    fixed = rising(pairs)
    ends = [(-1, -1), *fixed, (len(one), len(other))]
    for (i, j), (k, m) in pairwise(ends):
        span, span2 = (begins[i + 1], begins[k]), (begins2[j + 1], begins2[m])
        inner = (old[span[0] : span[1]], new[span2[0] : span2[1]])
        yield from _changes(*inner, at + span[0], there + span2[0], marks[1:], may)


def _once(pieces: Sequence[str]) -> dict[str, int]:
    counts = Counter(pieces)
    return {piece: index for index, piece in enumerate(pieces) if counts[piece] == 1}


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of pairs, sorted by the first number, whose second numbers rise (patience sorting)."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, value) in enumerate(pairs):
        place = bisect_left(tops, value)
        before.append(ends[place - 1] if place else -1)
        if place == len(tops):
            tops.append(value)
            ends.append(index)
        else:
            tops[place], ends[place] = value, index
    chain = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _cheap(old: str, new: str) -> bool:
    counts, counts2 = Counter(old), Counter(new)
    return sum(n * counts2[c] for c, n in counts.items()) <= min(COST * (len(old) + len(new)), MOST)


def _different(old: str, new: str, at: int, there: int) -> Iterator[Change]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield at + a, at + b, there + c, there + d


def _joined(found: list[Change], old: str) -> list[Change]:
    """Changes that only chance parts are one: between them stand a few characters, fewer than either changes."""
    made: list[Change] = []
    for change in found:
        if made:
            a, b, c, d = made[-1]
            gap = change[0] - b
            size = min(max(b - a, d - c), max(change[1] - change[0], change[3] - change[2]))
            if gap == 0 or (gap <= STRAY and gap < size and "\n" not in old[b : change[0]]):
                made[-1] = (a, change[1], c, change[3])
                continue
        made.append(change)
    return made


def _settled(found: list[Change], old: str, new: str) -> list[Change]:
    """What only came or only went is a whole sentence where it can be one: 「[。乙来]。」 is 「。[乙来。]」."""
    made: list[Change] = []
    for number, (a, b, c, d) in enumerate(found):
        text, begin, end = (new, c, d) if a == b else (old, a, b)
        last = found[number + 1][0] - b if number + 1 < len(found) else len(old) - b + 1
        step = _slide(text, begin, end, min(last - 1, end - begin)) if (a == b) != (c == d) else 0
        made.append((a + step, b + step, c + step, d + step))
    return made


def _slide(text: str, begin: int, end: int, most: int) -> int:
    """How far to the right a stretch can go and end behind the best sign; 0 where it is best where it is."""
    best, at = _SIGNS.get(text[end - 1], 0), 0
    for step in range(1, most + 1):
        if text[begin + step - 1] != text[end + step - 1]:
            break
        worth = _SIGNS.get(text[end + step - 1], 0)
        best, at = (worth, step) if worth > best else (best, at)
    return at


def _common(one: str, other: str) -> int:
    """How many characters are the same at the beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
