"""For programs: REST (/api/v1), OpenAI's protocol (/v1), MCP (/mcp). Who may come in is for ``qa.web.who.Door``."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import Route

from qa.journal import Journal
from qa.settings import Settings
from qa.web.background import Tells
from qa.web.chat import Library
from qa.web.programs.access import NotAllowed
from qa.web.programs.mcp import Mcp
from qa.web.programs.openai import openai
from qa.web.programs.rest import rest

__all__ = ["NotAllowed", "join"]


def join(
    app: FastAPI,
    library: Library,
    journal: Journal | None,
    background: Tells | None,
    settings: Settings,
) -> Mcp:
    """Add the routes to ``app``; the MCP door is to be closed when the application ends."""
    door = Mcp(library, journal, settings)
    app.mount("/api/v1", rest(library, journal, background, settings))
    app.mount("/v1", openai(library, journal))
    app.router.routes.append(Route("/mcp", door, include_in_schema=False))
    return door
