"""How fast the encoder is here: ``python bench/encode.py [CORPUS]`` prints passages and queries a second.

The passages are the corpus's own, cut as the index cuts them, with their headings; the first run converts the encoder.
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
from qa.settings import Settings
from qa.split import context

PASSAGES, QUERIES = 512, 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="?", default=Path("corpus"))
    given = parser.parse_args()
    texts = list(itertools.islice(passages(given.corpus), PASSAGES))
    encoder = open_encoder(Settings.load())
    if encoder is None:
        raise SystemExit("QA_ENCODER=none: nothing to measure")
    encoder.encode_passages(texts[:8])
    begin = time.perf_counter()
    encoder.encode_passages(texts)
    passed = time.perf_counter() - begin
    begin = time.perf_counter()
    for text in texts[:QUERIES]:
        encoder.encode_queries([text[:20]])
    asked = (time.perf_counter() - begin) / min(QUERIES, len(texts))
    length = sum(map(len, texts)) / len(texts)
    print(f"{encoder.name}, {os.cpu_count()} cores")
    print(f"{len(texts) / passed:.1f} passages/s ({len(texts)} of {length:.0f} characters on average)")
    print(f"{asked * 1000:.1f} ms a query of 20 characters")


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
