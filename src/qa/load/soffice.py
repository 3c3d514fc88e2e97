"""Old and foreign formats through LibreOffice, where it is installed: converted in a folder of its own, then read.

Each conversion has a fresh profile: none of the user's settings, extensions or open windows take part. Macros are off
at the highest level, linked files and pictures are not fetched. One conversion runs at a time on a machine, for each
takes a core and some 300 MB; it is ended, with all it started, after ``LIMIT`` seconds. Meanwhile it gives signs of
life, for that limit is longer than a reader may be silent.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.errors import Passing, ReadError, reason
from qa.load.excel import read_excel
from qa.load.pace import going_on
from qa.load.slides import read_slides
from qa.load.word import read_word
from qa.types import Loaded

LIMIT = 120
"""Seconds. Ten paragraphs take 2.3 s, most of it the start; 190,000 characters 5.8 s (LibreOffice 7.4, a busy core)."""
_WAIT = 600  # seconds for others' conversions
_PR_SET_PDEATHSIG, _PR_GET_PDEATHSIG = 1, 2
_BEAT = 1.0  # seconds between two signs of life
_MEMORY = 2 * 2**30
"""Bytes it may write to. A reading process has a limit of its own, at which LibreOffice would break off and the file be
called damaged; what both take together is watched by the sync."""
_TARGETS: dict[str, tuple[str, Callable[[bytes], Loaded]]] = {
    "docx": ("docx:MS Word 2007 XML", read_word),
    "xlsx": ("xlsx:Calc MS Excel 2007 XML", read_excel),
    "pptx": ("pptx:Impress MS PowerPoint 2007 XML", read_slides),
}
_PLACES = (
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/opt/libreoffice/program/soffice",
)
_SETTINGS = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Misc", "FirstRun", "false"),
    ("Common/Save/Document", "WarnAlienFormat", "false"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "2"),
)
_ITEM = '<item oor:path="/org.openoffice.Office.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry"'
    ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    + "".join(_ITEM.format(*setting) for setting in _SETTINGS)
    + "</oor:items>"
)


def program() -> str | None:
    """Path of LibreOffice's soffice, None where it is not installed."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return found
    return next((place for place in _PLACES if Path(place).is_file()), None)


def through_office(suffix: str, what: str, target: str, other: str = "") -> Callable[[bytes], Loaded]:
    """A reader for files that LibreOffice knows by ``suffix`` ("doc"): made into ``target`` ("docx") and read as that.

    ``what`` names the format to people; ``other`` is what they can save the file as instead.
    """

    def read(data: bytes) -> Loaded:
        office = program()
        if office is None:
            todo = f"请安装 LibreOffice（免费）后重新同步，或用 Office、WPS 打开，另存为 {other or '.' + target}"
            raise ReadError(f"读{what}要用 LibreOffice，这台机器没有安装", todo)
        filter_name, reader = _TARGETS[target]
        loaded = reader(_converted(office, data, suffix, target, filter_name, what))
        return replace(loaded, format=suffix)

    return read


