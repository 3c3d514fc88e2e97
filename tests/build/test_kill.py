"""kill -9 at any point: the published index answers as before, and the next sync brings all to its end."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fake_encoder import FakeEncoder

import qa
from qa.build import sync
from qa.errors import IndexBusy
from qa.settings import Settings
from qa.store import Snapshot, current_generation, read_progress
from qa.store.check import verify
from qa.tokens import query_tokens

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 只在 POSIX 上有")

FILES = 60
CODING = 0.06
"""How far a component may be off: a twentieth of its range, which is 1 here, and a step of 1/255."""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(FILES):
        write(folder, number, "去年")
    return folder


def write(folder: Path, number: int, year: str) -> None:
    parts = [f"第{part}条 {year}{number}号水库的第{part}个闸门检修了{part + number}次。\n" for part in range(1, 12)]
    (folder / f"水库{number:02}.txt").write_text("\n".join(parts), encoding="utf-8")


def start(corpus: Path, index: Path, pause: float = 0.0, every: float = 0.2, **given: str) -> subprocess.Popen[bytes]:
    script = Path(__file__).with_name("sync_process.py")
    where = {**os.environ, "PYTHONPATH": str(Path(qa.__file__).parents[1]), **given}
    command = [sys.executable, str(script), str(corpus), str(index), str(pause), str(every)]
    return subprocess.Popen(command, env=where)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def wait_for(happened: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert process.poll() is None, "the sync ended too soon"
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.001)


def state(index: Path) -> tuple[str, int]:
    """Stage and count as they stand in the file, whether or not they were seen by read_progress."""
    try:
        found = json.loads((index / "progress.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "", 0
    return found["stage"], found["done"]


def answers(index: Path) -> list[object]:
    snapshot = Snapshot.open(index)
    assert snapshot.warnings == ()
    asked = ["去年3号水库检修了几次", "今年7号水库的闸门", "第十一条"]
    found = [snapshot.lexical.search(query_tokens(question), 20) for question in asked]
    chunks = [snapshot.chunks([number for number, _ in hits]) for hits in found]
    snapshot.close()
    return [found, chunks]


POINTS: dict[str, Callable[[Path], bool]] = {
    "lock taken": lambda index: (index / "owner.json").exists(),
    "staging begun": lambda index: any((index / "generations").glob(".new-2")),
    "while reading": lambda index: state(index)[0] == "read",
    "lexical index being written": lambda index: state(index)[0] in ("index", "publish"),
    "manifest written": lambda index: any((index / "generations").glob(".new-2/manifest.json*")),
    "renamed": lambda index: (index / "generations" / "2").exists(),
    "published": lambda index: current_generation(index) == 2,
    "while encoding": lambda index: state(index)[0] == "vectors" and state(index)[1] > 0,
    "while encoding sentences": lambda index: state(index)[0] == "sentences" and state(index)[1] > 0,
    "vectors published": lambda index: (current_generation(index) or 0) >= 3,
}


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_point_of_its_way(
    corpus: Path, tmp_path: Path, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    sync(corpus, index, Settings.load(encoder="none"))
    before = answers(index)
    for number in range(0, FILES, 2):
        write(corpus, number, "今年")
    process = start(corpus, index, pause=0.002)
    wait_for(lambda: POINTS[point](index), process)
    kill(process)
    if current_generation(index) == 1:
        assert answers(index) == before
    assert read_progress(index) is None
    complete(corpus, index, tmp_path / "oracle", monkeypatch)


@pytest.mark.parametrize("delay", [0.15, 0.4, 0.6, 0.8, 1.0, 1.3])
def test_killed_at_any_time_from_nothing(
    corpus: Path, tmp_path: Path, delay: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    process = start(corpus, index, pause=0.001)
    time.sleep(delay)
    kill(process)
    if current_generation(index) is not None:
        assert len(Snapshot.open(index).infos()) == FILES
    complete(corpus, index, tmp_path / "oracle", monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30))
def test_killed_at_random(corpus: Path, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At any time of a sync (even seeds) or of a rebuild under another chunk length (odd ones), twice in a row."""
    index, dice = tmp_path / "index", random.Random(seed)
    sync(corpus, index, Settings.load(encoder="none"))
    before = answers(index)
    for number in range(0, FILES, 2):
        write(corpus, number, "今年")
    chars = 300 if seed % 2 == 0 else 120
    for _ in range(2):
        (index / "owner.json").unlink(missing_ok=True)
        process = start(corpus, index, pause=0.001, every=0.1, QA_CHUNK_CHARS=str(chars))
        wait_for(lambda: (index / "owner.json").exists(), process)
        time.sleep(dice.uniform(0, 2))
        kill(process)
        found = answers(index)
        if current_generation(index) == 1:
            assert found == before
    complete(corpus, index, tmp_path / "oracle", monkeypatch, chunk_chars=chars)


