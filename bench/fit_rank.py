"""Fit the ranking weights: ``python bench/fit_rank.py --set INDEX QUESTIONS [--set …] [--pool BENCH WORK]``.

Every ``--set`` is a built index and a question file on its texts (``qa eval``'s format). ``--pool`` names what
bench/pooled.py was given and what it made: of its sets those whose licence lets a model be trained on them teach too.
Figures printed are cross-validated over questions; what is written to src/qa/rank/weights.json is fitted on all of
them. Needs scikit-learn (requirements-dev.txt).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

import cloze
import pool
import softmax
from qa.answer import answerable
from qa.answer.score import Said, Scored, rows, said, to_scored
from qa.assistant import Assistant
from qa.evaluate import Gold, Matcher, read_questions
from qa.library import Look
from qa.rank import FEATURES, features
from qa.rank.model import CONFIDENCE, SENTENCE, Linear
from qa.settings import Settings
from qa.types import Document, Hit

OUT = Path(__file__).resolve().parents[1] / "src" / "qa" / "rank" / "weights.json"
FOLDS = 5
PENALTY = 0.3
"""Strength of the L2 penalty on the sentence weights; cross-validated figures are flat from 0.1 to 1."""
HIT_PENALTY = 0.1
"""The same on the ranking weights: .1, .3, 1 give .656, .650, .637 at hit@1."""
STRANGERS = 30
"""Off-topic questions a library: enough that cosine and coverage learn what foreign ground looks like."""
POOLED, PUBLIC = ("cmrc2018.dev", "drcd_s.dev"), 600
TIMES = {"dense": 4, "lexical": 0}
"""Public sets that teach, questions of each, and how often each counts in ranking with vectors.

They are asked in the words of the text, as office questions are not: without them the ranking leans on vectors so far
that of news and court questions .06 fewer have their passage first than by BM25 alone. 300 questions once, thrice and
600 thrice leave .030, .005 and .000 fewer on the worst set, 600 four times put each set at or above BM25 over windows
too; office questions have hit@1 .65 in each case. Words alone
need no counterweight: with 600 once their hit@5 is .702, without .71.
"""
CLOZE = 300
"""Questions made of news (bench/cloze.py), each counted once: with them, and with vectors that count less where a
passage says the question in its own words, one public set is below BM25 by one question, the others are +.004 to +.052
(four were -.002 to -.012). Words alone lean on words anyway, and lost .01 at hit@5 by them.
"""
SILENT = {"dense": 0.11, "lexical": 0.05}
"""The share of answerable questions that may be refused for the unanswerable ones to be: with it, of the 150 questions
on real files .765 of the unanswerable that no rule settles are refused (.647 at .10) and .043 of the others.
Words alone tell the two apart less well: a small library of like texts would fall silent on a sixth of what it can
answer."""
WITHOUT = {
    "features": (
        *("likeness", "likeness_gap", "sentence", "sentence_gap", "likeness_said", "sentence_said"),
        "document_words",
    ),
    "sentence": ("likeness", "likeness_beside"),
    "confidence": ("likeness", "sentence"),
}
"""Columns that say nothing where there are no vectors, and what a whole document says of the question: words alone gain
nothing by it on office questions (.487 at hit@1 either way) and lose .028 on questions of finance law."""
MADE = {"dense": "e5", "lexical": "none"}

Shows = Callable[[Document, int, int], bool]


@dataclass
class Case:
    """One question with its candidates as numbers. ``labels``: whether the candidate is right; ``shows``: whether a
    span holds evidence."""

    set: str
    gold: Gold
    look: Look
    rows: np.ndarray
    labels: np.ndarray
    shows: Shows
    open: Callable[[str], Document]


@dataclass
class Sentences:
    """The sentences of a question's best hits, their columns, and which of them are evidence."""

    every: list[Said]
    rows: np.ndarray
    labels: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", nargs=2, action="append", required=True, metavar=("INDEX", "QUESTIONS"))
    parser.add_argument("--pool", nargs=2, type=Path, metavar=("BENCH", "WORK"), help="see bench/pooled.py")
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
    for variant in ("dense", "lexical"):
        cases = [
            case
            for index, questions in given.set
            for case in collect(Path(index), Path(questions).name, golds(Path(questions), given.off_topic), variant)
        ]
        public = collect_public(*given.pool, variant) if given.pool else []
        print(f"{variant}: {len(cases)} questions, {sum(len(c.labels) for c in cases)} candidates", flush=True)
        model |= fit(cases, public, variant)
    model["fitted"] = {"date": date.today().isoformat(), "command": command(given)}
    if not given.dry_run:
        given.out.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {given.out.name}")


