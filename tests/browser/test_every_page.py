"""All pages: accessible by axe-core, nothing from outside, no complaint; YOUJU_PAGES_DIR keeps pictures of them.

axe-core comes from npm, for development only (MPL-2.0): YOUJU_AXE names its axe.min.js, else npm fetches it once into a
temporary folder; without either that part is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from every_page import WIDTHS, every
from serving import Watch

pytestmark = pytest.mark.browser

AXE = "4.14.1"
RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + n.any.map(a => a.message).join().slice(0, 120))])
"""


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    if given := os.environ.get("YOUJU_AXE"):
        return Path(given).read_text(encoding="utf-8")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("没有 npm，也没有 YOUJU_AXE，跳过无障碍检查")
    place = tmp_path_factory.mktemp("axe")
    got = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", f"axe-core@{AXE}"],
        cwd=place,
        capture_output=True,
        timeout=120,
        check=False,
    )
    if got.returncode:
        pytest.skip("npm 取不到 axe-core，跳过无障碍检查")
    return (place / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def opened(browser, width: int, dark: bool, watch: Watch) -> Any:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        locale="zh-CN",
        reduced_motion="reduce",
    )
    return watch.over(context.new_page())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [375, 1440])
def test_no_page_has_a_serious_fault(browser, server: str, watch: Watch, axe: str, width: int, dark: bool) -> None:
    page = opened(browser, width, dark, watch)
    faults = {}
    for name in every(page, server):
        page.wait_for_timeout(300)
        page.evaluate(axe)  # by DevTools, which no policy of the page binds
        if found := page.evaluate(RUN):
            faults[name] = found
    page.context.close()
    assert not faults, json.dumps(faults, ensure_ascii=False, indent=1)


def test_no_page_asks_another_host_or_complains(browser, server: str, watch: Watch) -> None:
    page = opened(browser, 1440, False, watch)
    seen = list(every(page, server))
    page.context.close()
    assert len(seen) >= 6
    assert len(watch.requests) > 60
    assert [url for url in watch.requests if not url.startswith((server, "data:", "blob:"))] == []
    assert [said for said in watch.complaints if "Failed to load resource" not in said] == []


PICTURES = os.environ.get("YOUJU_PAGES_DIR")


@pytest.mark.skipif(not PICTURES, reason="没有 YOUJU_PAGES_DIR，不留图片")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_pictures_of_every_page(browser, server: str, watch: Watch, width: int, dark: bool) -> None:
    page = opened(browser, width, dark, watch)
    for name in every(page, server):
        page.wait_for_timeout(300)
        assert PICTURES
        page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}-{'dark' if dark else 'light'}.png"))
    page.context.close()
