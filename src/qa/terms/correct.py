"""Slips of one character, put right against the library's own words: 信仿 → 信访, 楼堂管所 → 楼堂馆所.

The library decides: a stretch of the question is doubted only where two neighbours in it never stand side by side in
any passage and no dictionary has the stretch, and it is replaced only by a word that differs in one character, sounds
alike and does stand in passages, beside the same neighbours. So a question whose character pairs all occur is never
touched.

bench/slips.py, on an index of 26,176 passages: of 1,000 headings with one character replaced by one of the same sound
687 are put right and 5 changed wrongly; of a near sound or another puff of air 113 and 112, and 15 and 12 wrongly, for
only words of three characters and more are tried. Of 16,239 questions as people wrote them, all but 273 about other
texts, 33 are changed, 12 of which are mistyped indeed; of the 273 only the three that are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate

from qa.protocols import LexicalIndex
from qa.terms.pinyin import KIN, NEAR, SAME, sounding_like
from qa.tokens import QUESTION_WORDS, STOP_WORDS, is_word, pieces

LONGEST = 6
MOST = 3
"""Slips put right in one question at most: what holds more is not mistyped but about something else."""

_NUMERAL = re.compile("[第几两〇零一二三四五六七八九十百千万亿某]")
_RUN = re.compile(r"[\u4e00-\u9fa5]{2,}")


@dataclass(frozen=True, slots=True)
class Slip:
    """What was typed, and what is searched instead wherever it stands in the question."""

    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class _Guess:
    slip: Slip
    start: int
    closeness: int
    count: int

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Least first: long words are surer than near sounds, those surer than frequent words."""
        return -min(3, len(self.slip.right)), self.closeness, -self.count, self.start


def correct(text: str, lexical: LexicalIndex, terms: Collection[str] = ()) -> tuple[str, tuple[Slip, ...]]:
    """A normalised question with its slips put right, and what they were; ``terms`` are words of the library beside
    the dictionary's."""
    slips: list[Slip] = []
    while len(slips) < MOST:
        guesses = list(_guesses(text, lexical, terms))
        if not guesses:
            break
        slip = min(guesses, key=lambda guess: guess.rank).slip
        text = text.replace(slip.wrong, slip.right)
        slips.append(slip)
    return text, tuple(slips)


def _guesses(text: str, lexical: LexicalIndex, terms: Collection[str]) -> Iterator[_Guess]:
    pairs = [at for run in _RUN.finditer(text) for at in range(run.start(), run.end() - 1)]
    counts = lexical.frequency([text[at : at + 2] for at in pairs])
    unheard = [at for at, count in zip(pairs, counts, strict=True) if not count]
    if not unheard:
        return
    known, guessed = pieces(text, guess=False), pieces(text)
    edges, soft = _edges(known), _edges(guessed)
    loose = _places(known, lambda piece: piece not in STOP_WORDS)
    asking = _places(guessed, lambda piece: piece in QUESTION_WORDS)
    # A pair inside a word that is never heard: the question may be about something else altogether.
    strange = [at for at in unheard if at + 1 not in soft and not asking[at]]
    for start, end in _windows(text, unheard, edges):
        if is_word(text[start:end]) or any(asking[start:end]):
            continue
        apart = all(start - 2 < at < end or text[at : at + 2] in text[start:end] for at in strange)
        if end - start == 2 and not (apart and all(loose[start:end]) and {start, end} <= soft):
            continue  # two characters alone are little to go by: no particle among them, no part of a longer name
        found = _replaced(text, start, end, unheard, lexical, terms)
        yield from _mending(text, list(found), lexical, loose)


def _windows(text: str, unheard: list[int], edges: set[int]) -> list[tuple[int, int]]:
    """Stretches between edges of the dictionary's words, of Chinese characters only, that hold an unheard pair."""
    found = set()
    for pair in unheard:
        for start in range(max(0, pair - LONGEST + 2), pair + 1):
            for end in range(pair + 2, min(len(text), start + LONGEST) + 1):
                if start in edges and end in edges and _RUN.fullmatch(text[start:end]):
                    found.add((start, end))
    return sorted(found)


def _replaced(
    text: str, start: int, end: int, unheard: list[int], lexical: LexicalIndex, terms: Collection[str]
) -> Iterator[_Guess]:
    wrong = text[start:end]
    counted = _NUMERAL.search(wrong) is not None  # 五六式, 四世纪, 第几部: any number of words has that form
    inside = [pair for pair in unheard if start <= pair < end - 1]
    found: dict[str, int] = {}
    for at in range(max(inside), min(inside) + 2):  # it must be part of every unheard pair
        if text[at] in STOP_WORDS or _NUMERAL.match(text[at]):
            continue
        reach = _reach(wrong, at - start)
        for like, closeness in sounding_like(text[at]):
            if closeness > reach or like in STOP_WORDS or _NUMERAL.match(like):
                continue
            right = text[start:at] + like + text[at + 1 : end]
            if right in terms or (is_word(right) and not counted):
                found[right] = min(closeness, found.get(right, KIN))
    counts = dict(zip(found, held(lexical, list(found)), strict=True))
    good = {right for right in found if counts[right] >= _bound(len(wrong), found[right], len(lexical))}
    for right in good:
        yield _Guess(Slip(wrong, right), start, found[right], counts[right])


def _reach(wrong: str, place: int) -> int:
    """How far off the sound may be: not at all in a word of two, nor at the edge of what is a word without it (…政策性,
    …负责人 are as many as their endings)."""
    rest = wrong[1:] if place == 0 else wrong[:-1] if place == len(wrong) - 1 else ""
    return SAME if len(wrong) == 2 or is_word(rest) else KIN


def _mending(text: str, found: list[_Guess], lexical: LexicalIndex, loose: list[bool]) -> Iterator[_Guess]:
    """Those whose pairs with the characters before and after stand in the library as well; a particle, a sign or the
    end of the question beside them says nothing."""
    for guess in found:
        slip = guess.slip
        start, end = guess.start, guess.start + len(slip.wrong)
        around = []
        first, last = slip.wrong[0] != slip.right[0], slip.wrong[-1] != slip.right[-1]
        if first and start and loose[start - 1] and _RUN.fullmatch(text, start - 1, start + 1):
            around.append(text[start - 1] + slip.right[0])
        if last and end < len(text) and loose[end] and _RUN.fullmatch(text, end - 1, end + 1):
            around.append(slip.right[-1] + text[end])
        if all(lexical.frequency(around)):
            yield guess


def _bound(length: int, closeness: int, total: int) -> int:
    """In how many passages a word must stand to be what was meant."""
    if length == 2:
        return max(3, total // 1000)
    return {SAME: 2, NEAR: 3, KIN: 5}[closeness]


def held(lexical: LexicalIndex, words: list[str]) -> list[int]:
    """In how many passages each stands: as a token, else at most as often as its rarest pair of characters."""
    pairs = {word: [word[at : at + 2] for at in range(len(word) - 1)] for word in words}
    terms = list(dict.fromkeys([*words, *(pair for parts in pairs.values() for pair in parts)]))
    counts = dict(zip(terms, lexical.frequency(terms), strict=True))
    return [counts[word] or min((counts[pair] for pair in pairs[word]), default=0) for word in words]


def _edges(parts: list[str]) -> set[int]:
    return {0, *accumulate(map(len, parts))}


def _places(parts: list[str], holds: Callable[[str], bool]) -> list[bool]:
    """For each character whether the piece that it belongs to is of the kind."""
    return [kind for part in parts for kind in [holds(part)] * len(part)]
