"""The command that compares two documents."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from qa.cli import screen
from qa.errors import InputError
from qa.settings import Settings
from qa.types import DocumentInfo
from qa.versions import Comparison, Edition, docx, others, render
from qa.versions import compare as compared

NAMED = 5
"""Documents named where several have the title given."""


def compare(args: argparse.Namespace, settings: Settings) -> int:
    from qa.assistant import Assistant

    suffix = args.out.suffix.lower() if args.out else ""
    if suffix not in ("", ".docx", ".html", ".htm", ".md"):
        raise InputError(f"不知道 {args.out} 要写成什么", "文件名请以 .docx、.html 或 .md 结尾")
    assistant = Assistant.open(settings.index, settings)
    infos = assistant.documents()
    new = find(args.new or args.old, infos)
    old_id = find(args.old, infos).id if args.new else before(new, assistant.editions(new.id))
    if old_id == new.id:
        raise InputError("两份是同一份文件", "请给两份不同的文件")
    made = compared(assistant.document(old_id), assistant.document(new.id))
    if args.out:
        _write(args.out, suffix, made, args.changed)
    if args.json:
        screen.print_json(made.to_dict(args.changed))
    elif not args.out:
        print(render.text(made, not args.all, colour=sys.stdout.isatty()))
    return 0


def _write(out: Path, suffix: str, made: Comparison, only_changed: bool) -> None:
    if suffix == ".docx":
        screen.write_bytes(out, docx(made, only_changed))
    else:
        writers: dict[str, Callable[[Comparison, bool], str]] = {".md": render.markdown}
        screen.write(out, writers.get(suffix, render.html)(made, only_changed))


def find(said: str, infos: tuple[DocumentInfo, ...]) -> DocumentInfo:
    """By path, id or title; raises InputError for none and for several."""
    path = said.replace("\\", "/")
    for info in infos:
        if said == info.id or path == info.path:
            return info
    titled = [i for i in infos if said == i.title or i.path.endswith(f"/{path}")]
    if len(titled) == 1:
        return titled[0]
    if titled:
        paths = "、".join(info.path for info in titled[:NAMED])
        raise InputError(f"有 {len(titled)} 份文件叫“{said}”", f"请写路径，例如 {paths}")
    near = "、".join(info.path for info in infos if said in info.title or said in info.path.rpartition("/")[2])
    raise InputError(f"索引里没有“{said}”", f"名称相近的有 {near[:200]}" if near else "请先同步，或检查路径")


def before(new: DocumentInfo, editions: tuple[Edition, ...]) -> str:
    """Id of the edition before this one; raises InputError where the library has none."""
    older = [edition for edition, is_older in others(new.id, editions) if is_older] if editions else []
    if not older:
        raise InputError(f"资料库里没有“{new.title}”更早的版本", "请给出要对照的两份文件：先写旧的，再写新的")
    return older[0].doc_id
