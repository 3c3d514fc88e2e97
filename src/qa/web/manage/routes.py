"""The library's addresses: pages for people, REST for the page's script and for programs."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa import health
from qa.errors import InputError
from qa.health import render
from qa.shelf.listing import Sort
from qa.web.manage.api import api
from qa.web.manage.desk import Desk
from qa.web.manage.pages import Pages
from qa.web.manage.role import COOKIE, LASTS, Refused, Visitor, how
from qa.web.texts import Lang

__all__ = ["Desk", "routes"]

_KINDS = {
    "html": ("text/html", render.html),
    "md": ("text/markdown", render.markdown),
    "csv": ("text/csv", render.as_csv),
}


def routes(desk: Desk, lang_of: Callable[[Request], Lang]) -> APIRouter:
    """Pages under /library, REST under /api/library. ``lang_of``: the visitor's language."""
    router = APIRouter()
    router.include_router(api(desk))
    _pages(router, desk, lang_of)
    _door(router, desk)
    return router


def _pages(router: APIRouter, desk: Desk, lang_of: Callable[[Request], Lang]) -> None:
    @router.get("/library", include_in_schema=False)
    def library(
        request: Request,
        folder: str = Query("", max_length=1000),
        q: str = Query("", max_length=200),
        sort: Sort = "name",
        desc: str = "",
    ) -> Response:
        visitor, lang = desk.visitor(request), lang_of(request)
        found = desk.listing(folder.strip("/"), q.strip(), sort, bool(desc))
        status = desk.library.status()
        unread = len({problem.path for problem in status.problems if problem.path and problem.fatal})
        counts = (status.documents, status.chunks, unread)
        pages = Pages(desk.settings, visitor, lang, lambda doc_id: bool(desk.library.editions(doc_id)))
        html = pages.library(found, q.strip(), sort, bool(desc), counts)
        return _made(desk, html, visitor, request)

    @router.get("/library/health", include_in_schema=False)
    def report(request: Request, path: str = Query("", max_length=1000)) -> Response:
        visitor = desk.visitor(request)
        html = Pages(desk.settings, visitor, lang_of(request)).health_page(_part(desk, path), path)
        return _made(desk, html, visitor, request)

    @router.get("/library/health.{kind}", include_in_schema=False)
    def saved(request: Request, kind: str, path: str = Query("", max_length=1000)) -> Response:
        if kind not in _KINDS:
            raise InputError(f"不知道 .{kind} 是什么格式", "可以用 html、md 或 csv")
        media, write = _KINDS[kind]
        named = f"attachment; filename*=UTF-8''{quote('体检报告')}.{kind}"
        text = write(_part(desk, path), lang_of(request))
        return Response(text, media_type=f"{media}; charset=utf-8", headers={"Content-Disposition": named})

    @router.get("/library/bin", include_in_schema=False)
    def recycled(request: Request) -> Response:
        visitor = _manager(desk, request)
        html = Pages(desk.settings, visitor, lang_of(request)).bin(desk.shelf.bin.items())
        return _made(desk, html, visitor, request)

    @router.get("/library/log", include_in_schema=False)
    def log(request: Request) -> Response:
        visitor = _manager(desk, request)
        html = Pages(desk.settings, visitor, lang_of(request)).log(desk.audit.events())
        return _made(desk, html, visitor, request)


def _door(router: APIRouter, desk: Desk) -> None:
    @router.get("/library/login", include_in_schema=False)
    def form() -> Response:
        return RedirectResponse(f"{desk.settings.root_path}/login?next=%2Flibrary", 303)


def _part(desk: Desk, path: str) -> health.Health:
    """The report, or the part of it about one file; what isn't in the index has its entry of the folder."""
    if not path:
        return desk.report()
    found = health.select(desk.report(), [path])
    if not found.files:
        raise InputError(f"体检报告里没有“{path}”", "它可能还没有读取，请先同步")
    return found


def _manager(desk: Desk, request: Request) -> Visitor:
    visitor = desk.visitor(request)
    if not visitor.may:
        raise Refused("这一页需要管理资料库的权限", how(visitor.mode))
    return visitor


def _made(desk: Desk, html: str, visitor: Visitor, request: Request) -> Response:
    response = HTMLResponse(html, headers={"Cache-Control": "no-store"})
    if visitor.cookie:
        _set(response, visitor.cookie, desk, request)
    return response


def _set(response: Response, cookie: str, desk: Desk, request: Request) -> None:
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))
    place = desk.settings.root_path or "/"
    response.set_cookie(COOKIE, cookie, max_age=LASTS, path=place, httponly=True, samesite="strict", secure=secure)
