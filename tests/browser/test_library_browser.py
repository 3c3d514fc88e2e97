"""The library page in a real browser, as a person uses it: drop files, ask, delete, bring back, search, log in."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import NOTICE, Watch, serving

from qa.password import hashed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SCREENSHOTS = os.environ.get("YOUJU_SCREENSHOT_DIR")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DUTY = "值班制度\n一、值班时间\n工作日值班从早上八点到晚上八点。节假日实行全天值班，不得脱岗。\n"
DROP = """async (files) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files)
    transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
  const place = document.getElementById("yl-drop");
  for (const kind of ["dragenter", "dragover", "drop"])
    place.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
}"""

Open = Callable[..., "Page"]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "资料 夹"
    (folder / "通知").mkdir(parents=True)
    (folder / "通知" / "网络安全检查通知.txt").write_text(NOTICE, encoding="gb18030")
    (folder / "学习要点.md").write_text("# 学习要点\n\n一、要求\n\n坚持问题导向，力戒形式主义，把工作做实。\n", "utf-8")
    return folder


@pytest.fixture
def site(repo: Path, corpus: Path, tmp_path: Path) -> Iterator[str]:
    with serving(repo, tmp_path, [str(repo / "app.py")], QA_CORPUS=str(corpus)) as url:
        yield url


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def opened(browser: Browser, watch: Watch) -> Iterator[Open]:
    contexts = []

    def go(url: str, width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN")
        contexts.append(context)
        page = watch.over(context.new_page())
        page.goto(url)
        return page

    yield go
    for context in contexts:
        context.close()


def drop(page: Page, **files: str) -> None:
    page.evaluate(DROP, [[name, base64.b64encode(text.encode()).decode()] for name, text in files.items()])


def row(page: Page, name: str):
    return page.locator(".yl-table tr", has=page.get_by_text(name, exact=True))


def test_drop_read_ask_delete_undo(site: str, opened: Open, watch: Watch, corpus: Path) -> None:
    page = opened(f"{site}/library")
    drop(page, **{"值班制度😀.txt": DUTY, "程序.exe": "MZ", "坏.pdf": "不是 PDF", "空.txt": ""})
    lines = page.locator("#yl-uploads li")
    page.locator("#yl-uploads li.yl-ok").wait_for(timeout=30_000)
    told = {line.locator("span").first.inner_text(): line.locator(".yl-told").inner_text() for line in lines.all()}
    assert told["值班制度😀.txt"].startswith(f"可以提问：{len(DUTY.strip())} 字")
    assert told["程序.exe"].startswith("不支持 .exe 文件，没有上传")
    assert "内容却不是 PDF" in told["坏.pdf"]
    assert told["空.txt"] == "是空文件，没有上传"
    assert page.locator("#yl-overall span").inner_text() == "1 份可以提问，3 份没有存入或读不了"
    assert (corpus / "值班制度😀.txt").read_text("utf-8") == DUTY
    assert not (corpus / "程序.exe").exists()
    row(page, "值班制度😀.txt").get_by_text("可以提问").wait_for()
    if SCREENSHOTS:
        page.screenshot(path=str(Path(SCREENSHOTS) / "library.png"))

    answer = page.request.post(f"{site}/api/v1/ask", data={"question": "值班时间是几点到几点"}).json()
    assert "早上八点到晚上八点" in answer["sentences"][0]["text"]

    row(page, "值班制度😀.txt").get_by_role("button", name="删除").click()
    page.locator("dialog").get_by_role("button", name="取消").click()
    assert row(page, "值班制度😀.txt").count() == 1
    row(page, "值班制度😀.txt").get_by_role("button", name="删除").click()
    page.locator("dialog .yl-yes").click()
    page.locator("#yl-say").get_by_text("已移到回收站").wait_for()
    assert row(page, "值班制度😀.txt").count() == 0
    assert not (corpus / "值班制度😀.txt").exists()
    page.locator("#yl-say").get_by_role("button", name="撤销").click()
    row(page, "值班制度😀.txt").wait_for()
    assert (corpus / "值班制度😀.txt").read_text("utf-8") == DUTY
    assert [url for url in watch.requests if not url.startswith((site, "data:"))] == []
    assert watch.complaints == []


def test_a_taken_name_is_asked_about_once_for_all(site: str, opened: Open, corpus: Path) -> None:
    page = opened(f"{site}/library")
    (corpus / "甲.txt").write_text("旧甲", "utf-8")
    drop(page, **{"学习要点.md": "新的学习要点，写得更细。", "甲.txt": "新甲的内容在这里。"})
    page.locator("#yl-uploads li").nth(1).get_by_role("button", name="两份都留").wait_for()
    first = page.locator("#yl-uploads li").first
    first.get_by_role("checkbox").check()
    first.get_by_role("button", name="替换").click()
    page.locator("#yl-uploads li.yl-ok").nth(1).wait_for(timeout=30_000)
    assert (corpus / "甲.txt").read_text("utf-8") == "新甲的内容在这里。"
    page.goto(f"{site}/library/bin")
    assert page.locator(".yl-table tbody tr").count() == 2
    row(page, "甲.txt").get_by_role("button", name="恢复").click()
    page.locator("#yl-say").get_by_role("button", name="两份都留").click()
    page.locator("#yl-say").get_by_text("甲 (2).txt").wait_for()
    assert (corpus / "甲 (2).txt").read_text("utf-8") == "旧甲"
    page.locator("#yl-empty").click()
    page.locator("dialog .yl-yes").click()
    page.get_by_text("回收站是空的").wait_for()


def test_folders_search_sort_and_selecting(site: str, opened: Open, corpus: Path) -> None:
    page = opened(f"{site}/library")
    page.get_by_role("button", name="新建文件夹").click()
    page.locator("dialog input").fill("讲话")
    page.locator("dialog .yl-yes").click()
    row(page, "讲话").get_by_role("link").click()
    page.wait_for_url("**folder=*")
    page.set_input_files("#yl-input", [{"name": "值班.txt", "mimeType": "text/plain", "buffer": DUTY.encode()}])
    page.locator("#yl-uploads li.yl-ok").wait_for(timeout=30_000)
    assert (corpus / "讲话" / "值班.txt").is_file()
    whole = corpus.parent / "会议"
    (whole / "深").mkdir(parents=True)
    (whole / "深" / "纪要.md").write_text("会议纪要，议定三件事，都要办好。", "utf-8")
    (whole / ".DS_Store").write_bytes(b"1")
    page.set_input_files("#yl-input-folder", str(whole))
    page.locator("#yl-uploads li.yl-ok").nth(1).wait_for(timeout=30_000)
    assert (corpus / "讲话" / "会议" / "深" / "纪要.md").is_file()
    assert not (corpus / "讲话" / "会议" / ".DS_Store").exists()
    page.locator(".yl-crumbs a").first.click()
    page.locator("input[type=search]").fill("txt")
    page.locator("input[type=search]").press("Enter")
    page.get_by_text("找到 2 份").wait_for()
    page.locator("select[name=sort]").select_option("size")
    page.wait_for_url("**sort=size**")
    assert page.locator("tbody .yl-name").all_inner_texts() == ["讲话/值班.txt", "通知/网络安全检查通知.txt"]
    page.locator("#yl-all").check()
    page.get_by_role("button", name="删除所选（2）").click()
    page.locator("dialog .yl-yes").click()
    page.get_by_text("没有名称里含有这些字的文件").wait_for()
    assert sorted(p.name for p in corpus.rglob("*.txt") if ".youju" not in p.parts) == []


def test_log_in_and_out(repo: Path, corpus: Path, tmp_path: Path, opened: Open) -> None:
    arguments = [str(repo / "app.py")]
    kept = hashed("云溪县-2026")
    with serving(repo, tmp_path, arguments, QA_CORPUS=str(corpus), QA_ADMIN_PASSWORD_HASH=kept) as url:
        page = opened(f"{url}/library")
        assert page.locator("#yl-drop").count() == 0
        page.get_by_role("main").get_by_role("link", name="登录").click()
        page.get_by_label("用户名").fill("admin")
        page.get_by_label("密码").fill("猜的密码")
        page.get_by_role("button", name="登录").click()
        page.get_by_text("用户名或密码不对").wait_for()
        page.get_by_label("用户名").fill("admin")
        page.get_by_label("密码").fill("云溪县-2026")
        page.get_by_role("button", name="登录").click()
        page.locator("#yl-drop").wait_for()
        drop(page, **{"值班.txt": DUTY})
        page.locator("#yl-uploads li.yl-ok").wait_for(timeout=30_000)
        page.goto(f"{url}/library/log")
        assert "登录没有成功" in page.locator("table").inner_text()
        page.get_by_role("button", name=re.compile("退出 admin")).click()
        page.wait_for_url(f"{url}/")
        page.goto(f"{url}/library")
        page.get_by_text("这里只能查看").wait_for()


def test_every_page_fits_every_width(site: str, opened: Open, watch: Watch, corpus: Path) -> None:
    long = "关于进一步加强和改进新时代机关作风建设的若干意见（征求意见稿）" * 2
    (corpus / f"{long}.txt").write_text(DUTY, "utf-8")
    (corpus / "坏.pdf").write_bytes(b"x")
    (corpus / "乱码.txt").write_text(
        ("坚持问题导向，力戒形式主义。" * 9).encode().decode("gb18030", "replace"), "utf-8"
    )
    page = opened(f"{site}/library", 375)
    page.get_by_role("button", name="立即同步").click()
    row(page, f"{long}.txt").get_by_text("可以提问").wait_for(timeout=30_000)
    row(page, "坏.pdf").get_by_role("button", name="删除").click()
    page.locator("dialog .yl-yes").click()
    page.locator("#yl-say").get_by_text("已移到回收站").wait_for()
    for width, dark in ((w, d) for w in (1440, 768, 375) for d in (False, True)):
        page = opened(site, width, 900, dark)
        pages = ("/library", "/library/health", "/library/bin", "/library/log", "/")
        for path in (*(f"{path}?lang=en" for path in pages), *(f"{path}?lang=zh" for path in pages)):
            page.goto(site + path)
            assert page.evaluate(OVERFLOW) == 0, (path, width)
            if SCREENSHOTS and path.endswith("zh"):
                shown = path.partition("?")[0].strip("/").replace("/", "-") or "chat"
                name = f"{shown}-{width}-{'dark' if dark else 'light'}.png"
                page.screenshot(path=str(Path(SCREENSHOTS) / name), full_page=path != "/?lang=zh")
    assert watch.complaints == []
