"""The framed chat and the widget in a real browser: on a portal that may, one that may not, and behind nginx."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from embedding import NGINX, Portals, nginx_before
from serving import Watch, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page

pytestmark = pytest.mark.browser

QUESTION = "四下基层包括哪四项内容？"
SCREENSHOTS = os.environ.get("YOUJU_SCREENSHOT_DIR")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HEARD = """
for (const type of ["ready", "opened", "closed", "asked", "answered", "cite", "failed"])
  Youju.on(type, (told) => (window.heard = [...(window.heard || []), { type, ...told }]));
"""
NOISY = """
* { letter-spacing: 9px !important; color: lime !important; }
youju-widget, div, dialog, button, iframe { display: none !important; opacity: 0 !important; }
"""


@pytest.fixture
def site(server: str, portals: Portals, repo: Path) -> Portals:
    """The portal of the documents, told where Youju is."""
    for name in ("portal.html", "portal.css", "portal.js"):
        shutil.copy(repo / "docs" / "examples" / name, portals.folder)
    page = (portals.folder / "portal.html").read_text(encoding="utf-8")
    page = page.replace("http://qa.example.cn:7860", server).replace(
        "</head>", '<script src="heard.js" defer></script></head>'
    )
    (portals.folder / "portal.html").write_text(page, encoding="utf-8")
    (portals.folder / "heard.js").write_text(HEARD, encoding="utf-8")
    policy = f"default-src 'none'; script-src 'self' {server}; style-src 'self'; frame-src {server}"
    (portals.folder / "policy").write_text(policy, encoding="utf-8")
    return portals


@pytest.fixture
def opened(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    contexts = []

    def go(url: str, width: int = 1440, height: int = 900, **more: Any) -> Page:
        more = {"locale": "zh-CN", **more}
        context = browser.new_context(viewport={"width": width, "height": height}, ignore_https_errors=True, **more)
        contexts.append(context)
        page = watch.over(context.new_page())
        page.goto(url)
        return page

    yield go
    for context in contexts:
        context.close()


def arrivals(page: Page, path: str) -> list[float]:
    """Filled with the seconds at which pieces of answers from that path reach the browser."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    wanted: set[str] = set()
    found: list[float] = []
    session.on(
        "Network.requestWillBeSent",
        lambda told: wanted.add(told["requestId"]) if path in told["request"]["url"] else None,
    )
    session.on(
        "Network.dataReceived",
        lambda told: found.append(told["timestamp"]) if told["requestId"] in wanted else None,
    )
    return found


def chat_of(page: Page) -> FrameLocator:
    return page.frame_locator("youju-widget iframe")


def heard(page: Page, type_: str) -> list[dict[str, Any]]:
    page.wait_for_function("type => (window.heard || []).some((h) => h.type === type)", arg=type_)
    found: list[dict[str, Any]] = page.evaluate("type => window.heard.filter((h) => h.type === type)", type_)
    return found


def keep(page: Page, name: str) -> None:
    if SCREENSHOTS:
        page.wait_for_timeout(600)
        page.screenshot(path=str(Path(SCREENSHOTS) / name))


def test_a_portal_asks_in_the_panel_and_hears_of_it(opened: Callable, site: Portals, server: str, watch: Watch) -> None:
    page = opened(f"{site.allowed}/portal.html")
    button = page.locator("youju-widget button.b")
    button.focus()
    page.keyboard.press("Enter")
    heard(page, "ready")
    chat = chat_of(page)
    page.wait_for_function("document.activeElement.localName === 'youju-widget'")
    chat.locator("#q:focus").wait_for()  # the keyboard is in the box without a click
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    (told,) = heard(page, "answered")
    answer = chat.locator(".answer").last
    assert "调查研究下基层" in answer.inner_text()
    assert (told["question"], told["status"]) == (QUESTION, "answered")
    assert [s["number"] for s in told["sources"]] == list(range(1, chat.locator(".source").count() + 1))
    assert len(told["sources"]) >= 4
    assert "《四下基层学习要点》" in told["sources"][0]["reference"]

    chat.locator("button.mark").nth(1).click()
    source = chat.locator("details.source[open]")
    source.locator(".checked:not(.bad)", has_text="逐字核对 ✓").wait_for()
    (cite,) = heard(page, "cite")
    assert source.locator("mark").inner_text() == cite["quote"]
    with page.context.expect_page() as reading:
        source.locator("a", has_text="打开原文").click()
    assert reading.value.url == cite["url"]
    reading.value.locator("#yj-text mark").first.wait_for()
    assert "".join(reading.value.locator("#yj-text mark").all_inner_texts()) == cite["quote"]
    keep(page, "embed-1440.png")

    page.bring_to_front()
    chat.locator("#q").focus()
    page.keyboard.press("Escape")
    heard(page, "closed")
    assert page.evaluate("document.querySelector('youju-widget').shadowRoot.activeElement.className") == "b"
    page.locator("[data-question]").last.click()  # the portal's own button: opens and asks on
    page.locator("#last", has_text="渡船多久检修一次").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.question") == "渡船多久检修一次？"

    assert page.context.cookies() == []
    # Chromium denies storage to frames of other sites, or gives an empty one: either way nothing was kept.
    kept = "(() => { try { return localStorage.length + sessionStorage.length } catch { return 'denied' } })()"
    assert page.frames[1].evaluate(kept) in {0, "denied"}
    assert [url for url in watch.requests if not url.startswith((server, site.allowed))] == []
    assert watch.complaints == []


