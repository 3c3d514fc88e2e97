"""The page without script: the chat's answers as HTML that a text browser shows, and no way in for what isn't ours."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient
from library import HOSTILE, TEXT, Library, cite

from qa.errors import IndexUnavailable
from qa.journal import Journal
from qa.settings import Settings
from qa.types import Answer, Scope, Sentence, Twin
from qa.web.app import create_app
from qa.web.chat import MAX_HISTORY
from qa.web.citing import reference
from qa.web.plain import CARRIED, carried
from qa.web.shown import shown

VOID = {"meta", "link", "input", "br"}
KNOWN = {
    *("html", "head", "title", "body", "div", "p", "a", "b", "i", "small", "h1", "h2", "ul", "ol", "li", "form"),
    *("label", "fieldset", "legend", "select", "option", *VOID),
}
W3M = shutil.which("w3m")


class Strict(HTMLParser):
    """Fails on a tag outside the list, one closed out of order, an id given twice, a label or link to nothing."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.wanted: list[str] = []
        self.links: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))
        assert set(self.wanted) <= set(self.ids)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in KNOWN, tag
        given = dict(attrs)
        assert not {"p", "h1", "h2"} & set(self.open) or tag not in {"p", "ul", "ol", "form", "h1", "h2", "fieldset"}
        assert not any(name.startswith("on") or name == "style" for name in given)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [given["id"]] if given.get("id") else []
        self.wanted += [given["for"]] if tag == "label" and given.get("for") else []
        href = given.get("href") or ""
        self.links += [href] if tag == "a" else []
        self.wanted += [href[1:]] if href.startswith("#") else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def told(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def test_the_start_offers_questions_that_can_be_followed(client: TestClient) -> None:
    response = client.get("/plain")
    assert response.status_code == 200
    links = Strict(response.text).links
    asked = next(link for link in links if "q=" in link)
    answered = client.get(asked).text
    assert "四是现场办公下基层。" in told(answered)
    assert "1 份文件，6 个片段" in told(response.text)


def test_an_answer_has_its_sources_as_footnotes(client: TestClient, library: Library, journal: Journal) -> None:
    response = client.get("/plain", params={"q": "四项内容有哪些？"})
    page, links = response.text, Strict(response.text).links
    for number, quote in enumerate(("一是宣传党的路线方针政策下基层。", "二是调查研究下基层。"), 1):
        citation = cite(number, quote)
        assert f"{quote}[{number}]" in told(page)
        assert reference(citation) in told(page)
        assert f"/doc/d1#s{citation.start}-{citation.end}" in links
        assert f"#n{number}" in links
    assert [row.question for row in journal.rows()] == ["四项内容有哪些？"]
    assert library.asked == [("四项内容有哪些？", [])]
    assert "script" not in page
    assert "set-cookie" not in response.headers


def test_what_was_asked_before_goes_along(client: TestClient, library: Library) -> None:
    page = client.get("/plain", params=[("q", "坚持什么导向？"), ("h", "四项内容有哪些？"), ("folder", "通知")]).text
    assert library.asked == [("坚持什么导向？", ["四项内容有哪些？"])]
    assert library.scope == Scope(folders=("通知",))
    fields = re.findall(r'<input type="hidden" name="h" value="([^"]*)">', page)
    assert fields == ["四项内容有哪些？", "坚持什么导向？"]
    assert '<option value="通知" selected="selected">' in page
    again = [parse_qs(urlsplit(link).query) for link in Strict(page).links if "q=" in link]
    assert {"q": ["四项内容有哪些？"], "folder": ["通知"], "lang": ["zh"]} in again
    assert {"q": ["坚持什么导向？"], "h": ["四项内容有哪些？"], "folder": ["通知"], "lang": ["en"]} in again


def test_the_address_stays_short_enough_for_a_proxy() -> None:
    many = [f"第{n}个问题" + "长" * 90 for n in range(20)]
    kept = carried(many)
    assert kept == tuple(many[-len(kept) :])
    assert sum(map(len, kept)) <= CARRIED
    assert carried(["短"] * 20) == ("短",) * MAX_HISTORY
    assert len(urlencode([("q", "长" * 400), *(("h", q) for q in kept)])) < 7000


def test_the_whole_scope_can_be_chosen(client: TestClient, library: Library) -> None:
    chosen = {"q": "四", "year": "2026", "issuer": "学习组", "doc": "d1", "in_force": "1"}
    client.get("/plain", params=chosen)
    assert library.scope == Scope((), ("d1",), (2026,), ("学习组",), True)
    wrong = client.get("/plain", params={"q": "四", "year": "二六"})
    assert (wrong.status_code, "年份不对：二六" in wrong.text) == (422, True)


def test_no_evidence_says_so_and_what_there_is(client: TestClient) -> None:
    page = client.get("/plain", params={"q": "火星上有什么"}).text
    said = told(page)
    assert "库内没有找到依据" in said
    assert "资料库中从未出现：“火星”" in said
    assert f"/doc/d1#s{TEXT.index('（一）')}" in Strict(page).links


def test_the_way_here_is_on_the_chat_page_and_while_that_starts(client: TestClient, library: Library) -> None:
    page = client.get("/").text
    assert re.search(r'<noscript><p class="yj-notice"><a href="/plain">打不开', page)
    starting = TestClient(create_app(library, Settings(root_path="/qa"))).get("/")  # without its lifespan: never ready
    assert starting.status_code == 503
    assert '<a href="/qa/plain">打不开' in starting.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_errors_are_told_on_the_page(client: TestClient, library: Library, lang: str) -> None:
    long = client.get("/plain", params={"q": "问" * 2001, "lang": lang})
    assert long.status_code == 422
    Strict(long.text)
    assert "请缩短问题。" in told(long.text)
    library.error = IndexUnavailable("索引正在换", "请稍后再试")
    gone = client.get("/plain", params={"q": "四", "lang": lang})
    assert (gone.status_code, "索引正在换。" in told(gone.text)) == (library.error.status, True)
    library.error = RuntimeError("内部")
    crashed = client.get("/plain", params={"q": "四", "lang": lang})
    assert crashed.status_code == 500
    assert {"zh": "程序内部出错", "en": "Internal error"}[lang] in told(crashed.text)
    assert "RuntimeError" not in crashed.text


def test_english_has_no_chinese_of_ours(client: TestClient) -> None:
    page = client.get("/plain", params={"q": "四项", "lang": "en"}).text
    Strict(page)
    ours = re.sub(r'<p class="said">.*?</p>|<li id="n.*?</li>|<option.*?</option>|<h1>.*?</h1>', "", told_apart(page))
    assert set(re.findall("[一-鿿]+", ours)) == {"四项", "有据", "中文"}
    assert "lang=en" in page
    assert '<html lang="en">' in page


def told_apart(page: str) -> str:
    return re.sub(r'value="[^"]*"|href="[^"]*"', "", page)


@pytest.mark.parametrize("bad", [HOSTILE, '"><script>alert(1)</script>', "</title><b onclick=x>", "恶意'\"<&"])
def test_nothing_from_outside_becomes_a_tag(client: TestClient, bad: str) -> None:
    page = client.get("/plain", params=[("q", bad), ("h", bad), ("folder", bad), ("doc", bad), ("issuer", bad)]).text
    Strict(page)
    assert "<img" not in page
    assert "<script" not in page
    assert bad in told(page)


def test_a_quote_that_no_longer_stands_is_left_out_and_counted() -> None:
    library = Library()
    good, gone = cite(1, "坚持问题导向，力戒形式主义。"), cite(2, "二是调查研究下基层。")
    moved = type(gone)(2, "d1", gone.title, gone.path, gone.start + 1, gone.end + 1, gone.quote)
    twin = Twin("d1", "通知/学习.md", "旧版", 3, 9, "edition", "2020-01-01")
    kept = type(good)(1, "d1", good.title, good.path, good.start, good.end, good.quote, same=(twin,))
    line = Sentence(good.quote, (1,), (0, 6), (moved,))
    answer = Answer("问", "answered", "extract", (line, Sentence(gone.quote, (2,))), (kept, moved))
    seen = shown(library, answer, "zh", "/qa")
    assert [(s.parts, s.marks, s.context) for s in seen.lines] == [
        (("", "坚持问题导向", "，力戒形式主义。"), (1,), ()),
    ]
    assert seen.dropped == 2
    assert [(s.number, s.href) for s in seen.sources] == [(1, f"/qa/doc/d1#s{good.start}-{good.end}")]
    assert [(p.title, p.href, p.date) for p in seen.sources[0].same] == [("旧版", "/qa/doc/d1#s3-9", "2020-01-01")]


@pytest.mark.skipif(W3M is None, reason="没有 w3m（apt install w3m），跳过文本浏览器测试")
def test_a_text_browser_shows_it(client: TestClient, tmp_path: Path) -> None:
    assert W3M is not None
    place = tmp_path / "page.html"
    place.write_text(client.get("/plain", params={"q": "四项内容有哪些？"}).text, encoding="utf-8")
    command = [W3M, "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", "76", str(place)]
    env = {"HOME": str(tmp_path), "LANG": "C.UTF-8", "TERM": "dumb"}
    seen = subprocess.run(command, capture_output=True, check=True, timeout=30, env=env).stdout.decode()
    flat = re.sub(r"\s+", "", seen)
    assert "三是信访接待下基层。[3]" in flat
    assert "3.《关于开展学习研讨的通知》" in flat
    assert "[提问]" in flat
    assert max(map(len, seen.split("\n"))) <= 76
