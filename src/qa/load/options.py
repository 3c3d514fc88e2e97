"""What a reader may do beyond the file's bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

OcrMode = Literal["auto", "off"]


class Memory(Protocol):
    """Results of earlier work by key, so that a page is recognised once. Keys change with the engine's version."""

    def get(self, key: str, /) -> str | None: ...

    def put(self, key: str, value: str, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Options:
    """Attributes:
    ocr: "auto" recognises pictures of text where the extra is installed, "off" never does.
    memory: Where recognised pages are kept from run to run; None recognises anew.
    """

    ocr: OcrMode = "auto"
    memory: Memory | None = None


DEFAULTS = Options()
