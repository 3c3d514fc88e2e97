"""What a backup holds comes back, and whatever is wrong with one, the present index stays."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import sqlite3
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_encoder import FakeEncoder
from old_index import make_format_3

from qa.build import sync
from qa.cli import main
from qa.errors import IndexBusy, IndexUnavailable, InputError, QAError
from qa.journal import Journal
from qa.settings import Settings
from qa.store import FORMAT, Snapshot, VectorCache, Writer, current_generation
from qa.store.backup import CONTENTS, backup
from qa.store.check import verify
from qa.store.files import sealed
from qa.store.restore import restore
from qa.types import Answer, SyncReport

Run = Callable[..., SyncReport]
KINDS = ("a.tar.gz", "a.zip", "a.tgz")


def content(index: Path) -> list[object]:
    with contextlib.closing(Snapshot.open(index)) as snapshot:
        documents = [snapshot.document(info.id) for info in snapshot.infos()]
        vectors = snapshot.vectors.get(snapshot.vectors.ids()).tobytes() if snapshot.vectors else b""
        sentences = snapshot.sentences.to_bytes() if snapshot.sentences else b""
        return [documents, dict(snapshot.passages()), len(snapshot.lexical), vectors, sentences, snapshot.warnings]


def state(index: Path) -> dict[str, str]:
    files = (path for path in sorted(index.rglob("*")) if path.is_file() and path.name != "lock")
    return {path.relative_to(index).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def ask(index: Path, question: str) -> None:
    journal = Journal(index / "journal.sqlite")
    journal.record(Answer(question, "abstained", "extract", (), (), (), 0.0, "没有依据"))
    journal.close()


def questions(index: Path) -> list[str]:
    with contextlib.closing(Journal(index / "journal.sqlite")) as journal:
        return [row.question for row in journal.rows()]


@pytest.fixture
def full(run: Run, index: Path, encoder: FakeEncoder) -> Path:
    run(encoder="e5")
    ask(index, "防汛检查哪天完成")
    return index


@pytest.mark.parametrize("name", KINDS)
def test_it_comes_back_whole(full: Path, tmp_path: Path, encoder: FakeEncoder, corpus: Path, name: str) -> None:
    before, target = content(full), tmp_path / f"备份 {name}"
    made = backup(full, target)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "备份"))] == [target.name]
    done = restore(target, tmp_path / "别处")
    assert (made.documents, made.vectors, done.backup.size) == (3, made.chunks, made.size)
    assert content(tmp_path / "别处") == before
    assert questions(tmp_path / "别处") == ["防汛检查哪天完成"]
    assert all(finding.ok for finding in verify(tmp_path / "别处"))
    encoder.asked.clear()
    again = sync(corpus, tmp_path / "别处", Settings.load(encoder="e5"))
    assert (again.generation, again.unchanged, encoder.asked) == (1, 3, [])


def test_over_a_present_index_it_is_the_next_generation(
    run: Run, full: Path, corpus: Path, tmp_path: Path, encoder: FakeEncoder
) -> None:
    before = content(full)
    backup(full, tmp_path / "a.zip")
    (corpus / "新.txt").write_text("新的文件讲河道清淤。", encoding="utf-8")
    run(encoder="e5")
    ask(full, "河道清淤几天")
    reader, later = Snapshot.open(full), current_generation(full) or 0
    writing = Journal(full / "journal.sqlite")
    assert len(writing.rows()) == 2
    done = restore(tmp_path / "a.zip", full)
    assert (done.generation, current_generation(full), content(full)) == (later + 1, later + 1, before)
    assert sorted(int(path.name) for path in (full / "generations").iterdir()) == [later, later + 1]
    assert len(reader.infos()) == 4
    assert reader.document(reader.infos()[-1].id).text
    reader.close()
    assert [row.question for row in writing.rows()] == ["防汛检查哪天完成"]
    writing.close()
    (kept,) = done.kept
    with contextlib.closing(Journal(kept)) as journal:
        assert [row.question for row in journal.rows()] == ["河道清淤几天", "防汛检查哪天完成"]


def test_a_backup_while_others_write_is_of_one_moment(
    run: Run, full: Path, corpus: Path, tmp_path: Path, encoder: FakeEncoder
) -> None:
    stop, failed = threading.Event(), []

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            ask(full, f"问题{number}")
            (corpus / "新.txt").write_text(f"第{number}稿讲河道清淤，工期{number}天。", encoding="utf-8")
            try:
                run(encoder="e5")
            except QAError as error:
                failed.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(6):
            backup(full, tmp_path / f"{number}.zip")
    finally:
        stop.set()
        thread.join()
    assert failed == []
    for number in range(6):
        place = tmp_path / f"r{number}"
        restore(tmp_path / f"{number}.zip", place)
        assert [finding for finding in verify(place) if not finding.ok] == []
        assert questions(place)[-1] == "防汛检查哪天完成"


def test_a_file_that_is_there_is_not_overwritten(full: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    target.write_text("mine")
    with pytest.raises(InputError, match=r"已经存在.*--force"):
        backup(full, target)
    assert target.read_text() == "mine"
    backup(full, target, force=True)
    assert zipfile.is_zipfile(target)


@pytest.mark.parametrize(
    ("name", "told"),
    [("a.rar", "以 .tar.gz、.tgz 或 .zip 结尾"), ("没有/a.zip", "文件夹不存在"), ("索引/a.zip", "索引自己的文件夹")],
)
def test_a_place_that_is_none_is_told(full: Path, tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        backup(full, tmp_path / name)


def test_nothing_to_back_up_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable, match="还没有索引"):
        backup(tmp_path / "空", tmp_path / "a.zip")
    assert not (tmp_path / "a.zip.part").exists()


def test_a_damaged_index_is_not_backed_up_as_if_it_were_whole(full: Path, tmp_path: Path) -> None:
    path = full / "generations" / str(current_generation(full)) / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(IndexUnavailable, match="请先运行 python -m qa sync 修复，再备份"):
        backup(full, tmp_path / "a.zip")
    assert list(tmp_path.glob("a.zip*")) == []


def repacked(source: Path, target: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The backup with its members changed, and its list of contents sealed anew."""
    with zipfile.ZipFile(source) as archive:
        held = {info.filename: archive.read(info) for info in archive.infolist()}
    change(held)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return target


