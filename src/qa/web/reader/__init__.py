"""The reading page: ``/doc/<id>``, its parts, its outline, search in it, citations of it and the original file."""

from qa.web.reader.html import reader
from qa.web.reader.routes import routes

__all__ = ["reader", "routes"]
