"""Who is behind a request, where the door has found out; known to everything that runs on the request's behalf."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Way = Literal["open", "password", "sso", "key"]


@dataclass(frozen=True, slots=True)
class Person:
    """``name`` is empty where nobody has to say theirs; ``csrf`` is what a form of theirs must carry."""

    name: str
    admin: bool
    way: Way
    host: str
    csrf: str = ""


PERSON: ContextVar[Person | None] = ContextVar("youju_person", default=None)


def current() -> Person | None:
    """None outside of a request and for those who are not let in."""
    return PERSON.get()
