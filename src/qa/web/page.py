"""HTML made on the server: the frame around Gradio's chat, the page shown while it starts, and the pages for errors."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

from qa.errors import QAError
from qa.settings import Settings
from qa.web.chat import Library
from qa.web.history.drawer import buttons, drawer
from qa.web.scope import scope_row
from qa.web.texts import FOR_SCRIPT, TEXTS, Lang
from qa.web.who.person import current

STATIC = Path(__file__).with_name("static")

_MARK = re.compile(r"<gradio-app\b.*?</gradio-app>", re.DOTALL)
_METAS = re.compile(r'<meta\s+(?:property="og:|name="twitter:).*?/>|<link rel="manifest"[^>]*>', re.DOTALL)
_HTML = re.compile(r'<html\s+lang="en"')


CHAT_MODULES = (
    *("chat.js", "common.js", "conversation.js", "cite.js", "panel.js", "walk.js", "actions.js", "feedback.js"),
    *("keys.js", "ime.js", "status.js", "history.js", "history-store.js", "talk.js", "export.js"),
    "note.js",
)
"""The chat's scripts: the first imports the others, which are named so that they are fetched at once."""


def head(title: str, root: str, *files: str, modules: tuple[str, ...] = ()) -> str:
    """What every page of ours has in its head. The theme is set before anything is painted."""
    links = "".join(f'<link rel="stylesheet" href="{root}/ui/{f}">' for f in files if f.endswith(".css"))
    scripts = "".join(f'<script src="{root}/ui/{f}" defer></script>' for f in files if f.endswith(".js"))
    scripts += "".join(f'<script type="module" src="{root}/ui/{f}"></script>' for f in modules)
    return (
        f"<title>{escape(title)}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="icon" type="image/svg+xml" href="{root}/ui/favicon.svg">'
        f'<script src="{root}/ui/theme.js"></script>{links}{scripts}'
    )


def page(title: str, body: str, lang: Lang, root: str, *files: str, more_head: str = "") -> str:
    """A whole page of ours."""
    code = "zh-CN" if lang == "zh" else "en"
    files = ("base.css", *files)
    return (
        f'<!doctype html><html lang="{code}" data-root="{escape(root)}"><head><meta charset="utf-8">'
        f"{head(title, root, *files)}{more_head}</head><body>{body}</body></html>"
    )


def notice(title: str, lead: str, lang: Lang, root: str, *, refresh: bool = False, plain: bool = False) -> str:
    """A short page with one message: not found, starting, failed; ``plain``: with the way to the plain page."""
    t = TEXTS[lang]
    other = f'<p><a href="{root}/plain">{escape(t["pl_link"])}</a></p>' if plain else ""
    body = (
        f'<main class="yj-notice"><span class="yj-seal" aria-hidden="true">据</span><h1>{escape(title)}</h1>'
        f'<p role="status">{escape(lead)}</p><p><a href="{root}/">{escape(t["reader_back"])}</a></p>{other}</main>'
    )
    again = '<meta http-equiv="refresh" content="1">' if refresh else ""
    return page(f"{title} · {t['name']}", body, lang, root, more_head=again)


def top(lang: Lang, root: str, *, middle: str = "", here: str = "/") -> str:
    """The bar at the top: name, then what the page puts in the middle, then theme and language."""
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    other = "en" if lang == "zh" else "zh"
    there = f"{escape(root + here)}{'&amp;' if '?' in here else '?'}lang={other}"
    return (
        f'<header class="yj-top"><a class="yj-brand" href="{root}/"><span class="yj-seal" aria-hidden="true">据</span>'
        f'<span class="yj-name">{t["name"]}</span></a>{middle}<nav class="yj-tools">{_person(lang, root)}'
        f'<a href="{there}" hreflang="{other}" title="{t["language_label"]}">{t["language"]}</a>'
        f'<button type="button" class="yj-theme" aria-label="{t["theme"]}" title="{t["theme"]}"></button>'
        "</nav></header>"
    )


def _person(lang: Lang, root: str) -> str:
    """For whoever has logged in: the way out, with their name."""
    person, t = current(), TEXTS[lang]
    if person is None or person.way != "password":
        return ""
    return (
        f'<form class="yj-person" method="post" action="{root}/logout"><input type="hidden" name="csrf" '
        f'value="{person.csrf}"><button aria-label="{escape(t["who_logout"])} {escape(person.name)}">'
        f"{escape(t['who_logout'])}<span> {escape(person.name)}</span></button></form>"
    )


