"""One server with a login, as people use it: log in, ask, say what is wrong; the administrator sees it and measures."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from serving import FOUR, RULES, Watch, serving

from qa import users
from qa.password import argon2
from qa.sheet import workbook
from qa.users import User

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SCREENSHOTS = os.environ.get("YOUJU_SCREENSHOT_DIR")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PASSWORD = "渡口-修桥-2026"
NOTE = "<b>应当引</b>第二款"

Open = Callable[..., "Page"]


@pytest.fixture
def site(repo: Path, tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "资料"
    folder.mkdir()
    (folder / "四下基层学习要点.md").write_text(FOUR, encoding="utf-8")
    (folder / "渡船管理办法.txt").write_text(RULES, encoding="utf-8")
    kept = argon2(PASSWORD)
    key, digest = users.new_key()
    known = [User("王芳", "reader", kept), User("李主任", "admin", kept), User("监测", "program", digest)]
    users.write(tmp_path / "users.txt", known)
    given = {"QA_AUTH": "password", "QA_USERS_FILE": str(tmp_path / "users.txt"), "QA_CORPUS": str(folder)}
    with serving(repo, tmp_path, [str(repo / "app.py")], key, **given) as url:
        yield url


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    contexts = []

    def go(watch: Watch, width: int = 1440, dark: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        size = {"width": width, "height": 900}
        contexts.append(browser.new_context(viewport=size, color_scheme=scheme, locale="zh-CN"))
        return watch.over(contexts[-1].new_page())

    yield go
    for context in contexts:
        context.close()


def log_in(page: Page, name: str) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def shot(page: Page, name: str, full_page: bool = True) -> None:
    if SCREENSHOTS:
        page.screenshot(path=str(Path(SCREENSHOTS) / f"{name}.png"), full_page=full_page)


def test_a_login_a_vote_and_what_the_administrator_sees(site: str, opened: Open) -> None:
    watch = Watch()
    reader = opened(watch)
    reader.goto(f"{site}/?lang=zh")
    reader.wait_for_url("**/login?next=*")
    shot(reader, "login")
    log_in(reader, "王芳")
    reader.wait_for_selector("#yj-box textarea")
    assert reader.get_by_role("link", name="管理").count() == 0
    for question in ("渡船多久检修一次", "食堂周末开门吗"):
        reader.locator("#yj-box textarea").fill(question)
        reader.locator("#yj-box textarea").press("Enter")
        reader.locator("#yj-chat .bot").last.get_by_text("引错").wait_for(timeout=30_000)
    first = reader.locator("#yj-chat .message-row").filter(has=reader.locator("a.yj-cite")).first
    first.get_by_text("引错").click()
    form = reader.locator(".yj-say")
    form.locator("textarea").fill(NOTE)
    shot(reader, "vote", full_page=False)
    form.get_by_role("button", name="提交").click()
    reader.get_by_text("已记录").wait_for()
    assert form.count() == 0
    assert reader.request.get(f"{site}/admin").status == 403

    boss = opened(watch)
    boss.goto(f"{site}/admin")
    log_in(boss, "李主任")
    boss.wait_for_url("**/admin")
    said = boss.locator("table", has=boss.locator(".ya-note"))
    assert said.locator(".ya-note").inner_text() == NOTE
    assert "王芳" in said.inner_text()
    assert "食堂周末开门吗" in boss.locator("table.yl-table").first.inner_text()
    with boss.expect_download() as saved:
        boss.get_by_role("link", name="下载 CSV").click()
    assert "应当引" in saved.value.path().read_text("utf-8-sig")
    said.locator(".ya-blamed a").click()
    boss.wait_for_url("**/doc/**")
    boss.get_by_text("渡船每年检修一次").first.wait_for()

    boss.goto(f"{site}/admin/batch")
    rows = [
        ("渡船多久检修一次", "渡船管理办法", "第一条"),
        ("火星上有几座桥", "无", ""),
        ("费用由谁承担", "没有的文件", ""),
    ]
    data = workbook({"题目": [("问题", "文件", "条款"), *rows]})
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    boss.set_input_files("#ya-file", [{"name": "自测题.xlsx", "mimeType": kind, "buffer": data}])
    boss.locator("#ya-result").wait_for(timeout=30_000)
    figures = boss.locator("#ya-result .ya-figures").inner_text()
    assert "1.000" in figures
    assert "没有“没有的文件”" in boss.locator("#ya-result").inner_text()
    with boss.expect_download() as result:
        boss.get_by_role("link", name="下载结果").click()
    book = load_workbook(io.BytesIO(result.value.path().read_bytes()))
    assert book["逐题"].max_row == 4

    state = boss.context.storage_state()
    for width, dark in ((w, d) for w in (1440, 768, 375) for d in (False, True)):
        page = opened(watch, width, dark)
        page.context.add_cookies(state["cookies"])
        for path in ("/admin", "/admin/feedback", "/admin/batch"):
            for lang in ("en", "zh"):
                page.goto(f"{site}{path}?lang={lang}")
                assert page.evaluate(OVERFLOW) == 0, (path, width, lang)
            shot(page, f"{path.strip('/').replace('/', '-')}-{width}-{'dark' if dark else 'light'}")
        page.goto(f"{site}/login")  # of somebody who is in already
        page.wait_for_selector("#yj-box textarea")
    boss.goto(f"{site}/admin")
    boss.get_by_role("button", name="退出 李主任").click()
    boss.wait_for_url("**/login")
    assert boss.request.get(f"{site}/api/v1/documents").status == 401
    assert [url for url in watch.requests if not url.startswith((site, "data:", "blob:"))] == []
    assert watch.complaints == []
