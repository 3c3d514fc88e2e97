"""Rows of a table as paragraphs in which every cell keeps the name of its column."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAME = re.compile(
    r"序号|编号|项目|名称|内容|指标|类别|类型|事项|条文|条款|时间|日期|单位|部门|责任|数量|金额|备注|说明|目标|措施|标准|"
    r"罪名|姓名|职务|年份|年度|地区|问题|答案|要求|依据|任务|情况|进度|^问$|^答$"
)


def rows_text(rows: Sequence[Sequence[str]], headed: bool = False) -> list[str]:
    """One string a row: "表头：值；表头：值". Empty cells and rows are left out.

    ``headed``: the format itself says that the first row names the columns. Otherwise short, distinct cells without
    figures in the first row of three or more columns are taken for names, in two columns only words usual in headings.
    """
    table = [[" ".join(cell.split()) for cell in row] for row in rows]
    table = [row for row in table if any(row)]
    if not table:
        return []
    names = table[0]
    if not (headed and len(table) > 1) and not _named(table):
        return ["：".join(row) if len(row) == 2 and all(row) else "；".join(filter(None, row)) for row in table]
    return [text for row in table[1:] if (text := _labelled(names, row))]


def _named(table: list[list[str]]) -> bool:
    first = table[0]
    short = all(0 < len(cell) <= 20 and not re.search(r"\d|[。；]", cell) for cell in first)
    if len(table) < 2 or len(first) < 2 or not short or len(set(first)) < len(first):
        return False
    return len(first) > 2 or all(_NAME.search(cell) for cell in first)


def _labelled(names: list[str], row: list[str]) -> str:
    if len(set(row)) == 1:
        return row[0]  # a cell across the whole row
    cells = []
    for at, cell in enumerate(row):
        name = names[at].rstrip("：:") if at < len(names) else ""
        if cell:
            cells.append(f"{name}：{cell}" if name else cell)
    return "；".join(cells)
