"""A citation as people write it under a quotation: 《文件》（文号）第X条，第N页."""

from __future__ import annotations

import re

from qa.types import Answer, Citation, page_kind
from qa.web.texts import TEXTS, Lang

_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千万\d]+条(?:之[一二三四五六七八九十]+)?")
_OPENING = re.compile(rf"{_ARTICLE.pattern}(?=\s|$)")
"""An article that is quoted from its number on; that heading is not above the quote, so no breadcrumb has it."""


def reference(c: Citation, lang: Lang = "zh") -> str:
    """``《渡船管理办法》（梅政发〔2024〕3号）第一条，第 2 页``.

    The innermost article, else the innermost heading in brackets of its own; what isn't known is left out.
    """
    title = c.title or c.path
    named = title if title.startswith("《") and title.endswith("》") else f"《{title}》"
    known = c.facts.get("number") or c.facts.get("date", "")
    place = _place(c)
    page = f"，{TEXTS[lang][page_kind(c.path)].format(page=c.page)}" if c.page else ""
    return named + (f"（{known}）" if known else "") + place + page


def quotation(c: Citation, lang: Lang = "zh") -> str:
    """The quote in quotation marks with its reference behind it, ready to be pasted."""
    return f"“{c.quote}”（{reference(c, lang)}）"


def with_sources(answer: Answer, lang: Lang = "zh") -> str:
    """The question, the answer's sentences with their marks, and what each mark refers to. Empty for an abstention."""
    if not answer.quoted:
        return ""
    t = TEXTS[lang]
    sources = "\n".join(f"[{c.number}] {reference(c, lang)}" for c in answer.quoted)
    told = "".join(f"{warning}\n" for warning in answer.warnings)
    body = f"{t['asked']}{t['colon']}{answer.question}\n\n{told}{answer.text}"
    return f"{body}\n\n{t['sources']}\n{sources}"


def _place(c: Citation) -> str:
    if opening := _OPENING.match(c.quote):
        return opening.group()
    for heading in reversed(c.breadcrumb):
        if article := _ARTICLE.match(heading):
            return article.group()
    return f"“{c.breadcrumb[-1]}”部分" if c.breadcrumb else ""
