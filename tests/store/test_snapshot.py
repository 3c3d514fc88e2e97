"""Opening what was published: whole, damaged, of another version, missing."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import IndexUnavailable, InputError
from qa.store import (
    FORMAT,
    Counts,
    Entry,
    FileState,
    Manifest,
    Snapshot,
    Staging,
    VectorCache,
    current_generation,
    entry,
)
from qa.store.encoded import apart, sentence_digests
from qa.store.files import read_sealed, write_sealed
from qa.terms import Term
from qa.types import Chunk, Document, Facts, PageStart, Problem, Section

Publish = Callable[[Sequence[Document]], Manifest]


def document(number: int, text: str = "一、总则\n本办法讲水库检修。第二句。") -> Document:
    return Document(
        id=f"{number:016x}",
        path=f"夹/文件{number}.pdf",
        title=f"第{number}号办法",
        text=text,
        pages=(PageStart(1, 0), PageStart(3, 5)),
        sections=(Section(1, "一、", "总则", 0, len(text)), Section(2, "（一）", "", 5, len(text), 0)),
        facts=Facts("云政〔2024〕3号", "云溪县人民政府", "2024-05-01", 2024),
        sha256="ab" * 32,
        format="pdf",
        encoding=None,
        warnings=("第3页没有文字。",),
    )


def chunks(whole: Document, size: int = 8) -> list[Chunk]:
    base = int(whole.id, 16) * 1000 + 1
    starts = range(0, len(whole.text), size)
    return [
        Chunk(base + at, whole.id, at, min(at + size, len(whole.text)), 1, whole.text[at : at + size]) for at in starts
    ]


def entries(whole: Document) -> list[Entry]:
    return [entry(chunk, f"{whole.title}\n一、总则", list(chunk.text), list(whole.title)) for chunk in chunks(whole)]


def publish(index: Path, documents: Sequence[Document], vectors: bool = True) -> Manifest:
    cache = VectorCache.open(index)
    try:
        with Staging(index) as staging:
            for whole in documents:
                made = entries(whole)
                staging.add(whole, made, FileState(len(whole.text), 7))
                if vectors:
                    rows = np.eye(64, dtype=np.float32)[[one.chunk.id % 64 for one in made]]
                    cache.put("eye", [one.passage for one in made], rows)
                    spoken = [apart(sentence_digests(one.chunk)) for one in made]
                    for keys, row in zip(spoken, rows, strict=True):
                        cache.put("eye", keys, np.repeat(row[None], len(keys), axis=0))
            staging.set_problems([Problem("坏.docx", "读不了。", True)])
            return staging.publish(Manifest(0, "test", "p", 300, "", Counts(), "eye" if vectors else None), cache)
    finally:
        cache.close()


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "索引 %20#"


def test_save_and_open_is_the_identity(index: Path) -> None:
    documents = [document(number) for number in (1, 2, 3)]
    made = publish(index, documents)
    snapshot = Snapshot.open(index)
    assert snapshot.manifest == made
    assert (snapshot.generation, snapshot.counts, snapshot.warnings) == (1, Counts(3, 9, 9, 9), ())
    assert [snapshot.document(info.id) for info in snapshot.infos()] == documents
    info = snapshot.infos()[0]
    assert (info.chars, info.chunks, info.pages, info.facts) == (len(documents[0].text), 3, 2, documents[0].facts)
    every = [chunk for whole in documents for chunk in chunks(whole)]
    assert snapshot.chunks([chunk.id for chunk in every]) == {chunk.id: chunk for chunk in every}
    assert snapshot.chunks_of(documents[1].id) == tuple(chunks(documents[1]))
    assert snapshot.heads([every[0].id]) == {every[0].id: "第1号办法\n一、总则"}
    assert snapshot.vectors is not None
    assert snapshot.vectors.ids() == sorted(chunk.id for chunk in every)
    assert snapshot.sentences is not None
    assert snapshot.sentences.ids() == sorted(chunk.id for chunk in every)
    assert snapshot.find("夹/文件2.pdf") == documents[1].id
    assert snapshot.find("没有") is None
    assert snapshot.problems() == (
        Problem("坏.docx", "读不了。", True),
        *(Problem(whole.path, "第3页没有文字。", False) for whole in documents),
    )
    snapshot.close()


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    index = tmp_path_factory.mktemp("index")
    whole = document(1, text)
    publish(index, [whole], vectors=False)
    snapshot = Snapshot.open(index)
    assert snapshot.document(whole.id) == whole
    assert "".join(chunk.text for chunk in snapshot.chunks_of(whole.id)) == text
    snapshot.close()


def test_neighbours(index: Path) -> None:
    publish(index, [document(1), document(2)])
    snapshot = Snapshot.open(index)
    first, second, third = chunks(document(2))
    assert snapshot.neighbours(first) == (None, second)
    assert snapshot.neighbours(second) == (first, third)
    assert snapshot.neighbours(third) == (second, None)
    snapshot.close()


def test_the_order_of_encoding_covers_each_document_early(index: Path) -> None:
    publish(index, [document(1), document(2)])
    snapshot = Snapshot.open(index)
    places = [(number - 1) % 1000 // 8 for number, _ in snapshot.passages()]
    assert places == [0, 0, 1, 1, 2, 2]
    snapshot.close()


def test_what_is_not_there(index: Path) -> None:
    publish(index, [document(1)])
    snapshot = Snapshot.open(index)
    assert snapshot.chunks([5, 6]) == {}
    assert snapshot.chunks_of("x") == ()
    with pytest.raises(InputError, match="没有编号为 'x' 的文件"):
        snapshot.document("x")
    snapshot.close()


def test_many_threads_read_one_snapshot(index: Path) -> None:
    documents = [document(number) for number in range(1, 30)]
    publish(index, documents)
    snapshot = Snapshot.open(index)
    wrong: list[object] = []

    def read() -> None:
        for whole in documents * 5:
            if snapshot.document(whole.id) != whole or snapshot.chunks_of(whole.id) != tuple(chunks(whole)):
                wrong.append(whole.id)
            snapshot.lexical.search(["水", "库"], 5)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    snapshot.close()


def test_no_index(index: Path) -> None:
    assert current_generation(index) is None
    with pytest.raises(IndexUnavailable, match=r"还没有索引.*python -m qa sync"):
        Snapshot.open(index)


def damage(path: Path) -> None:
    """One bit in the middle; the size stays."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()  # it may be shared with another generation
    path.write_bytes(data)


