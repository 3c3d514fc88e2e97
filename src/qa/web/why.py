"""How sure an answer is, in words, and why a passage was chosen, in words: of the signals that ranking worked with."""

from __future__ import annotations

from collections.abc import Iterator

from qa.tokens import content_words
from qa.types import Answer, Citation, Hit
from qa.web.texts import TEXTS, Lang

SURE = ((0.95, "high", 95), (0.9, "good", 81), (0.5, "fair", 46), (0.0, "low", 13))
"""Least confidence, name, and how often in a hundred the first citation was the expected one: of the 133 answers to the
150 development questions, asked of 1,056 documents, 41 were so sure (39 right), 21 (17), 56 (26) and 15 (2). The
expected passage is one of several that may answer, so these are lower bounds."""

CLOSE, NEAR = 0.8, 0.6
"""``likeness`` is in fifths of standard deviations above chance, and the best passages of a question lie about five
above: four and three are what is called very close and close."""
SHOWN = 8
"""Words named at most."""


def sureness(answer: Answer, lang: Lang) -> tuple[str, str]:
    """The word for the answer's confidence, and what it has been worth so far."""
    _, name, share = next(band for band in SURE if answer.confidence >= band[0])
    t = TEXTS[lang]
    return t[f"sure_{name}"], t["sure_note"].format(share=share)


def reasons(answer: Answer, c: Citation, lang: Lang) -> list[str]:
    """Why this citation: one short sentence each, the plainest first."""
    if c.number not in {own.number for own in answer.citations}:
        return [TEXTS[lang]["why_context"]]
    place = next(
        (
            (rank, hit)
            for rank, hit in enumerate(answer.hits, 1)
            if hit.chunk.doc_id == c.doc_id and hit.chunk.start < c.end and c.start < hit.chunk.end
        ),
        None,
    )
    said = list(_words(answer, c, place[1] if place else None, lang))
    if answer.kind == "article":
        said.insert(0, TEXTS[lang]["why_address"])
    return said + (list(_signals(*place, lang)) if place else [])


def _words(answer: Answer, c: Citation, hit: Hit | None, lang: Lang) -> Iterator[str]:
    """The question's words by where they stand: in the quote, only around it, only in title and headings, nowhere."""
    t, left = TEXTS[lang], content_words(answer.question)
    places = {
        "why_words": c.quote,
        "why_around": hit.chunk.text if hit else "",
        "why_heading": "\n".join((c.title, *c.breadcrumb)),
    }
    for key, text in places.items():
        folded = text.casefold()
        held = [word for word in left if word.casefold() in folded]
        left = [word for word in left if word not in held]
        if held:
            yield t[key].format(words=_listed(held, lang))
    if left:
        yield t["why_absent"].format(words=_listed(left, lang))


def _listed(words: list[str], lang: Lang) -> str:
    """Words in quotation marks; those cut out of a longer one that is named too are left out."""
    whole = [word for word in words if not any(word != other and word in other for other in words)]
    return TEXTS[lang]["why_and"].join(TEXTS[lang]["why_word"].format(word=word) for word in whole[:SHOWN])


def _signals(rank: int, hit: Hit, lang: Lang) -> Iterator[str]:
    t, s = TEXTS[lang], hit.signals
    if "dense" in s:
        likeness = s.get("likeness", 0.0)
        yield t["why_close" if likeness >= CLOSE else "why_near" if likeness >= NEAR else "why_far"]
    for name, key in (
        ("heading_asked", "why_heading_asked"),
        ("title_named", "why_named"),
        ("year_named", "why_year"),
        ("place_named", "why_place"),
        ("defines", "why_defines"),
    ):
        if s.get(name, 0.0) > 0:
            yield t[key]
    if s.get("type", 0.5) == 1.0:
        yield t["why_type"]
    for name, key in (("year_other", "why_not_year"), ("place_other", "why_not_place"), ("older_edition", "why_older")):
        if s.get(name, 0.0) > 0:
            yield t[key]
    yield t["why_rank"].format(rank=rank)
