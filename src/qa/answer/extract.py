"""The answering sentences of the best passages: one to three, verbatim, no more than needed."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer.cite import Open, Span
from qa.answer.drafts import runs_from
from qa.answer.leads import LEADS, clip, text_of
from qa.answer.score import Scored
from qa.types import Document

MOST = 3
ITEMS = 12
SHARE = 0.6
"""A further sentence is shown when it is at least so probable as the best, relative to it.

Answers with a right citation, and share of citations that are right, on 150 + 379 development questions and the 123 of
the sample: at .5 .729/.465, .709/.439, .868/.689; at .6 .729/.514, .706/.462, .868/.715; at .7 .713/.523, .686/.479,
.857/.718; at .8 .705/.534, .660/.501, .846/.750.
"""


def pick(scored: Sequence[Scored], open_document: Open) -> list[Span]:
    """Spans of the sentences to show: the best one first, then others nearly as good or saying what it leaves open.

    The best is never moved behind another that stands before it in the document: in a tenth of the questions of public
    sets that put a right sentence second.
    """
    # A title answers nothing, unless it is all that the passage says.
    told = {s.rank for s in scored if not s.heading}
    scored = [s for s in scored if not s.heading or s.rank not in told]
    if not scored:
        return []
    best = scored[0]
    chosen = [best]
    shown = best.text
    for other in scored[1:]:
        if len(chosen) == MOST or other.score < SHARE * best.score:
            break
        if not _says_same(other.text, shown):
            chosen.append(other)
            shown = f"{shown}\n{other.text}"
    return [span for s in chosen for span in _with_items(open_document(s.span.doc_id), s.span)]


def _with_items(document: Document, span: Span) -> list[Span]:
    """A sentence that ends in ： or 以下几点。 says nothing without the items it announces: they come with it."""
    if not LEADS.search(text_of(document, span)):
        return [span]
    items = next((run for run in runs_from(document, span.start, span.end) if run[0].start >= span.end), ())
    return [span, *(clip(document, item) for item in items[:ITEMS])]


def _says_same(text: str, shown: str) -> bool:
    bare = "".join(char for char in text if char.isalnum())
    return bare in "".join(char for char in shown if char.isalnum())