def test_a_stranger_is_shown_why_not(opened: Callable, site: Portals, server: str) -> None:
    page = opened(f"{site.stranger}/portal.html")
    page.locator("youju-widget button.b").click()
    (told,) = heard(page, "failed")
    note = page.locator("youju-widget .n")
    assert f"QA_FRAME_ANCESTORS 里加上 {site.stranger}" in note.inner_text()
    assert note.inner_text() == told["message"]
    assert page.frames[1].locator("#q").count() == 0
    assert page.evaluate("window.heard.map((h) => h.type)") == ["opened", "failed"]
    with page.context.expect_page() as full:
        note.locator("a").click()
    full.value.locator("#q").wait_for()
    assert full.value.url.startswith(f"{server}/embed?")


def test_only_the_frame_is_listened_to(opened: Callable, site: Portals, server: str) -> None:
    page = opened(f"{site.allowed}/portal.html")
    page.evaluate("Youju.open()")
    heard(page, "ready")
    page.evaluate("postMessage({ youju: 1, type: 'answered', question: '假', sources: [] }, '*')")
    page.wait_for_timeout(200)
    assert page.locator("#last").inner_text() == ""
    # A page that is none of those named can't command the chat though it opened it: nobody but its parent may.
    other = opened(f"{site.stranger}/portal.html")
    with other.expect_popup() as popup:
        other.evaluate(f"window.chat = open('{server}/embed')")
    popup.value.locator("#q").wait_for()
    other.evaluate("chat.postMessage({ youju: 1, type: 'ask', question: '四下基层包括哪四项内容？' }, '*')")
    popup.value.wait_for_timeout(300)
    assert popup.value.locator(".asked").count() == 0


def test_neither_page_styles_the_other(opened: Callable, site: Portals) -> None:
    quiet = opened(f"{site.allowed}/portal.html")
    look = "() => { const b = document.querySelector('youju-widget').shadowRoot.querySelector('.b');"
    look += (
        " const s = getComputedStyle(b); return [s.display, s.color, s.letterSpacing, b.offsetWidth, b.offsetHeight] }"
    )
    plain = "() => [...document.querySelectorAll('main, main *')].map((e) => getComputedStyle(e).cssText)"
    with_widget, widget = quiet.evaluate(plain), quiet.evaluate(look)
    quiet.evaluate("Youju.open()")
    heard(quiet, "ready")
    assert quiet.evaluate(plain) == with_widget
    assert widget[0] == "flex"
    (site.folder / "portal.css").write_text(NOISY, encoding="utf-8")
    noisy = opened(f"{site.allowed}/portal.html")
    assert noisy.evaluate(look) == widget
    noisy.locator("youju-widget button.b").click()
    heard(noisy, "ready")
    chat_of(noisy).locator("#q").wait_for()


def test_the_page_can_set_it_up_itself(opened: Callable, site: Portals) -> None:
    page_file = site.folder / "portal.html"
    page_file.write_text(page_file.read_text(encoding="utf-8").replace("data-label", "data-manual data-label"), "utf-8")
    page = opened(f"{site.allowed}/portal.html")
    assert page.locator("youju-widget").count() == 0
    for label in ("Rules", "Ask here"):
        page.evaluate(
            f"Youju.init({{ label: '{label}', scope: '没有的夹', position: 'left', lang: 'en', theme: 'dark' }})"
        )
    assert page.locator("youju-widget button.b").inner_text() == "据\nAsk here"
    page.evaluate("window.heard = []; Youju.on('failed', (told) => heard.push(told)); Youju.ask('渡船多久检修一次？')")
    (told,) = heard(page, "failed")
    assert "没有的夹" in told["message"]
    assert page.locator("youju-widget dialog").bounding_box()["x"] == 22
    chat = chat_of(page)
    assert "没有的夹" in chat.locator(".answer").inner_text()
    assert page.frames[1].evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.frames[1].evaluate("document.documentElement.lang") == "en"


def test_a_phone_gets_the_whole_screen(opened: Callable, site: Portals) -> None:
    page = opened(f"{site.allowed}/portal.html", 375, 700, has_touch=True, reduced_motion="reduce")
    page.locator("youju-widget button.b").tap()
    heard(page, "ready")
    assert page.locator("youju-widget dialog").bounding_box() == {"x": 0, "y": 0, "width": 375, "height": 700}
    assert page.evaluate("document.querySelector('youju-widget').shadowRoot.querySelector('dialog').matches(':modal')")
    chat = chat_of(page)
    chat.locator("#q").fill("火星上有几家梅溪县渡船管理所？")
    chat.locator("#send").tap()
    heard(page, "answered")
    assert page.frames[1].evaluate(OVERFLOW) == 0
    keep(page, "embed-375.png")
    page.locator("youju-widget button[aria-label=关闭]").tap()
    assert page.locator("youju-widget button.b").is_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("Youju.open()")
    assert page.evaluate("!document.querySelector('youju-widget').shadowRoot.querySelector('dialog').matches(':modal')")