def frame(gradio_page: str, library: Library, settings: Settings, lang: Lang) -> str:
    """Gradio's own page with our frame around its chat, our head, and nothing that names another host.

    Raises ValueError when the page isn't built as expected (another version of Gradio).
    """
    mark = _MARK.search(gradio_page)
    if mark is None or _HTML.search(gradio_page) is None:
        raise ValueError("Gradio's page has no <gradio-app> element; pin the version in requirements.txt")
    root, t = settings.root_path, TEXTS[lang]
    html = gradio_page.replace(mark.group(), _body(mark.group(), library, settings, lang))
    html = _METAS.sub("", html)
    code = "zh-CN" if lang == "zh" else "en"
    html = _HTML.sub(f'<html data-root="{escape(root)}" lang="{code}" data-lang="{code}"', html, count=1)
    ours = head(t["name"], root, "base.css", "chat.css", "history.css", "scope.js", modules=CHAT_MODULES)
    html = html.replace("</head>", ours + "</head>", 1)
    if lang != "zh":
        for key in ("name", "placeholder", "send", "ask_label", "chat_label"):
            html = html.replace(json.dumps(TEXTS["zh"][key], ensure_ascii=False), json.dumps(t[key]))
    return html


def _body(chat: str, library: Library, settings: Settings, lang: Lang) -> str:
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    root, person = settings.root_path, current()
    admin = f'<a class="yj-lib" href="{root}/admin">{t["who_admin"]}</a>' if person and person.admin else ""
    middle = (
        f'<span class="yj-tag">{t["tagline"]}</span>'
        f'<a class="yj-new" href="{root}/">{t["new_chat"]}</a>{buttons(lang)}'
        f'<a class="yj-lib" href="{root}/library">{t["lib_title"]}</a>{admin}'
        f'<a class="yj-api" href="{root}/api/docs">{t["api"]}</a>'
    )
    script_texts = json.dumps({key: TEXTS[lang][key] for key in FOR_SCRIPT}, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<a class="yj-skip" href="#yj-box">{t["skip"]}</a><div class="yj">{top(lang, root, middle=middle)}'
        f'<div class="yj-body"><main class="yj-main">'
        f'<noscript><p class="yj-notice"><a href="{root}/plain">{t["pl_link"]}</a></p></noscript>'
        f"{scope_row(lang)}{_welcome(library, settings, lang)}{chat}"
        f'<p id="yj-status" role="status"></p><p id="yj-said" class="yj-unseen" role="status"></p></main>'
        f'<aside id="yj-panel" aria-label="{t["panel_title"]}"><div class="yj-panel-head"><h2>{t["panel_title"]}</h2>'
        f'<button type="button" class="yj-close" aria-label="{t["panel_close"]}"></button></div>'
        f'<div id="yj-source" role="region" aria-label="{t["panel_title"]}" tabindex="-1">'
        f'<p class="yj-hint">{t["panel_empty"]}</p></div></aside>'
        f"</div></div>{drawer(lang, person.name if person else '')}"
        f'<script type="application/json" id="yj-texts">{script_texts}</script>'
    )


def _welcome(library: Library, settings: Settings, lang: Lang) -> str:
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    try:
        status, examples = library.status(), library.examples(6)
    except QAError as error:
        lead = f'<p class="yj-lead" role="alert">{escape(str(error))}</p>'
        return f'<section id="yj-welcome"><h1>{t["failed"]}</h1>{lead}</section>'
    if not status.documents:
        command = f'python -m qa sync --corpus "{settings.corpus}" --index "{settings.index}"'
        return (
            f'<section id="yj-welcome" class="yj-empty"><h1>{t["empty_title"]}</h1>'
            f'<p class="yj-lead">{t["empty_lead"]}</p>'
            f"<dl><dt>{t['empty_folder']}</dt><dd><code>{escape(str(settings.corpus.resolve()))}</code></dd>"
            f"<dt>{t['empty_command']}</dt><dd><code>{escape(command)}</code></dd></dl></section>"
        )
    buttons = "".join(f'<li><button type="button" class="yj-example">{escape(e)}</button></li>' for e in examples)
    count = t["library"].format(documents=f"{status.documents:,}", chunks=f"{status.chunks:,}")
    block = f'<h2>{t["examples"]}</h2><ul class="yj-examples">{buttons}</ul>' if buttons else ""
    return (
        f'<section id="yj-welcome"><h1>{t["welcome_title"]}</h1><p class="yj-lead">{t["welcome_lead"]}</p>'
        f'<p class="yj-count">{count}</p>{block}</section>'
    )
