"""``/embed``, a small chat to be framed by other pages, and ``/widget.js``, which puts a button for it on them.

A page of our own, not Gradio's chat: measured in docs/embed.md. No cookie and no storage, for browsers keep both from
frames of other sites.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from html import escape
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from qa.errors import QAError
from qa.journal import Journal
from qa.settings import Settings
from qa.web.chat import Library
from qa.web.guard import policy
from qa.web.page import STATIC
from qa.web.scope import ScopeIn
from qa.web.shown import ask
from qa.web.texts import TEXTS, Lang
from qa.web.texts_embed import EMBED_FOR_SCRIPT

Theme = Literal["light", "dark", "auto"]

FRESH = 3600
"""Seconds in which a browser doesn't ask for widget.js again: pages name it without a version, and an update of ours
has to reach them the same morning. Then an ETag makes it 304, and a day longer it may be used while that is asked."""


class Framed(BaseModel):
    """A question of the framed page, and those before it, oldest first."""

    question: str
    history: list[str] = Field(default=[], max_length=100)
    scope: ScopeIn = Field(default_factory=ScopeIn)
    lang: Literal["zh", "en"] = "zh"


def routes(
    library: Library, journal: Journal | None, settings: Settings, lang_of: Callable[[Request], Lang]
) -> APIRouter:
    api = APIRouter()
    framed = {"Content-Security-Policy": policy(framed_by=settings.frame_ancestors), "Cache-Control": "no-store"}

    @api.get("/embed", include_in_schema=False)
    def embed(
        request: Request,
        q: str = "",
        theme: str = "auto",
        scope: Annotated[list[str], Query()] = [],  # noqa: B006 - read by FastAPI, never changed
        head: str = "1",
    ) -> Response:
        shade: Theme = "light" if theme == "light" else "dark" if theme == "dark" else "auto"
        folders = [name[:500] for name in scope if name.strip()][:50]
        html = whole(library, settings, lang_of(request), q.strip(), shade, folders, header=head != "0")
        return HTMLResponse(html, headers=framed)

    @api.post("/embed/answer", include_in_schema=False)
    def answer(body: Framed, response: Response) -> dict[str, Any]:
        root = settings.root_path
        found, answer_id = ask(library, journal, body.question, body.history, body.scope.scope(), body.lang, root)
        response.headers["Cache-Control"] = "no-store"
        return {**asdict(found), "id": answer_id}

    script = (STATIC / "widget.js").read_bytes()
    tag = f'"{hashlib.sha256(script).hexdigest()[:20]}"'
    kept = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={FRESH}, stale-while-revalidate=86400",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }

    @api.get("/widget.js", include_in_schema=False)
    def widget(request: Request) -> Response:
        known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
        if tag in known:
            return Response(status_code=304, headers=kept)
        return Response(script, media_type="text/javascript; charset=utf-8", headers=kept)

    return api


def whole(
    library: Library, settings: Settings, lang: Lang, question: str, theme: Theme, folders: list[str], *, header: bool
) -> str:
    """The page. What the script needs of the address is checked here and handed on as data, never as code."""
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    root, code = settings.root_path, "zh-CN" if lang == "zh" else "en"
    given = {
        "question": question,
        "folders": folders,
        "lang": lang,
        "root": root,
        "framed_by": settings.frame_ancestors.split(),
        "texts": {key: TEXTS[lang][key] for key in EMBED_FOR_SCRIPT},
    }
    data = json.dumps(given, ensure_ascii=False).replace("<", "\\u003c")
    bar = (
        f'<header><span class="seal" aria-hidden="true">据</span><h1>{t["em_title"]}</h1>'
        f'<a href="{root}/?lang={lang}" target="_blank" rel="noopener">{t["em_full"]}</a></header>'
    )
    only = t["em_scope"].format(folder=escape("、".join(folders)))
    return (
        f'<!doctype html><html lang="{code}" data-theme="{theme}"><head><meta charset="utf-8">'
        f"<title>{t['em_title']}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
        f'<link rel="icon" type="image/svg+xml" href="{root}/ui/favicon.svg">'
        f'<script src="{root}/ui/embed-theme.js"></script>'
        f'<link rel="stylesheet" href="{root}/ui/base.css"><link rel="stylesheet" href="{root}/ui/embed.css">'
        f'<script src="{root}/ui/embed.js" defer></script></head><body>'
        f'{bar if header else ""}<main id="talk" tabindex="-1"><section id="start"><p>{t["em_lead"]}</p>'
        f"{f'<p><small>{only}</small></p>' if folders else ''}{_examples(library, lang, folders)}</section>"
        f'<div id="log" role="log" aria-live="polite" aria-label="{t["chat_label"]}"></div></main>'
        f'<p id="told" role="status"></p><form id="ask" action="{root}/plain" method="get" target="_blank">'
        f'<button type="button" id="new" hidden>{t["em_new"]}</button>'
        f'<textarea id="q" name="q" rows="1" maxlength="{settings.max_question_chars}" '
        f'aria-label="{t["ask_label"]}" placeholder="{t["em_placeholder"]}"></textarea>'
        f'<button id="send">{t["send"]}</button>'
        f'<noscript><p>{t["em_noscript"]} <a href="{root}/plain" target="_blank">{t["pl_title"]}</a></p></noscript>'
        f'</form><script type="application/json" id="given">{data}</script></body></html>'
    )


def _examples(library: Library, lang: Lang, folders: list[str]) -> str:
    """Questions to begin with; none for a part of the library, for they are drawn from the whole."""
    if folders:
        return ""
    try:
        examples = library.examples(4)
    except QAError as error:
        return f'<p role="alert">{escape(str(error))}</p>'
    rows = "".join(f'<li><button type="button" class="example">{escape(e)}</button></li>' for e in examples)
    return f"<h2>{escape(TEXTS[lang]['examples'])}</h2><ul>{rows}</ul>" if rows else ""
