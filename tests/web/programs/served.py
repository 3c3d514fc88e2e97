"""What the tests of one server share."""

from __future__ import annotations

from dataclasses import dataclass

from library import Library

from qa.journal import Journal


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    library: Library
    journal: Journal
