"""Question files and where their quotes stand in the library's canonical text."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa.errors import InputError

TYPES = ("fact", "number", "list", "paraphrase", "address", "definition", "followup", "unanswerable")


@dataclass(frozen=True, slots=True)
class Gold:
    """A question with its evidence. ``evidence`` pairs a path with a verbatim quote; empty for "unanswerable"."""

    id: str
    question: str
    type: str
    history: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]
    items: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        return self.type != "unanswerable"


def read_questions(path: Path) -> list[Gold]:
    """Read a JSONL question file (format: DESIGN §3); raises InputError that names file, line and fault."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"问题文件 {path} 读不了（{error}）", "请给一个 UTF-8 的 JSONL 文件，每行一个问题") from error
    questions = [_gold(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise InputError(f"问题文件 {path} 里没有问题", "每行一个 JSON 对象：id、question、type、doc、quotes")
    return questions


def _gold(path: Path, number: int, line: str) -> Gold:
    try:
        row: dict[str, Any] = json.loads(line)
        evidence = [(row["doc"], quote) for quote in row.get("quotes", [])] if row.get("doc") else []
        evidence += [(also["doc"], quote) for also in row.get("also", []) for quote in also["quotes"]]
        gold = Gold(
            id=str(row["id"]),
            question=row["question"],
            type=row["type"],
            history=tuple(row.get("history", ())),
            evidence=tuple(evidence),
            items=tuple(row.get("items") or ()),
        )
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(
            f"问题文件 {path} 第 {number} 行有误（{error!r}）", "每行一个 JSON 对象：id、question、type、doc、quotes"
        ) from error
    if gold.answerable and not gold.evidence:
        raise InputError(
            f"问题文件 {path} 第 {number} 行：{gold.id} 没有 doc 和 quotes", "请补上依据，或把 type 设为 unanswerable"
        )
    return gold


class Matcher:
    """Finds quotes in documents, white space aside. ``text_of`` gives a path's canonical text, or None."""

    def __init__(self, text_of: Callable[[str], str | None]) -> None:
        self._bare = lru_cache(maxsize=None)(lambda path: _bare(text_of(path) or ""))
        self.places = lru_cache(maxsize=10_000)(self._places)

    def _places(self, path: str, quote: str) -> list[tuple[int, int]]:
        """All ranges ``[start, end)`` of canonical text where the quote stands; empty where it doesn't."""
        text, offsets = self._bare(path)
        wanted = "".join(quote.split())
        found, at = [], text.find(wanted)
        while wanted and at >= 0:
            found.append((offsets[at], offsets[at + len(wanted) - 1] + 1))
            at = text.find(wanted, at + 1)
        return found

    def shows(self, gold: Gold, path: str, start: int, end: int) -> bool:
        """Whether ``[start, end)`` of ``path`` is evidence: it holds half of a quote, or half of it is a quote's."""
        for doc, quote in gold.evidence:
            if doc != path:
                continue
            for left, right in self.places(doc, quote):
                shared = min(end, right) - max(start, left)
                if shared > 0 and shared >= 0.5 * min(right - left, end - start):
                    return True
        return False


def _bare(text: str) -> tuple[str, list[int]]:
    offsets = [i for i, char in enumerate(text) if not char.isspace()]
    return "".join(text[i] for i in offsets), offsets
