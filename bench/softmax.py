"""Fitting by question: put what is right first among what competes, then say how probable it is.

Rows of one question compete with each other and with nothing else: the loss is that of a softmax over them. A
logistic regression over all rows, which compares nothing within a question, loses several percent at the first place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

Group = tuple[np.ndarray, np.ndarray]
"""The rows of one question, ``(n, columns)``, and which of them are right, ``(n,)``."""


def order(groups: Sequence[Group], penalty: float) -> np.ndarray:
    """Weights that put right rows first, with an L2 penalty; groups without a right row teach nothing."""
    told = [(rows, labels) for rows, labels in groups if labels.any()]
    columns = told[0][0].shape[1]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = penalty * float(w @ w), 2 * penalty * w
        for rows, labels in told:
            logits = rows @ w
            logits -= logits.max()
            each = np.exp(logits)
            all_, right = each / each.sum(), np.where(labels, each, 0.0)
            total -= float(np.log(right.sum() / each.sum()))
            slope = slope + rows.T @ (all_ - right / right.sum())
        return total, slope

    return np.asarray(minimize(loss, np.zeros(columns), jac=True, method="L-BFGS-B").x)


def scale(groups: Sequence[Group], weights: np.ndarray) -> tuple[float, float]:
    """(slope, bias) that make the sigmoid of a score a probability; every question weighs the same in that."""
    scores = np.concatenate([rows @ weights for rows, _ in groups])
    labels = np.concatenate([labels for _, labels in groups])
    share = np.concatenate([np.full(len(labels), 60 / max(1, len(labels))) for _, labels in groups])
    told = LogisticRegression(C=100.0, max_iter=2000).fit(scores[:, None], labels, sample_weight=share)
    return float(told.coef_[0][0]), float(told.intercept_[0])


def calibrated(groups: Sequence[Group], penalty: float) -> tuple[np.ndarray, float]:
    """``order``, scaled and shifted so that the sigmoid is a probability."""
    weights = order(groups, penalty)
    slope, bias = scale(groups, weights)
    return weights * slope, bias


def folds(count: int, parts: int) -> np.ndarray:
    """For each of ``count`` questions the fold that holds it out; always the same."""
    fold = np.empty(count, int)
    fold[np.random.default_rng(0).permutation(count)] = np.arange(count) % parts
    return fold


def rank(scores: np.ndarray, labels: np.ndarray) -> int | None:
    """1-based place of the first right one; None where none is."""
    found = np.flatnonzero(labels[np.argsort(-scores, kind="stable")])
    return int(found[0]) + 1 if len(found) else None
