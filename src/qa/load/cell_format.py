"""Numbers and dates of a sheet as the sheet shows them: number formats (ECMA-376 part 1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from qa.load.numbering import chinese, number_text

_CHINESE_DATE = 'yyyy"年"m"月"d"日"'
_YEAR_MONTH, _MONTH_DAY = 'yyyy"年"m"月"', 'm"月"d"日"'
_HALF_DAY = '上午/下午h"时"mm"分"'
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: "#,##0", 42: "¥#,##0", 43: "#,##0.00", 44: "¥#,##0.00",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "0.0E+0", 49: "@",
    # what these numbers mean in a Chinese Office
    27: _YEAR_MONTH, 28: _MONTH_DAY, 29: _MONTH_DAY, 30: "m-d-yy", 31: _CHINESE_DATE, 32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"', 34: _HALF_DAY, 35: _HALF_DAY + 'ss"秒"', 36: _YEAR_MONTH,
    50: _YEAR_MONTH, 51: _MONTH_DAY, 52: _YEAR_MONTH, 53: _MONTH_DAY, 54: _MONTH_DAY,
    55: _HALF_DAY, 56: _HALF_DAY + 'ss"秒"', 57: _YEAR_MONTH, 58: _MONTH_DAY,
}  # fmt: skip
"""Numbers of the formats that a file need not write out; all others are General."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<pad>[_*].)|\[(?P<bracket>[^\]]*)\]|(?P<half>AM/PM|A/P|上午/下午)'
    r"|(?P<general>General|G/通用格式)|(?P<exponent>E[+-])(?=[0#?])|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+|e+|aaaa?)"
    r"|(?P<digit>[0#?])|(?P<other>.)",
    re.DOTALL,
)
_LONG_DATE = re.compile(r"\[\$-[Ff]8\d\d\]")  # "as this computer writes a long date"
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)$")
_WEEKDAYS = "一二三四五六日"
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_LAST_DAY = 2_958_466  # 10000-01-01; no date from there on
_PLAIN_DIGITS = 15  # that a sheet keeps of a number
_LARGEST = 1e20  # that is written out in digits


@dataclass(frozen=True, slots=True)
class _Section:
    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, float] | None
    is_date: bool
    chinese: int  # 0, or 1 for 一二三, 2 for 壹贰叁


@lru_cache(maxsize=65536)
def shown(value: float, code: str, from_1904: bool = False) -> str:
    """``value`` by a format code; General shows whole numbers without a point and others with up to 11 digits."""
    if not math.isfinite(value):
        return ""
    sections = _sections(code)
    section, signed = _choose(sections, value)
    if section is None or not section.tokens:
        return general(value) if section is None else ""
    if section.is_date:
        text = _date(section, value + (1462 if from_1904 else 0))
        return general(value) if text is None else text
    return _number(section, value, signed)


def general(value: float) -> str:
    if value == int(value) and abs(value) < 10**_PLAIN_DIGITS:
        return str(int(value))
    text = f"{value:.11g}"
    return format(Decimal(text), "f") if "e" in text and 1e-9 < abs(value) < 10**_PLAIN_DIGITS else text


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    code = _CHINESE_DATE if _LONG_DATE.match(code) else code
    parts: list[list[tuple[str, str]]] = [[]]
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or "other"
        text = match[kind]
        if kind == "other" and text == ";":
            parts.append([])
        elif kind != "pad":
            parts[-1].append(("literal" if kind in ("quoted", "escaped") else kind, text))
    return tuple(map(_section, parts))


def _section(tokens: list[tuple[str, str]]) -> _Section:
    condition, script, kept = None, 0, []
    for kind, text in tokens:
        if kind == "bracket":
            if match := _CONDITION.match(text):
                condition = (match[1], float(match[2]))
            elif re.fullmatch(r"DBNum[12]", text, re.IGNORECASE):
                script = int(text[-1])
            elif re.fullmatch(r"[hH]+|[mM]+|[sS]+", text):
                kept.append(("elapsed", text.lower()))
            elif text.startswith("$") and (sign := text[1:].partition("-")[0]):
                kept.append(("literal", sign))
        else:
            kept.append((kind, text.lower() if kind == "date" else text))
    dated = any(kind in ("date", "elapsed", "half") for kind, _ in kept)
    return _Section(tuple(kept), condition, dated, script)


