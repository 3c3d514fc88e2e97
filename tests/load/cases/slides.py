"""Presentations: a slide a page, its title first, the rest as one reads it, notes marked as such."""

from __future__ import annotations

from sample_files import content_types, make_package, relationships

from load.cases import Case

_NS = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
_CM = 360_000


def paragraphs(*texts: str, more: str = "") -> str:
    return "".join(f"<a:p>{more}<a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts)


def numbered(kind: str, *texts: str, level: int = 0) -> str:
    return paragraphs(*texts, more=f'<a:pPr lvl="{level}"><a:buAutoNum type="{kind}"/></a:pPr>')


def at(left: float, top: float) -> str:
    return f'<a:xfrm><a:off x="{int(left * _CM)}" y="{int(top * _CM)}"/><a:ext cx="{8 * _CM}" cy="{2 * _CM}"/></a:xfrm>'


def shape(inner: str, place: str = "", holder: str | None = None) -> str:
    ph = f"<p:ph {holder}/>" if holder is not None else ""
    names = '<p:cNvPr id="9" name="x"/><p:cNvSpPr/>'
    return (
        f"<p:sp><p:nvSpPr>{names}<p:nvPr>{ph}</p:nvPr></p:nvSpPr><p:spPr>{place}</p:spPr>"
        f"<p:txBody><a:bodyPr/>{inner}</p:txBody></p:sp>"
    )


def frame(uri: str, inner: str, place: str) -> str:
    names = '<p:nvGraphicFramePr><p:cNvPr id="8" name="y"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>'
    place = place.replace("a:xfrm", "p:xfrm")
    data = f'<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/{uri}">{inner}</a:graphicData>'
    return f"<p:graphicFrame>{names}{place}<a:graphic>{data}</a:graphic></p:graphicFrame>"


def make_pptx(
    slides: list[str],
    hidden: tuple[int, ...] = (),
    notes: dict[int, str] | None = None,
    more: dict[str, str] | None = None,
) -> bytes:
    """Slides from the shapes on them, numbered from 1; further parts by name; diagrams and charts are linked to all."""
    notes, more = notes or {}, more or {}
    numbers = range(1, len(slides) + 1)
    listed = "".join(f'<p:sldId id="{255 + n}" r:id="s{n}"/>' for n in numbers)
    tops = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    extra = [(f"x{at}", name.split("/")[1].removesuffix("s"), f"../{name[4:]}") for at, name in enumerate(more)]
    layout = shape(paragraphs("单击此处编辑标题"), at(1, 1), 'type="title"') + shape(
        paragraphs("单击"), at(1, 12), 'idx="1"'
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(
            **{"ppt/presentation.xml": "presentationml.presentation.main"},
            **{f"ppt/slides/slide{n}.xml": "presentationml.slide" for n in numbers},
        ),
        "_rels/.rels": relationships(("r", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {_NS}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relationships(
            *((f"s{n}", "slide", f"slides/slide{n}.xml") for n in numbers)
        ),
        "ppt/slideLayouts/slideLayout1.xml": (
            f"<p:sldLayout {_NS}><p:cSld><p:spTree>{layout}</p:spTree></p:cSld></p:sldLayout>"
        ),
    }
    for n, inner in zip(numbers, slides, strict=True):
        show = 'show="0"' if n in hidden else ""
        tree = f"<p:cSld><p:spTree>{tops}{inner}</p:spTree></p:cSld>"
        parts[f"ppt/slides/slide{n}.xml"] = f"<p:sld {_NS} {show}>{tree}</p:sld>"
        links = [("l", "slideLayout", "../slideLayouts/slideLayout1.xml"), *extra]
        if n in notes:
            links.append(("n", "notesSlide", f"../notesSlides/notesSlide{n}.xml"))
            body = shape(paragraphs(notes[n]), "", 'type="body" idx="1"') + shape(paragraphs("7"), "", 'type="sldNum"')
            parts[f"ppt/notesSlides/notesSlide{n}.xml"] = (
                f"<p:notes {_NS}><p:cSld><p:spTree>{tops}{body}</p:spTree></p:cSld></p:notes>"
            )
        parts[f"ppt/slides/_rels/slide{n}.xml.rels"] = relationships(*links)
    return make_package({**parts, **{name: xml.replace("NS", _NS) for name, xml in more.items()}})


def _lesson() -> bytes:
    """Shapes in the order of drawing, not of reading; places that come from the layout; numbers, groups, furniture."""
    cover = shape(paragraphs("信息科　六月"), at(3, 9)) + shape(
        paragraphs("档案数字化", "培训讲义"), at(2, 4), 'type="ctrTitle"'
    )
    two_columns = (
        shape(paragraphs("第3页"), at(20, 18), 'type="sldNum" idx="12"')
        + shape(paragraphs("放在版式位置的话。"), "", 'idx="1"')
        + shape(paragraphs("右栏第一句。", "右栏第二句。"), at(14, 4.3))
        + shape(paragraphs("左栏第一句。", "左栏第二句。"), at(1, 4))
        + shape(paragraphs("两种做法"), "", 'type="title"')
    )
    steps = (
        shape(paragraphs("步骤"), "", 'type="title"')
        + shape(
            numbered("ea1ChsPeriod", "整理")
            + numbered("arabicParenR", "去钉", "编页", level=1)
            + numbered("ea1ChsPeriod", "扫描")
            + numbered("circleNumDbPlain", "校对", level=2)
            + "<a:p><a:endParaRPr/></a:p>",
            at(1, 4),
        )
        + f"<p:grpSp><p:nvGrpSpPr/><p:grpSpPr>{at(1, 9)}</p:grpSpPr>{shape(paragraphs('组内下'), at(1, 3))}"
        + f"{shape(paragraphs('组内上'), at(1, 1))}</p:grpSp>"
        + f'<mc:AlternateContent><mc:Choice Requires="p14">{shape(paragraphs("新版写法"), at(1, 15))}</mc:Choice>'
        + f"<mc:Fallback>{shape(paragraphs('旧版写法'), at(1, 15))}</mc:Fallback></mc:AlternateContent>"
    )
    return make_pptx([cover, two_columns, steps, ""], hidden=(2,), notes={1: "先放片头。", 3: "这里停一下。"})


def _figures() -> bytes:
    """A table with merged cells, a drawing of three texts (SmartArt), a chart with its figures."""

    def cell(text: str, more: str = "") -> str:
        return f"<a:tc {more}><a:txBody>{paragraphs(text) if text else '<a:p/>'}</a:txBody></a:tc>"

    def cached(values: list[object]) -> str:
        return "".join(f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values))

    rows = [
        cell("年份", 'rowSpan="2"') + cell("件数", 'gridSpan="2"') + cell("", 'hMerge="1"'),
        cell("", 'vMerge="1"') + cell("文书") + cell("会计"),
        cell("2023") + cell("310") + cell("95"),
        cell("2024") + cell("402") + cell("101"),
    ]
    table = "<a:tbl><a:tblPr firstRow='1'/>" + "".join(f"<a:tr>{one}</a:tr>" for one in rows) + "</a:tbl>"
    points = "".join(
        f'<dgm:pt modelId="{key}" type="{kind}"><dgm:t>{paragraphs(text) if text else "<a:p/>"}</dgm:t></dgm:pt>'
        for key, kind, text in [
            *[
                ("0", "doc", ""),
                ("3", "node", "归档"),
                ("1", "node", "收集"),
                ("2", "node", "鉴定"),
                ("4", "pres", "不显示"),
            ]
        ]
    )
    links = "".join(
        f'<dgm:cxn modelId="c{n}" srcId="{source}" destId="{to}" srcOrd="{order}"/>'
        for n, (source, to, order) in enumerate([("0", "1", 0), ("0", "3", 1), ("1", "2", 0)])
    )
    title = f"<c:title><c:tx><c:rich>{paragraphs('利用人次')}</c:rich></c:tx></c:title>"
    values = "".join(
        f"<c:{tag}><c:numRef><c:numCache>{cached(found)}</c:numCache></c:numRef></c:{tag}>"
        for tag, found in (("tx", ["到馆"]), ("cat", ["一季度", "二季度"]), ("val", [21, 34]))
    )
    slide = (
        shape(paragraphs("数据"), at(1, 1), 'type="title"')
        + frame("table", table, at(1, 4))
        + frame("diagram", '<dgm:relIds r:dm="x0"/>', at(1, 9))
        + frame("chart", '<c:chart r:id="x1"/>', at(1, 14))
    )
    more = {
        "ppt/diagrams/data1.xml": (
            f"<dgm:dataModel NS><dgm:ptLst>{points}</dgm:ptLst><dgm:cxnLst>{links}</dgm:cxnLst></dgm:dataModel>"
        ),
        "ppt/charts/chart1.xml": (
            f"<c:chartSpace NS><c:chart>{title}<c:plotArea><c:ser>{values}</c:ser></c:plotArea></c:chart>"
            "</c:chartSpace>"
        ),
    }
    return make_pptx([slide], more=more)


CASES = [
    Case(
        "培训讲义.pptx",
        _lesson,
        (
            *("档案数字化 培训讲义", "信息科 六月", "备注：先放片头。"),
            *("两种做法", "左栏第一句。", "左栏第二句。", "右栏第一句。", "右栏第二句。", "放在版式位置的话。"),
            *("步骤", "一、整理", "1) 去钉", "2) 编页", "二、扫描", "① 校对"),
            *("组内上", "组内下", "新版写法", "备注：这里停一下。"),
        ),
        pages=((1, "档案数字化"), (2, "两种做法"), (3, "步骤")),
        accuracy=1,
    ),
    Case(
        "数据图表.pptx",
        _figures,
        (
            *("数据", "年份：2023；件数·文书：310；件数·会计：95", "年份：2024；件数·文书：402；件数·会计：101"),
            *("收集", "鉴定", "归档", "利用人次", "一季度；到馆：21", "二季度；到馆：34"),
        ),
        pages=((1, "数据"),),
        accuracy=1,
    ),
]
