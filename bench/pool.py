"""Public question sets as one folder of documents: what ``bench/pooled.py`` asks about.

``BENCH`` holds ``questions/SET.passages.jsonl`` and ``SET.questions.jsonl``, and ``passages/*.jsonl`` whose passages
only stand in the way. A passage of a question set becomes one text file, its title the first line; passages of the
same text, in whatever sets, become one file that is gold for all of them. Of ``passages/``, the pieces of one document
(the articles of a law, known by their titles) become one file again, as a library would hold it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import InputError
from qa.tokens import simplify

SETS = (
    "cmrc2018.dev",
    "drcd_s.dev",
    "antiterror.train",
    "antiterror.dev",
    "cail2019.dev",
    "cail2019.test",
    "pufa_finance.train",
    "ccdi.train",
)
REFUSABLE = "cail2019"
"""Of these sets an empty list of answers says that the passage has none; of the others, that nobody wrote one down."""
VERDICTS = frozenset({"YES", "NO"})
STEM = 60
"""Characters of a file's name: 255 bytes are what file systems take."""

ARTICLE = re.compile(r"^(?P<law>.+?)(?P<number>第[〇零一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?)$")
UNSAFE = re.compile(r'[\x00-\x1f/\\:*?"<>|.\s]+')


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set. ``gold`` are passages as "SET/ID"; ``answers`` are spans, without verdicts such as YES."""

    set: str
    id: str
    question: str
    gold: frozenset[str]
    answers: tuple[str, ...]
    answerable: bool


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a JSONL file; raises InputError that names file, line and fault."""
    if not path.is_file():
        raise InputError(f"没有文件 {path}", "请检查题库文件夹和 --sets")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(f"{path} 第 {number} 行不是 JSON（{error}）", "每行应是一个 JSON 对象") from error


def questions(bench: Path, name: str) -> list[Asked]:
    """All questions of a set."""
    found = []
    for row in rows(bench / "questions" / f"{name}.questions.jsonl"):
        ids = row.get("passage_ids") or [row["passage_id"]]
        given = tuple(row["answers"])
        found.append(
            Asked(
                set=name,
                id=str(row["id"]),
                question=row["question"],
                gold=frozenset(f"{name}/{number}" for number in ids),
                answers=tuple(answer for answer in given if answer not in VERDICTS),
                answerable=bool(given) or not name.startswith(REFUSABLE),
            )
        )
    return found


def documents(bench: Path, names: tuple[str, ...]) -> dict[str, tuple[str, list[str]]]:
    """Path → (text, ids of the passages in it)."""
    made: dict[str, tuple[str, list[str]]] = {}
    seen: dict[str, str] = {}
    for name in names:
        taken: Counter[str] = Counter()
        for row in rows(bench / "questions" / f"{name}.passages.jsonl"):
            bare = simplify("".join(row["text"].split()))
            if bare in seen:
                made[seen[bare]][1].append(f"{name}/{row['id']}")
                continue
            title = (row.get("title") or "").strip()
            path = seen[bare] = f"{safe(name)}/{numbered(safe(title or str(row['id'])), taken)}.txt"
            made[path] = (f"{title}\n{row['text']}" if title else row["text"], [f"{name}/{row['id']}"])
    for file in sorted((bench / "passages").glob("*.jsonl")):
        made |= _distractors(file)
    return made


def _distractors(file: Path) -> dict[str, tuple[str, list[str]]]:
    """Pieces under one title are one document, in order; an untitled one is by itself."""
    grouped: dict[str, tuple[list[str], list[str]]] = {}
    for row in rows(file):
        title, text = (row.get("title") or "").strip(), row["text"]
        article = ARTICLE.match(title)
        head = article["law"] if article else title
        parts, ids = grouped.setdefault(head or f"\n{row['id']}", ([], []))
        if head and not parts and not text.startswith(head):
            parts.append(head)
        parts.append(f"{article['number']} {text}" if article else text)
        ids.append(f"{file.name.split('.', 1)[0]}/{row['id']}")
    folder, taken = safe(file.name.removesuffix(".passages.jsonl")), Counter[str]()
    return {
        f"{folder}/{numbered(safe(head.strip()), taken)}.txt": ("\n".join(parts), ids)
        for head, (parts, ids) in grouped.items()
    }


def safe(name: str) -> str:
    """A name as part of a path: no separators, dots or controls, and not too long."""
    return UNSAFE.sub("_", name)[:STEM].strip("_") or "_"


def numbered(name: str, taken: Counter[str]) -> str:
    """The name, with a number where it is taken; ``taken`` counts it in. Case counts for nothing, as on some disks."""
    taken[name.lower()] += 1
    times = taken[name.lower()]
    return name if times == 1 else numbered(f"{name}_{times}", taken)


def write(bench: Path, work: Path, names: tuple[str, ...]) -> dict[str, list[str]]:
    """Make ``work``/corpus, with ``work``/map.json: path → passage ids. Files that are so already stay untouched."""
    corpus, listing = work / "corpus", work / "map.json"
    made = documents(bench, names)
    before = json.loads(listing.read_text(encoding="utf-8")) if listing.is_file() else {}
    for path in before.keys() - made.keys():
        (corpus / path).unlink(missing_ok=True)
    for path, (text, _) in made.items():
        file, raw = corpus / path, text.encode()
        if not file.is_file() or file.read_bytes() != raw:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(raw)
    ids = {path: held for path, (_, held) in made.items()}
    listing.write_text(json.dumps(ids, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return ids
