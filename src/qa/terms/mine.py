"""The terms that a text itself introduces: short forms with what they stand for, and phrases coined in quotes.

A short form counts where its characters come, in order, out of what stands before it (新农合: 新型农村合作医疗), so
that what it stands for can be cut out of the sentence exactly; A. Schwartz and M. Hearst, "A simple algorithm for
identifying abbreviation definitions in biomedical text" (PSB 2003), on characters in place of letters. One that merely
repeats the end of its full form (备用金, 条例, 公司) says nothing outside its own text and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from qa.tokens import QUESTION_WORDS, STOP_WORDS, is_word, pieces

HAN = r"\u3007\u4e00-\u9fa5"
LONGEST = 30
"""Characters of a full form."""
SPARE = 8
"""Characters of a full form to one of the short form, at most."""
COINED = 8

_CALLED = r"(?:以下|下文|下面|后文|下)?\s*(?:统一|统|合|均|并)?(?:简称|称)(?:为|作|之为)?\s*[:：]?\s*"
_OPEN, _CLOSE = "“‘「\"'《〈", "”’」\"'》〉"
_NAME = rf"[{_OPEN}]?([{HAN}A-Za-z0-9]{{2,14}})[{_CLOSE}]?"
_BRACKET = re.compile(rf"[（(](?:[^（()）\n]{{0,30}}[，,；;])?{_CALLED}{_NAME}(?:[，,、或和][^（()）\n]{{0,20}})?[）)]")
_BARE = re.compile(rf"[（(][{_OPEN}]?([{HAN}]{{2,6}})[{_CLOSE}]?[）)]")
_SAID = re.compile(rf"(?<![下，,（(])(?:[，,]\s*)?简称(?:为)?\s*[:：]?\s*[{_OPEN}]([{HAN}]{{2,8}})[{_CLOSE}]")
_SHORT_OF = re.compile(
    rf"[“「]([{HAN}]{{2,8}})[”」][，,]?(?:即|是|为|就是)[“「《]?([{HAN}]{{4,{LONGEST}}})[”」》]?的(?:简称|缩写|略称)"
)
_QUOTED = re.compile(rf"[“「]([{HAN}]{{2,{COINED}}})[”」]")
_TITLE = re.compile(r"《([^《》\n]{4,60})》\s*$")
_BOUNDARY = re.compile(r"[。！？；;，,：:、\n《》“”「」（）()\[\]【】\s]")
_LOCAL = re.compile(r"[某甲乙丙丁×*的]|(?<![A-Za-z])[A-Za-z](?![A-Za-z])|^[本该原新旧前后上述两]|告$|^\d+年?|年$")
"""Names that hold for one text or one case: 某公司, 甲公司, B公司, 本办法, 新《条例》, 原告."""
_PARTICLES = frozenset("的了着过和与及或等是在也都就把被")
COUNTRY = "中华人民共和国"


@dataclass(frozen=True, slots=True)
class Term:
    """A short form and what it stands for in full; a phrase coined in quotes has no ``full``, but ""."""

    short: str
    full: str = ""


def mine(text: str) -> tuple[Term, ...]:
    """The terms of a document's canonical text, each once, sorted."""
    found = {Term(short, full) for short, full in _defined(text) if not _LOCAL.search(short)}
    found |= {Term(phrase) for phrase in _QUOTED.findall(text) if _is_coined(phrase)}
    return tuple(sorted(found, key=lambda term: (term.short, term.full)))


def _defined(text: str) -> Iterator[tuple[str, str]]:
    for pattern in (_BRACKET, _BARE, _SAID):
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 3 * LONGEST) : match.start()]
            full = _title(match[1], before) if pattern is _BRACKET else None
            if full is None:
                full = full_form(match[1], _clause(before))
            if full is not None:
                yield match[1], full
    for match in _SHORT_OF.finditer(text):
        full = full_form(match[1], match[2])
        if full is not None:
            yield match[1], full


def full_form(short: str, before: str) -> str | None:
    """The shortest end of ``before`` that has the characters of ``short`` in order, from the beginning of a word on.

    None where there is none, where it is much longer than a short form would stand for, or where ``short`` is no more
    than a piece of it.
    """
    at = len(before)
    for place, char in enumerate(reversed(short)):
        at = before.rfind(char, 0, at)
        if at < 0 or (place == 0 and len(before) - at > len(short) + 4):
            return None
    edges = {0, *accumulate(map(len, pieces(before)))}
    while at not in edges:
        at -= 1
    full = before[at:]
    left_out = [char for char in full if char not in short and char not in STOP_WORDS]
    if short in full or len(left_out) < 2 or len(full) > min(LONGEST, SPARE * len(short)):
        return None
    return full


def _title(short: str, before: str) -> str | None:
    """The title in 《》 that ends ``before``, without the state's name; None where ``short`` is no short form of it."""
    match = _TITLE.search(before)
    if match is None:
        return None
    full = match[1].removeprefix(COUNTRY)
    rest = iter(full)
    in_order = all(char in rest for char in short)
    return full if len(short) >= 4 and short not in full and in_order else None


def _clause(before: str) -> str:
    """What stands behind the last sign; a closing quote or bracket right at the end is no such sign."""
    bare = before.rstrip("”」》’ ")
    return _BOUNDARY.split(bare)[-1]


def _is_coined(phrase: str) -> bool:
    """Whether the phrase would be cut up otherwise, and neither asks (能不能) nor begins or ends in a particle."""
    if len(phrase) < 3 or is_word(phrase) or {phrase[0], phrase[-1]} & _PARTICLES:
        return False
    return phrase not in QUESTION_WORDS and QUESTION_WORDS.isdisjoint(pieces(phrase))
