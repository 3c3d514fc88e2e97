"""Header facts of an official document: 文号, 发文机关, 成文日期, year. Read from its head and foot only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.outline.force import force
from qa.outline.head import DATE, NUMBER, ORGAN, clean_name
from qa.outline.numbering import Line
from qa.outline.numerals import iso_date, to_int
from qa.outline.secrecy import secrecy
from qa.outline.speech import speech
from qa.types import Facts

HEAD_LINES = 12
FOOT_LINES = 6
HEAD_LINE_CHARS = 120
"""A header line is no longer than this; what is longer is body text."""

_ISSUER_TITLE = re.compile(rf"^((?:[\u4e00-\u9fff、 ]{{0,30}}?{ORGAN})+)\s*(?:印发|批转|转发)?\s*关于")
_ISSUER_LINE = re.compile(
    rf"^[\u4e00-\u9fff（）()、 　]{{2,40}}?(?:{ORGAN}|[处科股室队所站校社组]|中心|公司|集团|支部|总支)$"
)
"""Right above the date more may sign than in a title."""
_RED_HEAD = re.compile(r"^([\u4e00-\u9fff、 　]{2,40}?)\s*文\s*件$")
_PASSED = re.compile(
    r"((?:全国人民代表大会(?:常务委员会)?|最高人民法院|最高人民检察院|国务院|[\u4e00-\u9fff]{2,12}委员会))"
)
_ASIDE = re.compile(r"[（(][^（()）]*[）)]|签发人[：:]?\s*[\u4e00-\u9fff]{2,4}")
_NO_ISSUER = re.compile(r"[〔\[［（(]\s*(?:19|20)\d\d\s*[〕\]］）)]\s*第?\s*\d{1,5}\s*号")
"""Minutes and letters often leave the issuer out."""
COUNTRY = "中华人民共和国"
_SESSION = re.compile(r"^第[一二三四五六七八九十]+届")
_ORDERED = re.compile(
    rf"^(?:{COUNTRY})?([\u4e00-\u9fff、]{{2,30}}?)(?:公告|令)\s*[（(]?第?\s*[\d〔一二三四五六七八九十]"
)
_ISSUED = re.compile(rf"^([\u4e00-\u9fff、]{{2,30}}?{ORGAN})(?:公告)?\s*(?:公布|发布|印发|颁布)")
_HISTORY = re.compile(r"通过|公布|发布|修正|修订|施行|批准|印发|令第")
_STARTS = re.compile(r"(?:施行|实施|生效)")
"""A day to be in force from is not the day it was made."""
_STORY = ("，", ",", "、", "至", "起", "前", "后", "以")
"""A story goes on so after its date, an imprint doesn't."""
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年|(?<!\d)((?:19|20)\d\d)(?!\d)|([一二][〇○零一二三四五六七八九]{3})年")


def facts(lines: Sequence[Line], name: str, title: str) -> Facts:
    """What head, foot, title and file name state; each fact is None where they state none."""
    head = [line.text.strip() for line in lines[:HEAD_LINES] if len(line.text) <= HEAD_LINE_CHARS]
    foot = [line.text.strip() for line in lines[-FOOT_LINES:] if len(line.text) <= HEAD_LINE_CHARS]
    date = _date(head, foot, name)
    speaker, occasion = speech(lines, title)
    valid = force(lines, name, title, date)
    return Facts(
        number=_number(head, name, title),
        issuer=_issuer(head, foot, title),
        date=date,
        year=_year(name, title, date),
        effective=valid.effective,
        speaker=speaker,
        occasion=occasion,
        secrecy=secrecy(lines, name),
        status=valid.status,
        binding=valid.binding,
        repeals=valid.repeals,
        amends=valid.amends,
    )


def _number(head: Sequence[str], name: str, title: str) -> str | None:
    """The number that stands alone in a header line; else one named in title, file name or the law's history."""
    for text in head:
        bare = text.strip("（）()[] 　")
        match = NUMBER.match(bare) or NUMBER.match(text)
        # Beside it may stand the date and a remark in brackets, but no sentence.
        beside = _ASIDE.sub("", DATE.sub("", text[match.end() :])) if match else ""
        if match and len(beside.strip()) <= 12:
            return re.sub(r"\s+", "", match[0])
        if _NO_ISSUER.fullmatch(text):
            return re.sub(r"\s+", "", text)
    # Of a law's orders the last one made it what it is.
    history = [line for line in head if _HISTORY.search(line) and DATE.match(line.lstrip("（( "))]
    for text in (title, name, *reversed(history)):
        match = NUMBER.search(text)
        if match:
            return re.sub(r"\s+", "", match[0])
    return None


def _issuer(head: Sequence[str], foot: Sequence[str], title: str) -> str | None:
    for text in head[:4]:
        match = _RED_HEAD.match(text)
        if match:
            return re.sub(r"\s+", "", match[1])
    match = _ISSUER_TITLE.match(title)
    if match:
        return re.sub(r"\s+", "", match[1])
    for place, text in enumerate(foot[:-1]):
        if _ISSUER_LINE.match(text) and DATE.match(foot[place + 1]) and DATE.sub("", foot[place + 1]).strip() == "":
            return re.sub(r"\s+", "", text)
    return _maker([text.lstrip("（( ") for text in head])


def _maker(head: Sequence[str]) -> str | None:
    """Who ordered or issued a law, else who passed it: 「1991年12月6日 卫生部令第17号发布」 after 国务院批准."""
    history = [DATE.sub("", text, count=1).strip() for text in head if DATE.match(text) and _HISTORY.search(text)]
    latest = history[::-1]
    for pattern in (_ORDERED, _ISSUED):
        for text in latest:
            match = pattern.match(text)
            if match and "主席" not in match[1]:
                return match[1].removeprefix(COUNTRY)
    # The last who passed it whole: partial changes (「…《关于修改…的决定》修正」) are not its making.
    for text in sorted(latest, key=lambda text: "《" in text):
        match = _PASSED.search(_SESSION.sub("", text))
        if match:
            return match[1].removeprefix(COUNTRY)
    return None


def _date(head: Sequence[str], foot: Sequence[str], name: str) -> str | None:
    """A date alone in foot or head, the version's date in the file name, the last of a law's history, in this order."""
    for text in (*reversed(foot), *head):
        bare = text.strip("（）()[]—- 　")
        match = DATE.match(bare)
        if match and match.end() == len(bare) and match["m"]:
            return iso_date(match)
    named = re.search(r"((?:19|20)\d\d)-(\d\d)-(\d\d)", name)
    if named:
        return named[0]
    found = [iso for text in head if len(text) < 80 and (iso := _imprint(text.lstrip("—-― （(")))]
    return max(found, default=None)


def _imprint(text: str) -> str | None:
    """The date that a line begins with, where the line tells who did what with the document that day."""
    match = DATE.match(text)
    if match is None or not match["m"]:
        return None
    rest = text[match.end() :]
    return None if rest.startswith(_STORY) or _STARTS.fullmatch(rest.strip("　 ）)起")) else iso_date(match)


def _year(name: str, title: str, date: str | None) -> int | None:
    for text in (title, clean_name(name)):
        match = _YEAR.search(text)
        if match:
            return to_int(match[1] or match[2] or match[3])
    return int(date[:4]) if date else None
