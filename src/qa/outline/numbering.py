"""The numbering grammar: which paragraphs begin as a heading does, and how they are numbered.

Nothing is decided here about levels; ``tree`` does that from all candidates of a document.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from sys import intern

from qa.outline.numerals import CHINESE, to_int

# Natural order of the styles, outermost first: laws go 编, 分编, 章, 节, 条, （一）; official documents
# (GB/T 9704—2012, 7.3.3) go 一、（一） 1. （1）. The document's own nesting overrules it where the two differ.
RANK = {
    "附件": 0,
    "编": 1,
    "分编": 2,
    "部分": 3,
    "章": 4,
    "节": 5,
    "条": 6,
    "款": 7,
    "项": 8,
    "bracket": 9,
    "plain": 10,
    "一、": 11,
    "案例": 12,
    "（一）": 13,
    "1.": 14,
    "1.1": 15,
    "1.1.1": 16,
    "（1）": 17,
    "1）": 18,
    "①": 19,
}
STATUTE = frozenset({"编", "分编", "部分", "章", "节", "条", "款", "项", "附件"})
DIGITS = frozenset({"1.", "（1）", "1）", "①", "1.1", "1.1.1"})
UNNUMBERED = frozenset({"bracket", "plain"})

TITLE_CHARS = 60
"""Longest opening sentence that is still a heading, in characters: the longest of provincial reports have about 55."""

# 笫 is a common misreading of 第 in scanned laws.
_N = rf"(?:[{CHINESE}]{{1,9}}|[\d０-９]{{1,4}})"
MARKER = re.compile(
    rf"""(?:[-•●·*]\s+)?(?:
      (?P<unit>[第笫]\s*(?P<un>{_N})\s*(?P<kind>分编|编|部分|篇|单元|讲|章|节|条|款|项)
          (?:\s*之\s*(?P<sub>[{CHINESE}]{{1,3}}))?)
    | (?P<cn>(?P<cnn>[{CHINESE}]{{1,4}})\s*[、．.])
    | (?P<cnp>[（(]\s*(?P<cnpn>[{CHINESE}]{{1,4}})\s*[）)]\s*[、．.]?)
    | (?P<deep>(?P<deepn>\d{{1,2}}(?:[.．]\d{{1,2}}){{1,3}})(?=\s+[^\d\s%％]))
    | (?P<dot>(?P<dotn>[\d０-９]{{1,3}})\s*(?:、|[.．](?!\d)|[.．](?=(?:19|20)\d\d年)))
    | (?P<dp>[（(]\s*(?P<dpn>[\d０-９]{{1,3}})\s*[）)]\s*[、．.]?)
    | (?P<dh>(?P<dhn>\d{{1,3}})\s*[）)])
    | (?P<ring>[①-⑳㉑-㉟])[、．.]?
    | (?P<cnring>[㈠-㈩])[、．.]?
    | (?P<dring>[⑴-⒇])[、．.]?
    | (?P<annex>附\s*(?:件|录|表)\s*(?P<annexn>{_N})?)(?=\s*(?:[：:]|$|\s))
    | (?P<case>(?:典型)?案例\s*(?P<casen>{_N}))(?=\s*(?:[：:、.．]|$|\s))
    | (?P<bracket>【(?P<brackett>[^】\n]{{1,30}})】)
    )""",
    re.X,
)
_GROUPS = (
    ("cn", "cnn", "一、"),
    ("cnp", "cnpn", "（一）"),
    ("dot", "dotn", "1."),
    ("dp", "dpn", "（1）"),
    ("dh", "dhn", "1）"),
    ("ring", "ring", "①"),
    ("cnring", "cnring", "（一）"),
    ("dring", "dring", "（1）"),
    ("annex", "annexn", "附件"),
    ("case", "casen", "案例"),
)
_BEGINS = frozenset("第笫（(附案典【-•●·*0123456789０１２３４５６７８９" + CHINESE) | frozenset(
    chr(c) for low, high in (("①", "⑳"), ("㉑", "㉟"), ("㈠", "㈩"), ("⑴", "⒇")) for c in range(ord(low), ord(high) + 1)
)
SENTENCE_END = re.compile(r"[。！？；!?;]")
# 「第三条规定……」 speaks of an article and 「第一节课」 of something else; 「第三条 当事人……」 is one.
_REFERENCE = re.compile(r"(?:规定|第|的|、|，|,|和|及|至|到|中|所|款|项|明确|指出|与|或|。|；|》|”|-|—)")
_GAP = re.compile(r"[\s：:【（(]")
_ARTICLE_TITLE = re.compile(r"\s*(?:【([^】\n]{1,40})】|[（(]([^）)\n，。；]{1,30})[）)])")
_LEADERS = ".．…·。‥─-_"
_PAGE = re.compile(r"[（(]?\d{1,4}[）)]?$")
_CONTENTS = re.compile(r"目\s*[录次]\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph ``[start, end)`` of the canonical text; ``mark`` is the heading level its format gives it, or 0."""

    start: int
    end: int
    text: str
    mark: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paragraph that may be a heading. ``number`` is 0 for unnumbered ones; ``sub`` is the N of 第X条之N."""

    start: int
    style: str
    number: int
    sub: int
    label: str
    title: str
    mark: int
    short: bool
    """The whole paragraph reads as a heading: it is short and no statement that ends with a full stop."""
    spaced: bool
    """A 第X条 is set off from what follows; where it isn't, only its place in the sequence can tell it is a heading."""


