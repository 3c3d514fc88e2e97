"""Recognised pages are kept for whoever has the picture, up to a bound; damage costs time only."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from qa.store import RecognisedPages, recognised

TEXT = "钥匙由值班室统一保管。" * 20


def test_what_was_put_is_there_in_another_run(tmp_path: Path) -> None:
    RecognisedPages(tmp_path).put("a", TEXT)
    assert RecognisedPages(tmp_path).get("a") == TEXT
    assert RecognisedPages(tmp_path).get("b") is None


def test_without_the_picture_nothing_can_be_read(tmp_path: Path) -> None:
    key = "key of the picture"
    RecognisedPages(tmp_path).put(key, TEXT)
    with closing(sqlite3.connect(tmp_path / "cache" / "recognised.sqlite")) as db:
        name, value = db.execute("SELECT name, value FROM pages").fetchone()
    for guess in (value, recognised._veiled(name.hex(), value)):
        with pytest.raises((ValueError, zlib.error)):
            recognised._unpacked(guess)
    assert recognised._unpacked(recognised._veiled(key, value)) == TEXT


def test_the_last_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognised, "MOST", 3)
    pages = RecognisedPages(tmp_path)
    for key in "abcde":
        pages.put(key, key * 9)
    assert [key for key in "abcde" if pages.get(key)] == ["c", "d", "e"]


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "recognised.sqlite").write_bytes(b"no database" * 500)
    pages = RecognisedPages(tmp_path)
    assert pages.get("a") is None
    pages.put("a", TEXT)
    pages.put("a", TEXT)
    assert pages.get("a") == TEXT


def test_a_flipped_bit_is_no_text(tmp_path: Path) -> None:
    pages = RecognisedPages(tmp_path)
    pages.put("a", TEXT)
    with closing(sqlite3.connect(tmp_path / "cache" / "recognised.sqlite")) as db, db:
        value = bytearray(db.execute("SELECT value FROM pages").fetchone()[0])
        value[len(value) // 2] ^= 1
        db.execute("UPDATE pages SET value = ?", (bytes(value),))
    assert pages.get("a") is None


def test_where_nothing_can_be_written_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"")
    pages = RecognisedPages(tmp_path)
    pages.put("a", TEXT)
    assert pages.get("a") is None
