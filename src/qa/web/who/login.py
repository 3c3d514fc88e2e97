"""The login page: plain HTML, no script. It leads back to where one wanted to go, on this server only."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa.errors import InputError, QAError
from qa.web.guard import policy
from qa.web.manage.role import COOKIE, LASTS
from qa.web.page import page, top
from qa.web.texts import TEXTS, Lang
from qa.web.who.person import current

if TYPE_CHECKING:
    from qa.web.manage.desk import Desk

BEFORE = "youju_login"
"""Cookie of the form, until one has logged in."""
FORM = 4096
"""Bytes of a form of ours, at most."""
LangOf = Callable[[Request], Lang]


def routes(desk: Desk, lang_of: LangOf) -> APIRouter:
    """/login and /logout."""
    router = APIRouter()
    root = desk.settings.root_path

    @router.get("/login", include_in_schema=False)
    def form(request: Request) -> Response:
        person, there = current(), local(request.query_params.get("next", "/"))
        if (person is not None and person.name) or desk.roles.mode(request) in {"local", "off"}:
            return RedirectResponse(root + there, 303)
        return shown(request, there)

    @router.post("/login", include_in_schema=False)
    async def log_in(request: Request) -> Response:
        given = await read_form(request)
        return await run_in_threadpool(enter, request, given)

    def enter(request: Request, given: dict[str, str]) -> Response:
        there, name = local(given.get("next", "/")), given.get("user", "").strip()[:64]
        host = request.client.host if request.client else ""
        if desk.roles.mode(request) != "password":
            return RedirectResponse(root + there, 303)
        if not _ours(request, given, desk):
            return shown(request, there, TEXTS[lang_of(request)]["who_expired"], 403, name)
        try:
            cookie = desk.roles.log_in(request, name, given.get("password", ""))
        except QAError as error:
            desk.audit.record(name, host, "refused", detail=error.what)
            return shown(request, there, str(error), error.status, name)
        desk.audit.record(name, host, "login")
        response = RedirectResponse(root + there, 303)
        _set(response, COOKIE, cookie, request, root, LASTS)
        response.delete_cookie(BEFORE, path=root or "/")
        return response

    def shown(request: Request, there: str, error: str = "", status: int = 200, name: str = "") -> Response:
        before = request.cookies.get(BEFORE, "")
        before = before if re.fullmatch("[0-9a-f]{32}", before) else secrets.token_hex(16)
        html = login_page(desk, request, lang_of(request), there, desk.roles.form_token(before), error, name)
        response = HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
        _set(response, BEFORE, before, request, root, 3600)
        return response

    @router.post("/logout", include_in_schema=False)
    async def log_out(request: Request) -> Response:
        given, person = await read_form(request), current()
        response = RedirectResponse(f"{root}/login" if desk.settings.auth == "password" else f"{root}/", 303)
        if (
            person is not None
            and person.csrf
            and hmac.compare_digest(given.get("csrf", "").encode(), person.csrf.encode())
        ):
            desk.roles.log_out(request)
            desk.audit.record(person.name, person.host, "logout")
            response.delete_cookie(COOKIE, path=root or "/")
        return response

    return router


def login_page(
    desk: Desk, request: Request, lang: Lang, there: str, token: str, error: str = "", name: str = ""
) -> str:
    t = {key: escape(text) for key, text in TEXTS[lang].items()}
    root = desk.settings.root_path
    if desk.roles.mode(request) == "sso":
        body = f'<div class="yl-login"><h1>{t["who_login"]}</h1><p>{t["who_sso"]}</p></div>'
    else:
        wrong = f'<p class="yl-wrong" role="alert" id="wrong">{escape(error)}</p>' if error else ""
        described = ' aria-describedby="wrong"' if error else ""
        lead = t["who_lead" if desk.settings.auth == "password" else "lib_login_lead"]
        body = (
            f'<form class="yl-login" method="post" action="{root}/login"><h1>{t["who_login"]}</h1><p>{lead}</p>{wrong}'
            f'<input type="hidden" name="next" value="{escape(there)}">'
            f'<input type="hidden" name="token" value="{token}">'
            f'<label>{t["lib_user"]}<input name="user" autocomplete="username" autocapitalize="none" maxlength="64" '
            f'value="{escape(name)}" required{"" if name else " autofocus"}{described}></label>'
            f'<label>{t["lib_password"]}<input name="password" type="password" maxlength="256" required '
            f'autocomplete="current-password"{" autofocus" if name else ""}></label>'
            f"<button>{t['who_login']}</button></form>"
        )
    here = "/login" + (f"?next={quote(there, safe='')}" if there != "/" else "")
    html = f'{top(lang, root, here=here)}<main class="yl">{body}</main>'
    return page(f"{t['who_login']} · {t['name']}", html, lang, root, "library.css")


def framed_page(root: str, lang: Lang) -> tuple[str, str]:
    """(page, its policy) for a frame on another site, where no session's cookie comes along."""
    t = {key: escape(text) for key, text in TEXTS[lang].items()}
    body = (
        f'<main class="yj-notice"><span class="yj-seal" aria-hidden="true">据</span><h1>{t["who_framed_title"]}</h1>'
        f'<p role="status">{t["who_framed"]}</p>'
        f'<p><a href="{root}/login" target="_blank" rel="noopener">{t["who_framed_open"]}</a></p></main>'
    )
    # Nothing on it can be pressed to harm anybody, so any site may show it: the visitor must see the words.
    return page(t["who_framed_title"], body, lang, root), policy(framed_by="*")


def local(path: str) -> str:
    """A path on this server, or "/" for whatever could lead elsewhere: browsers read "\\" as "/" and skip controls."""
    parts = urlsplit(path) if path.isprintable() and "\\" not in path else None
    if parts is None or parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//"):
        return "/"
    return "/" if parts.path in {"/login", "/logout"} else path[:2000]


async def read_form(request: Request) -> dict[str, str]:
    """A short form, as browsers send it without files."""
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > FORM:
            raise InputError("表单太长", "请检查输入")
    try:
        given = parse_qs(data.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except ValueError as error:
        raise InputError("表单的项太多", "请检查输入") from error
    return {name: values[0] for name, values in given.items()}


def _ours(request: Request, given: dict[str, str], desk: Desk) -> bool:
    before, token = request.cookies.get(BEFORE, ""), given.get("token", "")
    return bool(before) and hmac.compare_digest(token.encode(), desk.roles.form_token(before).encode())


def _set(response: Response, name: str, value: str, request: Request, root: str, seconds: int) -> None:
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))
    response.set_cookie(name, value, max_age=seconds, path=root or "/", httponly=True, samesite="lax", secure=secure)
