"""Starting a real server, the texts it holds, and watching what a page asks for."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOSTILE = "<img src=http://x onerror=document.title='坏'><script>document.title='坏'</script>"

FOUR = """# 四下基层学习要点

一、四下基层的主要内容

四下基层包括以下四项内容。一是宣传党的路线、方针、政策下基层，把道理讲到群众心坎上。二是调查研究下基层，摸清真实情况。\
三是信访接待下基层，把矛盾化解在当地。四是现场办公下基层，当场拍板解决难题。

二、四下基层的工作要求

（一）坚持问题导向

领导干部每月下基层不少于五天，当场解决不了的事项应当在十五个工作日内答复。
"""
LONG = "长文学习材料\n" + "\n".join(
    f"第{n}段讲日常工作，要求把事情做实，𠮷祥村和😀社区都按月报告进展情况。" for n in range(3000)
)
RULES = """梅溪县渡船管理办法
第一条 渡船每年检修一次，费用由经营人承担。
前款规定的费用，经营人可以分两次付清，不收利息。
"""
ARTICLES = """梅溪县渡船管理办法
第一章 检修
第一条 渡船每年检修一次，费用由经营人承担。
第二条 检修期间停航，应当提前三日公告。
第二章 载客
第三条 每船载客不得超过四十人。
第四条 载客超过定额的，处二百元罚款。
"""
NOTICE = f"""关于做好网络安全检查工作的通知

一、检查范围

各单位应当检查 {HOSTILE} 这类恶意代码是否出现在网页中。
"""


@contextlib.contextmanager
def serving(repo: Path, place: Path, arguments: list[str], key: str = "", **settings: str) -> Iterator[str]:
    """The address of a server in a process of its own, once its chat is ready; ``key`` opens one that has a login."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "QA_PORT": str(port), "QA_ENCODER": "none", "QA_INDEX": str(place / "index"), **settings}
    env["PYTHONPATH"] = str(repo / "src")
    with (place / "server.log").open("wb") as log:
        server = subprocess.Popen([sys.executable, *arguments], env=env, cwd=place, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}", server, place / "server.log", key)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path, key: str) -> None:
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        with contextlib.suppress(OSError):
            if urllib.request.urlopen(asked, timeout=5).status == 200:
                return
        time.sleep(0.2)
    pytest.fail(f"the server did not start: {log.read_text(encoding='utf-8')}")


class Watch:
    """What the pages asked for and complained about."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def over(self, page: Page) -> Page:
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page
