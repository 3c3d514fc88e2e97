"""A document cut into parts, so that a law of three megabytes is served as it is read."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from html import escape

from qa.split import sentences
from qa.types import Document, Section, page_kind
from qa.web.texts import TEXTS, Lang

PART = 8000
"""Characters of a part: eight screens at 1440 × 900, 27 kB of HTML, there in 20 ms on a loaded machine."""
WHOLE = 60_000
"""Documents up to so many characters come whole, so that the browser's own search and printing see all of them."""

_END = re.compile("[。；！？;!?，,]")


def bounds(text: str) -> list[int]:
    """Where the parts begin, and the end of the last. They end at a line's end, or in a very long line at a mark."""
    found = [0]
    while len(text) - found[-1] > PART * 3 // 2:
        target = found[-1] + PART
        end = text.find("\n", target, target + PART) + 1
        if not end:
            mark = _END.search(text, target, target + PART)
            end = mark.end() if mark else target + PART
        found.append(end)
    if text[found[-1] :] or len(found) == 1:
        found.append(len(text))
    return found


def part_of(cuts: Sequence[int], offset: int) -> int:
    """Index of the part that holds the offset; the last for what lies behind the end."""
    return max(0, min(bisect_right(cuts, offset) - 1, len(cuts) - 2))


def version(document: Document) -> str:
    """Changes when the document does: a page that is open asks for parts of what it showed."""
    return f"{document.sha256[:12]}-{len(document.text)}"


def part(document: Document, cuts: Sequence[int], index: int, lang: Lang) -> str:
    """One part as HTML: paragraphs that know their place in the text and where their sentences begin."""
    begin, end = cuts[index], cuts[index + 1]
    low = bisect_left(document.sections, begin, key=lambda s: s.start)
    high = bisect_left(document.sections, end, key=lambda s: s.start)
    headings = {s.start: s for s in reversed(document.sections[low:high])}
    rows = "".join(
        _paragraph(document, start, line, headings.get(start), lang)
        for start, line in _lines(document.text, begin, end)
    )
    return f'<div class="g" data-n="{index}">{rows}</div>'


def _lines(text: str, begin: int, end: int) -> Iterator[tuple[int, str]]:
    """Offset and text of each line; a line feed at the part's end belongs to it."""
    inner = text[begin:end]
    start = begin
    for line in (inner[:-1] if inner.endswith("\n") and end < len(text) else inner).split("\n"):
        yield start, line
        start += len(line) + 1


def _paragraph(document: Document, start: int, line: str, section: Section | None, lang: Lang) -> str:
    """``data-s`` is the offset of the first character, ``data-n`` where sentences begin, counted from there.

    Page marks hold no text, so that offsets stay countable.
    """
    inner = _with_pages(document, start, line, lang)
    begins = [s for s, _ in sentences(line)][1:]
    told = f' data-n="{" ".join(map(str, begins))}"' if begins else ""
    if section is not None and len(line) <= len(section.heading) + 2:
        kind = f' class="h h{min(section.level, 5)}"'
    else:
        kind = ' class="c"' if start and document.text[start - 1] != "\n" else ""
    return f'<p{kind} id="s{start}"{told} data-s="{start}">{inner}</p>'


def _with_pages(document: Document, start: int, line: str, lang: Lang) -> str:
    low = bisect_left(document.pages, start, key=lambda p: p.start)
    high = bisect_right(document.pages, start + len(line), key=lambda p: p.start)
    name = TEXTS[lang][page_kind(document.path)]
    html, last = "", 0
    for mark in document.pages[low:high]:
        told = escape(name.format(page=mark.number))
        html += escape(line[last : mark.start - start])
        html += f'<i class="pg" role="doc-pagebreak" aria-label="{told}" data-t="{told}" data-p="{mark.number}"></i>'
        last = mark.start - start
    return html + escape(line[last:])
