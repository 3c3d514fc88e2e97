"""The contract of LexicalIndex: tantivy against a textbook BM25, scores included."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa
from qa.errors import IndexUnavailable, InputError
from qa.lexical import TantivyIndex
from qa.protocols import LexicalIndex

K1, B = 1.2, 0.75


def byte_lengths() -> list[int]:
    """The 256 lengths that Lucene's and tantivy's one-byte norm can say: a float of 4 bits' mantissa above 40."""
    table = list(range(24))
    for code in range(24, 256):
        mantissa, shift = (code - 24) & 7, (code - 24) >> 3
        table.append(24 + (mantissa << shift if shift == 0 else (mantissa | 8) << (shift - 1)))
    return table


class TextbookBM25:
    """Robertson and Spärck Jones, with the idf that is never negative, over a passage and what only its head says."""

    def __init__(self) -> None:
        self.texts: dict[int, tuple[list[str], list[str]]] = {}
        self.table = byte_lengths()

    def __len__(self) -> int:
        return len(self.texts)

    def add(self, ids: Sequence[int], bodies: Sequence[Sequence[str]], heads: Sequence[Sequence[str]]) -> None:
        for number, body, head in zip(ids, bodies, heads, strict=True):
            self.texts[number] = (list(body), [*body, *(token for token in head if token not in body)])

    def remove(self, ids: Sequence[int]) -> None:
        for number in ids:
            self.texts.pop(number, None)

    def commit(self) -> None:
        pass

    def search(self, tokens: Sequence[str], k: int) -> list[tuple[int, float]]:
        scores = {number: sum(self.score(token, number, 1) for token in dict.fromkeys(tokens)) for number in self.texts}
        found = [(number, score) for number, score in scores.items() if score > 0]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def frequency(self, tokens: Sequence[str]) -> list[int]:
        return [self.holders(token, 0) for token in tokens]

    def holders(self, token: str, field: int) -> int:
        return sum(token in fields[field] for fields in self.texts.values())

    def score(self, token: str, number: int, field: int) -> float:
        words = self.texts[number][field]
        count = Counter(words)[token]
        if not count:
            return 0.0
        total, holders = len(self.texts), self.holders(token, field)
        mean = sum(len(fields[field]) for fields in self.texts.values()) / total
        length = max(size for size in self.table if size <= len(words))
        idf = log(1 + (total - holders + 0.5) / (holders + 0.5))
        return idf * count * (K1 + 1) / (count + K1 * (1 - B + B * length / mean))


WORDS = ["基层", "治理", "群众", "路线", "5.5", "gdp", "调查", "研究", "第12条", "a"]
passages = st.lists(
    st.tuples(st.lists(st.sampled_from(WORDS), max_size=70), st.lists(st.sampled_from(WORDS), max_size=6)),
    max_size=12,
)
questions = st.lists(st.sampled_from([*WORDS, "没有"]), max_size=8)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[TantivyIndex]:
    made = TantivyIndex.create(tmp_path / "lexical")
    yield made
    made.close()


def fill(target: LexicalIndex, given_passages: Sequence[tuple[list[str], list[str]]]) -> None:
    ids = [2**62 - 7 * place for place in range(len(given_passages))]
    target.add(ids, [body for body, _ in given_passages], [head for _, head in given_passages])
    target.commit()


def test_it_is_a_lexical_index(index: TantivyIndex) -> None:
    assert isinstance(index, LexicalIndex)


@given(passages, questions, st.integers(1, 20))
def test_scores_are_the_textbooks(
    tmp_path_factory: pytest.TempPathFactory,
    given_passages: list[tuple[list[str], list[str]]],
    tokens: list[str],
    k: int,
) -> None:
    index, oracle = TantivyIndex.create(tmp_path_factory.mktemp("lexical")), TextbookBM25()
    for target in (index, oracle):
        fill(target, given_passages)
    found, expected = index.search(tokens, k), oracle.search(tokens, k)
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-3)
    scores = dict(oracle.search(tokens, len(oracle) or 1))
    assert [scores[number] for number, _ in found] == pytest.approx([score for _, score in found], abs=1e-3)
    assert index.frequency(tokens) == oracle.frequency(tokens)
    assert len(index) == len(oracle)
    index.close()


def test_long_passages_have_their_length_rounded_as_the_table_says(index: TantivyIndex) -> None:
    oracle = TextbookBM25()
    given_passages = [(["基层"] * 3 + ["x"] * length, ["治理"]) for length in (1, 40, 41, 100, 399, 1000, 5000)]
    for target in (index, oracle):
        fill(target, given_passages)
    found, expected = index.search(["基层", "治理"], 10), oracle.search(["基层", "治理"], 10)
    assert [number for number, _ in found] == [number for number, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-3)


