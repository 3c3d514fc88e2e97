"""Text → tokens for the lexical index and for questions: one analysis for both. The only importer of jieba and rjieba.

Chinese is cut twice: into words (jieba's search mode, which also gives the words inside long words) and into character
bigrams, which find what the dictionary does not know. Everything else counts whole. Full-width and traditional forms
are folded; tokens are never shown, so folding loses nothing that a person sees.

Words are cut by rjieba, ten times as fast, where it is installed, else by jieba. Of the two's outputs only runs of
U+4E00-9FD5 are used: there they are the same (tests/test_tokens.py; 16,000 real paragraphs), elsewhere not ("7-8").
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

Cut = Callable[[str], Iterable[str]]

LONGEST = 64
"""Characters of a token that count; longer ones are identifiers or encoded data, and tantivy drops terms past 64 KB."""

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_NOT_IN_DICTIONARY = re.compile(r"[^\u4e00-\u9fd5]+")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_PLAIN = re.compile(rf"(?<!\d)\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?!\d)|[^\W_{_HAN}]+(?:\.\d+)*")
_MEASURE = re.compile(rf"(?<!\d)(\d+(?:\.\d+)?)([{_HAN}])")
_YEAR = re.compile(r"(?<![〇零一二三四五六七八九])([〇零一二三四五六七八九]{4})年")
_ORDINAL = re.compile(r"第([〇零一二两三四五六七八九十百千]{1,9}|\d{1,4})([编章节条款项届次批])")

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}

QUESTION_WORDS = frozenset(
    """
    吗 呢 吧 啊 呀 什么 甚么 啥 哪 哪些 哪个 哪种 哪里 哪儿 哪几 哪几个 哪一 哪一个 哪一年 几 几个 几条 几项
    几点 几种 几方面 多少 多大 多久 多长 多高 多远 怎 怎么 怎样 怎么样 怎么办 如何 何 何时 何地 何种 为何 为什么 为啥
    谁 是否 是不是 有没有 能否 可否 能不能 请 请问 问 问下 告诉 帮 帮忙 麻烦 想 知道 了解一下 一下 哪几条 哪几项
    哪几点 哪几种 哪几方面 what which who when where how why do does did
    """.split()
)
"""Words that say that something is asked, and not what about; no bigram is made of them."""

ASKED = re.compile(
    r"哪[一几]?[天年月日周个位家些种样项条点里儿方]|啥时候?|(?:什么|多长)时[候间]|几(?:[天年岁月号日]|个月)"
)
"""Question words that the dictionary cuts in two with what stands behind them: 「从哪天算」 → 哪, 天算."""

STOP_WORDS = QUESTION_WORDS | frozenset(
    """
    的 地 得 了 着 过 是 有 在 和 与 及 以及 并 并且 而 而且 但 但是 或 或者 也 都 就 还 又 再 很 更 最 等 等等
    之 其 所 于 以 为 被 把 将 从 向 到 由 对 对于 关于 根据 按照 通过 因为 所以 如果 虽然 那么 这 那 这个 那个
    这些 那些 这样 那样 这里 那里 该 此 各 每 个 一个 我 你 您 他 她 它 我们 你们 您们 他们 她们 它们 自己 咱们
    嘛 么 啦 哦 们 不 没 没有 要 会 能 可以 应 应该 应当 需要 让 给 跟 同 上 下 中 里 内 外 时 后 前 来 去 说 讲
    做 叫 指 指的是 即 如 像 比 则 却 只 才 已 已经 曾 曾经 正在 介绍 列举 列出 说明 简述 谈谈 说说 具体 分别
    包括 提到 提出 文中 到底 究竟 这是 那是 就是 也是 都是 还是 还有 a an the of to in on at for and or is are
    was were be
    """.split()
)
"""Words found everywhere. The bigrams that touch them are kept: without these hit@5 of BM25 fell by five in a hundred
questions on the development set."""

_MANY = 2000


def index_tokens(text: str) -> list[str]:
    """Tokens of a passage, repeated as often as they occur; no white space in any. Empty for no letters or digits."""
    text = _folded(text)
    return [*_words(text, _cutters()[0]), *_bigrams(text), *_others(text)]


def index_tokens_bulk(texts: Sequence[str]) -> list[list[str]]:
    """``index_tokens`` of each."""
    if len(texts) < _MANY:
        return [index_tokens(text) for text in texts]
    # Equal tokens become one object: a file of 10 MB takes 80 MB so and 270 MB otherwise, but a fifth more time.
    one: dict[str, str] = {}
    return [[one.setdefault(token, token) for token in index_tokens(text)] for text in texts]


def query_tokens(text: str) -> list[str]:
    """Tokens of a question: some of ``index_tokens(text)``, each once, in order of first occurrence.

    Stop words and the bigrams that touch question words are left out, unless nothing else is there.
    """
    text = _folded(text)
    found = [*_words(text, _cutters()[0]), *_bigrams(text, _asking(text)), *_others(text)]
    chosen = dict.fromkeys(token for token in found if token not in STOP_WORDS)
    return list(chosen) or list(dict.fromkeys(index_tokens(text)))


def content_words(text: str) -> list[str]:
    """The words of a question, each once, in order of first occurrence, without stop words and bigrams.

    A word of three characters and more need not be a token of a passage that holds it, cut otherwise there; its bigrams
    are. Empty where there are stop words only.
    """
    text = ASKED.sub(" ", _folded(text))
    words = [*_words(text, _cutters()[1]), *_plain(text)]
    return list(dict.fromkeys(word for word in words if word not in STOP_WORDS))


def is_word(word: str) -> bool:
    """Whether jieba's dictionary has the word; a character alone is none."""
    return len(word) > 1 and _dictionary()[0](word)


