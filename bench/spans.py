"""Questions without the texts they quote: quotes as places in the corpus, so that a set can be passed on without it.

    python bench/spans.py pack QUESTIONS.jsonl CORPUS PACKED.jsonl
    python bench/spans.py unpack PACKED.jsonl CORPUS QUESTIONS.jsonl

In a packed file each quote and item is ``[start, end, check]``: offsets into the file's text (UTF-8) with all white
space removed, and the first eight hex digits of the SHA-256 of the stretch, which tell whether the corpus is still the
one that was packed. ``answer`` is dropped. A quote is cut to the longest stretch that cleaning leaves as it is
(full-width digits, marks of headings), when that is half of it or more. Left out, and told: questions whose quotes or
items don't stand in their document, and those that repeat ``RUN`` characters of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from qa.clean import clean
from qa.errors import InputError, ReadError
from qa.load import load

RUN = 14
"""A question in words of its own shares shorter runs with its document: names of laws and offices, set phrases."""
MAX_BYTES = 2**26

Row = dict[str, Any]
Stretch = tuple[int, int, str]
Text = Callable[[str], str]
"""Path → the document's text without white space."""


class LeftOutError(Exception):
    """A question can't be packed; the message says why."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("way", choices=("pack", "unpack"))
    parser.add_argument("questions", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    try:
        rows = list(read(given.questions))
        if given.way == "pack":
            made, left_out = pack(rows, given.corpus)
            for number, why in left_out.items():
                print(f"left out {number}: {why}")
        else:
            made = unpack(rows, given.corpus, given.questions.name)
    except InputError as error:
        sys.exit(str(error))
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    given.out.write_text("".join(lines), encoding="utf-8")
    print(f"wrote {len(made)} of {len(rows)} questions to {given.out.name}")


def read(path: Path) -> Iterator[Row]:
    """The lines of a JSONL file; raises InputError that names file, line and fault."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"问题文件 {path} 读不了（{error}）", "请给一个 UTF-8 的 JSONL 文件") from error
    for number, line in enumerate(lines, 1):
        try:
            if line.strip():
                yield json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path} 第 {number} 行不是 JSON（{error}）", "每行应是一个 JSON 对象") from error


def pack(rows: list[Row], corpus: Path) -> tuple[list[Row], dict[str, str]]:
    """The packed questions, and id → why for those left out."""
    raw, cleaned = texts(corpus)
    packed, left_out = [], {}
    for row in rows:
        try:
            packed.append(_pack(row, raw, cleaned))
        except LeftOutError as why:
            left_out[row["id"]] = str(why)
    return packed, left_out


def _pack(row: Row, raw: Text, cleaned: Text) -> Row:
    evidence = [row, *row.get("also", [])] if row.get("doc") else row.get("also", [])
    found = [[_locate(raw, cleaned, part["doc"], quote) for quote in part["quotes"]] for part in evidence]
    for part in evidence:
        if shared := _shared(
            [row["question"], *row.get("history", [])], raw(part["doc"]) + "\n" + cleaned(part["doc"])
        ):
            raise LeftOutError(f"it repeats {shared} characters of its document")
    packed = {name: row[name] for name in ("id", "type", "question", "history", "doc") if name in row}
    places = dict(zip(map(id, evidence), found, strict=True))
    packed["quotes"] = places.get(id(row), [])
    if row.get("items"):
        packed["items"] = [_item(raw, row["doc"], packed["quotes"], item) for item in row["items"]]
    if row.get("also"):
        packed["also"] = [{"doc": part["doc"], "quotes": places[id(part)]} for part in row["also"]]
    return packed


def _locate(raw: Text, cleaned: Text, doc: str, quote: str) -> Stretch:
    """Where a quote stands first, cut to what cleaning leaves of it."""
    wanted = bare(quote)
    if wanted not in raw(doc):
        raise LeftOutError("a quote doesn't stand in its document")
    kept = _longest(wanted, cleaned(doc))
    if not kept or 2 * len(kept) < len(wanted):
        raise LeftOutError("cleaning changes most of a quote")
    at = raw(doc).find(wanted) + wanted.find(kept)
    return at, at + len(kept), check(kept)


def _item(raw: Text, doc: str, quotes: list[Stretch], item: str) -> Stretch:
    """Where an item stands: in a quote rather than anywhere."""
    text, wanted = raw(doc), bare(item)
    inside = (text.find(wanted, start, end) for start, end, _ in quotes)
    at = next((place for place in inside if place >= 0), text.find(wanted))
    if at < 0 or not wanted:
        raise LeftOutError("an item doesn't stand in its document")
    return at, at + len(wanted), check(wanted)


def _longest(wanted: str, text: str) -> str:
    """The longest stretch of ``wanted`` that stands in ``text``, the first of equals."""
    for size in range(len(wanted), 0, -1):
        for start in range(len(wanted) - size + 1):
            if wanted[start : start + size] in text:
                return wanted[start : start + size]
    return ""


def _shared(turns: list[str], text: str) -> int:
    """``RUN`` or more: the longest run of a turn that stands in the text; 0 where all are shorter."""
    return max((size for turn in turns if (size := len(_longest(bare(turn), text))) >= RUN), default=0)


def unpack(rows: list[Row], corpus: Path, name: str) -> list[Row]:
    """Questions in ``qa eval``'s format, quotes without white space; raises InputError where the corpus differs."""
    raw, _ = texts(corpus)

    def words(row: Row, doc: str, stretch: Stretch) -> str:
        start, end, wanted = stretch
        if check(found := raw(doc)[start:end]) != wanted:
            raise InputError(
                f"{name} 的 {row['id']}：{doc} 第 {start} 至 {end} 字不是打包时的文字", "请用打包时的资料，或重新打包"
            )
        return found

    def opened(row: Row, part: Row) -> Row:
        places = {field: part[field] for field in ("quotes", "items") if field in part}
        return part | {field: [words(row, part["doc"], stretch) for stretch in of] for field, of in places.items()}

    return [
        {**opened(row, row), **({"also": [opened(row, part) for part in row["also"]]} if "also" in row else {})}
        for row in rows
    ]


def texts(corpus: Path) -> tuple[Text, Text]:
    """Readers of a document as it is and as the index holds it, both without white space."""

    @cache
    def raw(doc: str) -> str:
        try:
            return bare((corpus / doc).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"资料 {doc} 读不了（{error}）", f"请看资料夹 {corpus} 是不是打包时的那一个") from error

    @cache
    def cleaned(doc: str) -> str:
        try:
            return bare(clean(load(corpus / doc, MAX_BYTES).blocks).text)
        except ReadError as error:
            raise InputError(f"资料 {doc} 读不了（{error}）", "请先处理这个文件") from error

    return raw, cleaned


def bare(text: str) -> str:
    return "".join(text.split())


def check(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


if __name__ == "__main__":
    main()
