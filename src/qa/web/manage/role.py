"""Who may change the library: whoever sits at this machine, or whoever knows the password; on a shared host nobody."""

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
from qa.password import matches
from qa.settings import Settings

Mode = Literal["local", "password", "off"]

COOKIE = "youju_session"
LASTS = 12 * 3600
"""Seconds until one has to log in again: a working day."""
TRIES, WINDOW = 5, 15 * 60
"""Wrong passwords from one address within so many seconds; then it has to wait."""
KNOWN = 10_000
"""Addresses and ended sessions kept in memory, at most."""
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


class TooManyTries(QAError):
    """Too many wrong passwords from one address."""

    code = "wait"
    status = 429


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
        self._settings = settings
        self._key = secrets.token_bytes(32)
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()
        self._slow = threading.Lock()

    def mode(self, request: Request) -> Mode:
        """How one gets to change things over this connection."""
        if self._settings.admin_password_hash:
            return "password"
        return "local" if self._is_local(request) else "off"

    def visitor(self, request: Request) -> Visitor:
        """Who asks; in "local" mode a session is begun where there is none (``cookie`` is then to be set)."""
        mode, host = self.mode(request), request.client.host if request.client else ""
        found = self._read(request.cookies.get(COOKIE, ""))
        if found is not None and found["mode"] == mode:
            return Visitor(mode, found["user"], host, self._csrf(found["id"]))
        if mode != "local":
            return Visitor(mode, "", host, "")
        cookie, number = self._signed("本机用户", mode)
        return Visitor(mode, "本机用户", host, self._csrf(number), cookie)

    def log_in(self, request: Request, user: str, password: str) -> str:
        """The cookie of a new session. Raises Refused for a wrong name or password, TooManyTries after several."""
        host = request.client.host if request.client else ""
        self._same_origin(request)
        with self._lock:
            wrong = [at for at in self._wrong.get(host, []) if at > time.monotonic() - WINDOW]
        if len(wrong) >= TRIES:
            minutes = int((wrong[0] + WINDOW - time.monotonic()) // 60) + 1
            raise TooManyTries("密码错误次数太多", f"请 {minutes} 分钟后再试")
        named = hmac.compare_digest(user.encode(), self._settings.admin_user.encode())
        with self._slow:  # one at a time: each takes 32 MB, and guessing must not be quick
            right = matches(password, self._settings.admin_password_hash)
        if not (named and right):
            self._count(host, wrong)
            raise Refused("用户名或密码不对", f"还可以试 {max(0, TRIES - len(wrong) - 1)} 次")
        with self._lock:
            self._wrong.pop(host, None)
        return self._signed(self._settings.admin_user, "password")[0]

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
            raise Refused("没有权限修改资料库，或页面已经过期", todo if visitor.mode != "off" else HOW)
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

    def _count(self, host: str, wrong: list[float]) -> None:
        with self._lock:
            self._wrong[host] = [*wrong, time.monotonic()]
            self._wrong.move_to_end(host)
            while len(self._wrong) > KNOWN:
                self._wrong.popitem(last=False)

    def _signed(self, user: str, mode: Mode) -> tuple[str, str]:
        number = secrets.token_hex(16)
        held = json.dumps({"id": number, "user": user, "mode": mode, "until": time.time() + LASTS})
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
        key = self._key + self._settings.admin_password_hash.encode()
        return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


HOW = "请在本机打开本页，或运行 python -m qa password，把给出的 QA_ADMIN_PASSWORD_HASH 设好后重新启动"


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
