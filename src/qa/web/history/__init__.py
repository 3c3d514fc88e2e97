"""Conversations that the browser keeps: opened again, and exported, with every quote checked once more."""

from qa.web.history.drawer import buttons, drawer
from qa.web.history.reopen import reopened
from qa.web.history.routes import routes

__all__ = ["buttons", "drawer", "reopened", "routes"]
