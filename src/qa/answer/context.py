"""What an answering sentence leans on: 前款, 该公司, 其中, 但 → the sentences it points at, verbatim and cited.

Found by structure alone: the paragraphs (款) and articles of a law, else the sentences before it in its section. What
stands behind a heading, or is shown already, is not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from qa.answer.address import ITEM, articles, clauses
from qa.answer.cite import Open, Span, breadcrumb, cite
from qa.answer.leads import LEADS, text_of
from qa.answer.leaning import Leaning, leaning, names
from qa.answer.parts import LABEL, paragraphs
from qa.outline.numerals import to_int
from qa.rank import Weights, coverage
from qa.split import sentences as split
from qa.types import Citation, Document, Section, Sentence

LAW = ("paragraph", "own paragraph", "article", "item")
"""What a sentence leans on by the grammar of laws."""
LONG, LONGEST = 120, 200
"""Characters: several sentences of context have no more together; a single one that is longer than that is left out."""
NEAR = 1000
"""Characters before it in which its context stands."""
BACK = 3
"""So many sentences back a thing may be named."""
HELD = 0.8
"""A sentence that holds so much of the question's words doesn't lack its subject."""
BRIEF, GAIN = 30, 0.1
"""A sentence up to so long that leads a list in takes the one before it where that says so much of the question."""


def with_context(
    sentences: Sequence[Sentence], citations: Sequence[Citation], weights: Weights, open_document: Open
) -> tuple[Sentence, ...]:
    """The sentences, each cited once, with what they lean on; its citations are numbered on from the last one."""
    shown = [Span(c.doc_id, c.start, c.end) for c in citations]
    number, done = len(citations), []
    for sentence, span in zip(sentences, tuple(shown), strict=True):
        document = open_document(span.doc_id)
        follows = any(other.doc_id == span.doc_id and 0 <= span.start - other.end <= 1 for other in shown)
        leant_on = context(document, span, weights, follows)
        found = [s for s in leant_on if not any(_overlap(s, other) for other in shown)]
        cited = tuple(cite(document, s, number + at) for at, s in enumerate(found, 1))
        shown += found
        number += len(found)
        done.append(replace(sentence, context=cited))
    return tuple(done)


def context(document: Document, span: Span, weights: Weights, follows: bool = False) -> list[Span]:
    """What the sentence at ``span`` leans on, in the order of the text; empty where it stands by itself.

    ``follows``: the one right before it is shown, so that only what a law refers to may lack.
    """
    text = text_of(document, span)
    lean = leaning(text)
    if follows and (lean is None or lean.kind not in LAW):
        return []
    if lean is None:
        return _lead(document, span) or _topic(document, span, weights)
    if lean.kind == "elided" and coverage(text, weights.words, weights.forms) >= HELD:
        return []
    if lean.kind in LAW:
        return _fitting(_referred(document, span, lean))
    return _fitting(_said(document, span, lean))


def _fitting(spans: Iterable[Span]) -> list[Span]:
    """As many as fit of spans that come in order of need; in the order of the text."""
    chosen: list[Span] = []
    length = 0
    for span in spans:
        length += span.end - span.start
        if length > (LONG if chosen else LONGEST):
            break
        chosen.append(span)
    return sorted(chosen, key=lambda span: span.start)


def _lead(document: Document, span: Span) -> list[Span]:
    """What leads an item of an article in: 「有下列情形之一的，…：」."""
    text = text_of(document, span)
    article = _article(document, span) if ITEM.match(text) else None
    if article is None or "是指" in text:  # a list of terms explains each by itself
        return []
    groups = clauses(document, paragraphs(document, article))
    own = next((group for group in groups if group[0].start < span.start < group[-1].end), None)
    return _fitting([_opening(document, own[0])]) if own else []


def _referred(document: Document, span: Span, lean: Leaning) -> list[Span]:
    """The paragraph, article or item that the sentence refers to; the paragraph first, then its items."""
    article = _article(document, span)
    if article is None and lean.kind in ("own paragraph", "article"):
        return []
    section = article or _section(document, span)
    groups = clauses(document, paragraphs(document, section))
    own = next((n for n, group in enumerate(groups) if group[0].start <= span.start < group[-1].end), 0)
    if lean.kind == "article":
        every = [found for _, _, found in articles(document)]
        at = every.index(section) if section in every else 0
        before = every[max(0, at - lean.count) : at]
        return [_opening(document, _clause(document, found, lean.items)) for found in before]
    if lean.kind == "item":
        at = next((n for n, item in enumerate(groups[own]) if item.start == span.start), 0)
        return groups[own][max(1, at - 1) : at]
    if lean.kind == "own paragraph":
        return [_opening(document, groups[n - 1][0]) for n in lean.items if n <= len(groups) and n - 1 != own]
    wanted = groups[max(0, own - lean.count) : own]
    named = [item for group in wanted for item in group[1:] if _number(document, item) in lean.items]
    return [*(_opening(document, group[0]) for group in wanted), *named]


def _clause(document: Document, section: Section, number: Sequence[int]) -> Span:
    groups = clauses(document, paragraphs(document, section))
    return groups[number[0] - 1 if number and number[0] <= len(groups) else 0][0]


def _number(document: Document, item: Span) -> int | None:
    found = ITEM.match(text_of(document, item))
    return to_int(found[1]) if found else None


def _opening(document: Document, paragraph: Span) -> Span:
    """A paragraph, or of a longer one its first sentence."""
    if paragraph.end - paragraph.start <= LONG:
        return paragraph
    return Span(document.id, *split(document.text, paragraph.start, paragraph.end)[0])


def _said(document: Document, span: Span, lean: Leaning) -> list[Span]:
    """Sentences before it in its section: the one that names the thing, or the last one and what that leans on."""
    before = _before(document, span)
    if not before:
        return []
    last = before[-1]
    beside = "\n" not in document.text[last.end : span.start] or _article(document, span) is not None
    if lean.kind == "thing":
        named = (s for s in reversed(before[-BACK:]) if any(names(text_of(document, s), noun) for noun in lean.nouns))
        found = next(named, last if lean.opening and beside else None)
        return [found] if found else []
    if (not beside and lean.kind != "said") or (
        lean.kind == "elided" and not (lean.opening or _article(document, span))
    ):
        return []
    further = leaning(text_of(document, last))
    return [last, before[-2]] if further and further.kind == "said" and len(before) > 1 else [last]


def _before(document: Document, span: Span) -> list[Span]:
    """The sentences before it in its section. Items count as part of the paragraph that leads them in; a heading that
    has its line to itself isn't a sentence."""
    text = document.text
    article = _article(document, span)
    section = article or _section(document, span)
    begin = max(section.start, span.start - NEAR)
    spans = [Span(document.id, *found) for found in split(text, begin, span.start)]
    headed = bool(spans and section.title) and text[spans[0].end : spans[0].end + 1] == "\n"
    if headed or begin > section.start:  # where NEAR cuts, the first is no whole sentence
        spans = spans[1:]
    if article is not None and text[span.start - 1] == "\n" and not ITEM.match(text, span.start):
        while len(spans) > 1 and ITEM.match(_line(text, spans[-1].start)):
            spans.pop()
    return [found for found in spans if text_of(document, found) != document.title]


