"""What a Word document's styles and numbering definitions say about a paragraph: heading level and number shown."""

from __future__ import annotations

import re
from typing import Any

from qa.load.numbering import count, number_text

_CONTENTS = re.compile(r"(?i)(?:WPSOffice(?:手动)?)?(?:toc|目录) ?(?:\d|heading|标题)")
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


_CHAIN = 32
"""Styles that a style can stand on; Word itself allows eleven, and a ring of them has no end."""

_PATTERN = 255
"""Characters of a number's pattern; it stands before each paragraph of the list."""


def value(element: Any, path: str) -> str | None:
    """``w:val`` of the element at ``path`` (names without prefix), None where there is none."""
    found = element.find("/".join(W + name for name in path.split("/")))
    return None if found is None else found.get(W + "val")


def on(switch: Any) -> bool:
    """Whether an element that stands for yes or no is there and does not say no."""
    return switch is not None and switch.get(W + "val", "1") not in ("0", "false", "off", "none")


_CHAIN = 50  # styles based on each other; a longer chain is a ring


class Styles:
    """Paragraph styles by id."""

    def __init__(self, root: Any) -> None:
        found = root.findall(W + "style") if root is not None else []
        self._styles = {style.get(W + "styleId"): style for style in found}
        self._chains: dict[str | None, list[Any]] = {}

    def chain(self, style: str | None) -> list[Any]:
        """The style and those it is based on, nearest first."""
        if style not in self._chains:
            found: list[Any] = []
            at = style
            while at in self._styles and len(found) < _CHAIN:
                found.append(self._styles[at])
                at = value(found[-1], "basedOn")
            self._chains[style] = found
        return self._chains[style]

    def is_contents(self, style: str | None) -> bool:
        """Whether it is a line of the automatic table of contents, which repeats the headings."""
        return any(_CONTENTS.match(value(one, "name") or "") for one in self.chain(style)[:1])

    def level(self, paragraph: Any, style: str | None) -> int:
        """1-6 for a heading, 0 for body text: outline level of paragraph or style, then the style's name."""
        for source in (paragraph, *self.chain(style)):
            outline = value(source, "pPr/outlineLvl")
            if outline is not None:
                return min(count(outline, 9) + 1, 6) if count(outline, 9) < 9 else 0
            name = value(source, "name") or ""
            if match := re.fullmatch(r"(?i)(?:heading|标题) ?([1-9])", name):
                return min(int(match.group(1)), 6)
            if name.lower() in ("title", "标题"):
                return 1
        return 0


class Numbering:
    """Counters of automatic lists. ``label`` must be called once for each paragraph shown, in order."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, Any] = {}
        self._nums: dict[str, Any] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is not None:
            self._abstract = {one.get(W + "abstractNumId"): one for one in root.findall(W + "abstractNum")}
            self._nums = {one.get(W + "numId"): one for one in root.findall(W + "num")}

    def label(self, paragraph: Any, style: str | None) -> str:
        """The number that Word shows before the paragraph, with the space after it; empty without one."""
        number, depth = self._place(paragraph, style)
        if number is None or number not in self._nums:
            return ""
        levels, key = self._levels(number)
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(key, {})
        self._count(counts, number, depth, levels)
        return self._shown(levels, counts, level)

    def _place(self, paragraph: Any, style: str | None) -> tuple[str | None, int]:
        number, depth = value(paragraph, "pPr/numPr/numId"), value(paragraph, "pPr/numPr/ilvl")
        for one in self._styles.chain(style):
            if number is not None:
                break
            number = value(one, "pPr/numPr/numId")
            depth = depth if depth is not None else value(one, "pPr/numPr/ilvl")
            if number in self._nums and depth is None:
                depth = self._styled_level(number, one.get(W + "styleId"))
        return (None if number == "0" else number), count(depth)

    def _styled_level(self, number: str | None, style: str | None) -> str | None:
        for depth, level in self._levels(number or "")[0].items():
            if value(level, "pStyle") == style:
                return str(depth)
        return None

    def _levels(self, number: str) -> tuple[dict[int, Any], str]:
        """Level definitions of a list by depth, its overrides applied, and the key of its counters."""
        num = self._nums[number]
        key = value(num, "abstractNumId") or ""
        abstract = self._abstract.get(key)
        link = value(abstract, "numStyleLink") if abstract is not None else None
        if link:
            for one in self._styles.chain(link)[:1]:
                linked = self._nums.get(value(one, "pPr/numPr/numId") or "")
                key = (value(linked, "abstractNumId") if linked is not None else None) or key
            abstract = self._abstract.get(key)
        found = list(abstract.findall(W + "lvl")) if abstract is not None else []
        found += [level for one in num.findall(W + "lvlOverride") for level in one.findall(W + "lvl")]
        return {count(level.get(W + "ilvl")): level for level in found}, key

    def _count(self, counts: dict[int, int], number: str, depth: int, levels: dict[int, Any]) -> None:
        start = _start(levels.get(depth))
        if (number, depth) not in self._begun:
            self._begun.add((number, depth))
            for one in self._nums[number].findall(W + "lvlOverride"):
                override = value(one, "startOverride")
                if one.get(W + "ilvl") == str(depth) and override is not None:
                    counts.pop(depth, None)
                    start = count(override)
        counts[depth] = counts[depth] + 1 if depth in counts else start
        for deeper in [at for at in counts if at > depth and depth < _restarts_after(levels.get(at), at)]:
            del counts[deeper]

    def _shown(self, levels: dict[int, Any], counts: dict[int, int], level: Any) -> str:
        if _format(level) == "bullet":
            return ""
        legal = level.find(W + "isLgl") is not None

        def one(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            kind = _format(levels[at]) if at in levels else "decimal"
            return number_text(counts.get(at, _start(levels.get(at))), "decimal" if legal else kind)

        text = re.sub(r"%([1-9])", one, (value(level, "lvlText") or "")[:_PATTERN])
        return text if not text or value(level, "suff") == "nothing" else text + " "


def _start(level: Any) -> int:
    start = value(level, "start") if level is not None else None
    return count(start, 1)


def _restarts_after(level: Any, depth: int) -> int:
    """A level begins anew after any paragraph of a depth less than this; by default after any above itself."""
    stated = value(level, "lvlRestart") if level is not None else None
    return min(count(stated, depth), depth)


def _format(level: Any) -> str:
    """Number format; of one that only newer readers know (001, 002, …) the zeros it pads with, else its fallback."""
    stated = value(level, "numFmt")
    custom = level.find(f"{_MC}AlternateContent/{_MC}Choice/{W}numFmt")
    if custom is not None and (zeros := re.match(r"(0+)1\b", custom.get(W + "format", ""))):
        return f"decimal{len(zeros.group(1)) + 1}"
    fallback = level.find(f"{_MC}AlternateContent/{_MC}Fallback/{W}numFmt")
    return stated or (fallback.get(W + "val") if fallback is not None else None) or "decimal"
