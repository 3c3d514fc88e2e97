"""Bits flip on a disk: never a wrong answer, never a crash, and the next sync mends what can be mended."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fake_encoder import FakeEncoder

from qa.assistant import Assistant
from qa.build import sync
from qa.errors import IndexUnavailable
from qa.settings import Settings
from qa.store import Snapshot, VectorCache
from qa.tokens import query_tokens
from qa.types import Progress, SyncReport

Run = Callable[..., SyncReport]

QUESTIONS = ("防汛检查哪天前完成", "迟到谈话", "走访接待难题", "河道清淤")


def seen(index: Path) -> tuple[dict[str, object], Snapshot]:
    """What a reader gets from the documents and words, and the snapshot, closed."""
    snapshot = Snapshot.open(index)
    ids = [number for number, _ in snapshot.passages()]
    told: dict[str, object] = {
        "documents": [snapshot.document(info.id) for info in snapshot.infos()],
        "chunks": snapshot.chunks(ids),
        "heads": snapshot.heads(ids),
        "terms": sorted(map(str, snapshot.terms())),
        "hits": [snapshot.lexical.search(query_tokens(question), 10) for question in QUESTIONS],
        "fatal": snapshot.problems(),
    }
    snapshot.close()
    return told, snapshot


def flip(path: Path, random_: random.Random) -> None:
    """One bit, in place: a file shared with another generation is damaged there too."""
    data = bytearray(path.read_bytes())
    data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
    path.write_bytes(data)


class Reads(list[str]):
    """Files that a sync says it reads; to be given as its report."""

    def __call__(self, progress: Progress) -> None:
        if progress.stage == "read" and progress.note and progress.note not in self:
            self.append(progress.note)


@pytest.fixture
def two(run: Run, corpus: Path, index: Path, encoder: FakeEncoder) -> Path:
    """Two generations: of three documents, and of four."""
    run(encoder="e5")
    (corpus / "新.txt").write_text("新的文件讲河道清淤，冬季施工四十天。", encoding="utf-8")
    run(encoder="e5")
    first, second = sorted((index / "generations").iterdir(), key=lambda folder: int(folder.name))
    assert not (first / "library.sqlite").samefile(second / "library.sqlite")
    return index


@contextmanager
def restored(index: Path, aside: Path) -> Iterator[None]:
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(index, aside)
    yield
    shutil.rmtree(index)
    shutil.copytree(aside, index)


def test_a_flipped_bit_in_any_file_gives_no_wrong_answer(two: Path, tmp_path: Path) -> None:
    """Each file of a generation, several places in each: the reader sees a state that was published, or an error."""
    dice = random.Random(7)
    whole, snapshot = seen(two)
    older = Snapshot(min((two / "generations").iterdir(), key=lambda folder: int(folder.name)))
    before = [older.document(info.id) for info in older.infos()]
    older.close()
    folder = two / "generations" / str(snapshot.generation)
    names = [
        path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file() and "lock" not in path.name
    ]
    assert len(names) >= 8
    for name in [*names, Path("../../CURRENT")]:
        for _ in range(6):
            with restored(two, tmp_path / "aside"):
                flip(folder / name, dice)
                try:
                    found, opened = seen(two)
                except IndexUnavailable:
                    continue
                assert found == whole or found["documents"] in (whole["documents"], before)
                assert opened.warnings or found == whole, name
                if found["documents"] == whole["documents"]:
                    assert found == whole, name


@pytest.mark.parametrize("part", ["vectors.faiss", "sentences.bin", "lexical"])
def test_a_damaged_derived_part_is_made_from_the_library_and_the_cache(
    run: Run, two: Path, encoder: FakeEncoder, part: str
) -> None:
    whole, snapshot = seen(two)
    vectors, sentences = snapshot.counts.vectors, snapshot.counts.sentences
    folder = snapshot.folder
    dice = random.Random(3)
    for path in folder.glob("lexical/*.idx") if part == "lexical" else [folder / part]:
        flip(path, dice)
    encoder.asked.clear()
    reads = Reads()
    done = run(encoder="e5", report=reads)
    assert (reads, encoder.asked, done.encoded) == ([], [], 0)
    assert any(part in problem.message for problem in done.problems)
    found, mended = seen(two)
    assert found == whole
    assert (mended.counts.vectors, mended.counts.sentences, mended.warnings) == (vectors, sentences, ())
    assert run(encoder="e5").problems == ()


def test_a_damaged_library_costs_reading_what_the_older_one_lacks(run: Run, two: Path, encoder: FakeEncoder) -> None:
    whole, snapshot = seen(two)
    flip(snapshot.folder / "library.sqlite", random.Random(1))
    encoder.asked.clear()
    reads = Reads()
    run(encoder="e5", report=reads)
    assert (reads, encoder.asked) == (["新.txt"], [])
    assert seen(two)[0] == whole


def test_two_damaged_libraries_cost_reading_but_no_encoding(run: Run, two: Path, encoder: FakeEncoder) -> None:
    whole, _ = seen(two)
    for path in two.glob("generations/*/library.sqlite"):
        path.write_bytes(b"")
    encoder.asked.clear()
    reads = Reads()
    run(encoder="e5", report=reads)
    assert (len(reads), encoder.asked) == (4, [])
    assert seen(two)[0]["documents"] == whole["documents"]


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(b"none" * 5000), Path.unlink])
def test_a_lost_cache_is_filled_from_what_is_published(
    run: Run, two: Path, encoder: FakeEncoder, harm: Callable[[Path], object]
) -> None:
    cache = VectorCache.open(two)
    keys = [key for _, key in Snapshot.open(two).passages()]
    before = cache.get("fake-8", keys)
    cache.close()
    harm(two / "cache" / "vectors.sqlite")
    encoder.asked.clear()
    done = run(encoder="e5", chunk_chars=1000)
    passages = encoder.passages(two)
    assert [text for text in encoder.asked if text not in passages] == []
    assert done.vectors == done.chunks
    cache = VectorCache.open(two)
    after = cache.get("fake-8", keys)
    cache.close()
    assert after.keys() == before.keys()
    assert all(abs(after[key] - before[key]).max() < 1e-3 for key in keys)


def test_only_words_are_left_when_all_vectors_are_damaged(run: Run, two: Path) -> None:
    whole, snapshot = seen(two)
    for name in ("vectors.faiss", "sentences.bin"):
        flip(snapshot.folder / name, random.Random(2))
    found, opened = seen(two)
    assert found == whole
    assert (opened.vectors, opened.sentences, len(opened.warnings)) == (None, None, 2)


@pytest.mark.parametrize("part", ["vectors.faiss", "sentences.bin"])
def test_questions_are_answered_meanwhile_and_the_status_says_so(
    two: Path, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr("qa.ready.open_encoder", lambda settings: encoder)
    monkeypatch.setattr("qa.ready.encoder_name", lambda settings: encoder.name)
    settings = Settings.load(encoder="e5")
    with Assistant.open(two, settings) as whole:
        before = {hit.chunk for hit in whole.search("防汛检查哪天前完成")}
    flip(Snapshot.open(two).folder / part, random.Random(4))
    with Assistant.open(two, settings) as assistant:
        assert {hit.chunk for hit in assistant.search("防汛检查哪天前完成")} <= before
        assert "通知.txt" in [hit.path for hit in assistant.ask("防汛检查哪天前完成").hits]
        assert any(part in p.message and "python -m qa sync" in p.message for p in assistant.status().problems)
        sync(two.parent / "资料 库", two, settings)
        assert not any(part in problem.message for problem in assistant.status().problems)
