"""Fit which list is shown: ``python bench/fit_lists.py --set INDEX QUESTIONS [--set …]``.

Every ``--set`` is a built index and a question file on its texts; questions with ``items`` teach which of the lists
near the hits is meant, the others when it is better to show none. Figures printed are cross-validated over questions;
what is written to src/qa/answer/preference.json is fitted on all of them. Needs scikit-learn (requirements-dev.txt).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

import softmax
from qa.answer.cite import Span
from qa.answer.extract import pick
from qa.answer.leads import clip
from qa.answer.lists import Choice, choose_from
from qa.answer.preference import COLUMNS
from qa.answer.score import score
from qa.assistant import Assistant
from qa.evaluate import Gold, Matcher, read_questions
from qa.query import Query
from qa.rank import load_model
from qa.settings import Settings

OUT = Path(__file__).resolve().parents[1] / "src" / "qa" / "answer" / "preference.json"
FOLDS = 5
PENALTY = 0.1
"""Strength of the L2 penalty on the weights; the cross-validated figures are the same from 0.03 to 0.3."""
FLAT = 0.98
"""The threshold is the middle of where the gain is nearly its best: that moves least when the questions change."""
GOOD = 0.5
"""A draft of less than half the right items, or with less than half of its own right, is no right answer."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the drafts' features and worth; ``plain`` is the worth of the sentences shown instead."""

    gold: Gold
    query: Query
    group: str
    rows: np.ndarray
    worth: np.ndarray
    found: np.ndarray
    plain: float
    plain_found: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", nargs=2, action="append", required=True, metavar=("INDEX", "QUESTIONS"))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--dry-run", action="store_true", help="print the figures, write nothing")
    given = parser.parse_args()
    cases = [case for index, questions in given.set for case in collect(Path(index), Path(questions))]
    print(f"{len(cases)} questions, {sum(len(case.rows) for case in cases)} lists near their hits")
    chances = _held_out(cases)
    asked = [i for i, case in enumerate(cases) if case.query.want == "list"]
    open_ = [i for i, case in enumerate(cases) if case.query.want != "list"]
    threshold, threshold_open = _threshold(cases, chances, asked), _threshold(cases, chances, open_)
    _report(cases, chances, threshold, threshold_open)
    weights, bias = _fit(cases)
    for name, weight in zip(COLUMNS, weights, strict=True):
        print(f"  {name:18s} {weight:+.3f}")
    names = [Path(questions).name for _, questions in given.set]
    model = {
        "columns": COLUMNS,
        "weights": [round(float(weight), 4) for weight in weights],
        "bias": round(bias, 4),
        "threshold": round(threshold, 3),
        "threshold_open": round(threshold_open, 3),
        "fitted": {
            "on": names,
            "date": date.today().isoformat(),
            "command": " ".join(["python bench/fit_lists.py", *(f"--set INDEX {name}" for name in names)]),
        },
    }
    if not given.dry_run:
        given.out.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {given.out.name}")


def collect(index: Path, questions: Path) -> list[Case]:
    """Questions for which a list may be shown and whose address does not answer them already."""
    assistant = Assistant.open(index, Settings.load())
    snapshot = assistant.library.snapshot
    matcher = Matcher(lambda path: assistant.text(path) if snapshot.find(path) else None)
    cases = [_case(assistant, gold, questions.name, matcher) for gold in read_questions(questions) if gold.answerable]
    return [case for case in cases if case is not None]


