"""How likely each sentence of the best passages is to be the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.answer.cite import Open, Span
from qa.outline import enumerated
from qa.query import Query
from qa.rank import Model, Scene, coverage
from qa.rank.evidence import amount, defines, evidence
from qa.rank.features import SPREADS
from qa.rank.model import SENTENCE, logit
from qa.split import sentences
from qa.types import Document, Hit

DEPTH = 3
"""Passages whose sentences compete; a fourth and fifth brought no more right sentences in cross-validation."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of one of the best passages; ``rank`` is the passage's, from 0, ``place`` the sentence's in it."""

    document: Document
    hit: Hit
    rank: int
    place: int
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence with the probability that it is the evidence; ``amount`` as ``rank.evidence.amount`` tells."""

    span: Span
    text: str
    score: float
    rank: int
    heading: bool
    amount: float


def score(query: Query, hits: Sequence[Hit], scene: Scene, model: Model, open_document: Open) -> list[Scored]:
    """The sentences of the best passages with the probability that they are the evidence, best first."""
    every = said(hits, open_document)
    if not every:
        return []
    table = rows(query, every, scene)
    found = to_scored(every, table, model.sentence(table, dense=bool(scene.spoken)))
    return sorted(found, key=lambda s: (-s.score, s.rank, s.span.start))


def to_scored(every: Sequence[Said], table: npt.NDArray[np.float64], chances: npt.NDArray[np.float64]) -> list[Scored]:
    """The sentences with their chances, in the order given."""
    heading, unit = SENTENCE.index("heading"), SENTENCE.index("amount")
    return [
        Scored(Span(s.document.id, s.start, s.end), s.text, float(p), s.rank, bool(row[heading]), float(row[unit]))
        for s, p, row in zip(every, chances, table, strict=True)
    ]


def said(hits: Sequence[Hit], open_document: Open) -> list[Said]:
    """The sentences of the first ``DEPTH`` hits, in order of hit and place."""
    found = []
    for rank, hit in enumerate(hits[:DEPTH]):
        document = open_document(hit.chunk.doc_id)
        spans = sentences(document.text, hit.chunk.start, hit.chunk.end)
        found += [Said(document, hit, rank, place, start, end) for place, (start, end) in enumerate(spans)]
    return found


def rows(query: Query, every: Sequence[Said], scene: Scene) -> npt.NDArray[np.float64]:
    """One row a sentence with the columns named by ``rank.model.SENTENCE``."""
    table = np.array([_row(query, sentence, scene) for sentence in every])
    # Beside the best of those that compete: what one sentence says better than the others, not what all say.
    for own, beside in (("words", "words_beside"), ("likeness", "likeness_beside")):
        column = table[:, SENTENCE.index(own)]
        table[:, SENTENCE.index(beside)] = column - column.max()
    return table


def _row(query: Query, sentence: Said, scene: Scene) -> list[float]:
    weights, text, document, hit = scene.weights, sentence.text, sentence.document, sentence.hit
    words = coverage(text, weights.words, weights.forms)
    # What the title says, every sentence of the document may leave out, and its first ones repeat.
    rest = {word: weight for word, weight in weights.words.items() if word not in document.title}
    spoken = scene.spoken.get(hit.chunk.id, ())
    return [
        words,
        0.0,
        coverage(text, rest, weights.forms) if rest else words,
        coverage(text, weights.grams),
        coverage(text, weights.context),
        evidence(query, text),
        amount(query, text),
        _listing(query, text) if query.several else 0.0,
        float(defines(query, text)),
        float(_is_heading(document, sentence.start, text)),
        float(text.endswith(("？", "?"))),
        float(len(text) < 10),
        float(sentence.start == 0),
        logit(hit.score) / 5,
        sentence.rank / DEPTH,
        spoken[sentence.place] / SPREADS if sentence.place < len(spoken) else 0.0,
        0.0,
    ]


def _listing(query: Query, text: str) -> float:
    """A sentence that enumerates as many things as asked is the list."""
    count = query.count
    if query.core and count and text.count(query.core) >= count:
        return 0.5
    sizes = [len(group) for group in enumerated(text, 0, len(text))]
    if count and count in sizes:
        return 0.35
    return 0.12 if sizes and max(sizes) >= 3 else 0.0


def _is_heading(document: Document, start: int, text: str) -> bool:
    """Whether the sentence is the document's title or the heading of its section and nothing else."""
    if text.strip() == document.title:
        return True
    index = document.section_at(start)
    if index < 0:
        return start == 0
    section = document.sections[index]
    return section.start == start and len(text) <= len(section.heading) + 3 and not section.label.endswith("条")
