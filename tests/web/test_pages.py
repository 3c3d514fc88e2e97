"""The pages as a browser gets them, and the doors that stay shut."""

from __future__ import annotations

import re
import time

import pytest
from fastapi.testclient import TestClient
from library import HOSTILE, TEXT, Library

from qa.load import SUFFIXES
from qa.load.archive_listing import ARCHIVES
from qa.settings import Settings
from qa.web.app import create_app
from qa.web.guard import inline_scripts, policy
from qa.web.texts import TEXTS


def paragraphs(page: str) -> dict[int, str]:
    """Offset → text of each paragraph, read back from the HTML."""
    import html

    found = re.findall(r'<p[^>]* data-s="(\d+)">(.*?)</p>', page)
    return {int(start): html.unescape(re.sub(r"<[^>]*>", "", inner)) for start, inner in found}


def test_the_reader_shows_the_whole_text_at_its_offsets(client: TestClient) -> None:
    page = client.get("/doc/d1").text
    found = paragraphs(page)
    assert "\n".join(found.values()) == TEXT
    assert all(TEXT.startswith(text, start) for start, text in found.items())
    assert HOSTILE in found.values()
    assert "<img" not in page
    assert re.findall(r"<script(?! src=)", page) == []
    for fact in ("学组发〔2026〕3号", "2026-03-01", "通知/学习.md", 'href="#s53"', 'data-p="2"'):
        assert fact in page


def test_an_unknown_document_is_a_404_in_chinese(client: TestClient) -> None:
    response = client.get("/doc/none")
    assert response.status_code == 404
    assert "资料库里没有这份文件" in response.text
    assert "No such document" in client.get("/doc/none?lang=en").text


def test_the_chat_page_is_ours_and_names_no_other_host(client: TestClient) -> None:
    response = client.get("/", headers={"accept-encoding": "br, gzip"})
    page, csp = response.text, response.headers["content-security-policy"]
    assert '<html data-root="" lang="zh-CN"' in page
    assert "四项内容有哪些？" in page
    assert 'property="og:' not in page
    assert re.findall(r"""(?:src|href|content)=["'](?:https?:)?//""", page) == []
    assert policy(inline_scripts(response.content)) == csp
    assert csp.count("'sha256-") >= 3
    assert "unsafe-inline" not in csp.split("style-src")[0]


def test_english_is_chosen_and_remembered(client: TestClient) -> None:
    page = client.get("/?lang=en")
    assert 'lang="en"' in page.text
    assert "Ask a question, Enter sends" in page.text
    assert re.findall("[一-鿿]+", re.sub(r"<script.*?</script>", "", page.text, flags=re.DOTALL)) == CHINESE_IN_ENGLISH
    assert 'lang="en"' in client.get("/").text
    assert 'lang="zh-CN"' in client.get("/?lang=zh").text


CHINESE_IN_ENGLISH = [*("有据", "据", "有据", "中文", "四项内容有哪些", "工作中要坚持什么导向")]
"""The name, the switch to Chinese, and the library's own words."""


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/config"),
        ("GET", "/gradio_api/info/"),
        ("POST", "/gradio_api/call/ask"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/proxy=x"),
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/monitoring/summary"),
        ("GET", "/monitoring"),
        ("GET", "/static/%2e%2e/config"),
        ("POST", "/gradio_api/call/respond"),
        ("POST", "/gradio_api/vibe-edit"),
        ("GET", "/docs"),
        ("GET", "/manifest.json"),
    ],
)
def test_a_door_of_gradio_is_shut(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.json()["code"]) == (404, "http_404")


def test_the_login_is_ours_and_not_gradios(client: TestClient) -> None:
    given = client.post("/login", data={"username": "a", "password": "b"}, follow_redirects=False)
    assert (given.status_code, given.headers["location"], "set-cookie" in given.headers) == (303, "/", False)


def test_no_other_origin_is_let_in(client: TestClient) -> None:
    for path in ("/", "/theme.css", "/healthz"):
        headers = client.get(path, headers={"Origin": "http://stranger.test"}).headers
        assert "access-control-allow-origin" not in headers


def test_an_empty_library_says_what_to_do() -> None:
    from qa.web.page import frame

    mark = '<html lang="en"><head></head><gradio-app></gradio-app></html>'
    page = frame(mark, Library(documents=0), Settings(), "zh")
    assert "资料库还是空的" in page
    assert "python -m qa sync --corpus" in page
    with pytest.raises(ValueError, match="gradio-app"):
        frame("<html></html>", Library(), Settings(), "zh")


def test_a_prefix_behind_a_proxy_is_kept_in_every_link(library: Library) -> None:
    with TestClient(create_app(library, Settings(root_path="/qa"))) as client:
        page = client.get("/doc/d1").text
        assert 'href="/qa/ui/reader.css"' in page
        assert 'data-root="/qa"' in page
        assert "/qa/openapi.json" in client.get("/api/docs").text


def test_formats_named_are_those_that_are_read() -> None:
    named = [
        set(re.findall(r"\b[a-z]+\b", TEXTS[lang]["lib_formats"].replace("（", " "), re.A)) for lang in ("zh", "en")
    ]
    rare = "docm dotx dotm dot wpt xlsm xltx xltm xlt ett pptm ppsx ppsm potx pps pot dpt htm text markdown mhtml"
    rare += " jpeg tiff"
    read = {suffix.lstrip(".") for suffix in {*SUFFIXES, *ARCHIVES}} - {"tgz", "tar.gz"} - set(rare.split())
    assert named[0] == read
    assert named[1] - {"pictures", "and", "or", "of", "them"} == read


def test_the_page_stands_though_nothing_could_be_warmed_up() -> None:
    class Cold(Library):
        def warm_up(self) -> None:
            raise ValueError("no dictionary")

    with TestClient(create_app(Cold(), Settings())) as client:
        deadline = time.monotonic() + 60
        while client.get("/").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.3)
        assert client.get("/").status_code == 200
