"""Archives in a folder: their members are documents like others; what is wrong with one is told and costs no other."""

from __future__ import annotations

import io
import os
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from archive_files import locked, tarred, zipped

from qa.assistant import Assistant
from qa.build.read import digest_of
from qa.build.scan import scan
from qa.errors import ReadError
from qa.load import inside, listing, load
from qa.settings import Settings
from qa.store import Snapshot
from qa.types import SyncReport
from qa.web.reader import reader

Run = Callable[..., SyncReport]
LEND = "图书借阅办法\n每人每次可借五册，期限三十天。\n"
CLEAN = "卫生值日安排\n各科室轮流打扫走廊，每周一轮换。\n"
PARK = "车辆停放规定\n来访车辆停在北门外的停车场。\n"


def put(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def problems_of(folder: Path) -> dict[str, str]:
    return {problem.path: problem.message for problem in scan(folder, folder / "none").problems}


def test_members_are_documents(run: Run, corpus: Path, index: Path) -> None:
    inner = zipped({"停车.txt": PARK})
    put(corpus, "制度/汇编.zip", zipped({"图书/借阅.txt": LEND, "值日.md": CLEAN, "更早/旧.zip": inner}))
    done = run()
    assert (done.documents, done.added, done.problems) == (6, 6, ())
    snapshot = Snapshot.open(index)
    paths = [info.path for info in snapshot.infos()]
    snapshot.close()
    assert [path for path in paths if ".zip" in path] == [
        "制度/汇编.zip/值日.md",
        "制度/汇编.zip/图书/借阅.txt",
        "制度/汇编.zip/更早/旧.zip/停车.txt",
    ]


def test_a_member_is_found_cited_and_opened_like_a_file(run: Run, corpus: Path, index: Path) -> None:
    put(corpus, "汇编.zip", zipped({"图书/借阅.txt": LEND}))
    run()
    with Assistant.open(index, Settings.load(encoder="none")) as assistant:
        citation = assistant.ask("图书每人每次可借几册").citations[0]
        assert citation.path == "汇编.zip/图书/借阅.txt"
        assert assistant.text(citation.path, citation.start, citation.end) == citation.quote
        page = reader(assistant.document(citation.doc_id), "zh", "", {})
    assert "汇编.zip/图书/借阅.txt" in page
    assert "期限三十天" in page


def test_of_a_changed_archive_only_the_changed_member_is_read(
    run: Run, corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(corpus, "汇编.zip", zipped({"借阅.txt": LEND, "值日.txt": CLEAN, "停车.txt": PARK}))
    run()
    newer = CLEAN.replace("每周一", "每月初")
    put(corpus, "汇编.zip", zipped({"借阅.txt": LEND, "值日.txt": newer, "新.txt": PARK}))
    done = run()
    assert (done.added, done.changed, done.removed, done.unchanged) == (1, 1, 1, 4)
    snapshot = Snapshot.open(index)
    doc_id = snapshot.find("汇编.zip/值日.txt")
    assert doc_id is not None
    assert "每月初" in snapshot.document(doc_id).text
    assert snapshot.find("汇编.zip/停车.txt") is None
    snapshot.close()


def test_an_unchanged_archive_is_not_unpacked(run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in [*corpus.rglob("*.txt"), *corpus.rglob("*.md"), put(corpus, "汇编.zip", zipped({"借阅.txt": LEND}))]:
        os.utime(path, (1_700_000_000, 1_700_000_000))
    run()
    read: list[str] = []
    monkeypatch.setattr(sys.modules["qa.build.syncing"], "digest_of", lambda path: read.append(path.name) or "")
    assert (run().unchanged, read) == (4, [])


def test_a_damaged_archive_keeps_what_was_read_of_it(run: Run, corpus: Path, index: Path) -> None:
    good = zipped({"借阅.txt": LEND, "值日.txt": CLEAN})
    put(corpus, "汇编.zip", good)
    run()
    put(corpus, "汇编.zip", good[:-30])
    done = run()
    assert (done.removed, done.documents) == (0, 5)
    assert [problem.path for problem in done.problems] == ["汇编.zip"]
    assert "已损坏" in done.problems[0].message
    assert "保持原样" in done.problems[0].message
    put(corpus, "汇编.zip", locked(good.replace("借阅".encode(), b"aaaaaa"), "aaaaaa.txt"))
    (corpus / "汇编.zip").write_bytes(locked(zipped({"a.txt": LEND, "值日.txt": CLEAN}), "a.txt"))
    assert run().removed == 1  # 借阅.txt is gone; a.txt is locked and was never read
    (corpus / "汇编.zip").unlink()
    assert run().documents == 3


def test_a_damaged_archive_in_an_archive_keeps_what_was_read_of_it(run: Run, corpus: Path) -> None:
    inner = zipped({"停车.txt": PARK})
    put(corpus, "汇编.zip", zipped({"值日.txt": CLEAN, "旧.zip": inner}))
    assert run().documents == 5
    put(corpus, "汇编.zip", zipped({"值日.txt": CLEAN, "旧.zip": inner[:-20]}))
    done = run()
    assert (done.removed, done.documents, [problem.path for problem in done.problems]) == (0, 5, ["汇编.zip/旧.zip"])


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "big5"])
@pytest.mark.parametrize("name", ["总结/二〇二四年度工作总结.txt", "通知.txt", "會議記錄.txt"])
def test_names_without_a_mark_of_their_encoding(tmp_path: Path, encoding: str, name: str) -> None:
    """As WinRAR and Windows of either script pack them, and macOS, which doesn't mark its UTF-8 either."""
    try:
        raw = name.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip("no such letters there")
    if encoding == "big5" and "會" not in name:
        pytest.skip("two letters of Big5 read as well as GBK")
    data = zipped({name: LEND}, encoding if encoding != "utf-8" else "utf-8")
    if encoding == "utf-8":
        data = data.replace(b"\x00\x08", b"\x00\x00")
    assert raw in data
    put(tmp_path, "a.zip", data)
    assert list(scan(tmp_path, tmp_path / "none").files) == [f"a.zip/{name}"]
    assert "借五册" in load(tmp_path / "a.zip" / name, 10**6).blocks[0].text


def test_western_names_stay_as_they_are(tmp_path: Path) -> None:
    put(tmp_path, "a.zip", zipped({"résumé.txt": LEND}, "cp437"))
    assert list(scan(tmp_path, tmp_path / "none").files) == ["a.zip/résumé.txt"]


def test_backslashes_part_folders(tmp_path: Path) -> None:
    put(tmp_path, "a.zip", zipped({"总结\\第二章.txt": LEND}, "gb18030"))
    assert list(scan(tmp_path, tmp_path / "none").files) == ["a.zip/总结/第二章.txt"]


@pytest.mark.parametrize(("name", "mode"), [("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar", "w")])
def test_tars(tmp_path: Path, name: str, mode: str) -> None:
    put(tmp_path, name, tarred({"一/借阅.txt": LEND, "x.zip": b"PK"}, mode, links=["链接.txt"]))
    found = scan(tmp_path, tmp_path / "none")
    assert list(found.files) == [f"{name}/一/借阅.txt"]
    assert load(tmp_path / name / "一/借阅.txt", 10**6).encoding == "utf-8"
    told = problems_of(tmp_path)
    assert "链接或设备" in told[f"{name}/链接.txt"]
    assert "压缩包套压缩包" in told[f"{name}/x.zip"]


def test_what_is_passed_over_and_what_is_told(tmp_path: Path) -> None:
    files = {"__MACOSX/._a.txt": "x", ".DS_Store": "x", "~$a.docx": "x", "图.gif": "x", "b.rar": "x", "a.txt": LEND}
    put(tmp_path, "a.zip", locked(zipped({**files, "c.txt": "x"}), "c.txt"))
    found = scan(tmp_path, tmp_path / "none")
    assert list(found.files) == ["a.zip/a.txt"]
    told = problems_of(tmp_path)
    assert sorted(told) == ["a.zip/b.rar", "a.zip/c.txt", "a.zip/图.gif"]
    assert "重新压缩为 .zip" in told["a.zip/b.rar"]
    assert "用密码解压" in told["a.zip/c.txt"]
    assert found.unknown == ["a.zip/c.txt"]
    with pytest.raises(ReadError, match="没有这个文件，或者不能收入"):
        digest_of(tmp_path / "a.zip" / "c.txt")


@pytest.mark.parametrize(
    "name",
    ["../../etc/x.txt", "/etc/x.txt", "C:\\x.txt", "a/../../x.txt", "..\\x.txt", "a\x01b.txt", "a" * 1001 + ".txt"],
)
def test_names_that_lead_elsewhere(tmp_path: Path, name: str) -> None:
    put(tmp_path, "a.zip", zipped({name: LEND, "b.txt": LEND}))
    found = scan(tmp_path, tmp_path / "none")
    assert list(found.files) == ["a.zip/b.txt"]
    assert [("不安全" in p.message, p.path.startswith("a.zip/")) for p in found.problems] == [(True, True)]


def test_names_that_repeat(tmp_path: Path) -> None:
    put(tmp_path, "a.zip", zipped([("a.txt", LEND), ("./a.txt", CLEAN)]))
    found = scan(tmp_path, tmp_path / "none")
    assert list(found.files) == ["a.zip/a.txt"]
    assert "走廊" in load(tmp_path / "a.zip/a.txt", 10**6).blocks[0].text
    assert [(p.path, "同名" in p.message, p.fatal) for p in found.problems] == [("a.zip/a.txt", True, False)]


def test_many_problems_are_told_in_one(tmp_path: Path) -> None:
    put(tmp_path, "a.zip", zipped({f"{n}.gif": "x" for n in range(30)}))
    told = problems_of(tmp_path)
    assert len(told) == 21
    assert "还有 10 个文件" in told["a.zip"]


def test_a_member_that_is_damaged_or_too_large(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": LEND * 50}))
    data[60] ^= 0xFF
    put(tmp_path, "a.zip", bytes(data))
    with pytest.raises(ReadError, match="已损坏"):
        load(tmp_path / "a.zip/a.txt", 10**6)
    with pytest.raises(ReadError, match="已损坏"):
        digest_of(tmp_path / "a.zip/a.txt")
    put(tmp_path, "b.zip", zipped({"a.txt": "字" * 10**6}))
    with pytest.raises(ReadError, match="超过上限 1 MB"):
        load(tmp_path / "b.zip/a.txt", 2**20)


def declared(data: bytes, size: int) -> bytes:
    """The same zip whose directory claims each member to be so large."""
    made = bytearray(data)
    at = made.find(b"PK\x01\x02")
    while at >= 0:
        made[at + 24 : at + 28] = size.to_bytes(4, "little")
        at = made.find(b"PK\x01\x02", at + 46)
    return bytes(made)


BOMB = zipped({"a.txt": b"a" * (40 * 2**20)})


@pytest.mark.parametrize(
    ("name", "data", "path", "message"),
    [
        ("a.zip", b"PK", "a.zip", "已损坏"),
        ("a.zip", "其实是文字".encode(), "a.zip", "已损坏"),
        ("a.zip", zipped({"[Content_Types].xml": "x", "word/document.xml": "x"}), "a.zip", "其实是 Office"),
        ("a.zip", zipped({}), "a.zip", "没有可读的文件"),
        ("a.zip", zipped({f"{n}.txt": "x" for n in range(2001)}), "a.zip", "超过 2000 个"),
        ("a.zip", declared(zipped({f"{n}.txt": "x" for n in range(9)}), 2**31), "a.zip/0.txt", "压缩比异常"),
        ("a.zip", BOMB, "a.zip/a.txt", "压缩比异常"),
        ("a.zip", zipped({"b.zip": zipped({"c.zip": zipped({"d.txt": "x"})})}), "a.zip/b.zip/c.zip", "层数过多"),
        ("a.zip", zipped({"b.zip": b"PK"}), "a.zip/b.zip", "已损坏"),
        ("a.zip", zipped({"b.zip": BOMB}), "a.zip/b.zip/a.txt", "压缩比异常"),
        ("a.tar.gz", tarred({"a.txt": bytes(65 * 2**20)}), "a.tar.gz", "超过 64 MB"),
        ("a.tar.gz", b"\x1f\x8b\x08\x00broken", "a.tar.gz", "已损坏"),
        ("a.tar", b"no tar at all", "a.tar", "已损坏"),
        ("a.7z", b"7z", "a.7z", "先解压"),
        ("a.msg", b"x", "a.msg", "另存为 .eml"),
    ],
)
def test_bad_archives_are_told(tmp_path: Path, name: str, data: bytes, path: str, message: str) -> None:
    put(tmp_path, name, data)
    put(tmp_path, "其他.txt", LEND.encode())
    begin = time.monotonic()
    found = scan(tmp_path, tmp_path / "none")
    assert time.monotonic() - begin < 20
    assert list(found.files) == ["其他.txt"]
    assert message in {p.path: p.message for p in found.problems}[path]
    assert all("请" in p.message or "支持" in p.message for p in found.problems)


def test_members_that_share_their_bytes_are_bounded(tmp_path: Path) -> None:
    """A directory that names one member a thousand times unpacks it a thousand times, were that allowed."""
    from qa.load.archive_listing import Listing, Member

    held = Listing()
    for number in range(146):
        held.add(Member(f"{number}.txt", 7 * 2**20, io.BytesIO))
    with pytest.raises(ReadError, match="超过 1024 MB"):
        held.add(Member("146.txt", 7 * 2**20, io.BytesIO))


def test_a_directory_too_large_is_not_read(tmp_path: Path) -> None:
    made = bytearray(zipped({"a.txt": LEND}))
    at = made.rfind(b"PK\x05\x06")
    made[at + 12 : at + 16] = (2**30).to_bytes(4, "little")
    path = put(tmp_path, "a.zip", bytes(made))
    with pytest.raises(ReadError, match="超过 2000 个"):
        listing(path)


def test_a_folder_named_like_an_archive(tmp_path: Path) -> None:
    put(tmp_path, "解压好的.zip/a.txt", LEND.encode())
    assert inside(tmp_path / "解压好的.zip/a.txt") is None
    assert list(scan(tmp_path, tmp_path / "none").files) == ["解压好的.zip/a.txt"]
    assert load(tmp_path / "解压好的.zip/a.txt", 10**6).blocks


def test_an_archive_in_an_archive_is_unpacked_once_for_all_its_members(tmp_path: Path) -> None:
    path = put(tmp_path, "a.zip", zipped({"b.zip": zipped({f"{n}.txt": f"{LEND}{n}" for n in range(50)})}))
    opened: list[str] = []
    real = zipfile.ZipFile.open

    def counted(self: zipfile.ZipFile, name: zipfile.ZipInfo, *rest: object) -> object:
        opened.append(name.filename)
        return real(self, name, *rest)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "open", counted)
        digests = {digest_of(path / "b.zip" / f"{n}.txt") for n in range(50)}
    assert len(digests) == 50
    assert opened.count("b.zip") == 1