def lines_of(text: str, marks: Mapping[int, int]) -> list[Line]:
    """The paragraphs in order; ``marks`` maps where a marked paragraph starts to its level."""
    lines, start = [], 0
    for piece in text.split("\n"):
        end = start + len(piece)
        lines.append(Line(start, end, piece, marks.get(start, 0)))
        start = end + 1
    return lines


def squeeze(title: str) -> str:
    """A heading without the blanks that typesetters put into it: 「总　　则」 → 「总则」, 「李　强」 → 「李强」."""
    parts = title.split()
    if len(parts) > 1 and all(len(part) == 1 and not part.isascii() for part in parts):
        return "".join(parts)
    return " ".join(parts)


def title_of(rest: str) -> tuple[str, bool]:
    """The heading in what follows a label and whether the whole is one; a run-in heading is the opening sentence."""
    rest = rest.strip()
    match = SENTENCE_END.search(rest, 0, TITLE_CHARS + 1)
    if match is None:
        short = len(rest) <= TITLE_CHARS
        return (squeeze(rest.rstrip("：:")) if short else ""), short
    keep = match.end() if match[0] in "？?！!" else match.start()
    return squeeze(rest[:keep]), match.end() == len(rest) and match[0] in "？?！!"


def candidates(lines: Sequence[Line], skip: frozenset[int]) -> Iterator[Candidate]:
    """Candidates in order, numbered, bracketed or marked by the format; ``skip`` holds starts of lines to leave out."""
    for index, line in enumerate(lines):
        text = line.text
        if line.start in skip or not text or (not line.mark and text[0] not in _BEGINS):
            continue
        match = MARKER.match(text)
        found = _numbered(line, match) if match else None
        if found is not None and not found.title and found.short and found.style in STATUTE - {"条", "款", "项"}:
            found = _with_title_below(found, lines, index)
        if found is None and line.mark:
            title = squeeze(text.strip())
            found = Candidate(line.start, f"mark{line.mark}", 0, 0, "", title[:120], line.mark, True, True)
        if found is not None:
            yield found


def _numbered(line: Line, match: re.Match[str]) -> Candidate | None:
    rest = line.text[match.end() :]
    if match["unit"]:
        return _unit(line, match, rest)
    if match["bracket"]:
        return Candidate(line.start, "bracket", 0, 0, "", match["brackett"].strip(), line.mark, not rest.strip(), True)
    if match["deep"]:
        parts = [int(part) for part in re.split("[.．]", match["deepn"])]
        if 0 in parts:
            return None
        title, short = title_of(rest)
        style = "1.1" if len(parts) == 2 else "1.1.1"
        return Candidate(line.start, style, parts[-1], 0, match["deepn"], title, line.mark, short, True)
    for group, digits, style in _GROUPS:
        if match[group]:
            number = to_int(match[digits]) if match[digits] else 1 if style == "附件" else None
            if not number or number > 400:
                return None
            title, short = title_of(rest.lstrip("：: 　"))
            if style == "附件" and not short:
                return None
            label = _label(match[group])
            return Candidate(line.start, style, number, 0, label, title, line.mark, short, True)
    return None


def _label(written: str) -> str:
    """Without blanks; each once in memory, where a big file may have a hundred thousand 「（一）」."""
    return intern(re.sub(r"\s+", "", written))


def _unit(line: Line, match: re.Match[str], rest: str) -> Candidate | None:
    number, kind = to_int(match["un"]), match["kind"]
    if not number:
        return None
    style = "部分" if kind in ("篇", "单元", "讲") else kind
    spaced = not rest or _GAP.match(rest) is not None
    sub = to_int(match["sub"]) or 0 if match["sub"] else 0
    label = _label(match["unit"])
    if style == "条":
        if not spaced and _REFERENCE.match(rest):
            return None
        named = _ARTICLE_TITLE.match(rest)
        title = (named[1] or named[2]).strip() if named else ""
        return Candidate(line.start, style, number, sub, label, title, line.mark, not rest.strip(), spaced)
    title, short = title_of(rest.lstrip("：: 　"))
    if style in ("款", "项"):
        return Candidate(line.start, style, number, sub, label, "", line.mark, short, True) if spaced else None
    if not short or (not spaced and (_REFERENCE.match(rest) or len(rest) > 30 or "，" in rest)):
        return None
    return Candidate(line.start, style, number, sub, label, title, line.mark, short, spaced)


