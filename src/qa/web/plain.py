"""``/plain``: the same answers as a page without script, for old browsers and text browsers.

Only tags of HTML 4 but for the doctype, one GET form; what was asked before travels in the address.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from qa.errors import InputError, QAError
from qa.journal import Journal
from qa.settings import Settings
from qa.types import Scope
from qa.web.chat import MAX_HISTORY, Library
from qa.web.scope import ScopeIn, facets
from qa.web.shown import Line, Shown, Source, ask
from qa.web.texts import TEXTS, Lang

log = logging.getLogger(__name__)

CARRIED = 300
"""Characters of earlier questions in the address, at most, the newest first: nine bytes each when encoded, and nginx
refuses a request line over 8 KB. With ``TYPED`` it stays under 7 KB."""
TYPED = 400
"""Characters the box takes."""
SELECTS = ("folder", "year", "issuer")
_FACETS = {"folder": "folders", "year": "years", "issuer": "issuers"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The page's parameters as they came, cut to what the address can carry."""

    q: str = ""
    h: tuple[str, ...] = ()
    folder: str = ""
    year: str = ""
    issuer: str = ""
    doc: str = ""
    in_force: bool = False

    def scope(self) -> Scope:
        """Raises InputError for a year that is none."""
        if self.year and not (self.year.isascii() and self.year.isdigit() and len(self.year) == 4):
            raise InputError(f"年份不对：{self.year[:20]}", "请写四位数字，例如 2024")
        return ScopeIn(
            folders=[self.folder] if self.folder else [],
            years=[int(self.year)] if self.year else [],
            issuers=[self.issuer] if self.issuer else [],
            documents=[self.doc] if self.doc else [],
            in_force=self.in_force,
        ).scope()

    def kept(self) -> list[tuple[str, str]]:
        """The chosen scope as parameters."""
        chosen = [(name, str(getattr(self, name))) for name in (*SELECTS, "doc") if getattr(self, name)]
        return [*chosen, *([("in_force", "1")] if self.in_force else [])]


def carried(history: Sequence[str]) -> tuple[str, ...]:
    """The newest questions that together fit into the address."""
    kept: list[str] = []
    for question in reversed([q.strip() for q in history if q.strip()][-MAX_HISTORY:]):
        if sum(map(len, kept)) + len(question) > CARRIED:
            break
        kept.insert(0, question)
    return tuple(kept)


def routes(
    library: Library, journal: Journal | None, settings: Settings, lang_of: Callable[[Request], Lang]
) -> APIRouter:
    api = APIRouter()

    @api.get("/plain", include_in_schema=False)
    def plain(
        request: Request,
        q: str = "",
        h: Annotated[list[str], Query()] = [],  # noqa: B006 - read by FastAPI, never changed
        folder: str = "",
        year: str = "",
        issuer: str = "",
        doc: str = "",
        in_force: str = "",
    ) -> Response:
        lang, t = lang_of(request), TEXTS[lang_of(request)]
        given = Asked(q.strip(), carried(h), folder[:500], year, issuer[:500], doc.strip()[:500], in_force == "1")
        status, answer = 200, ""
        if given.q:
            try:
                found, _ = ask(library, journal, given.q, given.h, given.scope(), lang, settings.root_path)
                answer = _answer(found, lang)
            except QAError as error:
                status, answer = error.status, _failure(error.what, error.todo, lang)
            except Exception:
                log.exception("回答问题时程序内部出错：%r", given.q[:200])
                status, answer = 500, _failure(t["crashed"], t["crashed_todo"], lang)
        return HTMLResponse(whole(library, given, answer, lang, settings.root_path), status)

    return api


