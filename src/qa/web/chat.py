"""From a question to what the chat shows: Markdown whose every character from outside is inert."""

from __future__ import annotations

import hashlib
import html
import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import quote

from qa.errors import InputError, QAError
from qa.protocols import Encoder
from qa.types import (
    Answer,
    Citation,
    Document,
    DocumentInfo,
    Hit,
    LibraryStatus,
    Scope,
    Sentence,
    Sort,
    Suggestion,
    page_kind,
)
from qa.versions import Edition
from qa.web.texts import TEXTS, Lang
from qa.web.why import sureness

log = logging.getLogger(__name__)

MAX_HISTORY = 6
"""Earlier questions handed to the assistant; older ones no longer bear on a follow-up."""

_PUNCTUATION = {ord(c): f"&#{ord(c)};" for c in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}


class Library(Protocol):
    """What the web needs of ``qa.assistant.Assistant``; tests stand a small library of real types in its place."""

    @property
    def encoder(self) -> Encoder | None: ...

    def ask(self, question: str, history: Sequence[str] = (), scope: Scope | None = None) -> Answer: ...

    def search(
        self,
        question: str,
        k: int = 10,
        history: Sequence[str] = (),
        scope: Scope | None = None,
        sort: Sort = "score",
    ) -> list[Hit]: ...

    def badges(self, doc_id: str) -> dict[str, str]: ...

    def text(self, path: str, start: int = 0, end: int | None = None) -> str: ...

    def document(self, doc_id: str) -> Document: ...

    def editions(self, doc_id: str) -> tuple[Edition, ...]: ...

    def documents(self) -> tuple[DocumentInfo, ...]: ...

    def examples(self, n: int = 6) -> list[str]: ...

    def warm_up(self) -> None: ...

    def status(self) -> LibraryStatus: ...


