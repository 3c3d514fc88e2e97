"""A conversation as the browser sends it back, made into answers again.

What is shown of a document comes from the library alone. The browser's places and quotes only say where to look: a
quote that stands where it stood is cited again, one that has moved is cited where it stands now, and one that is gone
stays in the answer as it was said, so that ``sound`` drops it and counts it wherever the answer is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from qa.answer.badges import warnings
from qa.answer.cite import Span, cite
from qa.errors import InputError, QAError
from qa.types import Answer, Citation, Document, Sentence, Suggestion, Twin
from qa.types.answers import Kind, Status
from qa.web.chat import Library, tidy

TURNS = 100
"""Questions of a conversation, at most."""
CITED = 1000
"""Citations of a conversation, at most: a hundred questions cite about five hundred."""
OPEN = 16
"""Documents held at a time while a conversation is checked; its answers cite few each."""
TELLING = 8
"""Letters from which a quote that is not at its place is looked for elsewhere: 「无。」 stands in many."""

DocId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Number = Annotated[int, Field(ge=1, le=9999)]
Offset = Annotated[int, Field(ge=0, le=2**40)]
Note = Annotated[str, StringConstraints(max_length=2000)]


class TwinIn(BaseModel):
    doc_id: DocId
    start: Offset
    end: Offset
    kind: Literal["copy", "edition"] = "copy"
    date: str = Field("", max_length=10)


class CitationIn(BaseModel):
    number: Number
    doc_id: DocId = Field(description="文件编号")
    start: Offset = Field(description="起点（字）")
    end: Offset = Field(description="终点（字，不含）")
    quote: str = Field(min_length=1, max_length=50_000, description="引文，按现在的原文逐字核对")
    same: list[TwinIn] = Field(default=[], max_length=50)


class SentenceIn(BaseModel):
    """A sentence of an answer: which citation it is, and which of its letters answer."""

    citations: list[Number] = Field(min_length=1, max_length=20)
    focus: tuple[Offset, Offset] | None = None
    context: list[Number] = Field(default=[], max_length=20, description="看懂这一句所需的上文是哪几条引文")


class SuggestionIn(BaseModel):
    doc_id: DocId
    start: Offset


class TurnIn(BaseModel):
    """A question and what was answered, as /api/answers/<id> told it: places and quotes, no text to be shown."""

    question: str = Field(min_length=1, max_length=2000, description="问题")
    status: Status = "answered"
    kind: Kind = "extract"
    confidence: float = Field(0.0, ge=0, le=1)
    sentences: list[SentenceIn] = Field(default=[], max_length=500)
    citations: list[CitationIn] = Field(default=[], max_length=CITED)
    suggestions: list[SuggestionIn] = Field(default=[], max_length=20)
    reason: Note | None = None
    missing: list[Note] = Field(default=[], max_length=50)
    notes: list[Note] = Field(default=[], max_length=20)


class ConversationIn(BaseModel):
    turns: list[TurnIn] = Field(min_length=1, max_length=TURNS, description="问答，从早到晚")


def rebuilt(library: Library, turns: Sequence[TurnIn]) -> list[Answer]:
    """The answers, in order. Raises InputError for more than ``CITED`` citations or numbers that don't fit."""
    if (count := sum(len(turn.citations) for turn in turns)) > CITED:
        raise InputError(f"对话里有 {count} 条引文，最多 {CITED} 条", "请分几次处理")
    opened: Callable[[str], Document] = lru_cache(OPEN)(library.document)
    return [_answer(library, turn, opened) for turn in turns]


def _answer(library: Library, turn: TurnIn, opened: Callable[[str], Document]) -> Answer:
    cited = {given.number: _citation(library, given, opened) for given in turn.citations}
    used = {n for sentence in turn.sentences for n in (*sentence.citations, *sentence.context)}
    if len(cited) != len(turn.citations) or not used <= cited.keys():
        raise InputError("对话里引文的编号对不上", "请重新提问")
    sentences = tuple(_sentence(given, cited) for given in turn.sentences)
    above = {c.number for sentence in sentences for c in sentence.context}
    answer = Answer(
        tidy(turn.question),
        turn.status,
        turn.kind,
        sentences,
        tuple(cited[n] for n in sorted(cited) if n not in above),
        confidence=turn.confidence,
        reason=turn.reason,
        missing=tuple(turn.missing),
        suggestions=tuple(found for s in turn.suggestions if (found := _suggestion(s, opened))),
        notes=tuple(turn.notes),
    )
    standing = [c for c in answer.quoted if c.facts]
    return replace(answer, warnings=warnings(standing))


def _sentence(given: SentenceIn, cited: dict[int, Citation]) -> Sentence:
    text = cited[given.citations[0]].quote
    focus = given.focus if given.focus and given.focus[0] < given.focus[1] <= len(text) else None
    return Sentence(text, tuple(given.citations), focus, tuple(cited[n] for n in given.context))


def _citation(library: Library, given: CitationIn, opened: Callable[[str], Document]) -> Citation:
    """At its place as it is now; what is gone as it was given, and without facts."""
    try:
        document = opened(given.doc_id)
        start = _place(document.text, given)
        facts = library.badges(given.doc_id)
    except QAError:
        return Citation(given.number, given.doc_id, "", "", given.start, given.end, given.quote)
    if start is None:
        gone = (document.title, document.path, given.start, given.end, given.quote)
        return Citation(given.number, given.doc_id, *gone)
    found = cite(document, Span(document.id, start, start + len(given.quote)), given.number)
    same = tuple(twin for t in given.same if (twin := _twin(t, opened)))
    return replace(found, same=same, facts=facts)


def _place(text: str, given: CitationIn) -> int | None:
    """Where the quote stands: at its old place, else the nearest; None where it doesn't, or is too short to tell."""
    quote, start = given.quote, given.start
    if not quote.strip():
        return None
    if text.startswith(quote, start):
        return start
    if len(quote) < TELLING:
        return None
    found = (text.rfind(quote, 0, start + len(quote)), text.find(quote, start))
    return min((at for at in found if at >= 0), key=lambda at: abs(at - start), default=None)


def _twin(given: TwinIn, opened: Callable[[str], Document]) -> Twin | None:
    try:
        document = opened(given.doc_id)
    except QAError:
        return None
    if not given.start < given.end <= len(document.text):
        return None
    return Twin(document.id, document.path, document.title, given.start, given.end, given.kind, given.date)


def _suggestion(given: SuggestionIn, opened: Callable[[str], Document]) -> Suggestion | None:
    """The heading that stands there now; as at first, the title where none does."""
    try:
        document = opened(given.doc_id)
    except QAError:
        return None
    if given.start >= len(document.text):
        return None
    heading = next((s.heading for s in document.sections if s.heading and s.start == given.start), document.title)
    return Suggestion(document.id, document.path, document.title, heading[:80], given.start)