def whole(library: Library, given: Asked, answer: str, lang: Lang, root: str) -> str:
    """The page; ``answer`` is HTML, empty where nothing was asked."""
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    code, other = ("zh-CN", "en") if lang == "zh" else ("en", "zh")
    title = " - ".join([given.q[:40] or TEXTS[lang]["pl_title"], TEXTS[lang]["name"]])
    there = _address(root, [*([("q", given.q)] if given.q else []), *(("h", q) for q in given.h), *given.kept()], other)
    asked = t["pl_question"].format(question=escape(given.q)) if given.q else t["welcome_title"]
    return (
        f'<!DOCTYPE html>\n<html lang="{code}">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" type="image/svg+xml" href="{root}/ui/favicon.svg">\n'
        f'<link rel="stylesheet" href="{root}/ui/plain.css">\n</head>\n<body>\n<div id="page">\n'
        f'<p id="top"><a href="{_address(root, [], lang)}"><b>{t["name"]}</b></a> {t["tagline"]} | '
        f'<a href="{root}/">{t["pl_full"]}</a> | <a href="{there}" hreflang="{other}">{t["language"]}</a></p>\n'
        f"<h1>{asked}</h1>\n{answer or _welcome(library, lang, root)}\n{_form(library, given, lang, root)}\n"
        f"{_earlier(given, lang, root)}</div>\n</body>\n</html>\n"
    )


def _answer(found: Shown, lang: Lang) -> str:
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    parts = [f"<p><i>{t['reading']}：{escape('；'.join(found.notes))}</i></p>"] if found.notes else []
    parts += [f'<p class="warn"><b>{t["caution"]}</b>：{escape(warning)}</p>' for warning in found.warnings]
    if found.status == "abstained":
        return "\n".join([*parts, *_abstention(found, lang)])
    parts += [_line(line, lang) for line in found.lines] or [f"<p><b>{t['failed']}</b></p>"]
    if found.reason:
        parts.append(f"<p><i>{t['caution']}：{escape(found.reason)}</i></p>")
    if found.dropped:
        parts.append(f"<p><i>{t['dropped'].format(count=found.dropped)}</i></p>")
    if found.sources:
        notes = "\n".join(_footnote(source, lang) for source in found.sources)
        parts.append(f'<h2>{t["pl_footnotes"]}</h2>\n<ol class="notes">\n{notes}\n</ol>')
    return "\n".join(parts)


def _line(line: Line, lang: Lang) -> str:
    before, clause, after = map(escape, line.parts)
    context = "".join(
        f'<p class="context"><small>{escape(TEXTS[lang]["context"]) if not at else ""}{escape(quote)}'
        f"{_mark(number)}</small></p>\n"
        for at, (quote, number) in enumerate(line.context)
    )
    focus = f"<b>{clause}</b>" if clause else ""
    return f'{context}<p class="said">{before}{focus}{after}{"".join(map(_mark, line.marks))}</p>'


def _mark(number: int) -> str:
    return f'<a class="mark" href="#n{number}">[{number}]</a>'


def _footnote(source: Source, lang: Lang) -> str:
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    status = f" [{escape(source.status)}]" if source.status else ""
    also = "；".join(
        f'<a href="{escape(place.href)}">{escape(place.title)}{escape(f" {place.date}" if place.date else "")}</a>'
        for place in source.same
    )
    more = f"<br>{t['pl_also']}：{also}" if also else ""
    return (
        f'<li id="n{source.number}" value="{source.number}">{escape(source.reference)}{status} '
        f'<a href="{escape(source.href)}">{t["pl_open"]}</a>{more}</li>'
    )


def _abstention(found: Shown, lang: Lang) -> list[str]:
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    parts = [f"<p><b>{t['abstain']}</b></p>"]
    if found.reason:
        parts.append(f"<p>{escape(found.reason)}</p>")
    if found.missing:
        parts.append(f"<p>{t['missing']}：" + "、".join(f"“{escape(term)}”" for term in found.missing) + "</p>")
    if found.nearest:
        rows = "".join(f'<li><a href="{escape(href)}">{escape(text)}</a></li>\n' for text, href in found.nearest)
        parts.append(f"<h2>{t['nearest']}</h2>\n<ul>\n{rows}</ul>")
    return parts


def _failure(what: str, todo: str | None, lang: Lang) -> str:
    told = "".join(f"<p>{escape(text)}。</p>" for text in (what, todo) if text)
    return f"<p><b>{escape(TEXTS[lang]['failed'])}</b></p>\n{told}"


