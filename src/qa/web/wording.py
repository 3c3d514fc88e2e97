"""A language model's wording under the quotes: never in their place, every character of it inert."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from qa.llm import wordable
from qa.types import Answer
from qa.web.chat import Library, cite_link, inert, verified
from qa.web.texts import TEXTS, Lang


@runtime_checkable
class Words(Protocol):
    """A library that can have its answers worded; ``words`` says whether a model is set."""

    @property
    def words(self) -> bool: ...

    def word(self, answer: Answer) -> Answer: ...


def worded(library: Library, answer: Answer) -> Answer:
    """The answer with its wording, where a model is set."""
    return library.word(answer) if isinstance(library, Words) and library.words else answer


def wording_steps(library: Library, answer: Answer, lang: Lang) -> Iterator[str]:
    """Markdown to stand below the whole answer: that it is being worded, then the wording; nothing without a model."""
    if not (isinstance(library, Words) and library.words and wordable(answer)):
        return
    yield f"\n\n*{TEXTS[lang]['wording']}*"
    yield rendered(library, library.word(answer), lang)


def rendered(library: Library, answer: Answer, lang: Lang) -> str:
    """The wording as Markdown, or why there is none. A sentence whose quote no longer stands is left out."""
    t, told = TEXTS[lang], answer.worded
    if told is None:
        return ""
    if told.problem is not None:
        return f"\n\n*{t[f'wording_{told.problem}']}*"
    good = {c.number: c for c in answer.quoted if verified(library, c)}
    shown = [s for s in told.sentences if all(n in good for n in s.citations)]
    lines = [inert(s.text) + "".join(f"[[{n}]]({cite_link(good[n])})" for n in s.citations) for s in shown]
    if not lines:
        return ""
    dropped = told.dropped + len(told.sentences) - len(shown)
    note = t["worded_note"].format(model=inert(told.model))
    if dropped:
        note += ("；" if lang == "zh" else "; ") + t["worded_dropped"].format(count=dropped)
    return f"\n\n**{t['worded']}**\n\n" + "\n\n".join(lines) + f"\n\n*{note}*"
