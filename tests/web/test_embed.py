"""The framed chat's page and answers, who may frame it, and the widget's script as other sites get it."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from fastapi import APIRouter, Response
from fastapi.testclient import TestClient
from library import HOSTILE, TEXT, Library, cite

from qa.errors import InputError
from qa.journal import Journal
from qa.settings import Settings
from qa.types import Scope
from qa.web.app import create_app
from qa.web.citing import quotation, reference
from qa.web.page import STATIC
from qa.web.texts import TEXTS
from qa.web.texts_embed import EMBED_EN, EMBED_ZH

PORTALS = "https://portal.example.cn http://10.1.2.3:8080"


def given(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="given">(.*?)</script>', page)
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


@pytest.mark.parametrize(
    ("value", "policy"),
    [
        ("self", "'self'"),
        ("'none'", "'none'"),
        ("https://Portal.example.cn/, http://10.1.2.3:8080", PORTALS),
        ("self，https://*.example.cn:443；https://*.example.cn", "'self' https://*.example.cn"),
    ],
)
def test_origins_are_taken_as_the_header_wants_them(value: str, policy: str) -> None:
    assert Settings(frame_ancestors=value).frame_ancestors == policy


@pytest.mark.parametrize(
    "value",
    [
        *("*", "portal.example.cn", "https://*", "https://portal.example.cn/oa", "ftp://a.cn", "https://a.cn:99999"),
        *("none self", "https://a.cn' *", "https://[::1]:80", "https://门户.cn", "data:", "https://a.cn?x"),
    ],
)
def test_what_is_no_origin_is_refused_with_an_example(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_FRAME_ANCESTORS", value)
    with pytest.raises(InputError, match=r"frame_ancestors=.*（(?:.* 不是来源，应如 https|none 不能与别的来源并用)"):
        Settings.load()


def test_only_the_framed_page_may_be_framed_by_others(library: Library) -> None:
    with TestClient(create_app(library, Settings(frame_ancestors=PORTALS))) as client:
        for path in ("/embed", "/embed?q=x&theme=dark"):
            assert f"; frame-ancestors {PORTALS}" in client.get(path).headers["content-security-policy"]
        for path in ("/plain", "/doc/d1", "/library", "/api/docs", "/ui/embed.js", "/widget.js", "/healthz"):
            assert "frame-ancestors 'self'" in client.get(path).headers["content-security-policy"]
        assert given(client.get("/embed").text)["framed_by"] == PORTALS.split()


def test_the_page_keeps_nothing_in_the_browser(client: TestClient) -> None:
    response = client.get("/embed", params={"lang": "en", "theme": "dark"})
    assert "set-cookie" not in response.headers
    assert response.headers["cache-control"] == "no-store"
    for name in ("embed.js", "embed-theme.js", "widget.js"):
        script = (STATIC / name).read_text(encoding="utf-8")
        for word in ("Storage", "cookie =", "innerHTML", "eval(", "indexedDB", "?.", "??", "import("):
            assert word not in script, (name, word)


def test_the_address_sets_theme_language_scope_and_question(client: TestClient) -> None:
    asked = {"q": HOSTILE, "theme": "dark", "lang": "en", "scope": "通知/<b>", "head": "0"}
    page = client.get("/embed", params=asked).text
    assert '<html lang="en" data-theme="dark">' in page
    data = given(page)
    assert (data["question"], data["folders"], data["lang"]) == (HOSTILE, ["通知/<b>"], "en")
    assert "<img" not in page
    assert "<b>" not in page
    assert "<header>" not in page
    assert "Only: 通知/&lt;b&gt;" in page
    assert 'class="example"' not in page
    plain = client.get("/embed", params={"theme": "javascript:", "lang": "xx"}).text
    assert '<html lang="zh-CN" data-theme="auto">' in plain
    assert 'class="example">四项内容有哪些？<' in plain


def test_english_has_no_chinese_of_ours(client: TestClient) -> None:
    page = re.sub(r"<script.*?</script>|<li>.*?</li>", "", client.get("/embed?lang=en").text)
    assert set(re.findall("[一-鿿]+", page)) == {"据"}
    assert EMBED_ZH.keys() == EMBED_EN.keys()
    assert {*TEXTS["zh"]} == {*TEXTS["en"]}


def test_an_answer_comes_with_what_is_shown(client: TestClient, library: Library, journal: Journal) -> None:
    body = {"question": "坚持什么导向？", "history": ["四项"], "scope": {"folders": ["通知"]}, "lang": "zh"}
    response = client.post("/embed/answer", json=body)
    found, cited = response.json(), cite(1, "坚持问题导向，力戒形式主义。")
    assert found["status"] == "answered"
    assert found["lines"] == [{"parts": ["", "", cited.quote], "marks": [1], "context": []}]
    (source,) = found["sources"]
    assert (source["reference"], source["quotation"]) == (reference(cited), quotation(cited))
    assert source["href"] == f"/doc/d1#s{cited.start}-{cited.end}"
    assert TEXT[source["start"] : source["end"]] == source["quote"]
    assert (library.asked, library.scope) == ([("坚持什么导向？", ["四项"])], Scope(folders=("通知",)))
    assert [row.id for row in journal.rows()] == [found["id"]]
    assert "access-control-allow-origin" not in response.headers


def test_wrong_requests_are_told_in_chinese(client: TestClient) -> None:
    assert client.post("/embed/answer", json={"question": " "}).json()["message"] == "问题是空的。"
    assert client.post("/embed/answer", content=b"{").status_code == 422
    assert client.post("/embed/answer", json={"question": "四", "lang": "fr"}).status_code == 422


def test_the_widget_is_small_and_kept_an_hour(client: TestClient) -> None:
    first = client.get("/widget.js", headers={"Origin": "http://portal.test"})
    assert len(first.content) <= 10 * 1024
    assert len(gzip.compress(first.content)) < 5 * 1024
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["cache-control"].startswith("public, max-age=3600")
    again = client.get("/widget.js", headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get("/widget.js", headers={"If-None-Match": '"x"'}).status_code == 200


def test_other_sites_may_load_the_widget_only(client: TestClient) -> None:
    paths = (
        "/widget.js",
        "/embed",
        "/ui/widget.js",
        "/ui/embed.js",
        "/",
        "/plain",
        "/doc/d1",
        "/healthz",
        "/theme.css",
    )
    kinds = {path: client.get(path).headers["cross-origin-resource-policy"] for path in paths}
    assert kinds == {**dict.fromkeys(paths, "same-origin"), "/widget.js": "cross-origin"}


def test_the_framed_page_weighs_less_than_forty_kilobytes(client: TestClient) -> None:
    page = client.get("/embed").text
    files = re.findall(r'(?:src|href)="(/ui/[^"]+)"', page)
    assert set(files) == {
        f"/ui/{name}" for name in ("favicon.svg", "embed-theme.js", "base.css", "embed.css", "embed.js")
    }
    assert len(page.encode()) + sum(len(client.get(name).content) for name in files) < 40_000


def test_a_stream_asks_proxies_not_to_hold_it_back(library: Library) -> None:
    app = create_app(library, Settings())
    routes = APIRouter()
    for name, kind in (("stream", "text/event-stream; charset=utf-8"), ("whole", "text/plain")):
        routes.add_api_route(f"/{name}", lambda kind=kind: Response("data: 1", media_type=kind))
    app.router.routes[:0] = routes.routes
    with TestClient(app) as client:
        assert client.get("/stream").headers["x-accel-buffering"] == "no"
        assert "x-accel-buffering" not in client.get("/whole").headers


def test_a_prefix_is_in_every_link(library: Library) -> None:
    with TestClient(create_app(library, Settings(root_path="/qa"))) as client:
        for path in ("/embed", "/plain?q=四"):
            links = re.findall(r'(?:src|href|action)="([^"]+)"', client.get(path).text)
            assert links
            assert [link for link in links if not link.startswith(("/qa/", "#"))] == []
        assert client.post("/embed/answer", json={"question": "四"}).json()["sources"][0]["href"].startswith("/qa/doc/")


def test_the_made_portal_page_is_the_documented_one(repo: Path) -> None:
    portal = (repo / "docs/examples/portal.html").read_text(encoding="utf-8")
    assert "widget.js" in portal
    assert set(re.findall(r'(?:src|href)="(https?://[^/"]+)', portal)) == {"http://qa.example.cn:7860"}
