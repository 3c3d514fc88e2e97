"""REST as another program meets it."""

from __future__ import annotations

import hashlib
import json

import pytest
from fastapi.testclient import TestClient
from library import DOCUMENT, TEXT, Library

from qa.errors import IndexUnavailable
from qa.journal import Journal
from qa.settings import Settings
from qa.types import Scope
from qa.web.app import create_app

QUOTE = "三是信访接待下基层。"


def test_ask_answers_as_to_dict_and_is_kept(client: TestClient, library: Library, journal: Journal) -> None:
    response = client.post("/api/v1/ask", json={"question": " 四项内容？\x00 ", "history": ["此前的问题"]})
    assert response.status_code == 200
    told, wanted = response.json(), Library().ask("四项内容？").to_dict()
    assert [{**c, **mine} for c, mine in zip(told["citations"], wanted["citations"], strict=True)] == told["citations"]
    assert {**wanted, "citations": told["citations"], "id": told["id"]} == told
    assert told["citations"][0]["reference"] == "《关于开展学习研讨的通知》“（一）四项内容”部分，第 2 页"
    assert all(c["verified"] for c in told["citations"])
    assert library.asked == [("四项内容？", ["此前的问题"])]
    (row,) = journal.rows()
    assert (row.id, row.question, row.status) == (told["id"], "四项内容？", "answered")


def test_feedback_reaches_the_journal(client: TestClient, journal: Journal) -> None:
    kept = client.post("/api/v1/ask", json={"question": "四项"}).json()["id"]
    assert client.post("/api/feedback", json={"id": kept, "good": False, "note": "漏了"}).json() == {"kept": True}
    assert client.post("/api/feedback", json={"id": "0" * 32, "good": True}).json() == {"kept": False}
    assert [(row.good, row.note) for row in journal.rows()] == [(False, "漏了")]


def test_search_and_documents(client: TestClient) -> None:
    hits = client.post("/api/v1/search", json={"question": "四项", "k": 1}).json()["hits"]
    assert [h["path"] for h in hits] == ["通知/学习.md"]
    (document,) = client.get("/api/v1/documents").json()["documents"]
    assert document["facts"]["number"] == "学组发〔2026〕3号"


def test_passage_is_checked_against_the_document(client: TestClient) -> None:
    start = TEXT.index(QUOTE)
    check = hashlib.sha256(QUOTE.encode()).hexdigest()[:16]
    place = {"doc": "d1", "start": start, "end": start + len(QUOTE)}
    passage = client.get("/api/passage", params={**place, "check": check}).json()
    assert passage["before"] + passage["quote"] + passage["after"] in TEXT
    assert (passage["quote"], passage["verified"], passage["page"]) == (QUOTE, True, 2)
    assert passage["breadcrumb"] == ["一、总体要求", "（一）四项内容"]
    assert client.get("/api/passage", params={**place, "start": start - 1, "check": check}).json()["verified"] is False
    assert client.get("/api/passage", params=place).json()["verified"] is None


@pytest.mark.parametrize(("start", "end"), [(0, 10**9), (5, 5), (9, 3)])
def test_a_place_outside_the_document_is_refused(client: TestClient, start: int, end: int) -> None:
    response = client.get("/api/passage", params={"doc": "d1", "start": start, "end": end})
    assert response.status_code == 422
    assert response.json()["message"] == f"位置 {start}–{end} 不在文件之内（全文 {len(TEXT)} 字）。"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"question": ""}, "问题是空的。"),
        ({"question": "\x00\x07 \n"}, "问题是空的。"),
        ({"question": "问" * 20_000}, "问题有 20000 字，最多 2000 字。"),
        ({}, "请求的内容不对：question 缺少。"),
        ({"question": 7}, "请求的内容不对：question 应为文字。"),
        ({"question": "问", "history": "x"}, "请求的内容不对：history 应为列表。"),
    ],
)
def test_bad_questions_are_told_what_is_wrong(client: TestClient, body: object, message: str) -> None:
    response = client.post("/api/v1/ask", json=body)
    assert response.status_code == 422
    told = response.json()
    assert (told["code"], told["detail"], told["status"]) == ("input", message, 422)
    assert told["todo"]


def test_odd_characters_are_carried(client: TestClient, library: Library) -> None:
    response = client.post("/api/v1/ask", content=rb'{"question": "\ud800\ud83d\ude00\u56db"}', headers=JSON)
    assert response.status_code == 200
    assert library.asked[0][0] == "😀四"


JSON = {"Content-Type": "application/json"}


