"""What the journal tells an administrator: what has no answer, what is asked most, how fast, what readers say."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from qa.evaluate.measures import percentile
from qa.journal import Row
from qa.tokens import content_words, simplify

ALIKE, SWAPPED = 0.75, 0.85
"""Dice coefficients of two questions' key terms from which on they are one, where their numbers are the same. The
second holds where each has a term that the other lacks: mostly another thing is asked then, 「食堂由谁审批」 for
「采购由谁审批」.
Of 2,000 questions that differ in who, what or how (10 × 20 × 10) 1,980 stay apart; with 0.6 for both 131 did."""
WORDINGS = 2000
"""Different wordings compared with each other; the rarer ones beyond stand alone. 2,000 take 0.3 s."""
_PEOPLE = frozenset("请问 什么 怎么 怎样 如何 哪些 哪个 多少 几 是否 吗 呢 有关 关于 进行".split())
"""Words of asking: they are in questions about anything."""
_NUMBERS = re.compile(r"\d+|第[〇零一二三四五六七八九十百千]+|[〇零一二三四五六七八九十百千]{2,}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same. ``question`` is the commonest wording, ``others`` the rest; ``last`` an ISO time."""

    question: str
    count: int
    others: tuple[str, ...]
    missing: tuple[str, ...]
    last: str
    refused: int


@dataclass(frozen=True, slots=True)
class Day:
    """``p50`` and ``p95`` are in milliseconds, of all answers of the day."""

    date: str
    questions: int
    refused: int
    p50: float
    p95: float
    good: int
    bad: int
    wrong: int


@dataclass(frozen=True, slots=True)
class _Head:
    about: frozenset[str]
    numbers: tuple[str, ...]
    rows: list[Row]


def normal(question: str) -> str:
    """The wording without width, case, script, punctuation and white space."""
    text = simplify(unicodedata.normalize("NFKC", question)).casefold()
    return "".join(char for char in text if char.isalnum())


def terms(question: str) -> frozenset[str]:
    """What a question is about, as its words and each two characters of them that stand together."""
    words = [word for word in content_words(question) if word not in _PEOPLE]
    pairs = {word[at : at + 2] for word in words for at in range(len(word) - 1)}
    return frozenset(pairs | {word for word in words if len(word) == 1})


def groups(rows: Iterable[Row]) -> list[Group]:
    """Rows by what they ask, most first, then the latest: the same wording, or nearly the same key terms."""
    wordings: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        wordings[normal(row.question) or row.question].append(row)
    ordered = sorted(wordings.values(), key=lambda same: (-len(same), same[0].at))
    heads: list[_Head] = []
    by_term: dict[str, list[int]] = defaultdict(list)
    for place, same in enumerate(ordered):
        about = terms(same[0].question)
        numbers = tuple(sorted(_NUMBERS.findall(normal(same[0].question))))
        at = _nearest(about, numbers, heads, by_term) if place < WORDINGS else None
        if at is not None:
            heads[at].rows.extend(same)
            continue
        for term in about:
            by_term[term].append(len(heads))
        heads.append(_Head(about, numbers, list(same)))
    found = [_group(head.rows) for head in heads]
    return sorted(found, key=lambda group: (group.count, group.last), reverse=True)


def _nearest(
    about: frozenset[str], numbers: tuple[str, ...], heads: Sequence[_Head], by_term: dict[str, list[int]]
) -> int | None:
    shared = Counter(at for term in about for at in by_term[term] if heads[at].numbers == numbers)
    scored = []
    for at, count in shared.items():
        most = len(heads[at].about)
        needed = SWAPPED if count < min(len(about), most) else ALIKE
        dice = 2 * count / (len(about) + most)
        if dice >= needed:
            scored.append((dice, -at))
    return -max(scored)[1] if scored else None


def _group(rows: Sequence[Row]) -> Group:
    wordings = Counter(row.question.strip() for row in rows)
    first, *others = [wording for wording, _ in wordings.most_common(9)]
    missing = Counter(term for row in rows for term in row.missing)
    return Group(
        *(first, len(rows), tuple(others), tuple(term for term, _ in missing.most_common(6))),
        *(max(row.at for row in rows), sum(row.status == "abstained" for row in rows)),
    )


def days(rows: Iterable[Row], zone: tzinfo | None = None) -> list[Day]:
    """Figures by day of the place's own time, earliest first; days without questions are left out."""
    by_day: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_day[f"{local(row.at, zone):%Y-%m-%d}"].append(row)
    return [_day(date, same) for date, same in sorted(by_day.items())]


def total(rows: Sequence[Row]) -> Day:
    """The same figures over all of them; its date is empty."""
    return _day("", rows)


def _day(date: str, rows: Sequence[Row]) -> Day:
    times = sorted(row.ms for row in rows)
    said = Counter(verdict(row) for row in rows)
    refused = sum(row.status == "abstained" for row in rows)
    speed = (percentile(times, 0.5), percentile(times, 0.95))
    return Day(date, len(rows), refused, *speed, said["good"], said["bad"], said["wrong"])


def verdict(row: Row) -> str:
    """ "good", "bad", "wrong" (a citation is), or "" without one."""
    if row.good is None:
        return ""
    return "wrong" if row.wrong is not None else "good" if row.good else "bad"


def local(at: str, zone: tzinfo | None = None) -> datetime:
    return datetime.fromisoformat(at).astimezone(zone)


_SAID = {"": "", "good": "有用", "bad": "没用", "wrong": "引错"}
_HEADS = (
    *("时间", "谁", "地址", "问题", "范围", "结果", "把握", "引文", "回答", "用时（毫秒）", "索引版本"),
    *("评价", "引错第几条", "说明"),
)


def as_csv(rows: Iterable[Row], zone: tzinfo | None = None) -> Iterator[str]:
    """Lines of a table that Excel opens: a byte order mark, CRLF, and no cell that it would take for a formula."""
    yield "\ufeff" + _line(_HEADS)
    for row in rows:
        places = "；".join(f"[{c['number']}] {c['path']} {c['start']}–{c['end']}" for c in row.citations)
        yield _line(
            (
                *(f"{local(row.at, zone):%Y-%m-%d %H:%M:%S}", row.user, row.host, row.question, row.scope),
                "回答" if row.status == "answered" else "没有依据",
                *(f"{row.confidence:.2f}", places, row.answer, f"{row.ms:.0f}", str(row.generation or "")),
                *(_SAID[verdict(row)], str(row.wrong or ""), row.note or ""),
            )
        )


def harmless(cell: str) -> str:
    """A cell that begins like a formula gets an apostrophe before it (OWASP, CSV Injection)."""
    stripped = cell.lstrip(" \u3000\u00a0\ufeff\n")
    full_width = unicodedata.normalize("NFKC", stripped[:1])
    return f"'{cell}" if stripped.startswith(_FORMULA) or (full_width in _FORMULA[:4] and stripped) else cell


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return out.getvalue()
