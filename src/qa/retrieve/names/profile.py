"""What a document's title and file name say of it: its name, number in a series, year, place, edition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from qa.outline.numerals import to_int
from qa.query import normalise
from qa.types import DocumentInfo, Facts

# Provinces in the short form that titles and questions share.
PLACES: tuple[str, ...] = tuple(
    """
    北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西
    山东 河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海
    宁夏 新疆 香港 澳门 台湾
    """.split()
)
COUNTRY = "中华人民共和国"
BRACKETS = re.compile(r"[（(\[【][^（()）\]】]*[）)\]】]")
DATE = re.compile(r"(\d{4})[-.年/](\d{1,2})[-.月/](\d{1,2})")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
REVISED = re.compile(
    r"[（(\[【]\s*((?:19|20)\d{2})\s*年?\s*(?:第[一二三四五六七八九十]次)?\s*(?:修正|修订|修改|版)[^）)\]】]{0,4}[）)\]】]"
)
"""「（2018年修正）」 names the edition, not the year that the text is about."""
EDGES = re.compile(r"^[“”\"'_\-\s]+|[“”\"'_\-\s]+$")
NUMERAL = r"[一二三四五六七八九十]{1,3}|\d{1,2}"
_SERIAL = re.compile(rf"[（(]({NUMERAL})[）)]\s*(?:[（(][^（()）]*[）)]\s*)?$")
_SESSION = re.compile(rf"[（(]({NUMERAL})大[）)]|第({NUMERAL})次全国代表大会")
_COURTS = re.compile(
    r"(?:最高人民法院|最高法(?!院))[、,，\s和]*(?:最高人民检察院|最高检(?!察))|两高(?=关于|《|对|的|办理|联合)"
)
_COURT, _PROCURATORATE = re.compile(r"最高法(?!院)"), re.compile(r"最高检(?!察)")
_QUOTES = re.compile(r"[《》〈〉<>“”\"'\s]")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a document's title and file name say.

    Attributes:
        name: Title as people say it; editions and numbered sequels of one work share it.
        stem: The file's own name in the same form.
        serial: N of 解释（N）, 修正案（N）; None where there is none.
        session: N of the party congress (N大) it reports to; None for others.
        years: Years stated in title or file name; where none is, the year of its date.
        dated: The years are stated: the text is about them, they are no edition's.
        places: Provinces named.
        edition: ISO date of the edition; empty where none is known.
        newest: False where another edition of the same work is the one to be read: the latest that is in force, no
            draft, and not said to be changed or repealed.
    """

    doc_id: str
    name: str
    stem: str
    serial: int | None
    session: int | None
    years: frozenset[int]
    dated: bool
    places: frozenset[str]
    edition: str
    newest: bool

    @property
    def work(self) -> tuple[str, int | None, str]:
        """What editions have in common. The books of a code share its title, yet each has a file name of its own."""
        book = "" if self.name in self.stem or self.stem in self.name else self.stem
        return self.name, self.serial, book


def profiles(infos: Iterable[DocumentInfo]) -> list[Profile]:
    """One profile a document, in the order given."""
    infos = list(infos)
    found = [_profile(info) for info in infos]
    today = datetime.now(UTC).date().isoformat()
    latest: dict[tuple[str, int | None, str], tuple[bool, str]] = {}
    places: list[tuple[bool, str]] = []
    for info, profile in zip(infos, found, strict=True):
        valid = info.facts.status is None and begins(info.facts, profile.edition) <= today
        places.append((valid, profile.edition))
        latest[profile.work] = max(latest.get(profile.work, (False, "")), places[-1])
    return [replace(p, newest=place == latest[p.work]) for p, place in zip(found, places, strict=True)]


def begins(facts: Facts, edition: str) -> str:
    """ISO date from which an edition is in force; empty where none is known.

    The date that a text states is that of its first edition, unless it is later than this edition's.
    """
    return max(facts.effective or "", edition)


def _profile(info: DocumentInfo) -> Profile:
    file = info.path.rsplit("/", 1)[-1]
    heads = normalise(f"{info.title} {file}")
    # An edition's date in brackets isn't the year a text is about.
    stated = frozenset(int(year) for year in YEAR.findall(REVISED.sub(" ", DATE.sub(" ", heads))))
    session = _SESSION.search(heads)
    return Profile(
        doc_id=info.id,
        name=short_name(info.title),
        stem=short_name(file.rsplit(".", 1)[0]),
        serial=_serial(info),
        session=to_int(session[1] or session[2]) if session else None,
        years=stated or frozenset({info.facts.year} if info.facts.year else ()),
        dated=bool(stated),
        places=frozenset(place for place in PLACES if place in heads),
        edition=_edition(info),
        newest=True,
    )


def short_name(title: str) -> str:
    """A title without the state's name, brackets, numbering prefix of the file and quotes: what people call it."""
    name = re.sub(r"^\d{1,4}[_\-. ]+|\.(?:txt|docx?|pdf|md|html?|wps)$", "", normalise(title))
    name = spell(EDGES.sub("", BRACKETS.sub("", name)))
    return name.strip() or spell(normalise(title))


def spell(text: str) -> str:
    """One spelling for titles and questions: no quotes or blanks, no state's name, the high courts' names in full."""
    return _QUOTES.sub("", courts_in_full(text)).replace(COUNTRY, "")


def courts_in_full(text: str) -> str:
    if "高" not in text:
        return text
    text = _COURTS.sub("最高人民法院最高人民检察院", text)
    return _PROCURATORATE.sub("最高人民检察院", _COURT.sub("最高人民法院", text))


def _serial(info: DocumentInfo) -> int | None:
    stem = DATE.sub("", normalise(info.path.rsplit("/", 1)[-1].rsplit(".", 1)[0])).replace("()", "")
    return serial_of(info.title) or serial_of(stem)


def serial_of(title: str) -> int | None:
    """N of 「…解释（N）」; None where the title has none."""
    match = _SERIAL.search(normalise(title))
    return to_int(match[1]) if match else None


def _edition(info: DocumentInfo) -> str:
    """ISO date of the edition in the file name or the facts; empty where none is given."""
    match = DATE.search(info.path.rsplit("/", 1)[-1]) or DATE.search(info.title)
    if match:
        return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
    revised = REVISED.search(info.path.rsplit("/", 1)[-1]) or REVISED.search(info.title)
    date = info.facts.date or ""
    return date if revised is None or date.startswith(revised[1]) else revised[1]
