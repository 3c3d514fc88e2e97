"""Whatever happens to one file's reader, the others are read, in order, and nothing is left running."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import qa
from qa.build.process import command as plain
from qa.errors import QAError
from qa.store import Snapshot
from qa.types import Progress, SyncReport

HERE = Path(__file__).parent

Run = Callable[..., SyncReport]


def strange(memory: int) -> list[str]:
    return [sys.executable, str(HERE / "strange_worker.py"), str(memory)]


@pytest.fixture
def strange_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A sync by strange_worker.py, with a limit of time of a second or so."""
    source = str(Path(qa.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", source)
    monkeypatch.setattr("qa.build.process.command", strange)
    return lambda **given: run(**{"read_seconds": 2, "read_memory_mb": 256, **given})  # type: ignore[arg-type]


def put(corpus: Path, *names: str) -> None:
    for name in names:
        (corpus / f"{name}.txt").write_text(f"{name}的说明\n这里写的是{name}，供检查时对照。\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("挂起", "读取超时：2 秒没有读完，已停止。请用原来的程序打开后另存"),
        ("占住", "读取超时：2 秒没有读完"),
        ("内存", "读取时占用内存过多：超过 256 MB，已停止。请拆分成几个文件，或调高 QA_READ_MEMORY_MB"),
        ("退出", "读取程序意外退出（代码 7）。文件可能已损坏"),
        ("出错", "读取时出错（IndexError: list index out of range）。请检查文件是否损坏"),
        ("代理", r"读取时出错（ValueError: \ud800）"),
        ("递归", "文件的结构嵌套太深，无法读取"),
        ("乱写", "读取程序意外退出"),
        ("子程序", "读取程序意外退出（代码 7）"),
        pytest.param(
            "崩溃", "读取程序意外退出（信号 SIGSEGV）", marks=pytest.mark.skipif(os.name == "nt", reason="POSIX")
        ),
    ],
)
def test_a_file_that_ruins_its_reader_is_told_and_the_rest_goes_on(
    strange_run: Run, corpus: Path, name: str, message: str
) -> None:
    put(corpus, name, "之后")
    done = strange_run(threads=1)
    (problem,) = done.problems
    assert problem.path == f"{name}.txt"
    assert problem.message.startswith(message)
    assert problem.fatal
    assert done.documents == 4
    assert not psutil.Process().children()


def test_a_big_file_is_told_with_its_size(strange_run: Run, corpus: Path) -> None:
    (corpus / "内存.txt").write_text("字" * 400_000, encoding="utf-8")
    (problem,) = strange_run().problems
    assert problem.message.startswith("读取时占用内存过多：文件有 1.1 MB，读取时超过 256 MB，已停止。请拆分")


def test_many_at_once(strange_run: Run, corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.build.workers.EACH", 1)
    bad = ["挂起", "内存", "退出", "出错", "递归"]
    good = [f"资料{number:03}" for number in range(80)]
    put(corpus, *bad, *good)
    done = strange_run(threads=2)
    assert sorted(problem.path for problem in done.problems) == sorted(f"{name}.txt" for name in bad)
    assert done.documents == 3 + len(good)
    snapshot = Snapshot.open(index)
    db = sqlite3.connect(snapshot.folder / "library.sqlite")
    paths = [path for (path,) in db.execute("SELECT path FROM documents ORDER BY n")]
    db.close()
    snapshot.close()
    assert paths == sorted(paths)


def test_what_libraries_print_does_no_harm(strange_run: Run, corpus: Path) -> None:
    put(corpus, "打印")
    assert strange_run().documents == 4


def test_a_reader_that_gives_signs_of_life_may_take_longer(strange_run: Run, corpus: Path) -> None:
    put(corpus, "久读")
    told: list[Progress] = []
    done = strange_run(report=told.append)
    assert done.documents == 4
    assert done.problems == ()
    pages = [progress.note for progress in told if progress.stage == "read" and "页" in progress.note]
    assert len(pages) >= 3
    assert pages[0].startswith("久读.txt 第 ")


def test_progress_goes_on_while_a_file_is_silent(strange_run: Run, corpus: Path) -> None:
    put(corpus, "挂起")
    told: list[Progress] = []
    strange_run(report=told.append)
    assert sum(progress.note == "挂起.txt" for progress in told if progress.stage == "read") >= 3


def test_a_file_that_suffers_from_the_one_before_is_tried_again(strange_run: Run, corpus: Path) -> None:
    put(corpus, "下毒", "下一个")
    done = strange_run(threads=1)
    assert done.problems == ()
    assert done.documents == 5


def test_a_known_file_keeps_what_was_read_before(
    run: Run, strange_run: Run, corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(corpus, "退出")
    with monkeypatch.context() as patch:
        patch.setattr("qa.build.process.command", lambda memory: plain(memory))
        assert run().problems == ()
    (corpus / "退出.txt").write_text("改过的说明\n这一次读不成了，上一次的还在。\n", encoding="utf-8")
    (problem,) = strange_run().problems
    assert problem.message.endswith("索引里仍是上次读到的内容。")
    assert not problem.fatal
    snapshot = Snapshot.open(index)
    doc_id = snapshot.find("退出.txt")
    assert doc_id is not None
    assert snapshot.document(doc_id).text.startswith("退出的说明")
    snapshot.close()


def test_a_process_that_cannot_start_is_told_as_such(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.build.process.command", lambda memory: [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(QAError, match=r"读取文件的程序无法启动（代码 3）"):
        run()


@pytest.mark.parametrize("settings", [{"threads": 1}, {"threads": 2}, {"threads": 3}], ids=lambda given: str(given))
def test_the_index_is_the_same_however_many_read(
    run: Run, corpus: Path, index: Path, settings: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against what this very process makes of the files, one after the other."""
    from qa.build.read import digest_of, make

    monkeypatch.setattr("qa.build.workers.EACH", 1)
    monkeypatch.setattr("qa.build.wire.BATCH", 2)
    for number in range(30):
        text = "".join(f"第{n}条 {number}号库房的第{n}个货架存放{n + number}箱档案。\n" for n in range(1, 2 + number))
        (corpus / f"库房{number:02}.md").write_text(text, encoding="utf-8")
    run(**settings)
    snapshot = Snapshot.open(index)
    for info in snapshot.infos():
        made = make(corpus, info.path, digest_of(corpus / info.path), 2**20, 300)
        assert snapshot.document(info.id) == made.document
        assert tuple(snapshot.chunks_of(info.id)) == made.chunks
        for entry in made.entries:
            assert dict(snapshot.passages())[entry.chunk.id] == entry.passage
            for token in entry.body.split(" ")[:3]:
                assert entry.chunk.id in {number for number, _ in snapshot.lexical.search([token], 1000)}
    assert [info.path for info in snapshot.infos()] == sorted(info.path for info in snapshot.infos())
    snapshot.close()


@pytest.mark.skipif(os.name == "nt", reason="kill -9 只在 POSIX 上有")
@pytest.mark.parametrize("name", ["挂起", "占住"])
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT", "SIGTERM"])
def test_no_reading_process_outlives_the_sync(corpus: Path, index: Path, name: str, how: str) -> None:
    put(corpus, name)
    where = {**os.environ, "PYTHONPATH": str(Path(qa.__file__).parents[1])}
    command = [sys.executable, str(HERE / "strange_sync.py"), str(corpus), str(index)]
    sync = subprocess.Popen(command, env=where, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    readers: list[psutil.Process] = []
    while not readers or readers[0].cpu_times().user < 0.1 or name not in said(index):
        assert time.monotonic() < end
        assert sync.poll() is None
        time.sleep(0.05)
        readers = psutil.Process(sync.pid).children()
    sync.send_signal(getattr(signal, how))
    sync.wait(20)
    gone, alive = psutil.wait_procs(readers, timeout=5)
    assert not alive
    assert len(gone) == len(readers)


def said(index: Path) -> str:
    try:
        return (index / "progress.json").read_text(encoding="utf-8")
    except OSError:
        return ""
