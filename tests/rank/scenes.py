"""Candidates and scenes made by hand: a scene is a few documents, each with a path, a title and its passages."""

from __future__ import annotations

from collections.abc import Mapping

from qa.query import Query
from qa.rank import Scene, Weights
from qa.retrieve import Candidate, DocumentNames
from qa.types import Chunk, DocumentInfo, Facts


def info(doc_id: str, path: str, title: str, year: int | None = None) -> DocumentInfo:
    return DocumentInfo(doc_id, path, title, 1000, 5, 0, "text", "utf-8", Facts(year=year), ())


def weights(
    words: dict[str, float] | None = None,
    context: dict[str, float] | None = None,
    grams: dict[str, float] | None = None,
    ceiling: float = 10.0,
) -> Weights:
    return Weights(words or {}, context or {}, grams or {}, grams or {}, (), 0.0, ceiling)


def scene(
    query: Query, *infos: DocumentInfo, heads: Mapping[int, str] | None = None, weighed: Weights | None = None
) -> Scene:
    names = DocumentNames(infos)
    return Scene({i.id: i for i in infos}, names, names.read(query), heads or {}, weighed or weights())


def candidate(
    number: int,
    doc_id: str,
    text: str,
    *,
    start: int = 100,
    dense: float | None = None,
    lexical: float = 1.0,
    spoken: tuple[float, ...] = (),
) -> Candidate:
    """``dense`` and ``spoken`` in standard deviations above chance; the cosine itself is a tenth of that."""
    chunk = Chunk(number, doc_id, start, start + len(text), -1, text)
    return Candidate(chunk, None if dense is None else dense / 10, dense, lexical, spoken)
