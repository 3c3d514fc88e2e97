"""The users' file: who may log in, which programs may call. One line a user, passwords and keys only by their hashes.

``name:role:hash``, "#" begins a remark. The file is written anew and put in place at once, so nobody reads half of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from qa.errors import InputError

Role = Literal["reader", "admin", "program"]
ROLES: tuple[Role, ...] = get_args(Role)
MOST = 10_000
"""Users; the whole file is in memory."""
KEY = "yj_"
"""How a program's key begins, so that one can be told when it turns up where it shouldn't."""

TODO = "每行是 名字:角色:摘要，名字不重复；请用 python -m qa user"
HINT = "请检查文件夹的权限，或用 QA_USERS_FILE 换个地方"
_NAME = re.compile(r"[\w.@-][\w .@-]{0,62}[\w.@-]|[\w.@-]")
_HEAD = "# 有据的登录名单：名字:角色:摘要。请用 python -m qa user 修改。\n"


@dataclass(frozen=True, slots=True)
class User:
    """``hash`` is an argon2 or scrypt hash of the password; of a program ``sha256:`` and the digest of its key."""

    name: str
    role: Role
    hash: str


def checked_name(name: str) -> str:
    """Raises InputError for what can't stand in the file or would look like another."""
    if not _NAME.fullmatch(name):
        raise InputError(f"名字“{name}”不能用", "请用 1–64 个汉字、字母、数字或 . _ @ -，首尾不留空格")
    return name


def read(path: Path) -> dict[str, User]:
    """Name → user; empty where there is no file. Raises InputError that names the line that can't be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"登录名单 {path} 读不了（{error}）", "请检查权限，文件存为 UTF-8") from error
    found: dict[str, User] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, rest = line.strip().partition(":")
        role, _, kept = rest.partition(":")
        if not _NAME.fullmatch(name) or role not in ROLES or not kept or name in found or len(found) >= MOST:
            raise InputError(
                f"登录名单 {path} 第 {number} 行有误", "每行是 名字:角色:摘要，名字不重复；请用 python -m qa user"
            )
        found[name] = User(name, role, kept)
    return found


def write(path: Path, users: Iterable[User]) -> None:
    """Replace the file at once, readable by its owner alone. Raises InputError where it can't be written."""
    text = _HEAD + "".join(f"{user.name}:{user.role}:{user.hash}\n" for user in users)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise InputError(
            f"登录名单 {path} 写不了（{error.strerror}）", "请检查文件夹的权限，或用 QA_USERS_FILE 换个地方"
        ) from error


def new_key() -> tuple[str, str]:
    """(a program's key, what is kept of it). 256 random bits need no slow hash: they can't be guessed."""
    key = KEY + secrets.token_urlsafe(32)
    return key, kept_key(key)


def kept_key(key: str) -> str:
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class Users:
    """The file as it stands now: read again when it has changed. Safe to use from several threads.

    A file that can't be read any more lets nobody in, and says so by raising InputError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._users: dict[str, User] = {}
        self._keys: dict[str, User] = {}

    def all(self) -> dict[str, User]:
        return self._now()[0]

    def get(self, name: str) -> User | None:
        return self._now()[0].get(name)

    def of_key(self, key: str) -> User | None:
        """The program whose key it is; looked up by its digest, which tells a watch nothing of other keys."""
        return self._now()[1].get(kept_key(key)) if key.startswith(KEY) and len(key) < 100 else None

    def _now(self) -> tuple[dict[str, User], dict[str, User]]:
        seen = _stamp(self.path)
        with self._lock:
            if seen != self._seen:
                self._users = read(self.path)
                self._keys = {user.hash: user for user in self._users.values() if user.role == "program"}
                self._seen = seen
            return self._users, self._keys


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino
