"""Text recognised in pictures of pages, kept from run to run: a page that was recognised once is not recognised again.

It takes 1 to 2 s a page, hundreds of times what reading it takes otherwise; every upgrade that changes a reader would
cost that for all scans.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

logger = logging.getLogger(__name__)

MOST = 50_000
"""Pages kept, the last recognised; some 2 KB each."""

_LONGEST = 2**20  # bytes of one page's text with its places, packed; A4 full of print has 4 KB
_PATIENCE = 20.0  # seconds for another process's writing


class RecognisedPages:
    """index/cache/recognised.sqlite: a ``qa.load.options.Memory`` that several processes may use at once.

    What is kept can be read only by who has the picture: its row is named by a hash of the key and veiled with a
    stream that follows from the key, which is a hash of the picture. So a document that was deleted, or refused for
    its mark of secrecy, does not live on in it. A file that is damaged or can't be written costs time only.
    """

    def __init__(self, index: Path) -> None:
        self._path = index / "cache" / "recognised.sqlite"

    def get(self, key: str, /) -> str | None:
        try:
            with closing(self._open()) as db:
                row = db.execute("SELECT value FROM pages WHERE name = ?", (_name(key),)).fetchone()
            return None if row is None else _unpacked(_veiled(key, row[0]))
        except (sqlite3.Error, OSError, ValueError, zlib.error) as error:
            logger.warning("recognised pages can't be looked up: %s", error)
            return None

    def put(self, key: str, value: str, /) -> None:
        packed = zlib.compress(value.encode())
        if len(packed) > _LONGEST:
            return
        try:
            with closing(self._open()) as db, db:
                db.execute(
                    "INSERT OR REPLACE INTO pages (name, value) VALUES (?, ?)", (_name(key), _veiled(key, packed))
                )
                db.execute("DELETE FROM pages WHERE n <= (SELECT max(n) FROM pages) - ?", (MOST,))
        except sqlite3.OperationalError as error:  # no space, no permission, locked: nothing is wrong with the file
            logger.warning("a recognised page can't be kept: %s", error)
        except sqlite3.DatabaseError as error:
            logger.warning("recognised pages are damaged and begun anew: %s", error)
            self._path.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("a recognised page can't be kept: %s", error)

    def _open(self) -> sqlite3.Connection:
        """A connection for one page: beside a second of recognition it costs nothing, and none is held."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, timeout=_PATIENCE)
        db.execute(
            "CREATE TABLE IF NOT EXISTS pages (n INTEGER PRIMARY KEY AUTOINCREMENT, name BLOB NOT NULL UNIQUE,"
            " value BLOB NOT NULL)"
        )
        return db


def _name(key: str) -> bytes:
    return hashlib.sha256(b"name" + key.encode()).digest()


def _veiled(key: str, value: bytes) -> bytes:
    """Its own inverse. A key has one value, so that its stream is never used for two."""
    stream = hashlib.shake_256(b"veil" + key.encode()).digest(len(value))
    return bytes(a ^ b for a, b in zip(value, stream, strict=True))


def _unpacked(packed: bytes) -> str:
    """Raises ValueError or zlib.error for what is damaged or too large."""
    unpacker = zlib.decompressobj()
    value = unpacker.decompress(packed, 16 * _LONGEST)
    if not unpacker.eof:
        raise ValueError("cut off or too large")
    return value.decode()
