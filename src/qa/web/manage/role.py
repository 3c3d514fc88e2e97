"""Who may read, and who may change the library: somebody at this machine, with a password, or named by the proxy.

Without a password on a shared host nobody may change anything.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from starlette.requests import Request

from qa.errors import QAError
from qa.settings import Settings
from qa.users import User
from qa.web.who.accounts import Accounts, Tries, mark
from qa.web.who.person import Person
from qa.web.who.sso import Sso

Mode = Literal["local", "password", "sso", "off"]

COOKIE = "youju_session"
LASTS = 12 * 3600
"""Seconds until one has to log in again: a working day."""
KNOWN = 10_000
"""Ended sessions kept in memory, at most."""
FORWARDED = (
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "x-original-host",
)


class Refused(QAError):
    """Not allowed to do this."""

    code = "forbidden"
    status = 403


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. ``user`` is empty for those who may only look; ``csrf`` is what each change must carry."""

    mode: Mode
    user: str
    host: str
    csrf: str
    cookie: str = ""

    @property
    def may(self) -> bool:
        return bool(self.user)


class Roles:
    """Sessions are signed with a key of this process: they end with it, and with a new password."""

    def __init__(self, settings: Settings) -> None:
        self.accounts = Accounts(settings)
        self._settings = settings
        self._sso = Sso.of(settings)
        self._tries = Tries()
        self._key = secrets.token_bytes(32)
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()
        self._slow = threading.Lock()

    def mode(self, request: Request) -> Mode:
        """How one gets to change things over this connection."""
        if self._settings.auth == "header":
            return "sso"
        if self._settings.auth == "password" or self._settings.admin_password_hash:
            return "password"
        return "local" if self._is_local(request) else "off"

    def person(self, request: Request) -> Person | None:
        """Who reads; None for those who are not let in."""
        host, auth = address(request), self._settings.auth
        mode = self.mode(request)
        if auth == "header" and (named := self._sso.who(request)) is not None:
            return Person(named[0], named[1], "sso", host, self._csrf(f"sso {named[0]}"))
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        if auth != "open" and kind.lower() == "bearer":
            program = self.accounts.users.of_key(key.strip())
            return Person(program.name, False, "key", host) if program is not None else None
        if mode == "password" and (session := self._session(request)) is not None:
            user, number = session
            return Person(user.name, user.role == "admin", "password", host, self._csrf(number))
        return Person("", mode == "local", "open", host) if auth == "open" else None

    def visitor(self, request: Request) -> Visitor:
        """Who asks; in "local" mode a session is begun where there is none (``cookie`` is then to be set)."""
        mode, host = self.mode(request), address(request)
        if mode in {"password", "sso"}:
            person = self.person(request)
            may = person is not None and person.admin
            return Visitor(mode, person.name if person and may else "", host, person.csrf if person and may else "")
        found = self._read(request.cookies.get(COOKIE, ""))
        if found is not None and found["mode"] == mode:
            return Visitor(mode, found["user"], host, self._csrf(found["id"]))
        if mode != "local":
            return Visitor(mode, "", host, "")
        cookie, number = self._signed("本机用户", mode)
        return Visitor(mode, "本机用户", host, self._csrf(number), cookie)

    def log_in(self, request: Request, name: str, password: str) -> str:
        """The cookie of a new session; one that came with the request ends.

        Raises Refused for a wrong name or password, TooManyTries after several.
        """
        host = address(request)
        self._same_origin(request)
        with self._slow:  # counted before the next may try: many at once are no more guesses than one by one
            left = self._tries.left(host, name)
            user = self.accounts.enter(name, password)
            if user is None:
                self._tries.wrong(host, name)
                raise Refused("用户名或密码不对", f"还可以试 {left - 1} 次")
            self._tries.right(host, name)
        self.log_out(request)
        return self._signed(user.name, "password", mark(user, self._key))[0]

    def form_token(self, cookie: str) -> str:
        """What the login form must carry, so that no other site's form can log somebody in."""
        return self._mac("login", cookie)

    def _session(self, request: Request) -> tuple[User, str] | None:
        found = self._read(request.cookies.get(COOKIE, ""))
        if found is None or found["mode"] != "password":
            return None
        user = self.accounts.get(found["user"])
        known = user is not None and hmac.compare_digest(mark(user, self._key), found["mark"])
        return (user, found["id"]) if user is not None and known else None

    def log_out(self, request: Request) -> None:
        found = self._read(request.cookies.get(COOKIE, ""))
        if found is not None:
            with self._lock:
                self._ended[found["id"]] = float(found["until"])
                while len(self._ended) > KNOWN:
                    self._ended.popitem(last=False)

    def check(self, request: Request) -> Visitor:
        """Who asks for a change. Raises Refused unless they may and the request comes from our own page."""
        visitor = self.visitor(request)
        if not visitor.may or visitor.cookie:
            todo = "请重新登录" if visitor.mode == "password" else "请刷新本页再试"
            raise Refused("没有权限，或页面已经过期", todo if visitor.mode != "off" else HOW)
        self._same_origin(request)
        given = request.headers.get("x-csrf-token", "")
        if not hmac.compare_digest(given.encode(), visitor.csrf.encode()):
            raise Refused("页面已经过期", "请刷新本页再试")
        return visitor

    def _same_origin(self, request: Request) -> None:
        """Browsers say where a request comes from; another site's is refused though a cookie came with it."""
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise Refused("请求来自别的网站", "请从本页操作")
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc not in _names(request):
            raise Refused("请求来自别的网站", "请从本页操作；经过网关时请让它原样传递 Host")

    def _is_local(self, request: Request) -> bool:
        """Somebody at this machine, and no proxy between: it would make everybody look like that.

        The name asked for must be this machine's too, else another site's page could have its own name lead here. nginx
        passes requests on as HTTP/1.0 and without a mark unless told otherwise; no browser speaks that.
        """
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        client = request.client.host if request.client else ""
        return (
            all(is_loopback(name) for name in (self._settings.host, host, client))
            and not self._settings.root_path
            and request.scope.get("http_version") != "1.0"
            and not any(name in request.headers for name in FORWARDED)
        )

    def _signed(self, user: str, mode: Mode, known_by: str = "") -> tuple[str, str]:
        number = secrets.token_hex(16)
        told = {"id": number, "user": user, "mode": mode, "mark": known_by, "until": time.time() + LASTS}
        held = json.dumps(told)
        body = base64.urlsafe_b64encode(held.encode()).rstrip(b"=").decode()
        return f"{body}.{self._mac('session', body)}", number

    def _read(self, cookie: str) -> dict[str, str] | None:
        body, _, mac = cookie.partition(".")
        if not hmac.compare_digest(mac.encode(), self._mac("session", body).encode()):
            return None
        found: dict[str, str] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        with self._lock:
            return None if found["id"] in self._ended or float(found["until"]) < time.time() else found

    def _csrf(self, number: str) -> str:
        return self._mac("change", number)

    def _mac(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


HOW = "请在本机打开本页，或运行 python -m qa password，把给出的 QA_ADMIN_PASSWORD_HASH 设好后重新启动"


def how(mode: Mode) -> str:
    """What to do to be an administrator."""
    told = {"password": "请用管理员的名字登录", "sso": "请管理员把你写进 QA_ADMIN_USERS 或 QA_ADMIN_GROUPS"}
    return told.get(mode, HOW)


def address(request: Request) -> str:
    return request.client.host if request.client else ""


def is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _names(request: Request) -> set[str]:
    """Names under which the browser may know us: that asked for, and the one a gateway says it was asked for."""
    return {request.headers.get("host", ""), request.headers.get("x-forwarded-host", "").split(",")[0].strip()} - {""}
