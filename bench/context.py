"""Print for reading each answering sentence that leans on another, with what came with it.

    python bench/context.py --index INDEX QUESTIONS.jsonl [QUESTIONS.jsonl …]

Whether it needed that, got the right one or got it for nothing, a person judges: docs/quality.md has the figures.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from qa.assistant import Assistant
from qa.evaluate import read_questions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("questions", type=Path, nargs="+")
    given = parser.parse_args()
    answers = sentences = leaning = replies = chars = 0
    with Assistant.open(given.index) as assistant:
        for gold in (gold for path in given.questions for gold in read_questions(path)):
            answer = assistant.ask(gold.question, gold.history)
            answers += answer.status == "answered"
            sentences += len(answer.sentences)
            replies += any(sentence.context for sentence in answer.sentences)
            for sentence in (sentence for sentence in answer.sentences if sentence.context):
                leaning += 1
                chars += sum(len(told.quote) for told in sentence.context)
                print(f"{gold.id} {gold.question}")
                print("".join(f"  < {told.quote}\n" for told in sentence.context) + f"  = {sentence.text}")
    length = chars / max(1, leaning)
    print(f"{leaning} of {sentences} sentences in {replies} of {answers} answers; {length:.0f} characters each")


if __name__ == "__main__":
    main()
