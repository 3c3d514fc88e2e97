"""Rows of a table as paragraphs in which every cell keeps the name of its column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

_NAME = re.compile(
    r"序号|编号|项目|名称|内容|指标|类别|类型|事项|条文|条款|时间|日期|单位|部门|责任|数量|金额|备注|说明|目标|措施|标准|"
    r"罪名|姓名|职务|年份|年度|地区|问题|答案|要求|依据|任务|情况|进度|^问$|^答$"
)
_REMARK = re.compile(r"(?:注|备注|说明|附注|资料来源|数据来源|填表说明)\s*\d*[：:]")
_YEAR = re.compile(
    r"(?:19|20)\d\d(?:年(?:度|底|末|[上下]半年|第?[一二三四1-4]季度|\d{1,2}月份?)?)?|\d{1,2}月份?|[一二三四]季度"
)
_FIGURE = re.compile(r"[-+¥￥$(（]*\d[\d,.:/\s-]*[%％)）]?[\u4e00-\u9fff]?")
_TITLES = 4  # rows above a table's head: title, unit of measure, who filled it in and when
_SPREAD = 2
_DEPTH = 4  # rows that one head may have; a merged cell that goes deeper is no column's name

Merge = tuple[int, int, int, int]
"""Top, left, bottom, right of a merged cell: 0-based and inclusive."""


def rows_text(rows: Sequence[Sequence[str]], headed: bool = False, depth: int = 1) -> list[str]:
    """One string a row: "表头：值；表头：值". Empty cells and rows are left out.

    ``headed``: the format itself says that the first ``depth`` rows name the columns. Otherwise short, distinct cells
    without figures in the first row of three or more columns are taken for names, in two columns only words usual in
    headings.
    """
    table = [[" ".join(cell.split()) for cell in row] for row in rows]
    table = [row for row in table if any(row)]
    names, body = _names(table[:depth]), table[depth:]
    if not (headed and body) and not _named(names, body):
        return [_plain(row) for row in table]
    return [text for row in body if (text := _labelled(names, row))]


def merged_text(
    rows: Sequence[Sequence[str]], merges: Sequence[Merge], heads: int = 0, sheet: bool = False
) -> list[str]:
    """Like ``rows_text``, for a table with merged cells: each row repeats what a cell that reaches over it says.

    Rows above the head that say one thing only (a title, a unit of measure) stay paragraphs. ``heads``: so many rows
    at the top are marked by the format as naming the columns, titles included; 0 where it does not say. ``sheet``: as
    people fill in sheets, the first row names the columns unless it reads as data.
    """
    table, merges = _spread(rows, merges)
    heads = min(heads, len(table))
    titles = _titles(table, merges, heads, sheet)
    depth = max(heads - titles, 1) if heads else _depth(table, merges, titles)
    names = _names(table[titles : titles + depth])
    headed = heads > titles or depth > 1 or (sheet and _likely(names, table[titles + depth :]))
    return [_plain(row) for row in table[:titles]] + rows_text(table[titles:], headed, depth)


def begins_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows below a blank one are a table of their own: a title, then a row of names, then others."""
    if len(rows) < 3 or len(_values(rows[0])) != 1 or _REMARK.match(_values(rows[0])[0]):
        return False
    return len(_values(rows[1])) > 1 and _likely(list(rows[1]), rows[2:])


def _titles(table: Sequence[Sequence[str]], merges: Sequence[Merge], heads: int, sheet: bool) -> int:
    """How many rows stand above the head."""
    if heads:
        # Upwards from the head's last row: what belongs to it has a name, or a part of one, in every column.
        first = heads - 1
        while first and all(table[first - 1]) and len(_values(table[first - 1])) > 1:
            first -= 1
        return first
    width = max((len(row) for row in table), default=0)
    titles = 0
    while titles < min(_TITLES, len(table) - 2) and width > 1:
        filled = sum(map(bool, table[titles]))
        single = len(_values(table[titles])) == 1
        sparse = sheet and 2 * filled < width and filled < sum(map(bool, table[titles + 1]))
        if not single and not sparse:
            break
        titles += 1
    return titles


