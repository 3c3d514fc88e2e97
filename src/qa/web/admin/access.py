"""Who may see the administrator's pages, and how they are handed out."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from qa.web.manage.desk import Desk
from qa.web.manage.role import COOKIE, LASTS, Refused, Visitor, how


def administrator(desk: Desk, request: Request) -> Visitor:
    """Raises Refused for anybody else."""
    visitor = desk.visitor(request)
    if not visitor.may:
        raise Refused("这一页要管理员才能看", how(visitor.mode))
    return visitor


def made(html: str, visitor: Visitor, desk: Desk, request: Request) -> Response:
    """A page that nobody else may find in a cache; with the cookie where a session has just begun."""
    response = HTMLResponse(html, headers={"Cache-Control": "no-store"})
    if visitor.cookie:
        secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))
        place = desk.settings.root_path or "/"
        response.set_cookie(
            COOKIE, visitor.cookie, max_age=LASTS, path=place, httponly=True, samesite="strict", secure=secure
        )
    return response