def _choose(sections: tuple[_Section, ...], value: float) -> tuple[_Section | None, bool]:
    """The section for a value, and whether its minus must still be written."""
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _holds(value, *section.condition):
                return section, value < 0
        return None, value < 0
    if value < 0 and len(sections) > 1:
        tokens = sections[1].tokens
        minus = any(kind in ("other", "literal") and text in ("-", "－", "(", "（") for kind, text in tokens)
        return sections[1], not minus and any(kind == "digit" for kind, _ in tokens)  # told apart by red only
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], value < 0


def _holds(value: float, sign: str, limit: float) -> bool:
    return {
        "<": value < limit,
        ">": value > limit,
        "=": value == limit,
        "<=": value <= limit,
        ">=": value >= limit,
        "<>": value != limit,
    }[sign]


def _number(section: _Section, value: float, signed: bool) -> str:
    tokens = section.tokens
    if abs(value) >= _LARGEST:
        return general(value)
    at = [place for place, (kind, _) in enumerate(tokens) if kind == "digit"]
    whole = "".join(text for kind, text in tokens if kind in ("other", "digit"))
    if not at or re.search(r"[0#?]\s*/\s*[0#?\d]", whole):
        plain = _script(general(abs(value)), section)
        middle = "".join(_literal(kind, text, plain) for kind, text in tokens if at == [])
        return ("-" if signed else "") + (middle if at == [] else plain)
    head = "".join(_literal(kind, text, "") for kind, text in tokens[: at[0]])
    tail = "".join(_literal(kind, text, "") for kind, text in tokens[at[-1] + 1 :])
    middle_tokens = list(tokens[at[0] : at[-1] + 1])
    scale = len(tail) - len(tail.lstrip(","))
    tail = tail.lstrip(",")
    amount = Decimal(f"{abs(value):.{_PLAIN_DIGITS}g}").scaleb(2 * (head + tail).count("%") - 3 * scale)
    text = _digits(middle_tokens, amount)
    minus = "-" if signed and re.search("[1-9]", text) else ""
    return minus + head + _script(text, section) + tail


def _digits(tokens: list[tuple[str, str]], amount: Decimal) -> str:
    kinds = [kind for kind, _ in tokens]
    if "exponent" in kinds:
        before = [text for kind, text in tokens[: kinds.index("exponent")] if kind in ("digit", "other")]
        decimals = len("".join(before).partition(".")[2])
        mantissa, _, power = f"{amount:.{decimals}E}".partition("E")
        width = sum(kind == "digit" for kind in kinds[kinds.index("exponent") :])
        return f"{mantissa}E{power[0]}{power[1:].zfill(width)}"
    dot = next((i for i, token in enumerate(tokens) if token == ("other", ".")), len(tokens))
    left, right = tokens[:dot], [text for kind, text in tokens[dot + 1 :] if kind == "digit"]
    rounded = format(amount.quantize(Decimal(1).scaleb(-len(right)), ROUND_HALF_UP), "f")
    digits, _, decimals_text = rounded.partition(".")
    while right and right[-1] != "0" and decimals_text.endswith("0"):
        right.pop()
        decimals_text = decimals_text[:-1]
    return _integer(left, digits) + ("." + decimals_text if decimals_text else "")


