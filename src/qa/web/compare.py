"""新旧对照 in the web: a page that needs no script, its downloads, and REST."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from qa.errors import InputError
from qa.settings import Settings
from qa.types import Document
from qa.versions import Comparison, Edition, compare, docx, others, render
from qa.versions.words import summary
from qa.web.chat import Library
from qa.web.compare_pick import Wanted, pick_page
from qa.web.page import page, top
from qa.web.texts import TEXTS, Lang

MANY = 2000
"""Rows from which only those that changed are shown unless all are asked for: 2,000 are about a megabyte of HTML."""
LINKS = 5
"""Other editions that are offered."""
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Changed = Literal["", "0", "1"]
PATIENCE = 30.0
"""Seconds that a comparison waits for another one. One at a time: two laws of 3 million characters take 9 s, 200 MB."""


class Comparing:
    """Compares one pair at a time and keeps the last result: filter, download and print ask for the same one again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: Comparison | None = None

    def __call__(self, old: Document, new: Document) -> Comparison:
        """Raises InputError where another comparison takes too long."""
        last = self._last
        if last is not None and last.old == old and last.new == new:
            return last
        if not self._lock.acquire(timeout=PATIENCE):
            raise InputError("正在对照另外两份很大的文件", "请稍后再试")
        try:
            self._last = made = compare(old, new)
        finally:
            self._lock.release()
        return made


def routes(library: Library, settings: Settings, lang_of: Callable[[Request], Lang]) -> APIRouter:
    """``/compare?a=<old>&b=<new>``; with one of them missing the edition before or after the other is taken, with
    neither they are asked for."""
    router, comparing = APIRouter(), Comparing()

    @router.get("/compare", include_in_schema=False)
    def shown(
        request: Request,
        a: str = Query("", max_length=64),
        b: str = Query("", max_length=64),
        changed: Changed = "",
        qa: str = Query("", max_length=200),
        qb: str = Query("", max_length=200),
        pick: Literal["", "1"] = "",
    ) -> Response:
        if pick or not (a or b):
            infos, sides = library.documents(), (Wanted(qa, a), Wanted(qb, b))
            return HTMLResponse(pick_page(infos, *sides, lang_of(request), settings.root_path))
        old, new = _pair(library, a, b)
        made = comparing(old, new)
        editions = library.editions(new.id) or library.editions(old.id)
        return HTMLResponse(compare_page(made, editions, changed, lang_of(request), settings.root_path))

    @router.get("/compare.{kind}", include_in_schema=False)
    def saved(
        request: Request,
        kind: Literal["docx", "html", "md"],
        a: str = Query("", max_length=64),
        b: str = Query("", max_length=64),
        changed: Changed = "",
    ) -> Response:
        made, lang = comparing(*_pair(library, a, b)), lang_of(request)
        only = changed == "1"
        if kind == "docx":
            data, media = docx(made, only, lang), _WORD
        elif kind == "html":
            data, media = render.html(made, only, lang).encode(), "text/html; charset=utf-8"
        else:
            data, media = render.markdown(made, only, lang).encode(), "text/markdown; charset=utf-8"
        name = quote(f"{made.new.title[:60]} {TEXTS[lang]['cmp_title']}.{kind}", safe="")
        return Response(data, media_type=media, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})

    @router.get("/api/compare", summary="两份文件逐条对照", tags=["资料库"])
    def data(
        a: str = Query("", max_length=64, description="旧的一份的编号 doc_id；不写则取 b 的上一版"),
        b: str = Query("", max_length=64, description="新的一份的编号；不写则取 a 的下一版"),
        changed: Changed = "",
    ) -> dict[str, Any]:
        return comparing(*_pair(library, a, b)).to_dict(changed == "1")

    return router


def _pair(library: Library, a: str, b: str) -> tuple[Document, Document]:
    """Raises InputError where a document isn't there, or no other edition of the one given."""
    if not a and not b:
        raise InputError(
            "没有说要对照哪两份文件", "请从阅读页或资料库页的“对照”进入，或在地址里写 a=旧文件编号、b=新文件编号"
        )
    if not a or not b:
        given = library.document(a or b)
        near = neighbour(given.id, library.editions(given.id), older=not a)
        if near is None:
            raise InputError(f"资料库里没有“{given.title}”的其他版本", "请用 a 和 b 指定两份文件")
        older = near[1]
        a, b = (near[0].doc_id, given.id) if older else (given.id, near[0].doc_id)
    if a == b:
        raise InputError("两份是同一份文件", "请选两份不同的文件")
    return library.document(a), library.document(b)


