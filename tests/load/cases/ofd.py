"""OFD: pages as listed, templates, repeated offsets, glyph substitution, columns, turned and vertical text."""

from __future__ import annotations

from load.cases import Case
from load.ofd_files import SIZE, image, make_ofd, page, prose, rows, text

_ONE = (
    "关于规范档案借阅的通知",
    "各科室：",
    "　　为方便查用档案，同时防止遗失，现就借阅的有关事项通知如下，请认真遵照执行",
    "并告知本科室的全体人员。",
    "一、借阅范围",
    "　　本馆保存的文书档案、会计档案和声像档案都可以借阅，涉密档案除外；需要复制",
    "的，应当由科室负责人签字。因工作急需在节假日查阅的，可以先电话登记，上班后补",
)
_TWO = (
    "办手续。",
    "二、归还期限",
    "　　借出的档案应当在十个工作日内归还，确需延长的，期满以前办理续借，续借以一",
    "次为限。",
)
_READ = (
    "关于规范档案借阅的通知",
    "各科室：",
    "为方便查用档案，同时防止遗失，现就借阅的有关事项通知如下，请认真遵照执行并告知本科室的全体人员。",
    "一、借阅范围",
    "本馆保存的文书档案、会计档案和声像档案都可以借阅，涉密档案除外；需要复制的，应当由科室负责人签字。"
    "因工作急需在节假日查阅的，可以先电话登记，上班后补办手续。",
    "二、归还期限",
    "借出的档案应当在十个工作日内归还，确需延长的，期满以前办理续借，续借以一次为限。",
)
_OUTLINE = ((1, "一、借阅范围"), (1, "二、归还期限"))
_HEAD = {"77": page(rows((80, 15, "青石县档案馆文件")))}


def _notice() -> bytes:
    number = [rows((98, 285, f"－{n}－")) for n in (1, 2)]
    pages = [page(prose(_ONE) + number[0], "77"), page(prose(_TWO) + number[1], "77")]
    return make_ofd(pages, templates=_HEAD, title="关于规范档案借阅的通知")


def _loose_letters() -> bytes:
    """Every letter an object of its own, the lines from the bottom up, one printed twice for bold."""
    objects = [
        text(30 + SIZE * (at + 2 * line.startswith("　　")), 40 + 9 * n, letter, "")
        for n, line in enumerate(_ONE + _TWO)
        for at, letter in enumerate(line.strip("　"))
    ]
    bold = rows((30.3, 40, _ONE[0]))
    return make_ofd([page("".join(reversed(objects)) + bold)])


def _substituted() -> bytes:
    """Glyph numbers replace what is drawn, the text stays; several TextCode in one object; a scaled CTM."""
    object_ = (
        '<ofd:TextObject ID="3" Font="1" Size="10" Boundary="30 35 160 6" CTM="0.5 0 0 0.5 0 0">'
        '<ofd:CGTransform CodePosition="0" CodeCount="2" GlyphCount="2"><ofd:Glyphs>411 87</ofd:Glyphs>'
        '</ofd:CGTransform><ofd:TextCode X="0" Y="10" DeltaX="g 6 10 10">凡是借出的档案，</ofd:TextCode>'
        '<ofd:TextCode X="80" DeltaX="10 g 3 10">都要登记。</ofd:TextCode></ofd:TextObject>'
    )
    return make_ofd([page(object_ + text(30, 49, "归还时当面清点。"))])


_LEFT = (
    "　　春天的茶园里，新芽已经冒了出",
    "来，采茶的人起得很早，露水还没有",
    "干，竹篓就装满了半筐，到了中午，",
    "茶厂的炒锅烧得正旺，热气里满院都",
    "是新茶的清香，过路人也要进来坐一",
    "坐。",
)
_RIGHT = (
    "　　夏天的水渠边，孩子们捉鱼摸虾",
    "，大人忙着给稻田放水，傍晚收工以",
    "后，家家户户把竹床搬到院子里，老",
    "人摇着扇子，说起当年修渠的往事，",
    "哪一段石头最硬，哪一段塌过三回，",
    "都记得清清楚楚。",
)


