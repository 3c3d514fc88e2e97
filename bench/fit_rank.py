"""Fit the ranking weights: ``python bench/fit_rank.py --set INDEX QUESTIONS [--set …]``.

Every ``--set`` is a built index and a question file on its texts. Figures printed are cross-validated over questions;
what is written to src/qa/rank/weights.json is fitted on all of them. Needs scikit-learn (requirements-dev.txt).
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from qa.answer import confidence_row, locate
from qa.answer.extract import DEPTH, row
from qa.assistant import Assistant, Library
from qa.evaluate import Gold, Matcher, read_questions
from qa.protocols import Encoder
from qa.query import Query, parse
from qa.rank import FEATURES, Scene, features, weigh
from qa.rank.model import CONFIDENCE, SENTENCE
from qa.retrieve import Candidate, candidates, encode_query
from qa.settings import Settings
from qa.split import sentences
from qa.types import Hit

OUT = Path(__file__).resolve().parents[1] / "src" / "qa" / "rank" / "weights.json"
FOLDS = 5
PENALTY = 0.1
"""Strength of the L2 penalty on the ranking weights; cross-validated hit@5 is .90 from 0.02 to 0.2 and falls above."""
STRANGERS = 30
"""Off-topic questions a library: enough that cosine and coverage learn what foreign ground looks like."""
FLAT = 0.98
SILENCE = {"dense": 1.0, "lexical": 0.5}
"""What right silence is worth beside a right answer. Words alone tell the two apart less well, and silence on every
third answerable question was the price of more."""
DENSE = ("cosine", "cosine_gap")


@dataclass
class Case:
    """One question with its candidates as numbers. ``labels``: whether the candidate holds evidence."""

    gold: Gold
    found: list[Candidate]
    rows: np.ndarray
    labels: np.ndarray
    scene: Scene
    library: Library
    query: Query
    matcher: Matcher


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", nargs=2, action="append", required=True, metavar=("INDEX", "QUESTIONS"))
    parser.add_argument(
        "--off-topic",
        type=Path,
        help="a public question set (JSONL); some of its questions, put to each library, are unanswerable",
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--dry-run", action="store_true", help="print the figures, write nothing")
    given = parser.parse_args()
    model: dict[str, object] = {
        "features": FEATURES,
        "confidence_features": CONFIDENCE,
        "sentence_features": SENTENCE,
    }
    names = [Path(questions).name for _, questions in given.set]
    for variant in ("dense", "lexical"):
        cases = [
            case
            for index, questions in given.set
            for case in collect(Path(index), [*read_questions(Path(questions)), *strangers(given.off_topic)], variant)
        ]
        print(f"{variant}: {len(cases)} questions, {sum(len(c.labels) for c in cases)} candidates", flush=True)
        found, scores = fit(cases, variant)
        model |= found
        if variant == "dense":
            model["sentence"] = fit_sentences(cases, scores)
    model["fitted"] = {
        "on": names,
        "date": date.today().isoformat(),
        "command": " ".join(
            ["python bench/fit_rank.py"]
            + ([f"--off-topic {given.off_topic.name}"] if given.off_topic else [])
            + [f"--set INDEX {name}" for name in names]
        ),
    }
    if not given.dry_run:
        given.out.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {given.out.name}")


def strangers(path: Path | None) -> list[Gold]:
    """Questions on other things than any office library holds, evenly out of a public set."""
    if path is None:
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    step = max(1, len(rows) // STRANGERS)
    return [Gold(f"x{row['id']}", row["question"], "unanswerable", (), (), ()) for row in rows[::step][:STRANGERS]]


def collect(index: Path, golds: list[Gold], variant: str) -> list[Case]:
    """Candidates and features of every question whose address does not answer it already."""
    dense = variant == "dense"
    assistant = Assistant.open(index, Settings.load(encoder="e5" if dense else "none"))
    library = assistant._current()
    encoder = assistant._ready_encoder(library.snapshot)
    if dense and encoder is None:
        sys.exit(f"{index} has no vectors: run python -m qa sync first")
    matcher = Matcher(lambda path: assistant.text(path) if library.snapshot.find(path) else None)
    cases = [_case(assistant, library, encoder, gold, matcher) for gold in golds]
    return [case for case in cases if case is not None]


def _case(assistant: Assistant, library: Library, encoder: Encoder | None, gold: Gold, matcher: Matcher) -> Case | None:
    query = parse(gold.question, gold.history)
    named = library.names.named(query)
    best = sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))
    if locate(query, best, library.snapshot.document) is not None:
        return None
    extra = assistant._named_chunks(library.snapshot, best, None)
    found = candidates(library.snapshot, query, encode_query(encoder, query), extra)
    heads = library.snapshot.heads([c.chunk.id for c in found])
    scene = Scene(library.infos, library.names, named, heads, weigh(library.snapshot.lexical, query))
    rows = features(query, found, scene)
    labels = np.array(
        [matcher.shows(gold, library.infos[c.chunk.doc_id].path, c.chunk.start, c.chunk.end) for c in found]
    )
    return Case(gold, found, rows, labels, scene, library, query, matcher) if found else None


def fit(cases: list[Case], variant: str) -> tuple[dict[str, object], dict[int, np.ndarray]]:
    """Cross-validate, print, and fit on all; with the held-out scores of every case's candidates."""
    used = [i for i, name in enumerate(FEATURES) if variant == "dense" or name not in DENSE]
    order = np.random.default_rng(0).permutation(len(cases))
    fold_of = {int(case): fold % FOLDS for fold, case in enumerate(order)}
    scores: dict[int, np.ndarray] = {}
    for fold in range(FOLDS):
        weights, bias = _fit_hits([case for i, case in enumerate(cases) if fold_of[i] != fold], used)
        for i, case in enumerate(cases):
            if fold_of[i] == fold:
                scores[i] = _sigmoid(case.rows @ weights + bias)
    ranks = [_rank(scores[i], case.labels) for i, case in enumerate(cases) if case.gold.answerable]
    for k in (1, 5, 10):
        print(f"  cross-validated hit@{k} {np.mean([r is not None and r <= k for r in ranks]):.3f}")
    for name in ("cosine", "bm25_share", "words_and_head"):
        alone = [_rank(c.rows[:, FEATURES.index(name)], c.labels) for c in cases if c.gold.answerable]
        first, tenth = (np.mean([r is not None and r <= k for r in alone]) for k in (1, 10))
        print(f"  {name} alone: hit@1 {first:.3f} hit@10 {tenth:.3f}")
    weights, bias = _fit_hits(cases, used)
    for name, weight in sorted(zip(FEATURES, weights, strict=True), key=lambda pair: -abs(pair[1])):
        print(f"    {name:16s} {weight:+.3f}")
    confidence, threshold = _fit_confidence(cases, scores, fold_of, SILENCE[variant])
    suffix = "" if variant == "dense" else "_lexical"
    return {
        variant: {"weights": [round(float(w), 4) for w in weights], "bias": round(float(bias), 4)},
        f"confidence_{variant}": confidence,
        f"threshold{suffix}": round(threshold, 4),
    }, scores


