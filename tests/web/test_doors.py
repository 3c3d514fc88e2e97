"""Gradio behind our gate: every route of the mounted application itself, its queue abused, and what is left open."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from library import Library
from starlette.routing import BaseRoute

from qa.settings import Settings
from qa.web.app import create_app
from qa.web.guard import door_is_open
from qa.web.joining import COOKIE, Joining

OPEN = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/assets/{path:path}"),
    ("GET", "/static/{path:path}"),
    ("GET", "/theme.css"),
    # what gradio_client reads, with a fixed query: guard.FIXED
    ("GET", "/config"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/theme.css"),
    ("GET", "/gradio_api/startup-events"),
    ("GET", "/gradio_api/queue/data"),
    ("GET", "/gradio_api/heartbeat/{session_hash}"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/reset"),
    ("POST", "/gradio_api/reset/"),
}
"""All that the page needs of Gradio. Nothing else is reached, whatever a new version brings."""

VALUE = {"path": "index.js", "session_hash": "abc", "path_or_url": "http://127.0.0.1:1/x", "url_path": "x"}


def gradio_routes(routes: list[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    for route in routes:
        inner = getattr(route, "routes", None)
        path = prefix + getattr(route, "path", "")
        methods = getattr(route, "methods", None)
        if methods:
            yield from ((method, path) for method in methods)
        elif inner:
            yield from gradio_routes(inner, path)
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from gradio_routes(included.routes, path)


@pytest.fixture
def shell(client: TestClient) -> Joining:
    """What stands behind the gate of the running application."""
    inner: Any = client.app.state.gate._inner  # type: ignore[attr-defined]
    assert isinstance(inner, Joining)
    return inner


def test_every_route_of_gradio_is_known(client: TestClient, shell: Joining) -> None:
    found = set(gradio_routes(shell.inner.routes))  # type: ignore[attr-defined]
    assert len(found) > 40
    opened = {(method, path) for method, path in found if door_is_open(method, filled(path))}
    assert opened <= OPEN
    assert {("POST", "/gradio_api/upload"), ("GET", "/gradio_api/deep_link")} <= found - opened
    for method, path in sorted(found - opened):
        response = client.request(method, filled(path))
        assert response.status_code in {404, 405, 200, 422}, path
        if response.status_code != 404:  # ours, which stands before the gate
            assert path in OURS, (method, path)


OURS = {"/favicon.ico", "/login", "/login/", "/openapi.json"}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library()


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[TestClient]:
    """One application for all: each costs a build of Gradio's."""
    with TestClient(create_app(library, Settings())) as made:
        wait(made)
        yield made


def wait(client: TestClient) -> None:
    deadline = time.monotonic() + 60
    while client.get("/").status_code == 503:
        assert time.monotonic() < deadline, "the chat did not start"
        time.sleep(0.05)


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: VALUE.get(m[1], "x"), path)


@pytest.mark.parametrize(
    "path",
    [
        *("/config/", "/gradio_api/info/", "/gradio_api/api_info", "/gradio_api/openapi.json", "/gradio_api/upload"),
        *("/gradio_api/upload_progress", "/gradio_api/file=http://127.0.0.1:1/", "/gradio_api/file=/etc/hostname"),
        *("/gradio_api/file/etc/hostname", "/gradio_api/proxy=http://127.0.0.1:1/", "/gradio_api/deep_link"),
        *("/gradio_api/runs", "/gradio_api/user", "/gradio_api/token", "/gradio_api/app_id", "/gradio_api/dev/reload"),
        *("/monitoring/summary", "/gradio_api/component_server", "/gradio_api/stream/x", "/gradio_api/run/predict"),
        *("/gradio_api/call/respond", "/gradio_api/call/v2/respond", "/gradio_api/queue/status", "/gradio_api/mcp/"),
        *(
            "/assets/../monitoring",
            "/assets/%2e%2e/config",
            "/gradio_api//info",
            "/config;x",
            "/static/a/../../monitoring",
        ),
    ],
)
def test_a_door_is_shut_to_every_method(client: TestClient, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"):
        assert client.request(method, path).status_code in {404, 405}


@pytest.mark.parametrize(
    "path", ["/assets/..%2f..%2froutes.py", "/static/..%2f..%2froutes.py", "/assets/%2fetc%2fhostname"]
)
def test_static_files_do_not_lead_out_of_their_folder(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in {403, 404}


# ---- the queue ----


def called(client: TestClient) -> dict[str, Any]:
    page = client.get("/").text
    found = re.search(r"window\.gradio_config\s*=\s*(\{.*?\});\s*</script>", page, re.DOTALL)
    assert found is not None
    one = max(json.loads(found[1])["dependencies"], key=lambda d: len(d["targets"]))
    rest = [[], *[""] * (len(one["inputs"]) - 2)]
    return {"data": ["坚持什么导向？", *rest], "fn_index": one["id"], "trigger_id": one["targets"][0][0]}


def join(client: TestClient, session: Any = "s1", **changed: Any) -> Any:
    return client.post("/gradio_api/queue/join", json={**called(client), "session_hash": session, **changed})


def listen(client: TestClient, session: str = "s1") -> Any:
    return client.get("/gradio_api/queue/data", params={"session_hash": session})


def test_a_conversation_is_answered(client: TestClient) -> None:
    assert join(client).status_code == 200
    assert "#cite-d1" in listen(client).text


def test_a_conversation_is_told_only_to_the_browser_that_began_it(client: TestClient, shell: Joining) -> None:
    assert join(client, "secret1").status_code == 200
    own = client.cookies[COOKIE]
    client.cookies.clear()
    client.cookies.set(COOKIE, "another")
    stolen = listen(client, "secret1")
    assert (stolen.status_code, "cite" in stolen.text) == (404, False)
    taken = client.post("/gradio_api/queue/join", json={**called(client), "session_hash": "secret1"})
    stopped = client.post("/gradio_api/cancel", json={"session_hash": "secret1", "fn_index": 0, "event_id": "x"})
    assert (taken.status_code, stopped.status_code) == (404, 404)
    client.cookies.clear()
    client.cookies.set(COOKIE, own)
    assert "#cite-d1" in listen(client, "secret1").text


def test_a_conversation_nobody_began_is_not_found(client: TestClient) -> None:
    assert listen(client, "never").status_code == 404
    assert client.get("/gradio_api/queue/data").status_code == 404


@pytest.mark.parametrize("session", ["x" * 65, "x" * 100_000, "", "a b", "../x", None, 7, ["s"], {"a": 1}])
def test_a_number_that_is_none_is_refused(client: TestClient, session: Any) -> None:
    response = join(client, session)
    assert response.status_code == 422
    assert response.json()["message"] == "请求的内容不对。"


@pytest.mark.parametrize("number", [-1, 99_999, None, "x", 1.5])
def test_a_function_that_is_none_is_refused(client: TestClient, number: Any) -> None:
    response = join(client, fn_index=number)
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'"x"'])
def test_a_body_that_is_none_is_refused(client: TestClient, body: bytes) -> None:
    response = client.post("/gradio_api/queue/join", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422


@pytest.mark.parametrize(
    "content",
    [
        {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}},
        {"url": "http://127.0.0.1:1/x", "path": "x"},
        [{"type": "file", "file": {"path": "/etc/hostname"}}],
        {"component": "image", "value": "/etc/hostname"},
    ],
)
def test_a_forged_history_opens_no_file_and_no_address(client: TestClient, content: Any) -> None:
    data = called(client)["data"]
    data[1] = [{"role": "user", "content": content, "metadata": None, "options": None}]
    assert join(client, data=data).json()["message"] == "对话里不能带文件。"


