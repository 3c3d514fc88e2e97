"""The reading page: a whole document, its outline at the side, each paragraph knowing its place in the text."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from qa.types import Document, Section
from qa.web.page import page, top
from qa.web.texts import TEXTS, Lang

GROUP = 40
"""Paragraphs in a group that the browser may leave unpainted while it is out of sight (CSS content-visibility)."""


def reader(document: Document, lang: Lang, root: str) -> str:
    """The page for ``/doc/<id>``. ``#s<start>-<end>``, in code points, is highlighted by reader.js."""
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    middle = f'<span class="yj-doc-title">{escape(document.title)}</span>'
    body = (
        f'{top(lang, root, middle=middle, here=f"/doc/{escape(document.id)}")}<div class="yj-reader">'
        f'<details class="yj-outline" open><summary>{t["reader_outline"]}</summary>{_outline(document, lang)}</details>'
        f'<main class="yj-paper"><article id="yj-text" lang="zh">{_badge(document, lang)}{_paragraphs(document)}'
        "</article></main></div>"
        f'<button type="button" id="yj-back-to-mark" hidden>{t["reader_top"]}</button>'
    )
    return page(f"{document.title} · {t['name']}", body, lang, root, "reader.css", "reader.js")


def _badge(document: Document, lang: Lang) -> str:
    t, facts = TEXTS[lang], document.facts
    pairs = [(t["reader_number"], facts.number), (t["reader_issuer"], facts.issuer), (t["reader_date"], facts.date)]
    items = [f"<span><b>{escape(name)}</b> {escape(value)}</span>" for name, value in pairs if value]
    items.append(f"<span>{escape(t['reader_chars'].format(chars=f'{len(document.text):,}'))}</span>")
    if document.pages:
        items.append(f"<span>{escape(t['reader_pages'].format(pages=document.pages[-1].number))}</span>")
    items.append(f'<span class="yj-path">{escape(document.path)}</span>')
    notes = "".join(f"<li>{escape(w)}</li>" for w in document.warnings)
    warning = f'<ul class="yj-warn" aria-label="{escape(t["reader_warnings"])}">{notes}</ul>' if notes else ""
    return f'<header class="yj-badge"><h1>{escape(document.title)}</h1><p>{"".join(items)}</p>{warning}</header>'


def _outline(document: Document, lang: Lang) -> str:
    if not document.sections:
        return f'<p class="yj-hint">{escape(TEXTS[lang]["reader_no_outline"])}</p>'
    rows = (
        f'<li class="l{min(s.level, 5)}"><a href="#s{s.start}">{escape(_short(s.heading))}</a></li>'
        for s in document.sections
        if s.heading
    )
    return f"<nav><ol>{''.join(rows)}</ol></nav>"


def _short(heading: str, limit: int = 40) -> str:
    return heading if len(heading) <= limit else f"{heading[:limit]}…"


def _paragraphs(document: Document) -> str:
    starts = {s.start: s for s in reversed(document.sections)}
    lines = list(_lines(document.text))
    groups = (lines[i : i + GROUP] for i in range(0, len(lines), GROUP))
    return "".join(
        f'<div class="g">{"".join(_paragraph(document, start, line, starts.get(start)) for start, line in group)}</div>'
        for group in groups
    )


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _paragraph(document: Document, start: int, line: str, section: Section | None) -> str:
    """``data-s`` is the offset of the first character. Page marks hold no text, so that offsets stay countable."""
    inner = _with_pages(document, start, line)
    if section is not None and len(line) <= len(section.heading) + 2:
        return f'<p class="h h{min(section.level, 5)}" data-s="{start}">{inner}</p>'
    return f'<p data-s="{start}">{inner}</p>'


def _with_pages(document: Document, start: int, line: str) -> str:
    inside = [p for p in document.pages if start <= p.start <= start + len(line)] if document.pages else []
    html, last = "", 0
    for mark in inside:
        html += escape(line[last : mark.start - start]) + f'<i class="pg" data-p="{mark.number}"></i>'
        last = mark.start - start
    return html + escape(line[last:])
