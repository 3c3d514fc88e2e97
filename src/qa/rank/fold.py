"""Passages that say the same, folded under one of them: reprints, copies of a file, editions of a law."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qa.retrieve.names import Profile
from qa.types import Hit, Twin

NEAR_AMONG = 30
"""So many of the best hits are compared by what they share; those behind them only by their letters."""
ALIKE = 0.9
"""Share of a passage's runs of letters that another must hold to say the same: a word or two changed in a sentence."""
RUN = 3
"""Letters in a run: one changed letter breaks three runs."""
OWN_NUMBER = re.compile(r"^\s*第[〇零一二三四五六七八九十百千\d]{1,7}条(?:之[一二三四五六七八九十]{1,3})?", re.M)
_FIGURES = re.compile(r"[\d.]+|[〇零一二三四五六七八九十百千万亿两]+")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a passage says, in runs of letters and in figures."""

    runs: frozenset[str]
    figures: Counter[str]


@lru_cache(maxsize=2048)
def _said(text: str) -> _Said:
    """Of the letters alone: not of signs and blanks, nor of the numbers of its articles."""
    bare = "".join(filter(str.isalnum, OWN_NUMBER.sub("", text)))
    runs = frozenset(bare[i : i + RUN] for i in range(max(1, len(bare) - RUN + 1)))
    return _Said(runs, Counter(_FIGURES.findall(bare)))


def fold(
    hits: Sequence[Hit],
    profiles: Mapping[str, Profile],
    first: frozenset[int] = frozenset(),
    lapsed: Container[str] = frozenset(),
) -> list[Hit]:
    """Hits, best first → those of them that say different things, each with its twins; nobody's place gets worse.

    Of each group that edition represents it which the question names, or else one in force (its document not in
    ``lapsed``), the newest, or the best hit; it stands where the best of the group stood. Passages with an id in
    ``first`` are what was asked for: they are folded under no other.
    """
    groups: list[list[Hit]] = []
    by_text: dict[str, list[Hit]] = {}
    for rank, hit in enumerate(hits):
        text = "".join(hit.chunk.text.split())
        group = None if hit.chunk.id in first else by_text.get(text)
        if group is None and rank < NEAR_AMONG and hit.chunk.id not in first:
            group = next((g for g in groups if any(_same(one, hit, profiles) for one in g)), None)
        if group is None:
            groups.append(group := [])
        by_text.setdefault(text, group)
        group.append(hit)
    return [_folded(group, profiles, first, lapsed) for group in groups]


def _same(best: Hit, hit: Hit, profiles: Mapping[str, Profile]) -> bool:
    """Whether both say nearly as much and nearly the same, with the same figures unless an edition changed those."""
    one, other = _said(best.chunk.text), _said(hit.chunk.text)
    more, less = max(len(one.runs), len(other.runs)), min(len(one.runs), len(other.runs))
    if less < ALIKE * more or len(one.runs & other.runs) < ALIKE * less:
        return False
    return one.figures == other.figures or _edition_of(best, hit, profiles)


def _edition_of(one: Hit, other: Hit, profiles: Mapping[str, Profile]) -> bool:
    a, b = profiles[one.chunk.doc_id], profiles[other.chunk.doc_id]
    return a.doc_id != b.doc_id and a.work == b.work and a.edition != b.edition


def _folded(
    group: Sequence[Hit], profiles: Mapping[str, Profile], first: frozenset[int], lapsed: Container[str]
) -> Hit:
    if len(group) == 1:
        return group[0]

    def fitness(hit: Hit) -> tuple[bool, float, float, bool, str, float]:
        signals, edition = hit.signals, profiles[hit.chunk.doc_id].edition
        newest = edition if any(_edition_of(hit, other, profiles) for other in group) else ""
        named, year = signals.get("title_named", 0.0), signals.get("year_named", 0.0)
        return hit.chunk.id in first, named, year, hit.chunk.doc_id not in lapsed, newest, hit.score

    best = max(group, key=fitness)
    twins = tuple(_twin(hit, _edition_of(best, hit, profiles), profiles) for hit in group if hit is not best)
    return replace(best, score=group[0].score, same=twins)


def _twin(hit: Hit, edition: bool, profiles: Mapping[str, Profile]) -> Twin:
    chunk = hit.chunk
    date = profiles[chunk.doc_id].edition if edition else ""
    return Twin(chunk.doc_id, hit.path, hit.title, chunk.start, chunk.end, "edition" if edition else "copy", date)
