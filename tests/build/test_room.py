"""A file of too much text is refused at once, with its size and what to do; what fits is read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from qa.build import sync
from qa.build.room import BASE, Room
from qa.errors import ReadError
from qa.settings import Settings
from qa.types import Block

MB = 2**20


def settings(memory: int, **given: object) -> Settings:
    return Settings.load(encoder="none", read_memory_mb=memory, threads=1, **given)


def write(file: Path, megabytes: int, line: str) -> None:
    """Sparse beyond its first lines would be no text: all of it is written."""
    block = (line * (MB // len(line.encode()) + 1)).encode()
    with file.open("wb") as out:
        for _ in range(megabytes):
            out.write(block)


def test_too_much_text_is_refused_before_its_lines_are_made_and_the_rest_goes_on(tmp_path: Path) -> None:
    corpus = tmp_path / "c"
    corpus.mkdir()
    write(corpus / "名单.txt", 8, "甲乙丙\n")  # 800,000 lines
    (corpus / "小.txt").write_text("小文件讲的是桥梁检修。", encoding="utf-8")
    begin = time.monotonic()
    done = sync(corpus, tmp_path / "i", settings(256))
    (problem,) = done.problems
    assert (done.documents, problem.path, problem.fatal) == (1, "名单.txt", True)
    assert problem.message == (
        "文件有 8.0 MB，文字太多，读取约需 519 MB 内存，超过上限 256 MB，没有收入。"
        "请按章节或年份拆分成 5 个以上的文件；内存充足时也可以把 QA_READ_MEMORY_MB 调高到 768。"
    )
    assert time.monotonic() - begin < 30
    assert sync(corpus, tmp_path / "i", settings(768)).documents == 2  # the advice holds


def test_a_file_that_can_not_fit_is_refused_unread(tmp_path: Path) -> None:
    corpus = tmp_path / "c"
    corpus.mkdir()
    (corpus / "小.txt").write_text("小文件讲的是桥梁检修。", encoding="utf-8")
    with (corpus / "大.txt").open("wb") as out:
        out.truncate(60 * MB)  # all zeros: read, it would be refused as empty
    (problem,) = sync(corpus, tmp_path / "i", settings(256)).problems
    assert problem.message.startswith("文件有 60.0 MB，文字太多，读取约需 440 MB 内存，超过上限 256 MB")
    (problem,) = sync(corpus, tmp_path / "i", settings(256, max_file_mb=32)).problems
    assert "超过上限 32 MB" in problem.message  # the limit that comes first is the one told
    assert "QA_MAX_FILE_MB" in problem.message


@pytest.mark.parametrize("suffix", [".txt", ".pdf"])
def test_other_files_are_judged_at_sight_by_their_bytes_alone(suffix: str) -> None:
    room = Room(60 * MB, BASE + 100 * MB)
    if suffix == ".txt":
        with pytest.raises(ReadError, match=r"60\.0 MB"):
            room.refuse_at_sight(suffix)
    else:
        room.refuse_at_sight(suffix)
    with pytest.raises(ReadError, match=r"101\.0 MB"):
        Room(101 * MB, BASE + 100 * MB).refuse_at_sight(suffix)


def test_lines_count_wherever_they_come_from() -> None:
    room = Room(MB, BASE + 2 * MB)
    room.refuse([Block("甲\n" * 1000, flowed=True)])
    for blocks in ([Block("甲\n" * 5000, flowed=True)], [Block("甲")] * 5000):
        with pytest.raises(ReadError, match="文字太多"):
            room.refuse(blocks)
