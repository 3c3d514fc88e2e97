"""A regression gate: ask the question sets again and fail where a figure fell by more than its noise.

    python bench/gate.py                    # the sample corpus, and the real one in ../shared where it is
    python bench/gate.py --index INDEX      # the real corpus with the vectors of that index, too
    python bench/gate.py --full             # … with vectors made here (about 25 minutes the first time)
    python bench/gate.py --update           # what is measured becomes what is committed

bench/figures.json holds for every set and variant the figures and, of each question, which measures it met: ids and
bits, no texts. The questions are the same ones each time, so noise is not the sampling error of a share but the
questions that change sides when the code changes. Of those that changed, as many should be won as lost; a figure fell
when so many lost ones would come by chance less than ``CHANCE`` of the time (an exact one-sided sign test, McNemar's),
or when ``NET`` more are lost than won: in a set of a hundred questions such a loss is seen whatever came with it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import comb
from pathlib import Path

from qa.assistant import Assistant
from qa.errors import EncoderUnavailable
from qa.evaluate import Outcome, evaluate
from qa.evaluate.measures import mean
from qa.settings import Settings
from qa.types import Progress

REPO = Path(__file__).resolve().parents[1]
FIGURES = REPO / "bench" / "figures.json"
WORK = REPO / "build" / "gate"
CHANCE = 0.05
NET = 4
"""The sign test speaks from five lost and none won (1 in 32) on; three more lost than won is what a word more in the
tokenizer's list moves."""
MEASURES = ("hit1", "hit5", "hit10", "citation", "complete", "answered", "refused")
"""Order of the bits; "-" where a question has nothing to measure. ``citation`` counts silence as a miss, ``complete``
is all items shown, ``answered`` is of answerable questions, ``refused`` of unanswerable ones."""

Bits = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of a set, over the questions that both runs asked."""

    measure: str
    questions: int
    before: float
    now: float
    lost: tuple[str, ...]
    won: tuple[str, ...]

    @property
    def fell(self) -> bool:
        return len(self.lost) - len(self.won) >= NET or sign_test(len(self.lost), len(self.won)) < CHANCE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write the figures instead of comparing")
    parser.add_argument("--shared", type=Path, default=REPO.parent / "shared", help="holds corpus and golden/dev.jsonl")
    parser.add_argument("--index", type=Path, help="an index of the real corpus with vectors; taken as it is")
    parser.add_argument("--words", action="store_true", help="only the sets by words alone")
    parser.add_argument("--full", action="store_true", help="make the real corpus's vectors here")
    parser.add_argument("--figures", type=Path, default=FIGURES)
    parser.add_argument("--work", type=Path, default=WORK, help="folder for indexes; the vectors in it are kept")
    given = parser.parse_args()
    committed = json.loads(given.figures.read_text(encoding="utf-8")) if given.figures.is_file() else {}
    measured = {}
    for name, index, corpus, questions, encoder in runs(given):
        if encoder == "none" or not given.words:
            outcomes = measure(name, index, corpus, questions, encoder)
            measured |= {name: outcomes} if outcomes is not None else {}
    fell = [name for name, outcomes in measured.items() if not told(name, committed.get(name), outcomes)]
    if given.update:
        write(given.figures, committed | {name: figures(outcomes) for name, outcomes in measured.items()})
        print(f"wrote {given.figures.name}: {', '.join(measured)}")
    elif fell:
        sys.exit(f"fell: {', '.join(fell)}")


def runs(given: argparse.Namespace) -> Iterable[tuple[str, Path, Path | None, Path, str]]:
    """Name, index, the corpus to bring it up to (None: as it is), questions, encoder."""
    sample, work = REPO / "tests" / "golden" / "sample.jsonl", given.work
    yield "sample words", work / "sample-words", REPO / "corpus", sample, "none"
    yield "sample vectors", work / "sample-vectors", REPO / "corpus", sample, "e5"
    corpus, dev = given.shared / "corpus", given.shared / "golden" / "dev.jsonl"
    if not (corpus.is_dir() and dev.is_file()):
        print("no ../shared/corpus with golden/dev.jsonl: the real corpus is left out")
        return
    yield "dev words", work / "real-words", corpus, dev, "none"
    if given.index or given.full:
        yield "dev vectors", given.index or work / "real-vectors", None if given.index else corpus, dev, "e5"


def measure(name: str, index: Path, corpus: Path | None, questions: Path, encoder: str) -> Sequence[Outcome] | None:
    """Outcomes of one set; None where its vectors can't be had."""
    print(f"{name} …", flush=True)
    if corpus is not None:
        afresh(index)
    with Assistant.open(index, Settings(encoder=encoder)) as assistant:
        try:
            if corpus is not None:
                assistant.sync(corpus, lexical_only=encoder == "none", report=progress)
        except EncoderUnavailable as error:
            print(f"{name}: left out, {error}")
            return None
        status = assistant.status()
        ready = assistant.encoder
        if encoder != "none" and (ready is None or status.vectors < status.chunks):
            why = "; ".join(problem.message for problem in status.problems if not problem.path)
            print(f"{name}: left out, {status.vectors} of {status.chunks} passages have vectors. {why}")
            return None
        return evaluate(assistant, questions).outcomes