def test_a_forged_history_is_a_history_of_words(client: TestClient, library: Library) -> None:
    data = called(client)["data"]
    data[1] = [{"role": "user", "content": "<script>x</script>[a](javascript:1)"}, {"role": "system", "content": "x"}]
    library.asked.clear()
    assert join(client, data=data).status_code == 200
    told = listen(client).text
    assert library.asked == [("坚持什么导向？", ["<script>x</script>[a](javascript:1)"])] or '"success":false' in told


def test_a_full_queue_is_said_politely(client: TestClient, shell: Joining, monkeypatch: pytest.MonkeyPatch) -> None:
    gradio = next(r.app for r in shell.inner.routes if hasattr(getattr(r, "app", None), "get_blocks"))  # type: ignore[attr-defined]
    monkeypatch.setattr(gradio.get_blocks()._queue, "max_size", 0)
    response = join(client)
    assert (response.status_code, response.headers["retry-after"]) == (429, "5")
    assert response.json()["detail"] == "提问的人太多，正在排队，请过一会儿再问。"


def test_the_queue_and_its_memory_are_bounded(client: TestClient, shell: Joining) -> None:
    gradio = next(r.app for r in shell.inner.routes if hasattr(getattr(r, "app", None), "get_blocks"))  # type: ignore[attr-defined]
    found = gradio.get_blocks()
    assert (found._queue.max_size, found.state_holder.capacity) == (200, 500)
    assert found.analytics_enabled is False
    for n in range(found.state_holder.capacity + 20):
        found.state_holder[f"s{n}"]
    assert len(found.state_holder.session_data) <= found.state_holder.capacity + 1


def test_the_conversations_remembered_are_bounded(
    monkeypatch: pytest.MonkeyPatch, shell: Joining, client: TestClient
) -> None:
    monkeypatch.setattr("qa.web.joining.KEPT", 3)
    for n in range(9):
        join(client, f"n{n}")
    assert list(shell._begun) == ["n6", "n7", "n8"]


# ---- from outside ----


def test_no_websocket_is_opened(client: TestClient) -> None:
    from starlette.websockets import WebSocketDisconnect

    for path in ("/", "/gradio_api/queue/join", "/queue/join", "/ws"):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
            pass


def test_telemetry_is_off(client: TestClient) -> None:
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] in {"1", "True"}


def test_a_proxy_in_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with TestClient(create_app(Library(), Settings())) as made:
        wait(made)
        assert join(made).status_code == 200
        assert "#cite-d1" in listen(made).text


ORIGINS = ["http://stranger.test", "null", "http://testserver.stranger.test", "http://testserver:81"]


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize(
    "path", ["/", "/theme.css", "/healthz", "/gradio_api/startup-events", "/gradio_api/queue/join"]
)
def test_no_origin_is_reflected(client: TestClient, origin: str, path: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Host": "youju.test"}
    for response in (client.get(path, headers=asked), client.options(path, headers=asked)):
        assert not [name for name in response.headers if name.startswith("access-control-allow")]
