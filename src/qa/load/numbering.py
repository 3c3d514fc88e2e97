"""Numbers of lists as word processors show them (ECMA-376 part 1, 17.18.59)."""

from __future__ import annotations

import re
from collections.abc import Callable

_COUNT = re.compile(r"[0-9]{1,9}")
_DIGITS = "〇一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


def count(stated: str | None, usual: int = 0) -> int:
    """A number that a file states as an attribute, ``usual`` where it states none or nonsense."""
    return int(stated) if stated is not None and _COUNT.fullmatch(stated) else usual


def chinese(number: int) -> str:
    """1 → 一, 12 → 十二, 105 → 一百零五; from ten thousand on digit by digit."""
    if not 0 < number < 10_000:
        return "".join(_DIGITS[int(digit)] for digit in str(abs(number)))
    text, gap = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap else "") + _DIGITS[digit] + _UNITS[place]
        gap = bool(text) and not digit
    return text[1:] if 10 <= number < 20 else text


def roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        text += sign * (number // value)
        number %= value
    return text


def letters(number: int) -> str:
    """1 → A, 26 → Z, 27 → AA, 28 → BB, as Word counts, up to thirty letters."""
    if number > 780:
        return str(number)
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else ""


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)]


def _enclosed(first: int, last: int) -> Callable[[int], str]:
    return lambda number: chr(first + number - 1) if 0 < number <= last else str(number)


def _padded(width: int) -> Callable[[int], str]:
    return lambda number: f"{number:0{width}d}"


def _legal(number: int) -> str:
    return chinese(number).translate(str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟"))


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    **{f"decimal{width}": _padded(width) for width in range(2, 10)},
    "decimalFullWidth": str,
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand"), chinese
    ),
    **dict.fromkeys(("japaneseCounting", "koreanCounting"), chinese),
    **dict.fromkeys(
        ("ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"),
        lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    ),
    **dict.fromkeys(("chineseLegalSimplified", "ideographLegalTraditional"), _legal),
    "ideographTraditional": _cycle("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _cycle("子丑寅卯辰巳午未申酉戌亥"),
    "upperRoman": roman,
    "lowerRoman": lambda number: roman(number).lower(),
    "upperLetter": letters,
    "lowerLetter": lambda number: letters(number).lower(),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _enclosed(0x2460, 20)),
    "decimalEnclosedParen": _enclosed(0x2474, 20),
    "decimalEnclosedFullstop": _enclosed(0x2488, 20),
    "none": lambda number: "",
    "bullet": lambda number: "",
}


def number_text(number: int, kind: str) -> str:
    """``number`` as format ``kind`` shows it; unknown formats as Arabic digits."""
    return _FORMATS.get(kind, str)(max(0, min(number, 999_999)))