def pieces(text: str, *, guess: bool = True) -> list[str]:
    """A text cut up without rest, in order: ``"".join(pieces(text)) == text``.

    Words are jieba's; without ``guess`` only those of its dictionary, and else characters alone.
    """
    cut = _cutters()[1] if guess else _dictionary()[1]
    found: list[str] = []
    at = 0
    for gap in _NOT_IN_DICTIONARY.finditer(text):
        found += [*cut(text[at : gap.start()]), gap[0]]
        at = gap.end()
    return [*found, *cut(text[at:])]


def simplify(text: str) -> str:
    """Traditional characters as simplified ones; for questions and tokens only, never for what is shown."""
    return text if _traditional().isdisjoint(text) else _to_simplified()(text)


def _folded(text: str) -> str:
    return simplify(_LONE_SURROGATE.sub(" ", unicodedata.normalize("NFKC", text).lower()))


def _words(text: str, cut: Cut) -> list[str]:
    return [word for word in cut(_NOT_IN_DICTIONARY.sub(" ", text)) if len(word) > 1]


def _bigrams(text: str, skipped: Sequence[bool] | None = None) -> Iterator[str]:
    """Of each run of Chinese characters; a character that stands alone, and beside no figure, is its own token.

    ``skipped`` marks the characters of which no bigram is wanted.
    """
    for run in _HAN_RUN.finditer(text):
        start, end = run.span()
        if end - start == 1 and not (text[start - 1 : start].isdecimal() or text[end : end + 1].isdecimal()):
            yield run[0]
        places: Iterable[int] = range(start, end - 1)
        if skipped is not None:
            places = [left for left in places if not (skipped[left] or skipped[left + 1])]
        yield from [text[left : left + 2] for left in places]


def _others(text: str) -> Iterator[str]:
    """Latin words, numbers, a number with the character behind it ("12条"), years and ordinals in figures."""
    yield from _plain(text)
    for number, unit in _MEASURE.findall(text):
        yield number[:LONGEST] + unit
    for digits in _YEAR.findall(text):
        year = "".join(str(_DIGITS[digit]) for digit in digits)
        yield year
        yield year + "年"
    for number, unit in _ORDINAL.findall(text):
        yield f"第{_value(number)}{unit}"


def _plain(text: str) -> Iterator[str]:
    for token in _PLAIN.findall(text):
        whole = token.replace(",", "")[:LONGEST]
        yield from whole.split(".") if whole.count(".") > 1 else [whole]


def _asking(text: str) -> list[bool]:
    """For each character whether it belongs to a question word."""
    same_length = _NOT_IN_DICTIONARY.sub(lambda gap: " " * len(gap[0]), text)
    marks: list[bool] = []
    for word in _cutters()[1](same_length):
        marks += [word in QUESTION_WORDS] * len(word)
    return marks


def _value(number: str) -> int:
    """一百二十三 → 123, 一〇三 → 103, 十二 → 12, "12" → 12."""
    if number.isdecimal():
        return int(number)
    if not any(unit in number for unit in _UNITS):
        return int("".join(str(_DIGITS[digit]) for digit in number))
    total, digit = 0, 0
    for char in number:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


@cache
def _cutters() -> tuple[Cut, Cut]:
    """(search mode, plain mode)."""
    fast = _rjieba()
    return (fast.cut_for_search, fast.cut) if fast is not None else _jieba_cutters()


def _jieba_cutters() -> tuple[Cut, Cut]:
    cutter = _jieba()
    return cutter.cut_for_search, cutter.cut


@cache
def _jieba() -> Any:
    """jieba with the dictionary of its own package: left alone it would trust a file in the shared temp folder."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    return cutter


@cache
def _dictionary() -> tuple[Callable[[str], bool], Cut]:
    """(whether a word is in the dictionary, a cutter that guesses no words)."""
    fast = _rjieba()
    if fast is not None:
        return fast.has_word, lambda text: fast.cut(text, False)
    slow = _jieba()
    return lambda word: slow.FREQ.get(word, 0) > 0, lambda text: slow.cut(text, HMM=False)


@cache
def _rjieba() -> Any | None:
    """None where it is not installed; to make one reads the dictionary, 0.4 s."""
    try:
        import rjieba
    except ImportError:
        return None
    return rjieba.Jieba()


@cache
def _to_simplified() -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


@cache
def _traditional() -> frozenset[str]:
    """Characters that the conversion changes, asked one a line so that no phrase is seen."""
    every = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    simplified = _to_simplified()("\n".join(every)).split("\n")
    return frozenset(old for old, new in zip(every, simplified, strict=True) if old != new)
