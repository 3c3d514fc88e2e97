"""All texts of a library in formats that need no Youju: Markdown by file, or JSON by line."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path, PurePosixPath

from qa.errors import InputError
from qa.protocols import Report
from qa.store.snapshot import Snapshot
from qa.types import Document, Progress, Section

FORMATS = ("md", "jsonl")
_NAME_BYTES = 240
_FORBIDDEN = '\\:*?"<>|'
_DEEPEST = 6


def export(index: Path, out: Path, kind: str = "md", *, report: Report | None = None) -> int:
    """Write every document's canonical text into the folder ``out``, which must be empty or not there; how many.

    "md": one file a document, headings marked, the facts before it; ``files.jsonl`` says which is which. "jsonl":
    ``documents.jsonl`` and ``chunks.jsonl``; offsets count characters of a document's text. Raises InputError,
    IndexUnavailable.
    """
    if kind not in FORMATS:
        raise InputError(f"不能导出为 {kind}", f"可选：{'、'.join(FORMATS)}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"导出的文件夹不是空的：{out}", "请换一个文件夹，或先清空它")
    with contextlib.closing(Snapshot.open(index)) as snapshot:
        out.mkdir(parents=True, exist_ok=True)
        infos = snapshot.infos()
        with contextlib.ExitStack() as opened:
            names = ("files.jsonl",) if kind == "md" else ("documents.jsonl", "chunks.jsonl")
            lists = [opened.enter_context((out / name).open("x", encoding="utf-8", newline="\n")) for name in names]
            taken: set[str] = set()
            for done, info in enumerate(infos):
                document = snapshot.document(info.id)
                if kind == "md":
                    name = _free(_name(document), document.id, taken)
                    path = out / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(markdown(document), encoding="utf-8", newline="\n")
                    lists[0].write(_line({"path": document.path, "file": name, "id": document.id}))
                else:
                    lists[0].write(_line(asdict(document)))
                    heads = snapshot.heads([chunk.id for chunk in snapshot.chunks_of(info.id)])
                    for chunk in snapshot.chunks_of(info.id):
                        lists[1].write(_line({**asdict(chunk), "path": document.path, "head": heads[chunk.id]}))
                if report is not None:
                    report(Progress("export", done + 1, len(infos), info.path))
    return len(infos)


def markdown(document: Document) -> str:
    """The text as it is, its headings with # before them, paragraphs parted by blank lines; facts in front, as YAML."""
    facts = {name: value for name, value in asdict(document.facts).items() if value}
    front = {"title": document.title, "path": document.path, "sha256": document.sha256, **facts}
    lines = ["---", *(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in front.items()), "---", ""]
    return "\n".join([*lines, "\n\n".join(_paragraphs(document)), ""])


def _paragraphs(document: Document) -> Iterator[str]:
    headings = {section.start: section for section in document.sections}
    at = 0
    for paragraph in document.text.split("\n"):
        section = headings.get(at)
        heading = section is not None and _alone(section, paragraph)
        yield f"{'#' * min(section.level, _DEEPEST)} {paragraph}" if section is not None and heading else paragraph
        at += len(paragraph) + 1


def _alone(section: Section, paragraph: str) -> bool:
    """Whether the paragraph is the heading and no more: a run-in one is the beginning of its text."""
    said = f"{section.label}{section.title}"
    return bool(section.title) and "".join(paragraph.split()) == "".join(said.split())


def _name(document: Document) -> str:
    """The document's own path, as any system can have it."""
    parts = []
    for part in PurePosixPath(f"{document.path}.md").parts:
        plain = "".join("_" if char in _FORBIDDEN or ord(char) < 32 else char for char in part).rstrip(" .")
        if part in ("/", "..", ".") or not plain:
            plain = "_"
        if len(plain.encode()) > _NAME_BYTES:
            kept = plain.encode()[: _NAME_BYTES - 20].decode("utf-8", "replace").rstrip("�")
            plain = f"{kept}-{document.id}{'.md' if part.endswith('.md') else ''}"
        parts.append(plain)
    return "/".join(parts)


def _free(name: str, doc_id: str, taken: set[str]) -> str:
    """Another name where a system that takes large and small letters for one would have it already."""
    if name.casefold() in taken:
        folder, _, last = name.rpartition("/")
        name = f"{folder}{'/' if folder else ''}{last.removesuffix('.md')[:50]}-{doc_id}.md"
    taken.add(name.casefold())
    return name


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