def _welcome(library: Library, lang: Lang, root: str) -> str:
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    try:
        status, examples = library.status(), library.examples(6)
    except QAError as error:
        return _failure(error.what, error.todo, lang)
    count = t["library"].format(documents=f"{status.documents:,}", chunks=f"{status.chunks:,}")
    rows = "".join(f'<li><a href="{_address(root, [("q", e)], lang)}">{escape(e)}</a></li>\n' for e in examples)
    lead = f"<p>{t['pl_lead']}</p>\n<p>{count}</p>" if status.documents else f"<p>{t['empty_title']}</p>"
    return lead + (f"\n<h2>{t['examples']}</h2>\n<ul>\n{rows}</ul>" if rows else "")


def _form(library: Library, given: Asked, lang: Lang, root: str) -> str:
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    before = carried([*given.h, given.q])
    hidden = "".join(f'<input type="hidden" name="h" value="{escape(q)}">\n' for q in before)
    return (
        f'<form action="{root}/plain" method="get" accept-charset="utf-8">\n'
        f'<p><label for="q">{t["pl_follow"] if given.q else t["ask_label"]}</label><br>\n'
        f'<input type="text" id="q" name="q" size="50" maxlength="{TYPED}"> '
        f'<input type="submit" value="{t["pl_ask"]}"></p>\n{hidden}<input type="hidden" name="lang" value="{lang}">\n'
        f"{_scope(library, given, lang)}</form>"
    )


def _scope(library: Library, given: Asked, lang: Lang) -> str:
    """Lists of what there is to choose from; nothing while there are no documents."""
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    try:
        choices = facets(library.documents())
    except QAError:
        return ""
    rows = [
        _select(name, getattr(given, name), [str(row[0]) for row in choices[_FACETS[name]]], lang)
        for name in SELECTS
        if choices[_FACETS[name]] or getattr(given, name)
    ]
    ticked = ' checked="checked"' if given.in_force else ""
    return (
        f"<fieldset>\n<legend>{t['pl_scope']}</legend>\n{''.join(rows)}"
        f'<p><label for="doc">{t["scope_documents"]}</label> '
        f'<input type="text" id="doc" name="doc" size="30" maxlength="500" value="{escape(given.doc)}"></p>\n'
        f'<p><input type="checkbox" id="in_force" name="in_force" value="1"{ticked}> '
        f'<label for="in_force">{t["scope_in_force"]}</label></p>\n</fieldset>\n'
    )


def _select(name: str, chosen: str, values: Sequence[str], lang: Lang) -> str:
    t = TEXTS[lang]
    values = [*values, *([chosen] if chosen and chosen not in values else [])]
    shown = {value: t["scope_year"].format(year=value) if name == "year" else value for value in values}
    options = "".join(
        f'<option value="{escape(value)}"{_selected(value == chosen)}>{escape(text)}</option>\n'
        for value, text in shown.items()
    )
    return (
        f'<p><label for="{name}">{escape(t[f"scope_{_FACETS[name]}"])}</label> <select id="{name}" name="{name}">\n'
        f'<option value="">{escape(t["scope_any"])}</option>\n{options}</select></p>\n'
    )


def _selected(yes: bool) -> str:
    return ' selected="selected"' if yes else ""


def _earlier(given: Asked, lang: Lang, root: str) -> str:
    """What was asked before, each to be asked again as it was; then the way to begin anew."""
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    if not given.q:
        return ""
    rows = "".join(
        f'<li><a href="{_address(root, [("q", q), *(("h", e) for e in given.h[:at]), *given.kept()], lang)}">'
        f"{escape(q)}</a></li>\n"
        for at, q in enumerate(given.h)
    )
    block = f"<h2>{t['pl_earlier']}</h2>\n<ol>\n{rows}</ol>\n" if rows else ""
    return f'{block}<p><a href="{_address(root, given.kept(), lang)}">{t["pl_new"]}</a></p>\n'


def _address(root: str, parameters: Sequence[tuple[str, str]], lang: str) -> str:
    return escape(f"{root}/plain?{urlencode([*parameters, ('lang', lang)])}")
