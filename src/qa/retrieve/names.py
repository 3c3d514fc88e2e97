"""Which documents a question names: by title, by short or clipped title, by year, by place.

Built once an index generation from the list of documents; nothing here reads their text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from qa.query import Query, normalise
from qa.query.years import expand_years
from qa.types import DocumentInfo

# Provinces in the short form that titles and questions share.
PLACES: tuple[str, ...] = tuple(
    """
    北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西
    山东 河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海
    宁夏 新疆 香港 澳门 台湾
    """.split()
)
ENDINGS: tuple[str, ...] = tuple(
    """
    法 条例 办法 规定 解释 细则 准则 规则 章程 决定 决议 意见 方案 通知 纲要 规划 计划 典 编 制度 公约 报告
    """.split()
)
BRACKETS = re.compile(r"[（(\[【][^（()）\]】]*[）)\]】]")
DATE = re.compile(r"(\d{4})[-.年/](\d{1,2})[-.月/](\d{1,2})")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
QUOTED = re.compile(r"《([^《》]{2,60})》")
EDGES = re.compile(r"^[《》“”\"'_\-\s]+|[《》“”\"'_\-\s]+$")
COUNTRY = "中华人民共和国"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a document's title and file name say. ``newest`` is False where a later edition of the same title exists."""

    doc_id: str
    name: str
    years: frozenset[int]
    places: frozenset[str]
    edition: str
    newest: bool


class DocumentNames:
    """Names of all documents of a library."""

    def __init__(self, infos: Iterable[DocumentInfo]) -> None:
        self.profiles: dict[str, Profile] = {}
        self._exact: dict[str, list[str]] = defaultdict(list)
        self._tails: dict[str, list[str]] = defaultdict(list)
        self._folders: dict[str, list[str]] = defaultdict(list)
        self._numbers: dict[str, list[str]] = defaultdict(list)
        infos = list(infos)
        latest: dict[str, str] = {}
        raw: list[tuple[DocumentInfo, str, str]] = []
        for info in infos:
            name, edition = short_name(info.title), _edition(info)
            raw.append((info, name, edition))
            latest[name] = max(latest.get(name, ""), edition)
        for info, name, edition in raw:
            stem = short_name(info.path.rsplit("/", 1)[-1].rsplit(".", 1)[0])
            heads = normalise(f"{info.title} {info.path.rsplit('/', 1)[-1]}")
            self.profiles[info.id] = Profile(
                doc_id=info.id,
                name=name,
                years=_years(info, heads),
                places=frozenset(place for place in PLACES if place in heads),
                edition=edition,
                newest=edition == latest[name],
            )
            for alias in {name, stem}:
                self._exact[alias].append(info.id)
                for at in range(1, len(alias) - 2):
                    self._tails[alias[at:]].append(info.id)
            for folder in info.path.split("/")[:-1]:
                self._folders[short_name(folder)].append(info.id)
            if info.facts.number:
                self._numbers[_bare_number(info.facts.number)].append(info.id)

    def named(self, query: Query) -> dict[str, float]:
        """Strength in (0, 1] by document id for those that the question (with its context) names by title."""
        found: dict[str, float] = {}
        for text in filter(None, (query.text, query.context)):
            self._named_in(expand_years(text), found)
            if query.years:
                found = {
                    d: s for d, s in found.items() if not (years := self.profiles[d].years) or years & set(query.years)
                }
            if found:
                break
        if query.number:
            for doc_id in self._numbers.get(_bare_number(query.number), ()):
                found[doc_id] = 1.0
        return self._prefer_edition(found, query)

    def unknown(self, query: Query) -> bool:
        """Whether the question quotes a 《title》 that no document bears."""
        return any(not self._look_up(short_name(quoted), {}, whole=True) for quoted in QUOTED.findall(query.text))

    def bears(self, number: str) -> bool:
        """Whether a document has this number (文号), of whose issuer the last character is enough."""
        tail = _bare_number(number[number.index("〔") - 1 :])
        return any(known.endswith(tail) for known in self._numbers)

    def _named_in(self, text: str, found: dict[str, float]) -> None:
        """Longest mentions first; what lies inside one (the 法 of an 实施条例) is no mention of its own."""
        mentions: list[tuple[int, int, dict[str, float]]] = []
        for quoted in QUOTED.finditer(text):
            hits: dict[str, float] = {}
            self._look_up(short_name(quoted[1]), hits, whole=True)
            mentions.append((*quoted.span(), hits))
        for ending in ENDINGS:
            at = text.find(ending)
            while at >= 0:
                if mention := self._look_left(text, at + len(ending)):
                    mentions.append(mention)
                at = text.find(ending, at + 1)
        for start, end, hits in mentions:
            if not any(a <= start and end <= b and (a, b) != (start, end) for a, b, _ in mentions):
                for doc_id, strength in hits.items():
                    found[doc_id] = max(found.get(doc_id, 0.0), strength)

    def _look_left(self, text: str, end: int) -> tuple[int, int, dict[str, float]] | None:
        """Try what stands before a law-like ending, longest first; clipped forms only where no plain one is known."""
        hits: dict[str, float] = {}
        for length in range(min(30, end), 1, -1):
            if self._look_up(short_name(text[end - length : end]), hits, whole=False):
                return end - length, end, hits
        for length in range(min(8, end), 2, -1):
            if self._look_up_clipped(text[end - length : end], hits):
                return end - length, end, hits
        return None

    def _look_up(self, mention: str, found: dict[str, float], *, whole: bool) -> bool:
        if len(mention) < 2:
            return False
        hits = [(doc_id, 1.0) for doc_id in self._exact.get(mention, ())]
        if not hits and len(mention) >= 3:
            hits = [(doc_id, 0.85) for doc_id in self._tails.get(mention, ())]
        if not hits:
            hits = [(doc_id, 0.8) for doc_id in self._folders.get(mention, ())]
        if not hits and whole and len(mention) >= 4:
            hits = [(doc_id, 0.7) for name, ids in self._exact.items() if mention in name for doc_id in ids]
        for doc_id, strength in hits:
            found[doc_id] = max(found.get(doc_id, 0.0), strength)
        return bool(hits)

    def _look_up_clipped(self, mention: str, found: dict[str, float]) -> bool:
        """道交法 → 道路交通安全法, 考勤办法 → …考勤和休假管理办法: the shortest names with its characters in order."""
        fits = [name for name in self._exact if _clips(mention, name)]
        if not fits:
            return False
        # A province's document is meant only where the province is said.
        plain = [name for name in fits if not any(place in name and place not in mention for place in PLACES)]
        fits = plain or fits
        shortest = min(map(len, fits))
        for name in fits:
            if len(name) <= shortest + 1:
                for doc_id in self._exact[name]:
                    found[doc_id] = max(found.get(doc_id, 0.0), 0.75)
        return True

    def _prefer_edition(self, found: dict[str, float], query: Query) -> dict[str, float]:
        """An older edition of a named law counts for less, unless the question asks for its year."""
        for doc_id in found:
            profile = self.profiles[doc_id]
            asked = bool(query.years) and int(profile.edition[:4] or 0) in query.years
            if not profile.newest and not asked:
                found[doc_id] *= 0.6
        return found