def listed(held: dict[str, bytes], change: Callable[[dict[str, Any]], object]) -> None:
    contents = json.loads(held[CONTENTS])
    del contents["check"]
    change(contents)
    held[CONTENTS] = json.dumps(sealed(contents)).encode()


def add(held: dict[str, bytes], name: str, data: bytes = b"x") -> None:
    held[name] = data
    listed(held, lambda c: c["files"].update({name: [len(data), hashlib.sha256(data).hexdigest()]}))


LIBRARY, MANIFEST = "generation/library.sqlite", "generation/manifest.json"
HOSTILE: dict[str, Callable[[dict[str, bytes]], object]] = {
    "out of the folder": lambda held: add(held, "../../over.sqlite"),
    "out of the generation": lambda held: add(held, "generation/../../over"),
    "absolute": lambda held: add(held, "/over.sqlite"),
    "a drive": lambda held: add(held, "generation/C:over"),
    "a backslash": lambda held: add(held, "generation/..\\over"),
    "the pointer": lambda held: add(held, "CURRENT"),
    "a member too many": lambda held: held.update({"generation/more": b"x"}),
    "a member too few": lambda held: held.pop(LIBRARY),
    "another content": lambda held: held.update({LIBRARY: held[LIBRARY][:-1] + b"x"}),
    "a longer one": lambda held: held.update({LIBRARY: held[LIBRARY] + b"x"}),
    "a size that is none": lambda held: listed(held, lambda c: c["files"][LIBRARY].__setitem__(0, -1)),
    "no list": lambda held: held.pop(CONTENTS),
    "a list without its checksum": lambda held: held.update({CONTENTS: held[CONTENTS].replace(b"1", b"2", 1)}),
    "a list of another kind": lambda held: held.update({CONTENTS: b"[" * 100_000}),
    "no manifest": lambda held: (
        held.pop("generation/manifest.json"),
        listed(held, lambda c: c["files"].pop("generation/manifest.json")),
    ),
    "another generation": lambda held: listed(held, lambda c: c.update(generation=99)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_backup_changes_nothing(full: Path, tmp_path: Path, kind: str) -> None:
    backup(full, tmp_path / "a.zip")
    bad = repacked(tmp_path / "a.zip", tmp_path / "b.zip", HOSTILE[kind])
    before = state(full)
    for index in (full, tmp_path / "新"):
        with pytest.raises(InputError, match=r"备份文件已损坏，或不是有据的备份.*现有的索引没有动"):
            restore(bad, index)
    assert state(full) == before
    assert not (tmp_path / "新").exists()
    assert list(tmp_path.rglob("*over*")) == []


def test_a_newer_backup_is_refused(full: Path, tmp_path: Path) -> None:
    backup(full, tmp_path / "a.zip")
    bad = repacked(
        tmp_path / "a.zip", tmp_path / "b.zip", lambda held: listed(held, lambda c: c.update(youju_backup=99))
    )
    with pytest.raises(IndexUnavailable, match="更新的版本做的。请升级"):
        restore(bad, full)


def linked() -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        info = tarfile.TarInfo(CONTENTS)
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    return data.getvalue()


def huge_header() -> bytes:
    """A name that is said to be 8 GB long."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2**33
    return gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 2**20)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04none", b"\x1f\x8b\x08", linked(), huge_header(), b"x" * 3000])
def test_what_is_no_backup_is_told(full: Path, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    before = state(full)
    with pytest.raises(InputError, match="备份文件已损坏，或不是有据的备份"):
        restore(tmp_path / "a", full)
    assert state(full) == before


@pytest.mark.parametrize("name", KINDS[:2])
def test_a_bit_or_an_end_that_is_lost_is_seen(full: Path, tmp_path: Path, name: str) -> None:
    backup(full, tmp_path / name)
    data, before, dice = (tmp_path / name).read_bytes(), content(full), random.Random(5)
    for number in range(40):
        bad = bytearray(data) if number % 4 else bytearray(data[: dice.randrange(len(data))])
        if number % 4:
            bad[dice.randrange(len(bad))] ^= 1 << dice.randrange(8)
        (tmp_path / "bad").write_bytes(bad)
        try:
            restore(tmp_path / "bad", tmp_path / "r")
        except QAError:
            assert not (tmp_path / "r").exists()
        else:  # a bit of a date or a name that nothing depends on
            assert content(tmp_path / "r") == before
            shutil.rmtree(tmp_path / "r")


def test_a_full_disk_is_told_before_anything_is_written(
    full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(full, tmp_path / "a.zip")
    before = state(full)
    usage = shutil.disk_usage(tmp_path)._replace(free=2**20)
    monkeypatch.setattr("qa.store.restore.shutil.disk_usage", lambda path: usage)
    with pytest.raises(InputError, match=r"磁盘空间不足：恢复要 \d+ MB，只剩 1 MB"):
        restore(tmp_path / "a.zip", full)
    assert state(full) == before


def test_no_restore_while_a_sync_writes(full: Path, tmp_path: Path) -> None:
    backup(full, tmp_path / "a.zip")
    with Writer(full), pytest.raises(IndexBusy, match=f"进程 {os.getpid()}"):
        restore(tmp_path / "a.zip", full)


def test_a_backup_out_of_a_folder_that_cannot_be_written(full: Path, tmp_path: Path) -> None:
    """The journal is in WAL mode, which wants to write even to read."""
    if os.name == "nt" or not hasattr(os, "fork"):
        pytest.skip("只在 POSIX 上")
    ask(full, "第二问")
    target = tmp_path / "出" / "a.zip"
    target.parent.mkdir()
    target.parent.chmod(0o777)
    for folder in [full, *(path for path in full.rglob("*") if path.is_dir())]:
        folder.chmod(0o555)
    for folder in (tmp_path, *tmp_path.parents):
        with contextlib.suppress(PermissionError):
            folder.chmod(folder.stat().st_mode | 0o055)
    child = os.fork()
    if child == 0:
        code = 9
        with contextlib.suppress(BaseException):
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            backup(full, target)
            code = 0
        os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    for folder in [full, *(path for path in full.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)
    restore(target, tmp_path / "r")
    assert questions(tmp_path / "r") == ["第二问", "防汛检查哪天完成"]


@contextlib.contextmanager
def library(index: Path) -> Iterator[sqlite3.Connection]:
    """To change the current one behind its checksum, which is made to fit again."""
    folder = index / "generations" / str(current_generation(index))
    copy = folder / "copy"
    shutil.copyfile(folder / "library.sqlite", copy)
    with contextlib.closing(sqlite3.connect(copy)) as db:
        yield db
        db.commit()
    copy.replace(folder / "library.sqlite")
    data = (folder / "library.sqlite").read_bytes()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["check"]
    manifest["files"]["library.sqlite"] = [len(data), hashlib.sha256(data).hexdigest()]
    (folder / "manifest.json").write_text(json.dumps(sealed(manifest)), encoding="utf-8")


WRONG = {
    'UPDATE chunks SET start = start + 1, "end" = "end" + 1': ("原文与位置", "与原文"),
    "UPDATE chunks SET text = text || '。'": ("原文与位置", "与原文"),
    "UPDATE chunks SET head = '别的'": ("原文与位置", "与它的摘要不符"),
    "UPDATE documents SET chars = 1": ("原文与位置", "应为 1"),
    "DELETE FROM texts WHERE n = 1": ("资料库", "有 1 个没有正文的文件"),
    "DELETE FROM chunks WHERE id = (SELECT min(id) FROM chunks)": ("资料库", "段数不符的文件"),
    "INSERT INTO terms VALUES (99, 'a', 'b')": ("资料库", "有 1 个没有文件的词语"),
}


@pytest.mark.parametrize("harm", WRONG)
def test_verify_names_what_is_wrong(full: Path, harm: str) -> None:
    with library(full) as db:
        db.execute(harm)
    bad = {finding.name: finding for finding in verify(full) if not finding.ok}
    name, told = WRONG[harm]
    assert told in bad[name].found
    assert "python -m qa sync" in bad[name].todo


def test_verify_says_which_file_is_damaged(full: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--index", str(full)]) == 0
    assert "索引完好" in capsys.readouterr().out
    path = full / "cache" / "vectors.sqlite"
    path.write_bytes(b"x" * 9000)
    sentences = full / "generations" / str(current_generation(full)) / "sentences.bin"
    sentences.write_bytes(sentences.read_bytes()[:-1] + b"x")
    assert main(["verify", "--index", str(full), "--json"]) == 3
    said = json.loads(capsys.readouterr().out)
    assert [finding["name"] for finding in said["findings"] if not finding["ok"]] == [
        f"第 {current_generation(full)} 代的校验和",
        "向量缓存",
    ]


def test_verify_without_an_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable, match="还没有索引"):
        verify(tmp_path)


def test_an_older_backup_is_restored_and_carried_forward(run: Run, index: Path, corpus: Path, tmp_path: Path) -> None:
    run()
    make_format_3(index)
    before = content(index)
    backup(index, tmp_path / "a.zip")
    restore(tmp_path / "a.zip", tmp_path / "r")
    assert content(tmp_path / "r") == before
    sync(corpus, tmp_path / "r", Settings.load(encoder="none"))
    with contextlib.closing(Snapshot.open(tmp_path / "r")) as snapshot:
        assert snapshot.manifest.format == FORMAT
    assert content(tmp_path / "r") == before


def test_the_cache_that_is_there_stays(full: Path, tmp_path: Path) -> None:
    backup(full, tmp_path / "a.zip")
    with contextlib.closing(VectorCache.open(full)) as cache:
        cache.put("fake-8", [b"mine"], [[1, 0, 0, 0, 0, 0, 0, 0]])  # type: ignore[arg-type]
    restore(tmp_path / "a.zip", full)
    with contextlib.closing(VectorCache.open(full)) as cache:
        assert cache.known("fake-8", [b"mine"]) == {b"mine"}