def _likely(names: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    given = [name for name in names if name]
    if not any(any(row) for row in body) or len(given) < 2 or 5 * len(given) < 3 * len(names):
        return False
    if len(names) == 2:
        return all(_NAME.search(name) for name in given)
    data = any(
        len(name) > 30 or "。" in name or (_FIGURE.fullmatch(name) and not _YEAR.fullmatch(name)) for name in given
    )
    return not data and len(set(given)) == len(given)


def _spread(rows: Sequence[Sequence[str]], merges: Sequence[Merge]) -> tuple[list[list[str]], list[Merge]]:
    """A table of equal rows, merged cells filled in, without rows that say nothing of their own; and its merges."""
    width = max((len(row) for row in rows), default=0)
    table = [[*row, *[""] * (width - len(row))] for row in rows]
    room = _SPREAD * len(rows) * width  # merged cells do not overlap, but a broken file's may
    for top, left, bottom, right in merges:
        bottom, right = min(bottom, len(table) - 1), min(right, width - 1)
        room -= max(bottom - top + 1, 0) * max(right - left + 1, 0)
        if room < 0:
            break
        for at in range(top, bottom + 1):
            for column in range(left, right + 1):
                table[at][column] = table[top][left]
    kept = [at for at, row in enumerate(rows) if any(cell.strip() for cell in row)]
    places = {at: new for new, at in enumerate(kept)}
    moved = [
        (places[top], left, bisect_right(kept, bottom) - 1, right)
        for top, left, bottom, right in merges
        if top in places and top < len(table) and bottom - top <= _DEPTH and places[top] <= _TITLES
    ]
    return [table[at] for at in kept], moved


def _values(row: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(text for cell in row if (text := " ".join(cell.split()))))


def _depth(table: Sequence[Sequence[str]], merges: Sequence[Merge], first: int) -> int:
    """How many rows the head has that begins at ``first``: as deep as its cells, if one of them spans columns.

    "序号" over two rows beside "完成情况" over two columns is a head of two rows; a cell over many rows without such a
    neighbour is one that groups the rows of a table without a head.
    """
    opening = [merge for merge in merges if merge[0] == first]
    wide = [merge for merge in opening if merge[3] > merge[1]]
    deep = max((merge[2] - first + 1 for merge in opening), default=1)
    return deep if wide and 1 < deep <= _DEPTH and deep < len(table) - first else 1


def _names(rows: Sequence[Sequence[str]]) -> list[str]:
    """Names of columns from the rows of a head: "完成情况" over "上半年" is 完成情况·上半年."""
    width = max((len(row) for row in rows), default=0)
    columns = [[row[at] for row in rows if at < len(row) and row[at]] for at in range(width)]
    return ["·".join(name.rstrip("：:") for name in dict.fromkeys(column)) for column in columns]


def _named(names: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    plain = [_YEAR.sub("", name) for name in names]
    short = all(0 < len(name) <= 20 for name in names) and not any(re.search(r"\d|[。；]", left) for left in plain)
    if not body or len(names) < 2 or not short or len(set(names)) < len(names) or not any(plain):
        return False
    return len(names) > 2 or all(_NAME.search(name) for name in names)


def _plain(row: Sequence[str]) -> str:
    if len(row) == 2 and all(row):
        return "：".join(cell.rstrip("：:") if at == 0 else cell for at, cell in enumerate(row))
    values = _values(row)
    return values[0] if len(values) == 1 else "；".join(filter(None, row))


def _labelled(names: Sequence[str], row: Sequence[str]) -> str:
    values = _values(row)
    if len(set(row)) == 1 or (len(values) == 1 and len(row) > 2 and _REMARK.match(values[0])):
        return values[0]  # a cell across the whole row, or a remark below the table
    cells = []
    for at, cell in enumerate(row):
        name = names[at].rstrip("：:") if at < len(names) else ""
        if cell:
            cells.append(f"{name}：{cell}" if name else cell)
    return "；".join(cells)
