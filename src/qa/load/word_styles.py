"""What a Word document's styles and numbering definitions say about a paragraph: heading level and number shown."""

from __future__ import annotations

import re
from typing import Any

from qa.load.numbering import number_text, whole

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


_CHAIN = 32
"""Styles that a style can stand on; Word itself allows eleven, and a ring of them has no end."""

_PATTERN = 255
"""Characters of a number's pattern; it stands before each paragraph of the list."""


def value(element: Any, path: str) -> str | None:
    """``w:val`` of the element at ``path`` (names without prefix), None where there is none."""
    found = element.find("/".join(W + name for name in path.split("/")))
    return None if found is None else found.get(W + "val")


class Styles:
    """Paragraph styles by id."""

    def __init__(self, root: Any) -> None:
        found = root.findall(W + "style") if root is not None else []
        self._styles = {style.get(W + "styleId"): style for style in found}

    def chain(self, style: str | None) -> list[Any]:
        """The style and those it is based on, nearest first."""
        seen: list[Any] = []
        while style in self._styles and len(seen) < _CHAIN:
            seen.append(self._styles[style])
            style = value(seen[-1], "basedOn")
        return seen

    def is_contents(self, style: str | None) -> bool:
        """Whether it is a line of the automatic table of contents, which repeats the headings."""
        return any(re.match(r"(?i)toc ?\d|目录 ?\d", value(one, "name") or "") for one in self.chain(style)[:1])

    def level(self, paragraph: Any, style: str | None) -> int:
        """1-6 for a heading, 0 for body text: outline level of paragraph or style, then the style's name."""
        for source in (paragraph, *self.chain(style)):
            outline = value(source, "pPr/outlineLvl")
            if (depth := whole(outline, -1)) >= 0:
                return min(depth + 1, 6) if depth < 9 else 0
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
        return (None if number == "0" else number), whole(depth, 0)

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
        return {whole(level.get(W + "ilvl"), 0): level for level in found}, key

    def _count(self, counts: dict[int, int], number: str, depth: int, levels: dict[int, Any]) -> None:
        start = _start(levels.get(depth))
        if (number, depth) not in self._begun:
            self._begun.add((number, depth))
            for one in self._nums[number].findall(W + "lvlOverride"):
                override = whole(value(one, "startOverride"), -1)
                if one.get(W + "ilvl") == str(depth) and override >= 0:
                    counts.pop(depth, None)
                    start = override
        counts[depth] = counts[depth] + 1 if depth in counts else start
        for deeper in [at for at in counts if at > depth and at in levels and value(levels[at], "lvlRestart") != "0"]:
            del counts[deeper]

    def _shown(self, levels: dict[int, Any], counts: dict[int, int], level: Any) -> str:
        if value(level, "numFmt") == "bullet":
            return ""
        legal = level.find(W + "isLgl") is not None

        def one(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            kind = (value(levels[at], "numFmt") if at in levels else None) or "decimal"
            return number_text(counts.get(at, _start(levels.get(at))), "decimal" if legal else kind)

        text = re.sub(r"%([1-9])", one, (value(level, "lvlText") or "")[:_PATTERN])
        return text if not text or value(level, "suff") == "nothing" else text + " "


def _start(level: Any) -> int:
    return whole(value(level, "start") if level is not None else None, 1)