def test_broken_json_and_unknown_addresses(client: TestClient) -> None:
    assert "不是合法的 JSON" in client.post("/api/v1/ask", content=b"{", headers=JSON).json()["detail"]
    assert client.get("/api/none").json() == {
        "code": "http_404",
        "message": "没有这个地址。",
        "todo": "用法见 /api/docs。",
    }


def test_a_body_over_the_limit_is_refused_said_or_not(client: TestClient) -> None:
    big = json.dumps({"question": "问" * 400_000}).encode()
    assert client.post("/api/v1/ask", content=big, headers=JSON).status_code == 413
    assert client.post("/api/v1/ask", content=iter([big[:300_000], big[300_000:]]), headers=JSON).status_code == 413


def test_an_index_that_is_not_there(client: TestClient, library: Library) -> None:
    library.error = IndexUnavailable("index 里还没有索引", "请先运行 python -m qa sync")
    response = client.post("/api/v1/ask", json={"question": "问"})
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "/api/docs#index",
        "title": "资料库不可用",
        "status": 503,
        "detail": "index 里还没有索引。",
        "code": "index",
        "todo": "请先运行 python -m qa sync。",
    }


def test_health_answers_while_the_chat_is_starting() -> None:
    app = create_app(Library(), Settings())
    starting = TestClient(app).get("/")  # without its lifespan the chat never gets ready
    assert (starting.status_code, "正在启动" in starting.text) == (503, True)
    health = TestClient(app).get("/healthz").json()
    assert health["ok"] is True
    assert (health["documents"], health["chunks"], health["vectors"], health["progress"]) == (1, 6, 6, None)


def test_openapi_and_its_page(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    programs = client.get("/api/v1/openapi.json").json()
    page = client.get("/api/docs").text
    assert set(paths) == {
        *("/healthz", "/api/facets", "/api/passage", "/api/feedback"),
        *("/api/paragraph", "/api/answers/{answer_id}", "/api/answers/{answer_id}/related"),
        *(f"/api/library/{name}" for name in ("files", "status", "results", "file", "folders", "delete", "sync")),
        *(f"/api/library/{name}" for name in ("bin", "restore", "clear", "health-report")),
        *("/api/documents/{doc_id}/health-report", "/api/compare", "/api/conversation", "/api/conversation/export"),
    }
    assert programs["servers"][0]["url"] == "/api/v1"
    wanted = {"ask", "search", "documents", "documents/{doc_id}", "documents/{doc_id}/text"}
    assert set(programs["paths"]) == {f"/{name}" for name in wanted | {"passage", "health", "feedback"}}
    assert all(path in page for path in [*paths, *(f"/api/v1{path}" for path in programs["paths"])])


def test_every_answer_has_the_security_headers(client: TestClient) -> None:
    for path in ("/healthz", "/doc/d1", "/doc/none", "/api/docs", "/ui/chat.css", "/nothing"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'; script-src 'self';"), path
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_document_facts_are_those_of_the_library() -> None:
    assert DOCUMENT.text[DOCUMENT.sections[1].start :].startswith("（一）四项内容")


def test_a_scope_reaches_the_assistant(client: TestClient, library: Library) -> None:
    scope = {"folders": ["通知"], "years": [2026], "issuers": ["学习组"], "documents": ["d1"], "in_force": True}
    wanted = Scope(("通知",), ("d1",), (2026,), ("学习组",), True)
    assert client.post("/api/v1/ask", json={"question": "四项", "scope": scope}).status_code == 200
    assert library.scope == wanted
    assert client.post("/api/v1/search", json={"question": "四项", "scope": scope, "sort": "date"}).status_code == 200
    assert (library.scope, library.sort) == (wanted, "date")
    client.post("/api/v1/ask", json={"question": "四项"})
    assert library.scope == Scope()
    for wrong in ({"scope": {"years": ["今年"]}}, {"scope": {"folders": ["x"] * 51}}, {"sort": "size"}):
        assert client.post("/api/v1/search", json={"question": "四项", **wrong}).status_code == 422


def test_what_can_be_chosen_and_how_documents_stand(client: TestClient, library: Library) -> None:
    assert client.get("/api/facets").json() == {
        "folders": [["通知", 1]],
        "years": [],
        "issuers": [["学习组", 1]],
        "documents": ["关于开展学习研讨的通知"],
    }
    (document,) = client.get("/api/v1/documents").json()["documents"]
    assert document["badges"]["status"] == "现行"
    library.facts = {"status": "已废止", "by": "新通知", "by_doc": "d9", "by_date": "2026-05-01"}
    assert client.get("/api/passage", params={"doc": "d1", "start": 0, "end": 4}).json()["facts"] == library.facts
    page = client.get("/doc/d1").text
    assert '<i class="yj-status yj-lapsed">已废止</i> <a href="/doc/d9">新通知 2026-05-01</a>' in page
