"""Direct addresses in a question: 第四十四条第二款, 33条, 第三章, 第二部分, 国发〔2023〕5号."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from qa.outline.numerals import to_int

Unit = Literal["编", "分编", "章", "节", "条", "部分"]

N = r"[〇零一二三四五六七八九十百千两\d]{1,7}"
ARTICLE = re.compile(
    rf"(?:第\s*({N})\s*条|(?<![\d.])(\d{{1,4}})\s*条)(?:\s*之\s*({N}))?"
    rf"(?:\s*[，,]?\s*第?\s*({N})\s*款)?(?:\s*第?\s*[（(]?\s*({N})\s*[）)]?\s*项)?"
)
RANGE = re.compile(rf"第?\s*({N})\s*条?\s*(?:到|至|—|-|~)\s*第?\s*({N})\s*条")
PART = re.compile(rf"第\s*({N})\s*(部分|编|分编|章|节)")
NUMBER = re.compile(r"([\u4e00-\u9fff]{1,8}?)\s*[〔\[［（(【]\s*(\d{4})\s*[〕\]］）)】]\s*(?:第)?\s*(\d{1,5})\s*号")
# Words before the number that are no part of its issuer's name: 「请问云民发〔2025〕12号」.
LEADS = re.compile(
    r"^(?:请问|根据|按照|依据|依照|参照|对照|关于|什么是|查一下|查找|看一下|文件|[查看找在按据由以与及跟问的])+"
)
# 「33条」 without 第 is an address only behind the name of a law; elsewhere it counts things.
NAMED = re.compile(r"(?:法|条例|办法|规定|解释|细则|准则|规则|决定|章程|通则|典|编|》)的?\s*$")


@dataclass(frozen=True, slots=True)
class Address:
    """A place asked for by number. ``last`` ends a range of articles, ``sub`` is the N of 之N; 款, 项 count from 1."""

    unit: Unit
    number: int
    last: int | None = None
    sub: int | None = None
    paragraph: int | None = None
    item: int | None = None
    start: int = 0
    """Where the address begins in the normalised question: the document's name stands before it."""


def find_address(text: str) -> Address | None:
    """The first address in a normalised question; None where there is none."""
    match = RANGE.search(text)
    if match and "条" in match[0]:
        first, last = to_int(match[1]), to_int(match[2])
        if first and last and first < last <= first + 50 and ("第" in match[0] or NAMED.search(text[: match.start()])):
            return Address("条", first, last=last, start=match.start())
    match = ARTICLE.search(text)
    if match and (match[1] or NAMED.search(text[: match.start()])):
        number = to_int(match[1] or match[2])
        if number:
            sub, paragraph, item = (to_int(group) if group else None for group in match.group(3, 4, 5))
            return Address("条", number, sub=sub, paragraph=paragraph, item=item, start=match.start())
    match = PART.search(text)
    if match:
        number = to_int(match[1])
        unit: Unit = match[2]  # type: ignore[assignment]
        if number:
            return Address(unit, number, start=match.start())
    return None


def find_number(text: str) -> str | None:
    """A document number (文号) in the form 国发〔2023〕5号; None where there is none."""
    match = NUMBER.search(text)
    if match is None:
        return None
    issuer = LEADS.sub("", match[1]) or match[1]
    return f"{issuer}〔{match[2]}〕{int(match[3])}号"
