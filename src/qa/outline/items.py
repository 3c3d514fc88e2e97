"""Enumerations inside a passage: 一是……二是……, 首先……其次……, ①②③, 「A、B、C和D」."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from qa.outline.numerals import CHINESE, to_int


@dataclass(frozen=True, slots=True)
class Item:
    """An item ``[start, end)``, from its label to before the next one's, without white space at the end.

    ``number`` counts from 1; for labels without a number (首先, ——) it is the item's place.
    """

    label: str
    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Run:
    items: tuple[Item, ...]
    strong: bool

    @property
    def start(self) -> int:
        return self.items[0].start

    @property
    def end(self) -> int:
        return self.items[-1].end


_EDGE = r"(?:^|(?<=[\s。；;：:，,！？!?、”’》）)…—]))"
_HEAD = r"(?:^|(?<=[\s。；;：:！？!?”]))"
_N = rf"[{CHINESE}]{{1,3}}"
_VERBS = "是要靠抓看查须应从"
# Each family: its labels, with the number in group n, and how its second label may read: a text without one has no run,
# and to look for a few characters is a hundred times faster than the pattern. 一是 and 一要 are families of their own.
_NUMBERED = tuple(
    (re.compile(pattern, re.M), seconds)
    for pattern, seconds in (
        *((rf"{_EDGE}(?P<n>{_N}){verb}", (f"二{verb}", f"两{verb}")) for verb in _VERBS),
        (rf"{_EDGE}第(?P<n>{_N})(?=[，,、：:。\n])[，,、：:]?", ("第二", "第两")),
        (rf"{_EDGE}其(?P<n>{_N})(?=[，,、：:。是])[，,、：:]?", ("其二", "其两")),
        (rf"{_HEAD}(?P<n>{_N})、", ("二、", "两、")),
        (rf"(?<![第款])[（(](?P<n>{_N})[）)](?![项款])", ("二）", "二)", "两）", "两)")),
        (r"(?<![第款])[（(](?P<n>[\d０-９]{1,2})[）)](?![项款])", ("2）", "2)", "２）", "２)")),
        (
            r"(?<![\d.．\w%（(])(?P<n>[\d０-９]{1,2})(?:、|[.．](?!\d)|[.．](?=(?:19|20)\d\d年))",
            ("2、", "2.", "2．", "２、", "２.", "２．"),
        ),
        (r"(?P<n>[①-⑳])", ("②",)),
        (r"(?P<n>[⑴-⒇])", ("⑵",)),
        (rf"{_HEAD}第(?P<n>{_N})(?:种|类|方面|个方面|步|条|项)(?![的，、])", ("第二", "第两")),
    )
)
_ORDERED = re.compile(rf"{_EDGE}(?P<word>首先|第一|其次|第二|再次|然后|第三|另外|此外|最后)(?=[，,、：:要是])")
_STEPS = ({"首先"}, {"其次"}, {"再次", "然后", "第三", "另外", "此外"}, {"最后"})
_SIDES = re.compile(rf"{_EDGE}(?P<word>一方面|另一方面|再一方面)")
_DASH = re.compile(r"^(?:——|――|──|—|--+)(?=\s*\S)", re.M)

_Label = tuple[int, int, str, int]  # start, end, text, number


def items(text: str, start: int, end: int) -> tuple[Item, ...]:
    """The items of the main enumeration in ``text[start:end]``, empty where there is none.

    Of several runs that count 1, 2, 3 … the one that is not part of another's item wins, then the one with most items.
    """
    part = text[start:end]
    runs = [run for run in _runs(part) if len(run.items) > 1]
    outer = [run for run in runs if not any(other is not run and other.strong and _holds(other, run) for other in runs)]
    best = max(outer, key=lambda run: (run.strong, len(run.items), run.end - run.start, -run.start), default=None)
    if best is None:
        return ()
    return tuple(Item(item.label, item.number, item.start + start, item.end + start) for item in best.items)


def _holds(outer: _Run, inner: _Run) -> bool:
    """Whether all of ``inner`` lies inside one item of ``outer``."""
    return any(item.start <= inner.start and inner.end <= item.end for item in outer.items if item.start != inner.start)


def _runs(part: str) -> Iterator[_Run]:
    for family, seconds in _NUMBERED:
        if not any(second in part for second in seconds):
            continue
        labels = [
            (match.start(), match.end(), match[0], number)
            for match in family.finditer(part)
            if (number := to_int(match["n"])) is not None
        ]
        for run in _sequences(labels):
            yield _Run(_spans(part, run), strong=True)
    for run in _words(part):
        yield _Run(_spans(part, run), strong=False)
    dashes = [(match.start(), match.end(), match[0], 0) for match in _DASH.finditer(part)]
    if len(dashes) > 1:
        numbered = [(a, b, label, place) for place, (a, b, label, _) in enumerate(dashes, start=1)]
        yield _Run(_spans(part, numbered), strong=True)


def _sequences(labels: list[_Label]) -> Iterator[list[_Label]]:
    """Maximal runs 1, 2, 3 …; a number out of turn (a reference, a nested list) is passed over."""
    open_run: list[_Label] = []
    for label in labels:
        if label[3] == 1:
            if len(open_run) > 1:
                yield open_run
            open_run = [label]
        elif open_run and label[3] == open_run[-1][3] + 1:
            open_run.append(label)
    if len(open_run) > 1:
        yield open_run


def _words(part: str) -> Iterator[list[_Label]]:
    run: list[_Label] = []
    step = -1
    for match in _ORDERED.finditer(part):
        word = match["word"]
        if word == "首先":
            if len(run) > 1:
                yield run
            run, step = [(match.start(), match.end(), word, 1)], 0
            continue
        at = next((i for i, names in enumerate(_STEPS) if word in names), None)
        if run and at is not None and (at > step or at == step == 2):
            run.append((match.start(), match.end(), word, len(run) + 1))
            step = at
    if len(run) > 1:
        yield run
    sides: list[_Label] = []
    for match in _SIDES.finditer(part):
        if match["word"] == "一方面":
            sides = [(match.start(), match.end(), match["word"], 1)]
        elif sides:
            sides.append((match.start(), match.end(), match["word"], len(sides) + 1))
            yield sides[:]
            sides = []


def _spans(part: str, run: list[_Label]) -> tuple[Item, ...]:
    starts = [label[0] for label in run]
    found = []
    for place, (start, _, label, number) in enumerate(run):
        end = starts[place + 1] if place + 1 < len(run) else _last_end(part, starts)
        found.append(Item(label.strip(), number, start, start + len(part[start:end].rstrip())))
    return tuple(found)


def _last_end(part: str, starts: list[int]) -> int:
    """Where the last item ends: with its sentence where the list is one sentence, else with its paragraph.

    Items of several paragraphs go on to the end of the passage.
    """
    before = [part[a:b].rstrip() for a, b in pairwise(starts)]
    if any("\n" in item for item in before):
        return len(part)
    if "\n" not in part[starts[0] : starts[-1]] and not any(_STOP.search(item) for item in before):
        stop = _STOP.search(part, starts[-1])
        if stop:
            return stop.end()
    newline = part.find("\n", starts[-1])
    return newline if newline >= 0 else len(part)


_STOP = re.compile(r"[。！？\n][”’」』）)]*")
_PAIRS = {
    "“": "”",
    "‘": "’",
    "《": "》",
    "〈": "〉",
    "（": "）",
    "(": ")",
    "「": "」",
    "『": "』",
    "【": "】",
    "〔": "〕",
}
_OPENER = {closer: opener for opener, closer in _PAIRS.items()}
# 和, 与 and 及 join two items only where they are no part of a word.
_JOIN = re.compile(
    r"(?:以及|(?<![共总饱缓调附祥平柔温暖谦])和(?!平|谐|解|睦|气|美|约|好|议|善)|(?<![参赠给赋授])与(?!会|时俱进|否|众不同)"
    r"|(?<![普涉危触惠波顾提以累])及(?!时|格|其|早|至))"
)


def enumerated(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Spans of the items of a 顿号 enumeration 「A、B、C和D」 in ``text[start:end]``; empty for fewer than two.

    Marks inside quotes and brackets don't part; 「“A”“B”」 counts as two. Of 和, 及, 以及 and 与 only one behind the
    last 、 parts.
    """
    start, end = _strip(text, start, end)
    cuts = _cuts(text, start, end)
    tail = cuts[-1][1] if cuts else start
    join = _last_join(text, tail, end)
    if join is not None and tail < join[0] and join[1] < end:
        cuts.append(join)
    if not cuts:
        return ()
    edges = [start, *(edge for cut in cuts for edge in cut), end]
    spans = [_strip(text, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return tuple((a, b) for a, b in spans if a < b)


def _cuts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts: list[tuple[int, int]] = []
    closers: list[str] = []
    last = {closer: text.rfind(closer, start, end) for closer in _OPENER}
    for at in range(start, end):
        char = text[at]
        if closers and char == closers[-1]:
            closers.pop()
            if not closers and char in "”》」" and text[at + 1 : min(at + 2, end)] in ("“", "《", "「"):
                cuts.append((at + 1, at + 1))
        elif char in _PAIRS and last[_PAIRS[char]] > at:
            closers.append(_PAIRS[char])
        elif char == "、" and not closers:
            cuts.append((at, at + 1))
    return cuts


def _last_join(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The last 和, 及, 以及 or 与 in ``text[start:end]`` before which all quotes and brackets are closed."""
    depth = dict.fromkeys(_PAIRS, 0)
    found, at = None, start
    for match in _JOIN.finditer(text, start, end):
        for char in text[at : match.start()]:
            if char in depth:
                depth[char] += 1
            elif char in _OPENER:
                depth[_OPENER[char]] -= 1
        at = match.start()
        if all(level <= 0 for level in depth.values()):
            found = match.span()
    return found


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in "，。；：、！？"):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in "，。；：、！？"):
        end -= 1
    return start, end
