"""Reports named by who gave them and when: 「福建省今年的报告」, 「总理报告」, 「党的十九大报告」.

One title is borne by a report of every year and every place, so a question names them by year, place and office.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from qa.outline.numerals import to_chinese, to_int
from qa.query import Query
from qa.retrieve.names.profile import PLACES, YEAR, Profile

TITLE = "政府工作报告"
SHOWN = 8
_DIVISION = r"特别行政区|自治[区州县]|[省市县区州盟旗镇乡]"
_PEOPLES = re.compile(rf"(?:人民|(?:壮族|回族|维吾尔族?)?(?:{_DIVISION}))+$")
_NATIONAL = r"国务院|中华人民共和国|中央人民政府|党中央|中央|全国|国家|总理"
_VAGUE = r"(?:[我本全各])?[省市县区](?:里|级)?"
_RELATIVE = {"今年": 0, "本年": 0, "去年": 1, "上年": 1, "上一年": 1, "前年": 2}
_NEWEST = r"最新|最近|近期"
_FILLER = r"的|(?:人民)?政府|所?作|那[份个]|这[份个]|一份|[份度上里在]|年度|长(?=[作的所]|政府|工作|报告)|主席"
_N = r"[一二三四五六七八九十]{1,3}|\d{1,2}"
_CONGRESS = re.compile(
    rf"(?P<party>党的|中共|中国共产党|党)?(?:第?(?<![一二三四五六七八九十百\d])(?P<short>{_N})大|(?P<long>第(?:{_N}))次(?:全国)?代表大会)"
    r"(?:[上的]|所作)*(?:政治|工作)?(?:报告|(?=第[一二三四五六七八九十\d]{1,3}部分))"
)


@dataclass(frozen=True, slots=True)
class Naming:
    """What a question names.

    Attributes:
        found: Strength in (0, 1] by document id.
        absent: Chinese sentence that says what is named and not held, and what is; None where all is there.
        note: Chinese sentence on how a name was understood, to be shown with the answer; None where it is plain.
        unheld: The title of a law that isn't held and of which a place is asked for; None where none is.
        span: Where in the spelt question it stands.
    """

    found: dict[str, float] = field(default_factory=dict)
    absent: str | None = None
    note: str | None = None
    span: tuple[int, int] = (0, 0)
    unheld: str | None = None


class Reports:
    """The yearly reports of governments and the reports to party congresses."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._areas: dict[str, list[Profile]] = defaultdict(list)
        self._sessions: dict[int, list[str]] = defaultdict(list)
        for profile in profiles:
            if profile.dated and profile.name.endswith(TITLE):
                self._areas[_area(profile.name)].append(profile)
            if profile.session:
                self._sessions[profile.session].append(profile.doc_id)
        known = sorted({*self._areas, *PLACES} - {""}, key=len, reverse=True)
        place = "|".join(map(re.escape, known))
        token = (
            rf"(?:19|20)\d\d年?|{'|'.join(_RELATIVE)}|{_NEWEST}|{_NATIONAL}|(?:{place})(?:壮族|回族|维吾尔族?)?(?:{_DIVISION})?"
            rf"|{_FILLER}|{_VAGUE}"
        )
        self._place = re.compile(place)
        self._report = re.compile(
            rf"(?P<lead>(?:{token})*)(?P<gov>(?:人民)?政府)?的?(?P<work>工作)?的?报告(?!期|制度|人)"
        )

    def read(self, text: str, query: Query) -> Naming | None:
        """The reports that a spelt question names; None where it names none."""
        return self._congress(text) or self._yearly(text, query)

    def _congress(self, text: str) -> Naming | None:
        match = _CONGRESS.search(text) if self._sessions else None
        number = to_int(match["short"] or match["long"][1:]) if match else None
        if match is None or not number:
            return None
        if number in self._sessions:
            return Naming(dict.fromkeys(self._sessions[number], 1.0), span=match.span())
        if number < 10 and not match["party"] and match["short"]:
            return None  # 「四大报告」 are four reports
        held = "、".join(f"{to_chinese(n)}大" for n in sorted(self._sessions))
        return Naming({}, f"资料库里没有党的{to_chinese(number)}大的报告；有的是{held}的", span=match.span())

    def _yearly(self, text: str, query: Query) -> Naming | None:
        for match in self._report.finditer(text) if self._areas else ():
            lead = match["lead"]
            area = self._asked(text, match)
            facets = area is not None or YEAR.search(lead) or any(word in lead for word in _RELATIVE)
            newest = re.search(_NEWEST, text)
            if lead.endswith("年度"):
                continue  # 「上一年度的年度报告」 is a company's
            if match["gov"] or "政府" in lead or (facets and (match["work"] or lead)):
                return self._choose(area, lead, bool(newest), query, match)
        return None

    def _asked(self, text: str, match: re.Match[str]) -> str | None:
        """The place whose report is meant: "" the country's, "?" one not said, None where nothing says."""
        lead = match["lead"]
        if place := self._place.search(lead):
            return place[0]
        if re.search(_NATIONAL, lead):
            return ""
        if stranger := re.search(
            rf"([\u4e00-\u9fff]{{2,6}}?(?:{_DIVISION}))$", text[: match.start()] + _division(lead)
        ):
            return _bare(re.sub(r"^(?:请问|查一下|关于|根据|按照|[在问看查])+", "", stranger[1]))
        return "?" if re.search(_VAGUE, lead) else None

    def _choose(self, area: str | None, lead: str, newest: bool, query: Query, match: re.Match[str]) -> Naming:
        held = [name for name in self._areas if name]
        if area == "?" and len(held) == 1:
            area = held[0]
        if area == "?" and held:
            return Naming(
                {}, f"没有说是哪里的报告；资料库里有{_listed(held)}的政府工作报告，请说明地区", span=match.span()
            )
        if area is None:
            members = self._areas.get("") or [profile for group in self._areas.values() for profile in group]
        else:
            members = self._areas.get(_bare(area), [])
        who = f"{area}的" if area else "国务院的" if area == "" else ""
        if not members:
            return Naming({}, f"资料库里没有{who}政府工作报告；有的是{_listed(held) or '国务院'}的", span=match.span())
        years = {year for profile in members for year in profile.years}
        stated = bool(YEAR.search(lead)) or not any(word in lead for word in _RELATIVE)
        asked = set(query.years) if stated else set()
        note = None
        relative = next((word for word in _RELATIVE if word in lead), None)
        if not asked and relative:
            asked, note = _relative(relative, years)
        elif not asked and (newest or re.search(r"今年|本年", query.text)):
            asked = {max(years)}
        meant = [profile for profile in members if profile.years & asked]
        if asked and not meant and (YEAR.search(lead) or relative):
            wanted = "、".join(f"{year}年" for year in sorted(asked))
            return Naming({}, f"资料库里没有{who}{wanted}的政府工作报告；{_span(years)}", span=match.span())
        meant = meant or members
        strength = 1.0 if len(meant) <= max(1, len(asked)) else 0.85
        return Naming({profile.doc_id: strength for profile in meant}, None, note, match.span())


