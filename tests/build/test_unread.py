"""A file that can't be read is not tried at each sync, is told at each, and is tried as soon as it may be readable."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from load.hostile_files import paragraph
from load.sample_files import make_docx
from qa.build import sync
from qa.build.read import digest_of
from qa.build.workers import File, Workers
from qa.errors import InputError
from qa.settings import Settings
from qa.types import Problem, SyncReport

BROKEN = "坏.docx"
GOOD = make_docx(paragraph("第一份写法，供检查时对照。"))
Sync = Callable[..., SyncReport]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths given to a reading process, in order."""
    paths: list[str] = []
    read = Workers.read

    def listening(self: Workers, files: list[File], waiting: Any) -> Any:
        paths.extend(file.path for file in files)
        return read(self, files, waiting)

    monkeypatch.setattr(Workers, "read", listening)
    return paths


@pytest.fixture
def resync(corpus: Path, index: Path) -> Sync:
    def _sync(*again: str, rebuild: bool = False, **given: object) -> SyncReport:
        settings = Settings.load(**{"encoder": "none", **given})
        return sync(corpus, index, settings, again=again, rebuild=rebuild)

    return _sync


def put(path: Path, data: bytes, age: int = 60) -> None:
    """Not of just now, which no time is trusted of."""
    path.write_bytes(data)
    when = time.time() - age
    os.utime(path, (when, when))


def problem(done: SyncReport) -> Problem:
    (found,) = [problem for problem in done.problems if problem.path == BROKEN]
    return found


@pytest.fixture
def told(corpus: Path, resync: Sync, tried: list[str]) -> Problem:
    """What the first sync says of a broken file."""
    put(corpus / BROKEN, b"PK\x03\x04 half a file")
    found = problem(resync())
    assert BROKEN in tried
    tried.clear()
    return found


