"""The reading page in a real browser: a law of three megabytes read, searched, cited, shared, printed, taken away."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import HOSTILE, Watch, serving

from qa.build.read import document_id

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SCREENSHOTS = os.environ.get("YOUJU_SCREENSHOT_DIR")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOADED = "document.querySelectorAll('#yj-text .g:not(.yj-wait)').length"
IN_VIEW = """selector => { const r = document.querySelector(selector).getBoundingClientRect();
  return r.top >= document.querySelector('.yj-bar').getBoundingClientRect().bottom && r.bottom <= innerHeight; }"""
HERE = "#yj-outline .yj-here"

RULE = "渡船每年检修一次，𠮷祥渡口的检修费用由经营人承担，检修记录保存三年。守渡人应当每日查看缆绳。"
LAW = "梅溪流域渡运总法\n" + "\n".join(
    (f"第{n // 500 + 1}章 检修之{n // 500 + 1}\n" if n % 500 == 0 else "")
    + f"第{n + 1}条 {RULE}第{n + 1}号泊位另行规定。"
    for n in range(17_000)
)
SHORT = f"渡口值守通知\n一、值守安排\n夜间须有人值守。{HOSTILE}这样的文字照样显示。\n二、附则\n本通知自印发之日起施行。"

Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def site(browser: Browser, repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("读")
    (place / "资料").mkdir()
    (place / "资料" / "总法.txt").write_text(LAW, "utf-8")
    (place / "资料" / "值守 通知.txt").write_text(SHORT, "utf-8")
    with serving(repo, place, [str(repo / "app.py")], QA_CORPUS=str(place / "资料")) as url:
        yield url


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def opened(browser: Browser, site: str, watch: Watch) -> Iterator[Open]:
    contexts = []

    def go(path: str, width: int = 1440, dark: bool = False, script: bool = True, lang: str = "zh") -> Page:
        name, _, rest = path.partition("#")
        scheme = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale="zh-CN", java_script_enabled=script
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"] if script else [])
        contexts.append(context)
        page = watch.over(context.new_page())
        page.goto(f"{site}/doc/{document_id(name)}?lang={lang}" + (f"#{rest}" if rest else ""))
        return page

    yield go
    for context in contexts:
        context.close()


def copied(page: Page) -> str:
    page.wait_for_timeout(200)
    return str(page.evaluate("navigator.clipboard.readText()"))


def keep(page: Page, name: str) -> None:
    if SCREENSHOTS:
        page.screenshot(path=str(Path(SCREENSHOTS) / f"{name}.png"))


def test_a_link_into_three_megabytes_is_shown_and_little_is_fetched(opened: Open, watch: Watch, site: str) -> None:
    assert len(LAW.encode()) > 3_000_000
    start = LAW.index("第16900号泊位")
    page = opened(f"总法.txt#s{start}-{start + 8}")
    page.locator("#yj-text mark").wait_for()
    assert page.locator("#yj-text mark").all_inner_texts() == ["第16900号泊位"[:8]]
    assert page.evaluate(IN_VIEW, "#yj-text mark")
    assert page.evaluate(LOADED) <= 8
    assert page.locator(HERE).inner_text() == "第34章 检修之34"
    parts = page.evaluate("document.querySelectorAll('#yj-text .g').length")
    for _ in range(60):
        page.evaluate("scrollBy(0, -4000)")
        page.wait_for_timeout(30)
    assert page.evaluate(LOADED) <= 26 < parts
    page.locator("#yj-back-to-mark").click()
    page.wait_for_timeout(300)
    assert page.evaluate(IN_VIEW, "#yj-text mark")
    assert [url for url in watch.requests if not url.startswith((site, "data:"))] == []
    assert watch.complaints == []


def test_words_are_found_in_parts_not_yet_there(opened: Open, watch: Watch) -> None:
    page = opened("总法.txt")
    page.keyboard.press("Control+f")
    box = page.get_by_role("searchbox", name="在本文中查找")
    assert box.evaluate("e => e === document.activeElement")
    box.fill("第16999号泊位")
    now = page.locator("#yj-text mark.yj-now")
    now.wait_for()
    assert page.locator(".yj-find output").inner_text() == "1 / 1 处"
    assert now.inner_text() == "第16999号泊位"
    assert page.evaluate(IN_VIEW, "mark.yj-now")
    box.fill("章 检修之")
    page.get_by_text("1 / 34").wait_for()  # none behind what was in view: from the beginning
    box.press("Shift+Enter")
    page.get_by_text("34 / 34").wait_for()
    box.press("Enter")
    page.get_by_text("1 / 34").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate(IN_VIEW, "mark.yj-now")
    box.fill("渔政")
    page.get_by_text("没有", exact=True).wait_for()
    assert page.get_by_role("button", name="下一处").is_disabled()
    box.press("Escape")
    assert page.locator("#yj-text mark").count() == 0
    assert watch.complaints == []


def test_a_sentence_is_shared_by_mouse_and_by_keyboard(opened: Open, watch: Watch) -> None:
    page = opened("总法.txt")
    paragraph = page.locator("#yj-text p[data-s]").nth(2)
    box = paragraph.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 15)
    mark = page.locator("#yj-sentence.yj-shown")
    mark.wait_for()
    assert mark.get_attribute("aria-label") == f"复制这一句的链接：第1条 {RULE.partition('。')[0]}。"
    mark.click()
    page.get_by_text("已复制链接").wait_for()
    link = copied(page)
    page.goto("about:blank")
    page.goto(link)
    page.locator("#yj-text mark").wait_for()
    assert page.locator("#yj-text mark").inner_text() == f"第1条 {RULE.partition('。')[0]}。"
    assert not page.locator("#yj-say").is_visible()
    page.locator("#yj-sentence").focus()
    page.locator("#yj-sentence.yj-shown").wait_for()
    first = page.locator("#yj-sentence").get_attribute("aria-label")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(50)
    assert page.locator("#yj-sentence").get_attribute("aria-label") != first
    for _ in range(4):
        page.keyboard.press("ArrowUp")
        page.wait_for_timeout(50)
    assert page.locator("#yj-sentence").get_attribute("aria-label") == first
    page.keyboard.press("Enter")
    page.get_by_text("已复制链接").wait_for()
    assert watch.complaints == []


def test_a_selection_is_copied_with_its_source(opened: Open) -> None:
    page = opened("总法.txt#s24")
    select = """([from, to]) => { const p = document.querySelectorAll('#yj-text p[data-s]');
      const text = document.createTreeWalker(p[2], 4).nextNode(); const range = document.createRange();
      range.setStart(text, from); range.setEnd(text, to);
      getSelection().removeAllRanges(); getSelection().addRange(range); }"""
    page.locator("#yj-text mark").first.wait_for()
    at = f"第1条 {RULE}".index("检修费")
    page.evaluate("location.hash = ''")
    page.evaluate(select, [at + 1, at + 5])  # UTF-16: 𠮷 before it counts two
    page.get_by_role("button", name="复制引文").click()
    page.get_by_text("已复制引文和出处").wait_for()
    assert copied(page) == "“检修费用”（《梅溪流域渡运总法》第1条）"
    page.get_by_role("button", name="复制链接").click()
    page.get_by_text("已复制链接").wait_for()
    link = copied(page)
    page.goto("about:blank")
    page.goto(link)
    page.locator("#yj-text mark").wait_for()
    assert page.locator("#yj-text mark").inner_text() == "检修费用"


@pytest.mark.parametrize(
    ("hash_", "told"),
    [
        ("s9-3", "链接里的位置写得不对"),
        ("s12-x", "链接里的位置写得不对"),
        ("s999999-1000000", "而全文现在共"),
        ("s5-999999", "只标出了还在的部分"),
        ("s0-4.00000000", "在生成链接之后改过"),
    ],
)
def test_a_wrong_or_stale_link_is_told(opened: Open, hash_: str, told: str) -> None:
    page = opened(f"值守 通知.txt#{hash_}")
    page.locator("#yj-say").get_by_text(told).wait_for()
    page.locator("#yj-say").get_by_role("button", name="关闭").click()
    assert not page.locator("#yj-say").is_visible()


def test_the_outline_unfolds_follows_and_is_a_drawer_on_a_phone(opened: Open, watch: Watch) -> None:
    page = opened("总法.txt")
    chapter = page.locator("#yj-outline li", has=page.get_by_role("link", name="第2章 检修之2", exact=True)).last
    chapter.get_by_role("button").first.click()
    chapter.locator("ol a").first.wait_for()
    chapter.locator("ol button").first.click()
    page.locator("#yj-outline a[data-s]").get_by_text("第520条").first.click()
    page.wait_for_timeout(400)
    assert page.locator("#yj-text mark").first.inner_text().startswith("第520条")
    assert page.locator(HERE).inner_text().startswith("第520条")
    page.get_by_role("button", name="目录", exact=False).first.click()
    assert not page.locator("#yj-outline").is_visible()
    page.reload()
    assert not page.locator("#yj-outline").is_visible()

    phone = opened("总法.txt", 375)
    assert not phone.locator("#yj-outline").is_visible()
    phone.locator(".yj-side").click()
    phone.locator("#yj-outline").get_by_role("link", name="第33章 检修之33").click()
    phone.wait_for_timeout(500)
    assert not phone.locator("#yj-outline").is_visible()
    assert phone.locator("#yj-text mark").first.inner_text() == "第33章 检修之33"
    phone.locator(".yj-side").click()
    assert phone.locator(HERE).evaluate("e => e === document.activeElement")
    box = phone.locator(HERE).bounding_box()
    assert box is not None
    assert 0 < box["y"] < 900
    phone.keyboard.press("Escape")
    assert phone.locator(".yj-side").evaluate("e => e === document.activeElement")
    assert watch.complaints == []


def test_without_scripts_all_is_read_by_leafing(opened: Open) -> None:
    page = opened("总法.txt", script=False)
    assert page.locator(".yj-turn").first.inner_text().startswith("第 1 部分，共")
    page.get_by_role("link", name="下一部分").first.click()
    assert page.get_by_role("link", name="上一部分").count() == 2
    page.get_by_role("link", name="第34章 检修之34", exact=True).click()
    assert page.locator("p:target").inner_text() == "第34章 检修之34"
    assert not page.locator(".yj-find").is_visible()
    assert page.get_by_role("link", name="下载原件").is_visible()


def test_the_original_is_saved_under_its_name(opened: Open) -> None:
    page = opened("值守 通知.txt")
    with page.expect_download() as saving:
        page.get_by_role("link", name="下载原件").click()
    assert saving.value.suggested_filename == "值守 通知.txt"
    assert Path(saving.value.path()).read_text("utf-8") == SHORT
    assert HOSTILE in page.locator("#yj-text").inner_text()
    assert page.title() != "坏"


def test_paper_has_the_whole_text_and_none_of_the_tools(opened: Open) -> None:
    page = opened("总法.txt")
    page.evaluate("window.print = () => { document.title = '印'; }")
    page.keyboard.press("Control+p")
    page.locator("#yj-text .g.yj-wait").first.wait_for(state="detached")
    page.wait_for_timeout(500)
    assert page.locator("#yj-text .g.yj-wait").count() == 0
    assert page.title() == "印"
    assert page.locator("#yj-text p[data-s]").count() == LAW.replace("\n\n", "\n").count("\n") + 1
    page.emulate_media(media="print")
    for gone in (".yj-top", ".yj-bar", "#yj-outline", "#yj-say"):
        assert not page.locator(gone).is_visible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [375, 768, 1440])
def test_it_fits_every_width_in_both_languages(opened: Open, watch: Watch, width: int, dark: bool) -> None:
    page = opened("值守 通知.txt#s7-12", width, dark, lang="en")
    page.locator("#yj-text mark").first.wait_for()
    assert page.evaluate(OVERFLOW) == 0
    names = page.evaluate(
        "[...document.querySelectorAll('.yj-bar, .yj-bar *, #yj-sentence, .yj-pick, .yj-drawer-close')]"
        ".flatMap(e => [e.ariaLabel, e.title, e.placeholder, e.children.length ? '' : e.textContent]).filter(Boolean)"
    )
    assert [name for name in names if any("一" <= c <= "鿿" for c in name.partition("：")[0])] == []
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, a, input')].filter(e => e.checkVisibility())"
        ".filter(e => !(e.getAttribute('aria-label') || e.textContent.trim())).length"
    )
    assert nameless == 0
    page.goto(page.url.replace("lang=en", "lang=zh"))
    page.locator("#yj-text mark").first.wait_for()
    assert page.evaluate(OVERFLOW) == 0
    keep(page, f"reader-{width}-{'dark' if dark else 'light'}")
    assert watch.complaints == []
