"""The last answers by their id, for what the page asks of them later: text to copy, reasons, what to ask next."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Path, Request

from qa.answer.related import related
from qa.errors import InputError
from qa.types import Answer, Scope
from qa.web.chat import Library, sound
from qa.web.citing import reference, with_sources
from qa.web.texts import Lang
from qa.web.why import reasons, sureness

KEPT = 400
"""Answers in memory, the newest; with ten passages each about 20 KB, 8 MB in all."""
PATIENCE = 2.0
"""Seconds that a wish for related questions waits for another's: they are worked out one at a time, for they cost as
much as several answers and nobody waits for them."""


class Kept:
    """Answers by id. Safe to use from several threads."""

    def __init__(self, size: int = KEPT) -> None:
        self.size = size
        self._answers: OrderedDict[str, tuple[Answer, Scope]] = OrderedDict()
        self._related: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def keep(self, answer: Answer, answer_id: str | None = None, scope: Scope | None = None) -> str:
        """Its id: the journal's where there is one, else a new one that can't be guessed. ``scope`` was asked."""
        answer_id = answer_id or uuid.uuid4().hex
        with self._lock:
            self._answers[answer_id] = answer, scope or Scope()
            while len(self._answers) > self.size:
                gone, _ = self._answers.popitem(last=False)
                self._related.pop(gone, None)
        return answer_id

    def get(self, answer_id: str) -> Answer:
        """Raises InputError for one that was never given or is forgotten."""
        return self._get(answer_id)[0]

    def _get(self, answer_id: str) -> tuple[Answer, Scope]:
        with self._lock:
            found = self._answers.get(answer_id)
        if found is None:
            raise InputError("这个回答已经不在内存里", "请重新提问")
        return found

    def related(self, answer_id: str, library: Library) -> list[str]:
        """Questions to go on with, answered in the same scope, worked out once; none when others wait for theirs."""
        answer, scope = self._get(answer_id)
        if not self._turn.acquire(timeout=PATIENCE):
            return []
        try:
            if answer_id not in self._related:
                self._related[answer_id] = related(
                    answer, library.document, lambda question, history: library.ask(question, history, scope)
                )
            return self._related[answer_id]
        finally:
            self._turn.release()


def routes(library: Library, kept: Kept, lang_of: Callable[[Request], Lang]) -> APIRouter:
    """``/api/answers/<id>`` and what to ask next."""
    api = APIRouter()
    number = Path(pattern="^[0-9a-f]{32}$", description="回答的编号")

    @api.get("/api/answers/{answer_id}", summary="刚才的一个回答：可复制的文字、把握、理由", tags=["问答"])
    def answer(request: Request, answer_id: str = number) -> dict[str, Any]:
        return told(library, kept.get(answer_id), answer_id, lang_of(request))

    @api.get("/api/answers/{answer_id}/related", summary="接着可以问什么，都是库里答得出的", tags=["问答"])
    def go_on(answer_id: str = number) -> dict[str, Any]:
        return {"id": answer_id, "questions": kept.related(answer_id, library)}

    return api


def told(library: Library, answer: Answer, answer_id: str, lang: Lang) -> dict[str, Any]:
    """The answer as JSON with what people read of it: only what still stands in the documents word for word."""
    answer, _ = sound(library, answer)
    word, note = sureness(answer, lang)
    return {
        "id": answer_id,
        **answer.to_dict(),
        "sure": {"word": word, "note": note},
        "references": {c.number: reference(c, lang) for c in answer.quoted},
        "why": {c.number: reasons(answer, c, lang) for c in answer.quoted},
        "copy": with_sources(answer, lang),
    }
