"""The terms of all documents as one lexicon: which words are one, and which words mean the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from qa.terms.mine import LONGEST, Term
from qa.tokens import is_word, pieces

AGREED = 0.6
"""Share of the documents that define a short form which must mean the same by it; where they differ more, it is each
document's own (公司, 指导意见)."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of a library's terms.

    Attributes:
        forms: The other form of a term, in both directions: short to full and full to short.
        single: Those of ``forms`` that one document alone introduces.
        whole: What is one word, whatever the dictionary makes of it; short forms and coined phrases.
    """

    forms: dict[str, str] = field(default_factory=dict)
    single: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()

    def other(self, form: str) -> str | None:
        """The other form of a term. A short form that is a word anyhow (保密, 邮局) means its full one only where two
        documents say so."""
        other = self.forms.get(form)
        if other is None or (form in self.single and is_word(min(form, other, key=len))):
            return None
        return other

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a normalised text names terms, in order: the longest at each place, and none that begins or ends inside
        a word of the dictionary that is no part of it."""
        edges: set[int] | None = None
        start = 0
        while start < len(text) - 1:
            for end in range(min(len(text), start + LONGEST), start + 1, -1):
                if text[start:end] in self.whole or text[start:end] in self.forms:
                    edges = edges if edges is not None else {0, *accumulate(map(len, pieces(text, guess=False)))}
                    if start in edges and end in edges:
                        yield start, end
                        start = end - 1
                        break
            start += 1


def merge(rows: Iterable[tuple[Term, int]]) -> Lexicon:
    """From each term and the number of documents that have it; a short form counts where most of them agree on it."""
    fulls: dict[str, dict[str, int]] = defaultdict(dict)
    whole = set()
    for term, documents in rows:
        if term.full:
            fulls[term.short][term.full] = documents
        whole.add(term.short)
    forms: dict[str, str] = {}
    back: dict[str, tuple[int, str]] = {}
    single = set()
    for short, meant in sorted(fulls.items()):
        full, documents = max(meant.items(), key=lambda pair: (pair[1], pair[0]))
        if documents < AGREED * sum(meant.values()):
            continue
        forms[short] = full
        if documents == 1:
            single |= {short, full}
        if full not in back or documents > back[full][0]:
            back[full] = (documents, short)
    # What is both is a short form of something longer first.
    both = {**{full: short for full, (_, short) in back.items()}, **forms}
    return Lexicon(both, frozenset(single), frozenset(whole))
