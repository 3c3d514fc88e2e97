"""Which of several lists is meant: features of a draft → one chance, by a fitted linear model.

``bench/fit_lists.py`` writes the weights beside this file and says in it from which questions, with which measure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.answer.drafts import Draft
from qa.errors import QAError
from qa.outline.announced import announced
from qa.query import Query
from qa.rank import Weights, coverage
from qa.rank.model import Linear, logit
from qa.types import Document, Hit

COLUMNS = (
    "lead",
    "lead_all",
    "heading",
    "opening",
    "bigrams",
    "bigrams_lead",
    "whole",
    "items",
    "untopical",
    "noun",
    "noun_alike",
    "quoted",
    "quoted_missing",
    "count_met",
    "count_unmet",
    "told_met",
    "told_unmet",
    "announces",
    "chapters",
    "sections",
    "lines",
    "paragraphs",
    "sentence",
    "sentence_lead",
    "subject",
    "defined",
    "defined_sentence",
    "members",
    "long",
    "pair",
    "many",
    "inner",
    "begins_in_hit",
    "outside",
    "rank",
    "standing",
    "denial_missing",
    "denial_added",
)
"""About one draft and the question. ``untopical``: the document's title says all that is asked, so that any of its
lists may be meant. ``told``: the number that the lead-in announces. ``denial``: 「不得」 in the question or lead-in."""

COUNTS = re.compile(r"第?[一二两三四五六七八九十百\d]+[\u4e00-\u9fff]{0,2}")
LONG = 150
"""A sentence of more characters enumerates many things by the way."""
READ = 1500
"""Characters of the items that are searched for the question's words."""
DENIES = re.compile(
    r"不(?:得|予|能|可|许|准|应|属|适用|需|必|用|管|会|给|让|承担|包括|纳入|受理|征|缴|交|收|退|享受)|禁止|免(?!疫)"
    r"|除外|例外|无需|无须"
)
DENIED = re.compile(r"是不是|能不能|要不要|可不可以|会不会|算不算")
QUOTED = re.compile(r"[“「]([^”」]{1,20})[”」]")
CONSISTS = re.compile(
    r"[，,]?(?:主要|一般|通常|具体|应当|可以|至少|大致|又|都|均)*"
    r"(?:包括|包含|是指|指的是|分为|就是|主要有|有以下|是[：:]|为[：:]|即)"
)
"""What is said to be or to consist of something: the last characters before the verb tell."""
ALIKE = (
    ("情形", "情况", "行为"),
    ("措施", "办法", "举措", "做法", "对策", "建议", "方法", "方式", "途径"),
    ("问题", "难点", "不足", "困难", "短板"),
    ("条件", "要求", "标准"),
    ("种类", "类型", "分类", "分为", "几种", "几类", "形式", "形态"),
    ("方面", "内容", "事项", "环节", "重点", "要点"),
    ("原因", "因素", "要素"),
    ("职责", "职权", "任务", "权限"),
    ("权利", "权益"),
    ("义务", "责任"),
    ("特点", "特征", "特性"),
    ("程序", "步骤", "流程", "阶段"),
    ("原则", "方针"),
    ("目标", "指标"),
    ("材料", "文件", "证件", "资料"),
)
"""What a list may be a list of; of one line, words that stand for each other in question and lead-in."""
NOUN = "|".join(word for group in ALIKE for word in group)
ASKED_NOUN = (
    re.compile(
        rf"(?:哪(?:些|几|[二两三四五六七八九十\d]+)|什么|啥|几)(?:个|项|条(?!件)|种(?!类)|类(?!型)|点|大|方面的?)?({NOUN})"
    ),
    re.compile(
        rf"({NOUN})(?:一般|主要|分别|具体|一共|总共|到底|通常|都|共)*(?:有|是|包括|包含|分为|指)(?:哪|什么|啥|几)"
    ),
)
KINDS = re.compile(r"[哪几][几二两三四五六七八九十\d]*[种类]|分(?:为|成)?(?:哪|几)")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question tells about the list it wants, read once for all drafts."""

    text: str
    words: dict[str, float]
    grams: dict[str, float]
    count: int | None
    nouns: tuple[str, ...]
    alike: tuple[str, ...]
    quoted: tuple[str, ...]
    denies: bool


def read_asked(query: Query, weights: Weights) -> Asked:
    words = {word: weight for word, weight in weights.words.items() if not COUNTS.fullmatch(word)} or weights.words
    nouns = [match[1] for pattern in ASKED_NOUN for match in pattern.finditer(query.text)]
    if KINDS.search(query.text):
        nouns.append("种类")
    alike = tuple(word for group in ALIKE if any(noun in group for noun in nouns) for word in group)
    quoted = tuple(QUOTED.findall(query.question))
    denies = bool(DENIES.search(DENIED.sub("", query.text)))
    return Asked(query.text, words, weights.grams, query.count, tuple(nouns), alike, quoted, denies)


def row(
    asked: Asked, document: Document, draft: Draft, hits: Sequence[tuple[int, Hit]], top: Hit, inner: bool
) -> tuple[float, ...]:
    """The columns named by ``COLUMNS`` for one draft.

    ``hits`` are the document's, each with its rank from 0, best first; ``top`` is the best of any document; ``inner``:
    the draft lies in an item of another list.
    """
    topic = {word: weight for word, weight in asked.words.items() if word not in document.title}
    near = f"{draft.heading}\n{draft.opening}\n{draft.lead}"
    within = document.text[draft.items[0].start : min(draft.end, draft.items[0].start + READ)]
    rest = {word: weight for word, weight in topic.items() if word not in near}
    left = sum(rest.values()) / (sum(topic.values()) or 1.0)
    sentence = draft.kind == "sentence"
    lead = coverage(draft.lead, topic)
    told = announced(draft.lead) or (None if sentence else announced(draft.heading))
    noun = any(word in near for word in asked.nouns)
    quoted = any(term in near or term in within for term in asked.quoted)
    denied = bool(DENIES.search(near))
    return (
        0.0 if sentence else lead,
        coverage(draft.lead, asked.words),
        coverage(draft.heading, topic),
        coverage(draft.opening, topic),
        coverage(near, asked.grams),
        coverage(draft.lead, asked.grams),
        coverage(f"{document.title}\n{draft.far}\n{near}", asked.words),
        0.0 if sentence else coverage(within, rest) * left,
        float(not topic),
        float(noun),
        float(not noun and any(word in near for word in asked.alike)),
        float(quoted),
        float(bool(asked.quoted) and not quoted),
        float(asked.count == draft.size),
        float(asked.count is not None and asked.count != draft.size),
        float(told == draft.size),
        float(told is not None and told != draft.size),
        float(draft.lead.endswith(("：", ":")) or any(word in draft.lead for word in ("以下", "下列", "如下"))),
        *(float(draft.kind == kind) for kind in ("chapters", "sections", "lines", "paragraphs", "sentence")),
        lead if sentence else 0.0,
        _subject(asked, draft.lead),
        float(draft.defined and not sentence),
        float(draft.defined and sentence),
        float(draft.members),
        float(sentence and len(draft.lead) > LONG),
        float(draft.size == 2),
        min(1.0, draft.size / 20),
        float(inner),
        *_place(draft, hits, top),
        float(asked.denies and not denied),
        float(denied and not asked.denies),
    )


def _subject(asked: Asked, lead: str) -> float:
    """Share in [0, 1] of the pairs of characters before 「包括」 and its like that the question has; the best one's."""
    best = 0.0
    for match in CONSISTS.finditer(lead):
        before = lead[max(0, match.start() - 6) : match.start()]
        pairs = [before[i : i + 2] for i in range(len(before) - 1)]
        best = max(best, sum(pair in asked.text for pair in pairs) / max(3, len(pairs)))
    return best


