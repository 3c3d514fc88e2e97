"""Where else a cited sentence stands: in the passages that were folded under the one it is cited from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.answer.cite import Open
from qa.rank.fold import OWN_NUMBER
from qa.types import Citation, Hit, Twin


def with_twins(citations: Sequence[Citation], hits: Sequence[Hit], open_document: Open) -> tuple[Citation, ...]:
    """The citations, each with the other places of its quote."""
    return tuple(replace(c, same=_twins(c, hits, open_document)) for c in citations)


def _twins(citation: Citation, hits: Sequence[Hit], open_document: Open) -> tuple[Twin, ...]:
    around = [
        hit
        for hit in hits
        if hit.same and hit.chunk.doc_id == citation.doc_id and _overlap(hit, citation.start, citation.end)
    ]
    found = (_narrowed(citation.quote, twin, open_document) for hit in around for twin in hit.same)
    return tuple(dict.fromkeys(twin for twin in found if twin is not None))


def _overlap(hit: Hit, start: int, end: int) -> bool:
    return hit.chunk.start < end and start < hit.chunk.end


def _narrowed(quote: str, twin: Twin, open_document: Open) -> Twin | None:
    """The quote's own place within the twin; signs, blanks and article numbers aside.

    An edition that words it otherwise is told as a passage; a copy that lacks it isn't.
    """
    text = open_document(twin.doc_id).text[twin.start : twin.end]
    offsets = [i for i, char in enumerate(text) if char.isalnum()]
    bare = "".join(filter(str.isalnum, OWN_NUMBER.sub("", quote)))
    at = "".join(text[i] for i in offsets).find(bare)
    if not bare or at < 0:
        return twin if twin.kind == "edition" else None
    start, end = offsets[at], offsets[at + len(bare) - 1] + 1
    while end < len(text) and not text[end].isalnum() and not text[end].isspace():
        end += 1  # the sign that ends the sentence
    return replace(twin, start=twin.start + start, end=twin.start + end)
