"""What the page lists: the folder as it is, with what the index says of each file."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.shelf import listing
from qa.types import DocumentInfo, Facts, Problem


def info(path: str, chars: int = 10, warnings: tuple[str, ...] = ()) -> DocumentInfo:
    return DocumentInfo(f"id-{path}", path, path, chars, 1, 0, "txt", "utf-8", Facts(), warnings)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for number, path in enumerate(
        ["第10章.txt", "第2章.txt", "通知/甲.txt", "通知/深/乙.TXT", "坏.pdf", "图.gif", ".隐.txt"]
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("字" * (number + 1), "utf-8")
    (tmp_path / "空").mkdir()
    (tmp_path / ".youju").mkdir()
    return tmp_path


def look(corpus: Path, **options: object):
    infos = [info("第10章.txt", 5), info("通知/甲.txt"), info("第2章.txt", 9)]
    problems = [Problem("坏.pdf", "文件已损坏。", True), Problem("第2章.txt", "有修订。", False)]
    return listing(corpus, corpus / "index", infos, problems, **options)  # type: ignore[arg-type]


def test_a_folder_shows_its_folders_and_files_in_natural_order(corpus: Path) -> None:
    found = look(corpus)
    assert found.folders == (("空", 0), ("通知", 2))
    assert [(e.path, e.state) for e in found.entries] == [
        ("第2章.txt", "noted"),
        ("第10章.txt", "read"),
        ("坏.pdf", "unread"),
        ("图.gif", "unread"),
    ]
    assert found.total == 6
    assert found.entries[2].messages == ("文件已损坏。",)
    assert "另存为 .jpg" in found.entries[3].messages[0]


def test_a_folder_within_and_a_search_beneath(corpus: Path) -> None:
    assert look(corpus, folder="通知").folders == (("深", 1),)
    assert [e.path for e in look(corpus, query="txt 通知").entries] == ["通知/甲.txt", "通知/深/乙.TXT"]
    assert [e.path for e in look(corpus, query="乙", folder="通知").entries] == ["通知/深/乙.TXT"]
    assert [e.state for e in look(corpus, query="乙").entries] == ["new"]
    assert look(corpus, query="没有这个").entries == ()


def test_every_order(corpus: Path) -> None:
    def names(**options: object) -> list[str]:
        return [e.name for e in look(corpus, **options).entries]

    assert names(sort="size") == ["第10章.txt", "第2章.txt", "坏.pdf", "图.gif"]
    assert names(sort="size", descending=True) == ["图.gif", "坏.pdf", "第2章.txt", "第10章.txt"]
    assert names(sort="state") == ["坏.pdf", "图.gif", "第2章.txt", "第10章.txt"]
    assert names(sort="chars", descending=True)[:2] == ["第2章.txt", "第10章.txt"]
