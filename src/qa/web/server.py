"""Serving: the port is taken before anything slow begins, and the health check answers before the chat is ready."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import sys
from typing import Any

from qa.audit import Audit
from qa.errors import InputError
from qa.journal import Journal
from qa.settings import Settings, names_in
from qa.watch import Watcher
from qa.web.chat import Library
from qa.web.guard import ASGIApp, Receive, Scope, Send
from qa.web.keeper import Keeper
from qa.web.manage.role import is_loopback
from qa.web.who.accounts import Accounts
from qa.web.who.sso import PEER

log = logging.getLogger(__name__)

WATCHED = 50
"""Paths of one change seen in the folder that go into the record."""
OURS = 60
"""Seconds in which a change of the folder is taken for the one that was made through the page and is on record."""
_TAKEN = {errno.EADDRINUSE, 10048}
_DENIED = {errno.EACCES, 10013}


def take_port(host: str, port: int) -> socket.socket:
    """A bound socket. Raises InputError that names host and port when it can't be had."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise InputError(f"监听地址 {host!r} 无法解析", "请用 127.0.0.1（只供本机）或 0.0.0.0（供局域网）") from error
    taken = socket.socket(family, kind, proto)
    try:
        if sys.platform != "win32":
            # On Windows this option would let two servers share a port.
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(128)
    except OSError as error:
        taken.close()
        raise _refusal(host, port, error) from error
    return taken


def _refusal(host: str, port: int, error: OSError) -> InputError:
    if error.errno in _TAKEN:
        return InputError(
            f"端口 {port} 已被占用，可能是有据已经在运行，也可能是别的程序",
            f"请先打开 http://{_shown(host)}:{port} 看看；要换端口，请加 --port {port % 65535 + 1} 或设置 QA_PORT",
        )
    if error.errno in _DENIED:
        return InputError(f"没有权限使用端口 {port}", "请换 1024 以上的端口，例如 --port 7860")
    return InputError(f"不能在 {host}:{port} 上监听（{error.strerror}）", "请检查监听地址 QA_HOST 是否是本机的地址")


def serve(assistant: Library, settings: Settings) -> None:
    """Serve until interrupted. Changed files are read and lacking vectors made meanwhile, in a child process."""
    check_door(settings)
    taken = take_port(settings.host, settings.port)
    journal = None
    if settings.journal:
        path = settings.index / "journal.sqlite"
        journal = Journal(path, names=settings.journal_names, generation=lambda: assistant.status().generation)
    keeper = Keeper(settings, assistant.status)
    watcher: Watcher | None = None
    try:
        keeper.start()
        watcher = _watch(settings, keeper)
        _run(assistant, settings, taken, journal, keeper)
    finally:
        taken.close()
        if watcher is not None:
            watcher.stop()
        keeper.stop()
        if journal is not None:
            journal.close()


def _watch(settings: Settings, keeper: Keeper) -> Watcher | None:
    if not settings.watch:
        return None
    audit = Audit(settings.index / "audit.sqlite")

    def changed(paths: tuple[str, ...]) -> None:
        ours = audit.recent(OURS)
        others = [path for path in paths if path not in ours and not path.startswith(tuple(f"{own}/" for own in ours))]
        if others:
            audit.record("有据", "", "changed", others[:WATCHED])
        keeper.wish()

    return Watcher(settings.corpus, changed)


def _run(
    assistant: Library,
    settings: Settings,
    taken: socket.socket,
    journal: Journal | None,
    keeper: Keeper,
) -> None:
    import uvicorn

    from qa.web.app import create_app

    app = create_app(assistant, settings, journal=journal, keeper=keeper)
    config = uvicorn.Config(
        peers(app, settings),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        ws="none",
        proxy_headers=False,
    )
    print(
        f"有据已启动：http://{_shown(settings.host)}:{settings.port}{settings.root_path}  （按 Ctrl+C 停止）",
        flush=True,
    )
    if told := everybody_reads(settings):
        print(told, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[taken])


def peers(app: ASGIApp, settings: Settings) -> ASGIApp:
    """The visitor's address as a proxy of ours gives it, with the address that really called kept beside it."""
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    trusted = names_in(settings.trusted_proxies) or ["127.0.0.1", "::1"]
    rewritten: Any = ProxyHeadersMiddleware(app, trusted_hosts=trusted)  # type: ignore[arg-type]

    async def remembering(scope: Scope, receive: Receive, send: Send) -> None:
        scope[PEER] = scope.get("client")
        await rewritten(scope, receive, send)

    return remembering


def everybody_reads(settings: Settings) -> str:
    """What to know where the page is open to the network and nobody said that it should be; "" otherwise."""
    if is_loopback(settings.host) or "auth" in settings.model_fields_set:
        return ""
    return (
        "注意：没有设登录，能访问这个地址的人都能提问、查看资料。"
        "要登录，请设 QA_AUTH=password（见 docs/operations.md）；"
        "就是要开放，请设 QA_AUTH=open，不再提示。"
    )


def check_door(settings: Settings) -> None:
    """Raises InputError where a password is asked for and nobody has one, or the users' file can't be read."""
    if settings.auth == "password" and not Accounts(settings).any():
        raise InputError(
            f"设了 QA_AUTH=password，登录名单 {settings.users_file.absolute()} 里却没有人",
            "请运行 python -m qa user add 名字 --role admin",
        )


def _shown(host: str) -> str:
    """The address to type into a browser on this machine."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