def _columns() -> bytes:
    """Drawn line by line across the page, the right column a little lower than the left one."""
    both = [
        (left + 2 * SIZE * line.startswith("　"), 60 + 8.0 * n + drop, line.strip("　"))
        for n, pair in enumerate(zip(_LEFT, _RIGHT, strict=True))
        for left, drop, line in zip((20.0, 110.0), (0, 1), pair, strict=True)
    ]
    return make_ofd([page(rows((80, 40, "四季小记"), *both))])


def _turned() -> bytes:
    """A page lying on its side: all text runs downwards, drawn by a turned matrix."""
    lines = ("附件一：设备清单", "打印机三台，扫描仪两台。", "以上设备由办公室统一保管。")
    objects = "".join(
        f'<ofd:TextObject ID="1" Font="1" Size="{SIZE}" Boundary="{170 - 9 * n} 30 {SIZE} 200" CTM="0 1 -1 0 0 0">'
        f'<ofd:TextCode X="0" Y="0" DeltaX="g {len(line)} {SIZE}">{line}</ofd:TextCode></ofd:TextObject>'
        for n, line in enumerate(lines)
    )
    return make_ofd([page(objects)])


def _vertical() -> bytes:
    """Upright letters in lines from top to bottom, the first at the right; and a slanted watermark."""
    lines = ("敬启者：", "本馆定于下月初八日，", "举行开馆典礼，", "敬请光临指导。")
    objects = "".join(
        f'<ofd:TextObject ID="1" Font="1" Size="{SIZE}" Boundary="{170 - 9 * n} 30 {SIZE} 200">'
        f'<ofd:TextCode X="0" Y="{SIZE}" DeltaY="g {len(line)} {SIZE}">{line}</ofd:TextCode></ofd:TextObject>'
        for n, line in enumerate(lines)
    )
    return make_ofd([page(objects + text(60, 150, "仅供内部传阅", CTM="0.7 0.7 -0.7 0.7 0 0"))])


def _form() -> bytes:
    """A form: its labels are a template's, used once, so they are no running head."""
    labels = {"5": page(rows((30, 40, "申请人："), (30, 52, "申请事项："), (30, 64, "受理日期：")))}
    values = rows((50, 40, "周小满"), (55, 52, "补办借阅证"), (55, 64, "三月五日"))
    return make_ofd([page(values, "5")], templates=labels)


def _composite() -> bytes:
    unit = (
        '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="31" Width="200" Height="20"><ofd:Content>'
        f"{text(0, 10, '第二段在复合对象里。')}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
    )
    from load.ofd_files import NS

    use = '<ofd:CompositeObject ID="4" Boundary="30 50 200 20" ResourceID="31"/>'
    block = f"<ofd:PageBlock>{text(30, 40, '第一段在页块里。')}{use}</ofd:PageBlock>"
    hidden = text(30, 80, "这一段看不见。", Visible="false")
    return make_ofd(
        [page(block + hidden, resources="/Doc_0/PageRes.xml")],
        parts={"Doc_0/PageRes.xml": f'<ofd:Res {NS} BaseLoc="Res">{unit}</ofd:Res>'},
    )


CASES = [
    Case("借阅通知.ofd", _notice, _READ, pages=((1, _READ[0]), (2, _TWO[0])), outline=_OUTLINE),
    Case("借阅通知-逐字.ofd", _loose_letters, _READ, outline=_OUTLINE),
    Case("字形替换.ofd", _substituted, ("凡是借出的档案，都要登记。", "归还时当面清点。")),
    Case("双栏.ofd", _columns, ("四季小记", "".join(_LEFT).strip("　"), "".join(_RIGHT).strip("　"))),
    Case("横放的页.ofd", _turned, ("附件一：设备清单", "打印机三台，扫描仪两台。", "以上设备由办公室统一保管。")),
    Case("竖排.ofd", _vertical, ("敬启者：", "本馆定于下月初八日，举行开馆典礼，敬请光临指导。")),
    Case("表单模板.ofd", _form, ("申请人：周小满", "申请事项：补办借阅证", "受理日期：三月五日")),
    Case("复合对象.ofd", _composite, ("第一段在页块里。", "第二段在复合对象里。")),
    Case(
        "两份文档.ofd",
        lambda: make_ofd([page(prose(_ONE)), page(image()), page(prose(_TWO))], [page(prose(("第二份的正文。",)))]),
        (*_READ, "第二份的正文。"),
        pages=((1, _READ[0]), (3, _TWO[0]), (4, "第二份的正文。")),
    ),
]
