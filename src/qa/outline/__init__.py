"""The outline of a Chinese document: title, tree of sections, header facts.

``outline`` is pure: the same text and name give the same outline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.outline.facts import facts
from qa.outline.head import find_title
from qa.outline.items import Item, enumerated, items
from qa.outline.numbering import Line, candidates, contents, lines_of, plain_headings
from qa.outline.tree import sections
from qa.types import Canonical, Facts, Section

BODY_CHARS = 50
"""A paragraph of so many characters is running text, not part of a document's head."""

__all__ = ["Item", "Outline", "enumerated", "items", "outline"]


@dataclass(frozen=True, slots=True)
class Outline:
    """``sections`` are sorted by start, parents before children; children lie inside their parent, siblings apart."""

    title: str
    sections: tuple[Section, ...]
    facts: Facts


def outline(canonical: Canonical, name: str, title: str | None = None) -> Outline:
    """Title, sections and facts of a text.

    ``name`` is the file's stem, which is the title where the text shows none; ``title`` is what the format states.
    """
    lines = lines_of(canonical.text, {mark.start: mark.level for mark in canonical.marks})
    heading, taken = find_title(lines, name, title)
    skip = contents(lines) | taken
    found = list(candidates(lines, skip))
    if not any(item.style == "条" for item in found):
        body = lines[_body(lines) :]
        plain = plain_headings(body, [item.start for item in found], skip)
        found = sorted([*found, *plain], key=lambda item: item.start)
    stated = facts(lines, name, heading)
    del lines, taken, skip  # of a big file more than the text itself takes
    return Outline(heading, sections(found, len(canonical.text)), stated)


def _body(lines: Sequence[Line]) -> int:
    """Index of the first line of running text: what stands before it belongs to the head."""
    return next((i for i, line in enumerate(lines) if len(line.text) >= BODY_CHARS), len(lines))
