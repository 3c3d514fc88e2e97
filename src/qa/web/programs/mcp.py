"""/mcp: the tools over streamable HTTP, for callers that name this machine as we know it."""

from __future__ import annotations

import asyncio
import importlib.util
import ipaddress
import logging
import socket
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse, Response
from starlette.requests import Request

from qa.errors import QAError
from qa.journal import Journal
from qa.settings import Settings
from qa.web.chat import Library
from qa.web.guard import API_LIMIT, ASGIApp, Receive, Scope, Send
from qa.web.programs.access import NotAllowed
from qa.web.programs.problem import MEDIA, internal, problem

log = logging.getLogger(__name__)


class Mcp:
    """ASGI application. The SDK takes two seconds to import and is imported at the first request that may come in.

    Each request stands for itself (no sessions): nothing grows with the number of callers.
    """

    def __init__(self, library: Library, journal: Journal | None, settings: Settings) -> None:
        self.library, self.journal = library, journal
        self.names = names_of(settings)
        self._leave = asyncio.Event()
        self._starting: asyncio.Lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._inner: ASGIApp | None = None

    async def close(self) -> None:
        self._leave.set()
        if self._task is not None:
            await self._task

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            request = Request(scope)
            check_host(request, self.names)
            inner = await self._opened()
        except QAError as error:
            return await _told(error)(scope, receive, send)
        except Exception:
            log.exception("MCP 没能启动")
            return await _told(internal())(scope, receive, send)
        return await inner(scope, receive, send)

    async def _opened(self) -> ASGIApp:
        async with self._starting:
            if self._inner is None:
                if importlib.util.find_spec("mcp") is None:
                    raise _missing()
                manager = await asyncio.to_thread(self._manager)
                ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._task = asyncio.create_task(self._hold(manager, ready))
                await ready
                self._inner = manager.handle_request
        return self._inner

    def _manager(self) -> Any:
        from mcp.server.transport_security import TransportSecuritySettings

        from qa.web.programs.tools import tools

        app = tools(self.library, self.journal)
        # The SDK's list of hosts can't say "any address in figures"; ours has been asked before.
        ours = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        app.streamable_http_app(
            json_response=True, stateless_http=True, max_request_body_size=API_LIMIT, transport_security=ours
        )
        return app.session_manager

    async def _hold(self, manager: Any, ready: asyncio.Future[None]) -> None:
        """The manager's task group belongs to one task, which stays in it until we close."""
        async with manager.run():
            ready.set_result(None)
            await self._leave.wait()
        self._inner = None


def names_of(settings: Settings) -> frozenset[str]:
    """Names by which this machine may be called, in lower case."""
    given = (name.strip().lower() for name in settings.mcp_hosts.split(","))
    return frozenset({"localhost", socket.gethostname().lower(), settings.host.lower(), *filter(None, given)})


def check_host(request: Request, names: Iterable[str]) -> None:
    """Against DNS rebinding: a page of a stranger can have its own name lead to this machine, and then read answers
    as its own. It can't have the Host be another name than its own, nor an address in figures.

    A request that says where it comes from (a browser's) has to come from the same host.
    """
    host = _name(f"//{request.headers.get('host', '')}")
    if not host or (host not in names and not _figures(host)):
        error = NotAllowed(f"这里不认识主机名 {host[:100]!r}", "请把它写进 QA_MCP_HOSTS，多个用逗号隔开")
        error.status, error.code = 421, "host"
        raise error
    origin = request.headers.get("origin")
    if origin is not None and _name(origin) != host:
        error = NotAllowed("请求来自别的网站", "MCP 不接受跨域的请求")
        error.status, error.code = 403, "forbidden"
        raise error


def _name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _figures(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _missing() -> QAError:
    error = QAError("没有安装 MCP 的组件", '请运行 pip install -e ".[mcp]"，再重新启动')
    error.status, error.code = 503, "mcp"
    return error


def _told(error: QAError) -> Response:
    return JSONResponse(problem(error), error.status, media_type=MEDIA)


def stdio(library: Library, journal: Journal | None) -> None:
    """Serve over standard input and output until the caller closes them."""
    if importlib.util.find_spec("mcp") is None:
        raise _missing()
    from qa.web.programs.tools import tools

    run: Callable[[], None] = partial(tools(library, journal).run, "stdio")
    run()