def test_the_framed_page_alone_asks_what_the_address_says(opened: Callable, server: str, watch: Watch) -> None:
    page = opened(f"{server}/embed?q=四下基层包括哪四项内容？&theme=dark&lang=en", 400, 640)
    page.locator(".source").nth(3).wait_for()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.locator(".answer h3").inner_text() == "Sources"
    page.locator("#q").fill("渡船多久检修一次？")
    page.locator("#q").dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    assert page.locator(".asked").count() == 1
    page.locator("#q").press("Enter")
    page.locator(".answer").nth(1).locator(".source").wait_for()
    page.locator("#new").click()
    assert page.locator(".asked").count() == 0
    assert page.locator("#start").is_visible()
    assert page.evaluate(OVERFLOW) == 0
    assert watch.complaints == []


def test_without_script_the_plain_page_answers(opened: Callable, server: str) -> None:
    page = opened(f"{server}/embed", java_script_enabled=False)
    with page.context.expect_page() as full:
        page.locator("noscript a").click()
    plain = full.value
    assert plain.url == f"{server}/plain"
    plain.locator("#q").fill(QUESTION)
    plain.locator("#q").press("Enter")
    plain.locator(".notes li").nth(3).wait_for()
    plain.locator("a.mark").first.click()
    assert plain.url.endswith("#n1")
    plain.locator("#q").fill("渡船多久检修一次？")
    plain.locator("input[type=submit]").click()
    assert "每年检修一次" in plain.locator(".said").first.inner_text()
    assert plain.locator("ol a", has_text=QUESTION).count() == 1


@pytest.fixture(scope="module")
def proxied(
    browser: Browser, repo: Path, corpus: Path, portals: Portals, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """https://…/qa twice: nginx with HTTP/2 before a server that knows its prefix, as ``nginx_before`` has it."""
    if NGINX is None:
        pytest.skip("没有 nginx（apt install nginx-light），跳过代理测试")
    example = re.search(r"```nginx\n(.*?)```", (repo / "docs/operations.md").read_text(encoding="utf-8"), re.S)
    assert example is not None
    settings = {"QA_ROOT_PATH": "/qa", "QA_FRAME_ANCESTORS": portals.allowed, "QA_CORPUS": str(corpus)}
    place = tmp_path_factory.mktemp("behind")
    with (
        serving(repo, place, [str(repo / "app.py")], **settings) as url,
        nginx_before(url, tmp_path_factory.mktemp("nginx"), example[1]) as outside,
    ):
        yield [f"{address}/qa" for address in outside]


@pytest.mark.parametrize("which", [0, 1], ids=["as documented", "nginx's default"])
def test_the_chat_streams_through_a_proxy_at_a_prefix(
    opened: Callable, proxied: list[str], which: int, watch: Watch
) -> None:
    outside = proxied[which]
    page = opened(f"{outside}/")
    box = page.locator("#yj-box textarea")
    box.wait_for()
    assert page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
    arrived = arrivals(page, "/gradio_api/queue/data")
    box.fill(QUESTION)
    box.press("Enter")
    page.locator("#yj-chat a.yj-vote").first.wait_for()
    # Five sentences, 60 ms between them; held back by the proxy they come as one, when the last is done.
    assert len(arrived) >= 4, arrived
    assert arrived[-1] - arrived[0] > 0.15, arrived
    page.locator("a.yj-cite").first.click()
    page.locator("#yj-source mark").wait_for()
    assert [url for url in watch.requests if not url.startswith((f"{outside}/", "data:"))] == []
    assert watch.complaints == []


def test_the_widget_works_from_a_proxy_at_a_prefix(
    opened: Callable, proxied: list[str], site: Portals, server: str, watch: Watch
) -> None:
    outside = proxied[0]
    page_file = site.folder / "portal.html"
    page_file.write_text(page_file.read_text(encoding="utf-8").replace(server, outside), encoding="utf-8")
    origin = outside.removesuffix("/qa")
    policy = f"default-src 'none'; script-src 'self' {origin}; style-src 'self'; frame-src {origin}"
    (site.folder / "policy").write_text(policy, encoding="utf-8")
    page = opened(f"{site.allowed}/portal.html")
    page.evaluate("Youju.ask('渡船多久检修一次？')")
    (told,) = heard(page, "answered")
    assert told["sources"][0]["url"].startswith(f"{outside}/doc/")
    assert [url for url in watch.requests if not url.startswith((f"{outside}/", site.allowed))] == []
    assert watch.complaints == []
