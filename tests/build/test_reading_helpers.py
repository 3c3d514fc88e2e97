"""LibreOffice and recognition inside reading processes: limits do them no harm, and none outlives its reader."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import pytest

import qa
from load.page_files import Pdf, Sheet
from qa.load.ocr import is_available
from qa.store import Snapshot
from qa.types import Progress, SyncReport

Run = Callable[..., SyncReport]
RTF = b"{\\rtf1\\ansi\\ansicpg936 Keys are kept at the desk.\\par}"
needs_ocr = pytest.mark.skipif(not is_available(), reason="needs the extra [ocr]")
posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A shell script, first on the PATH, as soffice; gives the folder it works in."""

    def put(script: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "soffice").write_text(f"#!/bin/sh\ncd '{folder}'\n{script}\n")
        (folder / "soffice").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        return folder

    return put


def told(done: SyncReport, path: str) -> str:
    return next(problem.message for problem in done.problems if problem.path == path)


@posix
def test_a_conversion_may_take_longer_than_a_reader_may_be_silent(
    run: Run, corpus: Path, stand_in: Callable[[str], Path]
) -> None:
    folder = stand_in("sleep 4; ulimit -d > limit")
    (corpus / "a.rtf").write_bytes(RTF)
    notes: list[str] = []
    done = run(read_seconds=2, read_memory_mb=256, report=lambda progress: notes.append(progress.note))
    assert told(done, "a.rtf").startswith("LibreOffice 打不开这份RTF 文档")
    assert "a.rtf LibreOffice 转换中" in notes
    if sys.platform == "linux":
        assert (folder / "limit").read_text().strip() == str(2 * 2**20), "KB; the reader's own is 256 MB"


@posix
def test_no_conversion_outlives_its_reading_process(corpus: Path, index: Path, stand_in: Callable[[str], Path]) -> None:
    folder = stand_in("sleep 300 & echo $! > child.tmp; mv child.tmp child; sleep 300")
    (corpus / "a.rtf").write_bytes(RTF)
    command = [sys.executable, "-m", "qa", "sync", "--corpus", str(corpus), "--index", str(index)]
    where = {**os.environ, "PYTHONPATH": str(Path(qa.__file__).parents[1]), "QA_ENCODER": "none"}
    sync = subprocess.Popen(command, env=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not (folder / "child").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    child = int((folder / "child").read_text())
    sync.terminate()
    sync.wait(20)
    until = time.monotonic() + 5
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs the program soffice")
def test_libreoffice_within_a_reading_process(run: Run, corpus: Path, index: Path) -> None:
    """With less memory for the reader than LibreOffice writes to, so that the reader's own limit would end it."""
    (corpus / "a.rtf").write_bytes(RTF)
    run(read_memory_mb=640)
    assert texts(index)["a.rtf"] == "Keys are kept at the desk."


def texts(index: Path) -> dict[str, str]:
    snapshot = Snapshot.open(index)
    found = {info.path: snapshot.document(info.id).text for info in snapshot.infos()}
    snapshot.close()
    return found


def scan(numbers: range) -> bytes:
    pdf = Pdf()
    for number in numbers:
        made = Sheet()
        made.paragraphs([f"第{number}号库房的钥匙由值班室统一保管，领用要登记。"] * 3, 70, 100, 28)
        pdf.page("", picture=made.image)
    return pdf.data()


@needs_ocr
def test_a_scan_is_told_page_by_page_and_recognised_once(run: Run, corpus: Path, index: Path) -> None:
    (corpus / "扫描.pdf").write_bytes(scan(range(3)))
    notes: list[str] = []

    def report(progress: Progress) -> None:
        notes.append(progress.note)

    run(report=report)
    assert any(note.startswith(("扫描.pdf 第 1 页", "扫描.pdf 第 2 页")) for note in notes)
    first = texts(index)["扫描.pdf"]
    assert "第2号库房的钥匙" in first
    with closing(sqlite3.connect(index / "cache" / "recognised.sqlite")) as db:
        assert db.execute("SELECT count(*), max(n) FROM pages").fetchone() == (3, 3)
    (corpus / "抄件.pdf").write_bytes(scan(range(3)) + b"\n")
    run()
    assert texts(index)["抄件.pdf"] == first
    with closing(sqlite3.connect(index / "cache" / "recognised.sqlite")) as db:
        assert db.execute("SELECT count(*), max(n) FROM pages").fetchone() == (3, 3), "nothing was recognised again"


@needs_ocr
def test_the_setting_reaches_the_reader(run: Run, corpus: Path) -> None:
    (corpus / "扫描.pdf").write_bytes(scan(range(1)))
    assert "QA_OCR=off" in told(run(ocr="off"), "扫描.pdf")


@pytest.mark.slow
@needs_ocr
def test_two_processes_recognise_within_their_limits(run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.build.workers.EACH", 1)
    for name, numbers in (("甲.pdf", range(10)), ("乙.pdf", range(10, 20))):
        (corpus / name).write_bytes(scan(numbers))
    assert run(threads=2).problems == ()
