"""The administrator's pages: what has no answer, how fast, what readers say; measuring with one's own questions."""

from qa.web.admin.routes import routes

__all__ = ["routes"]
