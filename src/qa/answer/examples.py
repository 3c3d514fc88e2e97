"""Questions that the library itself suggests: headings put as a visitor would ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from qa.types import Document, DocumentInfo, Section

PLAIN = re.compile(r"^[\u4e00-\u9fff“”、，A-Za-z0-9（）]{4,22}$")
LISTED = re.compile(
    r"^[\u4e00-\u9fff、]{0,10}(?:问题|要求|措施|任务|原则|体会|打算|不足|做法|经验|方法|内容|成效|特点|环节|步骤|情形|安排|职责)$"
)
ASKS = re.compile(r"^(?:什么是|为什么|怎样|怎么|如何).{2,}|.{4,}[？?]$|.{2,}(?:是什么|怎么办)$")
LOOKED_AT = 60
"""Documents looked at: enough for variety, and reading more would slow the first page."""


def examples(infos: Iterable[DocumentInfo], open_document: Callable[[str], Document], n: int) -> list[str]:
    """Up to ``n`` questions, as far as can be from different documents; the same for the same library."""
    shown = sorted((info for info in infos if _presentable(info)), key=lambda info: info.path)
    step = max(1, len(shown) // LOOKED_AT)
    pool: list[tuple[int, str]] = []
    for info in shown[::step][:LOOKED_AT]:
        pool += [(worth, question) for worth, question in _questions(open_document(info.id))][:1]
    # The better kinds first, and of each kind those spread over the library.
    chosen: list[str] = []
    for kind in sorted({worth for worth, _ in pool}, reverse=True):
        alike = [question for worth, question in pool if worth == kind]
        chosen += alike[:: max(1, len(alike) // n)]
    return list(dict.fromkeys(chosen))[:n]


def _presentable(info: DocumentInfo) -> bool:
    return info.chunks >= 3 and len(info.title) <= 22 and bool(PLAIN.match(info.title.replace(" ", "")))


def _questions(document: Document) -> Iterator[tuple[int, str]]:
    """Questions of one document with their worth, best first: a heading that asks, a list, an article, the gist."""
    for section in document.sections:
        if ASKS.search(section.title) and 5 <= len(section.title) <= 24:
            yield 3, section.title if section.title[-1] in "？?" else f"{section.title}？"
            break
    for index, section in enumerate(document.sections):
        children = [s for s in document.sections if s.parent == index and s.label]
        if 3 <= len(children) <= 9 and LISTED.match(section.title) and not is_article(children[0]):
            yield 3, f"《{document.title}》里的{section.title}有哪些？"
            break
    for section in document.sections:
        if is_article(section):
            yield 2, f"《{document.title}》{section.label}是怎么规定的？"
            break
    yield 1, f"《{document.title}》讲了什么？"


def is_article(section: Section) -> bool:
    """Whether it is an article of a law: 第X条."""
    return section.label.startswith("第") and section.label.endswith("条")
