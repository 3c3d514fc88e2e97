"""Files to read go before vectors; wishes of a moment are one sync; nothing is tried for ever."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa import watch
from qa.audit import Audit
from qa.settings import Settings
from qa.types import LibraryStatus
from qa.web import keeper as module
from qa.web.keeper import Keeper, sync_command
from qa.web.server import _watch


class Bench:
    """A keeper whose children are small scripts that write down that they ran."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.log = place / "log"
        self.log.touch()
        self.lacking = True
        self.scripts = {"vectors": "", "sync": ""}
        self.settings = Settings(corpus=place / "资料", index=place / "index")
        monkeypatch.setattr(module, "command", lambda _: self.argv("vectors"))
        monkeypatch.setattr(
            module, "sync_command", lambda _, again, rebuild, empty: self.argv("sync", *again, str(rebuild), str(empty))
        )
        self.keeper = Keeper(self.settings, self.status)

    def argv(self, kind: str, *more: str) -> list[str]:
        note = f"open({str(self.log)!r}, 'a').write({' '.join((kind, *more))!r} + '\\n')"
        return [sys.executable, "-c", f"import sys, time; {note}; {self.scripts[kind] or 'pass'}"]

    def status(self) -> LibraryStatus:
        return LibraryStatus(1, 1, 10, 5 if self.lacking else 10, "e5", None, (), 10)

    def ran(self) -> list[str]:
        return self.log.read_text("utf-8").splitlines()

    def until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while not true():
            assert time.monotonic() < deadline, (self.ran(), self.keeper.work)
            time.sleep(0.02)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    made = Bench(tmp_path, monkeypatch)
    yield made
    made.keeper.stop()


def test_reading_ends_the_making_of_vectors_which_then_goes_on(bench: Bench) -> None:
    bench.scripts["vectors"] = "time.sleep(60)"
    bench.keeper.start()
    bench.until(lambda: bench.ran() == ["vectors"])
    assert bench.keeper.running
    begin = time.monotonic()
    wish = bench.keeper.wish()
    bench.until(lambda: bench.keeper.work.done >= wish)
    assert time.monotonic() - begin < 20
    bench.until(lambda: len(bench.ran()) == 3)
    assert bench.ran() == ["vectors", "sync False False", "vectors"]
    assert bench.keeper.failure is None


def test_wishes_of_a_moment_are_one_sync(bench: Bench) -> None:
    bench.lacking = False
    bench.keeper.start()
    wishes = [bench.keeper.wish([path]) for path in ("b", "a", "b")] + [bench.keeper.wish(allow_empty=True)]
    assert wishes == [1, 2, 3, 4]
    bench.until(lambda: bench.keeper.work.done == 4)
    assert bench.ran() == ["sync a b False True"]
    bench.keeper.wish(rebuild=True)
    bench.until(lambda: bench.keeper.work.done == 5)
    assert bench.ran()[1:] == ["sync True False"]


def test_a_wish_during_a_sync_is_another_one(bench: Bench) -> None:
    bench.lacking = False
    bench.scripts["sync"] = "time.sleep(1)"
    bench.keeper.start()
    bench.keeper.wish()
    bench.until(lambda: len(bench.ran()) == 1)
    assert bench.keeper.work.doing == "reading"
    second = bench.keeper.wish()
    assert bench.keeper.work.done < second
    bench.until(lambda: bench.keeper.work.done == second)
    assert len(bench.ran()) == 2


def test_what_fails_is_told_and_not_tried_for_ever(bench: Bench) -> None:
    bench.scripts = {"vectors": "sys.exit('出错：磁盘满了')", "sync": "sys.exit('出错：没有权限')"}
    bench.keeper.start()
    bench.until(lambda: bench.keeper.failure == "磁盘满了")
    wish = bench.keeper.wish()
    bench.until(lambda: bench.keeper.work.done >= wish)
    assert bench.keeper.work.failure == "没有权限"
    bench.until(lambda: bench.ran() == ["vectors", "sync False False", "vectors"])
    bench.until(lambda: bench.keeper.failure == "磁盘满了")
    time.sleep(0.5)
    assert len(bench.ran()) == 3


def test_vectors_that_stay_lacking_are_told_and_not_tried_for_ever(bench: Bench) -> None:
    bench.keeper.start()
    bench.until(lambda: bench.keeper.failure == "语义向量没有做完")
    time.sleep(0.5)
    assert bench.ran() == ["vectors"]


def test_stopping_ends_the_child(bench: Bench) -> None:
    bench.scripts["sync"] = "time.sleep(60)"
    bench.keeper.start()
    bench.keeper.wish()
    bench.until(lambda: len(bench.ran()) == 1)
    begin = time.monotonic()
    bench.keeper.stop()
    assert time.monotonic() - begin < 10
    assert not bench.keeper._thread.is_alive()


def test_a_watched_folder_is_synced_and_what_others_change_is_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "QUIET_MS", 300)
    corpus = tmp_path / "资料"
    corpus.mkdir()
    settings = Settings(corpus=corpus, index=tmp_path / "index", watch=True)
    audit = Audit(settings.index / "audit.sqlite")
    wishes: list[int] = []

    class Wishes:
        def wish(self) -> int:
            wishes.append(1)
            return len(wishes)

    assert _watch(settings.model_copy(update={"watch": False}), Wishes()) is None  # type: ignore[arg-type]
    watcher = _watch(settings, Wishes())  # type: ignore[arg-type]
    assert watcher is not None
    try:
        assert watcher.ready.wait(20)
        audit.record("张三", "", "upload", ["上传的.txt"])
        (corpus / "上传的.txt").write_text("甲", "utf-8")
        (corpus / "别人放的.txt").write_text("乙", "utf-8")
        deadline = time.monotonic() + 20
        while len(audit.events()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        watcher.stop()
    assert wishes
    assert [(e.who, e.what, e.path) for e in audit.events()] == [
        ("有据", "changed", "别人放的.txt"),
        ("张三", "upload", "上传的.txt"),
    ]


def test_the_command_that_syncs_names_folder_index_and_files() -> None:
    settings = Settings(corpus=Path("资料"), index=Path("索引"))
    argv = sync_command(settings, ["-a.txt", "b c.txt"], True, False)
    assert argv[3:5] == ["sync", "--lexical-only"]
    assert argv[argv.index("--corpus") + 1] == str(Path("资料").resolve())
    assert argv[-3:] == ["--rebuild", "--again=-a.txt", "--again=b c.txt"]
    from qa.cli.parser import make_parser

    args = make_parser().parse_args(argv[3:])
    assert (args.again, args.rebuild, args.allow_empty) == (["-a.txt", "b c.txt"], True, False)
