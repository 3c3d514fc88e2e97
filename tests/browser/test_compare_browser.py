"""新旧对照 in a real browser: two columns, stacked on a phone, filtered without a script, on paper."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import Watch, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SCREENSHOTS = os.environ.get("YOUJU_SCREENSHOT_DIR")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OLD = """青石镇集市管理办法
第一条 集市每月逢五开市，遇大雪改期。
第二条 摊位费每日三元，由镇政府统一收取。
第三条 严禁占道经营。
第四条 出售活禽的，应当在指定区域内经营，收市后自行清扫。
第五条 卖菜农户自产自销的，免收摊位费。"""
NEW = """青石镇集市管理办法
第一条 集市每月逢五、逢十开市，遇大雪改期。
第二条 卖菜农户自产自销的，免收摊位费。
第三条 摊位费每日五元，由镇政府统一收取。
第四条 严禁占道经营。
第五条 集市设公平秤两台，供群众免费使用。"""
Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def site(browser: Browser, repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("对照")
    corpus = place / "资料 夹"
    corpus.mkdir()
    (corpus / "集市办法(2010-03-01).txt").write_text(OLD, "utf-8")
    (corpus / "集市办法(2022-01-01).txt").write_text(NEW, "utf-8")
    with serving(repo, place, [str(repo / "app.py")], QA_CORPUS=str(corpus)) as url:
        yield url


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def opened(browser: Browser, site: str, watch: Watch) -> Iterator[Open]:
    contexts = []

    def go(width: int, dark: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="zh-CN")
        contexts.append(context)
        page = watch.over(context.new_page())
        page.goto(f"{site}/library")
        page.locator(".yl-table .yl-compare").first.click()
        page.locator(".cp-table").wait_for()
        if SCREENSHOTS:
            page.screenshot(path=str(Path(SCREENSHOTS) / f"compare-{width}{'-dark' * dark}.png"), full_page=True)
        return page

    yield go
    for context in contexts:
        context.close()


def shown(page: Page, column: str) -> str:
    return "\n".join(page.locator(f"td.cp-{column} p").all_inner_texts()).replace("↗", "").strip()


def test_two_columns_hold_both_texts_and_can_be_filtered(site: str, opened: Open, watch: Watch) -> None:
    page = opened(1440)
    assert [line.strip() for line in shown(page, "old").split("\n")] == OLD.split("\n")
    assert [line.strip() for line in shown(page, "new").split("\n")] == NEW.split("\n")
    left = page.locator("tr.cp-changed td.cp-old").first.bounding_box()
    right = page.locator("tr.cp-changed td.cp-new").first.bounding_box()
    assert left is not None
    assert right is not None
    assert (left["y"], left["width"]) == (right["y"], pytest.approx(right["width"], abs=2))
    assert page.locator("ins").all_inner_texts()[0] == "、逢十"
    assert page.evaluate(OVERFLOW) == 0

    page.get_by_role("link", name="现为第二条").click()
    assert page.locator("tr:target td.cp-new").inner_text().startswith("第二条 卖菜农户")
    page.get_by_role("link", name="只看有变化的").click()
    assert "严禁占道经营" in page.locator(".cp-table").inner_text()  # its number has changed
    assert page.locator("tr.cp-same").count() == 0
    with page.expect_download() as saved:
        page.get_by_role("link", name=".docx").click()
    assert saved.value.suggested_filename == "青石镇集市管理办法 新旧对照.docx"
    page.locator("td.cp-new .cp-go").first.click()
    page.locator("#yj-text mark").first.wait_for()
    page.get_by_role("link", name="与旧版对照（2010-03-01）").click()
    page.locator(".cp-table").wait_for()
    assert [url for url in watch.requests if not url.startswith((site, "data:"))] == []
    assert watch.complaints == []


def test_a_phone_stacks_old_above_new(opened: Open, watch: Watch) -> None:
    page = opened(375, dark=True)
    old = page.locator("tr.cp-changed td.cp-old").first.bounding_box()
    new = page.locator("tr.cp-changed td.cp-new").first.bounding_box()
    assert old is not None
    assert new is not None
    assert old["y"] + old["height"] <= new["y"] + 1
    assert old["x"] == new["x"]
    assert page.evaluate(OVERFLOW) == 0
    assert watch.complaints == []


def test_paper_has_the_table_and_not_the_bars(opened: Open) -> None:
    page = opened(1440)
    page.emulate_media(media="print")
    assert page.locator(".cp-table").is_visible()
    assert not page.locator(".yj-top").is_visible()
    assert not page.locator(".cp-bar").is_visible()