def test_ties_are_in_order_of_ids_however_many(index: TantivyIndex) -> None:
    ids = [(number * 7919) % 1000 + 1 for number in range(1000)]
    index.add(ids, [["同"]] * 1000, [[]] * 1000)
    index.commit()
    assert [number for number, _ in index.search(["同"], 10)] == list(range(1, 11))


def test_ties_over_several_segments(index: TantivyIndex) -> None:
    for number in (5, 3, 9, 1, 7):
        index.add([number], [["同"]], [["头"]])
        index.commit()
    assert [number for number, _ in index.search(["同", "头"], 3)] == [1, 3, 5]


def test_a_token_asked_twice_counts_once(index: TantivyIndex) -> None:
    fill(index, [(["基层", "治理"], []), (["治理"], [])])
    assert index.search(["基层", "基层"], 5) == index.search(["基层"], 5)


def test_nothing_asked_or_nothing_there(index: TantivyIndex) -> None:
    assert index.search(["基层"], 5) == []
    fill(index, [(["基层"], [])])
    assert index.search([], 5) == []
    assert index.search(["没有"], 5) == []
    with pytest.raises(InputError, match="k=0"):
        index.search(["基层"], 0)


def test_what_is_added_is_seen_after_commit(index: TantivyIndex) -> None:
    index.add([1], [["基层"]], [[]])
    assert len(index) == 0
    index.commit()
    assert [number for number, _ in index.search(["基层"], 5)] == [1]


def test_what_is_removed_is_gone(index: TantivyIndex) -> None:
    fill(index, [(["基层"], ["治理"]), (["基层", "群众"], [])])
    index.remove([2**62, 12345])
    index.commit()
    assert [number for number, _ in index.search(["基层", "治理"], 5)] == [2**62 - 7]
    assert index.frequency(["基层", "治理", "群众"]) == [1, 0, 1]
    assert (len(index), index.dead) == (1, 1)


def test_save_and_open_is_the_identity(tmp_path: Path) -> None:
    index = TantivyIndex.create(tmp_path / "中文 夹" / "lexical")
    fill(index, [(["基层", "治理"], ["群众"]), (["治理"], []), (["基层"] * 9, ["治理"])])
    before = index.search(["基层", "治理", "群众"], 5)
    index.close()
    again = TantivyIndex.open(tmp_path / "中文 夹" / "lexical")
    assert again.search(["基层", "治理", "群众"], 5) == before
    again.close()


def test_a_fresh_index_is_one_segment(index: TantivyIndex, tmp_path: Path) -> None:
    fill(index, [([f"词{number % 97}"] * 50, ["头"]) for number in range(5000)])
    assert len(list((tmp_path / "lexical").glob("*.idx"))) == 1


def test_many_threads_see_the_same(index: TantivyIndex) -> None:
    fill(index, [([f"词{number % 17}", f"词{number % 5}"], ["头"]) for number in range(500)])
    expected = index.search(["词3", "词4", "头"], 20)
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(50):
            found = index.search(["词3", "词4", "头"], 20)
            if found != expected:
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_missing_or_damaged_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable, match="全文索引无法打开"):
        TantivyIndex.open(tmp_path / "none")
    index = TantivyIndex.create(tmp_path / "lexical")
    fill(index, [(["基层"], [])])
    index.close()
    (tmp_path / "lexical" / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexUnavailable, match="全文索引无法打开"):
        TantivyIndex.open(tmp_path / "lexical")


@pytest.mark.skipif(os.name == "nt", reason="目录权限按 POSIX 测试")
def test_a_folder_that_cannot_be_written_can_be_read() -> None:
    """In a process without the rights of the system's owner, to whom no folder is closed."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "lexical"
        index = TantivyIndex.create(folder)
        fill(index, [(["基层"], [])])
        index.close()
        for path in folder.iterdir():
            path.unlink() if path.suffix == ".lock" else path.chmod(0o444)
        folder.chmod(0o555)
        Path(place).chmod(0o755)
        code = (
            "import os, pathlib; from qa.lexical import TantivyIndex\n"
            "if os.getuid() == 0: os.setuid(65534)\n"
            f"index = TantivyIndex.open(pathlib.Path({str(folder)!r}))\n"
            "print(index.search(['基层'], 5)[0][0]); index.close()"
        )
        where = {"PYTHONPATH": str(Path(qa.__file__).parents[1])}
        done = subprocess.run([sys.executable, "-c", code], env=where, capture_output=True, encoding="utf-8")
        folder.chmod(0o755)
    assert done.stdout.strip() == str(2**62), done.stderr
