"""Scans: own texts drawn at 200 dpi, clean and with what scanners, copiers and offices do to them."""

from __future__ import annotations

import io
from collections.abc import Callable

from load.cases import Case
from load.page_files import DPI, HEIGHT, WIDTH, Pdf, Sheet, font, show

_BODY = (
    "为进一步规范机关公务用车管理，提高使用效率，降低运行成本，根据上级有关规定，结合我局实际，制定本办法。",
    "公务用车由办公室统一调度，实行派车单制度。各科室用车应当提前一个工作日申请，注明事由、人数、路线和时间，经分管领导同意后派车。",
    "驾驶员应当按照派车单行驶，不得擅自改变路线，不得将车辆交给他人驾驶。车辆出车前和收车后，要检查轮胎、灯光、制动和油量，做好记录。",
    "节假日期间，除值班和应急用车外，其他车辆一律封存停驶，钥匙交办公室保管，并于节后第一个工作日公示行驶里程和加油数量。",
    "车辆维修、保养、加油、保险实行定点管理，费用按车核算，每季度在局内公开一次，接受监督。2023年全年运行费用为18.6万元，比上年下降7%。",
)
_TITLE = "公务用车管理办法"


def _page(texts: tuple[str, ...] = _BODY, title: str = _TITLE, size: float = 16) -> Sheet:
    sheet = Sheet()
    if title:
        sheet.centre(80, title, 22, bold=True)
    sheet.paragraphs(texts, 70, 140, int(455 / size), size)
    return sheet


def _scanned(*sheets: Sheet) -> bytes:
    pdf = Pdf()
    for sheet in sheets:
        pdf.page("", picture=sheet.image)
    return pdf.data()


def _columns() -> bytes:
    sheet = Sheet()
    sheet.centre(70, "机关后勤工作简报", 24, bold=True)
    sheet.paragraphs(_BODY[:3], 50, 130, 20, 11.5)
    sheet.paragraphs(_BODY[2:], 315, 130, 20, 11.5)
    return _scanned(sheet)


def _mixed() -> bytes:
    """A typed page, a scan whose one stated character is its page number, an empty page, a scan."""
    pdf = Pdf()
    pdf.page(show([(84, 740, "以下为扫描的附件，共两页。")]))
    pdf.page(show([(290, 40, "2")]), picture=_page(_BODY[:2], "").image)
    pdf.page("")
    pdf.page("", picture=_page(_BODY[3:], "").image)
    return pdf.data()


def _official() -> bytes:
    """A red head over a red line, and a seal over name and date."""
    sheet = Sheet()
    sheet.centre(70, "青石县机关事务局文件", 34, "#d61e1e", bold=True)
    sheet.centre(135, "青机管〔2023〕14号", 16)
    scale = DPI / 72
    sheet.image.paste("#d61e1e", (int(60 * scale), int(165 * scale), int(535 * scale), int(167 * scale)))
    sheet.centre(190, "关于印发公务用车管理办法的通知", 22, bold=True)
    y = sheet.paragraphs(_BODY[:3], 70, 240, 28)
    sheet.write(330, y + 60, "青石县机关事务局", 16)
    sheet.write(340, y + 90, "2023年4月18日", 16)
    sheet.seal(395, y + 80, "机关事务局")
    return _scanned(sheet)


def _layered() -> bytes:
    """A scan with the invisible characters that a copier's own recognition has put over it."""
    pdf = Pdf()
    text = "　　" + _BODY[1]
    lines = [(60 + 28 * (at == 0), 700.0 - at, text[at : at + 28].strip("　")) for at in range(0, len(text), 28)]
    pdf.page(show(lines, 14, mode=3), picture=Sheet().image)
    return pdf.data()


