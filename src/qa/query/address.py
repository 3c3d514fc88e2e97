"""Direct addresses in a question: 第四十四条第二款, 第五至七条, 第三章, 第二部分第三点, 附件2, 国发〔2023〕5号."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from qa.outline.numerals import to_int

Unit = Literal["编", "分编", "章", "节", "条", "部分", "附件", "标题"]

N = r"[〇○零一二三四五六七八九十百千两廿卅\d]{1,9}"
_NOT_MID = r"(?<![〇○零一二三四五六七八九十百千两廿卅\d.])"
_AND = r"\s*(?:、|，|,|和|与|及|以及)\s*"
ARTICLE = re.compile(
    rf"(?:第\s*({N})\s*条|{_NOT_MID}({N})\s*条)(?:\s*之\s*({N})(?![款项]))?"
    rf"(?:\s*[，,的]?\s*第?\s*({N})\s*款)?(?:\s*[，,的]?\s*第?\s*[（(]?\s*({N})\s*[）)]?\s*项)?"
)
RANGE = re.compile(rf"第?\s*{_NOT_MID}({N})\s*条?\s*(?:到|至|—+|–|-|~|～)\s*第?\s*({N})\s*条")
LIST = re.compile(rf"第?\s*{_NOT_MID}{N}\s*条?(?:{_AND}第?\s*{N}\s*条?)*{_AND}第?\s*{N}\s*条")
LAST = re.compile(r"(?:最后|最末)的?[一1]\s*个?(条|章|编|部分)|倒数第\s*([一二三四五六七八九\d])\s*个?(条|章|编|部分)")
PART = re.compile(
    rf"第\s*({N})\s*大?(部分|编|分编|章|节)"
    rf"(?:[的里中，,]?\s*(?:第\s*({N})\s*(?:大?点|小点|方面|小?节|分编|章|小?部分|项|个问题)|[（(]\s*({N})\s*[）)]))?"
)
# 「意见三（二）」: only behind what is a document; elsewhere it is an item of something.
NESTED = re.compile(
    rf"(?:(?<=报告)|(?<=意见)|(?<=通知)|(?<=方案)|(?<=决定)|(?<=纲要)|(?<=规划)|(?<=讲话)|(?<=材料)|(?<=》))的?\s*"
    rf"({N})、?\s*[（(]\s*({N})\s*[）)]"
)
ANNEX = re.compile(rf"第\s*({N})\s*个?附件|附件\s*({N})(?![\d年月])|附件(?=$|[是讲写规里的中内有说包？?])")
TITLE = re.compile(r"(附则|总则|分则|序言)(?=$|[讲写规里的中是有说内都怎？?，])")
NUMBER = re.compile(
    r"([\u4e00-\u9fff]{1,8}?)\s*[〔\[［（(【]\s*(\d{4})\s*[〕\]］）)】]\s*(?:第)?\s*(\d{1,5})\s*号"
    r"|([\u4e00-\u9fff]{1,8}?[发释函字办规令复通])\s*(\d{4})\s*年?\s*第?\s*(\d{1,5})\s*号"
)
# Words before the number that are no part of its issuer's name: 「请问县民发〔2020〕1号」.
LEADS = re.compile(
    r"^(?:请问|根据|按照|依据|依照|参照|对照|关于|什么是|查一下|查找|看一下|文件|[查看找在按据由以与及跟问的])+"
)
# 「33条」 without 第 is an address only behind the name of a law; elsewhere it counts things.
NAMED = re.compile(
    r"(?:法|条例|办法|规定|解释|细则|准则|规则|决定|章程|通则|典|编|》|修正案|安排|批复|[（(][^（()）]{1,12}[）)])的?\s*$"
)
# 「规定三条」 are three things that are laid down: a numeral in characters needs a surer name.
_SURELY = re.compile(r"(?:(?<![说做看想办方用])法|条例|细则|准则|章程|典|》)的?\s*$")
DOCUMENT = re.compile(
    r"(?<![说做看想办方用])法(?![院官律定人])|条例|(?<!什么)(?<!啥)办法|(?<!的)(?<!怎么)规定|解释|细则|准则|规则|章程|通则|典"
    r"|[\u4e00-\u9fff]编(?![制号写辑])|》|报告|意见|通知|方案|纲要|规划|公约|讲话|决议|材料|文件|修正案|制度"
)
_PLACE = re.compile(rf"第?\s*{N}\s*(?:条|章|节|分?编|款|项|部分)|总则|附则|附件")


@dataclass(frozen=True, slots=True)
class Address:
    """A place asked for by number; 款, 项 count from 1.

    Attributes:
        number: Of the article, chapter …; negative counts from the last (-1); 0 for a title.
        last: Ends a range of articles.
        sub: The N of 第X条之N.
        start: Where the address begins in the normalised question: the document's name stands before it.
        more: Further articles of a list: 「第三、四、五条」.
        inner: The point inside a part: 「第二部分第三点」, 「三（二）」.
        title: The heading asked for by name: 附则.
    """

    unit: Unit
    number: int
    last: int | None = None
    sub: int | None = None
    paragraph: int | None = None
    item: int | None = None
    start: int = 0
    more: tuple[int, ...] = ()
    inner: int | None = None
    title: str = ""


def find_address(text: str) -> Address | None:
    """The first address in a normalised question; None where there is none."""
    return _range(text) or _list(text) or _last(text) or _article(text) or _part(text) or _annex(text)


def says_document(text: str) -> bool:
    """Whether a word for a document stands in the question: an address without one goes on from an earlier question."""
    return DOCUMENT.search(_PLACE.sub(" ", text)) is not None or NUMBER.search(text) is not None


def _range(text: str) -> Address | None:
    match = RANGE.search(text)
    if match is None or not ("第" in match[0] or NAMED.search(text[: match.start()])):
        return None
    first, last = to_int(match[1]), to_int(match[2])
    if first and last and first < last <= first + 50:
        return Address("条", first, last=last, start=match.start())
    return None


def _list(text: str) -> Address | None:
    match = LIST.search(text)
    if match is None or not ("第" in match[0] or NAMED.search(text[: match.start()])):
        return None
    numbers = [number for part in re.findall(N, match[0]) if (number := to_int(part))]
    if len(numbers) < 2:
        return None
    return Address("条", numbers[0], start=match.start(), more=tuple(dict.fromkeys(numbers[1:])))


def _article(text: str) -> Address | None:
    for match in ARTICLE.finditer(text):
        number = to_int(match[1] or match[2])
        before = text[: match.start()]
        sure = match[1] or (NAMED if match[2].isdigit() else _SURELY).search(before)
        if number and sure:
            sub, paragraph, item = (to_int(group) if group else None for group in match.group(3, 4, 5))
            return Address("条", number, sub=sub, paragraph=paragraph, item=item, start=match.start())
    return None


def _last(text: str) -> Address | None:
    match = LAST.search(text)
    if match is None:
        return None
    unit: Unit = match[1] or match[3]  # type: ignore[assignment]
    return Address(unit, -(to_int(match[2]) or 1) if match[2] else -1, start=match.start())


def _part(text: str) -> Address | None:
    match = PART.search(text)
    if match and (number := to_int(match[1])):
        unit: Unit = match[2]  # type: ignore[assignment]
        inner = match[3] or match[4]
        return Address(unit, number, start=match.start(), inner=to_int(inner) if inner else None)
    match = NESTED.search(text)
    if match and (number := to_int(match[1])):
        return Address("部分", number, start=match.start(), inner=to_int(match[2]))
    return None


def _annex(text: str) -> Address | None:
    match = ANNEX.search(text)
    if match:
        given = match[1] or match[2]
        number = to_int(given) if given else 1
        return Address("附件", number, start=match.start()) if number else None
    match = TITLE.search(text)
    return Address("标题", 0, start=match.start(), title=match[1]) if match else None


def find_number(text: str) -> str | None:
    """A document number (文号) in the form 国发〔2023〕5号; None where there is none."""
    match = NUMBER.search(text)
    if match is None:
        return None
    given, year, running = (match[1], match[2], match[3]) if match[1] else (match[4], match[5], match[6])
    issuer = LEADS.sub("", given) or given
    return f"{issuer}〔{year}〕{int(running)}号"


def only_number(text: str) -> bool:
    """Whether the question is a document number and no more than a word or two about it."""
    rest = NUMBER.sub("", text)
    return rest != text and len(re.sub(r"[\W_]|请问|查一下|文件|内容|讲|说|写|了|什么|的|是|全文|原文", "", rest)) == 0
