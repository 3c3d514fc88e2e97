"""How well slips are put right, and how often a clean question is changed.

``python bench/slips.py INDEX [QUESTIONS.jsonl …]`` types one character of a heading's word wrongly (the same sound, a
near one, another puff of air; common characters, and no other word) for 1,000 headings of the index, and prints how
many are put right and how many changed otherwise. For each file of questions it prints which are changed and how long
the look took.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from qa.lexical import TantivyIndex
from qa.query import normalise
from qa.store import Snapshot
from qa.terms import Lexicon, merge, read
from qa.terms.pinyin import KIN, NEAR, SAME, sounding_like
from qa.tokens import STOP_WORDS, is_word, pieces

HEADINGS = 1000
SEED = 5
HELD = 3
"""In how many passages a word must stand to be mistyped."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path, nargs="*")
    given = parser.parse_args()
    snapshot = Snapshot.open(given.index)
    lexicon = merge(snapshot.terms())
    for name, closeness in (("same sound", SAME), ("near sound", NEAR), ("another puff", KIN)):
        rng = random.Random(SEED)
        slips = [slip for heading in headings(snapshot, rng) for slip in mistyped(heading, closeness, snapshot, rng)]
        found = [(right, read(wrong, snapshot.lexical, lexicon).text, wrong) for right, wrong in slips]
        good = sum(text == right for right, text, _ in found)
        changed = sum(text != wrong for _, text, wrong in found)
        print(f"{name}: {len(slips)} slips, {good} put right, {changed - good} changed otherwise")
    for path in given.questions:
        clean(path, snapshot.lexical, lexicon)


def headings(snapshot: Snapshot, rng: random.Random) -> list[str]:
    found = {
        normalise(section.title)
        for info in snapshot.infos()
        for section in snapshot.document(info.id).sections
        if 6 <= len(section.title) <= 30
    }
    return rng.sample(sorted(found), min(HEADINGS, len(found)))


def mistyped(text: str, closeness: int, snapshot: Snapshot, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(text, text with a slip) at most once."""
    places = []
    at = 0
    for word in pieces(text, guess=False):
        if is_word(word) and word not in STOP_WORDS and snapshot.lexical.frequency([word])[0] >= HELD:
            places.append((at, word))
        at += len(word)
    rng.shuffle(places)
    for start, word in places:
        at = rng.randrange(len(word))
        near = [char for char, how in sounding_like(word[at]) if how == closeness and common(char)]
        wrong = word[:at] + rng.choice(near) + word[at + 1 :] if near else word
        if not is_word(wrong):
            yield text, text[:start] + wrong + text[start + len(word) :]
            return


def common(char: str) -> bool:
    """Level 1 of GB 2312: 3,755 characters."""
    return 0xB0 <= char.encode("gb2312")[0] <= 0xD7


def clean(path: Path, lexical: TantivyIndex, lexicon: Lexicon) -> None:
    with path.open(encoding="utf-8") as file:
        questions = [normalise(json.loads(line)["question"]) for line in file]
    took, changed = [], []
    for question in questions:
        begin = time.perf_counter()
        reading = read(question, lexical, lexicon)
        took.append((time.perf_counter() - begin) * 1000)
        if reading.text != question:
            changed.append((question, reading.notes))
    print(f"{path.name}: {len(changed)} of {len(questions)} changed; {median(took):.2f} ms at the median")
    for question, notes in changed:
        print(f"  {question[:50]}  {'；'.join(notes)}")


if __name__ == "__main__":
    main()
