"""新旧对照 over a real index: page, downloads, REST, and the links that lead there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from qa.assistant import Assistant
from qa.errors import InputError
from qa.settings import Settings
from qa.types import Document
from qa.web.app import create_app
from qa.web.compare import Comparing

OLD = "青石镇集市管理办法\n第一条 集市每月逢五开市。\n第二条 摊位费每日三元。\n第三条 严禁占道经营。"
MIDDLE = OLD.replace("三元", "五元")
NEW = MIDDLE.replace("逢五开市", "逢五、逢十开市") + "\n第四条 集市设公平秤<b>两台</b>。"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    place = tmp_path_factory.mktemp("集市")
    corpus = place / "资料"
    corpus.mkdir()
    for date, text in (("2010-03-01", OLD), ("2016-07-01", MIDDLE), ("2022-01-01", NEW)):
        (corpus / f"青石镇集市管理办法({date}).txt").write_text(text, "utf-8")
    (corpus / "值班表.txt").write_text("值班表\n周一由老王值班，周二由老李值班。", "utf-8")
    settings = Settings(corpus=corpus, index=place / "index", encoder="none")
    made = Assistant(settings.index, settings)
    made.sync(corpus)
    return made


@pytest.fixture
def client(assistant: Assistant) -> TestClient:
    return TestClient(create_app(assistant, assistant.settings), base_url="http://127.0.0.1:7860")


@pytest.fixture
def ids(assistant: Assistant) -> dict[str, str]:
    """Year, or 值 for the document without editions → id."""
    found = {info.path: info.id for info in assistant.documents()}
    return {re.sub(r".*\((\d{4}).*", r"\1", path)[:4].rstrip(".tx"): number for path, number in found.items()}


def test_editions_are_known_oldest_first(assistant: Assistant, ids: dict[str, str]) -> None:
    group = assistant.editions(ids["2016"])
    assert [edition.doc_id for edition in group] == [ids["2010"], ids["2016"], ids["2022"]]
    assert [edition.status for edition in group] == ["已修改", "已修改", "现行"]
    assert assistant.editions(ids["2010"]) is group
    assert assistant.editions(ids["值班表"]) == ()


def test_the_page_shows_both_and_filters(client: TestClient, ids: dict[str, str]) -> None:
    page = client.get("/compare", params={"a": ids["2010"], "b": ids["2022"]}).text
    assert "<ins>、逢十</ins>" in page
    assert "<del>三</del>" in page
    assert "&lt;b&gt;两台&lt;/b&gt;" in page
    assert "严禁占道经营" in page
    assert ("已修改" in page, "现行" in page) == (True, True)
    assert "与旧版对照（2016-07-01）" in page
    only = client.get("/compare", params={"a": ids["2010"], "b": ids["2022"], "changed": "1"}).text
    assert "严禁占道经营" not in only
    assert "aria-current=true>只看有变化的" in only
    english = client.get("/compare", params={"a": ids["2010"], "b": ids["2022"], "lang": "en"}).text
    assert "Changes only" in english
    turned = client.get("/compare", params={"a": ids["2022"], "b": ids["2010"]}).text
    assert "可能是新旧写反了" in turned


def test_one_document_alone_is_compared_with_the_edition_beside_it(client: TestClient, ids: dict[str, str]) -> None:
    def pair(**given: str) -> tuple[str, str]:
        told = client.get("/api/compare", params=given).json()
        return told["old"]["doc_id"], told["new"]["doc_id"]

    assert pair(b=ids["2022"]) == (ids["2016"], ids["2022"])
    assert pair(b=ids["2016"]) == (ids["2010"], ids["2016"])
    assert pair(b=ids["2010"]) == (ids["2010"], ids["2016"])
    assert pair(a=ids["2010"]) == (ids["2010"], ids["2016"])
    assert pair(a=ids["2022"]) == (ids["2016"], ids["2022"])


def test_what_cannot_be_compared_is_said(client: TestClient, ids: dict[str, str]) -> None:
    for given, told in (
        ({}, "没有说要对照哪两份文件"),
        ({"a": ids["值班表"]}, "没有“值班表”的其他版本"),
        ({"a": ids["2010"], "b": ids["2010"]}, "同一份文件"),
        ({"a": ids["2010"], "b": "没有的"}, "没有编号为"),
    ):
        assert told in client.get("/api/compare", params=given).json()["message"]
        if not given:  # the page lets one choose
            continue
        answer = client.get("/compare", params=given)
        assert answer.status_code >= 400
        assert "text/html" in answer.headers["content-type"]
        assert told in answer.text
    assert client.get("/compare.exe", params={"b": ids["2022"]}).status_code == 422


def test_rest_gives_places(client: TestClient, assistant: Assistant, ids: dict[str, str]) -> None:
    told = client.get("/api/compare", params={"b": ids["2022"]}).json()
    assert told["kind"] == "articles"
    assert told["counts"] == {"changed": 1, "added": 1, "removed": 0, "moved": 0, "same": 3}
    for side, doc_id in (("old", ids["2016"]), ("new", ids["2022"])):
        runs = [run for row in told["rows"] if row[side] for run in row[side]["runs"]]
        text = assistant.document(doc_id).text
        assert "".join(run["text"] for run in runs) == text
        assert all(text.startswith(run["text"], run["start"]) for run in runs)
    only = client.get("/api/compare", params={"b": ids["2022"], "changed": "1"}).json()
    assert [row["status"] for row in only["rows"]] == ["changed", "added"]


def test_the_last_comparison_is_kept_until_a_document_changes() -> None:
    old, new = Document("旧", "旧.txt", "旧", "渡口停航一天。"), Document("新", "新.txt", "新", "渡口停航两天。")
    comparing = Comparing()
    made = comparing(old, new)
    assert comparing(old, new) is made
    changed = replace(new, text="渡口停航三天。")
    assert comparing(old, changed).new.text == "渡口停航三天。"


def test_a_second_comparison_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.compare.PATIENCE", 0.01)
    comparing = Comparing()
    with comparing._lock, pytest.raises(InputError, match="正在对照另外两份很大的文件"):
        comparing(Document("旧", "旧.txt", "旧", "甲"), Document("新", "新.txt", "新", "乙"))


def test_downloads(client: TestClient, ids: dict[str, str]) -> None:
    for kind, begins in (("docx", b"PK"), ("html", b"<!doctype"), ("md", b"# ")):
        answer = client.get(f"/compare.{kind}", params={"b": ids["2022"]})
        assert answer.content.startswith(begins)
        assert answer.headers["content-disposition"].endswith(f".{kind}")


def test_reader_library_and_report_lead_there(client: TestClient, ids: dict[str, str]) -> None:
    reader = client.get(f"/doc/{ids['2016']}").text
    assert f'href="/compare?a={ids["2010"]}&amp;b={ids["2016"]}">与旧版对照（2010-03-01）' in reader
    assert f'href="/compare?a={ids["2016"]}&amp;b={ids["2022"]}">与新版对照（2022-01-01）' in reader
    assert "/compare" not in client.get(f"/doc/{ids['值班表']}").text
    for place in ("/library", "/library/health"):
        page = client.get(place).text
        assert f'href="/compare?b={ids["2022"]}"' in page
        assert f"b={ids['值班表']}" not in page


def test_any_two_can_be_chosen_without_a_script(client: TestClient, ids: dict[str, str]) -> None:
    page = client.get("/compare").text
    assert "选两份文件对照" in page
    for number in ids.values():
        assert page.count(f'value="{number}"') == 2
    found = client.get("/compare", params={"qa": "值班", "qb": "集市 2022", "a": ids["2010"], "pick": "1"}).text
    left, right = found.split('data-side="b"')
    assert [left.count(ids[name]) for name in ("值班表", "2010", "2016")] == [1, 1, 0]
    assert f'value="{ids["2010"]}" required checked' in left
    assert [right.count(ids[name]) for name in ("值班表", "2016", "2022")] == [0, 0, 1]
    chosen = client.get("/compare", params={"qa": "值班", "qb": "", "a": ids["值班表"], "b": ids["2022"]}).text
    assert "按段落对照" in chosen
    assert f"a={ids['值班表']}&amp;b={ids['2022']}&amp;pick=1" in chosen


def test_choosing_escapes_what_is_looked_for(client: TestClient) -> None:
    page = client.get("/compare", params={"qa": '"><script>x', "pick": "1"}).text
    assert "<script>x" not in page
    assert "没有名称里含有这些字的文件" in page
    assert "No document is called so" in client.get("/compare", params={"qb": "zzz", "pick": "1", "lang": "en"}).text
