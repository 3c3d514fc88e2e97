"""The normal form of a question: what was typed, without the accidents of typing."""

from __future__ import annotations

import re
import unicodedata

from qa.tokens import simplify

SPACES = re.compile(r"\s+")


def normalise(text: str) -> str:
    """Half-width letters and digits, simplified characters, no control or format characters, single spaces.

    NFKC is safe here, other than for documents: nobody cites an offset in a question.
    """
    flat = unicodedata.normalize("NFKC", text)
    kept = "".join(" " if unicodedata.category(char) in {"Cc", "Zs", "Zl", "Zp"} else char for char in flat)
    kept = "".join(char for char in kept if unicodedata.category(char) not in {"Cf", "Cs", "Co", "Cn"})
    return simplify(SPACES.sub(" ", kept).strip())
