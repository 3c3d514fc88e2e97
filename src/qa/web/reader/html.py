"""The reading page: a document, its outline at the side, search and tools above it.

Short documents come whole; of a long one the part asked for, and reader.js fetches the others as they come near. All
of it can be read without scripts: part by part.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape

from qa.types import Document, page_kind
from qa.versions import Edition
from qa.web.compare import links
from qa.web.page import page, top
from qa.web.reader.outline import Address, branch
from qa.web.reader.parts import WHOLE, bounds, part, part_of, version
from qa.web.texts import TEXTS, Lang
from qa.web.texts_reader import FOR_READER


def reader(
    document: Document,
    lang: Lang,
    root: str,
    facts: Mapping[str, str],
    editions: Sequence[Edition] = (),
    shown: int = 0,
) -> str:
    """The page for ``/doc/<id>``. ``#s<start>-<end>``, in code points, is highlighted by reader.js.

    ``facts`` are those that ``Citation.facts`` lists; ``editions`` all of the document's work; ``shown`` is the part
    that a long document begins with.
    """
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    cuts = bounds(document.text)
    shown = min(max(shown, 0), len(cuts) - 2)
    whole = len(document.text) <= WHOLE
    indexes = range(len(cuts) - 1) if whole else range(shown, shown + 1)
    texts = json.dumps({key: TEXTS[lang][key] for key in FOR_READER}, ensure_ascii=False)
    middle = f'<span class="yj-doc-title">{escape(document.title)}</span>'
    paged = ' class="yj-paged"' if document.pages else ""
    turn = "" if whole else _turn(document, shown, len(cuts) - 1, lang)
    body = (
        f'<a class="yj-skip" href="#yj-text">{t["reader_skip"]}</a>'
        f"{top(lang, root, middle=middle, here=f'/doc/{escape(document.id)}')}{_tools(document, lang, root)}"
        f'<div class="yj-reader"><aside class="yj-outline" id="yj-outline" aria-label="{t["reader_outline"]}">'
        f"<h2>{t['reader_outline']}</h2>{_outline(document, lang, [] if whole else cuts)}</aside>"
        f'<main class="yj-paper"><article id="yj-text"{paged} lang="zh" data-doc="{escape(document.id)}" '
        f'data-v="{version(document)}" data-cuts="{" ".join(map(str, cuts))}" data-texts="{escape(texts)}">'
        f"{_badge(document, lang, root, facts, editions)}{turn}"
        f"{''.join(part(document, cuts, index, lang) for index in indexes)}{turn}</article></main></div>"
        f'<p id="yj-say" role="status" hidden></p>'
        f'<button type="button" id="yj-back-to-mark" hidden>{t["reader_top"]}</button>'
    )
    scripts = ("reader.js", "reader-find.js", "reader-side.js", "reader-cite.js")
    return page(f"{document.title} · {t['name']}", body, lang, root, "reader.css", *scripts)


def link_to(cuts: Sequence[int]) -> Address:
    """Where an offset is read: on this page, in a document of several parts on the page of its part."""
    return lambda offset: (f"?part={part_of(cuts, offset) + 1}" if len(cuts) > 2 else "") + f"#s{offset}"


def _tools(document: Document, lang: Lang, root: str) -> str:
    """The row below the top bar. What needs scripts is shown by them."""
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    buttons = "".join(
        f'<button type="button" class="yj-tool yj-find-{name}" aria-label="{t[f"reader_{name}"]}" '
        f'title="{t[f"reader_{name}"]}" disabled>{sign}</button>'
        for name, sign in (("previous", "↑"), ("next", "↓"))
    )
    return (
        f'<div class="yj-bar" role="toolbar" aria-label="{t["reader_tools"]}">'
        f'<button type="button" class="yj-tool yj-side" aria-controls="yj-outline" aria-expanded="true" hidden>'
        f'<span aria-hidden="true">☰</span> {t["reader_outline"]}</button>'
        f'<form class="yj-find" role="search" hidden><input type="search" maxlength="200" autocomplete="off" '
        f'placeholder="{t["reader_find"]}" aria-label="{t["reader_find"]}">'
        f'<output aria-live="polite"></output>{buttons}</form>'
        f'<span class="yj-acts"><a class="yj-tool" href="{root}/doc/{escape(document.id)}/file" download '
        f'title="{t["reader_file_note"]}">{t["reader_file"]}</a>'
        f'<button type="button" class="yj-tool yj-print" hidden>{t["reader_print"]}</button></span></div>'
    )


def _turn(document: Document, shown: int, parts: int, lang: Lang) -> str:
    """Leafing through the parts, for browsers without scripts."""
    t = TEXTS[lang]
    told = escape(t["reader_part"].format(part=shown + 1, parts=parts))
    before = f'<a rel="prev" href="?part={shown}">{escape(t["reader_part_before"])}</a>' if shown else ""
    after = f'<a rel="next" href="?part={shown + 2}">{escape(t["reader_part_after"])}</a>' if shown + 1 < parts else ""
    return f'<noscript><nav class="yj-turn">{before}<span>{told}</span>{after}</nav></noscript>'


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


def _outline(document: Document, lang: Lang, cuts: Sequence[int]) -> str:
    if not document.sections:
        return f'<p class="yj-hint">{escape(TEXTS[lang]["reader_no_outline"])}</p>'
    return f'<nav lang="zh">{branch(document.sections, 0, len(document.sections), link_to(cuts))}</nav>'
