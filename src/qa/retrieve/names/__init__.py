"""Which documents a question names: by title, by short or clipped title, by number, year, place and edition.

Built once an index generation from the list of documents; nothing here reads their text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from qa.query import Query, normalise
from qa.query.years import expand_years
from qa.retrieve.names.editions import choose
from qa.retrieve.names.mentions import LAST, STATUTES, Mention, Spelt, Titles, addressed, spell_question
from qa.retrieve.names.profile import PLACES, Profile, profiles, short_name, spell
from qa.retrieve.names.reports import Naming, Reports
from qa.types import DocumentInfo

__all__ = ["PLACES", "DocumentNames", "Naming", "Profile", "short_name"]

QUOTED = re.compile(r"《([^《》]{2,60})》")
BOOK = re.compile(r"(?:编|总则|分则|附则|篇|卷|部分|章)$|^第.{1,6}[编章卷篇]")
"""File name of a part of a work, which the folder may then be named after."""
ASIDE = 0.9
"""Of two documents named, the one that the address doesn't follow counts for so much: 「依据甲法，乙法第三条」."""
KIN, ALIKE = 3, 0.75
"""So many titles are told beside one that isn't held, as like to it as 权益保护法 is to 权益保障法."""


class DocumentNames:
    """Names of all documents of a library."""

    def __init__(self, infos: Iterable[DocumentInfo]) -> None:
        infos = list(infos)
        every = profiles(infos)
        folders: dict[str, list[str]] = defaultdict(list)
        self._numbers: dict[str, list[str]] = defaultdict(list)
        for info in infos:
            folder, _, file = info.path.rpartition("/")
            if BOOK.search(short_name(file.rpartition(".")[0])):
                folders[short_name(folder.rpartition("/")[2])].append(info.id)
            if info.facts.number:
                self._numbers[_bare_number(info.facts.number)].append(info.id)
        self.profiles: dict[str, Profile] = {profile.doc_id: profile for profile in every}
        self._titles = Titles(every, folders)
        self._reports = Reports(every)

    def named(self, query: Query) -> dict[str, float]:
        """Strength in (0, 1] by document id for those that the question (with its context) names."""
        return self.read(query).found

    def read(self, query: Query) -> Naming:
        """All that the question names, with what it names in vain; the context counts where the question names none."""
        naming = Naming()
        for text in filter(None, (query.text, query.context)):
            naming = self._read(text, query)
            if naming.found or naming.absent:
                break
        borne = self._bearing(query.number) if query.number else []
        return replace(naming, found={**naming.found, **dict.fromkeys(borne, 1.0)}) if borne else naming

    def unknown(self, query: Query) -> bool:
        """Whether the question quotes a 《title》 that no document bears."""
        return any(not self._titles.titled(spell(quoted)) for quoted in QUOTED.findall(query.text))

    def bears(self, number: str) -> bool:
        """Whether a document has this number (文号), of whose issuer the last character is enough."""
        tail = _bare_number(number[number.index("〔") - 1 :])
        return any(known.endswith(tail) for known in self._numbers) or bool(self._bearing(number))

    def _bearing(self, number: str) -> list[str]:
        """Documents of this number; those that leave the issuer out are meant where it is said with their kind of
        text: 「专题会议纪要〔2020〕1号」."""
        said = _bare_number(number)
        if said in self._numbers:
            return self._numbers[said]
        issuer, _, rest = number.partition("〔")
        alike = self._numbers.get(_bare_number(rest), [])
        return [doc_id for doc_id in alike if issuer[-2:] in self.profiles[doc_id].name]

    def _read(self, text: str, query: Query) -> Naming:
        spelt = spell_question(expand_years(text))
        mentions = self._titles.mentions(spelt)
        report = self._reports.read(spelt.text, query)
        if report is not None:
            low, high = report.span
            if any(m.hits and m.start <= low and high <= m.end and m.end - m.start > high - low for m in mentions):
                report = None
            else:
                mentions = [m for m in mentions if m.end <= low or high <= m.start]
        return self._together(mentions, report, spelt, query)

    def _together(self, mentions: Sequence[Mention], report: Naming | None, spelt: Spelt, query: Query) -> Naming:
        owners = _owner([mention for mention in mentions if addressed(mention, spelt, query)], query)
        unheld = next((mention.unknown for mention in owners if mention.unknown), None)
        if unheld:
            return Naming({}, f"资料库里没有《{unheld}》{self._kin(unheld)}", unheld=unheld)
        namings = [
            (choose(mention, self.profiles, spelt, query), not owners or mention in owners)
            for mention in mentions
            if mention.hits
        ]
        if report is not None:
            namings.append((report, not owners))
        found: dict[str, float] = {}
        for naming, owns in namings:
            for doc_id, strength in naming.found.items():
                found[doc_id] = max(found.get(doc_id, 0.0), strength * (1.0 if owns else ASIDE))
        absent = next((naming.absent for naming, owns in namings if naming.absent and (owns or not found)), None)
        if absent and (owners or not found):
            return Naming({}, absent)
        self._prefer_book(found, spelt)
        return Naming(found, None, next((naming.note for naming, owns in namings if naming.note and owns), None))

    def _prefer_book(self, found: dict[str, float], spelt: Spelt) -> None:
        """Of the books of one code (one title, a file each) the one whose own name is said too."""
        best = max(found.values(), default=0.0)
        books: dict[str, list[Profile]] = defaultdict(list)
        for doc_id, strength in found.items():
            if strength >= best - 0.05:
                books[self.profiles[doc_id].name].append(self.profiles[doc_id])
        for name, members in books.items():
            after = spelt.text.find(name) + len(name)
            stems = {profile.doc_id: profile.stem for profile in members if profile.stem != name}
            said = [doc_id for doc_id, stem in stems.items() if _says(spelt.text[after : after + 12], stem)]
            if len(members) > 1 and said:
                for profile in members:
                    found[profile.doc_id] *= 1.0 if profile.doc_id in said else 0.6

    def _kin(self, unheld: str) -> str:
        """The documents whose title holds what the one not held is about."""
        stem = LAST.sub("", unheld)
        every = {profile.name for profile in self.profiles.values() if STATUTES.search(profile.name)}
        # Words of the question may stick to a short name: 「醉驾某法第五条」.
        names = [name for name in every if len(name) >= 2 and unheld.endswith(name)]
        names += sorted((name for name in every if len(stem) >= 2 and stem in name), key=len)
        names = names or get_close_matches(unheld, every, KIN, ALIKE)
        return "；名称相近的有" + "".join(f"《{name}》" for name in names[:KIN]) if names else ""


def _owner(addressed_to: Sequence[Mention], query: Query) -> list[Mention]:
    """Of several titles with an address behind them the one of the address that is followed."""
    if len(addressed_to) < 2 or query.address is None:
        return list(addressed_to)
    at = len(spell_question(expand_years(query.text[: query.address.start])).text)
    return [min(addressed_to, key=lambda mention: abs(mention.end - at))]


def _says(text: str, stem: str) -> bool:
    """Whether a book's name is said, whole or without characters at its end: 侵权编 for 侵权责任编."""
    return stem in text or (len(stem) > 3 and stem[:2] + stem[-1] in text)


def _bare_number(number: str) -> str:
    return re.sub(r"[^\w]", "", normalise(number))
