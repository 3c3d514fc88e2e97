"""Search in one document, on the server: what isn't on the page yet is found too."""

from __future__ import annotations

import threading
import unicodedata

SHOWN = 5000
"""Places that are listed, 40 kB of numbers; all are counted."""


class _Folding(dict[int, str]):
    """A letter → how it is compared: without regard to case, full width and half width alike. One letter each."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = unicodedata.normalize("NFKC", letter).casefold()
        self[code] = folded if len(folded) == 1 else letter
        return self[code]


class Finder:
    """Finds words; keeps the text last searched as it is compared, for people type letter by letter."""

    def __init__(self) -> None:
        self._folding = _Folding()
        self._last: tuple[str, str] = ("", "")
        self._lock = threading.Lock()

    def __call__(self, text: str, words: str) -> tuple[int, list[int]]:
        """How often the words stand in the text, and where the first ``SHOWN`` begin; none overlap."""
        with self._lock:
            if self._last[0] is not text:
                self._last = text, text.translate(self._folding)
            folded, sought = self._last[1], words.translate(self._folding)
        if not sought:
            return 0, []
        count = folded.count(sought)
        starts: list[int] = []
        at = folded.find(sought)
        while at >= 0 and len(starts) < SHOWN:
            starts.append(at)
            at = folded.find(sought, at + len(sought))
        return count, starts
