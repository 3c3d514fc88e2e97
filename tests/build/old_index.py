"""An index as format 3 had it: its tables as its code wrote them, its manifest without a checksum."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

TABLES_3 = """
CREATE TABLE documents (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    format TEXT NOT NULL, encoding TEXT, facts TEXT NOT NULL, warnings TEXT NOT NULL,
    chars INTEGER NOT NULL, chunks INTEGER NOT NULL, pages INTEGER NOT NULL, sha256 TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE texts (n INTEGER PRIMARY KEY, text TEXT NOT NULL, pages TEXT NOT NULL, sections TEXT NOT NULL) STRICT;
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, n INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    section INTEGER NOT NULL, text TEXT NOT NULL, head TEXT NOT NULL, passage BLOB NOT NULL, sentences BLOB NOT NULL
) STRICT;
CREATE INDEX chunks_in_order ON chunks (n, start);
CREATE TABLE terms (n INTEGER NOT NULL, short TEXT NOT NULL, "full" TEXT NOT NULL) STRICT;
CREATE TABLE problems (path TEXT NOT NULL, message TEXT NOT NULL, fatal INTEGER NOT NULL) STRICT;
"""
FACTS_3 = {"number", "issuer", "date", "year"}


def make_format_3(index: Path) -> None:
    """Turn the one published generation of this version into what the program of that time would have written."""
    (folder,) = (index / "generations").iterdir()
    path = folder / "library.sqlite"
    old = path.with_name("old.sqlite")
    db = sqlite3.connect(old)
    db.executescript(TABLES_3)
    db.execute("ATTACH ? AS new", (str(path),))
    for table in ("documents", "texts", "chunks", "terms", "problems"):
        columns = ", ".join(f'"{row[1]}"' for row in db.execute(f"PRAGMA main.table_info({table})"))
        db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
    for number, facts in db.execute("SELECT n, facts FROM documents").fetchall():
        kept = {name: value for name, value in json.loads(facts).items() if name in FACTS_3}
        db.execute("UPDATE documents SET facts = ? WHERE n = ?", (json.dumps(kept), number))
    db.execute("PRAGMA user_version = 3")
    db.commit()
    db.close()
    old.replace(path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["check"], manifest["gone"]
    manifest["format"] = 3
    manifest["files"]["library.sqlite"] = [path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()]
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    current = {"format": 3, "generation": int(folder.name)}
    (index / "CURRENT").write_text(json.dumps(current), encoding="utf-8")
