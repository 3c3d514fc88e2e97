"""How many items a lead-in announces: 「有以下三个方面问题：」 → 3."""

from __future__ import annotations

import re

from qa.outline.numerals import to_int

_N = r"([二两三四五六七八九十]{1,3}|\d{1,2})"
_UNIT = r"(?:大|个|项|条|点|种|类|方面|步|件|样|招|句|部分|环节|阶段|层)"
# The number and what it counts end the lead-in, or 以下 stands before it: 「十五个部门参加了会议」 announces nothing.
_ANNOUNCED = re.compile(
    rf"(?:以下|下列|如下){_N}(?={_UNIT})"
    rf"|(?<![第十百千万亿\d.〇零一二三四五六七八九]){_N}{_UNIT}(?:[\u4e00-\u9fff“”]{{0,8}})(?=[。：:，]?$)"
)
_NOT = re.compile(r"年|月|日|元|人|倍|省|市|县|区|村|部门|单位|企业|国家")


def announced(lead: str) -> int | None:
    """The number of items (2 to 60) that a lead-in or heading says it has; None where it says none."""
    found = None
    for match in _ANNOUNCED.finditer(lead.strip()):
        number = to_int(match[1] or match[2])
        if number is not None and 2 <= number <= 60 and not _NOT.search(match[0]):
            found = number
    return found
