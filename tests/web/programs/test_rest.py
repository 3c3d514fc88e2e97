"""/api/v1 as its OpenAPI describes it, its stream, its lists; and the examples of the documents, run as they stand."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from library import DOCUMENT, TEXT, Library
from served import Served, run

from qa.errors import IndexUnavailable
from qa.settings import Settings
from qa.types import DocumentInfo, Facts
from qa.web.app import create_app
from qa.web.programs import asking
from qa.web.programs.listing import listed
from qa.web.programs.problem import MEDIA


@pytest.fixture
def api(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served.url}/api/v1", timeout=20) as made:
        yield made


def events(text: str) -> list[tuple[str, dict[str, object]]]:
    """Event and data of each message of a stream, read as the standard says."""
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        fields = [line.split(": ", 1) for line in block.split("\n") if not line.startswith(":")]
        if fields:
            told = dict(fields)
            found.append((told["event"], json.loads(told["data"])))
    return found


@pytest.mark.slow
def test_schemathesis_finds_nothing_wrong(served: Served, tmp_path: Path) -> None:
    """All its checks over every route: examples, boundaries, random data, chains of calls; hundreds of requests."""
    code = "from schemathesis.cli import schemathesis; schemathesis()"
    bounds = ["--checks=all", "--max-examples=5", "--generation-deterministic", "--request-timeout=30"]
    run = subprocess.run(
        [sys.executable, "-c", code, "run", f"{served.url}/api/v1/openapi.json", *bounds, "--no-color"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert int(re.search(r"Tested: (\d+)", run.stdout)[1]) == 9  # eight addresses, one of them with two methods
    assert int(re.search(r"(\d+) generated", run.stdout)[1]) > 200, run.stdout[-3000:]


@pytest.mark.parametrize("way", [{"json": {"stream": True}}, {"headers": {"accept": "text/event-stream"}}])
def test_an_answer_comes_sentence_by_sentence(api: httpx.Client, served: Served, way: dict[str, dict]) -> None:
    body = {"question": "四项内容有哪些？", **way.get("json", {})}
    response = api.post("/ask", json=body, headers=way.get("headers"))
    assert response.headers["content-type"].startswith("text/event-stream")
    told = events(response.text)
    assert [name for name, _ in told] == ["status", "status", *["citation", "sentence"] * 4, "done"]
    whole = api.post("/ask", json={"question": "四项内容有哪些？"}).json()
    assert [data for name, data in told if name == "citation"] == whole["citations"]
    assert [data["text"] for name, data in told if name == "sentence"] == [s["text"] for s in whole["sentences"]]
    assert {**told[-1][1], "id": whole["id"]} == whole
    assert {row.id for row in served.journal.rows(2)} == {whole["id"], told[-1][1]["id"]}


def test_errors_of_a_stream(api: httpx.Client, served: Served) -> None:
    assert api.post("/ask", json={"question": " ", "stream": True}).status_code == 422
    served.library.error = IndexUnavailable("还没有索引", "请先同步")
    (_, (name, told)) = events(api.post("/ask", json={"question": "问", "stream": True}).text)
    assert (name, told["code"], told["status"], told["detail"]) == ("error", "index", 503, "还没有索引。")
    served.library.error = RuntimeError("内部的事")
    text = api.post("/ask", json={"question": "问", "stream": True}).text
    assert (events(text)[-1][1]["code"], "内部的事" in text) == ("internal", False)


def test_a_slow_answer_is_kept_alive_and_left_behind() -> None:
    """Comments while it is being found; when the caller leaves, nothing waits for the thread."""
    library, held = Library(), threading.Event()

    def slow() -> asking.Told:
        held.wait(10)
        return asking.ask(library, None, "四项", [], None)

    async def go() -> tuple[list[str], int]:
        got, stream = [], asking.events(slow, 0.02)
        async for piece in stream:
            got.append(piece)
            if len(got) == 4:
                held.set()
        held.clear()
        left = asking.events(slow, 0.02)
        begun = [await anext(left) for _ in range(2)]
        await asyncio.wait_for(left.aclose(), 1)
        held.set()
        return got, len(begun)

    got, begun = run(go())
    assert (got[1].startswith(": "), begun) == (True, 2)
    assert events("".join(got))[-1][0] == "done"


def test_a_caller_who_leaves_costs_nothing(served: Served) -> None:
    for _ in range(30):
        with httpx.stream("POST", f"{served.url}/api/v1/ask", json={"question": "四项", "stream": True}) as response:
            next(response.iter_bytes())
    assert httpx.get(f"{served.url}/api/v1/health").json()["ok"] is True
    assert sum(thread.name.startswith("asyncio") for thread in threading.enumerate()) < 40


def test_a_document_and_its_text(api: httpx.Client) -> None:
    one = api.get("/documents/d1").json()
    assert [TEXT[s["start"] :].startswith(s["heading"]) for s in one["sections"]] == [True] * 3
    assert one["badges"]["status"] == "现行"
    assert api.get("/documents/d1/text").json()["text"] == TEXT
    part = api.get("/documents/d1/text", params={"start": 5, "end": 12}).json()
    assert (part["text"], part["chars"], part["next"]) == (TEXT[5:12], len(TEXT), None)
    for path in ("/documents/d9", "/documents/d9/text", f"/documents/d1/text?start=0&end={len(TEXT) + 1}"):
        response = api.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert api.get("/passage", params={"doc": "d1", "start": 9, "end": 3}).status_code == 404


def test_a_long_text_comes_in_pieces(api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.programs.listing.MOST", 50)
    text, start = "", 0
    while start is not None:
        piece = api.get("/documents/d1/text", params={"start": start}).json()
        assert len(piece["text"]) <= 50
        text, start = text + piece["text"], piece["next"]
    assert text == TEXT


def test_documents_are_filtered_sorted_and_paged(api: httpx.Client) -> None:
    def info(name: str, chars: int, **facts: object) -> DocumentInfo:
        return DocumentInfo(name, f"制度/{name}.docx", name, chars, 1, 1, "docx", None, Facts(**facts), ())

    infos = [info("乙", 5, date="2024", year=2024, issuer="甲局、乙局"), info("丙", 9), info("甲", 7, date="2026-01")]

    def names(**given: object) -> str:
        wanted = {"q": "", "folder": "", "issuer": "", "year": None, "file_format": "", "sort": "path", "desc": False}
        return "".join(i.title for i in listed(infos, **{**wanted, **given}))

    assert (names(), names(sort="chars"), names(sort="date", desc=True)) == ("丙乙甲", "乙甲丙", "甲乙丙")
    assert (names(q="制度 甲"), names(issuer="乙局"), names(year=2024), names(folder="制")) == ("甲", "乙", "乙", "")
    assert (names(folder="/制度/"), names(file_format=".DOCX"), names(file_format="pdf")) == ("丙乙甲", "丙乙甲", "")
    page = api.get("/documents", params={"per_page": 1, "page": 2}).json()
    assert (page["documents"], page["total"], page["pages"]) == ([], 1, 1)
    assert api.get("/documents", params={"q": "学组发〔2026〕3号"}).json()["documents"][0]["id"] == DOCUMENT.id


def test_search_by_address(api: httpx.Client, served: Served) -> None:
    query = {"q": "四项", "k": 1, "folder": ["通知", "讲话"], "year": 2026, "in_force": True, "sort": "date"}
    (hit,) = api.get("/search", params=query).json()["hits"]
    assert hit["doc_id"] == "d1"
    scope = served.library.scope
    assert (scope.folders, scope.years, scope.in_force) == (("通知", "讲话"), (2026,), True)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/none", 404, "http_404"),
        ("GET", "/v1/none", 404, "http_404"),
        ("GET", "/api/v1/ask", 405, "http_405"),
        ("DELETE", "/api/v1/search", 405, "http_405"),
        ("GET", "/v1/chat/completions", 405, "http_405"),
        ("POST", "/api/v1/ask", 413, "too_large"),
        ("POST", "/v1/embeddings", 413, "too_large"),
    ],
)
def test_every_error_is_a_problem(served: Served, method: str, path: str, status: int, code: str) -> None:
    body = b"x" * 600_000 if status == 413 else None
    response = httpx.request(method, served.url + path, content=body, headers={"accept": "text/html"})
    told = response.json()
    assert (response.status_code, told["status"], told["code"]) == (status, status, code)
    assert response.headers["content-type"] == MEDIA
    names = {"type", "title", "status", "detail", "code", "todo"}
    assert set(told) == (names | {"error"} if path.startswith("/v1/") else names)
    if status == 405:
        assert response.headers["allow"] == {"/api/v1/search": "GET, POST"}.get(path, "POST")


def test_an_error_of_ours_is_a_problem_and_tells_nothing(library: Library) -> None:
    library.error = RuntimeError("内部的事")
    client = TestClient(create_app(library, Settings()), raise_server_exceptions=False)
    response = client.post("/api/v1/ask", json={"question": "问"})
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert (response.headers["content-type"], "内部的事" in response.text) == (MEDIA, False)


DOCS = Path(__file__).resolve().parents[3] / "docs" / "web-api.md"


def test_the_examples_of_the_documents_run(served: Served, tmp_path: Path) -> None:
    """Each block of shell in docs/web-api.md, as it stands but for the address; curl fails on any error of HTTP."""
    blocks = re.findall(r"^```sh\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.S | re.M)
    assert len(blocks) >= 6
    served.library.encoder = Unit()
    for block in blocks:
        script = block.replace("http://127.0.0.1:7860", served.url).replace("curl ", "curl --fail-with-body -sS ")
        run = subprocess.run(["sh", "-ec", script], cwd=tmp_path, capture_output=True, text=True, timeout=30)
        assert run.returncode == 0, f"{block}\n{run.stdout}\n{run.stderr}"
        assert run.stdout.strip(), block


class Unit:
    name, dim = "unit", 2

    def encode_queries(self, texts: list[str]) -> object:
        import numpy as np

        return np.tile(np.float32([1, 0]), (len(texts), 1))

    encode_passages = encode_queries