def complete(corpus: Path, index: Path, oracle: Path, monkeypatch: pytest.MonkeyPatch, chunk_chars: int = 300) -> None:
    """The next sync ends with what a sync into an empty folder gives, and leaves nothing lying about."""
    FakeEncoder().install(monkeypatch.setattr)
    settings = Settings.load(chunk_chars=chunk_chars)
    done = sync(corpus, index, settings)
    assert done.vectors == done.chunks
    sync(corpus, oracle, settings)
    ours, theirs = Snapshot.open(index), Snapshot.open(oracle)
    assert [ours.document(info.id) for info in ours.infos()] == [theirs.document(info.id) for info in theirs.infos()]
    assert dict(ours.passages()) == dict(theirs.passages())
    assert ours.vectors is not None
    assert theirs.vectors is not None
    assert ours.vectors.ids() == theirs.vectors.ids()
    assert ours.sentences is not None
    assert theirs.sentences is not None
    # Coded in the ranges of what was there first, so equal to the error of that.
    ids = theirs.sentences.ids()
    assert ours.sentences.ids() == ids
    assert np.abs(ours.sentences.rows(ids) - theirs.sentences.rows(ids)).max() < CODING
    assert len(ours.lexical) == len(theirs.lexical)
    assert [finding for finding in verify(index) if not finding.ok] == []
    assert not list((index / "generations").glob(".new-*"))
    assert not list(index.glob("*.tmp"))
    ours.close()
    theirs.close()


def test_what_was_encoded_before_the_kill_is_not_encoded_again(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    process = start(corpus, index, pause=0.003, every=60)
    wait_for(lambda: state(index)[0] == "vectors" and state(index)[1] > 0, process)
    encoded = state(index)[1]
    kill(process)
    encoder = FakeEncoder()
    encoder.install(monkeypatch.setattr)
    done = sync(corpus, index, Settings.load())
    assert 0 < done.encoded <= done.chunks - encoded
    assert len(encoder.passages(index)) == done.encoded


def test_sentences_encoded_before_the_kill_are_not_encoded_again(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    process = start(corpus, index, pause=0.001, every=60)
    wait_for(lambda: state(index)[0] == "sentences" and state(index)[1] > 0, process)
    encoded = state(index)[1]
    kill(process)
    encoder = FakeEncoder()
    encoder.install(monkeypatch.setattr)
    done = sync(corpus, index, Settings.load())
    snapshot = Snapshot.open(index)
    distinct = {key for _, keys in snapshot.sentence_hashes() for key in keys}
    assert snapshot.counts.sentences == done.chunks
    snapshot.close()
    assert done.encoded == 0
    assert 0 < len(encoder.asked) <= len(distinct) - encoded


def test_a_second_sync_is_refused_while_the_first_lives_and_not_after(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    process = start(corpus, index, pause=0.01)
    wait_for(lambda: state(index)[0] == "vectors", process)
    progress = read_progress(index)
    assert progress is not None
    assert progress.stage == "vectors"
    with pytest.raises(IndexBusy, match=f"进程 {process.pid}"):
        sync(corpus, index, Settings.load(encoder="none"))
    kill(process)
    assert sync(corpus, index, Settings.load(encoder="none")).documents == FILES
