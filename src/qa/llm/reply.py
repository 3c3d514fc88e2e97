"""What a model wrote → sentences with the numbers of the passages they name; only plain text is left of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from qa.llm.prompts import CANNOT

MOST = 8
"""Sentences taken of a reply; five are asked for."""
LONG = 300
"""Characters of a sentence; a longer one is none."""

_THOUGHT = re.compile(r"\A\s*<think>.*?</think>|\A.*?</think>", re.S)
"""What a reasoning model thinks before it answers; some templates put the opening tag into the prompt."""
_BULLET = re.compile(r"^\s*(?:[-*•·>#]+|\d{1,2}[.、)）](?!\d)|[（(]\d{1,2}[）)])\s*")
_MARK = re.compile(r"[\[［【]\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]］】]")
_SENTENCE = re.compile(r"(.+?(?:[。！？!?]+[”’」』）)]*|$))\s*((?:\[[\d,]+\]\s*[。]?\s*)*)")
_UNSAFE = re.compile(r"[<>`|\\]|\]\(|https?:|www\.|//|[\w.-]+@[\w-]+\.|\.(?:com|cn|net|org|gov)\b", re.I)
"""Signs of mark-up, addresses and code, which no sentence about a passage needs."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model wrote it, without its marks; ``safe`` where it is plain, whole and not too long."""

    text: str
    marks: tuple[int, ...]
    safe: bool


def drafts(reply: str) -> list[Draft]:
    """The sentences of a reply in order. Marks may stand before or behind the full stop."""
    text = _THOUGHT.sub("", reply, count=1)
    text = "".join(
        c if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else "" for c in text
    )
    found: list[Draft] = []
    for line in text.split("\n"):
        plain = _MARK.sub(_plain_mark, _BULLET.sub("", line.replace("**", ""))).strip()
        for match in _SENTENCE.finditer(plain):
            draft = _draft(match[1], match[2])
            if draft is not None:
                found.append(draft)
    return found[:MOST]


def _plain_mark(match: re.Match[str]) -> str:
    return "[" + ",".join(re.findall(r"\d+", match[1])) + "]"


def _draft(body: str, behind: str) -> Draft | None:
    numbers = [int(n) for group in re.findall(r"\[([\d,]+)\]", body + behind) for n in group.split(",") if n]
    text = re.sub(r"\s*\[[\d,]+\]\s*", "", body).strip()
    if not re.search(r"\w", text) or CANNOT in text:
        return None
    whole = bool(re.search(r"[。！？!?][”’」』）)]*$", text)) or bool(behind.strip())
    safe = whole and len(text) <= LONG and not _UNSAFE.search(text)
    return Draft(text, tuple(dict.fromkeys(numbers)), safe)
