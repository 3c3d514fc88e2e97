"""How alike two characters sound: readings of the 6,763 characters of GB 2312 from a table beside this file.

``bench/pinyin_table.py`` writes the table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

SAME, NEAR, KIN = 1, 2, 3
"""Same syllable, whatever the tone; one that many speakers do not tell apart; one whose initials differ by a puff of
air, as they do in characters of one phonetic part (裁 cai, 载 zai), which also look alike."""

_NEAR_INITIALS = ("zh z", "ch c", "sh s", "n l", "f h", "r l")
_PUFFED = ("b p", "d t", "g k", "j q", "zh ch", "z c")
_NEAR_FINALS = ("in ing", "en eng", "an ang", "ian iang", "uan uang")
_STARTS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")


@cache
def readings(char: str) -> tuple[str, ...]:
    """Its syllables with the number of the tone ("fang3"), the common ones; empty for what the table lacks."""
    return _table()[0].get(char, ())


@cache
def sounding_like(char: str) -> tuple[tuple[str, int], ...]:
    """Other characters that sound alike, each with the closest of SAME, NEAR, KIN; in the order of the table."""
    _, by_syllable = _table()
    found: dict[str, int] = {}
    for syllable in {reading[:-1] for reading in readings(char)}:
        for other, closeness in _around(syllable):
            for like in by_syllable[other]:
                if like != char:
                    found[like] = min(closeness, found.get(like, KIN))
    return tuple(sorted(found.items(), key=lambda pair: (pair[1], pair[0])))


def _around(syllable: str) -> list[tuple[str, int]]:
    """The syllable itself and those near it in one respect, each with how near."""
    start, final = _split(syllable)
    variants = [(start + final, SAME)]
    variants += [(start + other, NEAR) for other in _partners(final, _NEAR_FINALS)]
    variants += [(other + final, NEAR) for other in _partners(start, _NEAR_INITIALS)]
    variants += [(other + final, KIN) for other in _partners(start, _PUFFED)]
    return [(other, closeness) for other, closeness in variants if other in _table()[1]]


def _partners(part: str, pairs: Sequence[str]) -> list[str]:
    both = [pair.split() for pair in pairs]
    return [other for pair in both if part in pair for other in pair if other != part]


def _split(syllable: str) -> tuple[str, str]:
    start = next((begin for begin in _STARTS if syllable.startswith(begin)), "")
    return start, syllable[len(start) :]


@cache
def _table() -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """(character → readings, syllable without tone → characters)."""
    of_char: dict[str, list[str]] = defaultdict(list)
    of_syllable: dict[str, str] = defaultdict(str)
    for line in Path(__file__).with_name("pinyin.txt").read_text(encoding="utf-8").splitlines():
        reading, chars = line.split(" ")
        of_syllable[reading[:-1]] += chars
        for char in chars:
            of_char[char].append(reading)
    return {char: tuple(found) for char, found in of_char.items()}, dict(of_syllable)
