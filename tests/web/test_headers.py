"""Headers on every kind of answer, and changes that another site's page sends."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from library import Library
from starlette.routing import Mount

from qa.settings import Settings
from qa.web.app import create_app

KINDS = [
    *(("GET", "/", 200), ("GET", "/doc/d1", 200), ("GET", "/doc/none", 404), ("GET", "/library", 422)),
    *(("GET", "/healthz", 200), ("GET", "/api/v1/documents", 200), ("GET", "/api/passage?doc=d1&start=9&end=1", 422)),
    *(("GET", "/api/passage", 422), ("GET", "/nothing", 404), ("DELETE", "/healthz", 404), ("GET", "/api/docs", 200)),
    *(
        ("GET", "/ui/base.css", 200),
        ("GET", "/ui/none.css", 404),
        ("GET", "/theme.css", 200),
        ("GET", "/openapi.json", 200),
    ),
    *(
        ("GET", "/library/login", 303),
        ("GET", "/favicon.ico", 200),
        ("POST", "/api/v1/ask", 422),
        ("GET", "/assets/x.js", 404),
    ),
]


def check(headers) -> None:
    csp = headers["content-security-policy"]
    assert "unsafe-eval" not in csp
    assert "unsafe-inline" not in re.sub(r"style-src[^;]*", "", csp)
    for part in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors ",
    ):
        assert part in csp
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers
    assert "strict-transport-security" not in headers  # it would bind every other service of the host: the gateway's


@pytest.mark.parametrize(("method", "path", "status"), KINDS)
def test_each_kind_of_answer_has_every_header(client: TestClient, method: str, path: str, status: int) -> None:
    response = client.request(method, path, follow_redirects=False)
    if path == "/library/login":
        status = response.status_code
    assert response.status_code == status
    check(response.headers)
    kept = path.startswith(("/ui/", "/theme.css")) and status == 200
    assert response.headers["cache-control"] == ("no-cache" if kept else "no-store")


def test_a_body_too_large_and_a_foreign_change_have_them_too(client: TestClient) -> None:
    for response, status in (
        (client.post("/api/v1/ask", content=b"x" * 600_000), 413),
        (client.post("/api/v1/ask", json={"question": "问"}, headers={"Origin": "http://stranger.test"}), 403),
    ):
        assert response.status_code == status
        check(response.headers)


def test_an_error_of_ours_has_them_and_tells_nothing() -> None:
    library = Library()
    library.error = RuntimeError("<script>secret</script>")
    with TestClient(create_app(library, Settings()), raise_server_exceptions=False) as client:
        response = client.post("/api/v1/ask", json={"question": "问"})
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert "secret" not in response.text
    assert response.headers["cache-control"] == "no-store"
    check(response.headers)


def test_files_that_carry_a_hash_are_kept(client: TestClient) -> None:
    name = re.search(r'(?:src|href)="(?:\./|/)?(assets/[\w./-]+\.js)"', client.get("/").text)
    assert name is not None
    assert client.get(f"/{name[1]}").headers["cache-control"] == "public, max-age=31536000, immutable"


def changing(client: TestClient) -> list[tuple[str, str]]:
    """Every route of ours that changes something, from the application itself, and Gradio's."""

    def walk(routes, prefix=""):
        for route in routes:
            for method in getattr(route, "methods", None) or ():
                yield method, prefix + route.path
            if (inner := getattr(route, "original_router", None)) is not None:
                yield from walk(inner.routes)
            elif isinstance(route, Mount) and route.routes:
                yield from walk(route.routes, prefix + route.path)

    found = {(m, re.sub(r"\{.*?\}", "x", p)) for m, p in walk(client.app.routes) if m not in {"GET", "HEAD", "OPTIONS"}}
    return sorted(found | {("POST", f"/gradio_api/{name}") for name in ("queue/join", "cancel", "reset")})


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://stranger.test"},
        {"Origin": "null"},
        {"Origin": "http://testserver.stranger.test"},
        {"Origin": "http://testserver:8080"},
    ],
)
def test_no_route_is_changed_from_another_site(client: TestClient, headers: dict[str, str]) -> None:
    routes = changing(client)
    some = ("/api/v1/ask", "/api/feedback", "/login", "/v1/chat/completions")
    assert {("POST", path) for path in some} <= set(routes)
    for method, path in routes:
        assert client.request(method, path, headers=headers).status_code == 403, path


def test_our_own_page_and_programs_may_change(client: TestClient) -> None:
    for headers in (
        {},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://qa.office.test", "X-Forwarded-Host": "qa.office.test"},
    ):
        assert client.post("/api/v1/ask", json={"question": "坚持什么导向？"}, headers=headers).status_code == 200
