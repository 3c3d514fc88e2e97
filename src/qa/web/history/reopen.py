"""A kept conversation on its way back into the chat: checked and kept under new ids, then rendered from those."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from qa.errors import QAError
from qa.web.chat import Library, answer_steps, error_text, sound
from qa.web.history.turns import TurnIn, rebuilt
from qa.web.kept import Kept, told
from qa.web.texts import Lang

SHOWN = 20
"""Turns that are put back into the chat, the newest: as many as it keeps while it is talked in (blocks.KEEP)."""
_ID = re.compile(r"[0-9a-f]{32}")


def reopen(library: Library, kept: Kept, turns: Sequence[TurnIn], lang: Lang) -> dict[str, Any]:
    """Its newest answers as /api/answers gives them, each under a new id, and how many of their quotes are gone."""
    answers = rebuilt(library, turns[-SHOWN:])
    quotes = sum(len(answer.quoted) for answer in answers)
    stand = sum(len(sound(library, answer)[0].quoted) for answer in answers)
    told_ = [told(library, answer, kept.keep(answer), lang) for answer in answers]
    return {"answers": told_, "shown": len(answers), "quotes": quotes, "lost": quotes - stand}


def reopened(library: Library, kept: Kept, ids: str, lang: Lang, root: str) -> Iterator[tuple[str, str]]:
    """Question and Markdown of each answer that ``ids`` names, parted by blanks; nothing else comes from the page."""
    for answer_id in _ID.findall(ids)[:SHOWN]:
        try:
            answer = kept.get(answer_id)
            *_, whole = answer_steps(library, answer, lang, None, root, answer_id)
            yield answer.question, whole
        except QAError as error:
            yield "…", error_text(error, lang)
