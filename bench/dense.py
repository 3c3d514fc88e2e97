"""How well an encoder finds evidence: ``python bench/dense.py INDEX QUESTIONS --encoder e5 --encoder student``.

INDEX is a built index; its vectors are used for the encoder that made them, other encoders encode its passages anew.
Prints hit@1/5/10 by vectors alone and together with BM25 (z-scores over the union of both lists), and for each
``--pairs`` file (``{"a", "b"}`` a line) how often b is found by a among all others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from qa.encode import encoder_name, open_encoder
from qa.evaluate import Gold, Matcher, read_questions
from qa.protocols import Encoder, Vectors
from qa.query import Query, parse
from qa.settings import Settings
from qa.store import Snapshot

DEPTH = 60
BEST = (1, 5, 10)
MIXES = (3.0, 1.0)
"""Weights of the cosine beside BM25, as z-scores; 3 was best for e5, a weaker encoder may want less."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--encoder", action="append", required=True)
    parser.add_argument("--pairs", type=Path, action="append", default=[])
    parser.add_argument("--kept", type=Path, help="folder to keep vectors of the pairs in, by encoder")
    given = parser.parse_args()
    snapshot = Snapshot.open(given.index)
    golds = [gold for gold in read_questions(given.questions) if gold.answerable]
    for name in given.encoder:
        settings = Settings.load(encoder=name)
        encoder = open_encoder(settings)
        assert encoder is not None
        ids, vectors = passages(snapshot, encoder, encoder_name(settings))
        for kind in ("all", "paraphrase"):
            chosen = [gold for gold in golds if kind in ("all", gold.type)]
            found = [ranks(snapshot, ids, vectors, encoder, gold) for gold in chosen]
            for way, column in zip(
                ("vectors", *(f"{mix:.0f}:1 BM25" for mix in MIXES)), zip(*found, strict=True), strict=True
            ):
                print(f"{name:8} {kind:10} {len(chosen):5} {way:8} {hits(column)}", flush=True)
        for path in given.pairs:
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            print(f"{name:8} {path.stem[:20]:20} {len(rows):5} {hits(partners(rows, encoder, given.kept, path.stem))}")


def passages(snapshot: Snapshot, encoder: Encoder, name: str) -> tuple[np.ndarray, Vectors]:
    """Ids and vectors of the index's passages."""
    ids = np.array([identity for identity, _ in snapshot.passages()])
    if snapshot.vectors is not None and snapshot.manifest.encoder == name:
        return ids, snapshot.vectors.get(ids.tolist())
    texts = snapshot.passage_texts(ids.tolist())
    return ids, encoder.encode_passages([texts[identity] for identity in ids])


def ranks(
    snapshot: Snapshot, ids: np.ndarray, vectors: Vectors, encoder: Encoder, gold: Gold
) -> tuple[int | None, ...]:
    """Rank of the first evidence by vectors alone and by each of MIXES with BM25; None where it isn't found."""
    query: Query = parse(gold.question, gold.history)
    cosines = vectors @ encoder.encode_queries([query.full])[0]
    best = ids[np.argsort(-cosines, kind="stable")[:DEPTH]]
    lexical = dict(snapshot.lexical.search(query.tokens, DEPTH))
    both = np.array(sorted({*best.tolist(), *lexical}))
    place = {identity: row for row, identity in enumerate(ids.tolist())}
    dense = np.array([cosines[place[identity]] for identity in both])
    words = np.array([lexical.get(identity, 0.0) for identity in both])
    mixed = (both[np.argsort(-(mix * _z(dense) + _z(words)), kind="stable")] for mix in MIXES)
    return first(snapshot, gold, best), *(first(snapshot, gold, order) for order in mixed)


def first(snapshot: Snapshot, gold: Gold, ids: np.ndarray) -> int | None:
    matcher = Matcher(lambda path: snapshot.document(found).text if (found := snapshot.find(path)) else None)
    chunks = snapshot.chunks(ids.tolist())
    for rank, identity in enumerate(ids.tolist(), 1):
        chunk = chunks[identity]
        if matcher.shows(gold, snapshot.document(chunk.doc_id).path, chunk.start, chunk.end):
            return rank
    return None


def partners(rows: Sequence[dict[str, str]], encoder: Encoder, kept: Path | None, name: str) -> list[int | None]:
    """Rank of each row's own b among the b of all rows."""
    path = kept / f"{name}.{encoder.name}.npy" if kept else None
    if path and path.exists():
        both = np.load(path, allow_pickle=False)
    else:
        asked, found = encoder.encode_queries([r["a"] for r in rows]), encoder.encode_passages([r["b"] for r in rows])
        both = np.stack([asked, found])
        if path:
            np.save(path, both, allow_pickle=False)
    scores = both[0] @ both[1].T
    return [int(rank) for rank in 1 + (scores > np.diagonal(scores)[:, None] + 1e-6).sum(axis=1)]


def hits(found: Sequence[int | None]) -> str:
    shares = (np.mean([rank is not None and rank <= k for rank in found]) for k in BEST)
    return " ".join(f"hit@{k} {share:.3f}" for k, share in zip(BEST, shares, strict=True))


def _z(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / (values.std() or 1.0)


if __name__ == "__main__":
    main()
