"""What a disk, a file system and other people's processes do to an index."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_library import TEXTS
from test_sync import content, found

import qa
from qa.assistant import Assistant
from qa.build import sync
from qa.errors import IndexBusy, InputError, QAError
from qa.settings import Settings
from qa.store import Snapshot, Writer, current_generation
from qa.types import SyncReport

Run = Callable[..., SyncReport]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="用到 POSIX 的磁盘限额与用户")

NONE = Settings(encoder="none")
NEW = "第一条 河道清淤要在冬季完成。\n" * 400


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB of its own; only root may make one."""
    place = tmp_path / "盘"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True)
    if made.returncode:
        pytest.skip("不能挂载临时磁盘（要 root）")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_leaves_the_index_and_is_told(small_disk: Path, corpus: Path) -> None:
    index = small_disk / "索引"
    sync(corpus, index, NONE)
    before, told = content(index), []
    (corpus / "新.txt").write_text(NEW, encoding="utf-8")
    for left in (0, 4, 8, 16, 40, 80, 120, 160, 200, 260):
        ballast = small_disk / "ballast"
        free = shutil.disk_usage(small_disk).free - left * 1024
        with ballast.open("wb") as file, contextlib.suppress(OSError):
            file.write(b"\0" * max(free, 0))
        try:
            sync(corpus, index, NONE)
        except QAError as error:
            told.append(str(error))
            assert content(index) == before
            assert current_generation(index) == 1
        else:
            ballast.unlink()
            break
        ballast.unlink()
    assert len(told) >= 3
    assert all(message.startswith("磁盘空间不足") for message in told), told
    sync(corpus, index, NONE)
    assert found(index, "河道清淤冬季")[0] == "新.txt"
    assert sorted(path.name for path in (index / "generations").iterdir()) == ["1", "2"]


