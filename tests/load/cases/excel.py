"""Workbooks: what the sheet shows, each cell with its column's name, and commas in every encoding."""

from __future__ import annotations

import datetime
import io
import warnings

from sample_files import make_xlsx, relationships

from load.cases import Case


def column(at: int) -> str:
    return chr(65 + at) if at < 26 else chr(64 + at // 26) + chr(65 + at % 26)


def row(number: int, *values: object, more: str = "") -> str:
    """A row; None is an empty cell, a tuple (number, style) a styled one, XML beginning with "<" the cell's inside."""
    cells = ""
    for at, value in enumerate(values):
        place = f'r="{column(at)}{number}"'
        if isinstance(value, tuple):
            cells += f'<c {place} s="{value[1]}"><v>{value[0]}</v></c>'
        elif isinstance(value, (int, float)):
            cells += f"<c {place}><v>{value}</v></c>"
        elif isinstance(value, str) and value.startswith("<"):
            cells += value.replace("<c", f"<c {place}", 1)
        elif value is not None:
            cells += f'<c {place} t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<row r="{number}" {more}>{cells}</row>'


def data(*rows: str) -> str:
    return f"<sheetData>{''.join(rows)}</sheetData>"


def merges(*areas: str) -> str:
    return f"<mergeCells>{''.join(f'<mergeCell ref={area!r}/>' for area in areas)}</mergeCells>".replace("'", '"')


def styles(*codes: str | int) -> str:
    """A style a format, from 1 on; 0 is General."""
    own = "".join(
        f'<numFmt numFmtId="{200 + at}" formatCode="{c}"/>' for at, c in enumerate(codes) if isinstance(c, str)
    )
    xfs = "".join(f'<xf numFmtId="{c if isinstance(c, int) else 200 + at}"/>' for at, c in enumerate(codes))
    return f'<numFmts>{own}</numFmts><cellXfs><xf numFmtId="0"/>{xfs}</cellXfs>'


def _formats() -> bytes:
    codes = styles(
        *(
            14,
            31,
            "yyyy\\-mm\\-dd",
            "0.0%",
            "#,##0.00&quot;元&quot;",
            "[DBNum1][$-804]yyyy&quot;年&quot;m&quot;月&quot;",
        ),
        *("0000", "h:mm", "0.00_);[Red](0.00)", "[&gt;=60]&quot;合格&quot;;&quot;不合格&quot;", 10),
    )
    inner = data(
        row(1, "项目", "开工", "竣工", "验收", "完成率", "金额", "月份", "编号", "时刻", "差额", "评定", "占比", "数"),
        row(
            *(2, "步道", (46082, 1), (46113, 2), (46120, 3), (0.1255, 4), (1234567.5, 5), (46082, 6), (7, 7)),
            *((0.5625, 8), (-12.5, 9), (61, 10), (1, 11), 3.0),
        ),
        row(
            3,
            "广场",
            None,
            None,
            None,
            (1, 4),
            (0.004, 5),
            None,
            (12, 7),
            None,
            (3, 9),
            (59, 10),
            (0.00005, 11),
            0.1 + 0.2,
        ),
    )
    return make_xlsx([('name="Sheet1"', inner)], styles=codes)


def _ledger() -> bytes:
    """Two sheets made by a common library, with a title, a unit of measure, a head of two rows, groups and a remark."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.Workbook()
        first = book.active
        first.title = "一季度"
        for line in [
            ["重点任务推进台账"],
            [None, None, None, None, "单位：项"],
            ["序号", "科室", "任务", None, "备注"],
            [None, None, "计划", "完成", None],
            [1, "综合科", 12, 11, None],
            [2, "综合科", 5, 5, "提前"],
            [3, "信息科", 8, 7, "续办"],
            ["注：任务数以年初计划为准。"],
        ]:
            first.append(line)
        for area in ("A1:E1", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "B5:B6"):
            first.merge_cells(area)
        second = book.create_sheet("通讯录")
        second.append(["姓名", "电话", "入职日期"])
        second.append(["甲", "0101", datetime.date(2020, 5, 6)])
        second.append(["乙", "0102", datetime.date(2021, 11, 30)])
        book.create_sheet("Sheet3")
        found = io.BytesIO()
        book.save(found)
    return found.getvalue()


def _hidden() -> bytes:
    """Hidden: a sheet, a row, a column; a filter hides another row, a folded group a third, and both are kept."""
    chosen = '<filterColumn colId="1"><filters><filter val="甲"/></filters></filterColumn>'
    filtered = f'<autoFilter ref="A3:C6">{chosen}</autoFilter>'
    one = (
        '<cols><col min="2" max="2" hidden="1"/><col min="3" max="3" hidden="1" outlineLevel="1"/></cols>'
        + data(
            row(1, "资产清单"),
            row(2, "内部备注行", more='hidden="1"'),
            row(3, "名称", "证件号", "地点", "状态"),
            row(4, "电脑", "K1", "一楼", "在用"),
            row(5, "打印机", "K2", "二楼", "在用", more='hidden="1"'),
            row(6, "投影仪", "K3", "三楼", "停用"),
            row(7, "碎纸机", "K4", "四楼", "在用", more='hidden="1" outlineLevel="1"'),
        )
        + filtered
    )
    return make_xlsx(
        [
            ('name="资产"', one),
            ('name="参数" state="hidden"', data(row(1, "不收"))),
            ('name="码表" state="veryHidden"', data()),
        ]
    )


def _strings() -> bytes:
    """Shared strings in pieces, with their reading; escapes; formulas with and without a result; errors; booleans."""
    shared = [
        "<r><t>办理</t></r><r><rPr/><t>事项</t></r><rPh sb='0' eb='2'><t>ban li</t></rPh>",
        "<t>窗口_x000D_\n地址</t>",
        "<t>是否收费</t>",
        "<t>材料数</t>",
        "<t>查档</t>",
        "<t xml:space='preserve'> 一楼大厅\n东侧 </t>",
    ]
    string = '<c t="s"><v>{}</v></c>'.format
    inner = data(
        row(1, *map(string, range(4)), "合计"),
        row(2, string(4), string(5), '<c t="b"><v>0</v></c>', 3, "<c><f>D2*2</f><v>6</v></c>"),
        row(
            3,
            '<c t="str"><f>A2&amp;"证明"</f><v>查档证明</v></c>',
            "二楼",
            '<c t="b"><v>1</v></c>',
            "<c><f>SUM(D2)</f></c>",
        ),
        row(4, "补证", "三楼", None, '<c t="e"><v>#DIV/0!</v></c>', '<c t="s"><v>99</v></c>'),
    )
    return make_xlsx([('name="事项"', inner)], shared)


def _several() -> bytes:
    """Two tables on one sheet, the second below a blank row with its own title; a blank row in the first; a shape."""
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:sp><xdr:txBody><a:p><a:r><a:t>图中</a:t></a:r>'
        "<a:r><a:t>说明。</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>"
    )
    inner = data(
        row(2, None, "年度经费（万元）"),
        row(3, None, "科目", 2024, 2025),
        row(4, None, "培训", 3, 4),
        row(6, None, "会议", 2, 1.5),
        row(8, None, "年度人员"),
        row(9, None, "部门", "编制", "实有"),
        row(10, None, "办公室", 9, 8),
    )
    more = {
        "xl/worksheets/_rels/sheet1.xml.rels": relationships(("d", "drawing", "../drawings/drawing1.xml")),
        "xl/drawings/drawing1.xml": drawing,
    }
    return make_xlsx([('name="年报"', inner + '<drawing r:id="d"/>')], more=more)


def _headless() -> bytes:
    return make_xlsx(
        [
            ('name="Sheet1"', data(row(1, "甲村", 120, 35.5), row(2, "乙村", 98, 20)) + merges("D1:D2")),
            ('name="空表"', data()),
        ]
    )


def _old() -> bytes:
    """A binary workbook with formats, a merged group, a hidden sheet, a frozen head."""
    import xlwt

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = xlwt.Workbook(encoding="utf-8")
        sheet = book.add_sheet("收支")
        sheet.write_merge(0, 0, 0, 3, "部门收支表")
        for at, name in enumerate(("部门", "日期", "金额", "占比")):
            sheet.write(1, at, name)
        sheet.write_merge(2, 3, 0, 0, "后勤科")
        date, money, share = (xlwt.easyxf(num_format_str=code) for code in ('yyyy"年"m"月"d"日"', "#,##0.00", "0.0%"))
        for line, (day, amount, part) in enumerate(((46082, 1200.5, 0.25), (46113, 88, 0.055)), 2):
            sheet.write(line, 1, day, date)
            sheet.write(line, 2, amount, money)
            sheet.write(line, 3, part, share)
        sheet.write(4, 0, "合计")
        sheet.write(4, 2, xlwt.Formula("SUM(C3:C4)"))
        sheet.panes_frozen, sheet.horz_split_pos = True, 2
        secret = book.add_sheet("底稿")
        secret.write(0, 0, "不收")
        secret.visibility = 1
        found = io.BytesIO()
        book.save(found)
    return found.getvalue()


def _xml_2003() -> bytes:
    """What an office system exports as .xls: the XML of Excel 2003, with places skipped, a merge, formats, a date."""

    def cell(text: str, kind: str = "String", **said: str) -> str:
        more = " ".join(f'ss:{name}="{value}"' for name, value in said.items())
        return f'<Cell {more}><Data ss:Type="{kind}">{text}</Data></Cell>'

    def line(*cells: str, more: str = "") -> str:
        return f"<Row {more}>{''.join(cells)}</Row>"

    office = "urn:schemas-microsoft-com:office"
    formats = {"p": "0.0%", "d": "Long Date"}
    styles = "".join(f'<Style ss:ID="{n}"><NumberFormat ss:Format="{code}"/></Style>' for n, code in formats.items())
    rows = (
        line(cell("分机清单", MergeAcross="3"))
        + line(*map(cell, ("科室", "电话", "启用", "占比")), more='ss:Index="3"')
        + line(
            cell("一科", MergeDown="1"),
            cell("0101"),
            cell("2026-03-01T00:00:00.000", "DateTime", StyleID="d"),
            cell("0.125", "Number", StyleID="p"),
        )
        + line(cell("0102", Index="2"), cell("3", "Number", Index="4"))
        + line(cell("二科"), more='ss:Hidden="1"')
    )
    hidden = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    spaces = f'xmlns="{office}:spreadsheet" xmlns:ss="{office}:spreadsheet" xmlns:x="{office}:excel"'
    return (
        f'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook {spaces}><Styles>{styles}</Styles>'
        f'<Worksheet ss:Name="分机"><Table>{rows}</Table></Worksheet>'
        f'<Worksheet ss:Name="参数"><Table>{line(cell("不收"))}</Table>{hidden}</Worksheet></Workbook>'
    ).encode()


_CSV = "网点,电话,“营业时间”\n城东,0101,九点至五点\n城西,0102,\n"

CASES = [
    Case(
        "项目格式.xlsx",
        _formats,
        (
            "项目：步道；开工：2026/3/1；竣工：2026年4月1日；验收：2026-04-08；完成率：12.6%；金额：1,234,567.50元；"
            "月份：二〇二六年三月；编号：0007；时刻：13:30；差额：(12.50)；评定：合格；占比：100.00%；数：3",
            "项目：广场；完成率：100.0%；金额：0.00元；编号：0012；差额：3.00；评定：不合格；占比：0.01%；数：0.3",
        ),
        accuracy=1,
    ),
    Case(
        "任务台账.xlsx",
        _ledger,
        (
            *("一季度", "重点任务推进台账", "单位：项"),
            "序号：1；科室：综合科；任务·计划：12；任务·完成：11",
            "序号：2；科室：综合科；任务·计划：5；任务·完成：5；备注：提前",
            "序号：3；科室：信息科；任务·计划：8；任务·完成：7；备注：续办",
            "注：任务数以年初计划为准。",
            "通讯录",
            "姓名：甲；电话：0101；入职日期：2020-05-06",
            "姓名：乙；电话：0102；入职日期：2021-11-30",
        ),
        pages=((1, "一季度"), (2, "通讯录")),
        outline=((1, "一季度"), (1, "通讯录")),
        accuracy=1,
    ),
    Case(
        "资产隐藏.xlsx",
        _hidden,
        (
            *("资产", "资产清单", "名称：电脑；地点：一楼；状态：在用", "名称：打印机；地点：二楼；状态：在用"),
            *("名称：投影仪；地点：三楼；状态：停用", "名称：碎纸机；地点：四楼；状态：在用"),
        ),
        accuracy=1,
    ),
    Case(
        "办事事项.xlsx",
        _strings,
        (
            "事项",
            "办理事项：查档；窗口 地址：一楼大厅 东侧；是否收费：FALSE；材料数：3；合计：6",
            "办理事项：查档证明；窗口 地址：二楼；是否收费：TRUE",
            "办理事项：补证；窗口 地址：三楼；材料数：#DIV/0!",
        ),
        accuracy=1,
    ),
    Case(
        "两表一页.xlsx",
        _several,
        (
            *("年报", "年度经费（万元）", "科目：培训；2024：3；2025：4", "科目：会议；2024：2；2025：1.5"),
            *("年度人员", "部门：办公室；编制：9；实有：8", "图中说明。"),
        ),
        accuracy=1,
    ),
    Case("无表头.xlsx", _headless, ("Sheet1", "甲村；120；35.5", "乙村；98；20"), pages=((1, "Sheet1"),), accuracy=1),
    Case(
        "收支表.xls",
        _old,
        (
            "收支",
            "部门收支表",
            "部门：后勤科；日期：2026年3月1日；金额：1,200.50；占比：25.0%",
            "部门：后勤科；日期：2026年4月1日；金额：88.00；占比：5.5%",
            "部门：合计",
        ),
        accuracy=1,
    ),
    Case(
        "分机-2003.xls",
        _xml_2003,
        (
            *("分机", "分机清单", "科室：一科；电话：0101；启用：2026年3月1日；占比：12.5%"),
            "科室：一科；电话：0102；占比：3",
        ),
        accuracy=1,
    ),
    Case(
        "网点-gbk.csv",
        lambda: _CSV.encode("gb18030"),
        ("网点：城东；电话：0101；“营业时间”：九点至五点", "网点：城西；电话：0102"),
        accuracy=1,
    ),
    Case(
        "导出网点.xls",  # text that a system calls a workbook
        lambda: ("网点名录\n" + _CSV).replace(",", "\t").encode("gb18030"),
        ("网点名录", "网点：城东；电话：0101；“营业时间”：九点至五点", "网点：城西；电话：0102"),
        accuracy=1,
    ),
    Case(
        "导出表格.xls",  # a table of HTML that a system calls a workbook
        lambda: (
            "<meta http-equiv=content-type content='text/html; charset=gb2312'>"
            "<table border=1><tr><td>楼层<td>科室<td>职责</tr>"
            "<tr><td rowspan=2>一楼<td>咨询台<td>引导</tr><tr><td>受理台<td>收件</tr></table>"
        ).encode("gb18030"),
        ("楼层：一楼；科室：咨询台；职责：引导", "楼层：一楼；科室：受理台；职责：收件"),
        accuracy=1,
    ),
]
