"""The fitted weights: those that ship, and a file that does not fit."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa.rank.model as model_module
from qa.errors import QAError
from qa.rank import FEATURES, load_model
from qa.rank.model import CONFIDENCE, SENTENCE, Linear, logit, read_model

SHIPPED = Path(model_module.__file__).with_name("weights.json")


def test_the_shipped_weights_are_finite_and_as_many_as_the_columns() -> None:
    model = load_model()
    for linear, columns in (
        (model.dense, FEATURES),
        (model.lexical, FEATURES),
        (model.confidence_dense, CONFIDENCE),
        (model.confidence_lexical, CONFIDENCE),
        (model.sentence_dense, SENTENCE),
        (model.sentence_lexical, SENTENCE),
    ):
        assert len(linear.weights) == len(columns)
        assert all(map(math.isfinite, (*linear.weights, linear.bias)))
    assert 0 < model.threshold < 1
    assert 0 < model.threshold_lexical < 1


def test_without_vectors_the_model_does_not_lean_on_them() -> None:
    model = load_model()
    for linear, columns in (
        (model.lexical, FEATURES),
        (model.sentence_lexical, SENTENCE),
        (model.confidence_lexical, CONFIDENCE),
    ):
        weights = dict(zip(columns, linear.weights, strict=True))
        assert {weights[name] for name in weights if name.startswith(("likeness", "sentence"))} == {0.0}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data["features"].reverse(),
        lambda data: data["features"].append("moon"),
        lambda data: data["confidence_features"].pop(),
        lambda data: data["sentence_features"].insert(0, "words"),
    ],
)
def test_columns_that_differ_are_refused(tmp_path: Path, spoil: Callable[[dict[str, Any]], None]) -> None:
    data = json.loads(SHIPPED.read_text(encoding="utf-8"))
    spoil(data)
    path = tmp_path / "权重.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(QAError, match=r"排序权重 权重\.json 与本程序的特征不一致。请运行 python bench/fit_rank\.py"):
        read_model(path)


def test_a_linear_model_is_the_logistic_function_of_the_sum() -> None:
    linear = Linear((1.0, -2.0), 0.5)
    rows = np.array([[0.0, 0.0], [1.5, 1.0], [3.0, 0.0]])
    expected = [1 / (1 + math.exp(-x)) for x in (0.5, 0.0, 3.5)]
    assert linear(rows) == pytest.approx(expected)


@given(st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=2))
def test_probabilities_stay_in_bounds_without_a_warning(row: list[float]) -> None:
    [score] = Linear((1.0, -0.5), 0.0)(np.array([row]))
    assert 0 <= score <= 1


def test_log_odds() -> None:
    assert logit(0.5) == 0
    assert logit(0.9) == pytest.approx(math.log(9))
    assert -16 < logit(0.0) < -15 < 15 < logit(1.0) < 16
