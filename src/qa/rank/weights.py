"""How telling the words of a question are in this library."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qa.protocols import LexicalIndex
from qa.query import Query

# Words that ask or count and name nothing: 「时候」 (of 什么时候), 「几天」, 「多长时间」, 「四项」, 「2024」.
ASKING = re.compile(
    r"时候|时间|东西|事情|地方|意思|[多几哪第].*|[\d.]+|[一二两三四五六七八九十百\d]+[\u4e00-\u9fff]{1,2}"
)


@dataclass(frozen=True, slots=True)
class Weights:
    """Inverse document frequencies by term (BM25's form, > 0), and the words that never occur.

    ``tokens`` are those of the lexical index, single letters of names and words with figures among them (白某某, 江x0),
    which are no content words and often decide.
    """

    words: dict[str, float]
    """A word that the library does not have, but its parts (粮食产量: 粮食, 产量), counts as these."""
    context: dict[str, float]
    grams: dict[str, float]
    tokens: dict[str, float]
    missing: tuple[str, ...]
    """Words of which not even a part occurs."""
    absent: float
    """Share in [0, 1] of the words' weight that never occurs; of a word that occurs in part only the rest."""
    ceiling: float
    """The BM25 of a passage that holds all tokens often: for a scale that is the same for all questions."""
    forms: Mapping[str, str] = field(default_factory=dict)
    """Another form of some of the words: where it stands the word counts as said."""


def weigh(lexical: LexicalIndex, query: Query) -> Weights:
    """Look the question's terms up in the index. One call to it: the terms are few and the look-ups are cheap."""
    total = max(1, len(lexical))
    grams = tuple(dict.fromkeys(g for word in (query.text,) for g in _bigrams(word)))
    parts = {word: tuple(_bigrams(word)) for word in (*query.words, *query.context_words) if len(word) > 2}
    terms = list(
        dict.fromkeys(
            [*query.words, *query.context_words, *query.tokens, *grams, *(g for p in parts.values() for g in p)]
        )
    )
    counts = dict(zip(terms, lexical.frequency(terms), strict=True))

    def frequency(word: str) -> int:
        count = counts[word]
        if count or word not in parts:
            return count
        # A long word that the index split otherwise: it can be no more frequent than its rarest bigram.
        return min((counts[gram] for gram in parts[word]), default=0)

    def idf(count: int) -> float:
        return math.log(1 + (total - count + 0.5) / (count + 0.5))

    known = [token for token in query.tokens if len(token) > 1 and counts[token]]
    words: dict[str, float] = {}
    gaps: dict[str, float] = {}
    for word in query.words:
        count = frequency(word)
        pieces = _parts(word, known) if count == 0 else []
        # Of 思政组 思政 will do; of a name without its first letter, the surname, another may be meant.
        if pieces and "".join(pieces) in (word, word[:-1]):
            words |= {part: idf(counts[part]) for part in pieces}
            continue
        words[word] = idf(count)
        if count == 0 and not ASKING.fullmatch(word):
            gaps[word] = 1 - sum(map(len, pieces)) / len(word)
    return Weights(
        words=words,
        context={word: idf(frequency(word)) for word in query.context_words},
        grams={gram: idf(counts[gram]) for gram in grams if counts[gram]},
        tokens={token: idf(counts[token]) for token in query.tokens if counts[token]},
        missing=tuple(word for word, gap in gaps.items() if gap == 1),
        absent=sum(words[word] * gap for word, gap in gaps.items()) / (sum(words.values()) or 1.0),
        ceiling=max(1e-6, sum(2.2 * idf(counts[token]) for token in query.tokens if counts[token])),
        forms=dict(query.forms),
    )


def _parts(word: str, known: Sequence[str]) -> list[str]:
    """Tokens that the library has, side by side in the word, the longest first at each letter."""
    found, at = [], 0
    while at < len(word):
        part = max((token for token in known if word.startswith(token, at)), key=len, default="")
        found += [part] if part else []
        at += len(part) or 1
    return found


def coverage(text: str, weights: dict[str, float], forms: Mapping[str, str] | None = None) -> float:
    """Share in [0, 1] of the terms' weight that occurs in ``text``, in their ``forms`` if not as they are; 0 without
    terms."""
    whole = sum(weights.values())
    if not whole:
        return 0.0
    found = sum(weight for term, weight in weights.items() if term in text)
    if forms:
        found += sum(weights.get(term, 0.0) for term, other in forms.items() if term not in text and other in text)
    return found / whole


def _bigrams(text: str) -> Sequence[str]:
    """Pairs of neighbouring Chinese characters."""
    return [text[i : i + 2] for i in range(len(text) - 1) if _is_han(text[i]) and _is_han(text[i + 1])]


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or char == "〇"
