"""Around the answer in a real browser: walking, reasons, copying, asking on, the keyboard, paper, languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from serving import ARTICLES, Watch
from test_browser import OVERFLOW, ask

pytestmark = pytest.mark.browser

QUESTION = "渡船检修期间停航要提前几日公告？"
QUOTE = "第二条 检修期间停航，应当提前三日公告。"
COMMON = "button, a, textarea, input, select, summary, [role], [aria-label], [title], [placeholder], [alt]"
NAMES = f"""[...document.querySelectorAll("{COMMON}")].filter(e => e.checkVisibility())
  .flatMap(e => ["aria-label", "title", "placeholder", "alt"].map(a => e.getAttribute(a)).filter(Boolean))"""


def test_the_paragraphs_around_a_quote_are_walked_to_both_ends(chat: Callable, watch: Watch) -> None:
    page = chat()
    ask(page, QUESTION)
    source = page.locator("#yj-source")
    source.locator("mark").wait_for()
    for name in ("上一段", "下一段"):
        step = source.get_by_role("button", name=name)
        while step.is_visible():
            step.click()
            page.wait_for_selector(".yj-step:disabled", state="detached")
    shown = source.locator(".yj-passage").inner_text()
    assert [line for line in ARTICLES.split("\n") if line not in shown] == []
    assert source.locator("mark").inner_text() == QUOTE
    source.locator(".yj-why summary").click()
    source.get_by_text("引文里有问题中的").wait_for()
    assert "把握：" in source.locator(".yj-why").inner_text()
    assert watch.complaints == []


def test_an_answer_is_copied_whole_on_plain_http(chat: Callable) -> None:
    page = chat()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("() => { window.read = navigator.clipboard.readText.bind(navigator.clipboard) }")
    ask(page, QUESTION)
    # As on plain http by another name than localhost: there is no clipboard API.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.locator("#yj-chat").get_by_role("button", name="复制全文和出处").click()
    page.get_by_text("已复制").first.wait_for()
    copied = page.evaluate("() => read()").replace("\r\n", "\n")
    assert copied.startswith(f"问：{QUESTION}\n\n")
    assert f"{QUOTE}[1]" in copied
    assert "[1] 《梅溪县渡船管理办法》第二条" in copied
    page.locator("#yj-source").get_by_role("button", name="复制引文").click()
    page.locator("#yj-source").get_by_text("已复制").wait_for()
    assert page.evaluate("() => read()") == f"“{QUOTE}”（《梅溪县渡船管理办法》第二条）"


@pytest.mark.parametrize("width", [375, 768, 3840])
def test_a_related_question_is_asked_on_a_click_and_answered(chat: Callable, watch: Watch, width: int) -> None:
    page = chat(width)
    ask(page, QUESTION)
    related = page.locator(".yj-related").last
    related.wait_for()
    assert page.evaluate(OVERFLOW) <= 0
    button = related.get_by_role("button").first
    question = button.inner_text()
    assert "第三条" in question or "第一条" in question
    button.click()
    answer = page.locator("#yj-chat .bot-row").nth(1)
    answer.locator("a.yj-vote").first.wait_for()
    assert page.locator("#yj-chat .user-row").nth(1).inner_text().strip() == question
    assert "出处" in answer.inner_text()
    assert page.locator(".yj-related").count() >= 1
    assert watch.complaints == []


def test_by_keyboard_alone_and_told_once(chat: Callable) -> None:
    page = chat(reduced_motion="reduce")
    page.evaluate(
        "window.told = []; new MutationObserver(() => told.push(document.getElementById('yj-said').textContent))"
        ".observe(document.getElementById('yj-said'), {childList: true, characterData: true})"
    )
    page.keyboard.press("/")
    page.keyboard.insert_text("渡船载客和检修有什么规定？")
    page.keyboard.press("Enter")
    page.locator("#yj-chat a.yj-vote").first.wait_for()
    page.locator("#yj-said", has_text="已回答").wait_for(state="attached")
    page.wait_for_timeout(400)
    (told,) = filter(None, page.evaluate("told"))
    assert told.startswith("已回答，")
    assert page.locator("#yj-chat [role=log]").get_attribute("aria-live") == "off"
    page.keyboard.press("Escape")
    focused = "document.activeElement.className + document.activeElement.textContent.trim()"
    assert page.evaluate(focused).startswith("yj-cite")
    marks = page.locator("#yj-chat a.yj-cite")
    page.keyboard.press("ArrowRight")
    assert marks.nth(1).evaluate("e => e === document.activeElement")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.locator("#yj-source:focus mark").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate(focused).startswith("yj-cite"), "back at the mark"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.insert_text("问" * 3000)
    page.keyboard.press("Enter")
    page.locator("#yj-said", has_text="没能回答").wait_for(state="attached")


def test_the_enter_that_takes_a_composed_word_does_not_send(chat: Callable) -> None:
    page = chat()
    box = page.locator("#yj-box textarea")
    box.fill("渡船")
    box.focus()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Input.imeSetComposition", {"text": "jian xiu", "selectionStart": 8, "selectionEnd": 8})
    assert box.input_value() == "渡船jian xiu"
    page.keyboard.press("Enter")
    # Safari: the composition is over, the key tells by its code what it was for.
    devtools.send("Input.insertText", {"text": "检修"})
    key = "e => ['keydown', 'keypress', 'keyup'].forEach(t => e.dispatchEvent(new KeyboardEvent(t, %s)))"
    box.evaluate(key % "{key: 'Enter', keyCode: t === 'keydown' ? 229 : 13, bubbles: true}")
    page.wait_for_timeout(400)
    assert page.locator("#yj-chat .user-row").count() == 0
    assert box.input_value() == "渡船检修"
    page.keyboard.press("Enter")
    page.locator("#yj-chat .user-row").wait_for()


def test_paper_bears_questions_answers_and_sources_alone(chat: Callable) -> None:
    page = chat(color_scheme="dark")
    ask(page, QUESTION)
    page.locator(".yj-related").wait_for()
    page.emulate_media(media="print")
    seen = page.evaluate("document.body.innerText")
    assert QUOTE in seen
    assert "渡船管理办法 › 第一章 检修" in seen.split("出处")[-1]
    for chrome in ("发送", "新对话", "有帮助", "复制", "还可以问", "上一段", "范围"):
        assert chrome not in seen
    mark = page.locator("#yj-chat a.yj-cite").first
    assert (
        mark.evaluate("e => getComputedStyle(e, '::before').content + getComputedStyle(e, '::after').content")
        == '"[""]"'
    )
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize(("lang", "foreign"), [("zh", "[A-Za-z]{3}"), ("en", "[一-鿿]")])
def test_no_name_of_a_control_is_in_the_other_language(chat: Callable, rules: str, lang: str, foreign: str) -> None:
    page = chat()
    page.goto(f"{rules}/?lang={lang}")
    page.wait_for_selector("#yj-box textarea")
    ask(page, QUESTION)
    page.locator(".yj-related").wait_for()
    page.locator(".yj-why summary").click()
    page.locator(".yj-why p").wait_for()
    names = (
        page.evaluate(NAMES)
        + page.locator(".yj-top, .yj-actions, .yj-why summary, .yj-step, .yj-related h2").all_inner_texts()
    )
    found = page.evaluate("([names, foreign]) => names.filter(n => new RegExp(foreign).test(n))", [names, foreign])
    assert [name for name in found if "English" not in name and "中文" not in name] == []
    assert page.evaluate("document.documentElement.lang") == ("zh-CN" if lang == "zh" else "en")
