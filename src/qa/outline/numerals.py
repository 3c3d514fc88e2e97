"""Chinese numbers: 十二, 一千二百六十, 二〇二四, 廿三, １２ and ① to integers, and integers back to Chinese."""

from __future__ import annotations

import re
import unicodedata

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
BIG = {"万": 10**4, "亿": 10**8}
TENS = {"廿": 20, "卅": 30}

CHINESE = "〇○零一二三四五六七八九十百千万两廿卅"
"""The characters that a number in running text is written with, for use inside a character class."""


def to_int(s: str) -> int | None:
    """The number that all of ``s`` writes; None where it isn't one whole number (「百分之五」, 「2.5」, empty)."""
    text = s.strip()
    if not text:
        return None
    if len(text) == 1 and text not in DIGITS:
        value = unicodedata.numeric(text, None)  # ①, ㈠, １ and 十 alike
        return int(value) if value is not None and value == int(value) else None
    if text.isdecimal():
        return int(text) if len(text) <= 18 else None
    if all(char in DIGITS for char in text):
        return int("".join(str(DIGITS[char]) for char in text)) if len(text) <= 18 else None
    return _composed(text)


def _composed(text: str) -> int | None:
    """A number written with units; each unit must be smaller than the one before it inside its group of 万 or 亿."""
    total, group, pending, last_unit, last_big = 0, 0, -1, 10_000, 10**12
    for char in text:
        if char in DIGITS:
            if pending > 0 or (pending == 0 and DIGITS[char] == 0):
                return None
            pending = DIGITS[char]
        elif char in TENS:
            if pending > 0 or last_unit <= 10:
                return None
            group, pending, last_unit = group + TENS[char], -1, 10
        elif char in UNITS:
            unit = UNITS[char]
            if unit >= last_unit or (pending <= 0 and unit != 10):
                return None
            group, pending, last_unit = group + max(pending, 1) * unit, -1, unit
        elif char in BIG:
            group += max(pending, 0)
            if BIG[char] >= last_big or not group:
                return None
            total, group, pending, last_unit, last_big = total + group * BIG[char], 0, -1, 10_000, BIG[char]
        else:
            return None
    return total + group + max(pending, 0)


def to_chinese(n: int) -> str:
    """``n`` (0 to 99,999,999) as a Chinese text numbers its articles: 10 → 十, 110 → 一百一十, 2006 → 二千零六."""
    if not 0 <= n < 10**8:
        raise ValueError(f"{n}: expected 0 to 99999999")
    if n >= 10**4:
        high, low = divmod(n, 10**4)
        rest = "" if not low else ("零" if low < 1000 else "") + _below_ten_thousand(low)
        return f"{to_chinese(high)}万{rest}"
    text = _below_ten_thousand(n)
    return text[1:] if 10 <= n < 20 else text


def _below_ten_thousand(n: int) -> str:
    digits = "零一二三四五六七八九"
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // unit % 10
        if digit:
            text += ("零" if gap and text else "") + digits[digit] + name
        gap = not digit
    return text or "零"


def iso_date(match: re.Match[str]) -> str | None:
    """ISO 8601 of a match with the groups y, m and d, as far as they are there; None for what is no date."""
    year, month, day = (to_int(match[group]) if match[group] else None for group in "ymd")
    if not year or (month and not 1 <= month <= 12) or (day and not 1 <= day <= 31):
        return None
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if month and day else "")
