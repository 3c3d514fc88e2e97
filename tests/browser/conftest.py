"""A real server (``python app.py`` over texts made here) and a real browser (Debian's chromium, by playwright)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from embedding import Portals, portals_at
from serving import ARTICLES, FOUR, LONG, NOTICE, RULES, Watch, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("没有 chromium（apt install chromium），跳过浏览器测试")
    api = pytest.importorskip("playwright.sync_api", reason="没有 playwright（requirements-dev.txt），跳过浏览器测试")
    with api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield made
        made.close()


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("资料 夹")
    (folder / "四下基层学习要点.md").write_text(FOUR, encoding="utf-8")
    (folder / "网络安全检查通知.txt").write_text(NOTICE, encoding="gb18030")
    (folder / "渡船管理办法.txt").write_text(RULES, encoding="utf-8")
    (folder / "长文.txt").write_text(LONG, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portals]:
    with portals_at(tmp_path_factory.mktemp("portal")) as made:
        yield made


@pytest.fixture(scope="session")
def server(
    browser: Browser, repo: Path, corpus: Path, portals: Portals, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    place = tmp_path_factory.mktemp("server")
    framed = f"self {portals.allowed}"
    with serving(repo, place, [str(repo / "app.py")], QA_CORPUS=str(corpus), QA_FRAME_ANCESTORS=framed) as url:
        yield url


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def visit(browser: Browser, server: str, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens the chat: ``visit(width, height, dark)``."""
    contexts = []

    def go(width: int = 1440, height: int = 900, dark: bool = False, path: str = "/") -> Page:
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN")
        contexts.append(context)
        page = watch.over(context.new_page())
        page.goto(server + path)
        if path.startswith("/?") or path == "/":
            page.wait_for_selector("#yj-box textarea")
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def rules(browser: Browser, repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over one regulation in articles."""
    corpus, place = tmp_path_factory.mktemp("办法"), tmp_path_factory.mktemp("rules")
    (corpus / "渡船管理办法.txt").write_text(ARTICLES, encoding="utf-8")
    with serving(repo, place, [str(repo / "app.py")], QA_CORPUS=str(corpus)) as url:
        yield url


@pytest.fixture
def chat(browser: Browser, rules: str, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens its chat in a context of its own, where nothing is kept."""
    contexts = []

    def go(width: int = 1440, height: int = 900, **more: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **more)
        contexts.append(context)
        page = watch.over(context.new_page())
        page.goto(rules)
        page.wait_for_selector("#yj-box textarea")
        return page

    yield go
    for context in contexts:
        context.close()
