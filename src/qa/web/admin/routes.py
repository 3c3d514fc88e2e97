"""The administrator's addresses: pages for people, files to keep. All of them for administrators alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from qa import insight
from qa.errors import InputError
from qa.journal import Journal, Row
from qa.web.admin.access import administrator, made
from qa.web.admin.batch import Batch
from qa.web.admin.batch_routes import routes as batch_routes
from qa.web.admin.pages import Insights, Pages
from qa.web.manage.desk import Desk
from qa.web.texts import Lang

SPANS = (1, 7, 30, 90, 365)
MOST = 20_000
"""Rows that a page is worked out from, the latest; 20,000 with 3,900 wordings take 0.4 s."""
DAY = 24 * 3600
LangOf = Callable[[Request], Lang]


def routes(desk: Desk, journal: Journal | None, lang_of: LangOf) -> APIRouter:
    """Pages under /admin."""
    router = APIRouter(include_in_schema=False)

    @router.get("/admin")
    def overview(request: Request, days: int = 30) -> Response:
        visitor = administrator(desk, request)
        pages = Pages(desk, visitor, lang_of(request), journal is not None)
        return made(pages.overview(_insights(journal, days)), visitor, desk, request)

    @router.get("/admin/feedback")
    def feedback(request: Request, days: int = 30, only: str = "") -> Response:
        visitor = administrator(desk, request)
        rows = [row for row in _rows(journal, days) if row.good is not None]
        shown = [row for row in rows if not only or insight.verdict(row) == only]
        pages = Pages(desk, visitor, lang_of(request), journal is not None)
        return made(pages.feedback(shown, days, only), visitor, desk, request)

    @router.get("/admin/journal.csv")
    def table(request: Request, days: int = 0) -> Response:
        visitor = administrator(desk, request)
        desk.audit.record(visitor.user, visitor.host, "journal")
        since, _ = span(days)
        rows = journal.between(since) if journal is not None else iter(())
        named = f"attachment; filename*=UTF-8''{quote('问答记录')}-{datetime.now():%Y%m%d}.csv"
        head = {"Content-Disposition": named, "Cache-Control": "no-store"}
        return StreamingResponse(insight.as_csv(rows), media_type="text/csv; charset=utf-8", headers=head)

    router.include_router(batch_routes(desk, Batch(desk.library), lang_of))
    return router


def span(days: int) -> tuple[str, int]:
    """(since when, days); 0 days are all. Raises InputError for what isn't on offer."""
    if days not in (0, *SPANS):
        raise InputError(f"不能看 {days} 天", f"可以看 {'、'.join(map(str, SPANS))} 天，或 0（全部）")
    if not days:
        return "", 0
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=days - 1)
    return since.astimezone(UTC).isoformat(timespec="milliseconds"), days


def _rows(journal: Journal | None, days: int) -> list[Row]:
    since, _ = span(days)
    if journal is None:
        return []
    found = journal.between(since)
    return [row for row, _ in zip(found, range(MOST), strict=False)]


def _insights(journal: Journal | None, days: int) -> Insights:
    rows = _rows(journal, days)
    return Insights(
        days=days,
        cut=len(rows) == MOST,
        by_day=insight.days(rows),
        total=insight.total(rows),
        unanswered=insight.groups(row for row in rows if row.status == "abstained"),
        asked=insight.groups(rows),
        feedback=[row for row in rows if row.good is not None][:10],
    )


@contextlib.asynccontextmanager
async def sweeping(journal: Journal | None, days: int) -> AsyncIterator[None]:
    """Old rows of the journal are deleted at the start and once a day."""

    async def sweep() -> None:
        while journal is not None and days:
            await asyncio.to_thread(journal.purge, days)
            await asyncio.sleep(DAY)

    task = asyncio.create_task(sweep())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
