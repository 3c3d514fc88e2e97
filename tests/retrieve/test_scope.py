"""A scope keeps the right documents, and each retriever brings its best of them, as many as without a scope."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from qa import retrieve
from qa.errors import InputError
from qa.lexical import TantivyIndex
from qa.query import parse
from qa.retrieve import DocumentNames, Ground, candidates, documents_in
from qa.retrieve.scope import folders_of
from qa.sentences import SentenceIndex
from qa.types import Chunk, DocumentInfo, Facts, Scope, Standing
from qa.vectors import FaissIndex


def info(doc_id: str, path: str, title: str, **facts: Any) -> DocumentInfo:
    return DocumentInfo(doc_id, path, title, 1000, 5, 0, "md", "utf-8", Facts(**facts), ())


INFOS = {
    i.id: i
    for i in (
        info("law", "制度/灯塔/灯塔法(2019-03-02).md", "中华人民共和国灯塔法", issuer="县人大", year=2019),
        info("old", "制度/灯塔/灯塔法(2009-03-02).md", "中华人民共和国灯塔法", issuer="县人大", year=2009),
        info("joint", "制度/灯塔值守办法.md", "灯塔值守办法", issuer="港务局、公安局", year=2019),
        info("talk", "讲话/港口.txt", "在港口工作会议上的讲话", year=2024),
        info("report", "2024年工作报告.txt", "2024年工作报告", year=2024),
    )
}
PROFILES = DocumentNames(INFOS.values()).profiles
STANDING = {"law": Standing("现行"), "old": Standing("已修改", "law"), "joint": Standing("现行")}


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        (Scope(), {"law", "old", "joint", "talk", "report"}),
        (Scope(folders=("制度",)), {"law", "old", "joint"}),
        (Scope(folders=("制度/灯塔/",)), {"law", "old"}),
        (Scope(folders=("制度\\灯塔", "讲话")), {"law", "old", "talk"}),
        (Scope(documents=("灯塔法",)), {"law", "old"}),
        (Scope(documents=("制度/灯塔/灯塔法(2009-03-02).md",)), {"old"}),
        (Scope(documents=("report", "港口")), {"report", "talk"}),
        (Scope(years=(2019,)), {"law", "joint"}),
        (Scope(issuers=("公安局",)), {"joint"}),
        (Scope(in_force=True), {"law", "joint", "talk", "report"}),
        (Scope(folders=("制度",), years=(2019, 2009), in_force=True), {"law", "joint"}),
    ],
)
def test_which_documents_fit(scope: Scope, kept: set[str]) -> None:
    assert documents_in(scope, INFOS, PROFILES, STANDING) == kept


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (Scope(folders=("制",)), "资料库里没有文件夹“制”。相近的有：制度"),
        (Scope(documents=("灯塔看守法",)), "资料库里没有文件“灯塔看守法”。相近的有：.*灯塔"),
        (Scope(issuers=("人大",)), "资料库里没有发文机关“人大”。相近的有：县人大"),
        (Scope(folders=("讲话",), years=(2019,)), "没有文件同时符合所选范围（文件夹讲话；2019年）"),
    ],
)
def test_a_scope_that_holds_nothing_is_said(scope: Scope, said: str) -> None:
    with pytest.raises(InputError, match=said):
        documents_in(scope, INFOS, PROFILES, STANDING)


def test_folders_of_a_path() -> None:
    assert folders_of("a/b/c.txt") == ["a", "a/b"]
    assert folders_of("c.txt") == []


SIZE, DIM = 3000, 16
QUERY = parse("灯塔 值守 点亮")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """3,000 passages of which the words come in all strengths; each two sentences with vectors."""
    random = np.random.default_rng(7)
    lexical = TantivyIndex.create(tmp_path_factory.mktemp("scope") / "lexical")
    tokens = list(QUERY.tokens)
    bodies = [
        [str(random.choice(tokens)) for _ in range(int(random.integers(0, 4)))]
        + [f"x{random.integers(50)}" for _ in range(int(random.integers(3, 30)))]
        for _ in range(SIZE)
    ]
    lexical.add(range(1, SIZE + 1), bodies, [[] for _ in bodies])
    lexical.commit()
    rows = random.normal(size=(3 * SIZE, DIM)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors = FaissIndex(DIM)
    vectors.add(list(range(1, SIZE + 1)), rows[:SIZE])
    spoken = {i: [SIZE + 2 * (i - 1) - SIZE, SIZE + 2 * (i - 1) - SIZE + 1] for i in range(1, SIZE + 1)}
    return SimpleNamespace(
        lexical=lexical,
        vectors=vectors,
        vector_ids=frozenset(range(1, SIZE + 1)),
        sentences=SentenceIndex.build(spoken, rows[SIZE:]),
        chunks=lambda ids: {i: Chunk(i, "d", i, i + 1, -1, "x") for i in ids},
        vector=rows[:1],
    )


def oracle(snapshot: Any, among: frozenset[int]) -> set[int]:
    """The best 60 of each retriever, by asking each for everything it has."""
    every = (
        snapshot.lexical.search(QUERY.tokens, SIZE),
        snapshot.vectors.search(snapshot.vector, SIZE)[0],
        snapshot.sentences.search(snapshot.vector, SIZE),
    )
    return {i for found in every for i in [i for i, _ in found if i in among][: retrieve.DEPTH]}


@pytest.mark.parametrize("few", [4000, 10], ids=["each vector", "deeper"])
@pytest.mark.parametrize("step", [1, 2, 7, 40, 400])
def test_each_retriever_brings_its_best_in_scope(
    snapshot: Any, step: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieve, "FEW", few)
    among = frozenset(range(3, SIZE + 1, step))
    ground = Ground(snapshot.vectors.get(list(range(1, 500))), snapshot.sentences.sample(500))
    found = candidates(snapshot, QUERY, snapshot.vector, ground, (), among)
    assert {c.chunk.id for c in found} == oracle(snapshot, among)
    whole = {c.chunk.id: c for c in candidates(snapshot, QUERY, snapshot.vector, ground)}
    shared = [(c, whole[c.chunk.id]) for c in found if c.chunk.id in whole]
    assert shared
    assert all(c.cosine == pytest.approx(known.cosine, abs=1e-6) for c, known in shared)
    assert all(c.lexical == known.lexical for c, known in shared if c.lexical and known.lexical)


def test_without_vectors_the_words_alone_are_searched_in_scope(snapshot: Any) -> None:
    among = frozenset(range(5, SIZE, 500))
    found = candidates(snapshot, QUERY, None, None, (), among)
    assert {c.chunk.id for c in found} == {i for i, _ in snapshot.lexical.search(QUERY.tokens, SIZE) if i in among}
    assert candidates(snapshot, QUERY, None, None, (), frozenset()) == []
