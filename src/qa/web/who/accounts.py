"""Names and passwords, from the users' file and the setting of the one administrator; and how often one may guess."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections import OrderedDict
from functools import lru_cache

from qa.errors import QAError
from qa.password import argon2, hashed, matches
from qa.settings import Settings
from qa.users import User, Users

WINDOW = 15 * 60
"""Seconds that a wrong password is remembered."""
TRIES = 5
"""Wrong passwords from one address within the window; then it has to wait."""
TRIES_OF_NAME = 20
"""Wrong passwords for one name, from wherever: more, for else a colleague could lock one out by five mistakes."""
KNOWN = 10_000
"""Addresses and names kept in memory, at most."""


class TooManyTries(QAError):
    """Too many wrong passwords from one address, or for one name."""

    code = "wait"
    status = 429


class Accounts:
    """Everybody who has a password. Each look-up costs the same whether or not there is such a name."""

    def __init__(self, settings: Settings) -> None:
        self.users = Users(settings.users_file)
        self._settings = settings

    def get(self, name: str) -> User | None:
        """The users' file goes before the setting; programs have no password and are nobody here."""
        found = self.users.get(name)
        if found is None and self._settings.admin_password_hash and name == self._settings.admin_user:
            return User(name, "admin", self._settings.admin_password_hash)
        return None if found is None or found.role == "program" else found

    def any(self) -> bool:
        return bool(self._settings.admin_password_hash) or any(u.role != "program" for u in self.users.all().values())

    def enter(self, name: str, password: str) -> User | None:
        """The one whose password it is. To be called one at a time: each takes 32 to 64 MB."""
        found, right = self.get(name), False
        for kind in self._kinds():
            mine = found is not None and found.hash.startswith(kind)
            fits = matches(password, found.hash if found is not None and mine else _nobodys(kind))
            right = right or (mine and fits)
        return found if right else None

    def _kinds(self) -> list[str]:
        """Each kind of hash in use costs its time for every name, so that time tells nothing of one."""
        kinds = ["scrypt"] if self._settings.admin_password_hash else []
        kept = {user.hash.partition(":")[0] for user in self.users.all().values() if user.role != "program"}
        return sorted({*kinds, *("scrypt" if one == "scrypt" else "$argon2" for one in kept)})


@lru_cache
def _nobodys(kind: str) -> str:
    return hashed("nobody's password") if kind == "scrypt" else argon2("nobody's password")


def mark(user: User, key: bytes) -> str:
    """Changes with password and role: a session that bears another is over."""
    return hmac.new(key, f"{user.name}:{user.role}:{user.hash}".encode(), hashlib.sha256).hexdigest()[:24]


class Tries:
    """Wrong passwords of late, by address and by name."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def left(self, host: str, name: str) -> int:
        """How often this address may still be wrong. Raises TooManyTries where no more."""
        wrong, named = self._of(f"host {host}"), self._of(f"name {name}")
        for times, most in ((wrong, TRIES), (named, TRIES_OF_NAME)):
            if len(times) >= most:
                minutes = int((times[-most] + WINDOW - time.monotonic()) // 60) + 1
                raise TooManyTries("密码错误次数太多", f"请 {minutes} 分钟后再试")
        return min(TRIES - len(wrong), TRIES_OF_NAME - len(named))

    def wrong(self, host: str, name: str) -> None:
        for key in (f"host {host}", f"name {name}"):
            times = [*self._of(key), time.monotonic()]
            with self._lock:
                self._wrong[key] = times
                self._wrong.move_to_end(key)
                while len(self._wrong) > KNOWN:
                    self._wrong.popitem(last=False)

    def right(self, host: str, name: str) -> None:
        with self._lock:
            self._wrong.pop(f"host {host}", None)
            self._wrong.pop(f"name {name}", None)

    def _of(self, key: str) -> list[float]:
        with self._lock:
            return [at for at in self._wrong.get(key, []) if at > time.monotonic() - WINDOW]
