"""PDF whose characters can be read: what layouts do to their order, their paragraphs and their tables."""

from __future__ import annotations

from load.cases import Case
from load.page_files import Pdf, Place, ruled, show, wrapped

_BODY = (
    "为了做好全县春季防火工作，县应急管理局会同林业、气象、公安等部门，自三月一日起在全县范围内开展联合巡查，及时发现和消除隐患。",
    "各乡镇要落实网格责任，把巡查任务分解到村、到组、到人，做到山有人管、林有人护、火有人防，确保不留空白、不留死角、不走过场。",
    "巡查中发现的问题要当场登记，能够立即整改的立即整改，一时难以整改的要明确责任人和完成时限，由乡镇人民政府跟踪督办到底。",
    "气象部门要密切关注风力、湿度和降水变化，每日上午八时前发布火险等级预报，遇有四级以上火险天气时应当加密发布频次并电话通知。",
    "对在巡查中表现突出的单位和个人，由县人民政府予以通报表扬；对工作不力造成严重后果的，依照有关规定追究相关人员的责任。",
    "本方案自印发之日起施行，由县应急管理局负责解释，此前印发的有关文件与本方案不一致的，以本方案为准。",
)


def _set(texts: tuple[str, ...], x: float, y: float, columns: int, size: float = 12, step: float = 20) -> list[Place]:
    """Paragraphs, indented by two letters, wrapped after ``columns`` letters."""
    found: list[Place] = []
    for text in texts:
        for line in wrapped(text, columns):
            found.append((x + size * 2 * line.startswith("　　"), y, line.strip("　")))
            y -= step
    return found


def _heads() -> bytes:
    """Other heads on left and right pages, bare page numbers that count from 57, three pages."""
    pdf = Pdf()
    lines = _set(_BODY, 60, 740, 30)
    for at in range(6):
        head = "春季防火工作文件选编" if at % 2 else "第三编　巡查与督办"
        part = lines[at * 4 : at * 4 + 4]
        moved = [(x, 740.0 - 20 * row, text) for row, (x, _, text) in enumerate(part)]
        pdf.page(
            show([(90 + 200 * (at % 2), 800, head), (60.0 if at % 2 else 510.0, 40, str(57 + at))], 9) + show(moved)
        )
    return pdf.data()


def _columns() -> bytes:
    """Two columns under a title, line by line across, as a layout program writes them; then a line across both."""
    pdf = Pdf()
    left, right = _set(_BODY[:2], 50, 700, 19), _set(_BODY[2:4], 310, 700, 19)
    mixed = [place for pair in zip(left, right, strict=False) for place in pair]
    rest = [*left[len(right) :], *right[len(left) :]]
    end = _set(_BODY[5:], 50, 700 - 20 * max(len(left), len(right)) - 40, 40)
    pdf.page(show([(180, 760, "春季防火工作简报")], 22) + show([*mixed, *rest, *end]))
    return pdf.data()


def _three_columns() -> bytes:
    pdf = Pdf()
    places = []
    for at in range(3):
        places += _set(_BODY[at : at + 1], 40 + 180 * at, 700, 12)
    pdf.page(show(sorted(places, key=lambda place: -place[1])))
    return pdf.data()


def _notes() -> bytes:
    """Notes of small print beside the text, at the height of the lines that they are about."""
    pdf = Pdf()
    notes: list[Place] = [(470, 720, "巡查由谁"), (470, 706, "来做"), (470, 640, "登记和"), (470, 626, "整改")]
    pdf.page(show(_set(_BODY[:3], 60, 720, 32)) + show(notes, 9))
    return pdf.data()


_CELLS = (
    ("序号", "检查项目", "责任单位", "完成时限"),
    ("1", "清理林区边缘的枯草和落叶", "青石乡人民政府", "三月十日"),
    ("2", "检修防火瞭望塔和通信设备，更换失效的蓄电池", "县林业局", "三月十五日"),
    ("3", "核对护林员名册", "县林业局", "三月二十日"),
)
_ROWS = tuple("；".join(f"{name}：{cell}" for name, cell in zip(_CELLS[0], row, strict=True)) for row in _CELLS[1:])
_EDGES = (60, 110, 300, 420, 540)


