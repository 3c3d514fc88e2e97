"""The answer in a language model's words: asked for within bounds, checked sentence by sentence, or not shown."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field

from qa.llm.client import Failure, Server
from qa.llm.figures import plain
from qa.llm.prompts import messages
from qa.llm.reply import drafts
from qa.llm.support import Fault, Passage, check
from qa.settings import Settings
from qa.types import Answer, Citation, WordedSentence, Wording, WordingProblem

logger = logging.getLogger(__name__)

AT_ONCE = 4
"""Wordings under way; the chat has sixteen places, so twelve are always left for answers that need no model."""
FAILURES, REST = 3, 60.0
"""After so many failures one upon the other the server is left alone for so many seconds."""
LEFT = 0.5
"""Of the characters of a reply so many must stand the check; a wording with more holes than that misleads."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence of a model's with what became of it: no faults, shown."""

    text: str
    citations: tuple[int, ...]
    support: float
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class Breaker:
    """Leaves a server alone that keeps failing. Safe to use from several threads."""

    clock: Callable[[], float] = time.monotonic
    _failed: int = 0
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def resting(self) -> bool:
        with self._lock:
            return self.clock() < self._until

    def tell(self, well: bool) -> None:
        """How a call went. After a rest one failure more is enough for the next."""
        with self._lock:
            self._failed = 0 if well else self._failed + 1
            if self._failed >= FAILURES:
                self._until = self.clock() + REST


class Writer:
    """Words answers by one server. Safe to use from several threads; the caller waits at most the time set."""

    def __init__(self, server: Server, most: int, breaker: Breaker | None = None) -> None:
        self.server = server
        self._most = most
        self._breaker = breaker or Breaker()
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="llm")

    @classmethod
    def of(cls, settings: Settings) -> Writer | None:
        """None where no server is set."""
        return cls(server_of(settings), settings.llm_context) if settings.llm_base_url else None

    def word(self, answer: Answer) -> Wording | None:
        """The wording of an answer with quotes, or why there is none; None where there is nothing to word.

        Raises nothing: the quotes stand whatever becomes of it.
        """
        if not wordable(answer):
            return None
        told, given = messages(answer.question, answer.quoted, self._most)
        if not given:
            return None
        try:
            reply = self._reply(told)
            return compose(reply, [c for c in answer.quoted if c.number in given], self.server.model)
        except Failure as failure:
            return Wording(model=self.server.model, problem=failure.problem)
        except Exception:
            logger.exception("核对语言模型的转述时程序内部出错")
            return Wording(model=self.server.model, problem="broken")

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _reply(self, told: list[dict[str, str]]) -> str:
        if self._breaker.resting():
            raise Failure("resting", "接连失败，暂不再问")
        if not self._places.acquire(blocking=False):
            raise Failure("busy", f"已有 {AT_ONCE} 个转述在进行")
        future: Future[str] = self._pool.submit(self._call, told)
        try:
            # Name resolution and a server that drips can outlast the client's own times: the asker needn't.
            return future.result(self.server.whole + 1)
        except NotYet as error:
            self._note("slow", "没有按时答完")
            raise Failure("slow", "没有按时答完") from error

    def _call(self, told: list[dict[str, str]]) -> str:
        """On a thread of the pool; whatever happens the place is given back."""
        try:
            reply = self.server.complete(told)
        except Failure as failure:
            self._note(failure.problem, failure.told)
            raise
        except Exception as error:
            self._note("broken", type(error).__name__)
            raise Failure("broken", "程序内部出错") from error
        else:
            self._breaker.tell(well=True)
            return reply
        finally:
            self._places.release()

    def _note(self, problem: WordingProblem, told: str) -> None:
        self._breaker.tell(well=False)
        logger.warning("语言模型没有答上来（%s）：%s", problem, told)


def wordable(answer: Answer) -> bool:
    """An article and an outline are asked for as they stand: nobody's words are better there."""
    return answer.status == "answered" and answer.kind in ("extract", "list") and bool(answer.quoted)


def server_of(settings: Settings) -> Server:
    return Server(
        base_url=settings.llm_base_url,
        model=settings.llm_model,
        key=settings.llm_api_key.get_secret_value(),
        whole=settings.llm_timeout,
        silent=min(settings.llm_first_token, settings.llm_timeout),
    )


def judge(reply: str, citations: Sequence[Citation]) -> list[Judged]:
    """Every sentence of a reply, held against the quotes whose numbers it bears."""
    passages = {c.number: Passage.of(c) for c in citations}
    found = []
    for draft in drafts(reply):
        if not draft.safe:
            found.append(Judged(draft.text, draft.marks, 0.0, ("unsafe",)))
        elif not draft.marks or any(n not in passages for n in draft.marks):
            found.append(Judged(draft.text, draft.marks, 0.0, ("mark",)))
        else:
            verdict = check(draft.text, [passages[n] for n in draft.marks])
            found.append(Judged(draft.text, draft.marks, verdict.support, verdict.faults))
    return found


def compose(reply: str, citations: Sequence[Citation], model: str) -> Wording:
    """The wording of what stood the check, if enough did and it says more than the quotes in a row."""
    judged = judge(reply, citations)
    kept = [one for one in judged if not one.faults]
    dropped = len(judged) - len(kept)
    if not kept or sum(len(k.text) for k in kept) < LEFT * sum(len(j.text) for j in judged):
        return Wording(dropped=dropped, model=model, problem="unsupported")
    quotes = "\n".join(plain(c.quote) for c in citations)
    if all(plain(k.text).rstrip("。") in quotes for k in kept):
        return Wording(dropped=dropped, model=model)
    return Wording(tuple(WordedSentence(k.text, k.citations, k.support) for k in kept), dropped, model)
