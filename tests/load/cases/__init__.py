"""Files of every format and trap, made by code, each with what a person reading it would say is in it.

A module of this package makes the files of one family and lists them in ``CASES``; ``test_every_format`` reads each
through the whole of load, clean and outline and compares.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One made file.

    Attributes:
        name: File name with suffix, unique among all cases.
        make: Its bytes.
        text: The paragraphs that canonical text must hold, in order.
        pages: Text that each page opens with, for formats with pages: (page number, beginning of its first paragraph).
        outline: Headings in order, as (level, heading) of ``Section``; None where it is not what the case is about.
        accuracy: Least share of characters that must be right: 1 - edit distance / length.
        needs: Module that must be importable (an extra), or a program on the PATH written as "!soffice"; else skipped.
    """

    name: str
    make: Callable[[], bytes]
    text: tuple[str, ...]
    pages: tuple[tuple[int, str], ...] = ()
    outline: tuple[tuple[int, str], ...] | None = None
    accuracy: float = 0.995
    needs: str = ""


def cases() -> list[Case]:
    """Of all modules, in order of name."""
    found: list[Case] = []
    for module in pkgutil.iter_modules(__path__):
        found += importlib.import_module(f"{__name__}.{module.name}").CASES
    return found
