"""Hits → Answer: an address, a list or one to three sentences, each bound to its place; or an honest abstention."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.answer.address import Place, asked_beyond, locate
from qa.answer.answerable import confidence
from qa.answer.cite import Open, Span, bind, verify
from qa.answer.clause import focus
from qa.answer.context import with_context
from qa.answer.elsewhere import with_twins
from qa.answer.extract import pick
from qa.answer.lists import best_list
from qa.answer.score import Scored, score
from qa.outline.numerals import to_chinese
from qa.query import Query, normalise
from qa.rank import Model, Scene
from qa.retrieve.names import Naming
from qa.types import Answer, Citation, Hit, Sentence, Suggestion

__all__ = ["Place", "Span", "answer", "locate", "verify"]

SHOWN = 10
NEAREST = 5
PARTING = re.compile(r"\s*[〔（(［\[【]\s*|\s*[〕）)］\]】]\s*第?\s*0*")
"""What stands between issuer, year and running number of a document number, however it is typed."""
_BESIDE = re.compile(r"[（(][^（()）]{0,20}[）)]|[《》\s]")
"""What a title is written with or without: quotes, blanks, 「（试行）」."""
SURE = 0.98
"""Confidence of an answer found by its address: it is there or it is not; what remains is a wrong document."""

PROBABLE = 0.5
"""A list is taken from a passage at least so probable as the best one, in parts of it. Without that, of 84 lists of a
public set 53 stood in the right passage, with it 65 (72 of the best passages are right); of 94 of our own 84 and 87."""


def answer(
    query: Query,
    hits: Sequence[Hit],
    scene: Scene,
    model: Model,
    open_document: Open,
    place: Place | None,
    threshold: float = 0.0,
) -> Answer:
    """Compose the answer.

    ``threshold`` 0 takes the model's own; ``place`` is where the question's address leads, if it has one.
    """
    if place is not None:
        return _from_place(query, hits, scene, place, open_document)
    naming = scene.naming
    if naming.absent is not None and not _spoken_of(query, naming, hits):
        return _abstain(query, hits, scene, open_document, 1 - SURE, f"{naming.absent}。")
    if not hits:
        return _abstain(query, hits, scene, open_document, 0.0)
    if query.number and not _numbered(query.number, hits, scene):
        absent = f"资料库里没有文号为 {query.number} 的文件，也没有提到它的原文。"
        return _abstain(query, hits, scene, open_document, 1 - SURE, absent)
    scored = score(query, hits, scene, model, open_document)
    sure = confidence(query, hits, scored, scene, model)
    dense = any("dense" in hit.signals for hit in hits)
    if sure < (threshold or (model.threshold if dense else model.threshold_lexical)):
        return _abstain(query, hits, scene, open_document, sure)
    kind, spans, reason = _evidence(query, hits, scored, scene, open_document)
    sentences, citations = bind(spans, open_document)
    if kind != "list":
        sentences = _marked(query, sentences, citations, scene)
    sentences = with_context(sentences, citations, scene.weights, open_document)
    return Answer(
        question=query.question,
        status="answered",
        kind="list" if kind == "list" else "extract",
        sentences=sentences,
        citations=with_twins(citations, hits, open_document),
        hits=tuple((_answering_first(hits, spans) if kind == "list" else hits)[:SHOWN]),
        confidence=sure,
        reason="".join(filter(None, (_note(naming), reason))) or None,
        missing=scene.weights.missing,
    )


def _marked(
    query: Query, sentences: Sequence[Sentence], citations: Sequence[Citation], scene: Scene
) -> tuple[Sentence, ...]:
    """The sentences, each cited once, with the clauses that answer."""
    return tuple(
        replace(s, focus=focus(query, s.text, scene.weights, (c.title, *c.breadcrumb)))
        for s, c in zip(sentences, citations, strict=True)
    )


def _note(naming: Naming) -> str | None:
    told = naming.note or (f"{naming.absent}；以下出自写到这一条的文件" if naming.absent else None)
    return f"{told}。" if told else None


def _evidence(
    query: Query, hits: Sequence[Hit], scored: Sequence[Scored], scene: Scene, open_document: Open
) -> tuple[str, list[Span], str | None]:
    if query.want == "list" or query.several:
        probable = [hit for hit in hits if hit.score >= PROBABLE * hits[0].score]
        listing = best_list(query, probable, scene.weights, open_document)
        if listing is not None:
            return "list", [*([listing.lead] if listing.lead else []), *listing.items], listing.caution
    return "extract", pick(scored, open_document), None


def _answering_first(hits: Sequence[Hit], spans: Sequence[Span]) -> Sequence[Hit]:
    """The passage of the list shown before the others: lists are read more closely than passages are ranked.

    Of 94 lists 71 stood in the first hit, so 87. For single sentences it changes nothing on the
    whole: as many firsts are lost as won.
    """
    if not spans:
        return hits
    first = spans[0]
    best = [h for h in hits if h.chunk.doc_id == first.doc_id and h.chunk.start <= first.start < h.chunk.end]
    return [*best, *(hit for hit in hits if hit not in best)] if best else hits


def _from_place(query: Query, hits: Sequence[Hit], scene: Scene, place: Place, open_document: Open) -> Answer:
    if not place.spans:
        shown = tuple(hits[:SHOWN])
        return Answer(
            question=query.question,
            status="abstained",
            kind="article" if place.kind == "article" else "outline",
            hits=shown,
            confidence=SURE,
            reason=f"{place.reason}。",
            suggestions=_nearest(hits, open_document),
        )
    sentences, citations = bind(place.spans, open_document)
    if place.kind == "article":
        sentences = with_context(sentences, citations, scene.weights, open_document)
    return Answer(
        question=query.question,
        status="answered",
        kind="article" if place.kind == "article" else "outline",
        sentences=sentences,
        citations=with_twins(citations, hits, open_document),
        hits=tuple(hits[:SHOWN]),
        confidence=SURE,
        reason=f"{place.reason}。" if place.reason else None,
    )


def _spoken_of(query: Query, naming: Naming, hits: Sequence[Hit]) -> bool:
    """Whether something is asked of an article of a law that isn't held, and a passage speaks of that very article."""
    if naming.unheld is None or query.address is None or not asked_beyond(query, naming.unheld):
        return False
    number = query.address.number
    forms = [f"第{form}条" for form in (str(number), to_chinese(number) if number > 0 else "")]
    name = _BESIDE.sub("", naming.unheld)
    texts = [_BESIDE.sub("", normalise(hit.chunk.text)) for hit in hits[:3]]
    return any(name in text and any(form in text for form in forms) for text in texts)


