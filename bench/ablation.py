"""What each part of the ranking brings: ``python bench/ablation.py --set INDEX QUESTIONS [--set …]``.

Every ``--set`` is an index with vectors of passages and sentences and a question file on its texts. All rankings order
the same candidates: ``words`` by BM25, ``passages`` by the passage's vector, ``sentences`` by its best sentence's,
``vectors`` by the mean of both, ``sum`` by the sum of z-scores of BM25 and of ``vectors``, nothing fitted; ``shipped``
is the order that ``qa search`` gives, addresses first. Equal passages count once, as there. Questions without an
answer are left out. Prints a Markdown table of hit@1/5/10 by set and type; ▼ marks where ``shipped`` is below the
better of ``words`` and ``vectors``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from qa.assistant import Assistant
from qa.evaluate import Gold, Matcher, read_questions
from qa.evaluate.measures import mean
from qa.library import Look
from qa.rank import FEATURES, features
from qa.settings import Settings
from qa.types import Chunk

RANKINGS = ("words", "passages", "sentences", "vectors", "sum", "shipped")
DEPTHS = (1, 5, 10)

Ranks = dict[str, int | None]
"""Ranking → 1-based place of the first passage that is evidence, None where none of the first ten is."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", nargs=2, action="append", required=True, metavar=("INDEX", "QUESTIONS"))
    parser.add_argument("--out", type=Path, help="write each question's places as JSON")
    given = parser.parse_args()
    measured = {Path(path).stem: ask(Path(index), read_questions(Path(path))) for index, path in given.set}
    print(table(measured))
    if given.out:
        places = {name: [{"id": gold.id, **ranks} for gold, ranks in of] for name, of in measured.items()}
        given.out.write_text(json.dumps(places, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def ask(index: Path, golds: Sequence[Gold]) -> list[tuple[Gold, Ranks]]:
    """The answerable questions with the places of their evidence."""
    with Assistant.open(index, Settings(encoder="e5")) as assistant:
        paths = {number: info.path for number, info in assistant.library.infos.items()}
        matcher = Matcher(lambda path: assistant.text(path) if path in paths.values() else None)
        return [(g, ranks(g, assistant.look(g.question, g.history), paths, matcher)) for g in golds if g.answerable]


def ranks(gold: Gold, look: Look, paths: dict[str, str], matcher: Matcher) -> Ranks:
    def first(chunks: Iterable[Chunk]) -> int | None:
        best = distinct(chunks)[: max(DEPTHS)]
        right = (i for i, c in enumerate(best, 1) if matcher.shows(gold, paths[c.doc_id], c.start, c.end))
        return next(right, None)

    shipped = [hit.chunk for hit in look.hits()]
    orders = {name: [look.found[i].chunk for i in order] for name, order in unfitted(look).items()}
    return {name: first(chunks) for name, chunks in {**orders, "shipped": shipped}.items()}


def unfitted(look: Look) -> dict[str, np.ndarray]:
    """Ranking → places of the candidates, best first; equals keep the order of chunk ids."""
    rows = features(look.query, look.found, look.scene)
    words, passages, sentences = (rows[:, FEATURES.index(name)] for name in ("bm25_share", "likeness", "sentence"))
    vectors = (passages + sentences) / 2
    by = {"words": words, "passages": passages, "sentences": sentences, "vectors": vectors}
    by["sum"] = standard(words) + standard(vectors)
    return {name: np.argsort(-scores, kind="stable") for name, scores in by.items()}


def standard(scores: np.ndarray) -> np.ndarray:
    """Mean 0 and standard deviation 1; all 0 where all are equal."""
    spread = scores.std() if len(scores) else 0.0
    return (scores - scores.mean()) / spread if spread else np.zeros(len(scores))


def distinct(chunks: Iterable[Chunk]) -> list[Chunk]:
    """The first of each text."""
    first: dict[str, Chunk] = {}
    for chunk in chunks:
        first.setdefault("".join(chunk.text.split()), chunk)
    return list(first.values())


def table(measured: dict[str, list[tuple[Gold, Ranks]]]) -> str:
    lines = [f"| set | type | questions | {' | '.join(RANKINGS)} |", f"|{'---|' * (3 + len(RANKINGS))}"]
    for name, of in measured.items():
        for kind in (None, *dict.fromkeys(gold.type for gold, _ in of)):
            found = [places for gold, places in of if kind in (None, gold.type)]
            lines.append(f"| {name} | {kind or 'all'} | {len(found)} | {' | '.join(cells(found))} |")
    return "\n".join(lines)


def cells(found: Sequence[Ranks]) -> list[str]:
    """A cell a ranking: hit@1 / 5 / 10, the shipped one's marked where it is below the better half."""
    shares = {
        name: [mean(place is not None and place <= k for place in (r[name] for r in found)) or 0.0 for k in DEPTHS]
        for name in RANKINGS
    }
    better = [max(pair) for pair in zip(shares["words"], shares["vectors"], strict=True)]
    below = {"shipped": [own < other for own, other in zip(shares["shipped"], better, strict=True)]}
    return [
        " / ".join(f"{s:.3f}{'▼' if low else ''}" for s, low in zip(of, below.get(name, [False] * 3), strict=True))
        for name, of in shares.items()
    ]


if __name__ == "__main__":
    main()
