"""The users' file, and the command that keeps it."""

from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

import pytest

from qa import users
from qa.cli import main
from qa.errors import InputError
from qa.password import argon2, hashed, matches
from qa.users import User, Users


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QA_USERS_FILE", str(tmp_path / "名单" / "users.txt"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "名单" / "users.txt"


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_add_list_passwd_remove(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "渡口修桥-2026\n")
    assert main(["user", "add", "王 芳", "--role", "admin", "--stdin"]) == 0
    assert main(["user", "add", "门户", "--role", "program"]) == 0
    key = capsys.readouterr().out.strip()
    kept = users.read(file)
    assert kept["王 芳"].role == "admin"
    assert matches("渡口修桥-2026", kept["王 芳"].hash)
    assert "渡口" not in file.read_text("utf-8")
    assert key not in file.read_text("utf-8")
    found = Users(file).of_key(key)
    assert found is not None
    assert found.name == "门户"
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [p.name for p in file.parent.iterdir()] == ["users.txt"]
    assert main(["user", "list"]) == 0
    assert capsys.readouterr().out == "王 芳\t管理员\n门户\t程序\n"
    typed(monkeypatch, "新的-密码-2026\n")
    assert main(["user", "passwd", "王 芳", "--stdin"]) == 0
    assert matches("新的-密码-2026", users.read(file)["王 芳"].hash)
    assert main(["user", "passwd", "门户"]) == 0
    assert Users(file).of_key(key) is None
    assert main(["user", "remove", "王 芳"]) == 0
    assert list(users.read(file)) == ["门户"]


@pytest.mark.parametrize("name", ["", "a:b", "a\nb", "#a", " a", "a" * 65, "a\u200bb"])
def test_names_that_cannot_stand_in_the_file(name: str) -> None:
    with pytest.raises(InputError, match="不能用"):
        users.checked_name(name)


def test_wrong_use_changes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "弱\n")
    assert main(["user", "add", "王芳", "--stdin"]) == 2
    assert not file.exists()
    assert main(["user", "add"]) == 2
    assert main(["user", "remove", "没有"]) == 2
    users.write(file, [User("王芳", "reader", argon2("渡口修桥-2026"))])
    assert main(["user", "add", "王芳", "--role", "program"]) == 2
    assert users.read(file)["王芳"].role == "reader"


@pytest.mark.parametrize("line", ["王芳", "王芳:boss:x", "王芳:reader:", "a:reader:x\na:reader:y", ":reader:x"])
def test_a_line_that_cannot_be_read_is_named(file: Path, line: str) -> None:
    file.parent.mkdir()
    file.write_text(f"# 名单\n\n{line}\n", "utf-8")
    with pytest.raises(InputError, match=r"第 [34] 行有误"):
        users.read(file)


def test_both_kinds_of_hash_are_known() -> None:
    for kept in (argon2("渡口修桥-2026"), hashed("渡口修桥-2026")):
        assert matches("渡口修桥-2026", kept)
        assert not matches("渡口修桥-2027", kept)
    assert not matches("x", "$argon2id$broken")
