"""Questions of one's own in a table: a column for the question, others for what the answer should rest on."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from qa.errors import InputError, QAError
from qa.evaluate.gold import Gold, Matcher
from qa.outline.numerals import to_int
from qa.query.address import ARTICLE
from qa.types import Document, DocumentInfo, Hit

MOST = 2000
"""Questions of one table."""
LOOKED = 20
"""Rows from the top in which the heading is looked for, below titles and notes."""
UNJUDGED = "unjudged"
"""Type of a question with nothing expected: asked and timed, but neither right nor wrong."""

HEADS = {
    "question": "问题 题目 提问 问 试题 问句 question query q".split(),
    "document": "文件 应答文件 应引文件 文档 资料 出处 文件名 标题 document doc file source".split(),
    "article": "条款 条 条文 第几条 条号 条目 article section clause".split(),
    "quote": "原文 引文 依据 原句 应答原文 答案 标准答案 参考答案 quote answer evidence expected".split(),
}
"""Column → what people call it."""
NOTHING = frozenset("无 没有 无答案 无依据 没有依据 不答 拒答 none noanswer n/a unanswerable".split())


class Reads(Protocol):
    """What a library must be able to do for its table to be understood."""

    def documents(self) -> tuple[DocumentInfo, ...]: ...

    def document(self, doc_id: str) -> Document: ...

    def text(self, path: str, start: int = 0, end: int | None = None) -> str: ...

    def search(self, question: str, k: int = 10) -> list[Hit]: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of the table; ``row`` counts from 1 as the sheet does. Empty: not said."""

    row: int
    question: str
    document: str = ""
    article: str = ""
    quote: str = ""


def read_rows(rows: Sequence[Sequence[str]]) -> list[Asked]:
    """The questions of a sheet. Raises InputError where there is no column of questions, none in it, or too many."""
    heads = ((at, _columns(row)) for at, row in enumerate(rows[:LOOKED]))
    at, columns = next(((at, columns) for at, columns in heads if "question" in columns), (-1, {}))
    if at < 0:
        raise InputError("表里没有“问题”一列", "第一行请写列名：问题、文件、条款、原文，可以先下载模板")
    found = [
        Asked(number, *(_cell(line, columns.get(name)) for name in HEADS))
        for number, line in enumerate(rows[at + 1 :], at + 2)
    ]
    found = [one for one in found if one.question]
    if not found:
        raise InputError("“问题”一列是空的", "每行写一个问题")
    if len(found) > MOST:
        raise InputError(f"有 {len(found)} 个问题，一次最多 {MOST} 个", "请分成几个文件")
    return found


def _columns(row: Sequence[str]) -> dict[str, int]:
    """Column → its place; a heading may have a remark in brackets behind it, a star or a colon."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        text = unicodedata.normalize("NFKC", cell).casefold().partition("(")[0]
        name = "".join(char for char in text if char.isalnum())
        for column, names in HEADS.items():
            if name in names and column not in found:
                found[column] = place
    return found


def _cell(row: Sequence[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


class Expectations:
    """Turns rows into what is measured, by what the library holds now."""

    def __init__(self, library: Reads) -> None:
        self._library = library
        self._infos = {info.path: info for info in library.documents()}
        self._names: dict[str, str] = {}
        for info in self._infos.values():
            for name in (info.path, PurePosixPath(info.path).name, PurePosixPath(info.path).stem, info.title, info.id):
                self._names.setdefault(_bare(name), info.path)
        self.matcher = Matcher(lambda path: library.text(path) if path in self._infos else None)

    def gold(self, asked: Asked) -> Gold:
        """Raises InputError for an expectation that the library can't meet: such a row measures the table, not us."""
        kind, evidence = "fact", self._evidence(asked)
        said = {asked.document, asked.article, asked.quote} - {""}
        if not evidence:
            kind = "unanswerable" if said else UNJUDGED
        return Gold(str(asked.row), asked.question, kind, (), evidence, ())

    def _evidence(self, asked: Asked) -> tuple[tuple[str, str], ...]:
        if any(part.casefold().replace(" ", "") in NOTHING for part in (asked.document, asked.article, asked.quote)):
            return ()
        path = self._path(asked.document) if asked.document else ""
        if asked.article and not path:
            raise InputError("写了条款，没有写文件", "请补上文件")
        if asked.quote:
            return ((self._holding(path, asked.quote), asked.quote),)
        if not path:
            return ()
        document = self._library.document(self._infos[path].id)
        return ((path, _article(document, asked.article) if asked.article else document.text),)

    def _path(self, name: str) -> str:
        path = self._names.get(_bare(name))
        if path is None:
            raise InputError(f"资料库里没有“{name}”", "请写文件的路径、文件名或标题")
        return path

    def _holding(self, path: str, quote: str) -> str:
        """The document that has the quote; without a name the one among the best hits for it."""
        paths = [path] if path else list(dict.fromkeys(hit.path for hit in self._library.search(quote[:500], 20)))
        for one in paths:
            if self.matcher.places(one, quote):
                return one
        where = f"“{path}”里" if path else "资料库里"
        raise InputError(f"{where}没有这段原文", "原文要与文件里一字不差（空白不计），或改写文件和条款")


def _article(document: Document, article: str) -> str:
    wanted = _number(article)
    for section in document.sections:
        same = (
            _number(section.label) == wanted
            if wanted
            else _bare(article) in {_bare(section.label), _bare(section.heading)}
        )
        if same and section.label:
            return document.text[section.start : section.end]
    raise InputError(f"“{document.title}”里没有“{article}”", "请写成 第十二条 或 12，或写标题，如 （一）四项内容")


def _number(label: str) -> tuple[int, int] | None:
    """第十二条之一 → (12, 1), 12 → (12, 0); None for what is no article's number."""
    text = unicodedata.normalize("NFKC", label).strip()
    match = ARTICLE.match(text if "条" in text else f"第{text}条")
    number = to_int(match[1] or match[2]) if match else None
    return (number, (to_int(match[3]) or 0) if match[3] else 0) if match and number else None


def _bare(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in text if char.isalnum() or char == "/")


def problems(error: QAError) -> str:
    return f"{error.what}；{error.todo}" if error.todo else error.what


def golds(library: Reads, rows: Iterable[Asked]) -> tuple[list[Gold], dict[int, str]]:
    """(what can be measured, row → what is the matter with the others)."""
    expectations, found, wrong = Expectations(library), [], {}
    for asked in rows:
        try:
            found.append(expectations.gold(asked))
        except InputError as error:
            wrong[asked.row] = problems(error)
    return found, wrong
