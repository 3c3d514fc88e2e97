"""Line stage: which line breaks of flowed text end a paragraph and which are a page's width or a broken link.

Two kinds of evidence. What the lines say (a line begins with a comma, ends with an opening bracket) always counts, so
that cleaning twice changes nothing. What the layout says (blank line, indent, full width) counts once: it is gone from
canonical text, and a text that was wrapped at a width no longer looks wrapped once its lines are joined.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.clean.characters import CLOSERS, HAN, OPENERS, tidy

_FINAL = "。！？；：!?;:…"
_CLOSING_MARKS = '”’）》」』】)]"'
_CLOSER_FIRST = re.compile(rf"[{CLOSERS.rstrip('…”’')},;)\]]")
_QUOTE_FIRST = {"”": "“", "’": "‘"}
_NUMERAL = "一二三四五六七八九十百千零〇两"
_START = re.compile(
    rf"第[{_NUMERAL}\d]{{1,7}}[编章节条](?:之[{_NUMERAL}])?(?: |$|[《“、：])"
    rf"|第[{_NUMERAL}\d]{{1,5}}[编章][^，。；]{{1,20}}$"
    rf"|[{_NUMERAL}]{{1,4}}[、.．]|[（(](?:[{_NUMERAL}]{{1,4}}|\d{{1,3}})[）)](?![项款条的、和至])"
    r"|\d{1,3}(?:[、)）]|[.．](?!\d))|[①-⑳⑴-⒛㈠-㈩]|——|--|[-*] |[•●■◆▪·○□★▲※◇]"
    r"|(?:附件|附录|附表|抄送|主题词|来源|作者|编者按|注|问|答)\d*[：:]|目录$"
)
_SALUTATION = re.compile(
    r"(?:各位|尊敬的|亲爱的|同志们|朋友们|女士们|先生们|代表们|委员们|主席|主任).{0,30}[，,：:！!]"
)
# Endings after which no paragraph, and no heading, can stop. 目的 and 标的 are nouns.
_OPEN_END = re.compile(
    rf"(?:(?<![目标])的|关于|属于|对于|由于|[，；。、][在对将把从由与和及或以]|^[{_NUMERAL}]{{1,3}}是|^第[{_NUMERAL}]+)$"
)
_OPEN_START = re.compile(r"的(?![确士])")
_PAIRS = (("《", "》"), ("（", "）"), ("“", "”"), ("「", "」"))
_CLOSES = re.compile("[》）”」]")
_CJK_SIDE = re.compile(rf"[{HAN}{CLOSERS}{OPENERS}\u3040-\u30ff\uff00-\uffef]")


_SLACK = 5  # columns that a full line may lack: a letter pushed on by a mark, uneven widths of figures


@dataclass(slots=True)
class Line:
    """A tidied line. ``indent`` in half-width columns; ``apart``: a blank line or a block's end is before it.

    ``full``: columns of a full line there, if its reader knows; 0 where all lines together have to tell.
    """

    text: str
    indent: int = 0
    apart: bool = False
    page: int | None = None
    full: int = 0


Paragraph = list[Line]
"""The lines of one paragraph. All but the first carry the space, if any, that joins them to the one before."""


def paragraphs(lines: list[Line]) -> list[Paragraph]:
    """Join lines into paragraphs; no line is lost and their order is kept."""
    found = _join(lines, layout=True)
    while True:
        merged = [Line(text_of(paragraph)) for paragraph in found]
        again = _join(merged, layout=False)
        if len(again) == len(found):
            return found
        result: list[Paragraph] = []
        rest = iter(found)
        for group in again:
            whole = next(rest)
            for piece in group[1:]:
                more = next(rest)
                if piece.text.startswith(" "):
                    more[0].text = " " + more[0].text
                whole.extend(more)
            result.append(whole)
        found = result


def text_of(paragraph: Paragraph) -> str:
    return "".join(line.text for line in paragraph)


def glue(left: str, right: str) -> str:
    """What joins two lines of one paragraph: nothing beside Chinese, a space between words and numbers."""
    if not left or not right or _CJK_SIDE.match(left[-1]) or _CJK_SIDE.match(right[0]):
        return ""
    return "" if left[-1] in "-([/" or right[0] in ",.;:)]%" else " "


def _join(lines: list[Line], layout: bool) -> list[Paragraph]:
    found: list[Paragraph] = []
    width = _wrap_width(lines)
    indents = sorted(line.indent for line in lines)
    margin = indents[len(indents) // 10] if indents else 0
    styled = layout and any(line.indent >= margin + 2 for line in lines)
    so_far = ""
    for at, line in enumerate(lines):
        full = (lines[at - 1].full if at else 0) or width
        if found and _continues(so_far, line.text, lines[at + 1].text if at + 1 < len(lines) else ""):
            joined = True
        elif found and full and not line.apart and not (layout and line.indent >= margin + 2):
            joined = _wrapped(lines[at - 1], so_far, line.text, full, styled)
        else:
            joined = False
        space = glue(so_far, line.text) if joined else ""
        if joined and _stable(so_far, space + line.text):
            found[-1].append(Line(space + line.text, line.indent, line.apart, line.page, line.full))
            so_far += space + line.text
        else:
            found.append([line])
            so_far = line.text
    return found


def _stable(left: str, right: str) -> bool:
    """Whether the seam, once joined, reads as it is: tidy must find nothing more to do there."""
    seam = left[-64:] + right[:64]
    return tidy(seam) == seam.strip(" ")


def _continues(left: str, right: str, after: str) -> bool:
    """What the words say: is ``right`` the rest of a sentence that ``left`` began?"""
    if _CLOSER_FIRST.match(right):
        return True
    if opener := _QUOTE_FIRST.get(right[0]):  # a closing quote that closes nothing was typed for an opening one
        return left.count(opener) > left.count(right[0])
    last = left[-1]
    if last in OPENERS or last in "([":
        return True
    if last in _FINAL or _START.match(right):
        return False
    if last in "，、,":
        return not _SALUTATION.fullmatch(left)
    if _OPEN_START.match(right) or _OPEN_END.search(left, max(0, len(left) - 12) if len(left) > 12 else 0):
        return True
    if last not in _CLOSING_MARKS and _CLOSES.search(right, 0, 80) and _open_bracket(left, right):
        return True
    # The words of a link, cut out of their sentence: 依照 ⏎ 宪法 ⏎ ，对…
    body = "，" in left or "。" in left or len(left) > 40
    if len(right) <= 30 and after and _CLOSER_FIRST.match(after):
        return body and not _ends_sentence(right)
    # A long paragraph that stops inside a sentence goes on, unless a heading follows.
    return (
        len(left) >= 80
        and "。" in left
        and not _ends_sentence(left)
        and last not in _CLOSING_MARKS
        and ("，" in right or "。" in right)
    )


def _open_bracket(left: str, right: str) -> bool:
    """Whether a bracket opened in the last sentence of ``left`` is closed early in ``right``."""
    tail = left[-120:]
    tail = tail[max(tail.rfind(mark) for mark in "。！？") + 1 :]
    for opener, closer in _PAIRS:
        if tail.count(opener) > tail.count(closer):
            close, open_ = right[:80].find(closer), right[:80].find(opener)
            if close >= 0 and not 0 <= open_ < close:
                return True
    return False


def _ends_sentence(text: str) -> bool:
    """Whether a sentence ends with ``text``, also inside closing quotes and brackets."""
    bare = text.rstrip(_CLOSING_MARKS)
    return not bare or bare[-1] in _FINAL or bare[-1] == "."


def _wrapped(line: Line, so_far: str, right: str, width: int, styled: bool) -> bool:
    """Whether ``line`` broke only because it was full. After a full stop only an indent style can tell."""
    first = re.match(r"[\x21-\x7e]+", right)
    room = width - columns(line.text) - line.indent - (len(first.group()) if first else 2)
    if room >= _SLACK or _START.match(right):
        return False
    return styled or not _ends_sentence(so_far)


def columns(text: str) -> int:
    """Display width: wide characters count two. Told by length in UTF-8: fast and near enough."""
    return len(text) + (len(text.encode()) - len(text)) // 2


def _wrap_width(lines: list[Line]) -> int:
    """Columns at which a text was wrapped, 0 when it was not: many equally full lines of prose, hardly one longer."""
    if len(lines) < 3:
        return 0
    long = sum(len(line.text) > 110 for line in lines)
    if long * 20 > len(lines):
        return 0
    widths = [columns(line.text) + line.indent for line in lines]
    by_width = sorted(widths)
    width = by_width[max(0, len(widths) - 1 - len(widths) // 50)]
    if width < 30:
        return 0
    slack = 7 if all(not line.text.isascii() for line in lines[:20]) else 12
    full = [at for at, w in enumerate(widths) if w >= width - slack]
    prose = sum(1 for at in full if re.search(r"[，。；、：,.][^”）]", lines[at].text))
    unfinished = sum(1 for at in full if not _ends_sentence(lines[at].text))
    enough = len(full) * 3 >= len(lines) and unfinished >= 2
    return width if enough and prose * 2 >= len(full) and unfinished * 2 >= len(full) else 0
