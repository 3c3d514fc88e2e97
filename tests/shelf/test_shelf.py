"""Putting in, taking out and bringing back: nothing lost, nothing half, nothing outside."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from qa.build import scan
from qa.errors import InputError
from qa.shelf import HOME, Shelf
from qa.shelf import files as shelf_files
from qa.shelf.files import ShelfError, Taken


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "资料").mkdir()
    return Shelf(tmp_path / "资料", tmp_path / "index", 1000)


async def pieces(*data: bytes) -> AsyncIterator[bytes]:
    for piece in data:
        yield piece


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: in this one the browser of other tests may have its loop running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def put(shelf: Shelf, path: str, text: str = "甲", clash: str = "ask"):
    return run(shelf.put(path, pieces(text.encode()), clash, "张三"))  # type: ignore[arg-type]


def seen(shelf: Shelf) -> dict[str, str]:
    """What a scan sees, with its text."""
    return {path: (shelf.corpus / path).read_text("utf-8") for path in scan(shelf.corpus, shelf.index).files}


def test_an_upload_lies_where_it_was_sent_and_nothing_else_is_left(shelf: Shelf) -> None:
    made = run(shelf.put("通知/放假😀.txt", pieces(b"\xe4\xba", b"\x94\xe4\xb8\x80"), "ask"))
    assert (made.path, made.size, made.replaced) == ("通知/放假😀.txt", 6, "")
    assert made.sha256 == hashlib.sha256("五一".encode()).hexdigest()
    assert seen(shelf) == {"通知/放假😀.txt": "五一"}
    assert list((shelf.corpus / HOME / "incoming").iterdir()) == []


def test_a_taken_name_asks_replaces_or_keeps_both(shelf: Shelf) -> None:
    put(shelf, "a.txt", "旧")
    with pytest.raises(Taken, match=r"已经有同名的“a\.txt”"):
        put(shelf, "a.txt", "新")
    assert seen(shelf) == {"a.txt": "旧"}
    assert put(shelf, "a.txt", "新", "both").path == "a (2).txt"
    assert put(shelf, "a.txt", "新新", "replace").path == "a.txt"
    assert seen(shelf) == {"a.txt": "新新", "a (2).txt": "新"}
    (held,) = shelf.bin.items()
    assert (held.path, held.why, held.who, held.size) == ("a.txt", "replaced", "张三", 3)
    assert (shelf.bin.folder / held.id / "content").read_text("utf-8") == "旧"


def test_a_name_of_255_bytes_can_be_put_replaced_deleted_and_restored(shelf: Shelf) -> None:
    name = "长" * 83 + "a.md"
    name = name[:-5] + "长.md" if len(name.encode()) < 253 else name
    put(shelf, name, "旧")
    put(shelf, name, "新", "replace")
    number = shelf.delete(name, "")
    assert shelf.restore(number) == name
    assert seen(shelf) == {name: "新"}


@pytest.mark.parametrize(
    ("path", "data", "why"),
    [
        ("a.exe", b"1", "不支持 .exe"),
        ("a.txt", b"", "空文件"),
        ("a.txt", b"1" * 1001, "超过上限"),
        ("../a.txt", b"1", "不能是"),
    ],
)
def test_what_is_refused_leaves_nothing(shelf: Shelf, path: str, data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        run(shelf.put(path, pieces(data), "replace"))
    assert [p for p in shelf.corpus.parent.rglob("*") if p.is_file()] == []


def test_a_sender_who_goes_away_leaves_nothing(shelf: Shelf) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"1"
        raise ConnectionError("gone")

    with pytest.raises(ShelfError):
        run(shelf.put("a.txt", broken()))
    assert [p for p in shelf.corpus.rglob("*") if p.is_file()] == []


def test_links_that_lead_out_are_not_followed(shelf: Shelf, tmp_path: Path) -> None:
    outside = tmp_path / "别处"
    outside.mkdir()
    (outside / "机密.txt").write_text("密", "utf-8")
    (shelf.corpus / "链接").symlink_to(outside)
    for act in (
        lambda: put(shelf, "链接/a.txt"),
        lambda: shelf.delete("链接/机密.txt", ""),
        lambda: shelf.make_folder("链接/b"),
    ):
        with pytest.raises(InputError, match="通到资料文件夹之外"):
            act()
    number = shelf.delete("链接", "")  # the link itself may go, what it leads to stays
    assert (outside / "机密.txt").read_text("utf-8") == "密"
    shelf.restore(number)
    assert (shelf.corpus / "链接").is_symlink()


def test_an_upload_over_a_link_replaces_the_link_only(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "外.txt").write_text("外", "utf-8")
    (shelf.corpus / "a.txt").symlink_to(tmp_path / "外.txt")
    put(shelf, "a.txt", "新", "replace")
    assert (tmp_path / "外.txt").read_text("utf-8") == "外"
    assert seen(shelf) == {"a.txt": "新"}


def test_the_index_in_the_corpus_folder_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    shelf = Shelf(tmp_path, tmp_path / "index", 1000)
    for act in (lambda: shelf.delete("index", ""), lambda: put(shelf, "index/a.txt")):
        with pytest.raises(InputError, match="索引文件夹"):
            act()


def test_a_deleted_folder_comes_back_whole(shelf: Shelf) -> None:
    put(shelf, "讲话/2024/一.txt", "一")
    put(shelf, "讲话/二.txt", "二")
    before = seen(shelf)
    number = shelf.delete("讲话", "李四")
    assert seen(shelf) == {}
    (held,) = shelf.bin.items()
    assert (held.path, held.folder, held.files, held.size, held.who) == ("讲话", True, 2, 6, "李四")
    assert shelf.restore(number) == "讲话"
    assert seen(shelf) == before
    assert shelf.bin.items() == []


def test_restoring_to_a_taken_place_asks_replaces_or_keeps_both(shelf: Shelf) -> None:
    put(shelf, "通知/a.txt", "旧")
    first = shelf.delete("通知/a.txt", "")
    put(shelf, "通知/a.txt", "新")
    with pytest.raises(Taken):
        shelf.restore(first)
    assert [held.id for held in shelf.bin.items()] == [first]
    assert shelf.restore(first, "both") == "通知/a (2).txt"
    assert seen(shelf) == {"通知/a.txt": "新", "通知/a (2).txt": "旧"}
    second = shelf.delete("通知/a (2).txt", "")
    (shelf.corpus / "通知/a.txt").rename(shelf.corpus / "通知/a (2).txt")
    assert shelf.restore(second, "replace") == "通知/a (2).txt"
    assert seen(shelf) == {"通知/a (2).txt": "旧"}
    assert [held.path for held in shelf.bin.items()] == ["通知/a (2).txt"]


def test_what_is_removed_for_good_is_gone_and_ids_lead_nowhere_else(shelf: Shelf) -> None:
    put(shelf, "a.txt")
    number = shelf.delete("a.txt", "")
    assert shelf.bin.remove(number).path == "a.txt"
    assert list(shelf.bin.folder.iterdir()) == []
    for wrong in ("..", "../bin", number, "", "20240101T000000-zzzzzzzz"):
        with pytest.raises(InputError, match="回收站里没有"):
            shelf.bin.remove(wrong)


def test_without_hard_links_a_taken_name_is_kept_still(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(shelf_files, "_link", none)
    put(shelf, "a.txt", "旧")
    with pytest.raises(Taken):
        put(shelf, "a.txt", "新")
    assert put(shelf, "a.txt", "新", "both").path == "a (2).txt"
    put(shelf, "a.txt", "换", "replace")
    assert seen(shelf) == {"a.txt": "换", "a (2).txt": "新"}
    assert len(shelf.bin.items()) == 1


def test_a_full_disk_says_so_and_keeps_the_old(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shelf, "a.txt", "旧")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qa.shelf.place.os.fsync", full)
    with pytest.raises(ShelfError, match=r"磁盘空间不足.*清空回收站"):
        put(shelf, "a.txt", "新", "replace")
    assert seen(shelf) == {"a.txt": "旧"}


CHILD = """
import asyncio, sys
from pathlib import Path
from typing import Any
from qa.shelf import Shelf
shelf = Shelf(Path(sys.argv[1]), Path(sys.argv[2]), 10**9)
async def data(n):
    for _ in range(64):
        yield f"{n:09d}\\n".encode() * 1000