def tidy(question: str) -> str:
    """The question without control characters and lone surrogates, which no document holds and JSON can't carry.

    Line breaks and tabs stay. Raises InputError when nothing is left.
    """
    kept = "".join(c for c in question if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()
    if not kept:
        raise InputError("问题是空的", "请输入要问的内容，例如“四下基层指的是哪四项”")
    return kept


def inert(text: str) -> str:
    """Text as Markdown that shows exactly these characters: every ASCII sign becomes an HTML entity.

    Entities can't open a tag, a link, a list or emphasis (CommonMark 0.31 §2.5), so that a document or question can't
    either. ``html.unescape`` is the inverse for text without entities of its own making.
    """
    lines = text.translate(_PUNCTUATION).split("\n")
    return "\n".join(re.sub(r"^[ \t]+|[ \t]{2,}", lambda m: "&#160;" * len(m.group()), line) for line in lines)


def digest(text: str) -> str:
    """What a link carries of the quote, so that the server can check it once more: 16 hex digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def cite_link(c: Citation) -> str:
    """``#cite-<doc>.<start>.<end>.<digest>.<number>``: the sanitiser keeps it and the page's script reads it.

    For each other place of the quote there follows ``~<doc>.<start>.<end>``, of another edition with ``.<date>``, the
    date or 0.
    """
    places = "".join(
        f"~{quote(t.doc_id, safe='').replace('.', '%2E')}.{t.start}.{t.end}"
        + (f".{t.date or 0}" if t.kind == "edition" else "")
        for t in c.same
    )
    return f"#cite-{quote(c.doc_id, safe='')}.{c.start}.{c.end}.{digest(c.quote)}.{c.number}{places}"


def verified(library: Library, citation: Citation) -> bool:
    """Whether the quote really is what stands in the document now."""
    try:
        return library.text(citation.path, citation.start, citation.end) == citation.quote
    except QAError:
        return False


def sound(library: Library, answer: Answer) -> tuple[Answer, int]:
    """The answer without what no longer stands in the documents word for word, and how much that was."""
    good = {c.number for c in answer.quoted if verified(library, c)}
    kept: list[Sentence] = []
    dropped = 0
    for sentence in answer.sentences:
        numbers = tuple(n for n in sentence.citations if n in good)
        if not numbers:
            dropped += 1
            continue
        context = tuple(c for c in sentence.context if c.number in good)
        dropped += len(sentence.context) - len(context)
        kept.append(replace(sentence, citations=numbers, context=context))
    used = {n for sentence in kept for n in sentence.citations}
    citations = tuple(c for c in answer.citations if c.number in used)
    return replace(answer, sentences=tuple(kept), citations=citations), dropped


def answer_steps(
    library: Library,
    answer: Answer,
    lang: Lang,
    answer_id: str | None,
    root: str = "",
    kept_id: str | None = None,
) -> Iterator[str]:
    """Growing Markdown of the answer: a sentence at a time, last the whole with its sources.

    ``answer_id`` is the journal's, ``kept_id`` the one under which the page asks for more of this answer.
    """
    if answer.status == "abstained":
        yield _reading(answer, lang) + _abstention(answer, lang, root) + _actions("related", kept_id, answer_id, lang)
        return
    answer, dropped = sound(library, answer)
    cited = {c.number: c for c in answer.quoted}
    told, shown = _reading(answer, lang), ""
    for sentence in answer.sentences:
        marks = "".join(f"[[{n}]]({cite_link(cited[n])})" for n in sentence.citations)
        shown += ("\n\n" if shown else "") + "\n\n".join([*_context(sentence.context, lang), _marked(sentence) + marks])
        yield told + shown
    yield told + shown + _foot(answer, dropped, lang) + _actions("copy_answer", kept_id, answer_id, lang)


def _marked(sentence: Sentence) -> str:
    """The sentence with the clauses that answer in bold."""
    if sentence.focus is None:
        return inert(sentence.text)
    start, end = sentence.focus
    before, clause, after = sentence.text[:start], sentence.text[start:end], sentence.text[end:]
    if clause != clause.strip() or not clause:
        return inert(sentence.text)
    # A tag, not stars: CommonMark closes none between a mark and a letter, and the style sheet makes them headings.
    return f"{inert(before)}<b>{inert(clause)}</b>{inert(after)}"


def _context(found: Sequence[Citation], lang: Lang) -> list[str]:
    """Lines in small type above the sentence that leans on them; the first says what they are."""
    return [
        f"<small>{'' if at else TEXTS[lang]['context']}{inert(c.quote)}</small>[[{c.number}]]({cite_link(c)})"
        for at, c in enumerate(found)
    ]


def error_text(error: QAError, lang: Lang) -> str:
    """An error as a message in the chat."""
    todo = f"\n\n{inert(error.todo)}。" if error.todo else ""
    return f"**{TEXTS[lang]['failed']}**\n\n{inert(error.what)}。{todo}"


def questions(messages: Sequence[Any]) -> list[str]:
    """The user's earlier questions, oldest first, out of the chat's messages (which come from the browser)."""
    own = (m for m in messages if isinstance(m, dict) and m.get("role") == "user")
    found = (html.unescape(_plain(m.get("content"))).replace("\xa0", " ") for m in own)
    return [q for q in found if q.strip()][-MAX_HISTORY:]


def _plain(content: Any) -> str:
    """Gradio hands a message's content back as a string or as parts of {"type": "text", "text": …}."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return str(content.get("text", ""))
    return "".join(_plain(part) for part in content) if isinstance(content, list) else ""


def _reading(answer: Answer, lang: Lang) -> str:
    """Above the answer: how the question was searched otherwise than typed, and what to know before a quote is used."""
    t = TEXTS[lang]
    notes = f"*{t['reading']}{t['colon']}{inert('；'.join(answer.notes))}*\n\n" if answer.notes else ""
    return notes + "".join(f"> {inert(warning)}\n\n" for warning in answer.warnings)


def _foot(answer: Answer, dropped: int, lang: Lang) -> str:
    t = TEXTS[lang]
    lines = [f"\n\n**{t['sources']}**\n"] if answer.quoted else [f"**{t['failed']}**\n"]
    places: dict[str, list[Citation]] = {}
    for c in answer.quoted:
        places.setdefault(source_line(c, lang), []).append(c)
    for place, cited in places.items():
        marks = "".join(f"[[{c.number}]]({cite_link(c)})" for c in cited)
        lines.append(f"- {marks} [{inert(place)}]({cite_link(cited[0])}){_badges(cited[0], lang)}")
    notes = [f"{t['sure']}{t['colon']}{sureness(answer, lang)[0]}"] if answer.quoted else []
    notes += [f"{t['caution']}{t['colon']}{inert(answer.reason)}"] if answer.reason else []
    notes += [t["dropped"].format(count=dropped)] if dropped else []
    lines += [f"\n*{note}*" for note in notes]
    return "\n".join(lines)


def _badges(c: Citation, lang: Lang) -> str:
    """「 云政〔2024〕3号 · 2024-05-01 `现行`」: the status as code, which the style sheet makes a badge."""
    told = " · ".join(c.facts[name] for name in ("number", "date") if name in c.facts)
    status = TEXTS[lang].get(f"status_{c.facts.get('status')}")
    return (f" {inert(told)}" if told else "") + (f" `{status}`" if status else "")


def source_line(c: Citation, lang: Lang) -> str:
    """``文件 › 一、 › （二） · 第 3 页``."""
    crumbs = " › ".join([c.title or c.path, *c.breadcrumb])
    return crumbs + (f" · {TEXTS[lang][page_kind(c.path)].format(page=c.page)}" if c.page else "")


def _abstention(answer: Answer, lang: Lang, root: str) -> str:
    t = TEXTS[lang]
    parts = [f"**{t['abstain']}**"]
    if answer.reason:
        parts.append(inert(answer.reason))
    if not all(term in (answer.reason or "") for term in answer.missing):
        parts.append(f"{t['missing']}{t['colon']}" + t["why_and"].join(f"“{inert(term)}”" for term in answer.missing))
    if answer.suggestions:
        parts.append(f"**{t['nearest']}**\n\n" + "\n".join(_suggestion(s, root) for s in answer.suggestions))
    return "\n\n".join(parts)


def _suggestion(s: Suggestion, root: str) -> str:
    return f"- [{inert(s.title)} › {inert(s.heading)}]({root}/doc/{quote(s.doc_id, safe='')}#s{s.start})"


def _actions(key: str, kept_id: str | None, answer_id: str | None, lang: Lang) -> str:
    """One line below the answer: what to do with it (the page's script knows it by this link), and the votes."""
    more = f"[{TEXTS[lang][key]}](#answer-{kept_id})" if kept_id else ""
    line = f"{more} {_feedback(answer_id, lang).strip()}".strip()
    return f"\n\n{line}" if line else ""


def _feedback(answer_id: str | None, lang: Lang) -> str:
    if answer_id is None:
        return ""
    t = TEXTS[lang]
    kinds = (("helpful", "good"), ("unhelpful", "bad"), ("citation_wrong", "wrong"))
    return "\n\n" + " ".join(f"[{t[name]}](#{verdict}-{answer_id})" for name, verdict in kinds)
