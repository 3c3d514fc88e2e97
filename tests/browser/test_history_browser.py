"""Conversations kept in a real browser: asked, reloaded, opened again, asked on, exported, deleted, taken back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from serving import Watch
from test_browser import OVERFLOW, ask, keep

from qa.load.word import read_word

pytestmark = pytest.mark.browser

ASKED = ("渡船检修期间停航要提前几日公告？", "渡船载客定额是多少人？")
QUOTE = "第二条 检修期间停航，应当提前三日公告。"
KEPT = "Object.keys(localStorage).filter(k => k.startsWith('youju-chat-1:')).map(k => localStorage[k])"


def load(page, url: str):
    page.goto(url)
    page.wait_for_selector("#yj-box textarea")
    return page


def past(page):
    page.get_by_role("button", name="历史对话", exact=True).click()
    return page.get_by_role("dialog", name="历史对话")


def kept_turns(page, count: int) -> None:
    page.wait_for_function(
        f"() => {KEPT}.some(t => {{ try {{ return JSON.parse(t).turns.length === {count} }} catch {{ }} }})"
    )


def saved(page, kind: str) -> bytes:
    page.locator(".yj-export summary").click()
    with page.expect_download() as coming:
        page.locator(f".yj-export button[data-kind={kind}]").click()
    assert coming.value.suggested_filename.startswith("渡船检修期间停航要提前几日公告 20")
    return Path(coming.value.path()).read_bytes()


def test_a_conversation_is_kept_opened_asked_on_and_exported(chat: Callable, rules: str, watch: Watch) -> None:
    page = chat()
    assert page.locator(".yj-export").is_hidden()
    for number, question in enumerate(ASKED, 1):
        ask(page, question)
        kept_turns(page, number)
    load(page, rules)
    assert page.locator("#yj-chat .bot-row").count() == 0, "a new page is a new conversation"

    drawer = past(page)
    assert drawer.locator(".yj-sure").is_hidden()
    assert "2 问" in drawer.locator("li").inner_text()
    drawer.get_by_role("searchbox").fill("没有这样的话")
    drawer.get_by_text("没有找到这样的对话。").wait_for()
    drawer.get_by_role("searchbox").fill("四十人")  # in a quote, not in a question
    keep(page, "history.png")
    drawer.get_by_role("button", name=f"打开对话：{ASKED[0]}").click()
    page.locator("#yj-note", has_text="条引文都与现在的原文逐字一致").wait_for()
    assert page.locator("#yj-chat .user-row").all_inner_texts() == list(ASKED)
    assert QUOTE in page.locator("#yj-chat .bot-row").first.inner_text()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.wait_for_timeout(700)
    top = page.locator("#yj-chat .user").last.evaluate("e => e.getBoundingClientRect().top")
    assert 100 < top < 160, "the last question stands below what sticks to the top"
    page.locator("#yj-chat .bot-row").first.locator("a.yj-cite").first.click()
    page.locator("#yj-source .yj-check", has_text="逐字核对 ✓").wait_for()
    assert page.locator("#yj-source mark").inner_text() == QUOTE

    ask(page, "超过定额怎么处罚？")
    assert "处二百元罚款" in page.locator("#yj-chat .bot-row").last.inner_text()
    kept_turns(page, 3)
    assert len(page.evaluate(KEPT)) == 1, "a follow-up belongs to the conversation that was opened"

    other = load(watch.over(page.context.new_page()), rules)
    past(other).get_by_role("button", name=f"打开对话：{ASKED[0]}").click()
    other.locator("#yj-chat .bot-row").nth(2).wait_for()
    other.locator("#yj-note", has_text="已打开").wait_for()
    ask(other, "渡船检修费用由谁承担？")
    kept_turns(other, 4)
    other.close()

    markdown = saved(page, "md").decode()
    assert [f"## {n}、{q}" in markdown for n, q in zip("一二", ASKED, strict=True)] == [True, True]
    assert f"{QUOTE}[^1]" in markdown
    assert "[^1]: 《梅溪县渡船管理办法》第二条" in markdown
    word = saved(page, "docx")
    assert "word/footnotes.xml" in zipfile.ZipFile(io.BytesIO(word)).namelist()
    lines = [block.text for block in read_word(word).blocks]
    assert lines[lines.index(QUOTE) + 1].startswith("注：《梅溪县渡船管理办法》第二条")
    assert any("处二百元罚款" in line for line in lines)
    ask(page, "渡船多久检修一次？")
    page.wait_for_function(f"() => {KEPT}.length === 2")
    ends = sorted(turns[-1]["question"] for turns in page.evaluate(f"{KEPT}.map(t => JSON.parse(t).turns)"))
    assert ends == ["渡船多久检修一次？", "渡船检修费用由谁承担？"], "two tabs that go on with one do not overwrite it"
    assert watch.complaints == []


def test_deleting_is_taken_back_and_by_keyboard(chat: Callable, rules: str) -> None:
    page = chat(375, 780)
    ask(page, ASKED[0])
    kept_turns(page, 1)
    load(page, rules)
    ask(page, ASKED[1])
    page.wait_for_function(f"() => {KEPT}.length === 2")
    opener = page.get_by_role("button", name="历史对话", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="历史对话")
    assert page.evaluate(OVERFLOW) == 0
    assert "当前" in drawer.locator("li").first.inner_text()
    drawer.get_by_role("button", name=f"删除对话：{ASKED[1]}").press("Enter")
    drawer.get_by_text("已删除 1 次对话。").wait_for()
    assert len(page.evaluate(KEPT)) == 1
    page.keyboard.press("Enter")  # on 撤销
    drawer.get_by_text("已恢复。").wait_for()
    assert len(page.evaluate(KEPT)) == 2
    drawer.get_by_role("button", name="全部删除").press("Enter")
    drawer.get_by_text("确定删除全部 2 次对话吗？").wait_for()
    page.keyboard.press("Enter")  # on 取消, which has the focus
    assert len(page.evaluate(KEPT)) == 2
    drawer.get_by_role("button", name="全部删除").click()
    drawer.get_by_role("button", name="删除", exact=True).click()
    drawer.get_by_text("没有保存的对话。").wait_for()
    assert page.evaluate(KEPT) == []
    page.keyboard.press("Escape")
    assert opener.evaluate("e => e === document.activeElement")
    ask(page, ASKED[0])
    kept_turns(page, 1)  # what was deleted is not kept again with what follows
    drawer = past(page)
    drawer.get_by_label("不保存历史").check()
    page.keyboard.press("Escape")
    ask(page, ASKED[1])
    page.wait_for_timeout(600)
    kept_turns(page, 1)


def test_damaged_foreign_and_full_storage(chat: Callable, rules: str, watch: Watch) -> None:
    page = chat()
    ask(page, ASKED[0])
    kept_turns(page, 1)
    page.evaluate(
        """() => {
          const [key] = Object.keys(localStorage).filter(k => k.startsWith('youju-chat-1:'));
          const good = JSON.parse(localStorage[key]);
          const put = (id, value) => (localStorage[key.slice(0, -32) + id] = JSON.stringify(value));
          localStorage[key.slice(0, -32) + 'x'] = '{"torn';
          put('a'.repeat(32), {...good, id: 'b'.repeat(32)});
          put('c'.repeat(32), {...good, id: 'c'.repeat(32), at: 1e99});
          put('d'.repeat(32), {...good, id: 'd'.repeat(32), turns: [null]});
          put('e'.repeat(32), {...good, id: 'e'.repeat(32), turns: [{question: '<img src=x>', citations: 7}]});
          const one = structuredClone(good);
          one.id = 'f'.repeat(32);
          one.turns[0].question = '<b>改过</b>';
          one.turns[0].citations[0].quote = '第二条 检修期间停航，不用公告，这一句是编的。';
          put(one.id, one);
          put('9'.repeat(32), {...good, id: '9'.repeat(32), turns: [{question: '坏的', citations: [{number: 'x'}]}]});
          localStorage.other = 'of another program';
        }"""
    )
    load(page, rules)
    drawer = past(page)
    assert drawer.locator("li").count() == 3
    drawer.get_by_role("button", name="打开对话：坏的").click()
    drawer.get_by_text("没能打开：请求的内容不对").wait_for()
    drawer.get_by_role("button", name="打开对话：<b>改过</b>").click()
    page.locator("#yj-note", has_text="条与现在的原文不符").wait_for()
    page.locator("#yj-chat .bot-row", has_text="与原文核对不符，没有显示").wait_for()
    assert "这一句是编的" not in page.locator("#yj-chat").inner_text()
    assert page.locator("#yj-chat .user-row").inner_text() == "<b>改过</b>"

    page.evaluate(
        "() => { let n = 0; try { for (;;) localStorage['fill' + n++] = 'x'.repeat(n < 40 ? 2 ** 17 : 64); } catch {} }"
    )
    load(page, rules)
    ask(page, ASKED[1])
    page.wait_for_function(f"q => {KEPT}.some(t => t.includes(q))", arg=ASKED[1])
    assert page.evaluate("localStorage.other") == "of another program"
    page.evaluate(
        "() => { for (const k of Object.keys(localStorage)) if (k.startsWith('youju')) delete localStorage[k];"
        " try { for (let n = 0; ; n++) localStorage['more' + n] = 'x'.repeat(512); } catch {}"
        " try { for (let n = 0; ; n++) localStorage['m' + n] = 'x'; } catch {} }"
    )
    load(page, rules)
    ask(page, ASKED[0])
    page.locator("#yj-note", has_text="存储空间满了").wait_for()
    assert page.evaluate(KEPT) == []
    assert [one for one in watch.complaints if "422" not in one] == []