def _area(name: str) -> str:
    """Whose report a title names: "" the country's, else the place without its kind (福建, 云溪)."""
    who = re.sub(rf"{YEAR.pattern}年?度?|{_NATIONAL}|{TITLE}|^在|[—\-]+", "", name)
    return _bare(who)


def _bare(place: str) -> str:
    bare = _PEOPLES.sub("", place)
    return bare if len(bare) >= 2 else place


def _division(lead: str) -> str:
    """The 市 of an unknown town that the pattern took for 「市里」."""
    return lead[0] if lead and lead[0] in "省市县区" else ""


def _relative(word: str, years: set[int]) -> tuple[set[int], str | None]:
    """今年 is the clock's year where the series has it, else its newest: last spring's report is read in November,
    and a folder that ends with it has no later one that could be meant."""
    clock = datetime.now(UTC).year
    this = clock if clock in years else max(years)
    year = this - _RELATIVE[word]
    note = None if this == clock else f"“{word}”按资料库里最新的{this}年报告推算，指{year}年"
    return {year}, note


def _listed(names: Sequence[str]) -> str:
    shown = "、".join(sorted(names)[:SHOWN])
    return f"{shown}等{len(names)}个地方" if len(names) > SHOWN else shown


def _span(years: set[int]) -> str:
    if len(years) > SHOWN:
        return f"有{min(years)}年到{max(years)}年间的{len(years)}份"
    return "有的是" + "、".join(f"{year}年" for year in sorted(years)) + "的"
