"""An index made by an older or a newer program: nothing of it is lost."""

from __future__ import annotations

import hashlib
import logging
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_encoder import FakeEncoder
from old_index import make_format_3
from small_library import TEXTS

from qa.build import complete, sync
from qa.errors import IndexUnavailable
from qa.journal import Journal
from qa.settings import Settings
from qa.store import FORMAT, Snapshot, VectorCache, current_generation
from qa.store.files import read_sealed, write_sealed
from qa.store.schema import TABLES
from qa.tokens import query_tokens
from qa.types import Answer, SyncReport

Run = Callable[..., SyncReport]


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "lock" not in path.name
    }


def content(index: Path) -> list[object]:
    snapshot = Snapshot.open(index)
    documents = [snapshot.document(info.id) for info in snapshot.infos()]
    chunks = [snapshot.chunks_of(info.id) for info in snapshot.infos()]
    found = snapshot.lexical.search(query_tokens("防汛检查"), 5)
    vectors = snapshot.vectors.ids() if snapshot.vectors else None
    sentences = snapshot.sentences.to_bytes() if snapshot.sentences else None
    seen = [documents, chunks, found, vectors, sentences, snapshot.problems(), snapshot.warnings]
    snapshot.close()
    return seen


@pytest.fixture
def old(run: Run, index: Path, encoder: FakeEncoder) -> Path:
    run(encoder="e5", lexical_only=True)
    run(encoder="e5")
    for number in range(1, current_generation(index) or 0):
        shutil.rmtree(index / "generations" / str(number), ignore_errors=True)
    make_format_3(index)
    encoder.asked.clear()
    return index


def test_readers_use_an_older_index_as_it_is(run: Run, index: Path, encoder: FakeEncoder) -> None:
    run(encoder="e5")
    for number in range(1, current_generation(index) or 0):
        shutil.rmtree(index / "generations" / str(number), ignore_errors=True)
    before = content(index)
    make_format_3(index)
    written = files(index)
    assert content(index) == before
    assert files(index) == written


def test_a_sync_carries_it_forward_and_reads_and_encodes_nothing(run: Run, old: Path, encoder: FakeEncoder) -> None:
    before, number = content(old), current_generation(old) or 0
    made: list[str] = []
    done = run(encoder="e5", report=lambda progress: made.extend([progress.note] if progress.stage == "read" else []))
    assert (done.generation, done.unchanged, done.encoded, made, encoder.asked) == (number + 1, 3, 0, [], [])
    assert content(old) == before
    first, second = (old / "generations" / str(n) for n in (number, number + 1))
    assert Snapshot.open(old).manifest.format == FORMAT
    for name in ["vectors.faiss", "sentences.bin", *(f"lexical/{p.name}" for p in (first / "lexical").glob("*.idx"))]:
        assert (first / name).samefile(second / name)
    assert run(encoder="e5").generation == number + 1


def test_its_tables_become_those_of_a_new_index(run: Run, old: Path) -> None:
    run(encoder="e5")
    fresh = sqlite3.connect(":memory:")
    fresh.executescript(TABLES)
    now = sqlite3.connect(old / "generations" / str(current_generation(old)) / "library.sqlite")
    query = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
    plain = [
        [(kind, name, sql.replace('"documents"', "documents")) for kind, name, sql in db.execute(query)]
        for db in (now, fresh)
    ]
    assert plain[0] == plain[1]
    assert now.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    now.close()
    fresh.close()


def test_completing_an_older_index_carries_it_forward(old: Path, corpus: Path, encoder: FakeEncoder) -> None:
    shutil.rmtree(corpus)
    before = content(old)
    done = complete(old, Settings.load(encoder="e5"))
    assert (done.documents, done.encoded, encoder.asked) == (3, 0, [])
    assert content(old) == before
    assert Snapshot.open(old).manifest.format == FORMAT


def test_what_only_the_older_index_has_stays(
    run: Run, old: Path, corpus: Path, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other code reads all anew, and one file can't be read any more."""
    monkeypatch.setattr("qa.build.syncing.pipeline", lambda: "another")
    (corpus / "通知.txt").write_bytes(b"")
    done = run(encoder="e5")
    assert (done.documents, done.vectors, done.encoded) == (3, done.chunks, 0)
    snapshot = Snapshot.open(old)
    doc_id = snapshot.find("通知.txt")
    assert doc_id is not None
    assert snapshot.document(doc_id).text == TEXTS["通知.txt"].strip()
    snapshot.close()
    assert any("仍是上次读到的内容" in problem.message for problem in done.problems)


def test_a_newer_index_is_left_alone(run: Run, corpus: Path, index: Path) -> None:
    run()
    manifest = index / "generations" / "1" / "manifest.json"
    write_sealed(manifest, {**read_sealed(manifest), "format": FORMAT + 1})
    before = files(index)
    with pytest.raises(IndexUnavailable, match=r"更新的版本做的。请升级有据"):
        run()
    write_sealed(index / "CURRENT", {"format": FORMAT + 1, "generation": 1})
    with pytest.raises(IndexUnavailable, match=r"更新的版本做的。请升级有据"):
        sync(corpus, index, Settings.load(encoder="none"))
    del before["CURRENT"]
    after = files(index)
    del after["CURRENT"]
    assert after == before


def test_a_newer_cache_of_vectors_is_left_alone(run: Run, index: Path) -> None:
    run()
    path = index / "cache" / "vectors.sqlite"
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    with pytest.raises(IndexUnavailable, match=r"语义向量的缓存的版本是 99.*更新的版本.*请升级"):
        run()
    assert path.read_bytes() == before


def test_a_cache_without_a_version_is_taken_over(run: Run, index: Path, encoder: FakeEncoder) -> None:
    first = run(encoder="e5")
    db = sqlite3.connect(index / "cache" / "vectors.sqlite")
    db.execute("PRAGMA user_version = 0")
    db.close()
    encoder.asked.clear()
    assert run(encoder="e5", chunk_chars=1000).chunks
    shutil.rmtree(index / "generations")
    (index / "CURRENT").unlink()
    done = run(encoder="e5")
    assert done.vectors == first.vectors
    assert [text for text in encoder.asked if text in encoder.passages(index)] == []
    cache = VectorCache.open(index)
    assert not cache.is_new
    cache.close()


def answer(question: str) -> Answer:
    return Answer(question, "abstained", "extract", (), (), (), 0.0, "没有依据")


def test_a_journal_without_a_version_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    journal.record(answer("旧问题"))
    journal.close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 0")
    db.close()
    journal = Journal(path)
    journal.record(answer("新问题"))
    assert [row.question for row in journal.rows()] == ["新问题", "旧问题"]
    journal.close()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    db.close()


def test_a_newer_journal_is_left_alone_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "journal.sqlite"
    db = sqlite3.connect(path)
    db.executescript("CREATE TABLE answers (x); PRAGMA user_version = 99;")
    db.close()
    journal = Journal(path)
    with caplog.at_level(logging.WARNING):
        assert journal.record(answer("问题")) is None
        assert journal.rows() == []
    assert "问答记录的版本是 99" in caplog.text
    db = sqlite3.connect(path)
    assert db.execute("SELECT sql FROM sqlite_master").fetchall() == [("CREATE TABLE answers (x)",)]
    db.close()
