"""Workbooks in the XML of Excel 2003 (SpreadsheetML), which many office systems export under the suffix .xls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from qa.errors import ReadError
from qa.load.cell_format import shown
from qa.load.numbering import count
from qa.load.sheets import MAX_CELLS, MAX_COLUMNS, Left, Sheet, workbook
from qa.types import Loaded

_S = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_FIRST = datetime(1899, 12, 30)
# Formats that have a name instead of a code
_NAMED = {
    "Short Date": "yyyy/m/d",
    "General Date": "yyyy/m/d h:mm",
    "Long Date": 'yyyy"年"m"月"d"日"',
    "Percent": "0.00%",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Currency": "¥#,##0.00",
    "Scientific": "0.00E+00",
}


def read_excel_2003(data: bytes) -> Loaded:
    """Like ``read_excel``."""
    from lxml import etree

    try:
        root = etree.fromstring(data.strip(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ReadError("Excel 2003 的 XML 表格已损坏", "请用 Excel 或 WPS 打开后另存为 .xlsx") from error
    formats = {
        style.get(_S + "ID"): one.get(_S + "Format") or "General"
        for style in root.iter(_S + "Style")
        if (one := style.find(_S + "NumberFormat")) is not None
    }
    left, room = Left(), [MAX_CELLS]
    sheets: list[Sheet] = []
    for one in root.iter(_S + "Worksheet"):
        name = one.get(_S + "Name") or f"Sheet{len(sheets) + 1}"
        if (one.findtext(f"{_X}WorksheetOptions/{_X}Visible") or "") in ("SheetHidden", "SheetVeryHidden"):
            left.sheets.append(name)
        else:
            sheets.append(_sheet(name, one.find(_S + "Table"), formats, left, room))
    return workbook(sheets, "xls", None, (), left)


def _sheet(name: str, table: Any, formats: dict[str, str], left: Left, room: list[int]) -> Sheet:
    sheet = Sheet(name)
    for row in table.iterchildren(_S + "Row") if table is not None else ():
        if room[0] <= 0:
            sheet.cut = True
            break
        at = count(row.get(_S + "Index")) - 1
        sheet.rows += [[] for _ in range(min(at, 2**20) - len(sheet.rows))]
        cells: list[str] = []
        place = -1
        for cell in row.iterchildren(_S + "Cell"):
            place = max(count(cell.get(_S + "Index")) - 1, place + 1)
            across, down = (count(cell.get(_S + side)) for side in ("MergeAcross", "MergeDown"))
            if across or down:
                sheet.merges.append((len(sheet.rows), place, len(sheet.rows) + down, place + across))
            text = _text(cell, formats)
            if text and place >= MAX_COLUMNS:
                sheet.cut = True
            elif text:
                room[0] -= 1
                cells += [""] * (place - len(cells))
                cells[place:] = [text]
            place += across
        if row.get(_S + "Hidden") == "1":
            left.rows += bool(cells)
            cells = []
        sheet.rows.append(cells)
    return sheet


def _text(cell: Any, formats: dict[str, str]) -> str:
    found = cell.find(_S + "Data")
    if found is None:
        return ""
    text, kind = "".join(found.itertext()), found.get(_S + "Type")
    code = formats.get(cell.get(_S + "StyleID") or "Default", "General")
    if kind == "Number":
        try:
            return shown(float(text), _NAMED.get(code, code))
        except (ValueError, ArithmeticError):
            return text
    if kind == "DateTime":
        return _date(text, _NAMED.get(code, code))
    return {"1": "TRUE", "0": "FALSE"}.get(text, text) if kind == "Boolean" else text


def _date(text: str, code: str) -> str:
    """A date as written in ISO 8601, by the cell's format; as it is where that has none."""
    try:
        days = (datetime.fromisoformat(text) - _FIRST) / timedelta(days=1)
    except (ValueError, TypeError):
        return text
    return shown(days, code) if code != "General" else shown(days, "yyyy/m/d" if days == int(days) else "yyyy/m/d h:mm")
