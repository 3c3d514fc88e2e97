"""The pages there are, for tests and pictures of all of them; what a build doesn't have answers 404 and is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = (375, 768, 1440)
QUESTION = "四下基层包括哪四项内容？"


def answered(page: Page, server: str) -> None:
    page.goto(server)
    page.wait_for_selector("#yj-box textarea")
    box = page.locator("#yj-box textarea")
    box.fill(QUESTION)
    box.press("Enter")
    page.locator("#yj-chat .bot-row a[href^='#good-']").first.wait_for()


def panel(page: Page, server: str) -> None:
    answered(page, server)
    page.locator("#yj-chat .bot-row a[href^='#cite-']").first.click()
    page.locator("#yj-source mark").first.wait_for()


def empty(page: Page, server: str) -> None:
    page.goto(server)
    page.wait_for_selector("#yj-box textarea")


def paths(page: Page, server: str) -> dict[str, str]:
    """Name → address of each page that needs no conversation."""
    held = page.request.get(f"{server}/api/v1/documents").json()["documents"]
    doc = next(d for d in held if "四下基层" in d["title"])
    wanted = {
        "reader": f"/doc/{doc.get('doc_id') or doc['id']}",
        "library": "/library",
        "health": "/library/health",
        "bin": "/library/bin",
        "log": "/library/log",
        "login": "/login",
        "admin": "/admin",
        "plain": f"/plain?q={QUESTION}",
        "embed": "/embed",
        "compare": "/compare",
        "docs": "/api/docs",
        "missing": "/no-such-page",
    }
    html = {"accept": "text/html"}
    there = {n: p for n, p in wanted.items() if page.request.get(server + p, headers=html).status not in {404, 405}}
    return {**there, "missing": wanted["missing"]}


def every(page: Page, server: str) -> Iterator[str]:
    """Bring the page to each of them in turn; its name."""
    for name, go in (("chat-empty", empty), ("chat-answer", answered), ("chat-panel", panel)):
        go(page, server)
        yield name
    for name, path in paths(page, server).items():
        page.goto(server + path)
        page.wait_for_load_state("load")
        yield name
