"""Workbooks in the old binary format (.xls, most .et) by xlrd: without any office program, formats and merges kept."""

from __future__ import annotations

import io
from typing import Any

from qa.errors import ReadError
from qa.load.cell_format import shown
from qa.load.package import MACROS
from qa.load.sheets import MAX_CELLS, MAX_COLUMNS, Left, Sheet, workbook
from qa.types import Loaded

_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = range(1, 6)  # xlrd's cell types
_FILTER = "_FilterDatabase"  # the name that a sheet with a filter gives its area


def read_excel_old(data: bytes) -> Loaded:
    """Like ``read_excel``. Raises ReadError for a locked or damaged workbook."""
    import xlrd

    try:
        book = xlrd.open_workbook(
            file_contents=data,
            formatting_info=True,
            logfile=io.StringIO(),
            ragged_rows=True,
            ignore_workbook_corruption=True,
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise ReadError("Excel 表格设了密码", "请去掉密码后重新保存") from error
        raise _damaged() from error
    except Exception as error:  # it checks little: a broken file shows as whatever goes wrong first
        raise _damaged() from error
    left, sheets, room = Left(), [], MAX_CELLS
    for number, one in enumerate(book.sheets()):
        if one.visibility:
            left.sheets.append(one.name)
            continue
        sheet = _sheet(book, one, number, left, room)
        room -= sum(sum(map(bool, row)) for row in sheet.rows)
        sheets.append(sheet)
    macros = [MACROS] if "_VBA_PROJECT_CUR".encode("utf-16-le") in data else []
    return workbook(sheets, "xls", None, macros, left)


def _sheet(book: Any, one: Any, number: int, left: Left, room: int) -> Sheet:
    sheet = Sheet(one.name, merges=[(top, first, end - 1, last - 1) for top, end, first, last in one.merged_cells])
    filtered = any(name.scope == number and name.name.endswith((_FILTER, "\r")) for name in book.name_obj_list)
    hidden = {at for at, info in one.colinfo_map.items() if info.hidden and not info.outline_level}
    unseen: set[int] = set()
    for at in range(one.nrows):
        if room <= 0:
            sheet.cut = True
            break
        row: list[str] = []
        for column, cell in enumerate(one.row(at)):
            text = _text(book, cell)
            if text and (column >= MAX_COLUMNS or column in hidden):
                unseen.add(column)
                text = ""
            row += [""] * (column - len(row)) + [text] if text else []
        info = one.rowinfo_map.get(at)
        if info is not None and info.hidden and not info.outline_level and not filtered:
            left.rows += any(row)
            row = []
        room -= sum(map(bool, row))
        sheet.rows.append(row)
    left.columns += len(unseen & hidden)
    frozen = one.horz_split_pos if one.panes_are_frozen else 0
    sheet.heads = frozen if frozen <= 8 else 0
    return sheet


def _text(book: Any, cell: Any) -> str:
    import xlrd

    if cell.ctype == _TEXT:
        return str(cell.value)
    if cell.ctype in (_NUMBER, _DATE):
        style = book.xf_list[cell.xf_index] if cell.xf_index is not None else None
        known = book.format_map.get(style.format_key) if style is not None else None
        return shown(float(cell.value), known.format_str if known is not None else "General", bool(book.datemode))
    if cell.ctype == _BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    return str(xlrd.error_text_from_code.get(cell.value, "")) if cell.ctype == _ERROR else ""


def _damaged() -> ReadError:
    return ReadError("Excel 表格已损坏，打不开", "请重新下载或复制，或用 Excel、WPS 打开后另存为 .xlsx")
