"""How each document stands today, from what the library's documents say of themselves and of each other.

Worked out once a day from the list of documents: 1,056 of all kinds take 3 ms, 1,265 laws 13. Nothing here reads their
text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from qa.query import normalise
from qa.retrieve.names.profile import NUMERAL, Profile, begins, serial_of, short_name
from qa.types import DocumentInfo, Standing

NEAR_DAYS = 60
"""Copies of one edition bear dates up to so many days apart; editions of one work were never nearer than 200."""
_NUMBER = re.compile(rf"[（(]({NUMERAL})[）)]")
LAPSED = frozenset({"已修改", "已废止", "征求意见稿", "尚未施行"})
"""What is left out by 「只看现行」."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A document with the dates that decide. ``begins`` is from when on this edition is in force."""

    info: DocumentInfo
    profile: Profile
    begins: str

    @property
    def draft(self) -> bool:
        return self.info.facts.status == "征求意见稿"


def standings(infos: Iterable[DocumentInfo], profiles: Mapping[str, Profile], today: str) -> dict[str, Standing]:
    """Document id → how it stands on the ISO date ``today``; what is no rule and claims nothing of itself is left out.

    「现行」 says that nothing in the library speaks against it.
    """
    texts = [_Text(info, profiles[info.id], begins(info.facts, profiles[info.id].edition)) for info in infos]
    found: dict[str, Standing] = {}
    for work in _works(texts):
        found |= _editions(work, today)
    named = _by_name(texts)
    for amender in sorted(texts, key=lambda text: text.begins, reverse=True):  # the last one is told
        found |= dict(_amended(amender, named, found, today))
    for repealer in texts:
        found |= dict(_repealed(repealer, named, today))
    for text in texts:
        stated = text.info.facts.status
        if stated in ("已废止", "已修改") and (text.info.id not in found or found[text.info.id].by is None):
            found[text.info.id] = Standing(stated)
    return found


def _works(texts: Iterable[_Text]) -> Iterable[list[_Text]]:
    """Editions of one work together: of one name, and with the same year and numbers in its title, if any."""
    works: dict[object, list[_Text]] = defaultdict(list)
    for text in texts:
        if text.info.facts.binding or text.draft:
            profile = text.profile
            years = profile.years if profile.dated else frozenset()
            numbers = tuple(_NUMBER.findall(normalise(text.info.title)))
            works[profile.work, years, numbers].append(text)
    return works.values()


def _editions(work: list[_Text], today: str) -> dict[str, Standing]:
    """The latest edition that has begun is in force; those before it are changed, those after it are to come."""
    final = sorted((text for text in work if not text.draft), key=lambda text: (text.profile.edition, text.info.path))
    begun = [text for text in final if text.begins <= today]
    now = begun[-1] if begun else None
    newest = now or (final[-1] if final else None)
    found: dict[str, Standing] = {}
    for text in work:
        if text.draft:
            found[text.info.id] = Standing("征求意见稿", newest.info.id if newest else None, "")
        elif text.begins > today:
            found[text.info.id] = Standing("尚未施行", now.info.id if now else None, text.begins)
        elif now is not None and _before(text.profile.edition, now.profile.edition):
            found[text.info.id] = Standing("已修改", now.info.id, now.begins)
        else:
            found[text.info.id] = Standing("现行", None, text.begins)
    return found


def _before(one: str, other: str) -> bool:
    """Whether an edition is older: dates so near are those of passing and publishing one edition, and one of which only
    the year is known may be that of the same year."""
    if not one or one >= other or other.startswith(one):
        return False
    try:
        return (date.fromisoformat(other) - date.fromisoformat(one)).days > NEAR_DAYS
    except ValueError:  # a year or a month alone
        return True


def _by_name(texts: Iterable[_Text]) -> dict[str, list[_Text]]:
    """By the name that others call it: an issuer leaves its own name out before 关于."""
    named: dict[str, list[_Text]] = defaultdict(list)
    for text in texts:
        for name in {text.profile.name, _about(text.profile.name)}:
            named[name].append(text)
    return named


def _about(name: str) -> str:
    at = name.find("关于")
    return name[at:] if at > 0 else name


def _called(title: str, named: Mapping[str, list[_Text]]) -> Iterator[_Text]:
    serial = serial_of(title)
    return (text for text in named.get(short_name(title), ()) if text.profile.serial == serial and not text.draft)


def _amended(
    amender: _Text, named: Mapping[str, list[_Text]], found: Mapping[str, Standing], today: str
) -> Iterator[tuple[str, Standing]]:
    """The edition in force where the amender is later and no edition holds its changes yet."""
    made = amender.profile.edition
    if amender.draft or not made or not amender.begins <= today:
        return
    for title in amender.info.facts.amends:
        for text in _called(title, named):
            standing = found.get(text.info.id)
            if standing is not None and standing.status == "现行" and _before(text.profile.edition, made):
                yield text.info.id, Standing("已修改", amender.info.id, amender.begins)


def _repealed(repealer: _Text, named: Mapping[str, list[_Text]], today: str) -> Iterator[tuple[str, Standing]]:
    """What was made before the repealer took effect and bears the name. An earlier edition of the repealer itself says
    the same of the same title and isn't meant."""
    since = repealer.info.facts.effective or repealer.profile.edition
    if repealer.draft or since > today:
        return
    for title in repealer.info.facts.repeals:
        for text in _called(title, named):
            itself = text.info.id == repealer.info.id or title in text.info.facts.repeals
            if not itself and (not since or text.profile.edition < since):
                yield text.info.id, Standing("已废止", repealer.info.id, since)
