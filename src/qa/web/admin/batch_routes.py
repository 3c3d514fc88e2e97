"""Addresses of the batch evaluation: the page, the table that comes in, progress, and the workbook that goes out."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from qa.errors import InputError
from qa.evaluate.table import MOST
from qa.web.admin.access import administrator, made
from qa.web.admin.batch import FAILED, Batch, Result, as_workbook, fault, figures, template
from qa.web.admin.pages import Pages
from qa.web.manage.desk import Desk
from qa.web.texts import TEXTS, Lang

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIMIT_KB = 500
"""Of a table; the door's own limit is a little more. 2,000 questions with a quote of 100 characters each are 250 KB."""
FOR_SCRIPT = ("bat_running", "bat_cancelled", "bat_failed", "bat_too_large", "bat_not_xlsx", "offline")


def routes(desk: Desk, batch: Batch, lang_of: Callable[[Request], Lang]) -> APIRouter:
    """For administrators alone; what starts or stops a run needs their token."""
    router = APIRouter(include_in_schema=False)

    @router.get("/admin/batch")
    def page(request: Request) -> Response:
        visitor, lang = administrator(desk, request), lang_of(request)
        pages = Pages(desk, visitor, lang)
        facts: dict[str, object] = {
            "csrf": visitor.csrf,
            "limit": LIMIT_KB * 1024,
            "texts": {key: TEXTS[lang][key] for key in FOR_SCRIPT},
        }
        html = pages.whole("adm_batch", _page(desk, batch, lang), "/admin/batch", "batch.js", facts=facts)
        return made(html, visitor, desk, request)

    @router.get("/admin/batch/template.xlsx")
    def empty(request: Request) -> Response:
        administrator(desk, request)
        return _file(template(), "评测题目模板")

    @router.get("/admin/batch/result.xlsx")
    def result(request: Request) -> Response:
        administrator(desk, request)
        found = batch.state.result
        if found is None:
            raise InputError("还没有评测结果", "请先上传题目")
        return _file(as_workbook(found, TEXTS[lang_of(request)]), f"评测结果-{found.at:%Y%m%d-%H%M}")

    @router.get("/api/admin/batch")
    def state(request: Request) -> dict[str, Any]:
        administrator(desk, request)
        now = batch.state
        return {"state": now.state, "name": now.name, "done": now.done, "total": now.total, "failure": now.failure}

    @router.put("/api/admin/batch", status_code=202)
    async def start(request: Request, name: str = Query("", max_length=300)) -> dict[str, Any]:
        visitor = desk.roles.check(request)
        data = await request.body()
        await run_in_threadpool(batch.start, name, data)
        desk.audit.record(visitor.user, visitor.host, "batch", detail=name[:200])
        return state(request)

    @router.post("/api/admin/batch/cancel")
    def cancel(request: Request) -> dict[str, Any]:
        desk.roles.check(request)
        batch.cancel()
        batch.wait(5)
        return state(request)

    return router


def _file(data: bytes, name: str) -> Response:
    head = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.xlsx", "Cache-Control": "no-store"}
    return Response(data, media_type=XLSX, headers=head)


def _page(desk: Desk, batch: Batch, lang: Lang) -> str:
    t, root, now = {k: escape(v) for k, v in TEXTS[lang].items()}, desk.settings.root_path, batch.state
    running = now.state == "running"
    bad = t["bat_failed"].format(failure=escape(now.failure)) if now.state == "failed" else ""
    told = bad or (t["bat_cancelled"] if now.state == "cancelled" else "")
    body = (
        f'<div class="yl-head"><div><h1>{t["adm_batch"]}</h1>'
        f'<p class="yl-sum">{t["bat_lead"].format(most=f"{MOST:,}")}</p></div></div>'
        f'<noscript><p class="yl-note">{t["lib_no_script"]}</p></noscript>'
        f'<section class="ya-start"><label class="yl-button ya-choose" for="ya-file">{t["bat_choose"]}</label>'
        '<input type="file" id="ya-file" class="ya-hidden" accept=".xlsx">'
        f'<a class="yl-button" href="{root}/admin/batch/template.xlsx" download>{t["bat_template"]}</a></section>'
        f'<p class="ya-hint yl-hint">{t["bat_columns"]}</p>'
        f'<p id="ya-run"{"" if running else " hidden"}><progress max="{max(now.total, 1)}" value="{now.done}" '
        f'aria-label="{t["adm_batch"]}"></progress><span role="status"></span>'
        f'<button type="button" id="ya-cancel">{t["bat_cancel"]}</button></p>'
        f'<p id="ya-say" role="alert"{"" if told else " hidden"}>{told}</p>'
    )
    return body + (_result(now.result, lang, root) if now.result is not None else "")


def _result(result: Result, lang: Lang, root: str) -> str:
    raw = TEXTS[lang]
    t = {k: escape(v) for k, v in raw.items()}
    cells = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{_shown(name, value)}</dd></div>" for name, value in figures(result, raw)[2:]
    )
    bad = [outcome for outcome in result.evaluation.outcomes if fault(outcome)]
    rows = "".join(
        f'<tr><td class="yl-name"><span>{escape(o.question)}</span>{_expected(result, int(o.id))}</td>'
        f'<td data-label="{t["bat_outcome"]}"><span class="yl-state yl-unread">{t[f"bat_{fault(o)}"]}</span></td>'
        f'<td class="yl-num" data-label="{t["bat_rank"]}">{o.rank or "–"}</td>'
        f'<td class="yl-soft" data-label="{t["bat_first"]}">{escape(o.first)}</td></tr>'
        for o in bad[:FAILED]
    )
    rows += "".join(
        f'<tr><td class="yl-name"><span>{escape(result.asked[row].question)}</span>{_expected(result, row)}'
        f'<span class="yl-hint">{escape(reason)}</span></td>'
        f'<td><span class="yl-state yl-noted">{t["bat_unusable"]}</span></td><td class="yl-num">–</td><td></td></tr>'
        for row, reason in list(result.wrong.items())[:FAILED]
    )
    heads = "".join(
        f'<th scope="col"{" class=yl-num" if name == "rank" else ""}>{t[f"bat_{name}"]}</th>'
        for name in ("question", "outcome", "rank", "first")
    )
    table = f'<table class="yl-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    name = f"{escape(result.name)} · {result.at:%Y-%m-%d %H:%M}"
    return (
        f'<section id="ya-result"><div class="yl-head"><div><h2>{t["bat_result"]}</h2>'
        f'<p class="yl-sum">{name}</p></div><div class="yl-acts">'
        f'<a class="yl-button" href="{root}/admin/batch/result.xlsx" download>{t["bat_download"]}</a></div></div>'
        f'<dl class="ya-figures">{cells}</dl><h2>{t["bat_failures"]}</h2>'
        f'{table if rows else f"""<p class="yl-nothing">{t["bat_all_right"]}</p>"""}</section>'
    )


def _expected(result: Result, row: int) -> str:
    asked = result.asked[row]
    said = " · ".join(part for part in (asked.document, asked.article, asked.quote) if part)
    return f'<span class="yl-hint">{row} → {escape(said)}</span>' if said else f'<span class="yl-hint">{row}</span>'


def _shown(name: str, value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}" if "p50" in name or "p95" in name else f"{value:.3f}"
    return "–" if value is None else escape(str(value))