def afresh(index: Path) -> None:
    """Remove an index but for its cache of vectors: a sync reads only files that changed, not code that did."""
    for part in index.iterdir() if index.is_dir() else ():
        if part.is_dir() and part.name != "cache":
            shutil.rmtree(part)
        elif part.is_file():
            part.unlink()


def progress(step: Progress) -> None:
    if step.stage in ("vectors", "sentences") and step.done % 1000 < 32:
        print(f"  {step.stage} {step.done}/{step.total}", flush=True)


def told(name: str, before: Mapping[str, object] | None, outcomes: Sequence[Outcome]) -> bool:
    """Print what changed; False where a figure fell."""
    if before is None:
        print(f"{name}: nothing committed yet; {summary(outcomes)}")
        return True
    changes = compare(before["outcomes"], bits(outcomes))  # type: ignore[arg-type]
    print(f"{name:16s} {'questions':>9} {'committed':>9} {'now':>6} {'lost':>4} {'won':>4}")
    for change in changes:
        figures = f"{change.before:9.3f} {change.now:6.3f} {len(change.lost):4d} {len(change.won):4d}"
        print(f"  {change.measure:14s} {change.questions:9d} {figures}{'  FELL' if change.fell else ''}")
        if change.lost:
            print(f"    lost: {' '.join(change.lost)}")
    return not any(change.fell for change in changes)


def compare(before: Bits, now: Bits) -> list[Change]:
    """Measure by measure, over the questions that both asked and that have something to measure in both."""
    both = [number for number in before if number in now]
    changes = []
    for place, name in enumerate(MEASURES):
        pairs = [(n, before[n][place], now[n][place]) for n in both if "-" not in (before[n][place], now[n][place])]
        if pairs:
            changes.append(
                Change(
                    name,
                    len(pairs),
                    sum(old == "1" for _, old, _ in pairs) / len(pairs),
                    sum(new == "1" for _, _, new in pairs) / len(pairs),
                    tuple(number for number, old, new in pairs if old > new),
                    tuple(number for number, old, new in pairs if old < new),
                )
            )
    return changes


def sign_test(lost: int, won: int) -> float:
    """Chance of so many losses or more among the changed when a loss is as likely as a win; 1 for none changed."""
    changed = lost + won
    return sum(comb(changed, k) for k in range(lost, changed + 1)) / 2**changed


def bits(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """Question's id → a character a measure."""
    return {o.id: "".join("-" if met is None else str(int(met)) for met in _met(o)) for o in outcomes}


def _met(o: Outcome) -> tuple[bool | None, ...]:
    if not o.answerable:
        return (*[None] * 6, not o.answered)
    # A list question left unanswered shows no item; Outcome says None for it as for a question without items.
    complete = None if o.items is None and o.type != "list" else o.items == 1
    hits = tuple(o.rank is not None and o.rank <= k for k in (1, 5, 10))
    return (*hits, o.answered and o.cited_any, complete, o.answered, None)


def figures(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """What is committed of a run: figures over all and by type, and the bits."""
    kinds = {"all": outcomes} | {
        t: [o for o in outcomes if o.type == t] for t in dict.fromkeys(o.type for o in outcomes)
    }
    return {
        "date": date.today().isoformat(),
        "cores": os.cpu_count(),
        "measures": list(MEASURES),
        "figures": {kind: {"n": len(of), **shares(of)} for kind, of in kinds.items()},
        "outcomes": bits(outcomes),
    }


def shares(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Share of the questions that met each measure; without the measures that none has."""
    columns = zip(MEASURES, zip(*bits(outcomes).values(), strict=True), strict=True)
    found = {name: mean(bit == "1" for bit in column if bit != "-") for name, column in columns}
    return {name: round(share, 4) for name, share in found.items() if share is not None}


def summary(outcomes: Sequence[Outcome]) -> str:
    return ", ".join(f"{name} {share:.3f}" for name, share in shares(outcomes).items())


def write(path: Path, runs: Mapping[str, object]) -> None:
    """A question a line, so that a diff shows which changed."""
    path.write_text(json.dumps(runs, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
