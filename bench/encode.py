"""How fast encoders are here: ``python bench/encode.py [CORPUS] --encoder e5 --encoder student``.

Prints passages and queries a second. The passages are the corpus's own, cut as the index cuts them.
Several encoders take turns, so that a machine busy for a while slows all of them; the best turn counts.
"""

from __future__ import annotations

import argparse
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

from qa.build.read import digest_of, make
from qa.encode import open_encoder
from qa.load import is_supported
from qa.protocols import Encoder
from qa.settings import Settings
from qa.split import context

PASSAGES, QUERIES = 256, 64
TURNS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="?", default=Path("corpus"))
    parser.add_argument("--encoder", action="append", help="as QA_ENCODER; without it, the one that is set")
    given = parser.parse_args()
    texts = list(itertools.islice(passages(given.corpus), PASSAGES))
    length = sum(map(len, texts)) / len(texts)
    print(f"{os.cpu_count()} cores, {len(texts)} passages of {length:.0f} characters on average")
    best: dict[str, tuple[float, float]] = {}
    encoders = [opened(name) for name in given.encoder or [Settings.load().encoder]]
    for _ in range(TURNS):
        for encoder in encoders:
            now, before = measured(encoder, texts), best.get(encoder.name, (0.0, 0.0))
            best[encoder.name] = max(now[0], before[0]), max(now[1], before[1])
    first = next(iter(best.values()))[0]
    for name, (rate, asked) in best.items():
        print(f"{name}: {rate:.1f} passages/s ({rate / first:.1f} times), {1000 / asked:.2f} ms a query of 20 letters")


def opened(name: str) -> Encoder:
    encoder = open_encoder(Settings.load(encoder=name))
    if encoder is None:
        raise SystemExit("QA_ENCODER=none: nothing to measure")
    encoder.encode_passages(["一", "二"])
    return encoder


def measured(encoder: Encoder, texts: list[str]) -> tuple[float, float]:
    """Passages a second of one call, queries a second asked one by one."""
    begin = time.perf_counter()
    encoder.encode_passages(texts)
    passed = time.perf_counter()
    for text in texts[:QUERIES]:
        encoder.encode_queries([text[:20]])
    asked = time.perf_counter()
    return len(texts) / (passed - begin), min(QUERIES, len(texts)) / (asked - passed)


def passages(corpus: Path) -> Iterator[str]:
    """What is encoded for each chunk, file by file."""
    for path in sorted(corpus.rglob("*")):
        if path.is_file() and is_supported(path):
            name = path.relative_to(corpus).as_posix()
            made = make(corpus, name, digest_of(path), 2**26, 300)
            for entry in made.entries:
                yield f"{context(made.document, entry.chunk)}\n{entry.chunk.text}"


if __name__ == "__main__":
    main()
