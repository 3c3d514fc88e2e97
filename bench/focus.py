"""Does the clause marked in a long sentence hold the answer?

``python bench/focus.py QUESTIONS --index INDEX`` asks every question that has an ``answer`` and looks at the cited
sentences that are evidence and hold most of that answer. Prints how many are long, how many have a clause marked, in
how many of these the clause holds what the sentence holds of the answer, and how much of the sentence it is.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from qa.answer.clause import LONG
from qa.assistant import Assistant
from qa.evaluate import Matcher, read_questions
from qa.evaluate.measures import mean
from qa.settings import Settings
from qa.tokens import simplify
from qa.types import Sentence

HOLDS = 0.5
"""Least share of an answer's bigrams in a sentence that is looked at: answers are often told in other words."""
KEEPS = 0.9
"""Share of those that the marked clause must keep, and all of its figures."""
FIGURE = re.compile(r"\d+(?:\.\d+)?")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--misses", action="store_true", help="print the sentences whose mark misses the answer")
    given = parser.parse_args()
    assistant = Assistant.open(given.index, Settings.load(index=given.index))
    found = looked_at(assistant, given.questions)
    long = [(answer, s) for answer, s in found if len(s.text) > LONG]
    marked = [(answer, s) for answer, s in long if s.focus is not None]
    right = [keeps(answer, s) for answer, s in marked]
    ratio = [(s.focus[1] - s.focus[0]) / len(s.text) for _, s in marked if s.focus]
    print(f"{len(found)} evidence sentences with the answer, {len(long)} long, {len(marked)} marked")
    if marked:
        print(f"the mark holds the answer: {mean(right):.3f}; it is {mean(ratio):.3f} of its sentence")
    for (answer, s), good in zip(marked, right, strict=True):
        if given.misses and not good and s.focus:
            print(f"- {answer}: {s.text[: s.focus[0]]}【{s.text[slice(*s.focus)]}】{s.text[s.focus[1] :]}")


def looked_at(assistant: Assistant, questions: Path) -> list[tuple[str, Sentence]]:
    """Pairs of answer and sentence: cited, evidence, and with most of the answer's bigrams."""
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    answers = {str(row["id"]): row.get("answer") or "" for row in rows}
    matcher = Matcher(assistant.text)
    found = []
    for gold in read_questions(questions):
        answer = answers[gold.id]
        if not answer or not gold.answerable:
            continue
        told = assistant.ask(gold.question, gold.history)
        if told.kind == "extract":
            for sentence, c in zip(told.sentences, told.citations, strict=True):
                if matcher.shows(gold, c.path, c.start, c.end) and share(answer, sentence.text) >= HOLDS:
                    found.append((answer, sentence))
    return found


def keeps(answer: str, sentence: Sentence) -> bool:
    """Whether the marked part has what the sentence has of the answer: most of its bigrams, all of its figures."""
    part = sentence.text[slice(*sentence.focus)] if sentence.focus else sentence.text
    figures = set(FIGURE.findall(answer)) & set(FIGURE.findall(sentence.text))
    return share(answer, part) >= KEEPS * share(answer, sentence.text) and figures <= set(FIGURE.findall(part))


def share(answer: str, text: str) -> float:
    """Share of the answer's bigrams of letters and digits that stand in the text."""
    bare, wanted = squeeze(text), squeeze(answer)
    grams = {wanted[i : i + 2] for i in range(len(wanted) - 1)} or {wanted}
    return sum(gram in bare for gram in grams) / len(grams)


def squeeze(text: str) -> str:
    return simplify("".join(char for char in text.lower() if char.isalnum()))


if __name__ == "__main__":
    main()
