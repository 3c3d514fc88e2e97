"""Who may change the library, over which connection, and what every change must carry."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from library import Library

from qa.password import hashed
from qa.settings import Settings
from qa.web.app import create_app
from qa.web.manage import role
from qa.web.who import accounts

PASSWORD = "云溪县-2026-春"
KEPT = hashed(PASSWORD)
HERE = "http://127.0.0.1:7860"


def client(
    tmp_path: Path, *, base: str = HERE, peer: str = "127.0.0.1", headers: dict[str, str] | None = None, **given: object
) -> TestClient:
    (tmp_path / "资料" / "通知").mkdir(parents=True, exist_ok=True)
    (tmp_path / "资料" / "通知" / "学习.md").write_text("学习", "utf-8")
    settings = Settings(corpus=tmp_path / "资料", index=tmp_path / "index", **given)  # type: ignore[arg-type]
    app = create_app(Library(), settings)
    return TestClient(app, base_url=base, client=(peer, 40000), headers=headers, follow_redirects=False)


def token(page: str) -> str:
    return re.findall(r'"csrf": "(\w*)"', page)[0]


def log_in(c: TestClient, data: dict[str, str], headers: dict[str, str] | None = None):
    """As a browser does: the form, then what is typed into it."""
    form = re.findall(r'name="(next|token)" value="([^"]*)"', c.get("/login?next=%2Flibrary").text)
    return c.post("/login", data={**dict(form), **data}, headers=headers)


def make(c: TestClient, csrf: str | None = None, name: str = "新", **headers: str):
    csrf = token(c.get("/library").text) if csrf is None else csrf
    return c.post("/api/library/folders", json={"path": name}, headers={"X-CSRF-Token": csrf, **headers})


def test_at_this_machine_one_may(tmp_path: Path) -> None:
    c = client(tmp_path)
    page = c.get("/library")
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert 'id="yl-drop"' in page.text
    assert make(c).status_code == 201
    assert (tmp_path / "资料" / "新").is_dir()


@pytest.mark.parametrize(
    "given",
    [
        {"host": "0.0.0.0"},
        {"peer": "10.0.0.7"},
        {"base": "http://qa.office.cn"},
        {"base": "http://127.0.0.1.evil.cn"},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=10.0.0.7"}},
        {"headers": {"Via": "1.1 gateway"}},
        {"headers": {"X-Real-IP": "10.0.0.7"}},
        {"root_path": "/qa"},
    ],
)
def test_elsewhere_and_behind_a_proxy_one_may_only_look(tmp_path: Path, given: dict[str, object]) -> None:
    c = client(tmp_path, **given)  # type: ignore[arg-type]
    page = c.get("/library")
    assert page.status_code == 200
    assert "这里只能查看" in page.text
    assert "qa password" in page.text
    assert "通知" in page.text
    for sign in ('id="yl-drop"', 'class="yl-delete"', "/library/bin", "/api/library/file?"):
        assert sign not in page.text
    assert "set-cookie" not in page.headers
    assert make(c, "").status_code == 403
    for path in ("/library/bin", "/library/log"):
        assert c.get(path).status_code == 403
    assert c.get("/api/library/file", params={"path": "通知/学习.md"}).status_code == 403
    assert c.get("/api/library/bin").status_code == 403
    assert not (tmp_path / "资料" / "新").exists()


def test_a_proxy_that_leaves_no_mark_but_speaks_http_1_0(tmp_path: Path) -> None:
    from starlette.requests import Request

    scope = {"type": "http", "method": "GET", "path": "/library", "headers": [(b"host", b"127.0.0.1:7860")]}
    scope |= {"client": ("127.0.0.1", 5), "query_string": b"", "scheme": "http", "server": ("127.0.0.1", 7860)}
    roles = role.Roles(Settings())
    assert roles.mode(Request({**scope, "http_version": "1.1"})) == "local"
    assert roles.mode(Request({**scope, "http_version": "1.0"})) == "off"


CHANGES = [
    ("PUT", "/api/library/files?path=a.txt", b"1"),
    ("POST", "/api/library/folders", {"path": "新"}),
    ("POST", "/api/library/delete", {"paths": ["通知/学习.md"]}),
    ("POST", "/api/library/sync", {}),
    ("POST", "/api/library/restore", {"ids": ["20240101T000000-00000000"]}),
    ("POST", "/api/library/clear", {}),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize("wrong", ["no session", "no token", "another's token", "another site", "another origin"])
def test_no_change_without_session_and_token_from_our_own_page(
    tmp_path: Path, method: str, path: str, body: object, wrong: str
) -> None:
    c = client(tmp_path)
    csrf = token(c.get("/library").text)
    headers = {"X-CSRF-Token": csrf}
    if wrong == "no session":
        c.cookies.clear()
    elif wrong == "no token":
        headers = {}
    elif wrong == "another's token":
        headers = {"X-CSRF-Token": token(client(tmp_path).get("/library").text)}
    elif wrong == "another site":
        headers["Sec-Fetch-Site"] = "cross-site"
    else:
        headers["Origin"] = "http://127.0.0.1:9999"
    given = {"content": body} if isinstance(body, bytes) else {"json": body}
    response = c.request(method, path, headers=headers, **given)  # type: ignore[arg-type]
    assert response.status_code == 403
    assert response.json()["code"] == "forbidden"
    assert sorted(p.name for p in (tmp_path / "资料").rglob("*")) == ["学习.md", "通知"]


def test_every_change_of_the_interface_is_in_that_list(tmp_path: Path) -> None:
    paths = client(tmp_path).get("/openapi.json").json()["paths"]
    found = {
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if method not in {"get", "head"} and path.startswith("/api/library/")
    }
    assert found - {("POST", "/api/library/results")} == {(m, p.partition("?")[0]) for m, p, _ in CHANGES}


def test_with_a_password_one_logs_in_and_out(tmp_path: Path) -> None:
    c = client(tmp_path, base="http://qa.office.cn", peer="10.0.0.7", host="0.0.0.0", admin_password_hash=KEPT)
    page = c.get("/library")
    assert "登录后可以上传" in page.text
    assert make(c, "").status_code == 403
    assert c.get("/login").status_code == 200
    done = log_in(c, {"user": "admin", "password": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/library")
    assert "HttpOnly" in done.headers["set-cookie"]
    page = c.get("/library")
    assert "退出 admin" in page.text
    assert make(c).status_code == 201
    kept = dict(c.cookies)
    assert c.post("/logout", data={"csrf": "wrong"}).status_code == 303
    c.cookies.update(kept)
    assert "退出 admin" in c.get("/library").text
    c.post("/logout", data={"csrf": token(page.text)})
    c.cookies.update(kept)  # whoever kept a copy of the cookie is out too
    assert "退出 admin" not in c.get("/library").text
    assert make(c, token(page.text), "又").status_code == 403
    log = [(e.what, e.who, e.host) for e in role_events(tmp_path)]
    assert log == [("logout", "admin", "10.0.0.7"), ("folder", "admin", "10.0.0.7"), ("login", "admin", "10.0.0.7")]


def role_events(tmp_path: Path):
    from qa.audit import Audit

    return Audit(tmp_path / "index" / "audit.sqlite").events()


def test_with_a_password_this_machine_must_log_in_too(tmp_path: Path) -> None:
    c = client(tmp_path, admin_password_hash=KEPT)
    assert 'id="yl-drop"' not in c.get("/library").text
    secure = client(tmp_path, base="https://qa.office.cn", admin_password_hash=KEPT)
    done = log_in(secure, {"user": "admin", "password": PASSWORD})
    assert "Secure" in done.headers["set-cookie"]


def test_guessing_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    c = client(tmp_path, admin_password_hash=KEPT)
    for left in (4, 3, 2, 1, 0):
        wrong = log_in(c, {"user": "admin", "password": "不对的密码"})
        assert wrong.status_code == 403
        assert f"还可以试 {left} 次" in wrong.text
        assert "不对的密码" not in wrong.text
    stopped = log_in(c, {"user": "admin", "password": PASSWORD})
    assert stopped.status_code == 429
    assert "分钟后再试" in stopped.text
    now = time.monotonic()
    monkeypatch.setattr(accounts.time, "monotonic", lambda: now + accounts.WINDOW + 1)
    assert log_in(c, {"user": "admin", "password": PASSWORD}).status_code == 303
    assert [e.what for e in role_events(tmp_path)] == ["login", "refused", *["refused"] * 5]


@pytest.mark.parametrize(("user", "password"), [("root", PASSWORD), ("admin", ""), ("", ""), ("admin", "x" * 3000)])
def test_only_the_right_name_and_password(tmp_path: Path, user: str, password: str) -> None:
    c = client(tmp_path, admin_password_hash=KEPT)
    wrong = log_in(c, {"user": user, "password": password})
    assert wrong.status_code == 403
    assert "用户名或密码不对" in wrong.text
    cross = log_in(c, {"user": "admin", "password": PASSWORD}, {"Origin": "http://evil.cn"})
    assert role.COOKIE not in cross.headers.get("set-cookie", "")


def test_a_forged_or_old_session_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    c = client(tmp_path, admin_password_hash=KEPT)
    log_in(c, {"user": "admin", "password": PASSWORD})
    good = c.cookies[role.COOKIE]
    body, _, mac = good.partition(".")
    for forged in (
        body,
        f"{body}.",
        f"{body}x.{mac}",
        f"{body}.{mac[:-1]}0" if mac[-1] != "0" else f"{body}.{mac[:-1]}1",
        ".",
    ):
        c.cookies.clear()
        c.cookies.set(role.COOKIE, forged)
        assert "退出" not in c.get("/library").text
    c.cookies.clear()
    c.cookies.set(role.COOKIE, good)
    assert "退出" in c.get("/library").text
    later = time.time() + role.LASTS + 1
    monkeypatch.setattr(role.time, "time", lambda: later)
    assert "退出" not in c.get("/library").text


def test_a_long_login_form_is_refused(tmp_path: Path) -> None:
    c = client(tmp_path, admin_password_hash=KEPT)
    assert log_in(c, {"user": "a" * 5000, "password": "b"}).status_code == 422
