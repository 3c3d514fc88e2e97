"""A sign of life from a reader that rightly takes long: a page recognised, a sheet of many read.

Files are read under a limit of time (qa.build.workers). A reader that works through parts says so after each, and the
limit then counts from there; one that says nothing is stopped.
"""

from __future__ import annotations

from collections.abc import Callable


def _unheard(note: str) -> None:
    """Where nobody waits, as in a test that calls a reader."""


_listener: Callable[[str], None] = _unheard


def listen(listener: Callable[[str], None]) -> None:
    """Who is to hear the signs of this process."""
    global _listener
    _listener = listener


def going_on(note: str) -> None:
    """``note`` is Chinese for what is done: "第 12 页"."""
    _listener(note)
