"""Public question sets pooled: is the right passage found, and is the answer in the first sentence shown?

    python bench/pooled.py BENCH --work WORK                       # words alone, a minute or two
    python bench/pooled.py BENCH --work WORK --encoder e5 --out results.json

``BENCH`` is laid out as ``bench/pool.py`` says. All passages of all sets and all distractors are one library: a corpus
folder and an index in ``WORK``, which are kept, so that the next run (and a run cut off while vectors were made) goes
on from there; ``--frozen`` takes the index as it is. Of each set ``--sample`` questions are asked, drawn with a fixed
seed.

Rankings: ``floor`` is plain BM25 over windows of 300 characters with file names (bench/floor.py), ``bm25`` the lexical
index by itself, ``cosine`` the vectors by themselves, ``words`` the shipped ranking without vectors, ``both`` with
them. A hit is right when its document holds a gold passage, or a reprint of one (``Reprints``: the sets hold the same
news several times over, each question naming one of them); of each ranking the ten best hits count. ``first`` is the
share of questions with a known answer whose first sentence shown holds it, white space and punctuation aside (silence
is a failure); ``first*`` the same where it may not be silent; ``any*`` where any sentence shown holds it.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import floor
from pool import SETS, Asked, questions, write
from qa.assistant import Assistant
from qa.evaluate.measures import mean, percentile
from qa.query import parse
from qa.retrieve import encode_query
from qa.settings import Settings
from qa.tokens import query_tokens, simplify
from qa.types import Answer

SEED = 20261124
DEPTH = 10
OPEN = 1e-6
"""A threshold under which nothing is silent but for want of any hit."""

RUN, ALIKE = 3, 0.9
"""A document that holds so much of a passage's runs of three letters reprints it (``qa.rank.fold``'s measure)."""

Ranking = Callable[[str], Sequence[str]]
"""Question → paths of the best hits, best first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question. ``ranks``: by ranking the 1-based place of the first right hit, None where none of ten is.

    ``first``, ``first_open``, ``any_open`` are None where no answer span is known.
    """

    set: str
    id: str
    question: str
    answerable: bool
    answered: bool
    kind: str
    ranks: dict[str, int | None]
    first: bool | None
    first_open: bool | None
    any_open: bool | None
    ms: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="folder for the corpus and its index")
    parser.add_argument("--encoder", default="none", help="as QA_ENCODER: none, e5, …")
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--sample", type=int, default=500, help="questions of each set")
    parser.add_argument("--frozen", action="store_true", help="ask the index in WORK as it is; sync nothing")
    parser.add_argument("--out", type=Path, help="write figures and outcomes as JSON")
    given = parser.parse_args()
    held = write(given.bench, given.work, tuple(given.sets))
    settings = Settings.load(encoder=given.encoder, index=given.work / "index")
    assistant = Assistant.open(given.work / "index", settings)
    if not given.frozen:
        assistant.sync(given.work / "corpus", lexical_only=given.encoder == "none")
    status = assistant.status()
    print(f"{status.documents} documents, {status.chunks} passages, {status.vectors} vectors", flush=True)
    asked = [one for name in given.sets for one in sample(questions(given.bench, name), given.sample)]
    with tempfile.TemporaryDirectory() as folder:
        windows, places = floor.build(floor.read(given.work / "corpus"), Path(folder) / "floor")
        rankings = {"floor": lambda q: [places[i][0] for i, _ in windows.search(query_tokens(q), DEPTH)]}
        rankings |= alone(assistant)
        outcomes = measure(asked, Reprints(held, assistant.text), assistant, rankings)
        windows.close()
    figures = [summarise(name, [o for o in outcomes if o.set == name]) for name in given.sets]
    print(table(figures))
    if given.out:
        data = {"figures": figures, "questions": [asdict(outcome) for outcome in outcomes]}
        given.out.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def sample(found: list[Asked], n: int) -> list[Asked]:
    """``n`` of them in their order, always the same ones."""
    chosen = sorted(random.Random(SEED).sample(range(len(found)), min(n, len(found))))
    return [found[i] for i in chosen]


def alone(assistant: Assistant) -> dict[str, Ranking]:
    """What each retriever ranks by itself, and with vectors the shipped ranking without them."""
    library = assistant.library
    snapshot = library.snapshot

    def paths(ids: Sequence[int]) -> list[str]:
        chunks = snapshot.chunks(ids)
        return [library.infos[chunks[number].doc_id].path for number in ids]

    found: dict[str, Ranking] = {
        "bm25": lambda q: paths([number for number, _ in snapshot.lexical.search(query_tokens(q), DEPTH)])
    }
    encoder, vectors = assistant.encoder, snapshot.vectors
    if encoder is not None and vectors is not None:
        wordy = Assistant.open(assistant.index, assistant.settings.model_copy(update={"encoder": "none"}))

        def nearest(question: str) -> list[str]:
            row = encode_query(encoder, parse(question))
            return paths([number for number, _ in vectors.search(row, DEPTH)[0]]) if row is not None else []

        found["cosine"] = nearest
        found["words"] = lambda q: [hit.path for hit in wordy.search(q, DEPTH)]
    return found


def measure(
    asked: Sequence[Asked], reprints: Reprints, assistant: Assistant, rankings: dict[str, Ranking]
) -> list[Outcome]:
    """Put every question to the assistant, twice (the second time it may not be silent), and to the rankings."""
    shipped = "both" if "cosine" in rankings else "words"
    frank = Assistant.open(assistant.index, assistant.settings.model_copy(update={"threshold": OPEN}))
    for one in (assistant, frank):
        one.ask(asked[0].question)  # warm up: the first question loads the encoder
    outcomes = []
    for one in asked:
        ranks = {name: place(ranking(one.question), one.gold, reprints) for name, ranking in rankings.items()}
        answer = assistant.ask(one.question)
        told = answer if answer.status == "answered" else frank.ask(one.question)
        ranks[shipped] = place([hit.path for hit in answer.hits], one.gold, reprints)
        outcomes.append(
            Outcome(
                set=one.set,
                id=one.id,
                question=one.question,
                answerable=one.answerable,
                answered=answer.status == "answered",
                kind=answer.kind,
                ranks=ranks,
                first=shown(answer, one.answers, first=True),
                first_open=shown(told, one.answers, first=True),
                any_open=shown(told, one.answers, first=False),
                ms=answer.timings["total_ms"],
            )
        )
    return outcomes


class Reprints:
    """Which documents hold a passage, word for word or nearly."""

    def __init__(self, held: dict[str, list[str]], text: Callable[[str], str]) -> None:
        """``held``: path → ids of the passages in it; ``text``: path → what the document says."""
        self._held, self._text = held, text
        self._paths = {passage: path for path, passages in held.items() for passage in passages}
        self._runs = lru_cache(maxsize=4096)(self._runs_of)

    def holds(self, path: str, passage: str) -> bool:
        if passage in self._held[path]:
            return True
        asked = self._runs(self._paths[passage])
        return len(asked & self._runs(path)) >= ALIKE * len(asked)

    def _runs_of(self, path: str) -> frozenset[str]:
        bare = squeeze(self._text(path))
        return frozenset(bare[at : at + RUN] for at in range(max(1, len(bare) - RUN + 1)))


def place(paths: Sequence[str], gold: frozenset[str], reprints: Reprints) -> int | None:
    """1-based place of the first path that holds a gold passage; None where none does."""
    for number, path in enumerate(paths, 1):
        if any(reprints.holds(path, passage) for passage in gold):
            return number
    return None


def shown(answer: Answer, spans: Sequence[str], *, first: bool) -> bool | None:
    """Whether the first sentence (or any) holds one of the answers; None where no answer is known."""
    wanted = [bare for bare in map(squeeze, spans) if bare]
    if not wanted:
        return None
    texts = [squeeze(sentence.text) for sentence in answer.sentences[: 1 if first else None]]
    return any(answer in text for text in texts for answer in wanted)


def squeeze(text: str) -> str:
    """Letters and digits alone, half-width, lower case, simplified."""
    return simplify("".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum()))


def summarise(name: str, outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Hit figures are over answerable questions, answer figures over those with a known answer."""
    able = [o for o in outcomes if o.answerable]
    unable = [o for o in outcomes if not o.answerable]
    times = sorted(o.ms for o in outcomes)
    rankings = {
        ranking: {
            **{f"hit@{k}": mean((o.ranks[ranking] or k + 1) <= k for o in able) for k in (1, 5, DEPTH)},
            "mrr": mean(1 / rank if (rank := o.ranks[ranking]) else 0.0 for o in able),
        }
        for ranking in (outcomes[0].ranks if outcomes else ())
    }
    return {
        "set": name,
        "questions": len(able),
        "rankings": rankings,
        "spans": sum(o.first is not None for o in able),
        "first": mean(o.first for o in able if o.first is not None),
        "first_open": mean(o.first_open for o in able if o.first_open is not None),
        "any_open": mean(o.any_open for o in able if o.any_open is not None),
        "refused": mean(not o.answered for o in able),
        "unanswerable": len(unable),
        "unanswerable_refused": mean(not o.answered for o in unable),
        "p50": percentile(times, 0.5),
        "p95": percentile(times, 0.95),
    }


