"""Candidates → a tree of sections: levels follow from how the styles nest in this very document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from qa.outline.numbering import DIGITS, RANK, STATUTE, UNNUMBERED, Candidate
from qa.types import Section

GAP = 5
"""Largest jump between two numbers that is still one sequence: texts lose a paragraph now and then."""

AHEAD = 400
"""How many candidates are looked at for where an interrupted sequence goes on."""

Votes = dict[tuple[str, str], int]


def sections(found: Sequence[Candidate], length: int) -> tuple[Section, ...]:
    """The outline of a text of ``length`` characters, sorted by start, parents before children."""
    found = _coherent(found)
    order = _Order(found)
    stack: list[int] = []
    kept: list[Candidate] = []
    parents: list[int] = []
    last: dict[str, int] = {}
    for at, item in enumerate(found):
        depth = _place(item, [kept[i] for i in stack], order, last, found[at + 1 : at + 1 + AHEAD])
        if depth is None:
            continue
        del stack[depth:]
        parents.append(stack[-1] if stack else -1)
        stack.append(len(kept))
        kept.append(item)
        last[item.style] = item.number
    return _close(kept, parents, length)


def _close(kept: Sequence[Candidate], parents: Sequence[int], length: int) -> tuple[Section, ...]:
    levels: list[int] = []
    for parent in parents:
        levels.append(1 if parent < 0 else levels[parent] + 1)
    ends = [length] * len(kept)
    open_at: list[int] = []
    for index, item in enumerate(kept):
        while open_at and levels[open_at[-1]] >= levels[index]:
            ends[open_at.pop()] = item.start - 1
        open_at.append(index)
    return tuple(
        Section(levels[i], item.label, item.title, item.start, ends[i], parents[i]) for i, item in enumerate(kept)
    )


def _coherent(found: Sequence[Candidate]) -> list[Candidate]:
    """Without the stray ones: a number without a neighbour in its style must read as a heading."""
    by_style: dict[str, list[int]] = defaultdict(list)
    for index, item in enumerate(found):
        by_style[item.style].append(index)
    stray: set[int] = set()
    for style, places in by_style.items():
        if style not in DIGITS and style != "一、":
            continue
        numbers = [0, *(found[i].number for i in places), 0]
        for at, index in enumerate(places, start=1):
            alone = numbers[at + 1] != numbers[at] + 1 and not (1 <= numbers[at] - numbers[at - 1] <= GAP and at > 1)
            if alone and not found[index].mark and not found[index].short:
                stray.add(index)
    return [item for index, item in enumerate(found) if index not in stray]


class _Order:
    """Which of two styles stands above the other in this document; neither does where the format marks them alike."""

    def __init__(self, found: Sequence[Candidate]) -> None:
        self._votes = _nesting(found)
        self._marks: dict[str, int] = {}
        for item in found:
            if item.mark:
                self._marks[item.style] = min(self._marks.get(item.style, 9), item.mark)

    def above(self, one: str, other: str) -> bool:
        if one in STATUTE and other in STATUTE:
            return RANK[one] < RANK[other]
        mark, other_mark = self._marks.get(one), self._marks.get(other)
        if mark and other_mark:
            return mark < other_mark
        for_one, for_other = self._votes.get((one, other), 0), self._votes.get((other, one), 0)
        if for_one != for_other:
            return for_one > for_other
        return self._rank(one) < self._rank(other)

    def usual(self, one: str, other: str) -> bool:
        """Whether official documents in general put ``one`` above ``other``; both must be numbered."""
        return one in RANK and other in RANK and not {one, other} & UNNUMBERED and RANK[one] < RANK[other]

    @staticmethod
    def _rank(style: str) -> float:
        """A heading of the format's own that has no number stands above what is only numbered."""
        return RANK[style] if style in RANK else 0.1 * int(style[-1]) + 8.1


def _nesting(found: Sequence[Candidate]) -> Votes:
    """How often style B stands between numbers n and n + 1 of style A: votes for A above B."""
    next_number: dict[str, int] = {}
    goes_on: list[bool] = []
    for item in reversed(found):
        goes_on.append(item.number > 0 and next_number.get(item.style) == item.number + 1)
        next_number[item.style] = item.number
    votes: Votes = defaultdict(int)
    waits: dict[str, bool] = {}
    for item, waiting in zip(found, reversed(goes_on), strict=True):
        for style in waits:
            if style != item.style and waits[style]:
                votes[style, item.style] += 1
        waits[item.style] = waiting
    return votes


def _place(
    item: Candidate, stack: Sequence[Candidate], order: _Order, last: dict[str, int], ahead: Sequence[Candidate]
) -> int | None:
    """The depth at which ``item`` goes, closing all that is open from there on; None where its number can't be."""
    style = item.style
    same = [depth for depth, open_item in enumerate(stack) if open_item.style == style]
    if same:
        if style in UNNUMBERED or not item.number:
            return same[-1]
        follows = [depth for depth in reversed(same) if _follows(item, stack[depth])]
        if follows:
            # Of two open sequences that wait for this number, a heading goes on with the one made of headings; a
            # number given twice is a slip, and the last explanation.
            return min(follows, key=lambda at: (stack[at].number == item.number, stack[at].short != item.short))
        if item.number != 1:
            return same[-1] if item.mark and item.short else None
        inner = order.above(stack[-1].style, style) or _resumes(stack, same[-1], ahead)
        return len(stack) if inner else same[-1]
    if not _may_open(item, last):
        return None
    depth = len(stack)
    first = item.number == 1 and style not in last
    while depth and not order.above(stack[depth - 1].style, style):
        # 「三、」→「（一）」→「一、」: the inner 一、 vote for （一） above 一、, yet （一） opens inside 三、.
        if first and order.usual(stack[depth - 1].style, style):
            break
        depth -= 1
    return depth


def _resumes(stack: Sequence[Candidate], depth: int, ahead: Sequence[Candidate]) -> bool:
    """Whether the sequence open at ``depth`` goes on behind the one that begins now."""
    waits = stack[depth]
    outer = {entry.style for entry in stack[:depth]}
    number = 1
    for item in ahead:
        if item.style in outer:
            return False
        if item.style != waits.style:
            continue
        if item.number in (1, number + 1):
            number = item.number
        elif item.number == waits.number + 1:
            return True
    return False


def _follows(item: Candidate, previous: Candidate) -> bool:
    """Whether ``item`` can be the next sibling of ``previous`` in one sequence."""
    step = item.number - previous.number
    if item.style == "条":
        if not item.spaced:
            return step == 1
        return step > 0 or (step == 0 and item.sub > previous.sub)
    if step == 0:
        return item.short and previous.short and item.title != previous.title
    return 0 < step <= GAP


def _may_open(item: Candidate, last: dict[str, int]) -> bool:
    """Whether a sequence may begin with ``item``: at one, a little later, or where an earlier one left off."""
    if item.mark or not item.number or item.number <= 3:
        return item.spaced or item.number == 1
    if item.style == "条":
        return item.spaced or item.number == last.get("条", 0) + 1
    return item.style in STATUTE or item.number == last.get(item.style, 0) + 1
