"""Character stage: map look-alikes, remove junk, set white space right. Everything works on whole texts at C speed."""

from __future__ import annotations

import re
import unicodedata

HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
CLOSERS = "，。、；：！？）》〉」』】〕〗”’…"
OPENERS = "（《〈「『【〔〖“‘"

# Removed: controls, zero-width and direction marks, soft hyphen, variation selectors, private use, surrogates.
_JUNK = (
    (0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x061C, 0x061C), (0x180E, 0x180E),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xD800, 0xF8FF), (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xFFFE, 0xFFFF), (0xE0000, 0xE01EF),
)  # fmt: skip
_SPACES = "\t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
_BREAKS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {code: None for first, last in _JUNK for code in range(first, last + 1)}
    table.update({ord(space): " " for space in _SPACES})
    table.update({ord(mark): "\n" for mark in _BREAKS})
    table[0x3000] = "  "  # as wide as two, so that an indent keeps its width until white space is collapsed
    # Digits, letters and the signs inside a number; a wide dash is a mark of its own: 6%－6.5% is quoted as written.
    wide = [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), *map(ord, "％．＋／")]
    # Radicals and compatibility ideographs look like the letter that was meant; PDF fonts are full of them.
    twins = [*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)]
    for code in wide + twins:
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1 and ord(plain) != code:
            table[code] = plain
    return table


_TABLE = _table()

# Marks that a download leaves behind, such as ##paidbegin##; also two of them run together.
_MARKS = re.compile(r"(?:##[A-Za-z_][A-Za-z0-9_]{1,29})+##")
# Whole lines that belong to a web page's furniture and never to a document.
_FURNITURE = re.compile(
    r"[【\[]?(?:打印(?:本页)?|关闭(?:窗口)?|打印本页 ?[|｜]? ?关闭窗口|返回顶部|回到顶部|分享到：?|"
    r"扫一扫[在用]手机打开当前页|字[体号]：? ?[【\[]?大 ?中 ?小)[】\]]?"
)
_CJK_PUNCTUATION = "，。、；：！？）》〉」』】〕〗"
_WHITE = (
    # Unmistakably Chinese marks carry their own space; curly quotes are shared with English and need a Han neighbour.
    (re.compile(rf" +(?=[{_CJK_PUNCTUATION}])|(?<=[{_CJK_PUNCTUATION}（《〈「『【〔〖]) +"), ""),
    (re.compile(rf"(?<=[{HAN}]) +(?=[”’])|(?<=[“‘]) +(?=[{HAN}])"), ""),
    # Letter-spacing: two or more single characters with spaces between them (目 录, 习 近 平).
    (re.compile(rf"(?<![{HAN}])[{HAN}](?: [{HAN}])+(?![{HAN}])"), None),
    # Typesetters' gaps around the numbers of articles and dates: 第 12 条, 2025 年 1 月 9 日.
    (re.compile(r"第 ?(\d{1,4}) ?(?=[编章节条款项])"), r"第\1"),
    (re.compile(r"(?<=\d) (?=年[ \d]|[月日](?![^\W\d_]))|(?<=\d[年月]) (?=\d{1,2} ?[月日])"), ""),
)


def translate(text: str) -> str:
    """Map and remove single characters; every kind of line break becomes one line feed; indents keep their width."""
    return text.replace("\r\n", "\n").translate(_TABLE)


def tidy(line: str) -> str:
    """A translated line (or several) without marks, furniture and superfluous spaces. Idempotent on one line."""
    if " " not in line and "##" not in line and len(line) >= 24:
        return line
    before = None
    while before != line:
        before = line
        line = _tidy_once(line)
    return line


def _tidy_once(line: str) -> str:
    if "##" in line:
        line = _MARKS.sub("", line)
    line = line.strip(" ")
    if " " in line:
        if "  " in line:
            line = re.sub(" {2,}", " ", line)
        for pattern, replacement in _WHITE:
            line = pattern.sub(replacement if replacement is not None else _close_up, line)
    return "" if len(line) < 24 and _FURNITURE.fullmatch(line) else line


def _close_up(match: re.Match[str]) -> str:
    return match.group().replace(" ", "")
