"""The clauses of a long sentence that answer the question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from qa.query import Query
from qa.rank import Weights, coverage
from qa.rank.evidence import amount, evidence
from qa.split import parts

Range = tuple[int, int]

LONG = 60
"""Characters. A sentence up to so long is read at a glance; a run of clauses marked is no longer than that."""
MOSTLY = 0.7
"""A run that is more of the sentence than that marks nothing."""

GRAMS, AMOUNT, TYPE, LENGTH = 0.3, 0.5, 0.2, 0.35
"""Beside the coverage of the telling words: coverage of the question's bigrams, an amount of what is counted, the type
of thing asked for, and what a run of ``LONG`` characters pays for its length."""
CLEAR, AHEAD = 0.2, 0.2
"""The least worth of a run that is marked, and how far it must be ahead of any other that stands apart from it.

Chosen with the figures above by ``bench/focus.py`` on 78 long sentences that hold the answers of development questions:
26 are marked, .85 of the marks hold the answer, on .46 of the sentence. At 0, 0 60 are marked and .62 hold it; at .5,
.4 17 and .88. Without the growth of ``_told`` .3 to .5 held it.
"""

OPEN = ("：", ":", "的，", "的,")
"""Ends of a clause that the next one completes."""


def focus(query: Query, text: str, weights: Weights, said: Sequence[str]) -> Range | None:
    """The run of clauses ``[start, end)`` of a sentence that answers; None for a short one and where it isn't clear.

    ``said`` holds the document's title and the headings above: their words part no clause from another.
    """
    if len(text) <= LONG or query.want == "definition":
        return None  # what a thing is, the whole sentence says
    words = _telling(weights.words, said)
    clauses = parts(text)
    runs = [(_worth(query, text[a:b], words, weights), a, b) for a, b in _runs(clauses)]
    if not runs:
        return None
    worth, start, end = max(runs, key=lambda run: (run[0], run[1] - run[2]))
    apart = max((run[0] for run in runs if run[2] <= start or run[1] >= end), default=0.0)
    if worth < CLEAR or worth - apart < AHEAD:
        return None
    end = _told(text, clauses, start, end)
    return (start, end) if end - start <= MOSTLY * len(text) else None


def _told(text: str, clauses: Sequence[Range], start: int, end: int) -> int:
    """Where the run ends with what it leads to.

    A condition (…的，) and a 「：」 say nothing alone, and an answer stands behind the question's words rather than
    before them. A ； ends it.
    """
    for first, last in clauses:
        if first < end:
            continue
        run = text[start:end].rstrip()
        if run.endswith((";", "；")) or (last - start > LONG and not run.endswith(OPEN)):
            break
        end = last
    return end


def _runs(clauses: Sequence[Range]) -> Iterator[Range]:
    """Every run of neighbouring clauses that isn't too long; a single clause always."""
    for first, (start, _) in enumerate(clauses):
        for _, end in clauses[first:]:
            if end - start > LONG and end != clauses[first][1]:
                break
            yield start, end


def _worth(query: Query, run: str, words: Mapping[str, float], weights: Weights) -> float:
    worth = coverage(run, dict(words), weights.forms) + GRAMS * coverage(run, weights.grams)
    worth += AMOUNT * amount(query, run) + TYPE * evidence(query, run)
    return worth - LENGTH * len(run) / LONG


def _telling(words: Mapping[str, float], said: Sequence[str]) -> Mapping[str, float]:
    """The words that no title or heading says, unless they say all of them."""
    told = "\n".join(said)
    return {word: weight for word, weight in words.items() if word not in told} or words
