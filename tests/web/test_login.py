"""Who may read: nobody is asked on loopback, else by password, by a trusted proxy's word, or by a program's key."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from library import Library
from starlette.requests import Request

from qa import users
from qa.errors import InputError
from qa.journal import Journal
from qa.password import argon2
from qa.settings import Settings
from qa.users import User
from qa.web.app import create_app
from qa.web.manage.role import COOKIE
from qa.web.server import check_door, everybody_reads, peers
from qa.web.who import accounts
from qa.web.who.login import local
from qa.web.who.sso import Sso

PASSWORD = "渡口-修桥-2026"
KEY, KEPT = users.new_key()
HASH = argon2(PASSWORD)
PAGE = {"Accept": "text/html"}


def site(tmp_path: Path, base: str = "http://qa.office.cn", peer: str = "10.0.0.7", **given: object) -> TestClient:
    (tmp_path / "资料" / "通知").mkdir(parents=True, exist_ok=True)
    (tmp_path / "资料" / "通知" / "学习.md").write_text("学习", encoding="utf-8")
    file = tmp_path / "users.txt"
    if not file.exists():
        users.write(file, [User("王芳", "reader", HASH), User("李主任", "admin", HASH), User("门户", "program", KEPT)])
    places = {"corpus": tmp_path / "资料", "index": tmp_path / "index", "users_file": file, "host": "0.0.0.0"}
    settings = Settings(**{**places, **given})  # type: ignore[arg-type]
    journal = Journal(tmp_path / "index" / "journal.sqlite", names=settings.journal_names)
    app = create_app(Library(), settings, journal=journal)
    return TestClient(app, base_url=base, client=(peer, 40000), follow_redirects=False)


def enter(c: TestClient, name: str = "王芳", password: str = PASSWORD, there: str = "/", **headers: str):
    form = dict(re.findall(r'name="(next|token)" value="([^"]*)"', c.get("/login", params={"next": there}).text))
    return c.post("/login", data={**form, "user": name, "password": password}, headers=headers)


def csrf(page: str) -> str:
    return re.findall(r'name="csrf" value="(\w+)"', page)[0]


DOORS = [
    ("GET", "/"),
    ("GET", "/library"),
    ("GET", "/library/health.csv"),
    ("GET", "/doc/d1"),
    ("GET", "/admin"),
    ("GET", "/api/v1/documents"),
    ("GET", "/api/docs"),
    ("GET", "/openapi.json"),
    ("POST", "/api/v1/ask"),
    ("GET", "/api/v1/search?q=x"),
    ("GET", "/v1/models"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/embeddings"),
    ("POST", "/mcp"),
    ("POST", "/api/feedback"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data"),
    ("GET", "/assets/index.js"),
    ("PUT", "/api/library/files?path=a.txt"),
    ("GET", "/ui/../api/v1/documents"),
    ("GET", "//ui/base.css"),
    ("GET", "/login/"),
    ("GET", "/no/such/page"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_every_door_is_closed_without_a_login(tmp_path: Path, method: str, path: str) -> None:
    c = site(tmp_path, auth="password")
    refused = c.request(method, f"http://qa.office.cn{path}")
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["status"] == 401
    assert "user add" in refused.json()["detail"]
    assert "Content-Security-Policy" in refused.headers


def test_every_route_there_is_asks_for_a_login(tmp_path: Path) -> None:
    c = site(tmp_path, auth="password")
    app = c.app
    opened = set()
    for path, methods in app.openapi()["paths"].items():  # type: ignore[attr-defined]
        opened |= {path for method in methods if c.request(method, path.replace("{", "").replace("}", "")).is_success}
    assert opened == {"/healthz"}


def test_pages_lead_to_the_login_and_back(tmp_path: Path) -> None:
    c = site(tmp_path, auth="password")
    sent = c.get("/doc/d1?lang=zh", headers=PAGE)
    assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=%2Fdoc%2Fd1%3Flang%3Dzh")
    assert c.get("/ui/base.css").status_code == 200
    form = c.get(sent.headers["location"])
    assert form.status_code == 200
    assert "<script>" not in form.text
    done = enter(c, there="/doc/d1?lang=zh")
    assert (done.status_code, done.headers["location"]) == (303, "/doc/d1?lang=zh")
    cookie = next(h for h in done.headers.get_list("set-cookie") if h.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    page = c.get("/doc/d1", headers=PAGE)
    assert page.status_code == 200
    assert "退出 王芳" in page.text
    assert c.get("/login?next=//evil.cn").headers["location"] == "/"
    assert c.post("/logout", data={"csrf": "wrong"}).status_code == 303
    assert c.get("/doc/d1").status_code == 200
    kept = c.cookies[COOKIE]
    assert c.post("/logout", data={"csrf": csrf(page.text)}).headers["location"] == "/login"
    c.cookies.set(COOKIE, kept, domain="qa.office.cn")
    assert c.get("/doc/d1").status_code == 401  # whoever kept a copy is out too


@pytest.mark.parametrize(
    "there",
    [
        "//evil.cn",
        "https://evil.cn/",
        "/\\evil.cn",
        "\\\\evil.cn",
        "javascript:alert(1)",
        "/a\n//evil.cn",
        "",
        "evil",
        "/login",
    ],
)
def test_nobody_is_led_elsewhere(there: str) -> None:
    assert local(there) == "/"


def test_a_session_is_new_at_each_login(tmp_path: Path) -> None:
    c = site(tmp_path, auth="password")
    c.cookies.set(COOKIE, "chosen.beforehand", domain="qa.office.cn")
    done = enter(c)
    first = re.findall(rf"{COOKIE}=([^;]+)", " ".join(done.headers.get_list("set-cookie")))[0]
    assert first != "chosen.beforehand"
    another = site(tmp_path, auth="password")
    another.cookies.set(COOKIE, first, domain="qa.office.cn")
    assert another.get("/api/v1/documents").status_code == 401  # of another process's key
    secure = site(tmp_path, "https://qa.office.cn", auth="password")
    assert all("Secure" in one for one in enter(secure).headers.get_list("set-cookie") if "Max-Age=0" not in one)


def test_the_form_is_ours_or_nothing(tmp_path: Path) -> None:
    c = site(tmp_path, auth="password")
    bare = c.post("/login", data={"user": "王芳", "password": PASSWORD})
    assert (bare.status_code, COOKIE in " ".join(bare.headers.get_list("set-cookie"))) == (403, False)
    assert "再登录一次" in bare.text
    form = dict(re.findall(r'name="(token)" value="([^"]*)"', c.get("/login").text))
    c.cookies.set("youju_login", "0" * 32, domain="qa.office.cn")
    assert c.post("/login", data={**form, "user": "王芳", "password": PASSWORD}).status_code == 403
    assert enter(c, Origin="http://evil.cn").status_code == 403
    assert enter(c, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert enter(c, '"><script>alert(1)</script>', "不对的密码呀").text.count("<script>alert") == 0
    assert enter(c).status_code == 303


def test_guessing_is_stopped_by_address_and_by_name(tmp_path: Path) -> None:
    c = site(tmp_path, auth="password")
    for left in (4, 3, 2, 1, 0):
        assert f"还可以试 {left} 次" in enter(c, f"不认识{left}", "不对的密码").text
    assert enter(c).status_code == 429
    tries = accounts.Tries()
    for number in range(accounts.TRIES_OF_NAME):
        tries.wrong(f"10.0.0.{number}", "王芳")
    with pytest.raises(accounts.TooManyTries, match="密码错误次数太多"):
        tries.left("10.0.1.1", "王芳")
    assert tries.left("10.0.1.1", "李主任") == accounts.TRIES


def test_an_unknown_name_costs_as_much_as_a_known_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from qa.password import hashed

    site(tmp_path)
    settings = Settings(users_file=tmp_path / "users.txt", admin_password_hash=hashed(PASSWORD))
    counted: list[str] = []
    real = accounts.matches

    def counting(password: str, kept: str) -> bool:
        counted.append(kept[:6])
        return real(password, kept)

    monkeypatch.setattr(accounts, "matches", counting)
    known = accounts.Accounts(settings)
    work = {}
    for name in ("王芳", "admin", "门户", "没有的人", ""):
        counted.clear()
        found = known.enter(name, PASSWORD)
        assert (found.name if found else None) == (name if name in {"王芳", "admin"} else None)
        work[name] = sorted(counted)
    assert set(map(tuple, work.values())) == {("$argon", "scrypt")}


def test_the_file_counts_as_it_stands_now(tmp_path: Path) -> None:
    c = site(tmp_path, auth="password")
    enter(c)
    assert c.get("/api/v1/documents").status_code == 200
    file = tmp_path / "users.txt"
    before = users.read(file)
    others = [user for user in before.values() if user.name != "王芳"]
    users.write(file, [User("王芳", "reader", argon2("另一个密码-2027")), *others])
    assert c.get("/api/v1/documents").status_code == 401  # a new password ends what the old one began
    assert enter(c, password="另一个密码-2027").status_code == 303
    file.write_text("王芳：中文冒号\n", encoding="utf-8")
    broken = c.get("/api/v1/documents")
    assert (broken.status_code, "第 1 行" in broken.json()["message"]) == (503, True)
    users.write(file, others)
    assert c.get("/api/v1/documents").status_code == 401


def test_roles(tmp_path: Path) -> None:
    c = site(tmp_path, auth="password")
    enter(c)
    page = c.get("/library")
    assert 'id="yl-drop"' not in page.text
    assert c.get("/admin", headers=PAGE).status_code == 403
    make = {"json": {"path": "新"}, "headers": {"X-CSRF-Token": csrf(page.text)}}
    assert c.post("/api/library/folders", **make).status_code == 403  # type: ignore[arg-type]
    boss = site(tmp_path, auth="password")
    enter(boss, "李主任")
    page = boss.get("/library")
    assert 'id="yl-drop"' in page.text
    make["headers"] = {"X-CSRF-Token": csrf(page.text)}
    assert boss.post("/api/library/folders", **make).status_code == 201  # type: ignore[arg-type]
    assert boss.get("/admin", headers=PAGE).status_code == 200


def test_programs_come_with_a_key(tmp_path: Path) -> None:
    c = site(tmp_path, auth="password")
    good = {"Authorization": f"Bearer {KEY}"}
    assert c.get("/api/v1/documents", headers=good).status_code == 200
    assert c.post("/api/v1/ask", json={"question": "坚持什么导向"}, headers=good).status_code == 200
    for wrong in (f"Bearer {KEY}x", "Bearer ", f"Basic {KEY}", f"Bearer {KEPT}", "Bearer " + "y" * 5000):
        assert c.get("/api/v1/documents", headers={"Authorization": wrong}).status_code == 401
    assert c.get("/admin", headers=good).status_code == 403
    refused = c.post("/api/library/folders", json={"path": "新"}, headers={**good, "X-CSRF-Token": ""})
    assert refused.status_code == 403
    assert enter(c, "门户", KEY).status_code == 403
    rows = Journal(tmp_path / "index" / "journal.sqlite").rows()
    assert [(row.user, row.host) for row in rows] == [("门户", "10.0.0.7")]
    free = site(tmp_path)  # OpenAI's clients always send a key: where none is needed any will do
    assert free.get("/api/v1/documents", headers={"Authorization": "Bearer sk-none"}).status_code == 200


SSO = {"auth": "header", "trusted_proxies": "10.1.0.0/24, ::1", "admin_users": "李主任", "admin_groups": "信息中心"}


def test_single_sign_on_is_believed_of_the_proxy_alone(tmp_path: Path) -> None:
    proxy = site(tmp_path, peer="10.1.0.8", sso_groups_header="X-Groups", **SSO)
    headers = {"X-Remote-User": "王芳".encode()}
    assert proxy.post("/api/v1/ask", json={"question": "坚持什么导向"}, headers=headers).status_code == 200
    assert Journal(tmp_path / "index" / "journal.sqlite").rows()[0].user == "王芳"
    assert proxy.get("/admin", headers=headers).status_code == 403
    assert proxy.get("/admin", headers={"X-Remote-User": "李主任".encode()}).status_code == 200
    grouped = {**headers, "X-Groups": "办公室, 信息中心".encode()}
    assert 'id="yl-drop"' in proxy.get("/library", headers=grouped).text
    for refused in ({}, {"X-Remote-User": ""}, {"X-Remote-User": "a\x7fb"}):
        assert proxy.get("/api/v1/documents", headers=refused).status_code == 401
    twice = [("X-Remote-User", "wang"), ("X-Remote-User", "boss")]
    assert proxy.get("/api/v1/documents", headers=twice).status_code == 401  # type: ignore[arg-type]
    other = site(tmp_path, peer="10.1.1.8", **SSO)
    assert other.get("/api/v1/documents", headers=headers).status_code == 401
    assert "统一登录" in other.get("/login").text
    ignored = site(tmp_path, peer="10.1.0.8", auth="password")
    assert ignored.get("/api/v1/documents", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("raw", "name"),
    [("王芳".encode(), "王芳"), (b"wang", "wang"), (b"\xff\xfe", None), (b"a" * 200, None), (b" ", None)],
)
def test_a_name_is_ascii_or_utf_8(raw: bytes, name: str | None) -> None:
    scope = {"type": "http", "headers": [(b"x-remote-user", raw)], "client": ("::ffff:10.1.0.8", 1)}
    found = Sso.of(Settings(auth="header", trusted_proxies="10.1.0.8")).who(Request(scope))
    assert (found and found[0]) == name


def test_the_proxys_own_address_counts_not_what_it_forwards(tmp_path: Path) -> None:
    c = site(tmp_path, **SSO)
    settings = Settings(auth="header", trusted_proxies="10.1.0.0/24")
    headers = {"X-Remote-User": "wang", "X-Forwarded-For": "172.16.5.5"}
    through = TestClient(peers(c.app, settings), "http://qa.office.cn", client=("10.1.0.8", 1))  # type: ignore[arg-type]
    assert through.post("/api/v1/ask", json={"question": "坚持什么导向"}, headers=headers).status_code == 200
    assert Journal(tmp_path / "index" / "journal.sqlite").rows()[0].host == "172.16.5.5"
    forged = TestClient(peers(c.app, settings), "http://qa.office.cn", client=("10.9.9.9", 1))  # type: ignore[arg-type]
    headers["X-Forwarded-For"] = "10.1.0.8"
    assert forged.get("/api/v1/documents", headers=headers).status_code == 401


def test_in_a_frame_of_another_site_it_is_said_in_words(tmp_path: Path) -> None:
    c = site(tmp_path, auth="password")
    framed = c.get("/", headers={**PAGE, "Sec-Fetch-Dest": "iframe"})
    assert framed.status_code == 401
    assert "单独打开有据" in framed.text
    assert "QA_AUTH=header" in framed.text
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert 'target="_blank"' in framed.text
    assert c.get("/embed?q=1", headers=PAGE).status_code == 401
    alone = c.get("/embed?q=1", headers={**PAGE, "Sec-Fetch-Dest": "document"})
    assert (alone.status_code, alone.headers["location"]) == (303, "/login?next=%2Fembed%3Fq%3D1")


def test_health_tells_strangers_little(tmp_path: Path) -> None:
    c = site(tmp_path, auth="password")
    assert c.get("/healthz").json() == {"ok": True, "generation": 1}
    enter(c)
    assert c.get("/healthz").json()["documents"] == 1


def test_open_as_before_and_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QA_AUTH", raising=False)
    assert site(tmp_path).get("/api/v1/documents").status_code == 200
    assert everybody_reads(Settings()) == ""
    assert "没有设登录" in everybody_reads(Settings(host="0.0.0.0"))
    assert everybody_reads(Settings(host="0.0.0.0", auth="open")) == ""
    with pytest.raises(InputError, match="里却没有人"):
        check_door(Settings(auth="password", users_file=tmp_path / "none.txt"))
    check_door(Settings(auth="password", users_file=tmp_path / "users.txt"))
    wrongs = {"auth=": {"auth": "ldap"}, "QA_TRUSTED_PROXIES": {"auth": "header"}, "网段": {"trusted_proxies": "x"}}
    for told, wrong in wrongs.items():
        with pytest.raises(InputError, match=told):
            Settings.load(**wrong)


def test_names_can_be_left_out_of_the_journal(tmp_path: Path) -> None:
    c = site(tmp_path, auth="password", journal_names=False)
    c.post("/api/v1/ask", json={"question": "坚持什么导向"}, headers={"Authorization": f"Bearer {KEY}"})
    with sqlite3.connect(tmp_path / "index" / "journal.sqlite") as db:
        assert db.execute("SELECT user, host FROM answers").fetchall() == [("", "")]
    db.close()