async def main():
    n = 0
    while True:
        n += 1
        await shelf.put("总.txt", data(n), "replace")
        await shelf.put(f"份/{n}.txt", data(n), "ask")
        if n % 3 == 0:
            shelf.restore(shelf.delete(f"份/{n}.txt", ""))
        print(n, flush=True)
asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9")
@pytest.mark.parametrize("round_", range(10))
def test_killed_at_any_moment_no_half_file_is_seen_and_none_is_lost(shelf: Shelf, repo: Path, round_: int) -> None:
    env = {**os.environ, "PYTHONPATH": str(repo / "src")}
    argv = [sys.executable, "-c", CHILD, str(shelf.corpus), str(shelf.index)]
    child = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(0.037 * (round_ + 1))
    child.send_signal(signal.SIGKILL)
    finished = int((["1", *child.stdout.read().split()])[-1])
    child.wait()
    child.stdout.close()
    whole = {text: len(lines) for text, lines in ((t, t.splitlines()) for t in seen(shelf).values())}
    assert set(whole.values()) == {64_000}
    assert all(len(set(text.splitlines())) == 1 for text in whole)
    held = {item.path for item in shelf.bin.items()}
    for n in range(1, finished + 1):
        assert f"份/{n}.txt" in {*seen(shelf), *held}
