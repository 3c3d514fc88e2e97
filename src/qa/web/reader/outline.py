"""The outline at the side: all of a short one, of a long one the upper levels, the rest as somebody opens it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from qa.types import Section

MANY = 400
"""Headings sent with the page: about 40 kB. Levels that go beyond are sent branch by branch."""
GROUP, FLAT = 100, 200
"""A list of more than ``FLAT`` headings of one level is folded into groups of ``GROUP``: laws of 1,000 articles."""
LONG = 40
"""Characters of a heading shown."""

Address = Callable[[int], str]
Branch = tuple[int, int]
"""Sections ``[first, end)`` in the document's order: a heading with all below it, or several."""


def branch(sections: Sequence[Section], first: int, end: int, address: Address) -> str:
    """Sections ``[first, end)`` as nested lists, at most about ``MANY``; the rest is named in ``data-more``."""
    tops = _tops(sections, first, end)
    level = _deepest(sections, first, end)
    return _list(sections, tops, level, address)


def _tops(sections: Sequence[Section], first: int, end: int) -> list[Branch]:
    """The branches of a range: each begins with a heading that none before it in the range holds."""
    starts: list[int] = []
    lowest = 0
    for index in range(first, end):
        if not starts or sections[index].level <= lowest:
            starts.append(index)
            lowest = sections[index].level
    return list(zip(starts, [*starts[1:], end], strict=True)) if starts else []


def _deepest(sections: Sequence[Section], first: int, end: int) -> int:
    """The deepest level down to which no more than ``MANY`` headings stand in the range."""
    levels = sorted(section.level for section in sections[first:end])
    return levels[min(len(levels), MANY + 1) - 1] - (len(levels) > MANY) if levels else 0


def _list(sections: Sequence[Section], tops: Sequence[Branch], level: int, address: Address) -> str:
    if len(tops) > FLAT:
        groups = [tops[at : at + GROUP] for at in range(0, len(tops), GROUP)]
        rows = "".join(
            _row(
                sections[g[0][0]], f"{_short(sections[g[0][0]], 16)} – {_short(sections[g[-1][0]], 16)}", address
            ).replace("<li", f'<li data-more="{g[0][0]}-{g[-1][1]}"', 1)
            + "</li>"
            for g in groups
        )
        return f"<ol>{rows}</ol>"
    return f"<ol>{''.join(_node(sections, first, end, level, address) for first, end in tops)}</ol>"


def _node(sections: Sequence[Section], first: int, end: int, level: int, address: Address) -> str:
    section = sections[first]
    row = _row(section, _short(section, LONG), address)
    if end == first + 1:
        return f"{row}</li>"
    if section.level >= level:
        return row.replace("<li", f'<li data-more="{first + 1}-{end}"', 1) + "</li>"
    return f"{row}{_list(sections, _tops(sections, first + 1, end), level, address)}</li>"


def _row(section: Section, shown: str, address: Address) -> str:
    kind = f"l{min(section.level, 5)}"
    return f'<li class="{kind}"><a href="{escape(address(section.start))}" data-s="{section.start}">{escape(shown)}</a>'


def _short(section: Section, limit: int) -> str:
    heading = section.heading or "…"
    return heading if len(heading) <= limit else f"{heading[:limit]}…"
