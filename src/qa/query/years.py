"""Years as people type them: 2024年, 二〇二四年, 二00一年, 24年报告, 八零年."""

from __future__ import annotations

import re
from datetime import UTC, datetime

DIGITS = {
    char: str(i)
    for i, chars in enumerate(("0〇零OoО○", "1一", "2二", "3三", "4四", "5五", "6六", "7七", "8八", "9九"))
    for char in chars
}
D = "[" + "".join(DIGITS) + "]"
COUNTED = "[多余]?[万亿]?(?:元|人|个|名|亩|块|家|件|次|米|吨|户|项|条|页|字|分|天|小时|公里|里|斤)"
FULL = re.compile(rf"(?<!{D})({D}{{4}})(?=\s*(?:年|版|修订|修正))|(?<!\d)((?:19|20)\d{{2}})(?!\d|[.%]|{COUNTED})")
# Two digits are a year only in company that durations ("满18年") don't keep: at the very start, or before a report
# or its giver.
COMPANY = "报告|政府|总理|两会|国务院|人大|党代会|计划|规划|预算"
SHORT = re.compile(
    rf"(?<!{D})(?<![十百第满近约过])({D}{{2}})年(?=[^，。？,?]{{0,6}}?(?:{COMPANY}))"
    rf"|^({D}{{2}})年(?![以之内后前来期的限级]|代)"
    rf"|^({D}{{2}})年的(?=[\u4e00-\u9fff]{{1,8}}?(?:法|条例|修正案|准则|章程))"
)


def find_years(text: str) -> tuple[int, ...]:
    """Years named in a normalised text, in order, unique; between 1900 and 2100."""
    found = [(match.start(), int(_arabic(match[1] or match[2]))) for match in FULL.finditer(text)]
    for match in SHORT.finditer(text):
        digits = match[1] or match[2] or match[3]
        if not _is_date_word(digits):
            found.append((match.start(), _century(int(_arabic(digits)))))
    years = [year for _, year in sorted(found) if 1900 <= year <= 2100]
    return tuple(dict.fromkeys(years))


def expand_years(text: str) -> str:
    """The text with each year that it names written out: 「24年报告」 → 「2024年报告」, 「二〇〇一年」 → 「2001年」."""

    def full(match: re.Match[str]) -> str:
        digits = next(filter(None, match.groups()))
        year = _arabic(digits)
        if len(year) == 2:
            return match[0] if _is_date_word(digits) else f"{_century(int(year))}{match[0][len(digits) :]}"
        return year

    return SHORT.sub(full, FULL.sub(full, text))


def _arabic(digits: str) -> str:
    return "".join(DIGITS[char] for char in digits)


def _is_date_word(digits: str) -> bool:
    """「二三年」 means "two or three years"."""
    return digits in {"一二", "二三", "三四", "三五", "四五", "五六", "七八", "八九"}


def _century(short: int) -> int:
    """00 to next year's two digits are of this century, the others of the last."""
    return 2000 + short if short <= (datetime.now(UTC).year + 1) % 100 else 1900 + short
