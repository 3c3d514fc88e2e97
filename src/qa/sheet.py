"""Workbooks to hand out: plain tables by XlsxWriter, nothing in them a formula or a link."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

Cell = str | float | int | None
MOST = 32_767
"""Characters of a cell, by the format."""


def workbook(sheets: Mapping[str, Sequence[Sequence[Cell]]], widths: Sequence[int] = ()) -> bytes:
    """An .xlsx with a sheet for each name; the first row of each is its head. ``widths`` are in characters."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, safe)
    head = book.add_format({"bold": True, "bg_color": "#F3F0E9", "border": 1, "border_color": "#E3DFD6"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                shape = plain if at else head
                if isinstance(cell, str):
                    sheet.write_string(at, column, cell[:MOST], shape)
                elif cell is not None:
                    sheet.write_number(at, column, cell, shape)
    book.close()
    return out.getvalue()
