"""Presentations (.pptx), read from their XML: a slide a page, its title a heading, the rest in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qa.errors import ReadError
from qa.load.drawing import A, drawn_text, paragraphs, table_text
from qa.load.package import MACROS, Package, R, main_part, open_package, relations, stated_title, xml
from qa.types import Block, Loaded, PageRead

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TITLES = ("title", "ctrTitle")
_FURNITURE = ("sldNum", "dt", "ftr", "hdr", "sldImg")
_MAX_SLIDES = 5000
_LINE = 360_000  # EMU (a centimetre): shapes whose tops differ by less stand on one line and are read left to right


@dataclass(frozen=True, slots=True)
class _Shape:
    """``top`` and ``left`` in EMU of its parent's space; None where neither slide nor layout says."""

    node: Any
    top: int | None
    left: int | None
    kind: str | None


def read_slides(data: bytes) -> Loaded:
    """Hidden slides are read too, for whoever opens the file sees them, and told."""
    package = open_package(data, "PPT 演示文稿")
    main = main_part(package, "ppt/presentation.xml")
    root = xml(package, main)
    if root is None:
        raise ReadError("不是完整的 PPT 演示文稿，缺少演示部分", "请用 PowerPoint 或 WPS 打开后另存为 .pptx")
    parts = relations(package, main)
    listed = [parts.get(one.get(R + "id", ""), ("", "")) for one in root.iter(P + "sldId")]
    slides = [path for kind, path in listed if kind == "slide" and path in package]
    blocks: list[Block] = []
    reads: list[PageRead] = []
    hidden: list[int] = []
    for number, path in enumerate(slides[:_MAX_SLIDES], 1):
        slide = xml(package, path)
        found = [Block(text, number, level) for text, level in _slide(package, path, slide)]
        blocks += found
        chars = sum(len("".join(block.text.split())) for block in found)
        reads.append(PageRead(number, chars, "text" if chars else "none"))
        if slide.get("show") in ("0", "false"):
            hidden.append(number)
    return Loaded(
        tuple(blocks),
        "pptx",
        None,
        stated_title(package),
        tuple(_warnings(package, slides, reads, hidden)),
        tuple(reads),
    )


def _warnings(package: Package, slides: list[str], reads: list[PageRead], hidden: list[int]) -> Iterator[str]:
    if any(name.endswith("vbaproject.bin") for name in package.names):
        yield MACROS
    if hidden:
        yield f"第 {_listed(hidden)} 张幻灯片是隐藏的，放映时看不到，也已收入"
    if empty := [read.number for read in reads if read.source == "none"]:
        yield f"第 {_listed(empty)} 张幻灯片没有文字（可能只有图片，共 {len(empty)} 张）"
    if len(slides) > _MAX_SLIDES:
        yield f"有 {len(slides)} 张幻灯片，只收入了前 {_MAX_SLIDES} 张；请拆分"


def _listed(numbers: list[int]) -> str:
    return "、".join(map(str, numbers[:20])) + ("等" if len(numbers) > 20 else "")


def _slide(package: Package, path: str, slide: Any) -> Iterator[tuple[str, int]]:
    """Text and heading level of each paragraph: title, body, notes."""
    parts = relations(package, path)
    tree = slide.find(f"{P}cSld/{P}spTree")
    layout = next((target for kind, target in parts.values() if kind == "slideLayout"), "")
    shapes = _ordered(tree, _places(xml(package, layout))) if tree is not None else []
    titled = [shape for shape in shapes if shape.kind in _TITLES]
    if title := " ".join(text for shape in titled for text in paragraphs(shape.node.find(P + "txBody"))):
        yield " ".join(title.split()), 1
    for shape in shapes:
        if shape.kind not in (*_TITLES, *_FURNITURE):
            yield from ((text, 0) for text in _shape_text(package, parts, shape.node))
    for kind, target in parts.values():
        notes = xml(package, target) if kind == "notesSlide" else None
        for shape in notes.iter(P + "sp") if notes is not None else ():
            if _kind(shape) == "body":
                yield from ((f"备注：{text}", 0) for text in paragraphs(shape.find(P + "txBody")))


def _ordered(tree: Any, places: dict[tuple[str, str], tuple[int, int]]) -> list[_Shape]:
    """Shapes from top to bottom and left to right; those without a place stay behind the one before them."""
    rows: list[tuple[int, int, int, _Shape]] = []
    top = left = 0
    for at, node in enumerate(_shown(tree)):
        name = node.tag.removeprefix(P)
        if name not in ("sp", "grpSp", "graphicFrame", "pic", "cxnSp"):
            continue
        place = _place(node) or places.get(_slot(node)) or places.get(("", _slot(node)[1]))
        if place is not None:
            left, top = place
        rows.append((top, left, at, _Shape(node, top, left, _kind(node))))
    rows.sort(key=lambda row: row[0])
    found: list[tuple[int, int, int, _Shape]] = []
    line = -1
    start = None
    for top, left, at, shape in rows:
        if start is None or top - start > _LINE:
            line, start = line + 1, top
        found.append((line, left, at, shape))
    return [shape for _, _, _, shape in sorted(found, key=lambda row: row[:3])]


def _shape_text(package: Package, parts: dict[str, tuple[str, str]], node: Any) -> Iterator[str]:
    name = node.tag.removeprefix(P)
    if name == "grpSp":
        for shape in _ordered(node, {}):
            yield from _shape_text(package, parts, shape.node)
    elif name == "sp":
        yield from paragraphs(node.find(P + "txBody"))
    elif name == "graphicFrame":
        for table in node.iter(A + "tbl"):
            yield from table_text(table)
        yield from drawn_text(package, parts, node)


def _shown(parent: Any) -> Iterator[Any]:
    for child in parent:
        if not isinstance(child.tag, str):
            continue
        if child.tag == _MC + "AlternateContent":
            choice = child.find(_MC + "Choice")
            fallback = child.find(_MC + "Fallback")
            chosen = choice if choice is not None and len(choice) else fallback
            if chosen is not None:
                yield from _shown(chosen)
        else:
            yield child


def _placeholder(node: Any) -> Any:
    return next(node.iter(P + "ph"), None) if node.tag != P + "grpSp" else None


def _kind(node: Any) -> str | None:
    holder = _placeholder(node)
    return None if holder is None else holder.get("type", "obj")


def _slot(node: Any) -> tuple[str, str]:
    """Kind and index by which a placeholder of a slide and one of its layout are the same."""
    holder = _placeholder(node)
    return ("", "") if holder is None else (holder.get("type", "obj"), holder.get("idx", "0"))


def _places(layout: Any) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for node in layout.iter(P + "sp") if layout is not None else ():
        place, slot = _place(node), _slot(node)
        if place is not None and slot != ("", ""):
            found[slot] = place
            found.setdefault(("", slot[1]), place)
    return found


def _place(node: Any) -> tuple[int, int] | None:
    """Left and top in EMU."""
    for path in (f"{P}spPr/{A}xfrm/{A}off", f"{P}grpSpPr/{A}xfrm/{A}off", f"{P}xfrm/{A}off"):
        offset = node.find(path)
        if offset is not None:
            try:
                return int(offset.get("x", "0")), int(offset.get("y", "0"))
            except ValueError:
                return None
    return None
