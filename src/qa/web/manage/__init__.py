"""The library page: what is in the corpus folder, how well it was read, and, for those who may, changing it."""

from qa.web.manage.routes import Desk, routes

__all__ = ["Desk", "routes"]
