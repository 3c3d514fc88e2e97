"""Near-duplicate groups against the definition: the share of sentences that two documents have in common."""

from __future__ import annotations

from itertools import combinations

import pytest

from qa.types import Document
from qa.versions import SHARE, Sketches
from qa.versions.near import resemblance, sentence_hashes


def sentence(number: int) -> str:
    return f"第{number}组每月{number * 7 % 31}日检查{number}号仓库的门窗。"


def document(name: str, numbers: list[int]) -> Document:
    return Document(name, f"{name}.txt", name, "\n".join(map(sentence, numbers)))


def near(*documents: Document) -> dict[str, tuple[str, ...]]:
    sketches = Sketches()
    for one in documents:
        assert sketches.take(one) is one
    return sketches.near()


def test_resemblance_is_the_share_of_common_sentences() -> None:
    one, other = (sentence_hashes(document("", numbers).text) for numbers in ([1, 2, 3, 3], [2, 3, 4]))
    assert resemblance(one, other) == 2 / 4
    assert resemblance(one, one) == 1


def test_signs_blanks_and_line_ends_make_no_other_sentence() -> None:
    one, other = (
        sentence_hashes("各站按月报告，逐级汇总。\n不得迟报！"),
        sentence_hashes("各站按月 报告、逐级汇总；不得迟报"),
    )
    assert list(one) == list(other)
    assert len(one) == 2


@pytest.mark.parametrize("size", [10, 60])
def test_documents_are_together_from_the_threshold_on(size: int) -> None:
    # `size` sentences each, `common` in common: they share common / (2 * size - common).
    common = next(c for c in range(size) if c / (2 * size - c) >= SHARE)
    base = document("底本", list(range(size)))
    alike = document("近似", list(range(size - common, 2 * size - common)))
    assert near(base, alike) == {"底本": ("近似",), "近似": ("底本",)}
    apart = document("不同", list(range(size - common + 1, 2 * size - common + 1)))
    assert near(base, apart) == {}


def test_groups_are_those_that_every_pair_compared_would_give() -> None:
    documents = [
        document(f"{base}-{cut}", list(range(base + cut, base + 40))) for base in (0, 500, 900) for cut in (0, 2, 25)
    ]
    said = {one.id: sentence_hashes(one.text) for one in documents}
    pairs = {frozenset(p) for p in combinations(said, 2) if resemblance(said[p[0]], said[p[1]]) >= SHARE}
    found = near(*documents)
    assert {frozenset((one, other)) for one, others in found.items() for other in others} == pairs
    assert len(pairs) == 3


def test_what_says_nothing_is_like_nothing() -> None:
    assert near(Document("a", "a", "a", ""), Document("b", "b", "b", "")) == {}
    assert near(Document("a", "a", "a", "。。\n1"), Document("b", "b", "b", "。。\n1")) == {}


def test_many_copies_are_one_group_without_comparing_all_of_them() -> None:
    copies = [document(f"第{n}份", [*range(40), 1000 + n]) for n in range(300)]
    sketches = Sketches()
    for copy in copies:
        sketches.take(copy)
    (group,) = sketches.groups()
    assert set(group) == {copy.id for copy in copies}
    assert len(list(sketches._candidates())) < 300 * 300 / 4