def _case(assistant: Assistant, gold: Gold, group: str, matcher: Matcher) -> Case | None:
    look = assistant.look(gold.question, gold.history)
    query, scene, hits = look.query, look.scene, look.hits()
    if look.place is not None or not hits or not (query.want == "list" or query.several):
        return None
    library = assistant.library
    document = library.snapshot.document

    def measure(spans: list[Span]) -> tuple[float, float]:
        """(share of the right things shown, share of what is shown that is right)."""
        if not spans:
            return 0.0, 0.0
        quotes = ["".join(document(s.doc_id).text[s.start : s.end].split()) for s in spans]
        if not gold.items:
            paths = [library.infos[s.doc_id].path for s in spans]
            right = [matcher.shows(gold, path, s.start, s.end) for path, s in zip(paths, spans, strict=True)]
            return float(any(right)), sum(right) / len(right)
        wanted = ["".join(item.split()) for item in gold.items]
        shown = "".join(quotes)
        right = [any(item in quote for item in wanted) for quote in quotes]
        lead = int(not right[0] and any(right))
        return sum(item in shown for item in wanted) / len(wanted), sum(right) / max(1, len(right) - lead)

    def spans_of(choice: Choice) -> list[Span]:
        draft = choice.draft
        return [*([draft.shown] if draft.shown else []), *(clip(choice.document, item) for item in draft.items)]

    choices = list(choose_from(query, hits, scene.weights, document))
    measured = [measure(spans_of(choice)) for choice in choices]
    plain = measure(pick(score(query, hits, scene, load_model(), document), document))
    return Case(
        gold=gold,
        query=query,
        group=group,
        rows=np.array([choice.row for choice in choices]).reshape(-1, len(COLUMNS)),
        worth=np.array([found * right for found, right in measured]),
        found=np.array([found for found, _ in measured]),
        plain=plain[0] * plain[1],
        plain_found=plain[0],
    )


def _labels(case: Case) -> np.ndarray:
    """The drafts that are as good as the best, if that is good at all."""
    if not len(case.worth) or case.worth.max() < GOOD:
        return np.zeros(len(case.worth), dtype=bool)
    return np.asarray(case.worth >= case.worth.max() - 0.05)


def _fit(cases: list[Case]) -> tuple[np.ndarray, float]:
    """Weights by which a right list precedes the others of its question (softmax), scaled to log odds."""
    told = [(case.rows, _labels(case)) for case in cases]
    order = softmax.order([(rows, labels) for rows, labels in told if len(rows)], PENALTY)
    # The chance that the best draft of a question is a right one.
    best = [(float((rows @ order).max()), bool(labels[np.argmax(rows @ order)])) for rows, labels in told if len(rows)]
    scale = LogisticRegression(C=100.0).fit(np.array([[score] for score, _ in best]), [right for _, right in best])
    slope = max(0.05, float(scale.coef_[0][0]))
    return order * slope, float(scale.intercept_[0])


def _held_out(cases: list[Case]) -> list[np.ndarray]:
    """Chances of each question's drafts by a model that has not seen the question."""
    chances: list[np.ndarray] = [np.zeros(len(case.rows)) for case in cases]
    order = np.random.default_rng(0).permutation(len(cases))
    for fold in range(FOLDS):
        out = {int(i) for i in order[fold::FOLDS]}
        weights, bias = _fit([case for i, case in enumerate(cases) if i not in out])
        for i in out:
            chances[i] = 1 / (1 + np.exp(-(cases[i].rows @ weights + bias)))
    return chances


def _value(case: Case, chances: np.ndarray, threshold: float) -> tuple[float, float]:
    """(worth, share found) of what is shown."""
    if not len(chances) or chances.max() < threshold:
        return case.plain, case.plain_found
    best = int(np.argmax(chances))
    return float(case.worth[best]), float(case.found[best])


def _threshold(cases: list[Case], chances: list[np.ndarray], which: list[int]) -> float:
    """The chance from which a list serves better than sentences."""
    grid = np.linspace(0.02, 0.9, 45)
    gains = np.array([sum(_value(cases[i], chances[i], float(t))[0] for i in which) for t in grid])
    flat = grid[gains >= FLAT * gains.max()]
    return float((flat.min() + flat.max()) / 2)


def _report(cases: list[Case], chances: list[np.ndarray], threshold: float, threshold_open: float) -> None:
    print(f"thresholds {threshold:.3f}, {threshold_open:.3f}; cross-validated:")
    rows: dict[str, list[tuple[float, float, float, bool]]] = {}
    for case, own in zip(cases, chances, strict=True):
        limit = threshold if case.query.want == "list" else threshold_open
        worth, found = _value(case, own, limit)
        best = float(case.worth.max()) if len(case.worth) else 0.0
        name = f"{case.group} {'items' if case.gold.items else 'other'}"
        rows.setdefault(name, []).append((found, worth, max(best, case.plain), worth > 0.999))
    for name, values in rows.items():
        found, worth, best = (float(np.mean([v[k] for v in values])) for k in range(3))
        exact = float(np.mean([v[3] for v in values]))
        print(f"  {name:36s} {len(values):4d}  found {found:.3f}  worth {worth:.3f} of {best:.3f}  exact {exact:.3f}")


if __name__ == "__main__":
    main()