def short_name(title: str) -> str:
    """A title without the state's name, brackets, numbering prefix of the file and quotes: what people call it."""
    name = normalise(title)
    name = re.sub(r"^\d{1,4}[_\-. ]+", "", name)
    name = EDGES.sub("", BRACKETS.sub("", name))
    return name.replace(COUNTRY, "").strip() or normalise(title)


def _clips(mention: str, name: str) -> bool:
    """Whether ``mention`` is ``name`` with characters left out: same ending, same beginning or that of a word in it."""
    if len(name) <= len(mention) or name[-1] != mention[-1] or len(name) > 6 * len(mention):
        return False
    at = 0 if name[0] == mention[0] else name.find(mention[:2])
    if at < 0 or (at > 0 and len(mention) < 4):
        return False
    rest = iter(name[at:])
    return all(char in rest for char in mention)


def _edition(info: DocumentInfo) -> str:
    """ISO date of the edition in the file name or the facts; empty where none is given."""
    match = DATE.search(info.path.rsplit("/", 1)[-1]) or DATE.search(info.title)
    if match:
        return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
    return info.facts.date or ""


def _years(info: DocumentInfo, heads: str) -> frozenset[int]:
    """Years that title or file name state; an edition's date in brackets isn't the year a text is about."""
    found = {int(year) for year in YEAR.findall(DATE.sub(" ", heads))}
    if not found and info.facts.year:
        found.add(info.facts.year)
    return frozenset(found)


def _bare_number(number: str) -> str:
    return re.sub(r"[^\w]", "", normalise(number))
