"""Header facts of an official document: 文号, 发文机关, 成文日期, year. Read from its head and foot only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.outline.force import force
from qa.outline.head import DATE, NUMBER, clean_name
from qa.outline.imprint import HISTORY, date, issuer
from qa.outline.numbering import Line
from qa.outline.numerals import to_int
from qa.outline.secrecy import secrecy
from qa.outline.speech import speech
from qa.types import Facts

HEAD_LINES = 12
FOOT_LINES = 6
ANNEXES = 3
HEAD_LINE_CHARS = 120
"""A header line is no longer than this; what is longer is body text."""

_ANNEX = re.compile(r"^\s*附\s*(?:件|录|表)\s*[一二三四五六七八九十\d]{0,3}\s*(?:$|[：:])")
_ASIDE = re.compile(r"[（(][^（()）]*[）)]|签发人[：:]?\s*[\u4e00-\u9fff]{2,4}")
_NO_ISSUER = re.compile(r"[〔\[［（(]\s*(?:19|20)\d\d\s*[〕\]］）)]\s*第?\s*\d{1,5}\s*号")
"""Minutes and letters often leave the issuer out."""
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年|(?<!\d)((?:19|20)\d\d)(?!\d)|([一二][〇○零一二三四五六七八九]{3})年")


def facts(lines: Sequence[Line], name: str, title: str) -> Facts:
    """What head, foot, title and file name state; each fact is None where they state none."""
    head = [line.text.strip() for line in lines[:HEAD_LINES] if len(line.text) <= HEAD_LINE_CHARS]
    foot = [line.text.strip() for line in _foot(lines) if len(line.text) <= HEAD_LINE_CHARS]
    day = date(head, foot, name)
    speaker, occasion = speech(lines, title)
    valid = force(lines, name, title, day)
    return Facts(
        number=_number(head, name, title),
        issuer=issuer(head, foot, title),
        date=day,
        year=_year(name, title, day),
        effective=valid.effective,
        speaker=speaker,
        occasion=occasion,
        secrecy=secrecy(lines, name),
        status=valid.status,
        binding=valid.binding,
        repeals=valid.repeals,
        amends=valid.amends,
    )


def _foot(lines: Sequence[Line]) -> Sequence[Line]:
    """The last lines, behind them those above the annexes: there it is signed, before or after a list of them."""
    annexes = [at for at in range(FOOT_LINES, len(lines)) if _ANNEX.match(lines[at].text)][:ANNEXES]
    above = [line for at in annexes for line in lines[at - FOOT_LINES : at]]
    return [*lines[-FOOT_LINES:], *above]


def _number(head: Sequence[str], name: str, title: str) -> str | None:
    """The number that stands alone in a header line; else one named in title, file name or the law's history."""
    for text in head:
        bare = text.strip("（）()[] 　")
        match = NUMBER.match(bare) or NUMBER.match(text)
        # Beside it may stand the date and a remark in brackets, but no sentence.
        beside = _ASIDE.sub("", DATE.sub("", text[match.end() :])) if match else ""
        if match and len(beside.strip()) <= 12:
            return re.sub(r"\s+", "", match[0])
        if _NO_ISSUER.fullmatch(text):
            return re.sub(r"\s+", "", text)
    # Of a law's orders the last one made it what it is.
    history = [line for line in head if HISTORY.search(line) and DATE.match(line.lstrip("（( "))]
    for text in (title, name, *reversed(history)):
        match = NUMBER.search(text)
        if match:
            return re.sub(r"\s+", "", match[0])
    return None


def _year(name: str, title: str, date: str | None) -> int | None:
    for text in (title, clean_name(name)):
        match = _YEAR.search(text)
        if match:
            return to_int(match[1] or match[2] or match[3])
    return int(date[:4]) if date else None
