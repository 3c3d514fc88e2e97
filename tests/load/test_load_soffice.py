"""LibreOffice as a converter: bounded in time, one at a time, without macros. A stand-in program for what can hang."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from sample_files import make_ole, make_package

from qa.errors import ReadError
from qa.load import load
from qa.load.soffice import _PROFILE, program, through_office
from qa.types import Loaded

Read = Callable[..., Loaded]
OLD_WORD = make_ole({"WordDocument": b"x"})
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a shell script in LibreOffice's place; gives the folder it may write to."""

    def put(script: str) -> Path:
        path = tmp_path / "soffice"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setattr("qa.load.soffice.program", lambda: str(path))
        return tmp_path

    return put


def test_what_hangs_is_ended_with_all_it_started(
    read: Read, stand_in: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.load.soffice.LIMIT", 1)
    folder = stand_in('sleep 300 & echo $! > "$(dirname "$0")/child"; sleep 300')
    began = time.monotonic()
    with pytest.raises(ReadError, match=r"用了 1 秒还没有转换完.*打开后另存"):
        read("a.doc", OLD_WORD)
    assert time.monotonic() - began < 20
    child = int((folder / "child").read_text())
    deadline = time.monotonic() + 5
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'Error: source file could not be loaded'", "打不开这份旧版 Word 文档.*可能已损坏或设了密码"),
        ("echo 'a password is needed'; exit 1", "旧版 Word 文档（.doc）设了密码"),
        ("exit 127", "打不开这份旧版 Word 文档"),
    ],
)
def test_what_it_refuses_is_told(read: Read, stand_in: Callable[[str], Path], script: str, message: str) -> None:
    stand_in(script)
    with pytest.raises(ReadError, match=message):
        read("a.doc", OLD_WORD)


def test_a_program_that_cannot_be_run_is_told(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "soffice").write_bytes(b"")
    monkeypatch.setattr("qa.load.soffice.program", lambda: str(tmp_path / "soffice"))
    with pytest.raises(ReadError, match="LibreOffice 没有运行起来（没有权限）"):
        read("a.doc", OLD_WORD)


def test_one_conversion_runs_at_a_time(stand_in: Callable[[str], Path], tmp_path: Path) -> None:
    folder = stand_in('cd "$(dirname "$0")"; echo + >> log; sleep 0.3; echo - >> log')

    def convert() -> None:
        with pytest.raises(ReadError):
            through_office("doc", "旧版 Word 文档", "docx")(OLD_WORD)

    threads = [threading.Thread(target=convert) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (folder / "log").read_text().split() == ["+", "-"] * 3


def test_the_files_name_is_not_passed_on(stand_in: Callable[[str], Path], tmp_path: Path) -> None:
    folder = stand_in('echo "$@" > "$(dirname "$0")/arguments"')
    path = tmp_path / "--accept=x; rm -rf.doc"
    path.write_bytes(OLD_WORD)
    with pytest.raises(ReadError):
        load(path, 10**6)
    assert "accept" not in (folder / "arguments").read_text()


_SCRIPT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">'
    '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="M"'
    ' script:language="StarBasic">'
    'Sub Main\nOpen "{}" For Output As #1\nPrint #1, "ran"\nClose #1\nEnd Sub</script:module>'
)
_LIBRARY = (
    '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE library:{0} PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN"'
    ' "{0}.dtd"><library:{0} xmlns:library="http://openoffice.org/2000/library"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" {1}>{2}</library:{0}>'
)


def _with_macro(target: Path) -> bytes:
    """A text document that runs a macro when it is opened; the macro writes a file."""
    names = ("office", "text", "script", "manifest")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    call = "vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in [
            ("/", "application/vnd.oasis.opendocument.text"),
            *((part, "text/xml") for part in ("content.xml", "Basic/script-lc.xml", "Basic/Standard/script-lb.xml")),
            ("Basic/Standard/M.xml", "text/xml"),
        ]
    )
    return make_package(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink"'
            ' xmlns:ooo="http://openoffice.org/2004/office" xmlns:dom="http://www.w3.org/2001/xml-events"'
            ' office:version="1.2">'
            '<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script"'
            f' script:event-name="dom:load" xlink:href="{call}" xlink:type="simple"/></office:event-listeners>'
            "</office:scripts><office:body><office:text><text:p>正文照读。</text:p></office:text></office:body></office:document-content>",
            "Basic/script-lc.xml": _LIBRARY.format(
                "libraries", "", '<library:library library:name="Standard" library:link="false"/>'
            ),
            "Basic/Standard/script-lb.xml": _LIBRARY.format(
                "library",
                'library:name="Standard" library:readonly="false" library:passwordprotected="false"',
                '<library:element library:name="M"/>',
            ),
            "Basic/Standard/M.xml": _SCRIPT.format(target),
            "META-INF/manifest.xml": f"<manifest:manifest {spaces}>{entries}</manifest:manifest>",
        }
    )


def opened(folder: Path, made: bytes, profile: str, seconds: float) -> float:
    """Open a document in LibreOffice, as a person would; seconds until its macro has run, or until the end."""
    (folder / "profile/user").mkdir(parents=True)
    (folder / "profile/user/registrymodifications.xcu").write_text(profile)
    (folder / "a.odt").write_bytes(made)
    place = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", place, "--headless", "--norestore", str(folder / "a.odt")]
    began = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        while not (folder / "ran.txt").exists() and time.monotonic() - began < seconds:
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)
    return time.monotonic() - began


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs the program soffice")
def test_macros_do_not_run(read: Read, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("allowed", "ours")]
    made = [_with_macro(folder / "ran.txt") for folder in folders]
    allowed = _PROFILE.replace("<value>3</value>", "<value>0</value>").replace(
        "<value>true</value>", "<value>false</value>"
    )
    needed = opened(folders[0], made[0], allowed, 60)
    assert (folders[0] / "ran.txt").exists(), "the document's macro runs where it may"
    opened(folders[1], made[1], _PROFILE, 2 * needed)
    assert [block.text for block in read("a.odt", made[1]).blocks] == ["正文照读。"]
    assert not (folders[1] / "ran.txt").exists()


def test_where_it_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("qa.load.soffice._PLACES", (str(tmp_path / "place"),))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert program() is None
    (tmp_path / "place").write_bytes(b"")
    assert program() == str(tmp_path / "place")
    monkeypatch.setattr(shutil, "which", lambda name: name if name == "libreoffice" else None)
    assert program() == "libreoffice"
