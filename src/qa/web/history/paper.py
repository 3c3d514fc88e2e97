"""A conversation as a document, before it is Word or Markdown: headings, paragraphs, notes that name the sources."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from qa.load.numbering import chinese
from qa.types import Answer, Citation, Sentence
from qa.web.chat import Library, sound
from qa.web.citing import reference
from qa.web.texts import TEXTS, Lang

Look = Literal["body", "aside"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``notes`` are the numbers, from 1, of the footnotes behind it; an aside is no part of the answer."""

    text: str
    look: Look = "body"
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """``notes`` are the footnotes in order; ``sources`` each place that is cited, once."""

    title: str
    chapters: tuple[Chapter, ...]
    notes: tuple[str, ...]
    heading: str
    sources: tuple[str, ...]
    foot: str
    lang: Lang


def paper(library: Library, answers: Sequence[Answer], lang: Lang, today: date) -> Paper:
    """What is exported of the answers: only quotes that stand in the library now, to the letter."""
    t, notes = TEXTS[lang], _Notes(lang)
    chapters = tuple(_chapter(library, answer, at, notes, lang) for at, answer in enumerate(answers, 1))
    status = library.status()
    values = {"date": _day(today, lang), "generation": status.generation, "documents": f"{status.documents:,}"}
    foot = t["exp_foot" if notes.told else "exp_foot_none"].format(**values)
    sources = tuple(dict.fromkeys(notes.told))
    return Paper(t["exp_heading"], chapters, tuple(notes.told), t["exp_sources"], sources, foot, lang)


class _Notes:
    """Footnotes as they come."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.told: list[str] = []

    def add(self, c: Citation) -> int:
        self.told.append(plain(reference(c, self.lang)))
        return len(self.told)


def _chapter(library: Library, answer: Answer, at: int, notes: _Notes, lang: Lang) -> Chapter:
    heading = f"{chinese(at)}、{plain(answer.question)}" if lang == "zh" else f"{at}. {plain(answer.question)}"
    return Chapter(heading, tuple(_paragraphs(library, answer, notes, lang)))


def _paragraphs(library: Library, answer: Answer, notes: _Notes, lang: Lang) -> Iterator[Paragraph]:
    t = TEXTS[lang]
    if answer.status == "abstained":
        yield Paragraph(t["exp_abstained"])
        if answer.reason:
            yield Paragraph(t["exp_caution"].format(text=plain(answer.reason)), "aside")
        return
    answer, dropped = sound(library, answer)
    cited = {c.number: c for c in answer.quoted}
    for sentence in answer.sentences:
        yield from _said(sentence, cited, notes, lang)
    told = [*map(_unmarked, answer.warnings), *([answer.reason] if answer.reason else [])]
    for text in told:
        yield Paragraph(t["exp_caution"].format(text=plain(text)), "aside")
    if dropped:
        yield Paragraph(t["exp_lost"].format(count=dropped), "aside")


def _said(sentence: Sentence, cited: dict[int, Citation], notes: _Notes, lang: Lang) -> Iterator[Paragraph]:
    """What it leans on, then the sentence; the lines of a quote that has several stay paragraphs of their own."""
    for c in sentence.context:
        yield Paragraph(TEXTS[lang]["exp_context"].format(text=c.quote), "aside", (notes.add(c),))
    *first, last = sentence.text.split("\n")
    yield from (Paragraph(line) for line in first if line.strip())
    yield Paragraph(last, "body", tuple(notes.add(cited[n]) for n in sentence.citations))


def _unmarked(warning: str) -> str:
    """A warning opens with the marks of the citations that it is about, whose numbers are the chat's own."""
    return warning.partition(" ")[2] if warning.startswith("[") else warning


def plain(text: str) -> str:
    """Outside text in one line, without characters that show nothing or turn the order of what follows.

    Those of Unicode's classes Cc, Cf, Cs, Zl, Zp, RIGHT-TO-LEFT OVERRIDE among them. A quote needs no such care: its
    text is canonical and holds none.
    """
    kept = (" " if c.isspace() else "" if unicodedata.category(c) in _UNSEEN else c for c in text)
    return " ".join("".join(kept).split())


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _day(day: date, lang: Lang) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else day.isoformat()
