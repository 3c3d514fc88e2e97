"""Serving: the port is taken before anything slow begins, and the health check answers before the chat is ready."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import sys

from qa.audit import Audit
from qa.errors import InputError
from qa.journal import Journal
from qa.settings import Settings
from qa.watch import Watcher
from qa.web.chat import Library
from qa.web.keeper import Keeper

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
    taken = take_port(settings.host, settings.port)
    journal = Journal(settings.index / "journal.sqlite") if settings.journal else None
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
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2, ws="none")
    print(
        f"有据已启动：http://{_shown(settings.host)}:{settings.port}{settings.root_path}  （按 Ctrl+C 停止）",
        flush=True,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[taken])


def _shown(host: str) -> str:
    """The address to type into a browser on this machine."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
