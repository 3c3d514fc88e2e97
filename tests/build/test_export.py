"""What is exported says what the library says, in files that any system can have."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.cli import main
from qa.errors import InputError
from qa.store import Snapshot
from qa.store.export import export, markdown
from qa.types import Document, Facts, Section, SyncReport

Run = Callable[..., SyncReport]


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_json_by_line_holds_all_and_offsets_fit(run: Run, index: Path, tmp_path: Path) -> None:
    done = run()
    assert main(["export", "--index", str(index), "--out", str(tmp_path / "出"), "--format", "jsonl"]) == 0
    documents = {entry["id"]: entry for entry in lines(tmp_path / "出" / "documents.jsonl")}
    chunks = lines(tmp_path / "出" / "chunks.jsonl")
    assert (len(documents), len(chunks)) == (done.documents, done.chunks)
    for chunk in chunks:
        document = documents[chunk["doc_id"]]
        assert chunk["path"] == document["path"]
        assert str(document["text"])[chunk["start"] : chunk["end"]] == chunk["text"]  # type: ignore[misc]
    with contextlib.closing(Snapshot.open(index)) as snapshot:
        for info in snapshot.infos():
            assert documents[info.id]["text"] == snapshot.document(info.id).text


def test_markdown_by_file_reads_back_to_the_text(run: Run, index: Path, tmp_path: Path) -> None:
    run()
    assert export(index, tmp_path / "出") == 3
    with contextlib.closing(Snapshot.open(index)) as snapshot:
        for entry in lines(tmp_path / "出" / "files.jsonl"):
            said = (tmp_path / "出" / str(entry["file"])).read_text(encoding="utf-8")
            front, _, body = said.removeprefix("---\n").partition("\n---\n\n")
            document = snapshot.document(str(entry["id"]))
            assert f'path: "{document.path}"' in front.split("\n")
            plain = [line.lstrip("#").removeprefix(" ") for line in body.rstrip("\n").split("\n\n")]
            assert "\n".join(plain) == document.text
    assert (tmp_path / "出" / "学习" / "四个方面.txt.md").read_text(encoding="utf-8").count("\n# ") == 2


def test_headings_have_their_level_and_run_in_ones_are_text() -> None:
    text = "一、总则\n（一）目的。为了规范管理。\n第一条 本办法。"
    sections = (
        Section(1, "一、", "总则", 0, len(text)),
        Section(2, "（一）", "目的", 5, 18, 0),
        Section(2, "第一条", "", 19, 27, 0),
    )
    facts = Facts(number="云政〔2024〕3号", year=2024)
    said = markdown(Document("a" * 16, "a.txt", "办法", text, sections=sections, facts=facts, sha256="00"))
    assert said == (
        '---\ntitle: "办法"\npath: "a.txt"\nsha256: "00"\nnumber: "云政〔2024〕3号"\nyear: 2024\n---\n\n'
        "# 一、总则\n\n（一）目的。为了规范管理。\n\n第一条 本办法。\n"
    )


@pytest.mark.parametrize("make", [lambda path: path.write_text("x"), lambda path: (path.mkdir(), (path / "x").touch())])
def test_a_place_that_is_taken_is_refused(
    run: Run, index: Path, tmp_path: Path, make: Callable[[Path], object]
) -> None:
    run()
    make(tmp_path / "出")
    with pytest.raises(InputError, match="导出的文件夹不是空的"):
        export(index, tmp_path / "出")


@pytest.mark.skipif("os.name == 'nt'", reason="Windows 没有这样的文件名")
def test_names_that_not_every_system_has_are_made_plain(run: Run, corpus: Path, index: Path, tmp_path: Path) -> None:
    hard = ["长" * 83 + ".txt", "两\n行.txt", "冒:号?.txt", "表情😀.txt", "大A.txt", "大a.txt", "夹. /点.txt", "-x.txt"]
    for number, name in enumerate(hard):
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text(f"第{number}份文件讲水利设施的维护。", encoding="utf-8")
    done = run()
    assert done.documents == 3 + len(hard)
    assert export(index, tmp_path / "出") == done.documents
    entries = lines(tmp_path / "出" / "files.jsonl")
    assert {entry["path"] for entry in entries} >= set(hard)
    assert len({str(entry["file"]).casefold() for entry in entries}) == done.documents
    for entry in entries:
        name = str(entry["file"])
        assert not set(name) & set('\\:*?"<>|\n')
        assert all(len(part.encode()) <= 255 and not part.endswith((".", " ")) for part in name.split("/"))
        assert (tmp_path / "出" / name).is_file()
