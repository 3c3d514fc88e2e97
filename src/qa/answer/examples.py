"""Questions that the library itself suggests: headings put as a visitor would ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from qa.types import Document, DocumentInfo, Section

PLAIN = re.compile(r"^[\u4e00-\u9fff“”《》、，A-Za-z0-9]{4,22}$")
ASKING = re.compile(r"[？?]$")
LOOKED_AT = 60
"""Documents looked at: enough for variety, and reading more would slow the first page."""


def examples(infos: Iterable[DocumentInfo], open_document: Callable[[str], Document], n: int) -> list[str]:
    """Up to ``n`` questions, from as many different documents; the same for the same library."""
    found: list[str] = []
    shown = sorted((info for info in infos if info.chunks >= 3), key=lambda info: (info.path.count("/"), info.path))
    step = max(1, len(shown) // LOOKED_AT)
    pool = [question for info in shown[::step][:LOOKED_AT] if (question := _question(open_document(info.id)))]
    for question in pool[:: max(1, len(pool) // max(1, n))]:
        if question not in found:
            found.append(question)
    return found[:n]


def _question(document: Document) -> str | None:
    """The best question of one document: a heading that is one, a numbered list's, an article's, a topic's."""
    for section in document.sections:
        if ASKING.search(section.title) and len(section.title) <= 30:
            return section.title
    for index, section in enumerate(document.sections):
        children = [s for s in document.sections if s.parent == index and s.label]
        if 3 <= len(children) <= 9 and PLAIN.match(section.title) and not _is_article(children[0]):
            return f"{_topic(document)}的“{section.title}”有哪几条？"
    for section in document.sections:
        if _is_article(section) and section.label:
            return f"《{document.title}》{section.label}是怎么规定的？"
    return f"《{document.title}》讲了什么？" if len(document.title) <= 24 else None


def _is_article(section: Section) -> bool:
    return section.label.startswith("第") and section.label.endswith("条")


def _topic(document: Document) -> str:
    return f"《{document.title}》" if len(document.title) <= 20 else f"《{document.title[:18]}…》"
