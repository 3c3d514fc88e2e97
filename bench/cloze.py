"""Questions made of a text's own words: a clause of a news item, one thing in it replaced by a question word.

People who have read a text ask in its words, and half remembered: some are left out. No public set that may teach a
model asks news so; these stand in for one. Seeded: the same passages give the same questions.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

from pool import Asked, rows
from qa.tokens import pieces

SOURCE = "crud_policy_news.train"
"""Of ``passages/``: news of 2023, Apache-2.0."""
SEED = 9
SENTENCE, CLAUSE, LEAST = range(18, 111), range(8, 46), 8
"""Lengths in characters of what a question is made of, and of the shortest question."""
NUMBER_ASKED, REST_ASKED, LATTER_HALF, LEFT_OUT = 0.6, 0.4, 0.6, 0.15
"""How often a number is asked for where there is one, the whole rest of the clause, a word of its latter half; the
share of words that the asker leaves out."""

_SENTENCE = re.compile(r"[^。！？!?\n]+")
_BREAK = re.compile(r"[，；、：,;:]")
_NUMBER = re.compile(r"\d[\d.,]*(?:%|[万亿元人个年月日家次岁名起吨]|公里|平方米)*")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_ASKING = ("什么", "多少")


def questions(bench: Path, count: int) -> list[Asked]:
    """``count`` questions (fewer where the passages don't give them), each of another passage."""
    chance = random.Random(SEED)
    every = list(rows(bench / "passages" / f"{SOURCE}.passages.jsonl"))
    made: list[Asked] = []
    for row in chance.sample(every, len(every)):
        if len(made) == count:
            break
        question = ask(row["text"], chance)
        if question:
            passage = f"{SOURCE.split('.', 1)[0]}/{row['id']}"
            made.append(Asked("cloze", str(row["id"]), question, frozenset({passage}), (), True))
    return made


def ask(text: str, chance: random.Random) -> str | None:
    """A question on one clause of the text; None where the clause drawn gives none."""
    sentences = [s for found in _SENTENCE.findall(text) if len(s := found.strip()) in SENTENCE]
    if not sentences:
        return None
    clauses = [clause for clause in _BREAK.split(chance.choice(sentences)) if clause]
    at = chance.randrange(len(clauses))
    clause = "，".join(clauses[at : at + (2 if len(clauses[at]) < 10 else 1)])
    if len(clause) not in CLAUSE:
        return None
    numbers = list(_NUMBER.finditer(clause))
    asked = _number(clause, chance.choice(numbers)) if numbers and chance.random() < NUMBER_ASKED else None
    asked = asked or _thing(clause, chance)
    if asked is None:
        return None
    kept = [word for word in pieces(asked) if word in _ASKING or chance.random() > LEFT_OUT]
    question = "".join(kept).strip("，")
    return question + ("？" if chance.random() < 0.5 else "") if len(question) >= LEAST else None


def _number(clause: str, found: re.Match[str]) -> str:
    unit = re.sub(r"[\d.,]", "", found[0])
    asking = f"哪{unit[0]}" if unit.startswith(("年", "月", "日")) else f"多少{unit}"
    return clause[: found.start()] + asking + clause[found.end() :]


def _thing(clause: str, chance: random.Random) -> str | None:
    words = pieces(clause)
    places = [at for at, word in enumerate(words) if _HAN.fullmatch(word)]
    if len(places) < 3:
        return None
    at = chance.choice(places[len(places) // 2 :] if chance.random() < LATTER_HALF else places)
    end = len(words) if chance.random() < REST_ASKED else at + 1
    return "".join([*words[:at], "什么", *words[end:]])
