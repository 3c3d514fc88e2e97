"""Questions to go on with: headings beside the cited ones and near the question, put as a visitor would ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from qa.answer.examples import ASKS, LISTED, is_article
from qa.types import Answer, Document

Open = Callable[[str], Document]
Ask = Callable[[str, Sequence[str]], Answer]

TRIED = 8
"""Questions put to the library for the few that are shown; each costs what an answer costs."""
TITLE = 40
"""Characters of a document's title that a question may carry; longer ones nobody wants to read on a button."""


LIKELY = 0.1
"""Least probability of a hit whose heading is worth a question: below it stand texts that share a word by chance."""
INNER = str.maketrans("《》", "〈〉")
"""A title inside a title bears single brackets (GB/T 15834-2011, 4.8.3.2)."""
QUOTES = str.maketrans("“”", "‘’")


@dataclass(frozen=True, slots=True)
class Idea:
    """A question and the place ``[start, end)`` that it asks for."""

    question: str
    doc_id: str
    start: int
    end: int


def related(answer: Answer, open_document: Open, ask: Ask, n: int = 3) -> list[str]:
    """Up to ``n`` questions, best first, each of which the library answers from the place that it asks for.

    Every one is asked here as it would be when clicked, after the answer's own; what isn't answered isn't offered.
    """
    found: list[str] = []
    for tried, idea in enumerate(_ideas(answer, open_document)):
        if tried == TRIED or len(found) == n:
            break
        got = ask(idea.question, (answer.question,))
        if got.status == "answered" and any(_within(c.doc_id, c.start, idea) for c in got.citations):
            found.append(idea.question)
    return found


def _within(doc_id: str, start: int, idea: Idea) -> bool:
    return doc_id == idea.doc_id and idea.start <= start < idea.end


def _ideas(answer: Answer, open_document: Open) -> Iterator[Idea]:
    """Without repetition and without what has just been asked; a document's neighbours in turn with other documents."""
    seen = {_bare(answer.question)}
    near = _beside(answer, open_document)
    other = _elsewhere(answer, open_document)
    while True:
        fresh = 0
        for source in (near, other):
            idea = next((idea for idea in source if _fresh(idea, answer, seen)), None)
            if idea is not None:
                seen.add(_bare(idea.question))
                fresh += 1
                yield idea
        if not fresh:
            return


def _fresh(idea: Idea, answer: Answer, seen: Collection[str]) -> bool:
    return _bare(idea.question) not in seen and not any(_within(c.doc_id, c.start, idea) for c in answer.citations)


def _bare(question: str) -> str:
    return question.rstrip("？?。 ")


def _beside(answer: Answer, open_document: Open) -> Iterator[Idea]:
    """Sections next to the cited ones: after and before them, then those below them."""
    for doc_id, start in dict.fromkeys((c.doc_id, c.start) for c in answer.citations):
        document = open_document(doc_id)
        at = document.section_at(start)
        if at < 0:
            continue
        parent = document.sections[at].parent
        siblings = [i for i, s in enumerate(document.sections) if s.parent == parent]
        here = siblings.index(at)
        below = [i for i, s in enumerate(document.sections) if s.parent == at]
        for index in (*siblings[here + 1 : here + 3], *siblings[max(0, here - 1) : here], *below[:2]):
            yield from _asked(document, index)


def _elsewhere(answer: Answer, open_document: Open) -> Iterator[Idea]:
    """The nearest headings of an answer that found nothing, then those over the other hits."""
    cited = {c.doc_id for c in answer.citations}
    places = [(s.doc_id, s.start) for s in answer.suggestions]
    places += [
        (h.chunk.doc_id, h.chunk.start) for h in answer.hits if h.score >= LIKELY and h.chunk.doc_id not in cited
    ]
    for doc_id, start in dict.fromkeys(places):
        document = open_document(doc_id)
        if (at := document.section_at(start)) >= 0:
            yield from _asked(document, at)


def _asked(document: Document, index: int) -> Iterator[Idea]:
    section = document.sections[index]
    if question := asked(document, index):
        yield Idea(question, document.id, section.start, section.end)


def asked(document: Document, index: int) -> str | None:
    """A section's heading as a question; None where it is none that can be asked for by name."""
    section, title = document.sections[index], document.title.translate(INNER)
    if document.title.startswith("《") and document.title.endswith("》"):
        title = title[1:-1]
    heading = section.title.strip(" ：:。")
    if len(title) > TITLE:
        return None
    if ASKS.search(heading) and 5 <= len(heading) <= 24:
        return heading if heading[-1] in "？?" else f"{heading}？"
    if is_article(section):
        return f"《{title}》{section.label}是怎么规定的？"
    if not 4 <= len(heading) <= 24 or any(mark in heading for mark in "，。；《》"):
        return None
    if heading in title:
        return None
    children = sum(s.parent == index and bool(s.label) and not is_article(s) for s in document.sections)
    if LISTED.match(heading) and 2 <= children <= 9:
        return f"《{title}》里的{heading}有哪些？"
    return f"《{title}》在“{heading.translate(QUOTES)}”方面是怎么说的？"
