"""The main job in a real browser: ask, see the source, open the document at the sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from serving import HOSTILE, Watch, serving

pytestmark = pytest.mark.browser

SCREENSHOTS = os.environ.get("YOUJU_SCREENSHOT_DIR")
"""Where pictures for the README go; not QA_*, which tests/conftest.py takes out of the environment."""
QUESTION = "四下基层包括哪四项内容？"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def ask(page, question: str = QUESTION) -> None:
    turns = page.locator("#yj-chat .bot-row").count()
    box = page.locator("#yj-box textarea")
    box.fill(question)
    box.press("Enter")
    page.locator("#yj-chat .bot-row").nth(turns).wait_for()
    page.locator("#yj-chat .bot-row").nth(turns).locator("a.yj-vote").first.wait_for()


def keep(page, name: str) -> None:
    """A picture for the README, when YOUJU_SCREENSHOT_DIR asks for one."""
    if SCREENSHOTS:
        page.wait_for_timeout(600)
        page.screenshot(path=str(Path(SCREENSHOTS) / name))


def test_ask_click_check_open(visit: Callable, server: str, watch: Watch) -> None:
    page = visit()
    ask(page)
    answer = page.locator("#yj-chat .bot-row").last
    assert "调查研究下基层" in answer.inner_text()
    answer.locator("a.yj-cite").first.click()
    source = page.locator("#yj-source")
    source.locator("mark").wait_for()
    quote = source.locator("mark").inner_text()
    assert quote in answer.inner_text()
    assert "逐字核对 ✓" in source.inner_text()
    assert "一、四下基层的主要内容" in source.inner_text()
    keep(page, "screenshot.png")

    with page.context.expect_page() as opened:
        source.locator("a.yj-open").click()
    document = watch.over(opened.value)
    mark = document.locator("#yj-text mark").first
    mark.wait_for()
    assert "".join(document.locator("#yj-text mark").all_inner_texts()) == quote
    assert is_in_view(document)
    assert watch.requests
    assert [url for url in watch.requests if not url.startswith((server, "data:"))] == []
    assert watch.complaints == []


@pytest.mark.parametrize("width", [375, 1440])
def test_what_a_sentence_leans_on_stands_above_it_and_is_copied_with_it(visit: Callable, width: int) -> None:
    page = visit(width)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "梅溪县渡船管理办法第一条第二款")
    answer = page.locator("#yj-chat .bot-row").last
    small = answer.locator("small")
    assert small.all_inner_texts() == ["上文：第一条 渡船每年检修一次，费用由经营人承担。"]
    colour = "e => getComputedStyle(e).color"
    assert small.evaluate(colour) != answer.locator("p:not(:has(small))").first.evaluate(colour)
    assert page.evaluate(OVERFLOW) == 0
    source = page.locator("#yj-source")
    said, told = answer.locator("p:not(:has(small)) a.yj-cite").first, answer.locator("p:has(small) a.yj-cite")
    if width > 820:
        source.locator("mark").wait_for()  # beside the chat the answer's own source opens by itself, not the context's
    else:
        said.click()
        source.locator("mark").wait_for()
    assert source.locator("mark").inner_text() == "前款规定的费用，经营人可以分两次付清，不收利息。"
    source.locator("button.yj-copy").click()
    page.get_by_text("已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("（上文：第一条 渡船每年检修一次，费用由经营人承担。）“前款规定的费用，")
    page.keyboard.press("Escape")
    told.click()
    page.locator("#yj-source .yj-number", has_text="2").wait_for()
    assert source.locator("mark").inner_text() == "第一条 渡船每年检修一次，费用由经营人承担。"


def is_in_view(page) -> bool:
    page.wait_for_timeout(300)
    return page.evaluate(
        "(() => { const r = document.querySelector('#yj-text mark').getBoundingClientRect();"
        " return r.top >= 50 && r.bottom <= innerHeight && r.width > 0; })()"
    )


def test_a_long_document_opens_at_the_sentence_by_code_points(visit: Callable, server: str) -> None:
    page = visit()
    info = page.request.get(f"{server}/api/v1/documents").json()["documents"]
    doc = next(d["id"] for d in info if d["path"] == "长文.txt")
    wanted = "第2900段讲日常工作，要求把事情做实，𠮷祥村和😀社区都按月报告进展情况。"
    assert wanted not in page.request.get(f"{server}/doc/{doc}").text()  # it comes when it is asked for
    before = "长文学习材料\n" + "".join(
        f"第{n}段讲日常工作，要求把事情做实，𠮷祥村和😀社区都按月报告进展情况。\n" for n in range(2900)
    )
    start = len(before) + wanted.index("社区")
    page.goto(f"{server}/doc/{doc}#s{start}-{start + 6}")
    page.locator("#yj-text mark").wait_for()
    assert page.locator("#yj-text mark").inner_text() == "社区都按月报"
    assert is_in_view(page)


def test_hostile_text_is_only_text(visit: Callable, watch: Watch, server: str) -> None:
    page = visit()
    ask(page, f"{HOSTILE} 恶意代码检查范围是什么？**粗**")
    asked = page.locator("#yj-chat .user-row").last.inner_text()
    assert asked.strip() == f"{HOSTILE} 恶意代码检查范围是什么？**粗**"
    ask(page, "各单位应当检查哪类恶意代码？")
    page.goto(f"{server}/doc/{hostile_id(page, server)}")
    assert HOSTILE in page.locator("#yj-text").inner_text()
    assert page.locator("#yj-text img, #yj-text script").count() == 0
    assert page.title() != "坏"
    assert [url for url in watch.requests if not url.startswith(server)] == []
    assert watch.complaints == []


def hostile_id(page, server: str) -> str:
    info = page.request.get(f"{server}/api/v1/documents").json()["documents"]
    return next(d["id"] for d in info if d["path"].startswith("网络"))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_nothing_is_wider_than_the_window(visit: Callable, server: str, width: int, dark: bool) -> None:
    page = visit(width, 844, dark)
    assert page.evaluate(OVERFLOW) == 0
    ask(page)
    assert page.evaluate(OVERFLOW) == 0
    page.locator("#yj-chat a.yj-cite").first.click()
    page.locator("#yj-source mark").wait_for()
    assert page.locator("#yj-source mark").is_visible()
    assert page.evaluate(OVERFLOW) == 0
    assert page.evaluate("document.documentElement.dataset.theme") == ("dark" if dark else "light")
    page.goto(f"{server}/doc/{hostile_id(page, server)}")
    assert page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, True)])
def test_a_scope_is_chosen_told_and_cleared(visit: Callable, watch: Watch, width: int, dark: bool) -> None:
    page = visit(width, 844, dark)
    page.locator("#yj-scope summary").click()
    fields = page.locator(".yj-scope-fields")
    fields.locator("[name=documents]").fill("关于做好网络安全检查工作的通知")
    fields.locator("[name=in_force]").check()
    assert page.evaluate(OVERFLOW) <= 0
    held = page.request.get(f"{page.url.rstrip('/')}/api/v1/documents").json()["documents"]
    assert page.locator("#yj-documents option").count() == len(held)
    page.keyboard.press("Escape")
    assert fields.is_hidden()
    assert page.locator("#yj-scope-now").inner_text() == "关于做好网络安全检查工作的通知 · 只看现行"
    ask(page)
    answer = page.locator("#yj-chat .bot-row").last.inner_text()
    assert "只在所选范围里找" in answer
    assert "调查研究下基层" not in answer
    page.locator("#yj-scope summary").click()
    fields.locator("button[type=reset]").click()
    page.keyboard.press("Escape")
    assert page.locator("#yj-scope-now").inner_text() == "全部资料"
    ask(page)
    assert "调查研究下基层" in page.locator("#yj-chat .bot-row").last.inner_text()
    assert watch.complaints == []


def test_the_theme_can_be_switched_and_is_remembered(visit: Callable) -> None:
    page = visit()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator(".yj-theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_an_example_asks_and_a_follow_up_stands_below(visit: Callable) -> None:
    page = visit()
    example = page.locator(".yj-example").first
    question = example.inner_text()
    example.click()
    page.locator("#yj-chat a.yj-vote").first.wait_for()
    assert page.locator("#yj-chat .user-row").first.inner_text().strip() == question
    ask(page, "有什么工作要求？")
    assert page.locator("#yj-chat .user-row").count() == 2
    page.locator("#yj-chat a.yj-vote[href*='#good-']").last.click()
    page.locator(".yj-thanks").wait_for()


def test_abstaining_and_errors_are_plain(visit: Callable) -> None:
    page = visit()
    ask(page, "火星殖民地的氧气配额是多少？")
    assert "库内没有找到依据" in page.locator("#yj-chat .bot-row").last.inner_text()
    box = page.locator("#yj-box textarea")
    box.fill("问" * 20_000)
    box.press("Enter")
    page.get_by_text("没能回答").wait_for()
    assert "20000" in page.locator("#yj-chat .bot-row").last.inner_text()


def test_enter_sends_shift_enter_breaks_and_composing_does_neither(visit: Callable) -> None:
    page = visit()
    box = page.locator("#yj-box textarea")
    box.fill("第一行")
    box.press("Shift+Enter")
    box.type("第二行")
    assert box.input_value() == "第一行\n第二行"
    box.evaluate(
        "e => e.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, keyCode: 229, bubbles: true}))"
    )
    page.wait_for_timeout(300)
    assert page.locator("#yj-chat .user-row").count() == 0
    box.press("Enter")
    page.locator("#yj-chat .user-row").wait_for()


def test_every_control_has_a_name_and_the_sheet_closes_by_escape(visit: Callable) -> None:
    page = visit(390, 844)
    ask(page)
    page.locator("#yj-chat a.yj-cite").first.click()
    page.locator("#yj-source mark").wait_for()
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, a, textarea')].filter(e => e.checkVisibility())"
        ".filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).length"
    )
    assert nameless == 0
    page.keyboard.press("Escape")
    page.locator("#yj-panel").wait_for(state="hidden")
    names = page.evaluate(
        "[...document.querySelectorAll('[aria-label]')].filter(e => e.checkVisibility()).map(e => e.ariaLabel)"
    )
    assert [name for name in names if not any("一" <= c <= "鿿" for c in name)] in ([], ["English"])


def test_english_has_no_chinese_but_the_library(visit: Callable) -> None:
    page = visit(path="/?lang=en")
    ask(page, "火星殖民地的氧气配额是多少？")
    assert "No evidence found in the library" in page.locator("#yj-chat .bot-row").last.inner_text()
    assert page.locator("#yj-send").inner_text().strip() == "Send"


def test_an_empty_library_says_what_to_do(browser, repo: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    with serving(repo, tmp_path, ["-m", "qa", "serve"], QA_CORPUS=str(tmp_path / "corpus")) as url:
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector("#yj-box textarea")
        assert "资料库还是空的" in page.locator("#yj-welcome").inner_text()
        box = page.locator("#yj-box textarea")
        box.fill("问")
        box.press("Enter")
        page.get_by_text("没能回答").wait_for()
        page.close()
