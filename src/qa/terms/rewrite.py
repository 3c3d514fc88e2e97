"""A question in the light of a library: slips put right, terms named, other forms of them; each told to the reader."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from qa.protocols import LexicalIndex
from qa.terms.correct import correct, held
from qa.terms.lexicon import Lexicon
from qa.tokens import content_words, query_tokens

RARE = 0.001
"""A form that stands in no more than this share of the passages is searched by its other form as well, though that one
be rarer still. Where a term is common its own passages are plenty."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a normalised question is searched.

    Attributes:
        text: With its slips put right.
        words: Its content words, terms of the library among them whole too; in order, unique.
        tokens: For the lexical index: those of the other forms.
        usual: The text with each form that the library uses less than its other one in that other; for the encoder.
        others: (form in the question, other form to search as well).
        notes: What was done, a Chinese sentence each.
    """

    text: str
    words: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    usual: str = ""
    others: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def read(text: str, lexical: LexicalIndex, lexicon: Lexicon) -> Reading:
    """Of a text that ``qa.query.normalise`` made. One whose words all occur keeps its text."""
    right, slips = correct(text, lexical, lexicon.whole)
    spans = tuple(lexicon.spans(right))
    terms = [right[start:end] for start, end in spans]
    found = _others(terms, right, lexical, lexicon)
    usual = right
    for form, other, rarer in found:
        usual = usual.replace(form, other) if rarer else usual
    notes = [f"没有找到“{slip.wrong}”，按“{slip.right}”检索" for slip in slips]
    notes += [f"已把“{form}”同时按“{other}”检索" for form, other, _ in found]
    tokens = dict.fromkeys(token for _, other, _ in found for token in query_tokens(other))
    others = tuple((form, other) for form, other, _ in found)
    words = words_with(right, spans, {form for form, _ in others})
    return Reading(right, words, tuple(tokens), usual, others, tuple(notes))


def words_with(text: str, spans: Iterable[tuple[int, int]], whole: Collection[str]) -> tuple[str, ...]:
    """The content words of a text with what stands at the spans whole and in its parts, each once, in order.

    The parts stay: without them a list lost its items, which say 专窗 where the question says 银发专窗;
    but not of the terms ``whole``, for which another form may stand: its passages lack the parts.
    """
    words: list[str] = []
    at = 0
    for start, end in spans:
        term = text[start:end]
        words += [*content_words(text[at:start]), term, *(content_words(term) if term not in whole else ())]
        at = end
    return tuple(dict.fromkeys([*words, *content_words(text[at:])]))


def _others(terms: Sequence[str], text: str, lexical: LexicalIndex, lexicon: Lexicon) -> list[tuple[str, str, bool]]:
    """(form in the text, other form to search as well, whether the library uses the first one less)."""
    both = [(form, lexicon.other(form)) for form in dict.fromkeys(terms)]
    pairs = [(form, other) for form, other in both if other is not None and other not in text]
    counts = held(lexical, [word for pair in pairs for word in pair])
    bound = RARE * len(lexical)
    return [
        (*pair, own < other)
        for pair, own, other in zip(pairs, counts[::2], counts[1::2], strict=True)
        if other and (own <= bound or own < other)
    ]