def command(given: argparse.Namespace) -> str:
    """The command as anyone may repeat it: names of files, not where they lie on this machine."""
    words = ["python bench/fit_rank.py"]
    words += [f"--off-topic {given.off_topic.name}"] if given.off_topic else []
    words += [f"--set INDEX {Path(path).name}" for _, path in given.set]
    words += ["--pool BENCH WORK"] if given.pool else []
    return " ".join(words)


def golds(path: Path, off_topic: Path | None) -> list[Gold]:
    """The questions of a set, and some on other things than any office library holds, evenly out of a public set."""
    own = read_questions(path)
    if off_topic is None:
        return own
    lines = [json.loads(line) for line in off_topic.read_text(encoding="utf-8").splitlines()]
    step = max(1, len(lines) // STRANGERS)
    return own + [Gold(f"x{r['id']}", r["question"], "unanswerable", (), (), ()) for r in lines[::step][:STRANGERS]]


def opened(index: Path, variant: str) -> Assistant:
    assistant = Assistant.open(index, Settings.load(encoder=MADE[variant]))
    if variant == "dense" and assistant.library.snapshot.sentences is None:
        sys.exit(f"{index} has no vectors of sentences: run python -m qa sync first")
    return assistant


def collect(index: Path, name: str, questions: Sequence[Gold], variant: str) -> list[Case]:
    """Candidates and features of every question that no address and no document named in vain settles already."""
    assistant = opened(index, variant)
    snapshot = assistant.library.snapshot
    matcher = Matcher(lambda path: assistant.text(path) if snapshot.find(path) else None)

    def case(gold: Gold) -> Case | None:
        def shows(document: Document, start: int, end: int) -> bool:
            return matcher.shows(gold, document.path, start, end)

        return _case(assistant, name, gold, shows)

    return [made for gold in questions if (made := case(gold)) is not None]


def collect_public(bench: Path, work: Path, variant: str) -> list[Case]:
    """Questions of the public sets and those made of news, asked among all texts. All of the right text is right, as
    whoever asks finds the answer there; evidence is what holds the answer: taught by it, .02 fewer news questions find
    their text first."""
    assistant = opened(work / "index", variant)
    held = json.loads((work / "map.json").read_text(encoding="utf-8"))
    asked: list[pool.Asked] = []
    for name in POOLED:
        every = [question for question in pool.questions(bench, name) if question.answerable]
        asked += random.Random(5).sample(every, min(PUBLIC, len(every)))
    cases = []
    made = cloze.questions(bench, CLOZE) if variant == "dense" else []
    for question in [*asked, *made]:
        spans = [bare(span) for span in question.answers]

        def shows(
            document: Document, start: int, end: int, question: pool.Asked = question, spans: list[str] = spans
        ) -> bool:
            text = bare(document.text[start:end])
            return not question.gold.isdisjoint(held.get(document.path, ())) and any(span in text for span in spans)

        case = _case(assistant, question.set, Gold(question.id, question.question, "fact", (), (), ()), shows)
        if case is not None:
            paths = [assistant.library.infos[c.chunk.doc_id].path for c in case.look.found]
            case.labels = np.array([not question.gold.isdisjoint(held.get(path, ())) for path in paths])
            cases.append(case)
    return cases


def bare(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _case(assistant: Assistant, name: str, gold: Gold, shows: Shows) -> Case | None:
    look = assistant.look(gold.question, gold.history)
    number = look.query.number
    named_in_vain = look.scene.naming.absent is not None or (number is not None and not look.scene.names.bears(number))
    if look.place is not None or named_in_vain or not look.found:
        return None
    open_document = assistant.library.snapshot.document
    table = features(look.query, look.found, look.scene)
    labels = [shows(open_document(c.chunk.doc_id), c.chunk.start, c.chunk.end) for c in look.found]
    return Case(name, gold, look, table, np.array(labels, bool), shows, open_document)


def fit(cases: list[Case], public: list[Case], variant: str) -> dict[str, object]:
    """Cross-validate, print, and fit on all."""
    fold_of = softmax.folds(len(cases), FOLDS)
    used = _used(FEATURES, "features", variant)
    scores: list[np.ndarray] = [np.zeros(0)] * len(cases)
    for fold in range(FOLDS):
        weights, bias = _hits_of(
            [c for c, f in zip(cases, fold_of, strict=True) if f != fold], public, used, TIMES[variant]
        )
        for i in np.flatnonzero(fold_of == fold):
            scores[i] = cases[i].rows @ weights + bias
    report_hits(cases, scores, variant)
    weights, bias = _hits_of(cases, public, used, TIMES[variant])
    _tell(FEATURES, weights)
    hits = {id(c): hits_of(c, _sigmoid(s)) for c, s in zip(cases, scores, strict=True)}
    hits |= {id(c): hits_of(c, _sigmoid(c.rows @ weights + bias)) for c in public}
    spanned = [c for c in public if c.set in POOLED]
    sentence, scored = fit_sentences([c for c in cases if c.gold.answerable] + spanned, cases, hits, variant)
    refusing = fit_confidence(cases, hits, scored, fold_of, variant)
    return {variant: _linear(weights, bias), f"sentence_{variant}": sentence, **refusing}


def report_hits(cases: list[Case], scores: list[np.ndarray], variant: str) -> None:
    """hit@k on held-out scores by set and type, and what single columns reach."""
    asked = [(case, score) for case, score in zip(cases, scores, strict=True) if case.gold.answerable]
    groups: dict[str, list[int | None]] = {}
    for case, score in asked:
        found = softmax.rank(score, case.labels)
        for name in ("all", case.set, f"  {case.gold.type}"):
            groups.setdefault(name, []).append(found)
    for name, ranks in groups.items():
        figures = " ".join(f"hit@{k} {np.mean([r is not None and r <= k for r in ranks]):.3f}" for k in (1, 5, 10))
        print(f"  cross-validated {name:24s} {len(ranks):4d}  {figures}")
    names = ("bm25_share", "tokens_and_head") + (("likeness", "sentence") if variant == "dense" else ())
    for name in names:
        ranks = [softmax.rank(case.rows[:, FEATURES.index(name)], case.labels) for case, _ in asked]
        figures = " ".join(f"hit@{k} {np.mean([r is not None and r <= k for r in ranks]):.3f}" for k in (1, 5, 10))
        print(f"  {name + ' alone':40s} {len(ranks):4d}  {figures}")


def hits_of(case: Case, scores: np.ndarray) -> list[Hit]:
    order = np.argsort(-scores, kind="stable")[:10]
    found = case.look.found
    return [
        Hit(
            found[i].chunk,
            float(scores[i]),
            "",
            "",
            {
                **({"dense": found[i].cosine or 0.0} if found[i].dense is not None else {}),
                **dict(zip(FEATURES, map(float, case.rows[i]), strict=True)),
            },
        )
        for i in order
    ]


def fit_sentences(
    cases: list[Case], every: list[Case], hits: dict[int, list[Hit]], variant: str
) -> tuple[dict[str, object], dict[int, list[Scored]]]:
    """Which sentence of the best passages is the evidence, cross-validated; with the held-out scores of every case."""
    told = {id(c): _sentences(c, hits[id(c)]) for c in [*cases, *(c for c in every if not c.gold.answerable)]}
    cases = [c for c in cases if len(told[id(c)].labels)]
    fold_of = softmax.folds(len(cases), FOLDS)
    used = _used(SENTENCE, "sentence", variant)
    groups = [(told[id(c)].rows[:, used], told[id(c)].labels) for c in cases]
    held: dict[int, np.ndarray] = {}
    for fold in range(FOLDS):
        weights, bias = softmax.calibrated([g for g, f in zip(groups, fold_of, strict=True) if f != fold], PENALTY)
        for i in np.flatnonzero(fold_of == fold):
            held[id(cases[i])] = _sigmoid(groups[i][0] @ weights + bias)
    for name in dict.fromkeys(case.set for case in cases):
        own = [c for c in cases if c.set == name]
        shares = [
            np.mean([told[id(c)].labels[np.argsort(-held[id(c)], kind="stable")[:k]].any() for c in own])
            for k in (1, 2, 3)
        ]
        print(
            f"  sentences of {name:28s} {len(own):4d}  evidence among the best 1, 2, 3: "
            + " ".join(f"{s:.3f}" for s in shares)
        )
    fitted, bias = softmax.calibrated(groups, PENALTY)
    weights = np.zeros(len(SENTENCE))
    weights[used] = fitted
    _tell(SENTENCE, weights)
    linear = Linear(tuple(weights), bias)
    scored = {}
    for case in every:
        own = told.get(id(case))
        if own is not None and len(own.labels):
            scored[id(case)] = to_scored(own.every, own.rows, held.get(id(case), linear(own.rows)))
    return _linear(weights, bias), scored


def _sentences(case: Case, hits: list[Hit]) -> Sentences:
    every = said(hits, case.open)
    table = rows(case.look.query, every, case.look.scene) if every else np.zeros((0, len(SENTENCE)))
    labels = np.array([case.shows(s.document, s.start, s.end) for s in every], bool)
    return Sentences(every, table, labels)


def fit_confidence(
    cases: list[Case], hits: dict[int, list[Hit]], scored: dict[int, list[Scored]], fold_of: np.ndarray, variant: str
) -> dict[str, object]:
    """Whether the library answers, on held-out scores of hits and sentences; with the threshold and what it trades."""
    table = np.array([answerable.row(c.look.query, hits[id(c)], scored.get(id(c), []), c.look.scene) for c in cases])
    able = np.array([c.gold.answerable for c in cases])
    used = _used(CONFIDENCE, "confidence", variant)
    x = table[:, used]
    held = np.zeros(len(cases))
    for fold in range(FOLDS):
        out = fold_of == fold
        held[out] = _answerable(x[~out], able[~out]).predict_proba(x[out])[:, 1]
    own = np.array([not c.gold.id.startswith("x") for c in cases])
    threshold = float(np.quantile(held[able & own], SILENT[variant]))
    print("  threshold  refused of: answerable  unanswerable  off-topic  (cross-validated)")
    for share in (0.02, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2):
        t = float(np.quantile(held[able & own], share))
        told = [np.mean(held[which] < t) for which in (able & own, ~able & own, ~able & ~own)]
        print(f"    {t:.3f}      " + "        ".join(f"{share:.3f}" for share in told))
    for name in dict.fromkeys(case.set for case in cases):
        of = np.array([c.set == name for c in cases]) & own
        told = [np.mean(held[of & which] < threshold) for which in (able, ~able)]
        print(f"    at {threshold:.3f}: {name:24s} answerable refused {told[0]:.3f}, unanswerable {told[1]:.3f}")
    fitted = _answerable(x, able)
    weights = np.zeros(len(CONFIDENCE))
    weights[used] = fitted.coef_[0]
    _tell(CONFIDENCE, weights)
    suffix = "" if variant == "dense" else "_lexical"
    return {
        f"confidence_{variant}": _linear(weights, float(fitted.intercept_[0])),
        f"threshold{suffix}": round(threshold, 3),
    }


def _answerable(x: np.ndarray, y: np.ndarray) -> LogisticRegression:
    # Questions with an answer are four times as many; both kinds weigh the same.
    return LogisticRegression(C=1.0, max_iter=2000, class_weight="balanced").fit(x, y)


def _hits_of(cases: Sequence[Case], public: Sequence[Case], used: list[int], times: int) -> tuple[np.ndarray, float]:
    """Weights of the columns ``used``, the others 0, and the bias; what a score means is told by ``cases`` alone."""
    own = [(case.rows[:, used], case.labels) for case in cases]
    taught = [case for case in public for _ in range(times if case.set in POOLED else 1)]
    fitted = softmax.order(own + [(case.rows[:, used], case.labels) for case in taught], HIT_PENALTY)
    scale, bias = softmax.scale(own, fitted)
    weights = np.zeros(len(FEATURES))
    weights[used] = fitted * scale
    return weights, bias


def _used(columns: Sequence[str], kind: str, variant: str) -> list[int]:
    return [i for i, name in enumerate(columns) if variant == "dense" or name not in WITHOUT[kind]]


def _linear(weights: np.ndarray, bias: float) -> dict[str, object]:
    return {"weights": [round(float(w), 4) for w in weights], "bias": round(bias, 4)}


def _tell(names: Sequence[str], weights: np.ndarray) -> None:
    for name, weight in sorted(zip(names, weights, strict=True), key=lambda pair: -abs(pair[1])):
        print(f"    {name:16s} {weight:+.3f}")


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -40, 40)))


if __name__ == "__main__":
    main()