def fit_sentences(cases: list[Case], scores: dict[int, np.ndarray]) -> dict[str, object]:
    """Which sentence of the best passages is the evidence: on held-out passage scores, cross-validated."""
    rows, labels, owner = [], [], []
    for i, case in enumerate(cases):
        if not case.gold.answerable:
            continue
        for rank, hit in enumerate(_hits(case, scores[i])[:DEPTH]):
            document = case.library.snapshot.document(hit.chunk.doc_id)
            for start, end in sentences(document.text, hit.chunk.start, hit.chunk.end):
                text = document.text[start:end]
                rows.append(row(case.query, document, start, text, hit, rank, case.scene.weights))
                labels.append(case.matcher.shows(case.gold, document.path, start, end))
                owner.append(i)
    x, y, of = np.array(rows), np.array(labels), np.array(owner)
    held = np.zeros(len(y))
    for fold in range(FOLDS):
        out = of % FOLDS == fold
        held[out] = LogisticRegression(C=1.0, max_iter=2000).fit(x[~out], y[~out]).decision_function(x[out])
    for k in (1, 2, 3):
        right = [y[of == i][np.argsort(-held[of == i])[:k]].any() for i in np.unique(of)]
        print(f"  sentences: evidence among the best {k}: {np.mean(right):.3f}")
    fitted = LogisticRegression(C=1.0, max_iter=2000).fit(x, y)
    for name, weight in zip(SENTENCE, fitted.coef_[0], strict=True):
        print(f"    {name:16s} {weight:+.3f}")
    return {"weights": [round(float(w), 4) for w in fitted.coef_[0]], "bias": round(float(fitted.intercept_[0]), 4)}


