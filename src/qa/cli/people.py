"""``python -m qa user``: the file of those who may log in."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from qa import users
from qa.cli import screen
from qa.errors import InputError
from qa.settings import Settings
from qa.users import User

_TOLD = {"reader": "读者", "admin": "管理员", "program": "程序"}


def user(args: argparse.Namespace, settings: Settings) -> int:
    known = users.read(settings.users_file)
    if args.action == "list":
        return _list(known, args.json, settings.users_file)
    if not args.name:
        raise InputError("没有给名字", f"例如 python -m qa user {args.action} 王芳")
    return _ACTIONS[args.action](args, known, settings.users_file)


def new_password(piped: bool, how: str) -> str:
    """A password typed twice, or one line of standard input (by ``how``). Raises InputError for a weak one."""
    from getpass import getpass

    from qa.password import check_strength

    if piped:
        typed = sys.stdin.readline().rstrip("\r\n")
        check_strength(typed)
        return typed
    try:
        typed = getpass("新密码：", sys.stderr)
        check_strength(typed)
        if getpass("再输一遍：", sys.stderr) != typed:
            raise InputError("两次输入的密码不一样", "请重新运行")
    except EOFError as error:
        raise InputError("没有读到密码", f"请在终端里运行，或用 {how} 从标准输入读") from error
    return typed


def _add(args: argparse.Namespace, known: dict[str, User], path: Path) -> int:
    name = users.checked_name(args.name)
    if name in known:
        raise InputError(f"名单里已有“{name}”", "换密码请用 python -m qa user passwd；换角色请先 remove 再 add")
    if len(known) >= users.MOST:
        raise InputError(f"名单已有 {len(known)} 个", "请先去掉不用的")
    made = _with_secret(name, args.role, args.stdin)
    users.write(path, [*known.values(), made])
    print(f"已加入：{name}（{_TOLD[args.role]}），名单在 {path.absolute()}", file=sys.stderr)
    return 0


def _passwd(args: argparse.Namespace, known: dict[str, User], path: Path) -> int:
    old = _known(args.name, known, path)
    made = _with_secret(old.name, old.role, args.stdin)
    users.write(path, [made if user.name == old.name else user for user in known.values()])
    print(f"已更换，{old.name} 原来的登录和密钥不再有效", file=sys.stderr)
    return 0


def _remove(args: argparse.Namespace, known: dict[str, User], path: Path) -> int:
    gone = _known(args.name, known, path)
    users.write(path, [user for user in known.values() if user.name != gone.name])
    print(f"已去掉：{gone.name}", file=sys.stderr)
    return 0


def _with_secret(name: str, role: users.Role, piped: bool) -> User:
    from qa.password import argon2

    if role != "program":
        return User(name, role, argon2(new_password(piped, "--stdin")))
    key, kept = users.new_key()
    print(key)
    print("上面是密钥，只显示这一次。程序把它放在请求头里：Authorization: Bearer 密钥", file=sys.stderr)
    return User(name, role, kept)


def _known(name: str, known: dict[str, User], path: Path) -> User:
    if name not in known:
        raise InputError(f"名单 {path} 里没有“{name}”", "用 python -m qa user list 看有哪些")
    return known[name]


def _list(known: dict[str, User], as_json: bool, path: Path) -> int:
    if as_json:
        screen.print_json([{"name": user.name, "role": user.role} for user in known.values()])
        return 0
    for one in known.values():
        print(f"{one.name}\t{_TOLD[one.role]}")
    if not known:
        print(f"名单是空的（{path.absolute()}）", file=sys.stderr)
    return 0


_ACTIONS: dict[str, Callable[[argparse.Namespace, dict[str, User], Path], int]] = {
    "add": _add,
    "remove": _remove,
    "passwd": _passwd,
}