def neighbour(doc_id: str, editions: Sequence[Edition], *, older: bool) -> tuple[Edition, bool] | None:
    """The edition next to this one on the side asked for, else on the other, with whether it is older; None without."""
    apart = others(doc_id, editions) if editions else []
    before = [item for item in apart if item[1]]
    after = [item for item in apart if not item[1]]
    nearest = ([before[0]] if before else []), ([after[-1]] if after else [])
    return next(iter(nearest[0] + nearest[1] if older else nearest[1] + nearest[0]), None)


def links(doc_id: str, editions: Sequence[Edition], lang: Lang, root: str) -> str:
    """To the comparison of a document with each other edition, the newest first; empty without."""
    made = []
    for edition, older in (others(doc_id, editions) if editions else [])[:LINKS]:
        ids = (edition.doc_id, doc_id) if older else (doc_id, edition.doc_id)
        told = TEXTS[lang]["cmp_with_old" if older else "cmp_with_new"].format(date=edition.date)
        made.append(f'<a href="{escape(address(root, *ids))}">{escape(told)}</a>')
    return " ".join(made)


def address(root: str, a: str, b: str, changed: str = "", kind: str = "") -> str:
    given = {"a": a, "b": b, "changed": changed}
    return f"{root}/compare{kind}?{urlencode({name: value for name, value in given.items() if value})}"


def compare_page(made: Comparison, editions: Sequence[Edition], changed: str, lang: Lang, root: str) -> str:
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    many = len(made.rows) > MANY
    only = changed == "1" or (many and changed != "0")
    ids = made.old.id, made.new.id
    dates = made.old.facts.date or "", made.new.facts.date or ""
    notes = [t["cmp_reversed"]] if dates[0] > dates[1] > "" else []
    notes += [t["cmp_coarse"]] if made.coarse else []
    notes += [t["cmp_long"]] if many and not changed else []
    views = "".join(
        f'<a href="{escape(address(root, *ids, value))}"{" aria-current=true" if here else ""}>{t[name]}</a>'
        for value, name, here in (("0" if many else "", "cmp_all", not only), ("1", "cmp_changed", only))
    )
    saves = " ".join(
        f'<a href="{escape(address(root, *ids, "1" if only else "", f".{kind}"))}" download>.{kind}</a>'
        for kind in ("docx", "html", "md")
    )
    more = links(made.new.id, editions, lang, root) if len(editions) > 2 and _of(made.new.id, editions) else ""
    body = (
        f'{top(lang, root, middle=_middle(made), here=address("", *ids, changed))}<main class="cp">'
        f'<header class="cp-head"><h1>{escape(made.new.title)} <small>{t["cmp_title"]}</small></h1>'
        f'<div class="cp-pair">{_which(made.old, "old", editions, lang, root)}'
        f"{_which(made.new, 'new', editions, lang, root)}</div>"
        f'<p class="cp-sum">{escape(summary(made, lang))}</p>{"".join(f"<p class=cp-note>{n}</p>" for n in notes)}'
        f'<div class="cp-bar"><nav class="cp-views" aria-label="{t["cmp_shown"]}">{views}</nav>'
        f'<a href="{escape(address(root, ids[1], ids[0], changed))}">{t["cmp_swap"]}</a>'
        f'<span class="cp-saves">{t["cmp_save"]} {saves}</span>'
        f"{f'<span>{more}</span>' if more else ''}"
        f'<a href="{escape(f"{address(root, *ids)}&pick=1")}">{t["cmp_pick_again"]}</a></div></header>'
        f"{render.table(made, only, lang, root)}</main>"
    )
    return page(f"{made.new.title} · {t['cmp_title']} · {t['name']}", body, lang, root, "compare.css")


def _middle(made: Comparison) -> str:
    return f'<span class="yj-doc-title">{escape(made.new.title)}</span>'


def _of(doc_id: str, editions: Sequence[Edition]) -> Edition | None:
    return next((edition for edition in editions if edition.doc_id == doc_id), None)


def _which(document: Document, side: str, editions: Sequence[Edition], lang: Lang, root: str) -> str:
    """Which document a column is: date, standing, path."""
    t, edition = TEXTS[lang], _of(document.id, editions)
    date = edition.date if edition else document.facts.date or ""
    status = edition.status if edition else ""
    mark = f'<i class="{"" if status == "现行" else "cp-lapsed"}">{escape(t[f"status_{status}"])}</i>' if status else ""
    return (
        f'<p class="cp-{side}"><b>{escape(t[f"cmp_{side}"])}</b> {escape(date)} {mark}'
        f'<a href="{root}/doc/{escape(document.id)}">{escape(document.path)}</a></p>'
    )