def in_child(work: Callable[[], object]) -> str:
    """What ``work`` raises in a process of its own; empty where it ends well."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work()
            said = ""
        except BaseException as error:
            said = f"{type(error).__name__} {error}"
        os.write(there, said.encode())
        os._exit(0)
    os.close(there)
    with os.fdopen(here, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said


@pytest.mark.parametrize("limit", [0, 200, 3000, 20_000, 60_000, 120_000])
def test_a_quota_on_file_size_leaves_the_index_and_is_told(run: Run, corpus: Path, index: Path, limit: int) -> None:
    run()
    before = content(index)
    (corpus / "新.txt").write_text(NEW, encoding="utf-8")

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        sync(corpus, index, NONE)

    said = in_child(work)
    assert said.startswith("QAError ")
    assert "原来的索引没有动；请" in said
    assert content(index) == before
    assert run().added == 1


def as_nobody(work: Callable[[], object]) -> str:
    def drop() -> None:
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        work()

    return in_child(drop)


@pytest.fixture
def open_path(tmp_path: Path) -> None:
    """Another account may come here."""
    for folder in (tmp_path, *tmp_path.parents):
        with contextlib.suppress(PermissionError):
            folder.chmod(folder.stat().st_mode | 0o055)


@contextlib.contextmanager
def closed(folder: Path, mode: int = 0o555) -> Iterator[None]:
    """No account but root may write in there."""
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(mode)
    yield
    for path in folders:
        path.chmod(0o755)


@pytest.mark.usefixtures("open_path")
def test_a_read_only_index_serves_and_a_sync_says_so(run: Run, corpus: Path, index: Path) -> None:
    run()
    before = content(index)
    (corpus / "新.txt").write_text(NEW, encoding="utf-8")

    def serve() -> None:
        with Assistant.open(index, NONE) as assistant:
            assert assistant.ask("防汛检查哪天前完成").citations[0].path == "通知.txt"
            assert assistant.status().documents == 3

    with closed(index):
        assert as_nobody(serve) == ""
        said = as_nobody(lambda: sync(corpus, index, NONE))
    assert said.startswith(f"QAError 没有权限写入索引文件夹 {index}")
    assert "检查文件夹权限，或用 --index 换一个位置" in said
    assert content(index) == before


@pytest.mark.usefixtures("open_path")
def test_files_without_permission_keep_what_was_read(run: Run, corpus: Path, index: Path) -> None:
    run()
    for path in [index, *index.rglob("*")]:
        path.chmod(0o777)
    (corpus / "通知.txt").write_text("改过的通知，讲森林防火。", encoding="utf-8")
    (corpus / "通知.txt").chmod(0)
    (corpus / "学习").chmod(0)
    (corpus / "密.txt").write_text("没有权限的新文件。", encoding="utf-8")
    (corpus / "密.txt").chmod(0)
    told: Path = index.parent / "told.json"
    told.touch()
    told.chmod(0o666)

    def work() -> None:
        told.write_text(json.dumps(sync(corpus, index, NONE).to_dict()), encoding="utf-8")

    assert as_nobody(work) == ""
    (corpus / "学习").chmod(0o755)
    report = json.loads(told.read_text(encoding="utf-8"))
    assert (report["documents"], report["removed"]) == (3, 0)
    messages = {problem["path"]: problem["message"] for problem in report["problems"]}
    assert "索引里仍是上次读到的内容" in messages["通知.txt"]
    assert "没有权限" in messages["密.txt"]
    assert "其中已索引的文件保持原样" in messages["学习/"]
    assert found(index, "防汛检查")[0] == "通知.txt"


NAMES = (
    "长" * 83 + ".txt",
    "表情😀👨‍👩‍👧.txt",
    "换\n行.txt",
    "末尾点..txt",
    " 空格 .txt",
    "𠮷野家.txt",
    "\u00e9.txt",
    "e\u0301.txt",
    "-rf.txt",
    "%41 #?&.txt",
    "很深/" * 40 + "底.txt",
)
"""One of 253 bytes, outside the BMP, both ways to write é, what a shell or a URL would take for something else."""


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_any_name_that_a_disk_takes_is_indexed_found_and_dropped(
    run: Run, corpus: Path, index: Path, name: str
) -> None:
    run()
    path = corpus / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("本单位的值班电话是四零一三，夜间有人接听。", encoding="utf-8")
    assert run().added == 1
    assert found(index, "值班电话夜间接听")[0] == name
    with Assistant.open(index, NONE) as assistant:
        assert assistant.text(name).startswith("本单位的值班电话")
    path.unlink()
    assert run().removed == 1


def test_names_that_end_in_a_dot_or_are_no_text_are_told(run: Run, corpus: Path) -> None:
    (corpus / "没有后缀.").write_text("正文。", encoding="utf-8")
    (corpus / os.fsdecode(b"\xff\xfe.txt")).write_text("正文。", encoding="utf-8")
    messages = {problem.path: problem.message for problem in run().problems}
    assert "未收入" in messages["没有后缀."]
    assert "文件名的编码不对" in messages["\\xff\\xfe.txt"]


def test_links_that_go_round_end(run: Run, corpus: Path, index: Path) -> None:
    (corpus / "圈").symlink_to(corpus)
    (corpus / "学习" / "上面").symlink_to("..")
    (corpus / "a.txt").symlink_to("b.txt")
    (corpus / "b.txt").symlink_to("a.txt")
    done = run()
    assert done.documents == 3
    assert {p.path for p in done.problems if "绕成了一圈" in p.message} == {"a.txt", "b.txt"}
    assert run().generation == done.generation


def test_without_hard_links_files_are_copied(
    run: Run, corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on many network shares."""

    def refuse(source: object, target: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    run()
    (corpus / "新.txt").write_text(NEW, encoding="utf-8")
    run()
    first, second = (index / "generations" / number for number in "12")
    shared = [path.name for path in (first / "lexical").iterdir() if (second / "lexical" / path.name).exists()]
    assert [name for name in shared if name.endswith(".idx")]
    assert not any((first / "lexical" / name).samefile(second / "lexical" / name) for name in shared)
    snapshot = Snapshot.open(index)
    assert (snapshot.generation, snapshot.warnings) == (2, ())
    snapshot.close()


def test_a_clock_that_goes_back_changes_nothing(
    run: Run, corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now - 10**18)
    monkeypatch.setattr(time, "time", lambda: (now - 10**18) / 10**9)
    (corpus / "通知.txt").write_text("改过的通知，讲森林防火的值守。", encoding="utf-8")
    os.utime(corpus / "通知.txt", ns=(now - 10**18, now - 10**18))
    done = run()
    assert (done.changed, done.generation) == (1, 2)
    assert found(index, "森林防火值守") == ["通知.txt"]
    os.utime(corpus / "通知.txt", ns=(now + 10**18, now + 10**18))
    assert run().changed == 0


def start(corpus: Path, index: Path, pause: float) -> subprocess.Popen[bytes]:
    script = Path(__file__).with_name("sync_process.py")
    where = {**os.environ, "PYTHONPATH": str(Path(qa.__file__).parents[1])}
    return subprocess.Popen([sys.executable, str(script), str(corpus), str(index), str(pause), "60"], env=where)


def test_of_two_processes_one_is_told_who_and_since_when_and_a_dead_ones_lock_is_taken(
    corpus: Path, index: Path
) -> None:
    first = start(corpus, index, pause=0.5)
    try:
        end = time.monotonic() + 60
        while not (index / "owner.json").exists():
            assert first.poll() is None
            assert time.monotonic() < end
            time.sleep(0.01)
        with pytest.raises(IndexBusy, match=rf"进程 {first.pid}，自 .{{10}} .{{8}} 起，已 0:00:\d\d。请等它完成"):
            sync(corpus, index, NONE)
    finally:
        first.kill()
        first.wait()
    assert (index / "owner.json").exists()
    assert sync(corpus, index, NONE).documents == 3


def test_many_at_once_do_one_after_the_other_or_are_told(corpus: Path, index: Path) -> None:
    results: list[object] = []

    def work() -> None:
        try:
            results.append(sync(corpus, index, NONE).documents)
        except IndexBusy as error:
            results.append(error.exit_code)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(results) <= {3}
    assert len(Snapshot.open(index).infos()) == len(TEXTS)
    with Writer(index):
        pass


@pytest.mark.slow
def test_ten_thousand_small_files(tmp_path: Path) -> None:
    """Read, then looked at again: the second sync costs a look at each file and no more."""
    corpus, index = tmp_path / "c", tmp_path / "i"
    for number in range(10_000):
        folder = corpus / f"{number % 100:02}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{number}.txt"
        path.write_text(f"第{number}号水库检修记录\n闸门{number % 7}开启{number}次。", encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    begin = time.monotonic()
    assert sync(corpus, index, NONE).documents == 10_000
    first = time.monotonic() - begin
    begin = time.monotonic()
    assert sync(corpus, index, NONE).unchanged == 10_000
    again = time.monotonic() - begin
    print(f"10,000 files: {first:.1f} s, unchanged {again:.1f} s")
    assert first < 120
    assert again < first / 3


LINE = "第{}条 各村要在每年六月底以前完成水库、山塘和沟渠的检查，并把台账报送水利站备案，由专人负责保存。\n"


def write_large(path: Path, megabytes: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        number = 0
        while file.tell() < megabytes * 2**20:
            file.writelines(LINE.format(n) for n in range(number, number + 1000))
            number += 1000


@pytest.mark.slow
def test_a_file_of_300_mb_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    corpus, index = tmp_path / "c", tmp_path / "i"
    corpus.mkdir()
    (corpus / "小.txt").write_text("小文件讲河道清淤。", encoding="utf-8")
    write_large(corpus / "大.txt", 300)
    done = sync(corpus, index, NONE)
    (problem,) = done.problems
    assert (done.documents, problem.path, problem.fatal) == (1, "大.txt", True)
    assert "64 MB" in problem.message
    assert "QA_MAX_FILE_MB" in problem.message


@pytest.mark.slow
def test_memory_for_a_large_file_grows_with_its_size_and_no_more(tmp_path: Path) -> None:
    """Beside some 240 MB whatever is read 14 times the file: 20 MB took 509 MB, 40 MB 785."""
    (tmp_path / "c").mkdir()
    write_large(tmp_path / "c" / "大.txt", 40)
    where = {**os.environ, "PYTHONPATH": str(Path(qa.__file__).parents[1]), "QA_ENCODER": "none"}
    command = [sys.executable, "-m", "qa", "sync", "--corpus", str(tmp_path / "c"), "--index", str(tmp_path / "i")]
    subprocess.run(command, env=where, check=True, capture_output=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"40 MB of text: {peak:.0f} MB")
    assert peak < 300 + 14 * 40


def test_a_file_over_the_limit_is_told_and_the_rest_goes_on(run: Run, corpus: Path) -> None:
    (corpus / "大.txt").write_text(LINE * 40_000, encoding="utf-8")
    done = run(max_file_mb=1)
    (problem,) = done.problems
    assert (done.documents, problem.path) == (3, "大.txt")
    assert run(max_file_mb=64).documents == 4


def test_an_index_that_is_a_file_or_a_link_to_nothing_is_told(tmp_path: Path, corpus: Path) -> None:
    (tmp_path / "文件").touch()
    with pytest.raises(InputError, match="是一个文件，不是文件夹"):
        sync(corpus, tmp_path / "文件", NONE)
    (tmp_path / "悬空").symlink_to(tmp_path / "没有" / "这里")
    with pytest.raises(QAError, match="悬空"):
        sync(corpus, tmp_path / "悬空", NONE)
