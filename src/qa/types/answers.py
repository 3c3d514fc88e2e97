"""What a question brings: hits, citations, answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from qa.types.texts import Chunk

Status = Literal["answered", "abstained"]
Kind = Literal["extract", "list", "article", "outline"]


@dataclass(frozen=True, slots=True)
class Twin:
    """Another place that says the same: in a copy, or in another edition of the same work.

    ``date`` is the edition's as ISO 8601; empty for a copy and where none is known.
    """

    doc_id: str
    path: str
    title: str
    start: int
    end: int
    kind: Literal["copy", "edition"] = "copy"
    date: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found for a question. ``score`` is the calibrated probability in [0, 1] that it holds the answer.

    ``same`` are the passages folded under it: they say the same, and are no hits of their own. ``facts`` are the
    document's, as in ``Citation``.
    """

    chunk: Chunk
    score: float
    path: str
    title: str
    signals: Mapping[str, float] = field(default_factory=dict)
    same: tuple[Twin, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "doc_id": self.chunk.doc_id,
            "title": self.title,
            "start": self.chunk.start,
            "end": self.chunk.end,
            "text": self.chunk.text,
            "score": round(self.score, 4),
            "signals": {name: round(value, 4) for name, value in self.signals.items()},
            "same": [twin.to_dict() for twin in self.same],
            "facts": dict(self.facts),
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a shown sentence stands. Invariant: ``quote == document.text[start:end]``, checked again when rendered.

    ``breadcrumb`` holds the headings above the quote, outermost first, without the document's own title; ``same`` are
    other places where the quote stands, and passages of other editions that say it otherwise. ``facts`` are what is
    known of the document, those alone: number, issuer, date, effective, speaker, occasion, secrecy; status with since,
    by (title), by_path and by_date of the document that makes it so.
    """

    number: int
    doc_id: str
    title: str
    path: str
    start: int
    end: int
    quote: str
    breadcrumb: tuple[str, ...] = ()
    page: int | None = None
    same: tuple[Twin, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        same = [twin.to_dict() for twin in self.same]
        return {**asdict(self), "breadcrumb": list(self.breadcrumb), "same": same, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A verbatim sentence of the answer and the numbers (from 1) of the citations behind it.

    ``focus`` is the part ``[start, end)`` of a long ``text`` that answers; None where the whole does. ``context`` is
    what the sentence can't be understood without, in the order of the text: cited like the answer, numbered behind its
    citations, but no part of it.
    """

    text: str
    citations: tuple[int, ...]
    focus: tuple[int, int] | None = None
    context: tuple[Citation, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        focus = None if self.focus is None else list(self.focus)
        context = [c.to_dict() for c in self.context]
        return {"text": self.text, "citations": list(self.citations), "focus": focus, "context": context}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A heading near the question: what the library does hold. ``start`` is where it stands in the document."""

    doc_id: str
    path: str
    title: str
    heading: str
    start: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class WordedSentence:
    """A sentence of a language model's, as far as its cited quotes bear it out; never verbatim by promise.

    ``support`` in [0, 1] is the share of what it says that stands in the quotes.
    """

    text: str
    citations: tuple[int, ...]
    support: float

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "citations": list(self.citations), "support": round(self.support, 4)}


WordingProblem = Literal["busy", "resting", "unreachable", "slow", "refused", "broken", "too_long", "unsupported"]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a language model made of an answer's quotes: the sentences that stood the check, in its order.

    ``dropped`` counts those that didn't. Without sentences ``problem`` says why, or is None where the model only
    repeated the quotes.
    """

    sentences: tuple[WordedSentence, ...] = ()
    dropped: int = 0
    model: str = ""
    problem: WordingProblem | None = None

    def to_dict(self) -> dict[str, Any]:
        sentences = [s.to_dict() for s in self.sentences]
        return {"sentences": sentences, "dropped": self.dropped, "model": self.model, "problem": self.problem}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for a question.

    Attributes:
        confidence: Calibrated probability in [0, 1] that the library answers the question and this is where.
        reason: Why there is no answer, or a caution about the one given; a Chinese sentence, or None.
        missing: The question's terms that never occur in the library.
        suggestions: Nearest headings, best first.
        hits: The ten best passages in order, whatever the kind.
        timings: Milliseconds by stage, with "total_ms".
        notes: How the question was searched otherwise than typed: a slip put right, another form of a word; Chinese.
        warnings: What to know before a quote is used: it is from a repealed text, an older edition, a draft; Chinese.
        worded: The same in a language model's words, checked, to be shown apart; None where none was asked.
    """

    question: str
    status: Status
    kind: Kind
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    confidence: float = 0.0
    reason: str | None = None
    missing: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    worded: Wording | None = None

    @property
    def quoted(self) -> tuple[Citation, ...]:
        """Every citation in order of its number: those of the answer, then those of its context."""
        return (*self.citations, *(c for sentence in self.sentences for c in sentence.context))

    @property
    def text(self) -> str:
        """The answer as plain text, a sentence a line, each followed by its citation marks; context before it."""
        lines = []
        for sentence in self.sentences:
            lines += [f"（上文：{c.quote}[{c.number}]）" for c in sentence.context]
            lines.append(sentence.text + "".join(f"[{n}]" for n in sentence.citations))
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "status": self.status,
            "kind": self.kind,
            "confidence": round(self.confidence, 4),
            "sentences": [s.to_dict() for s in self.sentences],
            "citations": [c.to_dict() for c in self.citations],
            "hits": [h.to_dict() for h in self.hits],
            "reason": self.reason,
            "missing": list(self.missing),
            "notes": list(self.notes),
            "warnings": list(self.warnings),
            "suggestions": [s.to_dict() for s in self.suggestions],
            "worded": self.worded and self.worded.to_dict(),
            "timings": {name: round(ms, 2) for name, ms in self.timings.items()},
        }
