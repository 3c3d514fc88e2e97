"""Question → what is asked: normal form, years, address, answer type, follow-up.

Rules over the words of the question alone; nothing here looks at the library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.errors import InputError
from qa.query.address import Address, find_address, find_number, only_number, says_document
from qa.query.courtesy import bare
from qa.query.normal import normalise
from qa.query.units import Unit, find_unit
from qa.query.wants import Want, find_core, find_count, find_want, is_gist, may_list
from qa.query.years import find_years
from qa.tokens import content_words, query_tokens

__all__ = ["Address", "Query", "Want", "is_follow_up", "may_follow_up", "normalise", "parse"]


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the retrievers see it.

    Attributes:
        question: As typed.
        text: Normal form: half-width, simplified, no control characters, no greeting and thanks.
        context: Normal form of the earlier question that a follow-up leans on; empty when it stands alone.
        tokens: For the lexical index, those of the context included.
        words: Content words of the question alone, in order, unique.
        context_words: Content words that only the context has.
        years: Years named, in order; a follow-up inherits its context's.
        want: The type of answer asked for.
        unit: What is to be counted, where an amount is asked for and the question says of what.
        count: How many items the question itself announces ("哪四项" → 4); None where it doesn't.
        several: The answer may be a list, though none is asked for outright: 「在什么情况下」, 「四个意识是什么」.
        core: What each member of a numbered set repeats ("四下基层" → "下基层"); None where none is named.
        address: Article, chapter or part asked for by number; None where none is.
        gist: What a whole document says is asked, not a thing in it: 「《…》讲了什么」.
        number: Document number (文号) named; None where none is.
        forms: What the library says of the question's words, which ``parse`` does not know: (word, another form of it).
        usual: The text with the library's usual form of those words; empty where it is the text itself.
        notes: What the library changed in the question; for the reader, a Chinese sentence each.
    """

    question: str
    text: str
    context: str
    tokens: tuple[str, ...]
    words: tuple[str, ...]
    context_words: tuple[str, ...]
    years: tuple[int, ...]
    want: Want
    unit: Unit | None
    count: int | None
    several: bool
    core: str | None
    address: Address | None
    gist: bool
    number: str | None
    forms: tuple[tuple[str, str], ...] = ()
    usual: str = ""
    notes: tuple[str, ...] = ()

    @property
    def meant(self) -> str:
        """Context and question as one text, in the library's usual words, for the dense retriever."""
        return f"{self.context} {self.usual or self.text}".lstrip()

    @property
    def full(self) -> str:
        """Context and question as one text, for finding documents named."""
        return f"{self.context} {self.text}" if self.context else self.text


def parse(question: str, history: Sequence[str] = (), *, lean: bool | None = None, max_chars: int = 2000) -> Query:
    """Read a question.

    Args:
        question: As typed.
        history: Earlier questions, oldest first; only the latest that stands by itself is leant on.
        lean: Whether to lean on the history; None lets ``is_follow_up`` decide.
        max_chars: Longest question taken.

    Raises:
        InputError: The question is empty, holds no letter or digit, or is too long.
    """
    if len(question) > max_chars:
        raise InputError(
            f"问题太长：{len(question)} 个字符，上限 {max_chars}", "请把问题缩短为一两句话；整段材料请放进资料夹再提问"
        )
    text = bare(normalise(question))
    if not any(char.isalnum() for char in text):
        given = "问题是空的" if not question.strip() else "问题里没有文字"
        raise InputError(given, "请用一句话写出要问什么，例如“四下基层指的是哪四项”")
    earlier = _anchor(history)
    if lean is None:
        lean = is_follow_up(text)
    context = earlier if lean and earlier != text else ""
    words = tuple(dict.fromkeys(content_words(text)))
    context_words = tuple(w for w in dict.fromkeys(content_words(context)) if w not in words) if context else ()
    tokens = dict.fromkeys(query_tokens(text))
    if context:
        tokens.update(dict.fromkeys(query_tokens(context)))
    return Query(
        question=question,
        text=text,
        context=context,
        tokens=tuple(tokens),
        words=words,
        context_words=context_words,
        years=find_years(text) or find_years(context),
        want=find_want(text),
        unit=find_unit(text),
        count=find_count(text),
        several=may_list(text),
        core=find_core(text),
        address=find_address(text),
        gist=is_gist(text) or only_number(text),
        number=find_number(text),
    )


LEAN_OPENINGS = (
    "那",
    "要是",
    "如果",
    "假如",
    "还有",
    "再",
    "它",
    "他",
    "她",
    "其",
    "这",
    "该",
    "上述",
    "对此",
    "前面",
    "刚才",
    "同",
)
DEICTIC = ("该", "这部", "那部", "这个", "那个", "此", "同")
LEAN_SIGNS = ("呢", "那块", "那个", "这个", "这些", "那些", "上面", "前者", "后者", "同一", "其中", "之后呢")


def is_follow_up(text: str) -> bool:
    """Whether a question says by its words that it goes on: a connective or pronoun in front, 呢 at its end, or an
    address (第三章) with no document that it could be in."""
    bare = text.rstrip("？?。！! ")
    address = find_address(bare)
    if address is not None:
        return not says_document(bare) or bare.startswith(DEICTIC)
    if bare.startswith(LEAN_OPENINGS) or bare.endswith("呢"):
        return True
    return len(bare) <= 14 and any(sign in bare for sign in LEAN_SIGNS)


def may_follow_up(text: str) -> bool:
    """Whether a question is so short that it may lean on an earlier one: 「标准是多少」, but also 「什么是社保」.

    What is found with and without the earlier question decides.
    """
    bare = text.rstrip("？?。！! ")
    return len(bare) <= 14 and find_address(bare) is None


def _anchor(history: Sequence[str]) -> str:
    """The latest earlier questions back to one that stands alone, joined in order (three at most)."""
    turns: list[str] = []
    for question in reversed(history):
        text = bare(normalise(question))
        if not text:
            continue
        turns.append(text)
        if not is_follow_up(text) or len(turns) == 3:
            break
    return " ".join(reversed(turns))[:400]
