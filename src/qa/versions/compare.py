"""新旧对照: two documents side by side, article by article, each character once and in its place."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

from qa.errors import InputError
from qa.types import Document
from qa.versions.align import RARE, align, common_runs, containment, pairs_of
from qa.versions.marks import Change, May, changes, rising
from qa.versions.units import WIDTHS, Kind, Unit, common_kind, units

Status = Literal["same", "changed", "moved", "added", "removed"]

SECONDS = 6.0
"""Processor time after which units are compared as wholes. Two laws of 3 million characters take 9 s without a bound;
texts made to be hard took a minute."""
MOST = 4_000_000
"""Characters of both texts together, so that what is linear in them, and what is shown, stays within some 4 s more."""
MOST_UNITS = 300_000
"""Of both together, for the same reason: 2 million three-letter lines took 11 s in what is linear alone."""
HELD = 0.6
"""How much of a unit without counterpart must stand in another for it to be said to come from there."""


@dataclass(frozen=True, slots=True)
class Run:
    """``text == document.text[start : start + len(text)]``. ``changed``: the other document has it not, here."""

    text: str
    start: int
    changed: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One document's part of a row: whole paragraphs, the line feed behind the last one included."""

    label: str
    start: int
    end: int
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of either document or of both.

    Attributes:
        status: "same"; "changed" in its words; "moved": the same words under another number or in another place;
            "added" and "removed" have one side only.
        elsewhere: Where the missing side of a row stands: in ``rows``. Its words are compared with that one. None for
            what stands side by side.
        related: Number of the unit of the other document that the words of an added or removed one are also found in:
            one article split in two, or two joined; empty without.
    """

    status: Status
    old: Side | None
    new: Side | None
    elsewhere: int | None = None
    related: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rows, in the order of both documents. ``coarse``: in some, time did not allow to tell what has changed."""

    old: Document
    new: Document
    kind: Kind
    rows: tuple[Row, ...]
    coarse: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many units have each status; what moved to another place is counted once."""
        found: Counter[str] = Counter(row.status for row in self.rows if not (row.elsewhere is not None and row.old))
        return {status: found[status] for status in ("changed", "added", "removed", "moved", "same")}

    def to_dict(self, only_changed: bool = False) -> dict[str, Any]:
        rows = [row for row in self.rows if not (only_changed and row.status == "same")]
        heads = {
            side: {"doc_id": d.id, "title": d.title, "path": d.path, "date": d.facts.date, "chars": len(d.text)}
            for side, d in (("old", self.old), ("new", self.new))
        }
        return {
            **heads,
            "kind": self.kind,
            "counts": self.counts,
            "coarse": self.coarse,
            "rows": [asdict(row) for row in rows],
        }


class _Clock:
    """Says whether there is time left; processor time, so that a busy machine gives the same result."""

    def __init__(self, seconds: float) -> None:
        self._end = time.thread_time() + seconds
        self.over = False

    def __call__(self) -> bool:
        self.over = self.over or time.thread_time() > self._end
        return not self.over


def compare(old: Document, new: Document, seconds: float = SECONDS) -> Comparison:
    """Old and new side by side; after ``seconds`` of work only what is the same as a whole is found.

    Raises InputError for texts that are too long.
    """
    if len(old.text) + len(new.text) > MOST:
        raise InputError(
            f"两份文件共 {len(old.text) + len(new.text):,} 字，超过对照的上限 {MOST:,} 字", "请拆分后分别对照"
        )
    clock = _Clock(seconds)
    kind = common_kind(old, new)
    left, right = units(old, kind), units(new, kind)
    if len(left) + len(right) > MOST_UNITS:
        raise InputError(
            f"两份文件共 {len(left) + len(right):,} 段，超过对照的上限 {MOST_UNITS:,} 段", "请拆分后分别对照"
        )
    pairs = align(left, right, clock)
    beside = dict(rising(sorted(pairs.items())))
    sides = {i: _both(old.text, new.text, left[i], right[j], clock) for i, j in pairs.items()}
    back = {j: i for i, j in pairs.items()}
    related = _related(left, right, pairs) if clock() else {}
    drafts: list[tuple[Row, tuple[int, int] | None]] = []
    for i, j in _order(len(left), len(right), beside):
        pair = (i, pairs[i]) if i is not None and i in pairs else (back[j], j) if j in back else None
        if pair is None:
            if i is not None:
                row = _alone(old.text, left[i], "removed", related.get(("old", i), ""))
            elif j is not None:
                row = _alone(new.text, right[j], "added", related.get(("new", j), ""))
            drafts.append((row, None))
            continue
        status, one, other = sides[pair[0]]
        apart = i is None or j is None
        status = "moved" if apart and status == "same" else status
        row = Row(status, one if i is not None else None, other if j is not None else None)
        drafts.append((row, pair if apart else None))
    return Comparison(old, new, kind, tuple(_linked(drafts)), clock.over)


def _order(left: int, right: int, beside: dict[int, int]) -> Iterator[tuple[int | None, int | None]]:
    """Indices of both sides in order, those of ``beside`` together; what stands between them, old before new."""
    ends = [(-1, -1), *beside.items(), (left, right)]
    for (i, j), (k, m) in pairwise(ends):
        yield from ((at, None) for at in range(i + 1, k))
        yield from ((None, at) for at in range(j + 1, m))
        if k < left:
            yield k, m


def _both(old: str, new: str, one: Unit, other: Unit, may: May) -> tuple[Status, Side, Side]:
    """A pair's status and sides with what changed marked; a number that changed is marked, too."""
    texts = old[one.start : one.end], new[other.start : other.end]
    said = texts[0].translate(WIDTHS), texts[1].translate(WIDTHS)
    if said[0].rstrip("\n") == said[1].rstrip("\n"):  # the last paragraph has no line feed
        return "same", _side(texts[0], one, ()), _side(texts[1], other, ())
    found = list(_numbered(said, one, other, may))
    status: Status = "moved" if one.body == other.body else "changed"
    return status, _side(texts[0], one, [c[:2] for c in found]), _side(texts[1], other, [c[2:] for c in found])


