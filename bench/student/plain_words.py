"""Official wording and how people say it, so that questions in everyday words meet official texts.

everyday.txt and asking.txt are our own: an official word and what people say for it, in nearly every sentence still
true; ways of asking around a clause or a topic.
"""

from __future__ import annotations

import random
from pathlib import Path

_HERE = Path(__file__).parent
_LINES = [line.split("\t") for line in (_HERE / "everyday.txt").read_text(encoding="utf-8").splitlines()]
EVERYDAY = {official: everyday.split() for official, everyday in _LINES}
ASKING = (_HERE / "asking.txt").read_text(encoding="utf-8").splitlines()


def plainly(text: str, rng: random.Random) -> str:
    """``text`` with official words put into everyday ones, most of the time; the same where it holds none."""
    for word, others in EVERYDAY.items():
        if word in text and rng.random() < 0.8:
            text = text.replace(word, rng.choice(others))
    return text


def asked(text: str, rng: random.Random) -> str:
    """``text`` within a way of asking."""
    return rng.choice(ASKING).format(text.rstrip("。；，、：？！"))