def _integer(tokens: list[tuple[str, str]], digits: str) -> str:
    grouped = ("other", ",") in tokens
    places = [i for i, (kind, _) in enumerate(tokens) if kind == "digit"]
    if grouped or places == list(range(len(tokens))):
        least = sum(text == "0" for kind, text in tokens if kind == "digit")
        digits = ("" if digits == "0" else digits).zfill(least)
        return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", digits) if grouped else digits
    # Signs stand between the digits: 20260301 by 0000-00-00.
    text, rest = "", digits
    for place in range(len(tokens) - 1, -1, -1):
        kind, sign = tokens[place]
        if kind != "digit":
            text = sign + text
            continue
        piece = rest if places and place == places[0] else rest[-1:]
        rest = "" if place == places[0] else rest[:-1]
        text = (piece or ("0" if sign == "0" else "")) + text
    return text


def _literal(kind: str, text: str, number: str) -> str:
    if kind == "general" or (kind == "other" and text == "@"):
        return number
    return text if kind in ("literal", "other") else ""


def _script(text: str, section: _Section) -> str:
    if not section.chinese:
        return text
    whole, dot, decimals = text.partition(".")
    if whole.isdecimal():
        kind = "chineseCounting" if section.chinese == 1 else "chineseLegalSimplified"
        whole = number_text(int(whole), kind) if int(whole) < 10_000 else whole
    return whole + dot + decimals


def _date(section: _Section, value: float) -> str | None:
    """None for a number that is no date."""
    if not 0 <= value < _LAST_DAY:
        return None
    parts = section.tokens
    fraction = any(kind == "other" and text == "." for kind, text in parts)
    seconds = Decimal(repr(value)) * 86400
    rounded = seconds.quantize(Decimal(1).scaleb(-3 if fraction else 0), ROUND_HALF_UP)
    # Day 60 is 29 February 1900, which never was; days before it are one off.
    moment = datetime(1899, 12, 30) + timedelta(days=int(value < 60), seconds=float(rounded))
    twelve = any(kind == "half" for kind, _ in parts)
    minutes = _minutes(parts)
    pieces: list[str] = []
    for at, (kind, text) in enumerate(parts):
        if kind == "date":
            pieces.append(_unit(text, moment, at in minutes, twelve, section.chinese))
        elif kind == "elapsed":
            pieces.append(str(int(rounded // {"h": 3600, "m": 60, "s": 1}[text[0]])).zfill(len(text)))
        elif kind == "half":
            names = ("上午", "下午") if "上" in text else ("AM", "PM")
            pieces.append(names[moment.hour >= 12])
        elif kind == "digit":
            pieces.append(f"{moment.microsecond // 1000:03d}"[:1] if pieces and pieces[-1].endswith(".") else "")
        elif kind in ("literal", "other"):
            pieces.append(text if text != "@" else "")
    return "".join(pieces)


def _minutes(tokens: tuple[tuple[str, str], ...]) -> set[int]:
    """Places where m means minutes: behind an hour or before a second."""
    units = [(at, text) for at, (kind, text) in enumerate(tokens) if kind in ("date", "elapsed")]
    letters = ["", *(text[0] for _, text in units), ""]
    around = zip(units, letters, letters[2:], strict=False)
    return {at for (at, text), before, after in around if text in ("m", "mm") and (before == "h" or after == "s")}


def _unit(text: str, moment: datetime, minute: bool, twelve: bool, script: int) -> str:
    letter, width = text[0], len(text)
    if letter in "ye":
        year = f"{moment.year:04d}" if width > 2 or letter == "e" else f"{moment.year % 100:02d}"
        return "".join(map(number_text, map(int, year), ["ideographDigital"] * 4)) if script else year
    if letter == "a":
        return ("星期" if width > 3 else "") + _WEEKDAYS[moment.weekday()]
    if letter == "d" and width > 2:
        return moment.strftime("%a" if width == 3 else "%A")
    if letter == "m" and not minute and width > 2:
        return _MONTHS[3 * moment.month - 3 :][:3]
    hour = (moment.hour % 12 or 12) if twelve else moment.hour
    number = {"m": moment.minute if minute else moment.month, "d": moment.day, "h": hour, "s": moment.second}[letter]
    return (chinese(number) if number else "〇") if script else str(number).zfill(min(width, 2))