def largest(folder: Path, pattern: str) -> Path:
    return max(folder.glob(pattern), key=lambda path: path.stat().st_size)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "library": lambda folder: damage(folder / "library.sqlite"),
    "lexical": lambda folder: damage(largest(folder, "lexical/*.idx")),
    "manifest": lambda folder: (folder / "manifest.json").write_text("{", encoding="utf-8"),
    "manifest of another shape": lambda folder: (folder / "manifest.json").write_text("[1]", encoding="utf-8"),
    "missing file": lambda folder: (folder / "library.sqlite").unlink(),
    "cut file": lambda folder: (folder / "library.sqlite").write_bytes(b""),
    "missing folder": shutil.rmtree,
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_seen_and_the_last_good_generation_taken(index: Path, kind: str) -> None:
    publish(index, [document(1)])
    publish(index, [document(1), document(2)])
    DAMAGE[kind](index / "generations" / "2")
    snapshot = Snapshot.open(index)
    assert (snapshot.generation, len(snapshot.infos())) == (1, 1)
    assert "第 1 代" in snapshot.warnings[0]
    assert "python -m qa sync" in snapshot.warnings[0]
    snapshot.close()


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_without_a_good_generation_is_told(index: Path, kind: str) -> None:
    publish(index, [document(1)])
    DAMAGE[kind](index / "generations" / "1")
    with pytest.raises(IndexUnavailable, match=r"(损坏|缺失).*重新建立索引"):
        Snapshot.open(index)


@pytest.mark.parametrize("part", ["vectors.faiss", "sentences.bin"])
@pytest.mark.parametrize("harm", [damage, Path.unlink, lambda path: path.write_bytes(b"")])
def test_without_its_vectors_the_generation_serves_by_words(
    index: Path, part: str, harm: Callable[[Path], object]
) -> None:
    publish(index, [document(1)])
    publish(index, [document(1), document(2)])
    harm(index / "generations" / "2" / part)
    snapshot = Snapshot.open(index)
    assert (snapshot.generation, len(snapshot.infos()), snapshot.damaged) == (2, 2, {part})
    assert (snapshot.vectors is None, snapshot.sentences is None) == (part == "vectors.faiss", part == "sentences.bin")
    assert snapshot.lexical.search(["水"], 5)
    (warning,) = snapshot.warnings
    assert "暂不可用，其余照常。请运行 python -m qa sync 修复" in warning
    snapshot.close()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"generation": "x"}', '{"generation": 99}'])
def test_a_damaged_pointer_costs_nothing(index: Path, text: str) -> None:
    publish(index, [document(1)])
    (index / "CURRENT").write_text(text, encoding="utf-8")
    snapshot = Snapshot.open(index)
    assert snapshot.generation == 1
    snapshot.close()


@pytest.mark.parametrize(
    ("version", "todo"), [(2, "重新建立索引"), (99, "它是更新的版本做的。请升级有据"), ("x", "重新建立索引")]
)
def test_an_index_of_another_format_is_told(index: Path, version: object, todo: str) -> None:
    publish(index, [document(1)])
    path = index / "generations" / "1" / "manifest.json"
    write_sealed(path, {**read_sealed(path), "format": version})
    with pytest.raises(IndexUnavailable, match=rf"格式版本是 {version}，本程序用的是 {FORMAT}.*{todo}"):
        Snapshot.open(index)


def test_staging_left_without_publishing_leaves_nothing(index: Path) -> None:
    publish(index, [document(1)])
    with Staging(index) as staging:
        staging.add(document(2), entries(document(2)), FileState(1, 1))
    assert [path.name for path in (index / "generations").iterdir()] == ["1"]
    assert current_generation(index) == 1


def test_terms_are_counted_by_the_documents_that_introduce_them(index: Path) -> None:
    short, coined = Term("经信委", "经济和信息化委员会"), Term("五日轮访")
    with Staging(index) as staging:
        for number, terms in ((1, [short, coined]), (2, [short]), (3, [])):
            whole = document(number)
            staging.add(whole, entries(whole), FileState(1, 1), terms)
        staging.remove(document(2).id)
        staging.publish(Manifest(0, "test", "p", 300, "", Counts(), None), None)
    snapshot = Snapshot.open(index)
    assert sorted(snapshot.terms(), key=str) == sorted([(short, 1), (coined, 1)], key=str)
    snapshot.close()