def _numbered(texts: tuple[str, str], one: Unit, other: Unit, may: May) -> Iterator[Change]:
    """Changes of the numbers, which change as a whole, and of what follows them."""
    labels = one.label.translate(WIDTHS), other.label.translate(WIDTHS)
    cut, cut2 = (len(label) if text.startswith(label) else 0 for text, label in zip(texts, labels, strict=True))
    if texts[0][:cut] != texts[1][:cut2]:
        yield 0, cut, 0, cut2
    for a, b, c, d in changes(texts[0][cut:], texts[1][cut2:], may):
        yield a + cut, b + cut, c + cut2, d + cut2


def _side(text: str, unit: Unit, changed: Iterable[tuple[int, int]]) -> Side:
    """``changed``: stretches in order, counted from the unit's start."""
    runs: list[Run] = []
    at = 0
    for begin, end in changed:
        if begin < end:
            pieces = ((at, begin, False), (begin, end, True))
            runs += [Run(text[a:b], unit.start + a, mark) for a, b, mark in pieces if a < b]
            at = end
    if at < len(text):
        runs.append(Run(text[at:], unit.start + at, False))
    return Side(unit.label, unit.start, unit.end, tuple(runs))


def _alone(text: str, unit: Unit, status: Literal["added", "removed"], related: str) -> Row:
    side = _side(text[unit.start : unit.end], unit, [(0, unit.end - unit.start)])
    return Row(status, side if status == "removed" else None, side if status == "added" else None, related=related)


def _linked(drafts: Sequence[tuple[Row, tuple[int, int] | None]]) -> Iterator[Row]:
    """Rows whose sides stand apart, each naming the other."""
    places: dict[tuple[int, int], list[int]] = {}
    for index, (_, pair) in enumerate(drafts):
        if pair is not None:
            places.setdefault(pair, []).append(index)
    for index, (row, pair) in enumerate(drafts):
        if pair is None:
            yield row
        else:
            (other,) = (place for place in places[pair] if place != index)
            yield Row(row.status, row.old, row.new, other, row.related)


def _related(left: Sequence[Unit], right: Sequence[Unit], pairs: dict[int, int]) -> dict[tuple[str, int], str]:
    """(side, index) of units without counterpart → number of the other side's unit that holds most of their words."""
    back = {j: i for i, j in pairs.items()}
    found: dict[tuple[str, int], str] = {}
    for side, own, others, taken in (("old", left, right, pairs), ("new", right, left, back)):
        alone = {index: unit.body for index, unit in enumerate(own) if index not in taken}
        if not alone:
            continue
        shared = common_runs(alone, {index: unit.body for index, unit in enumerate(others)})
        best: dict[int, list[tuple[int, int]]] = {}
        for (index, other), count in shared.items():
            best.setdefault(index, []).append((-count, other))
        for index, counted in best.items():
            codes = pairs_of(alone[index])
            held = {other: containment(codes, pairs_of(others[other].body)) for _, other in sorted(counted)[:RARE]}
            other = max(held, key=lambda place: (held[place], -place))
            if held[other] >= HELD and others[other].label:
                found[side, index] = others[other].label
    return found