def _fit_hits(cases: list[Case], used: list[int]) -> tuple[np.ndarray, float]:
    """Weights that put evidence first in each question (softmax over its candidates), then scaled to probabilities."""
    told = [(case.rows[:, used], case.labels) for case in cases if case.labels.any()]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = PENALTY * float(w @ w), 2 * PENALTY * w
        for rows, labels in told:
            logits = rows @ w
            logits -= logits.max()
            each = np.exp(logits)
            all_, right = each / each.sum(), np.where(labels, each, 0.0)
            total -= float(np.log(right.sum() / each.sum()))
            slope = slope + rows.T @ (all_ - right / right.sum())
        return total, slope

    fitted = minimize(loss, np.zeros(len(used)), jac=True, method="L-BFGS-B")
    scores = np.concatenate([case.rows[:, used] @ fitted.x for case in cases])
    labels = np.concatenate([case.labels for case in cases])
    # Every question weighs the same, however many candidates it brought.
    share = np.concatenate([np.full(len(case.labels), 60 / len(case.labels)) for case in cases])
    scale = LogisticRegression(C=100.0, max_iter=2000).fit(scores[:, None], labels, sample_weight=share)
    weights = np.zeros(len(FEATURES))
    weights[used] = fitted.x * float(scale.coef_[0][0])
    return weights, float(scale.intercept_[0])


def _fit_confidence(
    cases: list[Case], scores: dict[int, np.ndarray], fold_of: dict[int, int], silence: float
) -> tuple[dict[str, object], float]:
    """On held-out hit scores. The threshold gets most questions right: evidence in the first three, or silence."""
    rows, right, answerable = [], [], []
    for i, case in enumerate(cases):
        hits = _hits(case, scores[i])
        rows.append(confidence_row(case.query, hits, case.scene))
        rank = _rank(scores[i], case.labels)
        right.append(rank is not None and rank <= 3)
        answerable.append(case.gold.answerable)
    x, y = np.array(rows), np.array(right)
    held = np.zeros(len(cases))
    for fold in range(FOLDS):
        out = np.array([fold_of[i] == fold for i in range(len(cases))])
        held[out] = LogisticRegression(C=1.0, max_iter=2000).fit(x[~out], y[~out]).predict_proba(x[out])[:, 1]
    grid = np.unique(np.round(held, 3))
    able = np.array(answerable)

    def gain(t: float) -> float:
        return float(np.sum((held >= t) & y) + silence * np.sum((held < t) & ~able))

    # The gain is flat around its top; the middle of the flat part moves least when the questions change.
    gains = np.array([gain(float(t)) for t in grid])
    flat = grid[gains >= FLAT * gains.max()]
    threshold = float((flat.min() + flat.max()) / 2)
    for share in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3):
        t = float(np.quantile(held, share))
        told = held < t
        print(
            f"    silent below {t:.3f}: {np.mean(~able[told]):.2f} of the silent are right, "
            f"{np.mean(told[~able]):.2f} of the unanswerable are, {np.mean(~told[y]):.2f} of right answers are kept"
        )
    silent = held < threshold
    precision = np.mean(~able[silent]) if silent.any() else 0
    recall = np.mean(silent[~able]) if (~able).any() else 0
    print(f"  cross-validated abstention at {threshold:.3f}: precision {precision:.3f} recall {recall:.3f}")
    print(f"  answerable questions answered {np.mean(~silent[able]):.3f}")
    fitted = LogisticRegression(C=1.0, max_iter=2000).fit(x, y)
    for name, weight in zip(CONFIDENCE, fitted.coef_[0], strict=True):
        print(f"    {name:16s} {weight:+.3f}")
    return {
        "weights": [round(float(w), 4) for w in fitted.coef_[0]],
        "bias": round(float(fitted.intercept_[0]), 4),
    }, threshold


def _hits(case: Case, scores: np.ndarray) -> list[Hit]:
    order = np.argsort(-scores, kind="stable")[:10]
    return [
        Hit(case.found[i].chunk, float(scores[i]), "", "", dict(zip(FEATURES, map(float, case.rows[i]), strict=True)))
        for i in order
    ]


def _rank(scores: np.ndarray, labels: np.ndarray) -> int | None:
    order = np.argsort(-scores, kind="stable")
    found = np.flatnonzero(labels[order])
    return int(found[0]) + 1 if len(found) else None


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


if __name__ == "__main__":
    main()
