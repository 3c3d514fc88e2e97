"""The fitted weights: logistic models of a few numbers each, in JSON beside this file.

``bench/fit_rank.py`` writes the file and says in it from which questions, with which measure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.errors import QAError
from qa.rank.features import FEATURES

CONFIDENCE = (
    "logit",
    "gap",
    "likeness",
    "sentence",
    "best_sentence",
    "amount",
    "bm25_level",
    "bigrams",
    "tokens_and_head",
    "tokens_of_three",
    "words_and_head",
    "missing",
    "title_named",
    "heading_asked",
    "year_unmet",
    "named_unmet",
    "exact",
)
"""Columns of the answerability model: about the best hits and sentences and the question, not about a passage alone.

``missing``: the share of the question's weight that never occurs in the library. ``exact``: a number or date is asked
for. Such a question has no half answer, so its evidence must be better. ``tokens_of_three``: what the three best
passages together say of the question. ``amount``: how probable, beside the best, the
best sentence is that holds an amount of what is asked for.
"""

SENTENCE = (
    "words",
    "words_beside",
    "words_untitled",
    "bigrams",
    "context",
    "type",
    "amount",
    "listing",
    "defining",
    "heading",
    "question",
    "short",
    "opening",
    "passage",
    "rank",
    "likeness",
    "likeness_beside",
)
"""Columns of the sentence model: about one sentence of a hit, and what it has beside the best of those that compete."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linear:
    """``sigmoid(x · weights + bias)``."""

    weights: tuple[float, ...]
    bias: float

    def __call__(self, rows: Floats) -> Floats:
        logits = rows @ np.array(self.weights) + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -40, 40))), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Model:
    """Hit, sentence and answerability models, each with and without vectors, and the thresholds of the last."""

    dense: Linear
    lexical: Linear
    confidence_dense: Linear
    confidence_lexical: Linear
    sentence_dense: Linear
    sentence_lexical: Linear
    threshold: float
    threshold_lexical: float

    def hit(self, rows: Floats, *, dense: bool) -> Floats:
        """Probability in [0, 1] by row that the passage holds the answer."""
        return (self.dense if dense else self.lexical)(rows)

    def sentence(self, rows: Floats, *, dense: bool) -> Floats:
        """Probability in [0, 1] by row that the sentence is the evidence."""
        return (self.sentence_dense if dense else self.sentence_lexical)(rows)

    def confidence(self, row: Sequence[float], *, dense: bool) -> float:
        """Probability in [0, 1] that the library answers the question and the best hits show where."""
        linear = self.confidence_dense if dense else self.confidence_lexical
        return float(linear(np.array([row]))[0])


@lru_cache(maxsize=1)
def load_model() -> Model:
    """The model that ships with the package."""
    return read_model(Path(__file__).with_name("weights.json"))


def read_model(path: Path) -> Model:
    """Raises QAError when the file's columns are not this program's."""
    data = json.loads(path.read_text(encoding="utf-8"))
    columns = tuple(tuple(data[name]) for name in ("features", "confidence_features", "sentence_features"))
    if columns != (FEATURES, CONFIDENCE, SENTENCE):
        raise QAError(
            f"排序权重 {path.name} 与本程序的特征不一致", "请运行 python bench/fit_rank.py 重新拟合，或重新安装本程序"
        )

    def linear(name: str) -> Linear:
        return Linear(tuple(data[name]["weights"]), float(data[name]["bias"]))

    return Model(
        dense=linear("dense"),
        lexical=linear("lexical"),
        confidence_dense=linear("confidence_dense"),
        confidence_lexical=linear("confidence_lexical"),
        sentence_dense=linear("sentence_dense"),
        sentence_lexical=linear("sentence_lexical"),
        threshold=float(data["threshold"]),
        threshold_lexical=float(data["threshold_lexical"]),
    )


def logit(probability: float) -> float:
    """Log odds, bounded to ±15."""
    clipped = min(1 - 3e-7, max(3e-7, probability))
    return math.log(clipped / (1 - clipped))
