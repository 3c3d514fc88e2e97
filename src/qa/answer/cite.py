"""Spans of documents → citations; every sentence shown is bound here to (document, start, end)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qa.types import Citation, Document, Sentence

Open = Callable[[str], Document]
"""Document by id."""


@dataclass(frozen=True, slots=True)
class Span:
    """A verbatim piece of a document that is to be shown."""

    doc_id: str
    start: int
    end: int


def breadcrumb(document: Document, start: int) -> tuple[str, ...]:
    """Headings above the character at ``start``, outermost first; a heading that begins there itself is left out."""
    trail = document.trail(document.section_at(start))
    return tuple(section.heading for section in trail if section.heading and section.start != start)


def cite(document: Document, span: Span, number: int) -> Citation:
    """The citation of a span. Raises ValueError for an empty span or one outside the document: a fault of ours."""
    quote = document.text[span.start : span.end]
    if not quote.strip() or span.end > len(document.text) or span.start < 0:
        raise ValueError(
            f"no text at [{span.start}, {span.end}) of {document.path}, which has {len(document.text)} characters"
        )
    return Citation(
        number=number,
        doc_id=document.id,
        title=document.title,
        path=document.path,
        start=span.start,
        end=span.end,
        quote=quote,
        breadcrumb=breadcrumb(document, span.start),
        page=document.page_at(span.start),
    )


def bind(spans: Iterable[Span], open_document: Open) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """One sentence and one citation a span, numbered from 1 in the order given; a span given twice is shown once."""
    unique: Sequence[Span] = list(dict.fromkeys(spans))
    citations = tuple(cite(open_document(span.doc_id), span, number) for number, span in enumerate(unique, 1))
    return tuple(Sentence(citation.quote, (citation.number,)) for citation in citations), citations


def verify(citation: Citation, document: Document) -> bool:
    """Whether the quote still stands at its place, to the letter; asked again whenever a citation is rendered."""
    return citation.quote == document.text[citation.start : citation.end]
