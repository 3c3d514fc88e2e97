"""The addresses under /doc."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from qa.errors import InputError, QAError
from qa.settings import Settings
from qa.types import Citation, Document
from qa.web.api import error_body
from qa.web.chat import Library
from qa.web.citing import quotation
from qa.web.page import notice
from qa.web.reader.find import SHOWN, Finder
from qa.web.reader.html import link_to, reader
from qa.web.reader.original import NoOriginalError, headers, opened, pieces
from qa.web.reader.outline import branch
from qa.web.reader.parts import bounds, part, version
from qa.web.texts import TEXTS, Lang

LONGEST = 20_000
"""Characters of a citation that is copied."""
Remember = Callable[[Response, Request], Response]


def routes(library: Library, settings: Settings, lang_of: Callable[[Request], Lang], remember: Remember) -> APIRouter:
    """``lang_of``: the visitor's language; ``remember`` keeps one chosen by ``?lang=``."""
    router = APIRouter()
    _page(router, library, settings, lang_of, remember)
    _pieces(router, library, settings, lang_of)
    _original(router, library, settings, lang_of)
    return router


def _page(
    router: APIRouter, library: Library, settings: Settings, lang_of: Callable[[Request], Lang], remember: Remember
) -> None:
    @router.get("/doc/{doc_id}", include_in_schema=False)
    def read(doc_id: str, request: Request, part: str = Query("", max_length=9)) -> Response:
        """``part``: from 1, for readers without scripts."""
        lang = lang_of(request)
        try:
            document = library.document(doc_id)
        except InputError:
            return _no_document(lang, settings)
        shown = int(part) - 1 if part.isdecimal() else 0
        html = reader(document, lang, settings.root_path, library.badges(doc_id), library.editions(doc_id), shown)
        return remember(HTMLResponse(html), request)


def _pieces(router: APIRouter, library: Library, settings: Settings, lang_of: Callable[[Request], Lang]) -> None:
    """What the page's script asks for."""
    find = Finder()

    @router.get("/doc/{doc_id}/part", include_in_schema=False)
    def one(doc_id: str, request: Request, n: int = Query(0, ge=0), v: str = Query("", max_length=40)) -> Response:
        document = _same(library, doc_id, v)
        cuts = bounds(document.text)
        if n >= len(cuts) - 1:
            raise InputError(f"这份文件没有第 {n + 1} 部分", f"共有 {len(cuts) - 1} 部分")
        return _fragment(part(document, cuts, n, lang_of(request)))

    @router.get("/doc/{doc_id}/outline", include_in_schema=False)
    def below(
        doc_id: str, a: int = Query(0, ge=0), b: int = Query(0, ge=0), v: str = Query("", max_length=40)
    ) -> Response:
        document = _same(library, doc_id, v)
        cuts = bounds(document.text)
        end = min(b, len(document.sections))
        return _fragment(branch(document.sections, min(a, end), end, link_to(cuts)))

    @router.get("/doc/{doc_id}/find", include_in_schema=False)
    def found(doc_id: str, q: str = Query("", max_length=200), v: str = Query("", max_length=40)) -> Response:
        def answer() -> dict[str, Any]:
            count, starts = find(_same(library, doc_id, v).text, q)
            return {"count": count, "starts": starts, "length": len(q), "listed": min(count, SHOWN)}

        return _json(answer)

    @router.get("/doc/{doc_id}/cite", include_in_schema=False)
    def cited(
        doc_id: str,
        request: Request,
        start: int = Query(ge=0),
        end: int = Query(ge=1),
        v: str = Query("", max_length=40),
    ) -> Response:
        def answer() -> dict[str, Any]:
            document = _same(library, doc_id, v)
            return {"text": quotation(_citation(document, start, end, library.badges(doc_id)), lang_of(request))}

        return _json(answer)


def _original(router: APIRouter, library: Library, settings: Settings, lang_of: Callable[[Request], Lang]) -> None:
    @router.api_route("/doc/{doc_id}/file", methods=["GET", "HEAD"], include_in_schema=False)
    def original(doc_id: str, request: Request) -> Response:
        lang = lang_of(request)
        try:
            document = library.document(doc_id)
            file, size = opened(settings.corpus, document)
        except InputError:
            return _no_document(lang, settings)
        except NoOriginalError as error:
            html = notice(TEXTS[lang]["reader_no_file"], str(error), lang, settings.root_path)
            return HTMLResponse(html, error.status, headers={"Cache-Control": "no-store"})
        if request.method == "HEAD":
            file.close()
            return Response(headers=headers(document, size))
        return StreamingResponse(pieces(file, size), headers=headers(document, size))


def _no_document(lang: Lang, settings: Settings) -> Response:
    t = TEXTS[lang]
    return HTMLResponse(notice(t["not_found_title"], t["not_found"], lang, settings.root_path), 404)


class ChangedError(QAError):
    """A page asks for a part of a text that is another one by now."""

    code = "changed"
    status = 409


def _same(library: Library, doc_id: str, seen: str) -> Document:
    """The document, as the page that asks has it; raises ChangedError, InputError."""
    document = library.document(doc_id)
    if seen and seen != version(document):
        raise ChangedError("这份文件刚刚更新了", "请刷新本页")
    return document


def _citation(document: Document, start: int, end: int, facts: dict[str, str]) -> Citation:
    if not start < end <= len(document.text):
        raise InputError(f"全文共 {len(document.text)} 字，没有 {start} 到 {end} 这一段", "请重新选择")
    if end - start > LONGEST:
        raise InputError(f"选中了 {end - start} 字，最多 {LONGEST} 字", "请少选一些")
    quote = document.text[start:end]
    trail = tuple(s.heading for s in document.trail(document.section_at(start)) if s.heading)
    page = document.page_at(start)
    return Citation(1, document.id, document.title, document.path, start, end, quote, trail, page, (), facts)


def _json(answer: Callable[[], dict[str, Any]]) -> Response:
    try:
        return JSONResponse(answer(), headers={"Cache-Control": "no-store"})
    except QAError as error:
        return JSONResponse(error_body(error), error.status)


def _fragment(html: str) -> Response:
    """A page of its own around a piece, so that a browser's parser of documents reads it, scripts switched off."""
    return HTMLResponse(f'<!doctype html><meta charset="utf-8"><title>·</title>{html}')
