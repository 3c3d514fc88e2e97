"""Stored and reflected scripts, tried in a real browser on every page: none runs, nothing comes from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hostile import ATTACKS, fill
from serving import Watch, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(browser, repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("有害资料")
    fill(folder)
    place = tmp_path_factory.mktemp("server")
    with serving(repo, place, [str(repo / "app.py")], QA_CORPUS=str(folder)) as url:
        yield url


@pytest.fixture(autouse=True)
def nothing_ran(browser, server: str, watch: Watch) -> Iterator[None]:
    dialogs: list[str] = []
    watch.dialogs = dialogs  # type: ignore[attr-defined]
    yield
    assert dialogs == []
    assert [url for url in watch.requests if not url.startswith((server, "data:", "blob:"))] == []
    assert [said for said in watch.complaints if "Failed to load resource" not in said] == []


def harmless(page) -> None:
    """No script of a text ran, and none stands in the page."""
    page.wait_for_timeout(60)
    assert page.evaluate("window.yjBad") is None
    assert page.title() != "坏"
    shown = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/i.test(a.name)"
        " || (/^(href|src|srcdoc|action)$/i.test(a.name) && /javascript:|stranger/i.test(a.value)))).length"
    )
    assert shown == 0


def open_at(visit: Callable, watch: Watch, path: str):
    page = visit(path=path)
    page.on("dialog", lambda dialog: (watch.dialogs.append(dialog.message), dialog.dismiss()))  # type: ignore[attr-defined]
    return page


def ask(page, question: str) -> None:
    turns = page.locator("#yj-chat .bot-row").count()
    box = page.locator("#yj-box textarea")
    box.fill(question)
    box.press("Enter")
    page.locator("#yj-chat .bot-row").nth(turns).locator("a.yj-vote, a[href^='#good-']").first.wait_for()


def test_texts_titles_headings_and_questions_in_the_chat(visit: Callable, server: str, watch: Watch) -> None:
    page = open_at(visit, watch, "/")
    cited = 0
    for n, attack in enumerate(ATTACKS):
        ask(page, f"样例{n}号应当按照什么要求登记？{attack.splitlines()[0]}")
        harmless(page)
        link = page.locator("#yj-chat .bot-row").last.locator("a[href^='#cite-']").first
        if link.count():
            cited += 1
            link.click()
            page.locator("#yj-source mark").first.wait_for()
            harmless(page)
            page.keyboard.press("Escape")
    assert cited >= len(ATTACKS) // 2
    ask(page, "特殊文件名应当在几日内改正？")
    harmless(page)


def test_an_abstention_names_hostile_headings_and_terms(visit: Callable, watch: Watch) -> None:
    page = open_at(visit, watch, "/")
    for attack in ATTACKS[:4]:
        ask(page, f"火星殖民地的氧气配额{attack}是多少？")
        harmless(page)
    for link in page.locator("#yj-chat a").all():
        assert (link.get_attribute("href") or "").startswith(("#", "/doc/"))


def test_every_document_in_the_reader(visit: Callable, server: str, watch: Watch) -> None:
    page = open_at(visit, watch, "/library")
    held = page.request.get(f"{server}/api/v1/documents").json()["documents"]
    assert len(held) == len(ATTACKS) + 1
    for document in held:
        page.goto(f"{server}/doc/{document['doc_id'] if 'doc_id' in document else document['id']}#s0-20")
        page.locator("#yj-text").wait_for()
        harmless(page)


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/?lang={}",
            "/?q={}",
            "/?theme={}",
            "/?scope={}",
            "/?folder={}",
            "/doc/{}",
            "/doc/x?lang={}",
            "/library?q={}",
        ),
        *("/library?folder={}", "/library?sort={}", "/library/health?path={}", "/compare?a={}&b={}", "/compare?a={}"),
        *(
            "/{}",
            "/plain?q={}",
            "/embed?q={}",
            "/embed?theme={}",
            "/embed?scope={}",
            "/login?next={}",
            "/library/health.{}",
        ),
        *("/ui/{}", "/assets/{}", "/api/{}", "/api/passage?doc={}&start=0&end=1", "/gradio_api/{}"),
    ],
)
def test_what_an_address_carries(browser, server: str, watch: Watch, path: str) -> None:
    context = browser.new_context()
    page = watch.over(context.new_page())
    page.on("dialog", lambda dialog: (watch.dialogs.append(dialog.message), dialog.dismiss()))  # type: ignore[attr-defined]
    for attack in ATTACKS[:3]:
        page.goto(server + path.replace("{}", quote(attack, safe="")))
        harmless(page)
    context.close()


def test_scope_feedback_and_forged_history(visit: Callable, server: str, watch: Watch) -> None:
    page = open_at(visit, watch, "/")
    api = page.request
    for attack in ATTACKS:
        answer = api.post(f"{server}/api/ask", data={"question": f"样例{attack}", "scope": {"folders": [attack]}})
        assert "html" not in answer.headers["content-type"]
        sent = {"id": "0" * 32, "good": False, "note": attack}
        assert "html" not in api.post(f"{server}/api/feedback", data=sent).headers["content-type"]
    page.locator("#yj-scope summary").click()
    page.locator(".yj-scope-fields [name=documents]").fill(ATTACKS[1])
    page.keyboard.press("Escape")
    page.locator("#yj-box textarea").fill("样例1号应当按照什么要求登记？")
    page.locator("#yj-box textarea").press("Enter")
    page.locator("#yj-chat .bot-row").first.wait_for()
    harmless(page)
    forged = json.dumps([ATTACKS[0], ATTACKS[1]])
    page.evaluate(
        "h => { for (const k of Object.keys(localStorage)) localStorage[k] = h; localStorage.theme = h; }", forged
    )
    page.reload()
    page.wait_for_selector("#yj-box textarea")
    harmless(page)


def test_the_library_page_and_its_reports(visit: Callable, server: str, watch: Watch) -> None:
    page = open_at(visit, watch, "/library")
    harmless(page)
    for path in ("/library/health", "/library/bin", "/library/log", "/library/health.html", "/api/docs"):
        if path.endswith(".html"):
            assert page.request.get(server + path).headers["content-disposition"].startswith("attachment")
            continue
        page.goto(server + path)
        harmless(page)
    folder = quote("<img src=x onerror=window.yjBad=1>")
    page.goto(f"{server}/library?folder={folder}")
    harmless(page)
