"""What is shown of an answer where no Gradio is: each sentence checked once more, each source written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from qa.journal import Journal
from qa.types import Answer, Citation, Scope, Sentence
from qa.web.chat import MAX_HISTORY, Library, tidy, verified
from qa.web.citing import quotation, reference
from qa.web.texts import TEXTS, Lang


@dataclass(frozen=True, slots=True)
class Place:
    """Another place of a quote: a copy, or another edition of ``date``."""

    title: str
    href: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What stands behind a mark. ``href`` opens the document at the quote; ``status`` as ``Citation.facts`` has it."""

    number: int
    doc_id: str
    start: int
    end: int
    quote: str
    reference: str
    quotation: str
    status: str
    href: str
    same: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as before, in and after the part that answers, with its marks; context: quote and mark."""

    parts: tuple[str, str, str]
    marks: tuple[int, ...]
    context: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer ready to be written as HTML or JSON. ``dropped`` sentences and contexts no longer stood in the source.

    ``nearest`` are headings of the library, as (text, link); ``missing`` terms only where ``reason`` doesn't name them.
    """

    status: str
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    lines: tuple[Line, ...]
    sources: tuple[Source, ...]
    dropped: int
    reason: str
    missing: tuple[str, ...]
    nearest: tuple[tuple[str, str], ...]


def ask(
    library: Library,
    journal: Journal | None,
    question: str,
    history: Sequence[str],
    scope: Scope | None,
    lang: Lang,
    root: str,
) -> tuple[Shown, str | None]:
    """The answer, asked and put on record as in the chat, and its number in the journal. Raises QAError."""
    earlier = [tidy(q) for q in history if q.strip()][-MAX_HISTORY:]
    answer = library.ask(tidy(question), earlier, scope)
    answer_id = journal.record(answer, scope=scope.told if scope else "") if journal is not None else None
    return shown(library, answer, lang, root), answer_id


def shown(library: Library, answer: Answer, lang: Lang, root: str) -> Shown:
    good = {c.number: c for c in answer.quoted if verified(library, c)}
    lines = tuple(line for s in answer.sentences if (line := _line(s, good)) is not None)
    lost = len(answer.sentences) - len(lines)
    lost += sum(c.number not in good for s in answer.sentences if set(s.citations) & set(good) for c in s.context)
    used = sorted({n for line in lines for n in (*line.marks, *(number for _, number in line.context))})
    reason = answer.reason or ""
    return Shown(
        status=answer.status,
        notes=answer.notes,
        warnings=answer.warnings,
        lines=lines,
        sources=tuple(_source(good[n], lang, root) for n in used),
        dropped=lost,
        reason=reason,
        missing=() if all(term in reason for term in answer.missing) else answer.missing,
        nearest=tuple(
            (f"{s.title} › {s.heading}", f"{root}/doc/{quote(s.doc_id, safe='')}#s{s.start}")
            for s in (answer.suggestions if answer.status == "abstained" else ())
        ),
    )


def _line(sentence: Sentence, good: dict[int, Citation]) -> Line | None:
    """None for a sentence of which no source holds."""
    marks = tuple(n for n in sentence.citations if n in good)
    if not marks:
        return None
    start, end = sentence.focus or (0, 0)
    parts = sentence.text[:start], sentence.text[start:end], sentence.text[end:]
    return Line(parts, marks, tuple((c.quote, c.number) for c in sentence.context if c.number in good))


def _source(c: Citation, lang: Lang, root: str) -> Source:
    same = tuple(
        Place(t.title or t.path, _href(root, t.doc_id, t.start, t.end), t.date if t.kind == "edition" else "")
        for t in c.same
    )
    return Source(
        number=c.number,
        doc_id=c.doc_id,
        start=c.start,
        end=c.end,
        quote=c.quote,
        reference=reference(c, lang),
        quotation=quotation(c, lang),
        status=TEXTS[lang].get(f"status_{c.facts.get('status')}", ""),
        href=_href(root, c.doc_id, c.start, c.end),
        same=same,
    )


def _href(root: str, doc_id: str, start: int, end: int) -> str:
    return f"{root}/doc/{quote(doc_id, safe='')}#s{start}-{end}"
