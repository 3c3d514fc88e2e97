"""Editions of one work, from titles, file names and dates alone (qa.retrieve.names); nothing here reads their text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qa.query import normalise
from qa.retrieve.names import Profile
from qa.retrieve.names.profile import NUMERAL
from qa.types import DocumentInfo, Standing

_NUMBER = re.compile(rf"[（(]({NUMERAL})[）)]")


@dataclass(frozen=True, slots=True)
class Edition:
    """One document of a work. ``date`` is ISO, a year at least; ``status`` as in ``Standing``, empty where unknown."""

    doc_id: str
    title: str
    path: str
    date: str
    status: str


def edition_groups(
    infos: Iterable[DocumentInfo], profiles: Mapping[str, Profile], standing: Mapping[str, Standing]
) -> dict[str, tuple[Edition, ...]]:
    """Document id → all documents of its work, the oldest first; without works of which all are of one date.

    A text about a year (2024年工作报告) is no edition of that about another; one without any date can't be placed.
    """
    works: dict[object, list[Edition]] = defaultdict(list)
    for info in infos:
        profile = profiles[info.id]
        if profile.edition:
            years = profile.years if profile.dated else frozenset()
            numbers = tuple(_NUMBER.findall(normalise(info.title)))
            status = standing[info.id].status if info.id in standing else ""
            edition = Edition(info.id, info.title, info.path, profile.edition, status)
            works[profile.work, years, numbers].append(edition)
    found: dict[str, tuple[Edition, ...]] = {}
    for work in works.values():
        if len({edition.date for edition in work}) > 1:
            group = tuple(sorted(work, key=lambda edition: (edition.date, edition.path)))
            found |= dict.fromkeys((edition.doc_id for edition in group), group)
    return found


def others(doc_id: str, group: Iterable[Edition]) -> list[tuple[Edition, bool]]:
    """The editions of another date, the newest first, each with whether it is the older one."""
    group = list(group)
    own = next(edition.date for edition in group if edition.doc_id == doc_id)
    return [(edition, edition.date < own) for edition in reversed(group) if edition.date != own]