def _line(text: str, at: int) -> str:
    """The paragraph that holds a place, as far as a label reaches."""
    start = text.rfind("\n", 0, at) + 1
    return text[start : start + 8]


def _topic(document: Document, span: Span, weights: Weights) -> list[Span]:
    """What a short sentence is about that leads a list in and doesn't say so: 「重点抓好四件事：」."""
    text = text_of(document, span)
    before = _before(document, span) if len(text) <= BRIEF and LEADS.search(text) else []
    if not before:
        return []
    known = "\n".join((document.title, *breadcrumb(document, span.start), text))
    more = coverage(f"{known}\n{text_of(document, before[-1])}", weights.words, weights.forms)
    return _fitting(before[-1:]) if more - coverage(known, weights.words, weights.forms) >= GAIN else []


def _section(document: Document, span: Span) -> Section:
    """The innermost section that holds it; what stands before the first heading where none does."""
    index = document.section_at(span.start)
    if index >= 0:
        return document.sections[index]
    return Section(0, "", "", 0, document.sections[0].start if document.sections else len(document.text))


def _article(document: Document, span: Span) -> Section | None:
    """The article (第X条) that holds it."""
    trail = document.trail(document.section_at(span.start))
    return next((s for s in reversed(trail) if (label := LABEL.match(s.label)) and label[2] == "条"), None)


def _overlap(one: Span, other: Span) -> bool:
    return one.doc_id == other.doc_id and one.start < other.end and other.start < one.end