def _grid(cells: tuple[tuple[str, ...], ...], top: float, per_line: int = 14) -> str:
    """A ruled table; long cells run over several lines, and hardly any room is left at the sides."""
    out, y = "", top
    for row in cells:
        height = 20.0 * max(-(-len(cell) // per_line) for cell in row) + 6
        for at, cell in enumerate(row):
            parts = [cell[start : start + per_line] for start in range(0, len(cell), per_line)]
            out += show([(_EDGES[at] + 2, y - 17 - 20 * line, part) for line, part in enumerate(parts)])
        out += ruled([(_EDGES[0], y, _EDGES[-1], y), *((x, y, x, y - height) for x in _EDGES)])
        y -= height
    return out + ruled([(_EDGES[0], y, _EDGES[-1], y)])


def _table() -> bytes:
    pdf = Pdf()
    above, below = _set(_BODY[:1], 60, 780, 38), _set(_BODY[4:5], 60, 560, 38)
    pdf.page(show(above) + _grid(_CELLS, 720) + show(below))
    return pdf.data()


def _table_goes_on() -> bytes:
    """A table over two pages, whose head stands on the first alone."""
    pdf = Pdf()
    pdf.page(show([(200, 800, "春季防火检查任务分解表")], 14) + _grid(_CELLS[:3], 760))
    pdf.page(_grid(_CELLS[3:], 780))
    return pdf.data()


def _table_merged() -> bytes:
    """One unit is responsible for two items: its cell spans two rows."""
    pdf = Pdf()
    content = show([(66, 743, "检查项目"), (306, 743, "责任单位")])
    content += show([(66, 717, "核对护林员名册"), (66, 691, "检修通信设备"), (306, 704, "县林业局")])
    content += ruled([(60, 760, 540, 760), (60, 734, 540, 734), (60, 708, 300, 708), (60, 682, 540, 682)])
    content += ruled([(60, 760, 60, 682), (300, 760, 300, 682), (540, 760, 540, 682)])
    pdf.page(content)
    return pdf.data()


def _turned() -> bytes:
    """A page that is shown turned by a quarter, and one on which the text runs upwards by itself."""
    pdf = Pdf()
    for extra, body in (("/Rotate 90", _BODY[0]), ("", _BODY[1])):
        lines = [
            (100 + 20 * at, 60.0 + 24 * line.startswith("　　"), line.strip("　"))
            for at, line in enumerate(wrapped(body, 34))
        ]
        pdf.page(show(lines, turn="0 1 -1 0"), extra=extra)
    return pdf.data()


def _marks() -> bytes:
    """Bookmarks name headings that carry no number, one of them over two lines."""
    pdf = Pdf()
    pdf.page(
        show([(60, 760, "防火工作")], 16)
        + show([(60, 730, "巡查的组织与分工")], 14)
        + show(_set(_BODY[:1], 60, 700, 38))
        + show([(60, 640, "问题的登记、整改、督办"), (60, 620, "以及责任的追究")], 14)
        + show(_set(_BODY[2:3], 60, 590, 38))
    )
    pdf.mark("防火工作", 1)
    pdf.mark("巡查的组织与分工", 1, 2)
    pdf.mark("问题的登记、整改、督办以及责任的追究", 1, 2)
    return pdf.data()


def _damaged() -> bytes:
    """The second of three pages is no page."""
    pdf = Pdf()
    for body in _BODY[:3]:
        pdf.page(show(_set((body,), 60, 740, 38)))
    pdf.bodies[pdf.pages[1] - 1] = b"(gone)"
    return pdf.data()


def _watermark() -> bytes:
    pdf = Pdf()
    for body in _BODY[:3]:
        mark = show([(150, 300, "征求意见")], 60, turn="0.707 0.707 -0.707 0.707")
        pdf.page(mark + show(_set((body,), 60, 740, 38)))
    return pdf.data()


def _block_style() -> bytes:
    """No indents: paragraphs are told by the room between them; a title of two lines."""
    pdf = Pdf()
    places: list[Place] = []
    y = 690.0
    for body in ("各村要在三月一日前完成巡查队伍的组建，名单报乡镇备案。巡查队员应当熟悉本村山林。", *_BODY[1:4]):
        for start in range(0, len(body), 20):
            places.append((60, y, body[start : start + 20]))
            y -= 20
        y -= 16
    pdf.page(show([(120, 770, "关于组建春季防火巡查队伍和"), (190, 738, "做好登记工作的通知")], 22) + show(places))
    return pdf.data()


def _letter_by_letter() -> bytes:
    """Each letter set by a command of its own, not in order, and a title spaced out over the line."""
    pdf = Pdf()
    letters = [(x + 12 * at, y, char) for x, y, text in _set(_BODY[:2], 60, 700, 38) for at, char in enumerate(text)]
    title = [(200 + 50 * at, 760, char) for at, char in enumerate("防火通知")]
    pdf.page(show([*letters[::2], *letters[1::2]]) + show(title, 18))
    return pdf.data()


_FLAT = tuple(_BODY)
CASES = [
    Case("左右页眉.pdf", _heads, _FLAT, ((1, _FLAT[0][:9]),)),
    Case(
        "双栏简报.pdf",
        _columns,
        ("春季防火工作简报", *_BODY[:4], _BODY[5]),
        ((1, "春季防火工作简报"),),
    ),
    Case("三栏.pdf", _three_columns, _BODY[:3]),
    Case("旁注.pdf", _notes, (*_BODY[:3], "巡查由谁来做", "登记和整改")),
    Case("有线表格.pdf", _table, (_BODY[0], *_ROWS, _BODY[4])),
    Case("跨页表格.pdf", _table_goes_on, ("春季防火检查任务分解表", *_ROWS), ((2, "序号：3"),)),
    Case(
        "合并单元格.pdf",
        _table_merged,
        ("检查项目：核对护林员名册；责任单位：县林业局", "检查项目：检修通信设备；责任单位：县林业局"),
    ),
    Case("横放的页.pdf", _turned, _BODY[:2], ((2, _BODY[1][:9]),)),
    Case(
        "书签.pdf",
        _marks,
        ("防火工作", "巡查的组织与分工", _BODY[0], "问题的登记、整改、督办以及责任的追究", _BODY[2]),
        outline=((1, "巡查的组织与分工"), (1, "问题的登记、整改、督办以及责任的追究")),
    ),
    Case("坏了一页.pdf", _damaged, (_BODY[0], _BODY[2]), ((1, _BODY[0][:9]), (3, _BODY[2][:9]))),
    Case("斜水印.pdf", _watermark, (_BODY[0], "征求意见", _BODY[1], _BODY[2]), ((2, _BODY[1][:9]),)),
    Case(
        "段间留白.pdf",
        _block_style,
        (
            "关于组建春季防火巡查队伍和",
            "做好登记工作的通知",
            "各村要在三月一日前完成巡查队伍的组建，名单报乡镇备案。巡查队员应当熟悉本村山林。",
            *_BODY[1:4],
        ),
    ),
    Case("逐字排版.pdf", _letter_by_letter, ("防火通知", *_BODY[:2])),
]
