"""Word documents: numbers that stand only in numbering.xml, changes, notes, boxes, fields, tables of every shape."""

from __future__ import annotations

import io
import zipfile

from sample_files import W, make_docx, relationships

from load.cases import Case

_WORD = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def p(inner: str, properties: str = "") -> str:
    """A paragraph; ``inner`` is text or, where it begins with "<", the XML of its runs."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner if inner.startswith('<') else run(inner)}</w:p>"


def listed(text: str, level: int = 0, num: int = 1) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def styled(text: str, style: str) -> str:
    return p(text, f'<w:pStyle w:val="{style}"/>')


def level(depth: int, kind: str, text: str, more: str = "") -> str:
    start = "" if "<w:start" in more else '<w:start w:val="1"/>'
    return f'<w:lvl w:ilvl="{depth}">{start}<w:numFmt w:val="{kind}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def abstract(number: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def num(number: int, of: int, override: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of}"/>{override}</w:num>'


def cell(inner: str, more: str = "") -> str:
    return f"<w:tc><w:tcPr>{more}</w:tcPr>{inner if inner.startswith('<') else p(inner)}</w:tc>"


def row(*cells: str, more: str = "") -> str:
    return f"<w:tr><w:trPr>{more}</w:trPr>{''.join(one if one.startswith('<') else cell(one) for one in cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def field(code: str, result: str) -> str:
    char = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    begun = char.format("begin") + f'<w:r><w:instrText xml:space="preserve">{code}</w:instrText></w:r>'
    return begun + (char.format("separate") + result if result else "") + char.format("end")


def sign(font: str, char: str) -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>'


def _rules() -> bytes:
    """Chapters, articles, paragraphs (款) and items by automatic numbers of one list; articles run on over chapters."""
    numbering = abstract(
        0,
        level(0, "chineseCountingThousand", "第%1章"),
        level(1, "chineseCountingThousand", "第%2条", '<w:lvlRestart w:val="0"/>'),
        level(2, "chineseCounting", "（%3）", '<w:suff w:val="nothing"/>'),
    ) + num(1, 0)
    body = (
        p("设备借用管理规定")
        + listed("总则")
        + listed("为了规范设备借用，制定本规定。", 1)
        + listed("本规定适用于下列设备：", 1)
        + listed("投影设备；", 2)
        + listed("录音设备。", 2)
        + listed("借用")
        + listed("借用设备应当登记。", 1)
        + listed("登记的内容包括：", 1)
        + listed("借用人；", 2)
        + listed("归还日期。", 2)
    )
    return make_docx(body, numbering=numbering)


def _notice() -> bytes:
    """Headings whose numbers come from their styles, each style tied to a level of the list."""
    numbering = abstract(
        3,
        level(0, "chineseCounting", "%1、", '<w:pStyle w:val="1"/>'),
        level(1, "chineseCounting", "（%2）", '<w:pStyle w:val="2"/>'),
        level(2, "decimal", "%3．", '<w:pStyle w:val="3"/>'),
    ) + num(5, 3)
    styles = "".join(
        f'<w:style w:styleId="{n}"><w:name w:val="heading {n}"/><w:pPr><w:numPr><w:numId w:val="5"/></w:numPr>'
        f'<w:outlineLvl w:val="{n - 1}"/></w:pPr></w:style>'
        for n in (1, 2, 3)
    )
    body = (
        p("关于整理资料室的通知")
        + styled("工作目标", "1")
        + p("六月底以前完成整理。")
        + styled("主要任务", "1")
        + styled("清点", "2")
        + styled("图书", "3")
        + p("逐册核对。")
        + styled("期刊", "3")
        + p("按年装订。")
        + styled("上架", "2")
        + p("按类上架。")
        + p("", '<w:pStyle w:val="1"/>')  # an empty heading takes a number, as in Word
        + styled("工作要求", "1")
        + p("责任到人。")
    )
    return make_docx(body, numbering=numbering, styles=styles)


def _restarts() -> bytes:
    over = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{}"/></w:lvlOverride>'
    linked = '<w:abstractNum w:abstractNumId="8"><w:numStyleLink w:val="L"/></w:abstractNum>'
    numbering = (
        abstract(0, level(0, "decimal", "%1."), level(1, "lowerLetter", "%2)"), level(2, "upperRoman", "%3、"))
        + abstract(1, level(0, "ideographTraditional", "%1、", '<w:start w:val="3"/>'))
        + abstract(2, level(0, "decimalEnclosedCircleChinese", "%1", '<w:suff w:val="space"/>'))
        + abstract(4, level(0, "decimalFullWidth", "附件%1："))
        + linked
        + num(1, 0)
        + num(2, 0, over.format(1))
        + num(3, 0, over.format(7))
        + num(4, 1)
        + num(5, 2)
        + num(6, 8)
        + num(7, 4)
    )
    styles = (
        '<w:style w:styleId="L" w:type="numbering"><w:name w:val="表列"/>'
        '<w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr></w:style>'
    )
    body = (
        listed("申请")
        + listed("填表", 1)
        + listed("盖章", 1)
        + listed("一式两份", 2)
        + listed("受理")
        + listed("登记", 1)
        + listed("审查", 0, 2)
        + listed("决定", 0, 2)
        + listed("送达", 0, 3)
        + listed("归档", 0, 3)
        + listed("丙类", 0, 4)
        + listed("丁类", 0, 6)
        + listed("收文", 0, 5)
        + listed("发文", 0, 5)
        + listed("样表", 0, 7)
        + listed("无编号", 0, 0)
    )
    return make_docx(body, numbering=numbering, styles=styles)


def _padded() -> bytes:
    alternate = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice>'
        '<mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
    )
    numbering = (
        f'<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="9"/>{alternate}'
        f'<w:lvlText w:val="档号%1"/></w:lvl></w:abstractNum>'
        + abstract(1, level(0, "bullet", "\uf06c"), level(1, "japaneseCounting", "第%2步"))
        + abstract(2, level(0, "chineseLegalSimplified", "%1、"), level(1, "decimal", "%1.%2", "<w:isLgl/>"))
        + num(1, 0)
        + num(2, 1)
        + num(3, 2)
    )
    body = listed("会议记录") + listed("会议纪要") + listed("要点", 0, 2) + listed("收集", 1, 2) + listed("汇总", 1, 2)
    return make_docx(body + listed("收入", 0, 3) + listed("补助", 1, 3), numbering=numbering)


def _changes() -> bytes:
    """Changes on record: all of them accepted, as the reader would see the clean copy."""
    numbering = abstract(0, level(0, "chineseCounting", "%1、")) + num(1, 0)
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    gone = "<w:rPr><w:del/></w:rPr>"
    deleted = "<w:del><w:r><w:delText>{}</w:delText></w:r></w:del>"
    body = (
        p(run("值班从") + deleted.format("八") + f"<w:ins>{run('九')}</w:ins>" + run("点开始。"), numbered)
        + p(deleted.format("取消的一条。"), numbered + gone)
        + p(run("交接时"), gone)  # its mark is deleted: the next paragraph goes on where it stops
        + p(run("当面清点。"), numbered)
        + p(f"<w:moveFrom>{run('旧处的话。')}</w:moveFrom>", "<w:rPr><w:moveFrom/></w:rPr>")
        + p("夜间值班两人。", numbered)
        + p(f"<w:moveTo>{run('移来的话。')}</w:moveTo>", numbered + "<w:rPr><w:moveTo/></w:rPr>")
        + tbl(
            row("班次", "时间", "人数"),
            row("早班", "九点", "二"),
            row("中班", "午后", "一", more="<w:del/>"),
            row("晚班", "九点以后", "二", more="<w:ins/>"),
        )
        + p(
            run("末段。")
            + "<w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>不删。</w:t></w:r>"
        )
    )
    return make_docx(body, numbering=numbering)


def _notes() -> bytes:
    body = p(
        run("窗口实行首问负责")
        + '<w:r><w:footnoteReference w:id="1"/></w:r>'
        + run("，并公开电话")
        + '<w:r><w:endnoteReference w:id="1"/></w:r>'
        + run("。")
        + '<w:r><w:commentReference w:id="0"/></w:r>'
    ) + tbl(
        row("事项", "办理地点", "时限"),
        row(cell(p(run("查档") + '<w:r><w:footnoteReference w:id="2"/></w:r>')), "一楼", "当日"),
    )
    notes = (
        '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        f'<w:footnote w:id="1">{p(run("首问：第一个接待的人。"))}{p("不得推诿。")}</w:footnote>'
        f'<w:footnote w:id="2">{p("须带证件。")}</w:footnote>'
    )
    return make_docx(
        body,
        footnotes=notes,
        endnotes=f'<w:endnote w:id="1">{p("电话见门口。")}</w:endnote>',
        header=p("内部资料"),
        footer=p("第1页"),
        comments=f'<w:comment w:id="0">{p("此处再核。")}</w:comment>',
    )


def _boxes() -> bytes:
    """A text box as Word writes it, twice (DrawingML and VML), one that old versions wrote, one in a table."""
    inner = f"<w:txbxContent>{p('框内第一段。')}{p('框内第二段。')}</w:txbxContent>"
    twice = (
        f'<mc:AlternateContent {_WORD}><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>{inner}</wps:txbx>'
        f"</wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{inner}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent>"
    )
    old = f"<w:txbxContent>{p('旧式框。')}</w:txbxContent>"
    old = f"<w:pict {_WORD}><v:shape><v:textbox>{old}</v:textbox></v:shape></w:pict>"
    body = (
        p(run("框外的话。") + f"<w:r>{twice}</w:r>")
        + p(f"<w:r>{old}</w:r>")
        + tbl(row("左", "中", "右"), row(cell(p(run("甲") + f"<w:r>{old}</w:r>")), "乙", "丙"))
    )
    return make_docx(body)


def _controls() -> bytes:
    prompt = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    box = '<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r></w:sdtContent></w:sdt>'
    body = (
        f"<w:sdt><w:sdtPr/><w:sdtContent>{p('申请人填写下列内容。')}</w:sdtContent></w:sdt>"
        + prompt.format(p("单击此处输入文字。"))
        + p(
            run("用途：")
            + f"<w:sdt><w:sdtPr/><w:sdtContent>{run('办公')}</w:sdtContent></w:sdt>"
            + prompt.format(run("请选择"))
        )
        + p(box + run("已阅读须知") + '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>' + run("需要回访"))
        + "<w:sdt><w:sdtContent>"
        + tbl(row("项目", "数量", "单位"), f"<w:sdt><w:sdtContent>{row('桌', '3', '张')}</w:sdtContent></w:sdt>")
        + "</w:sdtContent></w:sdt>"
        + p(
            f'<w:smartTag w:element="place">{run("城北")}</w:smartTag>'
            + run("档案室")
            + f"<w:customXml>{run('负责')}</w:customXml>"
            + run("。")
        )
    )
    return make_docx(body)


def _fields() -> bytes:
    """An automatic table of contents, without styles to tell it by; links, references, a circled number, signs."""
    toc_begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o "1-3" \\h</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    fraction = "<m:f><m:num>{}</m:num><m:den>{}</m:den></m:f>".format(
        *(f"<m:r><m:t>{side}</m:t></m:r>" for side in ("实到", "应到"))
    )
    entry = run("{}") + "<w:r><w:tab/></w:r>" + field("PAGEREF _Toc1 \\h", run("1"))
    body = (
        p("阅览室开放办法")
        + p(toc_begin + entry.format("一、开放时间"))
        + p(entry.format("二、借阅"))
        + p('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
        + p("一、开放时间", '<w:outlineLvl w:val="0"/>')
        + p(run("每周一至周五开放，详见") + field('HYPERLINK "http://a.example/"', run("开放安排")) + run("。"))
        + p("二、借阅", '<w:outlineLvl w:val="0"/>')
        + p(
            run("见第") + field("REF n \\h", run("三")) + run("款") + field("eq \\o\\ac(○,2)", "")
            + run("项，温度不超过25") + sign("Symbol", "F0B0") + run("C，每人") + sign("Symbol", "F0A3") + run("5册。")
        )
        + p(
            run("逾") + "<w:r><w:softHyphen/></w:r>" + run("期不还的，A") + "<w:r><w:noBreakHyphen/></w:r>"
            + run("1类图书停借一个月。")
        )
        + p(run("看得见。") + run("看不见。", "<w:vanish/>") + run("又看得见。", '<w:vanish w:val="0"/>'))
        + p(run("按") + f"<m:oMath {_WORD}>{fraction}</m:oMath>" + run("计算到会率。"))
    )  # fmt: skip
    return make_docx(body)


def _merged() -> bytes:
    """A title row, a head of two rows with cells merged both ways, groups of rows, a remark."""
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"

    def across(n: int) -> str:
        return f'<w:gridSpan w:val="{n}"/>'

    table = tbl(
        row(cell("培训完成情况", across(4))),
        row(cell("部门", down), cell("期次", down), cell("人数", across(2))),
        row(cell("", on), cell("", on), "计划", "实到"),
        row(cell("一科", down), "第一期", "30", "28"),
        row(cell("", on), "第二期", "30", "30"),
        row("二科", cell("未安排", across(3))),
        row(cell("注：实到人数以签到为准。", across(4))),
    )
    return make_docx(p("附表") + table)


def _nested() -> bytes:
    """A table inside a cell of a data table, and one that only lays the page out."""
    inner = tbl(row("编号", "名称", "规格"), row("1", "档案盒", "大号"), row("2", "档案袋", "小号"))
    data = tbl(
        row("类别", "明细", "经办"),
        row("纸张", "两箱", "小张"),
        row("盒袋", cell(tbl(row("盒类", "袋类")) + p("")), "小李"),
    )
    return make_docx(tbl(row(cell(p("左栏的话。")), cell(inner + p("")))) + data)


def _heads() -> bytes:
    """Two rows marked as the head, and figures in them; a row that begins later than the others."""
    head = "<w:tblHeader/>"
    return make_docx(
        tbl(
            row(
                "科目", cell("2024年", '<w:gridSpan w:val="2"/>'), cell("2025年", '<w:gridSpan w:val="2"/>'), more=head
            ),
            row("", "预算", "决算", "预算", "决算", more=head),
            row("办公费", "12", "11", "13", "12"),
            row("1.5", "2", "2", more='<w:gridBefore w:val="2"/>'),
        )
    )


def _macros() -> bytes:
    """A .docm whose parts are named with the other slash, by a tool that knew no better."""
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(make_docx(p("带宏的文档，正文照读。")))) as old, zipfile.ZipFile(found, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("/", "\\"), old.read(name))
        new.writestr("word\\vbaProject.bin", b"Attribute VB_Name")
    return found.getvalue()


def _strict() -> bytes:
    """The strict edition of the format, with a main part of another name."""
    found = io.BytesIO()
    rel = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
    body = f"<w:body>{p('严格版文档。')}{tbl(row('甲', '乙', '丙'), row('一', '二', '三'))}</w:body>"
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{rel}" Target="word/document2.xml"/></Relationships>',
        )
        strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
        new.writestr("word/document2.xml", f'<w:document xmlns:w="{strict}">{body}</w:document>')
    assert W not in body
    return found.getvalue()


def _chunks() -> bytes:
    """Nothing but a web page inside, as tools make that call HTML a Word document; once plain, once as MIME."""
    page = "<html><body><h2>值班表</h2><p>周一<b>甲</b>。</p></body></html>"
    mime = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
        'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        + "<html><body><p>=E5=91=A8=E4=BA=8C=E4=B9=99=E3=80=82</p></body></html>\r\n--b--\r\n"
    )
    links = relationships(("a", "aFChunk", "a.html"), ("b", "aFChunk", "b.mht"))
    namespace = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    body = f'<w:altChunk {namespace} r:id="a"/><w:altChunk {namespace} r:id="b"/>'
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(make_docx(body))) as old, zipfile.ZipFile(found, "w") as new:
        for name in old.namelist():
            new.writestr(name, links if name == "word/_rels/document.xml.rels" else old.read(name))
        new.writestr("word/a.html", page)
        new.writestr("word/b.mht", mime)
    return found.getvalue()


CASES = [
    Case("网页转换.docx", _chunks, ("值班表", "周一甲。", "周二乙。"), accuracy=1),
    Case(
        "设备借用.docx",
        _rules,
        (
            "设备借用管理规定",
            "第一章 总则",
            "第一条 为了规范设备借用，制定本规定。",
            "第二条 本规定适用于下列设备：",
            "（一）投影设备；",
            "（二）录音设备。",
            "第二章 借用",
            "第三条 借用设备应当登记。",
            "第四条 登记的内容包括：",
            "（一）借用人；",
            "（二）归还日期。",
        ),
        outline=(
            (1, "第一章 总则"),
            (2, "第一条"),
            (2, "第二条"),
            (3, "（一）投影设备"),
            (3, "（二）录音设备"),
            (1, "第二章 借用"),
            (2, "第三条"),
            (2, "第四条"),
            (3, "（一）借用人"),
            (3, "（二）归还日期"),
        ),
        accuracy=1,
    ),
    Case(
        "资料室.docx",
        _notice,
        (
            *("关于整理资料室的通知", "一、工作目标", "六月底以前完成整理。", "二、主要任务", "（一）清点", "1. 图书"),
            *("逐册核对。", "2. 期刊", "按年装订。", "（二）上架", "按类上架。", "四、工作要求", "责任到人。"),
        ),
        outline=(
            (1, "一、工作目标"),
            (1, "二、主要任务"),
            (2, "（一）清点"),
            (3, "1.图书"),
            (3, "2.期刊"),
            (2, "（二）上架"),
            (1, "四、工作要求"),
        ),
        accuracy=1,
    ),
    Case(
        "编号重起.docx",
        _restarts,
        (
            *("1. 申请", "a) 填表", "b) 盖章", "I、一式两份", "2. 受理", "a) 登记", "1. 审查", "2. 决定", "7. 送达"),
            *("8. 归档", "丙、丙类", "丁、丁类", "① 收文", "② 发文", "附件1：样表", "无编号"),
        ),
        accuracy=1,
    ),
    Case(
        "编号格式.docx",
        _padded,
        ("档号009 会议记录", "档号010 会议纪要", "要点", "第一步 收集", "第二步 汇总", "壹、收入", "1.1 补助"),
        accuracy=1,
    ),
    Case(
        "修订.docx",
        _changes,
        (
            *("一、值班从九点开始。", "二、交接时当面清点。", "三、夜间值班两人。", "四、移来的话。"),
            "班次：早班；时间：九点；人数：二",
            "班次：晚班；时间：九点以后；人数：二",
            "末段。不删。",
        ),
        accuracy=1,
    ),
    Case(
        "注释.docx",
        _notes,
        (
            "窗口实行首问负责，并公开电话。",
            "注：首问：第一个接待的人。不得推诿。",
            "注：电话见门口。",
            "事项：查档 注：须带证件。；办理地点：一楼；时限：当日",
        ),
        accuracy=1,
    ),
    Case(
        "文本框.docx",
        _boxes,
        ("框外的话。", "框内第一段。", "框内第二段。", "旧式框。", "左：甲 旧式框。；中：乙；右：丙"),
        accuracy=1,
    ),
    Case(
        "内容控件.docx",
        _controls,
        (
            "申请人填写下列内容。",
            "用途：办公",
            "☑已阅读须知□需要回访",
            "项目：桌；数量：3；单位：张",
            "城北档案室负责。",
        ),
        accuracy=1,
    ),
    Case(
        "域.docx",
        _fields,
        (
            "阅览室开放办法",
            "一、开放时间",
            "每周一至周五开放，详见开放安排。",
            "二、借阅",
            "见第三款②项，温度不超过25°C，每人≤5册。",
            "逾期不还的，A-1类图书停借一个月。",
            "看得见。又看得见。",
            "按实到/应到计算到会率。",
        ),
        outline=((1, "一、开放时间"), (1, "二、借阅")),
        accuracy=1,
    ),
    Case(
        "合并单元格.docx",
        _merged,
        (
            "附表",
            "培训完成情况",
            "部门：一科；期次：第一期；人数·计划：30；人数·实到：28",
            "部门：一科；期次：第二期；人数·计划：30；人数·实到：30",
            "部门：二科；期次：未安排；人数·计划：未安排；人数·实到：未安排",
            "注：实到人数以签到为准。",
        ),
        accuracy=1,
    ),
    Case(
        "表中表.docx",
        _nested,
        (
            "左栏的话。",
            "编号：1；名称：档案盒；规格：大号",
            "编号：2；名称：档案袋；规格：小号",
            "类别：纸张；明细：两箱；经办：小张",
            "类别：盒袋；明细：盒类 袋类；经办：小李",
        ),
        accuracy=1,
    ),
    Case(
        "两行表头.docx",
        _heads,
        (
            "科目：办公费；2024年·预算：12；2024年·决算：11；2025年·预算：13；2025年·决算：12",
            "2024年·决算：1.5；2025年·预算：2；2025年·决算：2",
        ),
        accuracy=1,
    ),
    Case("带宏.docm", _macros, ("带宏的文档，正文照读。",), accuracy=1),
    Case("严格版.docx", _strict, ("严格版文档。", "甲：一；乙：二；丙：三"), accuracy=1),
]
