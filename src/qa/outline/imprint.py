"""Who issued a document and when it was made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.outline.head import DATE, NUMBER, ORGAN
from qa.outline.numerals import iso_date

_ISSUER_TITLE = re.compile(rf"^((?:[\u4e00-\u9fff、 ]{{0,30}}?{ORGAN})+)\s*(?:印发|批转|转发)?\s*关于")
_ISSUER_LINE = re.compile(
    rf"^[\u4e00-\u9fff（）()、 　]{{2,40}}?(?:{ORGAN}|[处科股室队所站校社组]|中心|公司|集团|支部|总支)$"
)
"""Right above the date more may sign than in a title."""
_BYLINE = re.compile(rf"^[（(]?(?P<who>[\u4e00-\u9fff（）()、 　]{{2,40}}?)[ 　]*{DATE.pattern}[)）]?$")
"""Who and when in one line, under the title: 「县政府办公室 2025年9月12日」."""
_RED_HEAD = re.compile(r"^([\u4e00-\u9fff、 　]{2,40}?)\s*文\s*件$")
_PASSED = re.compile(
    r"((?:全国人民代表大会(?:常务委员会)?|最高人民法院|最高人民检察院|国务院|[\u4e00-\u9fff]{2,16}(?:委员会|人民政府|人大常委会|代表大会)))"
)
COUNTRY = "中华人民共和国"
_SESSION = re.compile(r"^第[一二三四五六七八九十]+届")
_ORDERED = re.compile(
    rf"^(?:{COUNTRY})?([\u4e00-\u9fff、]{{2,30}}?)(?:公告|令)\s*[（(]?第?\s*[\d〔一二三四五六七八九十]"
)
_ISSUED = re.compile(rf"^([\u4e00-\u9fff、]{{2,30}}?{ORGAN})(?:公告)?\s*(?:公布|发布|印发|颁布)")
HISTORY = re.compile(r"通过|公布|发布|修正|修订|施行|批准|印发|令第")
_STARTS = re.compile(r"(?:施行|实施|生效)")
"""A day to be in force from is not the day it was made."""
_STORY = ("，", ",", "、", "至", "起", "前", "后", "以")
"""A story goes on so after its date, an imprint doesn't."""


def issuer(head: Sequence[str], foot: Sequence[str], title: str) -> str | None:
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
    for text in head:
        match = _BYLINE.match(text)
        if match and match["m"] and _ISSUER_LINE.match(match["who"].strip()):
            return re.sub(r"\s+", "", match["who"])
    return _maker([text.lstrip("（( ") for text in head])


def _maker(head: Sequence[str]) -> str | None:
    """Who ordered or issued a law, else who passed it: 「1991年12月6日 卫生部令第17号发布」 after 国务院批准."""
    history = [DATE.sub("", text, count=1).strip() for text in head if DATE.match(text) and HISTORY.search(text)]
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


def date(head: Sequence[str], foot: Sequence[str], name: str) -> str | None:
    """A date alone in foot or head, the version's date in the file name, the last of a law's history, in this order."""
    for text in (*reversed(foot), *head):
        bare = text.strip("（）()[]—- 　")
        match = DATE.match(bare)
        if match and match.end() == len(bare) and match["m"]:
            return iso_date(match)
    for text in head:
        beside = _BYLINE.match(text) or (DATE.search(text) if NUMBER.match(text) else None)
        if beside and beside["m"]:
            return iso_date(beside)
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