def test_it_is_told_again_and_not_opened_again(
    corpus: Path, resync: Sync, told: Problem, tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("qa.build.syncing.digest_of", lambda file: hashed.append(file.name) or digest_of(file))
    for _ in range(2):
        done = resync()
        assert problem(done) == told
        assert told.fatal
    assert (tried, BROKEN in hashed) == ([], False)
    assert done.generation == resync().generation


def test_under_a_new_time_it_is_known_by_its_bytes(corpus: Path, resync: Sync, told: Problem, tried: list[str]) -> None:
    put(corpus / BROKEN, (corpus / BROKEN).read_bytes(), age=30)
    assert problem(resync()) == told
    assert problem(resync()) == told
    assert tried == []


def test_beside_files_that_change(corpus: Path, resync: Sync, told: Problem, tried: list[str]) -> None:
    put(corpus / "新.txt", "新的一份说明，供检查时对照。".encode())
    assert problem(resync()) == told
    assert tried == ["新.txt"]


def test_it_is_read_once_it_is_mended(corpus: Path, resync: Sync, told: Problem, tried: list[str]) -> None:
    put(corpus / BROKEN, GOOD, age=20)
    assert resync().problems == ()
    assert tried == [BROKEN]


@pytest.mark.parametrize(
    "given",
    [
        {"read_seconds": 61},
        {"read_memory_mb": 1025},
        {"max_file_mb": 65},
        {"ocr": "off"},
        {"allow_secret": True},
    ],
    ids=str,
)
def test_other_settings_try_again(resync: Sync, told: Problem, tried: list[str], given: dict[str, object]) -> None:
    assert problem(resync(**given)) == told
    assert BROKEN in tried


def test_libreoffice_installed_meanwhile_tries_again(
    resync: Sync, told: Problem, tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.build.failures.program", lambda: "/somewhere/else/soffice")
    resync()
    assert tried == [BROKEN]


def test_other_libraries_try_again(
    resync: Sync, told: Problem, tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.build.failures._libraries", lambda: "lxml 99")
    resync()
    assert tried == [BROKEN]


def test_on_wish(resync: Sync, told: Problem, tried: list[str]) -> None:
    assert problem(resync(BROKEN)) == told
    assert tried == [BROKEN]
    assert problem(resync(rebuild=True)) == told
    assert tried.count(BROKEN) == 2


def test_damaged_memory_costs_a_trial(index: Path, resync: Sync, told: Problem, tried: list[str]) -> None:
    memory = index / "cache" / "unread.json"
    memory.write_text(memory.read_text(encoding="utf-8").replace("坏", "好"), encoding="utf-8")
    assert problem(resync()) == told
    assert problem(resync()) == told
    assert tried == [BROKEN]


def test_a_known_file_keeps_its_last_good_content(corpus: Path, resync: Sync, tried: list[str], index: Path) -> None:
    put(corpus / BROKEN, GOOD)
    documents = resync().documents
    put(corpus / BROKEN, b"PK\x03\x04 half a file", age=30)
    first = resync()
    assert "索引里仍是上次读到的内容" in problem(first).message
    tried.clear()
    done = resync()
    assert (problem(done), done.documents, tried) == (problem(first), documents, [])
    assert problem(resync(chunk_chars=200)) == problem(first)
    assert BROKEN not in tried


def test_what_is_missing_for_now_is_tried_each_time(
    corpus: Path, resync: Sync, tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(corpus / "锁住.txt", "稍后才能读的一份说明。".encode())
    hidden = corpus / "锁住.txt"

    # Root reads whatever the permissions say, so the file goes between its being hashed and read.
    def gone(self: Workers, files: list[File], waiting: Any, read: Any = Workers.read) -> Any:
        hidden.rename(corpus / ".gone")
        try:
            yield from read(self, files, waiting)
        finally:
            (corpus / ".gone").rename(hidden)

    with monkeypatch.context() as patch:
        patch.setattr(Workers, "read", gone)
        done = resync()
    assert [p.path for p in done.problems if "不见了" in p.message] == ["锁住.txt"]
    assert resync().problems == ()
    assert "锁住.txt" in tried


def test_a_folder_of_nothing_readable_is_not_tried_again(tmp_path: Path, index: Path, tried: list[str]) -> None:
    corpus = tmp_path / "只有坏的"
    corpus.mkdir()
    put(corpus / BROKEN, b"PK\x03\x04 half a file")
    for _ in range(2):
        with pytest.raises(InputError, match="都不能读取") as caught:
            sync(corpus, index, Settings.load(encoder="none"))
        assert BROKEN in str(caught.value)
    assert tried == [BROKEN]


def test_refused_for_its_mark_and_still_in_the_index_is_removed(
    corpus: Path, index: Path, resync: Sync, tried: list[str]
) -> None:
    """As after restoring an older index beside a newer memory."""
    marked = "机密\n\n关于水库检修的通知\n\n各科室请在冬季完成检修。\n".encode()
    put(corpus / "密.txt", marked)
    documents = resync().documents
    memory = (index / "cache" / "unread.json").read_text(encoding="utf-8")
    assert resync(allow_secret=True).documents == documents + 1
    put(corpus / "密.txt", marked, age=30)
    (index / "cache" / "unread.json").write_text(memory, encoding="utf-8")
    done = resync()
    assert done.documents == documents
    assert [p.path for p in done.problems] == ["密.txt"]


def test_in_an_archive(corpus: Path, resync: Sync, tried: list[str]) -> None:
    with zipfile.ZipFile(corpus / "包.zip", "w") as archive:
        archive.writestr(BROKEN, b"PK\x03\x04 half a file")
        archive.writestr("好.txt", "包里的一份说明，供检查时对照。")
    os.utime(corpus / "包.zip", (1_700_000_000, 1_700_000_000))
    first = resync()
    tried.clear()
    assert resync().problems == first.problems
    assert [p.path for p in first.problems] == [f"包.zip/{BROKEN}"]
    assert tried == []
