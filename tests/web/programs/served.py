"""What the tests of one server share."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from library import Library

from qa.journal import Journal


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    library: Library
    journal: Journal


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """On a thread of its own: a browser opened by an earlier test keeps a loop running on the main one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
