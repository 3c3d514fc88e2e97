"""A web page saved as one file (.mht, .mhtml): the page among its pictures and styles, and pages in its frames."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin

from qa.errors import ReadError
from qa.load.html import read_html
from qa.load.mime import Part, body_bytes, charset, header, parameter, parse, walk
from qa.types import Loaded


def read_mhtml(data: bytes) -> Loaded:
    message = parse(data, "网页归档（.mht）")
    parts = list(walk(message))
    pages = [part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise ReadError("网页归档里没有网页", "请用浏览器打开原网页，重新另存")
    start = parameter(message, "start")
    main = next((part for part in pages if start and header(part, "Content-ID") == start), pages[0])
    inner = {place: part for part in pages if part is not main for place in _places(part)}
    base = header(main, "Content-Location")

    def frame(source: str) -> bytes | None:
        try:
            part = inner.get(source, inner.get(urljoin(base, source)))
        except ValueError:  # an address that is none
            part = None
        return body_bytes(part) if part is not None else None

    loaded = read_html(body_bytes(main), charset(main), frame)
    return replace(loaded, format="mhtml", title=loaded.title or header(message, "Subject") or None)


def _places(part: Part) -> list[str]:
    """What other parts call this one."""
    return [header(part, "Content-Location"), f"cid:{header(part, 'Content-ID').strip('<>')}"]
