"""The reading page: a whole document, its outline at the side, each paragraph knowing its place in the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from qa.types import Document, Section, page_kind
from qa.versions import Edition
from qa.web.compare import links
from qa.web.page import page, top
from qa.web.texts import TEXTS, Lang

GROUP = 40
"""Paragraphs in a group that the browser may leave unpainted while it is out of sight (CSS content-visibility)."""


def reader(
    document: Document, lang: Lang, root: str, facts: Mapping[str, str], editions: Sequence[Edition] = ()
) -> str:
    """The page for ``/doc/<id>``. ``#s<start>-<end>``, in code points, is highlighted by reader.js.

    ``facts`` are those that ``Citation.facts`` lists; ``editions`` all of the document's work.
    """
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    middle = f'<span class="yj-doc-title">{escape(document.title)}</span>'
    body = (
        f'{top(lang, root, middle=middle, here=f"/doc/{escape(document.id)}")}<div class="yj-reader">'
        f'<details class="yj-outline" open><summary>{t["reader_outline"]}</summary>{_outline(document, lang)}</details>'
        f'<main class="yj-paper"><article id="yj-text" lang="zh">{_badge(document, lang, root, facts, editions)}'
        f"{_paragraphs(document)}</article></main></div>"
        f'<button type="button" id="yj-back-to-mark" hidden>{t["reader_top"]}</button>'
    )
    return page(f"{document.title} · {t['name']}", body, lang, root, "reader.css", "reader.js")


SHOWN = {
    "number": "reader_number",
    "issuer": "reader_issuer",
    "date": "reader_date",
    "effective": "fact_effective",
    "speaker": "fact_speaker",
    "occasion": "fact_occasion",
    "secrecy": "fact_secrecy",
}
"""Fact → its name in ``TEXTS``, in the order shown."""


def _badge(document: Document, lang: Lang, root: str, facts: Mapping[str, str], editions: Sequence[Edition]) -> str:
    t = TEXTS[lang]
    items = [_status(facts, lang, root)] if "status" in facts else []
    items += [
        f"<span><b>{escape(t[key])}</b> {escape(facts[name])}</span>" for name, key in SHOWN.items() if name in facts
    ]
    items.append(f"<span>{escape(t['reader_chars'].format(chars=f'{len(document.text):,}'))}</span>")
    if document.pages:
        items.append(
            f"<span>{escape(t[f'reader_{page_kind(document.path)}s'].format(pages=document.pages[-1].number))}</span>"
        )
    items.append(f'<span class="yj-path">{escape(document.path)}</span>')
    compared = links(document.id, editions, lang, root)
    items += [f'<span class="yj-compare">{compared}</span>'] if compared else []
    notes = "".join(f"<li>{escape(w)}</li>" for w in document.warnings)
    warning = f'<ul class="yj-warn" aria-label="{escape(t["reader_warnings"])}">{notes}</ul>' if notes else ""
    return f'<header class="yj-badge"><h1>{escape(document.title)}</h1><p>{"".join(items)}</p>{warning}</header>'


def _status(facts: Mapping[str, str], lang: Lang, root: str) -> str:
    """How the document stands, and a link to the one that makes it so."""
    t, status = TEXTS[lang], facts["status"]
    now = status == "现行"
    other = ""
    if "by_doc" in facts:
        told = " ".join(filter(None, [facts["by"], facts.get("by_date")]))
        other = f' <a href="{root}/doc/{escape(facts["by_doc"])}">{escape(told)}</a>'
    note = f' title="{escape(t["in_force_note"])}"' if now else ""
    mark = f'<i class="yj-status{"" if now else " yj-lapsed"}"{note}>{escape(t[f"status_{status}"])}</i>'
    return f"<span>{mark}{other}</span>"


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
