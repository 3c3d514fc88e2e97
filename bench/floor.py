"""The floor to beat: plain BM25 over windows of 300 characters with their file names.

``python bench/floor.py CORPUS QUESTIONS`` cuts every readable file into windows, ranks them by BM25 over the tokens of
the window and its file name, and prints hit@1/5/10 and MRR by type, matched as ``qa eval`` matches. No outline, no
headings, no vectors, no understanding of the question.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from qa.clean import clean
from qa.errors import ReadError
from qa.evaluate import Gold, Matcher, read_questions
from qa.evaluate.measures import mean
from qa.lexical import TantivyIndex
from qa.load import is_supported, load
from qa.tokens import index_tokens, query_tokens

WINDOW = 300
Window = tuple[str, int, int]
"""Path, start, end."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("questions", type=Path)
    given = parser.parse_args()
    texts = read(given.corpus)
    with tempfile.TemporaryDirectory() as folder:
        index, windows = build(texts, Path(folder) / "floor")
        matcher = Matcher(texts.get)
        golds = [gold for gold in read_questions(given.questions) if gold.answerable]
        ranks = {gold.id: rank(index, windows, matcher, gold) for gold in golds}
        index.close()
    print(f"{len(texts)} files, {len(windows)} windows")
    for kind in [*dict.fromkeys(gold.type for gold in golds), None]:
        of = [ranks[gold.id] for gold in golds if kind in (None, gold.type)]
        hits = [mean(r is not None and r <= k for r in of) for k in (1, 5, 10)]
        figures = " ".join(f"hit@{k} {share:.3f}" for k, share in zip((1, 5, 10), hits, strict=True))
        print(f"{kind or 'all':12s} {len(of):4d}  {figures}  MRR {mean(1 / r if r else 0.0 for r in of):.3f}")


def read(corpus: Path) -> dict[str, str]:
    """Canonical text by path of every file that can be read."""
    texts = {}
    for path in sorted(corpus.rglob("*")):
        if path.is_file() and is_supported(path):
            try:
                texts[path.relative_to(corpus).as_posix()] = clean(load(path, 2**26).blocks).text
            except ReadError as error:
                print(f"left out {path.name}: {error}")
    return texts


def build(texts: dict[str, str], folder: Path) -> tuple[TantivyIndex, list[Window]]:
    """An index of all windows in ``folder``; a window's id there is its place in the list."""
    index = TantivyIndex.create(folder)
    windows = [
        (path, at, min(len(text), at + WINDOW)) for path, text in texts.items() for at in range(0, len(text), WINDOW)
    ]
    for number, (path, start, end) in enumerate(windows):
        index.add([number], [index_tokens(f"{Path(path).stem}\n{texts[path][start:end]}")], [()])
    index.commit()
    return index, windows


def rank(index: TantivyIndex, windows: list[Window], matcher: Matcher, gold: Gold) -> int | None:
    """1-based place of the first window of ten that holds evidence."""
    asked = " ".join([*gold.history[-1:], gold.question])
    for place, (number, _) in enumerate(index.search(query_tokens(asked), 10), 1):
        if matcher.shows(gold, *windows[number]):
            return place
    return None


if __name__ == "__main__":
    main()
