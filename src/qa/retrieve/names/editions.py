"""Which of the documents of one title is meant: the number in a series, the year, the edition."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from qa.outline.numerals import to_chinese
from qa.query import Query
from qa.retrieve.names.mentions import Mention, Spelt
from qa.retrieve.names.profile import Profile
from qa.retrieve.names.reports import Naming

BESIDE = 0.6
"""A document of the same title that isn't the one meant counts for so much of it."""
_YEAR = r"((?:19|20)\d\d)"
_CHANGED = r"(?:修[订正改]|通过|公布|颁布|施行|制定|发布)"
_YEAR_BEFORE = re.compile(rf"{_YEAR}年?度?(版|{_CHANGED})?的?$")
_YEAR_AFTER = re.compile(rf"[（(]?{_YEAR}年?(版|{_CHANGED})?")
_OLD_BEFORE = re.compile(
    r"(?:旧版?|老版?|原来|原先|原|从前|以前|之前|过去|修[订正改]之?[前以]前?|上一?版|上个版本|失效)的?$"
)
_OLD_AFTER = re.compile(r"[（(]?的?(?:旧版|老版|旧|上一?版|原版|修[订正改]之?前|以前的版本)")


def choose(mention: Mention, profiles: Mapping[str, Profile], spelt: Spelt, query: Query) -> Naming:
    """Of the documents that a mention may stand for, those meant at full strength and their kin at a lower one."""
    hits = dict(mention.hits)
    span = (mention.start, mention.end)
    missing = _serial(mention, hits, profiles)
    if missing:
        return Naming({}, missing, span=span)
    near = _near(mention, spelt)
    asked = {int(near[0])} if near else set(query.years)
    notes: list[str] = []
    for group in _works(hits, profiles):
        dated = [profile for profile in group if profile.dated]
        if dated and asked:
            meant = [profile for profile in dated if profile.years & asked]
            if not meant and near and len(dated) == len(group):
                return Naming({}, f"资料库里没有{near[0]}年的{group[0].name}；{_editions(dated)}", span=span)
        elif not dated:
            meant, note = _edition(group, near, asked, _old(mention, spelt))
            notes += [note] if note else []
        else:
            meant = [profile for profile in group if profile.newest] or group
        kept = {profile.doc_id for profile in meant} or {profile.doc_id for profile in group}
        for profile in group:
            hits[profile.doc_id] *= 1.0 if profile.doc_id in kept else BESIDE
    return Naming(hits, None, notes[0] if notes else None, span)


def _serial(mention: Mention, hits: dict[str, float], profiles: Mapping[str, Profile]) -> str | None:
    """Drop from ``hits`` what bears another number than the one said; a sentence where none bears it."""
    numbered = {doc_id: serial for doc_id in hits if (serial := profiles[doc_id].serial)}
    if not numbered:
        return None
    asked = mention.serial
    if asked is None:
        if len(numbered) < len(hits):
            for doc_id in numbered:
                hits[doc_id] *= BESIDE
        return None
    meant = {doc_id for doc_id in hits if (profiles[doc_id].serial or 1) == asked}
    if not meant:
        name = profiles[next(iter(numbered))].name
        held = "".join(f"（{to_chinese(number)}）" for number in sorted(set(numbered.values())))
        return f"资料库里没有《{name}（{to_chinese(asked)}）》；有的是{held}"
    for doc_id in set(hits) - meant:
        del hits[doc_id]
    return None


def _works(hits: Mapping[str, float], profiles: Mapping[str, Profile]) -> Iterable[list[Profile]]:
    works: dict[tuple[str, int | None, str], list[Profile]] = defaultdict(list)
    for doc_id in hits:
        works[profiles[doc_id].work].append(profiles[doc_id])
    return works.values()


def _edition(
    group: list[Profile], near: tuple[str, bool] | None, asked: set[int], old: bool
) -> tuple[list[Profile], str | None]:
    """The editions meant, and what to say where the one asked for isn't there."""
    dates = sorted({profile.edition for profile in group if profile.edition})
    if not dates:
        return group, None
    target, note = next((profile.edition for profile in group if profile.newest and profile.edition), dates[-1]), None
    exact = [date for date in dates if int(date[:4]) in asked]
    if exact:
        target = exact[-1]
    elif near and (before := [date for date in dates if int(date[:4]) <= int(near[0])]) and not near[1]:
        target = before[-1]  # the edition in force in that year
    elif near:
        note = f"问的是{near[0]}年的版本；{_editions(group)}，以下据{target}的一版"
    elif old and (earlier := [date for date in dates if date < target]):
        target = earlier[-1]
    elif old:
        note = f"问的是旧版；资料库里只有{target}的一版，以下据这一版"
    return [profile for profile in group if profile.edition == target], note


def _near(mention: Mention, spelt: Spelt) -> tuple[str, bool] | None:
    """The year said beside the title, and whether it is said to be that of an edition."""
    match = _YEAR_BEFORE.search(spelt.text, max(0, mention.start - 12), mention.start)
    match = match or _YEAR_AFTER.match(spelt.text, mention.end)
    return (match[1], bool(match[2])) if match else None


def _old(mention: Mention, spelt: Spelt) -> bool:
    before = _OLD_BEFORE.search(spelt.text, max(0, mention.start - 8), mention.start)
    return bool(before or _OLD_AFTER.match(spelt.text, mention.end))


def _editions(group: Iterable[Profile]) -> str:
    dates = sorted({profile.edition or "、".join(f"{year}年" for year in profile.years) for profile in group})
    return f"资料库里有的是{'、'.join(filter(None, dates))}的"