def _place(draft: Draft, hits: Sequence[tuple[int, Hit]], top: Hit) -> tuple[float, float, float, float]:
    """Whether the list begins in a hit, or lies outside all; that hit's rank in [0, 1] and distance in log odds."""
    begins = next((pair for pair in hits if pair[1].chunk.start <= draft.start < pair[1].chunk.end), None)
    over = begins or next(
        (pair for pair in hits if pair[1].chunk.start < draft.end and draft.start < pair[1].chunk.end), None
    )
    rank, hit = over or hits[-1]
    distance = (logit(top.score) - logit(hit.score)) / 5
    return float(begins is not None), float(over is None), min(1.0, rank / 10), min(1.0, max(0.0, distance))


@dataclass(frozen=True, slots=True)
class Preference:
    """The model and the least chances with which a list is shown: where one is asked for, and where one may be."""

    linear: Linear
    threshold: float
    threshold_open: float

    def chance(self, rows: Floats) -> Floats:
        """Chance in [0, 1] by row that the list is the one meant."""
        return self.linear(rows)


@lru_cache(maxsize=1)
def load_preference() -> Preference:
    """The model that ships with the package."""
    return read_preference(Path(__file__).with_name("preference.json"))


def read_preference(path: Path) -> Preference:
    """Raises QAError when the file's columns are not this program's."""
    data = json.loads(path.read_text(encoding="utf-8"))
    if tuple(data["columns"]) != COLUMNS:
        raise QAError(
            f"列项权重 {path.name} 与本程序的特征不一致", "请运行 python bench/fit_lists.py 重新拟合，或重新安装本程序"
        )
    linear = Linear(tuple(data["weights"]), float(data["bias"]))
    return Preference(linear, float(data["threshold"]), float(data["threshold_open"]))
