"""Characters that no author wrote: lost, private, control, and text read in the wrong encoding (乱码)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_REPLACED = re.compile("\ufffd")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_FILLER = re.compile("(?:锟斤拷|锟斤|烫{3,}|屯{3,}|锘挎|锟絓)+")
"""What U+FFFD in UTF-8, uninitialised memory and a byte order mark become when they are read as GBK."""


def _leads() -> str:
    """Characters that the first two bytes of a Chinese character in UTF-8 (E4–E9, 80–BF) become in GBK."""
    pairs = (bytes((lead, second)) for lead in range(0xE4, 0xEA) for second in range(0x80, 0xC0))
    made = (pair.decode("gb18030", "replace") for pair in pairs)
    return "".join(char for char in made if len(char) == 1 and char != "\ufffd")


_UNITS = (
    (re.compile(f"[{re.escape(_leads())}][^\x00-\x7f\ufffd]{{2}}"), "gb18030", "utf-8", 2),
    (re.compile("[\xe3-\xe9\xef][\x80-\xff\u0152-\u0178\u0192\u02c6-\u2122]{2}"), "cp1252", "utf-8", 1),
    (re.compile("[\xb0-\xd6\xd8-\xf6][\xa1-\xfe]"), "latin-1", "gb18030", 1),
)
"""What a few Chinese characters become when read in the wrong encoding (「的是」 in UTF-8 is 「鐨勬槸」 in GBK),
the encoding they were read in and the one they are in, and how many they are. Each find is checked by decoding it."""
_LEAST = 3
"""Finds of one kind in a file from which they count: one alone may be a rare name."""
_CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Odd:
    """Numbers of characters by kind; ``samples`` are each kind's first place, in context, in that order."""

    replaced: int = 0
    private: int = 0
    control: int = 0
    garbled: int = 0
    samples: tuple[str, ...] = ("", "", "", "")

    @property
    def total(self) -> int:
        return self.replaced + self.private + self.control + self.garbled


def odd_characters(text: str) -> Odd:
    """Count them; each character once, 乱码 before the others. Linear in the text's length."""
    spans = [match.span() for match in _FILLER.finditer(text)]
    for pattern, read_as, written_as, count in _UNITS:
        finds = [m.span() for m in pattern.finditer(text) if _meant(m.group(), read_as, written_as, count)]
        spans += finds if len(finds) >= _LEAST else []
    spans.sort()
    garbled, rest, at = 0, [], 0
    for start, end in spans:
        if end > at:
            rest.append(text[at : max(at, start)])
            garbled += end - max(at, start)
            at = end
    rest.append(text[at:])
    left = "".join(rest)
    replaced, private, control = (len(pattern.findall(left)) for pattern in (_REPLACED, _PRIVATE, _CONTROL))
    first = [match.start() if (match := p.search(text)) else -1 for p in (_REPLACED, _PRIVATE, _CONTROL)]
    samples = tuple(_around(text, at) if at >= 0 else "" for at in (*first, spans[0][0] if spans else -1))
    return Odd(replaced, private, control, garbled, samples)


def _meant(run: str, read_as: str, written_as: str, count: int) -> bool:
    """Whether its bytes are ``count`` Chinese characters in the other encoding."""
    try:
        meant = run.encode(read_as).decode(written_as)
    except UnicodeError:
        return False
    return len(meant) == count and all(_CHINESE.fullmatch(char) for char in meant)


def _around(text: str, at: int, width: int = 12) -> str:
    piece = text[max(0, at - width) : at + width].replace("\n", " ")
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in piece)