def _font(pdf: Pdf, letters: list[str], mapped: bool) -> int:
    """A font of pictures (type 3) for ``letters`` as codes from 33, as high as its pictures; it may not say of what."""
    procs, boxes, size = [], [], 64
    for letter in letters:
        mask = font(size).getmask(letter, "1")
        left, top, _, _ = font(size).getbbox(letter)
        width, height = mask.size
        rows = b"".join(
            int(
                "".join("1" if mask.getpixel((x, y)) else "0" for x in range(width)).ljust(-(-width // 8) * 8, "0"), 2
            ).to_bytes(-(-width // 8), "big")
            for y in range(height)
        )
        # In thousandths and upside down, as browsers write them.
        x, y = 1000 * left // size, 1000 * (top + height) // size - 900
        across, up = 1000 * width // size, 1000 * height // size
        image = f"BI /W {width} /H {height} /IM true /D [1 0] /BPC 1 /F /AHx ID {rows.hex()}> EI"
        bounds = f"{x} {y - up} {x + across} {y}"
        boxes.append((x, y, x + across, y - up))
        procs.append(pdf.stream(f"1000 0 {bounds} d1 q {across} 0 0 {-up} {x} {y} cm {image} Q".encode()))
    names = " ".join(f"/g{at} {number} 0 R" for at, number in enumerate(procs))
    codes = " ".join(f"/g{at}" for at in range(len(letters)))
    known = ""
    if mapped:
        chars = "\n".join(f"<{33 + at:02x}> <{letter.encode('utf-16-be').hex()}>" for at, letter in enumerate(letters))
        cmap = f"1 begincodespacerange <00> <ff> endcodespacerange {len(letters)} beginbfchar\n{chars}\nendbfchar"
        known = f"/ToUnicode {pdf.stream(f'begincmap {cmap} endcmap'.encode())} 0 R"
    left, bottom, right, top = (
        pick(side) for pick, side in zip((min, max, max, min), zip(*boxes, strict=True), strict=True)
    )
    return pdf.add(
        f"<< /Type /Font /Subtype /Type3 /FontBBox [{left} {bottom} {right} {top}] /FontMatrix [.001 0 0 -.001 0 0]"
        f" /CharProcs << {names} >> /Encoding << /Type /Encoding /Differences [33 {codes}] >> /FirstChar 33"
        f" /LastChar {32 + len(letters)} /Widths [{'1000 ' * len(letters)}] /Resources << >> {known} >>".encode()
    )


def _unmapped() -> bytes:
    text, pdf = _BODY[0], Pdf()
    letters = sorted(set(text))
    number = _font(pdf, letters, mapped=False)
    shown = ""
    for row, start in enumerate(range(0, len(text), 18)):
        code = bytes(33 + letters.index(char) for char in text[start : start + 18]).hex()
        shown += f"BT /F2 16 Tf 1 0 0 1 70 {740 - 26 * row} Tm <{code}> Tj ET\n"
    pdf.page(show([(84, 780, "办法")]) + shown, fonts=f"/F2 {number} 0 R")
    return pdf.data()


def flat() -> bytes:
    """Letters a little apart, and each 一 of a font no higher than its stroke, as browsers part fonts."""
    text, pdf = "　　" + _BODY[1].replace("由办", "一律由办"), Pdf()
    number = _font(pdf, ["一"], mapped=True)
    shown = ""
    for row, start in enumerate(range(0, len(text), 24)):
        for at, char in enumerate(text[start : start + 24]):
            x, y = 70 + 18 * at, 740 - 26 * row
            own = f"BT /F2 16 Tf 1 0 0 1 {x} {y} Tm <21> Tj ET\n"
            shown += own if char == "一" else show([(x, y, char)], 16) if char != "　" else ""
    pdf.page(shown, fonts=f"/F2 {number} 0 R")
    return pdf.data()


def _frames() -> bytes:
    out = io.BytesIO()
    first, second = (_page(texts, "").image.convert("L") for texts in (_BODY[:2], _BODY[2:4]))
    first.save(out, "TIFF", save_all=True, append_images=[second], dpi=(DPI, DPI), compression="tiff_lzw")
    return out.getvalue()


def _case(name: str, make: Callable[[], bytes], text: tuple[str, ...], accuracy: float = 0.97, **more: object) -> Case:
    return Case(name, make, text, accuracy=accuracy, needs="rapidocr", **more)  # type: ignore[arg-type]


_WHOLE = (_TITLE, *_BODY)
assert (WIDTH, HEIGHT) == (595, 842)
CASES = [
    _case("扫描-清晰.pdf", lambda: _scanned(_page()), _WHOLE, pages=((1, _TITLE),)),
    _case("扫描-小字.pdf", lambda: _scanned(_page(size=10.5)), _WHOLE),
    _case("扫描-歪斜.pdf", lambda: _scanned(_page().turned(1.3)), _WHOLE),
    _case("扫描-灰底噪点.pdf", lambda: _scanned(_page().noisy()), _WHOLE),
    _case("扫描-双栏.pdf", _columns, ("机关后勤工作简报", *_BODY[:3], *_BODY[2:])),
    _case(
        "打字与扫描混合.pdf",
        _mixed,
        ("以下为扫描的附件，共两页。", *_BODY[:2], *_BODY[3:]),
        pages=((2, _BODY[0][:9]), (4, _BODY[3][:9])),
    ),
    _case(
        "扫描-红头和印章.pdf",
        _official,
        (
            "青石县机关事务局文件",
            "青机管〔2023〕14号",
            "关于印发公务用车管理办法的通知",
            *_BODY[:3],
            "青石县机关事务局",
            "2023年4月18日",
        ),
    ),
    _case("扫描-倒放.pdf", lambda: _scanned(_page().turned(180)), _WHOLE),
    _case("扫描-横放.png", lambda: Sheet(_page().image.rotate(90, expand=True)).data("PNG"), _WHOLE),
    _case("照片.jpg", lambda: _page().noisy(0, 225, 0.8).data("JPEG"), _WHOLE),
    _case("位图.bmp", lambda: _page(_BODY[:1]).data("BMP"), (_TITLE, _BODY[0])),
    _case("传真.tif", _frames, _BODY[:4], pages=((2, _BODY[2][:9]),)),
    _case("字体没有对照.pdf", _unmapped, ("办法", _BODY[0])),
    Case("一字太扁.pdf", flat, (_BODY[1].replace("由办", "一律由办"),)),
    Case("自带识别层.pdf", _layered, (_BODY[1],)),
]
