"""Who may use the routes for programs: one hook, asked before each of them, MCP included."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request

from qa.errors import QAError

Allowed = Callable[[Request], None]
"""Raises ``NotAllowed`` for a request that may not be answered; returns for one that may."""


class NotAllowed(QAError):
    """The program has not shown who it is (401); ``status`` may be set to 403 where it has and may not."""

    code = "unauthorized"
    status = 401


def everyone(_: Request) -> None:
    """No key is asked for: what the library holds is open to whoever reaches the address, as the chat is."""
