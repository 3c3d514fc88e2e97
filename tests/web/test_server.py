"""The port, and the vectors made behind the server's back."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest
from library import Library

from qa.errors import InputError
from qa.settings import Settings
from qa.web.background import Background, command, needed
from qa.web.server import take_port


def test_a_port_in_use_is_named_with_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"端口 {port} 已被占用.*--port"):
            take_port("127.0.0.1", port)
    take_port("127.0.0.1", port).close()


def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(InputError, match=r"不能在 203\.0\.113\.1:7860 上监听"):
        take_port("203.0.113.1", 7860)


def test_vectors_are_completed_only_when_they_lack() -> None:
    assert needed(Library(vectors=2).status(), Settings())
    assert needed(Library(sentences=2).status(), Settings())
    assert not needed(Library(vectors=6).status(), Settings())
    assert not needed(Library(vectors=2).status(), Settings(encoder="none"))


def test_the_command_completes_the_index_and_touches_no_document(tmp_path: Path) -> None:
    argv = command(Settings(corpus=tmp_path / "资料 夹", index=tmp_path / "索引"))
    assert argv[0] == sys.executable
    assert argv[3:] == ["sync", "--vectors-only", "--index", str(tmp_path / "索引")]


def test_a_child_that_fails_is_told() -> None:
    background = Background([sys.executable, "-c", "import sys; print('先'); sys.exit('磁盘满了')"])
    background.wait(20)
    assert (background.running, background.failure) == (False, "磁盘满了")
    background.stop()


def test_a_child_that_ends_well_has_no_failure() -> None:
    background = Background([sys.executable, "-c", "print('好')"])
    background.wait(20)
    assert background.failure is None
    background.stop()


def test_stopping_ends_the_child_and_is_no_failure() -> None:
    background = Background([sys.executable, "-c", "import time; time.sleep(60)"])
    assert background.running
    background.stop()
    assert (background.running, background.failure) == (False, None)


def test_watching_the_server_does_not_spoil_a_good_end(repo: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(repo / 'src')!r}); from qa.web import background as b; "
    code += "import threading, time; threading.Thread(target=b._end_with_parent, daemon=True).start(); time.sleep(0.3)"
    background = Background([sys.executable, "-c", code])
    background.wait(20)
    assert (background.running, background.failure) == (False, None)
    background.stop()


def test_the_child_ends_when_the_server_is_gone(repo: Path) -> None:
    """A killed server can't stop its child: the child sees its end of the pipe close."""
    code = f"import sys; sys.path.insert(0, {str(repo / 'src')!r}); from qa.web import background as b; "
    code += "import threading, time; threading.Thread(target=b._end_with_parent).start(); time.sleep(60)"
    background = Background([sys.executable, "-c", code])
    assert background._child.stdin is not None
    begin = time.monotonic()
    background._child.stdin.close()
    background.wait(20)
    assert time.monotonic() - begin < 15
    assert background.failure is not None