def _converted(office: str, data: bytes, suffix: str, target: str, filter_name: str, what: str) -> bytes:
    try:
        with _turn(), tempfile.TemporaryDirectory(prefix="youju-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            profile = folder / "profile" / "user"
            profile.mkdir(parents=True)
            (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
            source = folder / f"in.{suffix}"
            source.write_bytes(data)
            out = folder / "out"
            command = [
                *(office, f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--norestore"),
                *("--nolockcheck", "--nodefault", "--nofirststartwizard"),
                *("--convert-to", filter_name, "--outdir", str(out), str(source)),
            ]
            said = _run(command, folder, what)
            made = out / f"in.{target}"
            if not made.is_file():
                raise _refused(what, said)
            return made.read_bytes()
    except OSError as error:
        raise Passing(f"LibreOffice 没有运行起来（{reason(error)}）", "请检查它的安装和临时文件夹的空间") from error


@contextmanager
def _turn() -> Iterator[None]:
    """The only conversion of this user on this machine. Raises Passing after ``_WAIT`` seconds."""
    import filelock

    owner = os.getuid() if hasattr(os, "getuid") else ""
    lock = filelock.FileLock(Path(tempfile.gettempdir()) / f"youju-soffice-{owner}.lock")
    until = time.monotonic() + _WAIT
    while not lock.is_locked:
        try:
            lock.acquire(timeout=_BEAT)
        except filelock.Timeout as error:
            going_on("等待 LibreOffice")
            if time.monotonic() > until:
                raise Passing("等了很久，别的文件还在用 LibreOffice 转换", "请稍后重新同步") from error
    try:
        yield
    finally:
        lock.release()


def _run(command: list[str], folder: Path, what: str) -> str:
    """What the program said. Raises ReadError when it takes too long, after ending it and all it started."""
    group: dict[str, Any]
    if sys.platform == "win32":
        group = {"creationflags": 0x00000200}
    else:  # a reading process is ended with its group: then it must not leave a LibreOffice behind
        group = {"start_new_session": not _leads_group()}
    with (folder / "said.txt").open("w+b") as said:
        process = subprocess.Popen(  # noqa: S603 - the program found above, the file's own name is not passed
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, cwd=folder, **group
        )
        try:
            _raise_limit(process)
            with _staying():
                _await(process, what)
        finally:
            _end(process)
        said.seek(0)
        return said.read(4000).decode("utf-8", errors="replace")


def _leads_group() -> bool:
    return sys.platform != "win32" and os.getpgrp() == os.getpid()


@contextmanager
def _staying() -> Iterator[None]:
    """Not to be ended together with the sync, but a moment later, by the thread that waits for that and ends the group:
    whoever is killed can't end what it has started."""
    if sys.platform != "linux":
        yield
        return
    libc, held = ctypes.CDLL(None), ctypes.c_int()
    libc.prctl(_PR_GET_PDEATHSIG, ctypes.byref(held))
    libc.prctl(_PR_SET_PDEATHSIG, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_PDEATHSIG, held.value)


def _raise_limit(process: subprocess.Popen[Any]) -> None:
    """Of memory, from what it has inherited. LibreOffice proper is started later and inherits this one."""
    if sys.platform == "linux":
        import psutil

        with suppress(psutil.Error, OSError, ValueError):
            one = psutil.Process(process.pid)
            soft, hard = one.rlimit(psutil.RLIMIT_DATA)
            if soft != psutil.RLIM_INFINITY:
                most = _MEMORY if hard == psutil.RLIM_INFINITY else min(_MEMORY, hard)
                one.rlimit(psutil.RLIMIT_DATA, (max(soft, most), hard))


def _await(process: subprocess.Popen[Any], what: str) -> None:
    """Its end. Raises ReadError when that takes too long."""
    until = time.monotonic() + LIMIT
    while True:
        left = until - time.monotonic()
        try:
            process.wait(max(0.0, min(_BEAT, left)))
            return
        except subprocess.TimeoutExpired as error:
            if left <= _BEAT:
                todo = "请用 Office 或 WPS 打开后另存"
                raise ReadError(f"LibreOffice 用了 {LIMIT} 秒还没有转换完这份{what}", todo) from error
            going_on("LibreOffice 转换中")


def _end(process: subprocess.Popen[Any]) -> None:
    """End the program and its children; nothing where all have ended."""
    import psutil

    try:
        if sys.platform != "win32" and not _leads_group():
            os.killpg(process.pid, signal.SIGKILL)
        else:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
    except (ProcessLookupError, PermissionError, psutil.NoSuchProcess):
        pass
    if process.poll() is None:
        process.kill()
        process.wait(10)


def _refused(what: str, said: str) -> ReadError:
    if re.search(r"password|密码", said, re.IGNORECASE):
        return ReadError(f"{what}设了密码", "请去掉密码后重新保存")
    return ReadError(f"LibreOffice 打不开这份{what}，可能已损坏或设了密码", "请用 Office 或 WPS 打开后另存")
