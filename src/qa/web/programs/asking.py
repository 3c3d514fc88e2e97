"""One question of a program: asked on a thread, kept in the journal, its answer written out or sent piece by piece."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from qa.errors import InputError, QAError
from qa.journal import Journal
from qa.types import Answer, Citation, Scope, Sentence
from qa.web.chat import MAX_HISTORY, Library, tidy, verified
from qa.web.citing import reference
from qa.web.programs.problem import internal, problem
from qa.web.texts import TEXTS
from qa.web.wording import worded

log = logging.getLogger(__name__)

T = TypeVar("T")

BEAT = 10.0
"""Seconds of silence after which a comment keeps a stream alive: proxies give up at 30 or 60."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer with its id in the journal (None: not kept) and those of its citations that are as they stand now."""

    answer: Answer
    id: str | None
    good: dict[int, Citation]

    def citation(self, c: Citation) -> dict[str, Any]:
        return {**c.to_dict(), "reference": reference(c), "verified": c.number in self.good}

    def sentence(self, s: Sentence) -> dict[str, Any]:
        return {**s.to_dict(), "context": [self.citation(c) for c in s.context]}

    def to_dict(self) -> dict[str, Any]:
        """``Answer.to_dict()`` with the answer's id, and each citation's written form and whether it is verified."""
        return {
            "id": self.id,
            **self.answer.to_dict(),
            "sentences": [self.sentence(s) for s in self.answer.sentences],
            "citations": [self.citation(c) for c in self.answer.citations],
        }


def ask(
    library: Library,
    journal: Journal | None,
    question: str,
    history: Sequence[str],
    scope: Scope,
    *,
    wordy: bool = False,
) -> Told:
    """Raises QAError. The history is cut to the last few questions, as in the chat; ``wordy``: with a model's wording,
    where one is set."""
    answer = library.ask(tidy(question), earlier(history), scope)
    good = {c.number: c for c in answer.quoted if verified(library, c)}
    kept = journal.record(answer, scope=scope.told) if journal is not None else None
    return Told(worded(library, answer) if wordy else answer, kept, good)


def earlier(history: Sequence[str]) -> list[str]:
    """The last earlier questions, without those that hold nothing."""
    kept = []
    for question in history:
        with contextlib.suppress(InputError):
            kept.append(tidy(question))
    return kept[-MAX_HISTORY:]


def lines(told: Told) -> Iterator[str]:
    """The answer as plain text, in pieces: cautions, the sentences with their marks, last the footnotes.

    A sentence that no longer stands in its document is left out.
    """
    answer, t = told.answer, TEXTS["zh"]
    for note in (*answer.notes, *answer.warnings):
        yield f"（{note}）\n"
    if answer.status == "abstained":
        yield _abstention(answer)
        return
    for sentence in answer.sentences:
        marks = "".join(f"[{n}]" for n in sentence.citations if n in told.good)
        if marks:
            context = [f"（上文：{c.quote}[{c.number}]）\n" for c in sentence.context if c.number in told.good]
            yield "".join(context) + sentence.text + marks + "\n"
    feet = "".join(f"\n[{c.number}] {reference(c)}" for c in told.good.values())
    yield feet or f"{t['failed']}。"


def _abstention(answer: Answer) -> str:
    t = TEXTS["zh"]
    parts = [f"{t['abstain']}。", *([answer.reason] if answer.reason else [])]
    if answer.suggestions:
        parts.append(f"{t['nearest']}：" + "；".join(f"{s.title} › {s.heading}" for s in answer.suggestions))
    return "\n".join(parts)


def event(name: str, data: dict[str, Any]) -> str:
    """One server-sent event; JSON holds no line break of its own."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def beating(work: Callable[[], T], beat: float) -> AsyncIterator[T | None]:
    """None each ``beat`` seconds while ``work`` runs on a thread, then its result; raises what it raises.

    Who leaves meanwhile closes the iterator: nothing waits for the thread then, and its result is dropped.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        while not (await asyncio.wait({task}, timeout=beat))[0]:
            yield None
        yield task.result()
    finally:
        task.cancel()


async def events(work: Callable[[], Told], beat: float) -> AsyncIterator[str]:
    """The stream of one answer: ``status``, then each ``citation`` before the first ``sentence`` that needs it,
    ``done`` with all of it; or ``error``."""
    yield event("status", {"stage": "searching"})
    try:
        async for told in beating(work, beat):
            if told is None:
                yield ": 正在查找\n\n"
                continue
            for piece in _pieces(told):
                yield piece
    except QAError as error:
        yield event("error", problem(error))
    except Exception:
        log.exception("回答程序的提问时内部出错")
        yield event("error", problem(internal()))


def _pieces(told: Told) -> Iterator[str]:
    answer = told.answer
    yield event("status", {"stage": "answering", "status": answer.status, "confidence": round(answer.confidence, 4)})
    by_number, sent = {c.number: c for c in answer.quoted}, set[int]()
    for index, sentence in enumerate(answer.sentences):
        for number in (*(c.number for c in sentence.context), *sentence.citations):
            if number not in sent:
                sent.add(number)
                yield event("citation", told.citation(by_number[number]))
        yield event("sentence", {"index": index, **told.sentence(sentence)})
    yield event("done", told.to_dict())
