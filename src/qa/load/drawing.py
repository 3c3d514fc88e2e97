"""Text of drawings (DrawingML), which documents, sheets and slides share: paragraphs, tables, SmartArt, charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qa.load.numbering import count, number_text
from qa.load.package import Package, R, xml
from qa.load.tables import Merge, merged_text

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"

# a:buAutoNum's type → number format, what stands before and behind (ECMA-376 part 1, 20.1.10.61)
_KINDS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "ea1Chs": "chineseCounting",
    "ea1Cht": "chineseCounting",
    "ea1JpnKor": "chineseCounting",
    "ea1JpnChsDb": "chineseCounting",
    "circleNumDb": "decimalEnclosedCircle",
    "circleNumWdBlack": "decimalEnclosedCircle",
    "circleNumWdWhite": "decimalEnclosedCircle",
    "arabicDb": "decimal",
}
_AROUND = {"Period": ("", "."), "ParenR": ("", ")"), "ParenBoth": ("(", ")"), "Plain": ("", "")}


def drawn_text(package: Package, parts: dict[str, tuple[str, str]], node: Any, charts: bool = True) -> Iterator[str]:
    """Text of the SmartArt and the charts that ``node`` refers to; ``parts`` are the relationships of its part."""
    for diagram in node.iter(DIAGRAM + "relIds"):
        yield from diagram_text(xml(package, parts.get(diagram.get(R + "dm", ""), ("", ""))[1]))
    for chart in node.iter(CHART + "chart") if charts else ():
        yield from chart_text(xml(package, parts.get(chart.get(R + "id", ""), ("", ""))[1]))


def paragraphs(body: Any) -> Iterator[str]:
    """Paragraphs of a text body with the numbers shown before them."""
    counts: dict[int, tuple[str, int]] = {}
    for paragraph in body.iter(A + "p") if body is not None else ():
        text = "".join(_characters(paragraph)).strip()
        properties = paragraph.find(A + "pPr")
        depth = count(properties.get("lvl")) if properties is not None else 0
        numbered = properties.find(A + "buAutoNum") if properties is not None else None
        if not text:
            continue
        counts = {at: so_far for at, so_far in counts.items() if at < depth or (at == depth and numbered is not None)}
        if numbered is not None:
            kind = numbered.get("type", "arabicPeriod")
            start = numbered.get("startAt", "1")
            last = counts.get(depth)
            number = last[1] + 1 if last and last[0] == kind else count(start, 1)
            counts[depth] = (kind, number)
            text = _number(kind, number) + text
        yield text


def _characters(paragraph: Any) -> Iterator[str]:
    for node in paragraph.iter(A + "t", A + "br", A + "tab"):
        yield (node.text or "") if node.tag == A + "t" else " "


def _number(kind: str, number: int) -> str:
    for ending, (before, behind) in _AROUND.items():
        if kind.endswith(ending):
            form = _KINDS.get(kind.removesuffix(ending), "decimal")
            if form == "chineseCounting" and ending == "Period":
                behind = "、"  # as Chinese PowerPoint shows it
            return f"{before}{number_text(number, form)}{behind} "
    return f"{number_text(number, _KINDS.get(kind, 'decimal'))} "


def table_text(table: Any) -> list[str]:
    rows: list[list[str]] = []
    merges: list[Merge] = []
    for top, row in enumerate(table.iterchildren(A + "tr")):
        rows.append([])
        for left, cell in enumerate(row.iterchildren(A + "tc")):
            rows[-1].append(" ".join(paragraphs(cell.find(A + "txBody"))))
            across, down = (_span(cell, name) for name in ("gridSpan", "rowSpan"))
            if across > 1 or down > 1:
                merges.append((top, left, top + down - 1, left + across - 1))
    properties = table.find(A + "tblPr")
    headed = properties is not None and properties.get("firstRow") in ("1", "true")
    return merged_text(rows, merges, sheet=headed)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or "1"
    return min(count(value, 1), 1000)


def diagram_text(root: Any) -> Iterator[str]:
    """Texts of a SmartArt drawing, each before those below it."""
    if root is None:
        return
    points = {one.get("modelId"): one for one in root.iter(DIAGRAM + "pt")}
    below: dict[str, list[tuple[int, str]]] = {}
    for link in root.iter(DIAGRAM + "cxn"):
        if link.get("type", "parOf") == "parOf":
            order = link.get("srcOrd", "0")
            below.setdefault(link.get("srcId", ""), []).append((count(order), link.get("destId", "")))
    inner = {child for children in below.values() for _, child in children}
    waiting = [key for key in reversed(points) if key not in inner]
    seen: set[str | None] = set()
    while waiting:
        key = waiting.pop()
        if key in seen or key not in points:
            continue
        seen.add(key)
        if points[key].get("type", "node") in ("node", "asst", "doc"):
            yield from paragraphs(points[key].find(DIAGRAM + "t"))
        waiting += [child for _, child in sorted(below.get(key or "", []), reverse=True)]


def chart_text(root: Any) -> Iterator[str]:
    """Title of a chart and its figures, a row a category."""
    if root is None:
        return
    title = root.find(f"{CHART}chart/{CHART}title")
    if title is not None and (text := "".join(node.text or "" for node in title.iter(A + "t")).strip()):
        yield text
    columns: list[tuple[str, dict[int, str]]] = []
    names: dict[int, str] = {}
    for series in root.iter(CHART + "ser"):
        heading = " ".join(_points(series.find(CHART + "tx")).values())
        names = names or _points(series.find(CHART + "cat"))
        columns.append((heading, _points(series.find(CHART + "val"))))
    for at in sorted({at for _, values in columns for at in values}):
        cells = [f"{heading}：{values[at]}" if heading else values[at] for heading, values in columns if at in values]
        yield "；".join([*([names[at]] if at in names else []), *cells])


def _points(node: Any) -> dict[int, str]:
    found: dict[int, str] = {}
    for point in node.iter(CHART + "pt") if node is not None else ():
        at, text = point.get("idx", ""), point.findtext(CHART + "v")
        if text and len(found) < 1000:
            found[count(at)] = text
    return found