def _numbered(number: str, hits: Sequence[Hit], scene: Scene) -> bool:
    """Whether a document bears the number (文号) asked for, or one of the passages found mentions it."""
    # Of the issuer only the last character: words of the question may stand before its name.
    wanted = PARTING.sub("|", number[number.index("〔") - 1 :])
    return scene.names.bears(number) or any(wanted in PARTING.sub("|", normalise(hit.chunk.text)) for hit in hits)


def _abstain(
    query: Query, hits: Sequence[Hit], scene: Scene, open_document: Open, confidence: float, reason: str | None = None
) -> Answer:
    missing = scene.weights.missing
    if reason is None:
        reason = "资料库里没有找到能回答这个问题的原文。"
        if missing:
            reason += f"其中“{'”“'.join(missing[:5])}”在全部资料里一次也没有出现。"
    return Answer(
        question=query.question,
        status="abstained",
        kind="extract",
        hits=tuple(hits[:SHOWN]),
        confidence=confidence,
        reason=reason,
        missing=missing,
        suggestions=_nearest(hits, open_document),
    )


def _nearest(hits: Sequence[Hit], open_document: Open) -> tuple[Suggestion, ...]:
    """Headings over the best hits: what the library does hold near the question."""
    found: dict[tuple[str, str], Suggestion] = {}
    for hit in hits[: 3 * NEAREST]:
        if hit.signals.get("bigrams", 1.0) == 0 and hit.signals.get("head", 1.0) == 0:
            continue  # nothing of the question stands there: near by the vectors' measure alone
        document = open_document(hit.chunk.doc_id)
        trail = [section for section in document.trail(hit.chunk.section) if section.heading]
        heading, start = (trail[-1].heading, trail[-1].start) if trail else (document.title, hit.chunk.start)
        found.setdefault(
            (document.id, heading), Suggestion(document.id, document.path, document.title, heading[:80], start)
        )
        if len(found) == NEAREST:
            break
    return tuple(found.values())
