"""Whether and since when a rule is in force, as its own text and its file's name say; what it repeals and changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.outline.head import DATE
from qa.outline.numbering import Line
from qa.outline.numerals import iso_date
from qa.types.texts import Stated

HEAD_LINES = 14
FOOT_LINES = 8
LINE_CHARS = 2000
"""Of a longer line only the end is looked at: a file without line breaks costs no more than its last article."""
_BRACKET = r"[（(\[【〔]\s*(?:{})\s*[)）\]】〕]"
_DRAFT = re.compile(
    _BRACKET.format(r"[^（()）\]】]{0,12}(?:征求意见稿|草案|送审稿|讨论稿|审议稿|修改稿|初稿)[^（()）\]】]{0,6}")
)
_REPEALED = re.compile(
    _BRACKET.format(r"(?:现已|已)?(?:废止|失效|作废)")
    + r"|^(?:时效性|效力状态|有效性)\s*[:：]\s*(?:已废止|废止|失效|已失效)"
)
_CHANGED = re.compile(
    _BRACKET.format(r"已(?:被)?(?:修改|修订|修正)") + r"|^(?:时效性|效力状态|有效性)\s*[:：]\s*已(?:被)?修[改订正]"
)
_ASIDE = re.compile(r"[（(\[【〔][^（()）\]】〕]*[)）\]】〕]|[-_\d.\s]+$")
_RULE = re.compile(
    r"(?:宪法|法典|(?<![看做想说写语方办打玩手])法|条例|规定|办法|细则|规则|准则|章程|解释|规程|安排|修正案|[总分]则|编)[》」]?$"
)
_ENACTS = re.compile(r"(?:决定|决议|通知|意见|公告|命令|令|批复)$")
_ARTICLE = re.compile(r"^\s*第[一1１]条")
_SOURCES = re.compile(r"通过|公布|发布|令第|批准|颁布|施行|印发")

_WHEN = rf"(?P<when>{DATE.pattern}|(?:[\u4e00-\u9fff]{{0,8}})?(?:公布|发布|印发|颁布|通过|下发|发文|批准|签发)之?日)"
_START = re.compile(rf"[自从]\s*{_WHEN}\s*(?:起|之日起)?\s*(?:正式|开始)?\s*(?:施行|实施|执行|生效|试行|实行)")
_MAY = re.compile("[自从].{1,40}(?:施行|实施|执行|生效|试行|实行)")
_LATER = _START.pattern.replace("?P<", "?P<b")
_OWN = re.compile(
    rf"(?:^|[。；]\s*|条\s*|[、．.]\s*)[\s　]*(?:本|以上|上述)[\u4e00-\u9fff]{{1,8}}?"
    rf"(?:[（(][^（()）]*[）)])?[，,]?\s*{_START.pattern}"
    rf"|(?:现|特此)(?:予|将)?[^。]{{0,40}}?(?:公布|发布|印发|颁布)[^。]{{0,20}}?[，,；]\s*(?:请)?{_LATER}"
)
_LOOSE = re.compile(rf"(?:^|[，。；]\s*)(?:请|均|并|一律)?\s*{_START.pattern}")
_HEAD = re.compile(rf"^[（(]?\s*(?:自)?\s*{DATE.pattern}\s*(?:起)?\s*(?:施行|实施|生效)[）)]?$")
_HEAD_LONG = re.compile(rf"^[（(].*(?:通过|公布|发布).*[自从]\s*{DATE.pattern}\s*起(?:施行|实施|生效)[）)]$")
_HEAD_ANY = re.compile(r"(?:公布|发布|颁布)之日(?:起)?施行")
_TITLE = re.compile(r"《(?P<title>(?:[^《》]|《[^《》]*》){2,80})》")
_PART = re.compile(r"^\s*(?:[（(][^（()）]*[)）]\s*)?(?:的?第[^，。]{1,9}[条款项章]|中|里|与|附件)")
_AGAINST = re.compile(r"不一致|抵触|冲突|已[于经被]|曾|拟|可以|应当|建议|是否|部分条款|之前|被废止")
_CHANGES = re.compile(r"^.{0,30}?(?:关于)?(?:修改|修正|修订)(?:<|〈|《|〈)(?P<title>[^》〉>]{2,80})(?:>|〉|》)")
_REVISES = re.compile(r"对\s*《(?P<title>[^《》]{2,60})》[^。，；]{0,30}?(?:作|做)(?:出)?(?:如下|以下|相应)?修[改正]")
_MAKING = "发布|公布|颁布|批准|通过|印发|下发|制定|转发|批转|发出|公告|下达"
_BY = rf"(?:[^，《》]{{0,60}}(?:{_MAKING})的|[^，《》]{{0,40}}(?:[部院会局署厅]|[\d一二三四五六七八九十]日))"
"""Who made what is repealed, and when: it stands before each title."""
_ASIDES = r"(?:\s*[（(](?:[^（()）]|[（(][^（()）]*[）)])*[)）])*\s*"
_MADE = re.compile(rf"\s*{_BY}?\s*")
_JOIN = re.compile(rf"{_ASIDES}(?:(?:、|，?以及|和|及|与|\s)\s*{_BY}?|，\s*{_BY})\s*")
_ENDS = re.compile(
    rf"{_ASIDES}[，,]?(?:自[^，]{{1,20}}起)?[，,]?(?:同时|即行|相应|一并|均|也|随之|予以|全部|即|将|\s)*"
)
_LIST = re.compile(r"废止[^。；]{0,40}[：:]$")
_ROW = re.compile(r"^[\s　]*(?:[（(]?[一二三四五六七八九十\d]{1,4}[）)、.．]\s*)?《(?P<title>[^《》]{2,80})》")


@dataclass(frozen=True, slots=True)
class Force:
    """The fields of ``Facts`` of the same names."""

    effective: str | None
    status: Stated | None
    binding: bool
    repeals: tuple[str, ...]
    amends: tuple[str, ...]


def force(lines: Sequence[Line], name: str, title: str, date: str | None) -> Force:
    """``effective`` is None where the text doesn't state it: to be passed on a day is not to be in force from it.

    ``date`` is the day it was made, for texts in force from their publication that don't tell that day.
    """
    binding = _binding(lines, name, title)
    enacts = binding or bool(_ENACTS.search(_bare(title)))
    return Force(
        effective=_effective(lines, date) if enacts else None,
        status=_stated(lines, name, title),
        binding=binding,
        repeals=tuple(dict.fromkeys(_repeals(lines, title))) if enacts else (),
        amends=tuple(dict.fromkeys(_amends(lines, title))) if enacts else (),
    )


def _bare(title: str) -> str:
    return _ASIDE.sub("", title).strip()


def _binding(lines: Sequence[Line], name: str, title: str) -> bool:
    """Its title is that of a rule, and it is cut into articles or tells in its head who made it."""
    if not (_RULE.search(_bare(title)) or _RULE.search(_bare(name))):
        return False
    made = any(DATE.match(line.text.lstrip("（( ")) and _SOURCES.search(line.text) for line in lines[:HEAD_LINES])
    return made or any(_ARTICLE.match(line.text) for line in lines)


def _stated(lines: Sequence[Line], name: str, title: str) -> Stated | None:
    head = [line.text.strip() for line in lines[:HEAD_LINES] if len(line.text) <= 60]
    for text in (name, title, *head):
        if _REPEALED.search(text):
            return "已废止"
        if _CHANGED.search(text):
            return "已修改"
    # In the body a draft's name may be quoted; a line of its own says that this is one.
    own = any(_DRAFT.fullmatch(text) for text in head[:6])
    return "征求意见稿" if own or _DRAFT.search(name) or _DRAFT.search(title) else None


def _effective(lines: Sequence[Line], date: str | None) -> str | None:
    head = [line.text.strip() for line in lines[:HEAD_LINES]]
    dated = [
        iso for text in head if (match := _HEAD.match(text) or _HEAD_LONG.match(text)) and (iso := iso_date(match))
    ]
    if dated:
        return max(dated)
    on_issue = any(_HEAD_ANY.search(text) for text in head if len(text) <= 60)
    for at in range(len(lines) - 1, -1, -1):
        text = lines[at].text[-LINE_CHARS:]
        if not _MAY.search(text):
            continue
        match = _OWN.search(text) or (_LOOSE.search(text) if at >= len(lines) - FOOT_LINES else None)
        if match:
            day = match["when"] or match.groupdict().get("bwhen")
            exact = DATE.match(day or "")
            return iso_date(exact) if exact else _issued(head) or date
    return (_issued(head) or date) if on_issue else None


def _issued(head: Sequence[str]) -> str | None:
    """The day it was published as a whole: last revised as a whole, else first published, else first passed."""
    dated = [(text, match) for text in head if (match := DATE.match(text.lstrip("（( "))) and match["m"]]
    for kind, last in ((r"修订", True), (r"公布|发布|颁布|印发", False), (r"通过|批准|修订|修正", False)):
        found = [match for text, match in dated if re.search(kind, text) and "《" not in text]
        if found:
            return iso_date(found[-1 if last else 0])
    return None


def _repeals(lines: Sequence[Line], title: str) -> Iterator[str]:
    """Titles in clauses that end in their repeal, and those listed under a line that announces it."""
    listing = False
    for line in lines:
        text = line.text
        row = _ROW.match(text) if listing else None
        if row:
            yield row["title"]
        listing = row is not None or bool(_LIST.search(text))
        if "废止" not in text or "《" not in text:
            continue
        for clause in re.split(r"[。；;]", text):
            yield from _repealed(clause)
    match = re.search(r"关于废止《(?P<title>[^《》]{2,80})》的决定", title)
    if match:
        yield match["title"]


def _repealed(clause: str) -> Iterator[str]:
    outside = _TITLE.sub(lambda match: "《" + "□" * (len(match[0]) - 2) + "》", clause)  # the same length
    at = outside.rfind("废止")
    if at < 0 or _AGAINST.search(outside):
        return
    titles = [match for match in _TITLE.finditer(clause) if not _PART.match(clause[match.end() :])]
    before = [match for match in titles if match.end() <= at]
    gaps = [clause[one.end() : other.start()] for one, other in pairwise(before)]
    if before and _ENDS.fullmatch(clause[before[-1].end() : at]):
        # Back from the word as far as one title is joined to the next: 「依照《甲法》制定的《乙办法》同时废止」.
        joined = next((n for n, gap in enumerate(reversed(gaps), 1) if not _JOIN.fullmatch(gap)), len(before))
        yield from (match["title"] for match in before[-joined:])
    end, join = at + 2, _MADE
    for match in titles:
        if match.start() >= end and join.fullmatch(clause[end : match.start()]):
            yield match["title"]
            end, join = match.end(), _JOIN


def _amends(lines: Sequence[Line], title: str) -> Iterator[str]:
    if not re.search("修[改正订]", title):
        return
    match = _CHANGES.search(title)
    if match:
        yield match["title"]
    series = re.match(r"^(?P<title>(?!最高|关于)[^《》]{2,30}?)修正案(?:[（(].*)?$", title)
    if series:
        yield series["title"]
    for line in lines:
        for found in _REVISES.finditer(line.text):
            yield found["title"]