def _with_title_below(found: Candidate, lines: Sequence[Line], index: int) -> Candidate:
    """「第一章」 on a line of its own takes its title from the next line when that reads as one."""
    if index + 1 == len(lines):
        return found
    below = lines[index + 1].text
    if not below or len(below) > 40 or re.search(r"[。！？；：，]", below) or MARKER.match(below):
        return found
    return Candidate(
        found.start, found.style, found.number, found.sub, found.label, squeeze(below), found.mark, True, found.spaced
    )


def contents(lines: Sequence[Line]) -> frozenset[int]:
    """Starts of the lines that belong to a table of contents: from 「目录」 to where its first entry stands again."""
    found = {line.start for line in lines if _unled(line.text) is not None}
    for index, line in enumerate(lines):
        if not _CONTENTS.match(line.text) or index + 2 >= len(lines):
            continue
        found.add(line.start)
        first = _entry(lines[index + 1].text)
        for later in range(index + 2, len(lines)):
            if len(lines[later].text) > 80:
                break
            if _entry(lines[later].text) == first:
                found.update(entry.start for entry in lines[index + 1 : later])
                break
    return frozenset(found)


def _entry(text: str) -> str:
    unled = _unled(text)
    return re.sub(r"\s+", "", text if unled is None else unled)


def _unled(text: str) -> str | None:
    """An entry without its leader and page number; None where these are not there.

    From the end on: a pattern for the whole tries each of the dots, and takes minutes for a line of them.
    """
    text = text.rstrip()
    page = _PAGE.search(text, max(0, len(text) - 6))
    if page is None:
        return None
    before = text[: page.start()]
    head = before.rstrip()
    bare = head.rstrip(_LEADERS)
    if len(head) - len(bare) >= 3:
        return bare.rstrip()
    gap = before[len(head) :]
    return head if len(gap) >= 2 or "\t" in gap else None


def plain_headings(lines: Sequence[Line], taken: Sequence[int], skip: frozenset[int]) -> Iterator[Candidate]:
    """Unnumbered short lines that stand between two paragraphs as a heading does.

    The paragraph before must be finished, the one after must be long and finished; ``taken`` holds the sorted starts of
    the candidates that are known already.
    """
    for index in range(1, len(lines) - 1):
        line = lines[index]
        if not 2 <= len(line.text) <= 30 or line.mark or line.start in skip:
            continue
        place = bisect_left(taken, line.start)
        if place < len(taken) and taken[place] == line.start:
            continue
        before, text, after = lines[index - 1].text, line.text.strip(), lines[index + 1].text
        if _RUBRIC.fullmatch(text) or (_between(before, after) and _is_plain(text)):
            yield Candidate(line.start, "plain", 0, 0, "", squeeze(text), 0, True, True)


def _between(before: str, after: str) -> bool:
    """Whether a heading can stand here: what comes before is finished, what follows is a paragraph of its own."""
    long = len(before) >= 30 and len(after) >= 50
    return bool(long and _DONE.search(before) and _DONE.search(after) and _BODY.match(after))


def _is_plain(text: str) -> bool:
    if len(text) < 4 or not _PLAIN.match(text) or _NOT_PLAIN.search(text):
        return False
    halves = [len(half) for half in text.split("，")]
    return (
        len(halves) == 1 or _COUNTED.match(text) is not None or (len(halves) == 2 and abs(halves[0] - halves[1]) <= 1)
    )


_DONE = re.compile(r"[。！？：；][”’」』）)]*\s*$")
_BODY = re.compile(r"[^，。、；：？！）》”’」』,.;:)\]]")
_PLAIN = re.compile(r"(?=.*[\u4e00-\u9fff]{2})[^。！？；：!?;:…]+$")
_COUNTED = re.compile(rf"第?[{CHINESE}]{{1,3}}(?:是|要|，)")
_NOT_PLAIN = re.compile(
    r"^[—\-（(\[]|[）)\]，、,—]$|^\d{4}年[\d月日 ]*$|@|https?:"
    r"|^(?:来源|作者|编辑|责编|发布|时间|单位|各位|同志|主席|尊敬的)"
)
# The usual rubrics of case reports and articles are headings wherever they stand alone.
_RUBRIC = re.compile(
    r"(?:基本|简要)?案情(?:简介|回放|介绍|概要)?|案例(?:简介|分析|解析|回放)|(?:分歧|评析|处理|分析|不同)意见"
    r"|处理(?:结果|建议|过程)|(?:纪法|法理|适用|案例)?(?:解析|评析)|裁判(?:要旨|结果|理由)|(?:典型|指导|现实)意义"
    r"|(?:问题|争议)焦点|[前引序]言|序|结语|结束语|后记"
)