def table(figures: Sequence[dict[str, object]]) -> str:
    """Two Markdown tables: rankings, and answers."""
    lines = ["| set | questions | ranking | hit@1 | hit@5 | hit@10 | MRR |", "|---|---|---|---|---|---|---|"]
    for row in figures:
        rankings: dict[str, dict[str, float | None]] = row["rankings"]  # type: ignore[assignment]
        for ranking, found in rankings.items():
            lines.append(f"| {row['set']} | {row['questions']} | {ranking} | {cells(found.values())} |")
    lines += ["", "| set | with spans | first | first* | any* | refused | unanswerable | refused | p50 ms | p95 ms |"]
    lines.append("|---|---|---|---|---|---|---|---|---|---|")
    for row in figures:
        told = cells(row[name] for name in ("first", "first_open", "any_open", "refused"))  # type: ignore[misc]
        silent = cells([row["unanswerable_refused"]])  # type: ignore[list-item]
        times = f"{row['p50']:.1f} | {row['p95']:.1f}"
        lines.append(f"| {row['set']} | {row['spans']} | {told} | {row['unanswerable']} | {silent} | {times} |")
    return "\n".join(lines)


def cells(values: Iterable[float | None]) -> str:
    return " | ".join("–" if value is None else f"{value:.3f}" for value in values)


if __name__ == "__main__":
    main()
