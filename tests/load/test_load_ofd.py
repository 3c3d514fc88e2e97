"""OFD: what is told and not read, what is refused, and bounds on hostile files."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from load.ofd_files import NS, image, make_ofd, page, prose, rows, text
from load.page_files import Sheet
from qa.clean import clean
from qa.errors import ReadError
from qa.load import Options, load
from qa.load.ocr import UNSURE, is_available
from qa.load.ofd_text import deltas
from qa.types import Loaded, PageRead

Read = Callable[..., Loaded]
needs_ocr = pytest.mark.skipif(not is_available(), reason="needs the extra [ocr]")
SAID = page(rows((30, 40, "值班安排已经下发。")))


def text_of(loaded: Loaded) -> str:
    return clean(loaded.blocks).text


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("1 2 3", [1, 2, 3, 3, 3]),
        ("g 2 1.5 4", [1.5, 1.5, 4, 4, 4]),
        ("7 g 3 2", [7, 2, 2, 2, 2]),
        ("g 99999999999 1", [1, 1, 1, 1, 1]),
        ("g -3 1 5", [5, 5, 5, 5, 5]),
        ("g", [0, 0, 0, 0, 0]),
        ("x nan inf", [0, 0, 0, 0, 0]),
        ("", []),
        (None, []),
    ],
)
def test_offsets(written: str | None, found: list[float]) -> None:
    assert list(islice(deltas(written), 5)) == found


def test_each_page_says_how_it_was_read(read: Read) -> None:
    loaded = read("a.ofd", make_ofd([SAID, page(image()), page("")], title="Microsoft Word - 值班安排.docx"))
    assert loaded.reads == (PageRead(1, 9, "text"), PageRead(2, 0, "none"), PageRead(3, 0, "none"))
    assert loaded.title == "值班安排"
    assert loaded.warnings[0].startswith("第 2 页")
    assert loaded.warnings[1:] == ("第 3 页是空白的，或文字已转成曲线",)


@needs_ocr
def test_pages_of_pictures_are_recognised(tmp_path: Path) -> None:
    scan = Sheet()
    scan.write(70, 100, "钥匙由值班室统一保管，领用要登记。", 16)
    pages = [SAID, page(image()), page(rows((30, 40, "附件另发。")))]
    (tmp_path / "a.ofd").write_bytes(make_ofd(pages, parts={"Doc_0/Res/scan.png": scan.data("PNG")}))
    loaded = load(tmp_path / "a.ofd", 2**20)
    assert [(block.page, block.text.strip()) for block in loaded.blocks] == [
        (1, "值班安排已经下发。"),
        (2, "钥匙由值班室统一保管，领用要登记。"),
        (3, "附件另发。"),
    ]
    assert [read.source for read in loaded.reads] == ["text", "ocr", "text"]
    assert (loaded.reads[1].confidence or 0) > UNSURE
    assert loaded.warnings == ()


def test_pages_of_pictures_where_recognition_is_off(tmp_path: Path) -> None:
    (tmp_path / "a.ofd").write_bytes(make_ofd([SAID, page(image())]))
    loaded = load(tmp_path / "a.ofd", 2**20, Options(ocr="off"))
    assert loaded.reads[1] == PageRead(2, 0, "none")
    todo = "文字识别已关闭（QA_OCR=off），需要时请打开后重新同步"
    assert loaded.warnings == (f"第 2 页只有图片，没有文字，这些页没有收入；{todo}",)


@needs_ocr
def test_a_picture_in_a_foreign_format_costs_its_page_alone(read: Read) -> None:
    jbig2 = b"\x97JB2\r\n\x1a\n" + bytes(40)
    loaded = read("a.ofd", make_ofd([SAID, page(image())], parts={"Doc_0/Res/scan.png": jbig2}))
    assert text_of(loaded) == "值班安排已经下发。"
    assert loaded.warnings == ("第 2 页是图片，没有认出文字，没有收入；请看原件",)


def test_what_is_not_part_of_the_text_is_told(read: Read) -> None:
    stamp = text(30, 60, "章面文字")
    parts = {
        "Doc_0/Annots/Annotations.xml": f"<ofd:Annotations {NS}><ofd:Page><ofd:FileLoc>P/A.xml</ofd:FileLoc>"
        "</ofd:Page></ofd:Annotations>",
        "Doc_0/Annots/P/A.xml": f'<ofd:PageAnnot {NS}><ofd:Annot Type="Stamp"><ofd:Appearance>{stamp}</ofd:Appearance>'
        "</ofd:Annot></ofd:PageAnnot>",
        "Doc_0/Att.xml": f'<ofd:Attachments {NS}><ofd:Attachment ID="1" Name="明细表"/></ofd:Attachments>',
        "Doc_0/Signs/Signatures.xml": f'<ofd:Signatures {NS}><ofd:Signature ID="1"/></ofd:Signatures>',
    }
    loaded = read(
        "a.ofd",
        make_ofd(
            [page(rows((30, 40, "值班安排已经下发。")) + text(60, 90, "传阅件", CTM="0.7 0.7 -0.7 0.7 0 0"))],
            extra="<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:Attachments>Att.xml</ofd:Attachments>",
            body="<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>",
            parts=parts,
        ),
    )
    assert text_of(loaded) == "值班安排已经下发。"
    assert loaded.warnings == (
        "斜排的文字按水印处理，没有收入：“传阅件”",
        "有 1 处批注或印章，其中的文字没有收入",
        "有 1 个电子签名或签章，没有验证，章面文字没有收入",
        "有 1 个附件没有收入（明细表）；需要的话请导出后单独放入",
    )


def test_a_damaged_page_does_not_cost_the_others(read: Read) -> None:
    parts = {"Doc_0/Pages/Page_1/Content.xml": "<ofd:Page"}
    loaded = read("a.ofd", make_ofd([SAID, SAID], parts=parts))
    assert text_of(loaded) == "值班安排已经下发。"
    assert [item.source for item in loaded.reads] == ["text", "none"]
    assert loaded.warnings[0].startswith(
        "第 2 页没有收入：OFD 文件已损坏，Doc_0/Pages/Page_1/Content.xml 不是合法的 XML"
    )


def test_a_damaged_part_that_text_can_do_without_is_told(read: Read) -> None:
    loaded = read("a.ofd", make_ofd([SAID], parts={"Doc_0/DocumentRes.xml": "<broken"}))
    assert text_of(loaded) == "值班安排已经下发。"
    assert "DocumentRes.xml" in loaded.warnings[0]


def test_names_in_another_case_with_backslashes_and_no_prefix(read: Read) -> None:
    plain = make_ofd([SAID])
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"ofd:", b"").replace(b"xmlns:ofd", b"xmlns")
            new.writestr(zipfile.ZipInfo(name.replace("Doc_0/", "doc_0\\")), content)
    assert text_of(read("a.ofd", buffer.getvalue())) == "值班安排已经下发。"
    assert read("a.zip.pdf", plain).format == "ofd"


def test_places_counted_from_the_package_and_given_as_elements(read: Read) -> None:
    """As writers have it that don't keep to the standard."""
    listed = "<ofd:Page ID='1'><ofd:BaseLoc>Doc_0/Pages/Page_1/Content.xml</ofd:BaseLoc></ofd:Page>"
    parts = {"Doc_0/Document.xml": f"<ofd:Document {NS}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"}
    assert text_of(read("a.ofd", make_ofd([SAID], parts=parts))) == "值班安排已经下发。"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
LOCAL_FILE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


def whole(entity: str, doctype: str) -> str:
    return f"{doctype}<ofd:OFD {NS}><ofd:DocBody><ofd:DocRoot>{entity}</ofd:DocRoot></ofd:DocBody></ofd:OFD>"


def encrypted() -> bytes:
    data = bytearray(make_ofd([SAID]))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (make_ofd([SAID])[:-60], "已损坏.*重新下载"),
        (b"%OFD", "却不是 OFD"),
        (make_ofd([SAID], parts={"Doc_0/Document.xml": b""}), "Document.xml 不是合法的 XML"),
        (make_ofd([SAID], parts={"OFD.xml": f"<ofd:OFD {NS}/>"}), "缺少正文部分.*另存"),
        (make_ofd([SAID], parts={"Doc_0/Encryptions.xml": "<x/>"}), "加了密.*去掉密码"),
        (encrypted(), "加了密.*去掉密码"),
        (make_ofd([]), "没有页面"),
        (make_ofd([page(image()), page(image())]), "都是图片.*请"),
        (make_ofd([page("")]), "空白"),
        (make_ofd([page(rows((30, 40, "¤¤¤字")))]), "字体没有对应的文字编码"),
        (make_ofd([SAID], parts={"OFD.xml": whole("&b;", BOMB)}), "DTD"),
        (make_ofd([SAID], parts={"OFD.xml": whole("&e;", LOCAL_FILE)}), "DTD"),
        (make_ofd([SAID], parts={"OFD.xml": whole("../../../etc/hostname", "")}), "不完整，缺少 etc/hostname"),
        (make_ofd([page("<ofd:PageBlock>" * 300 + "</ofd:PageBlock>" * 300)]), "不是合法的 XML"),
        (make_ofd([SAID], parts={"Doc_0/Document.xml": b" " * (65 * 2**20)}), "解压后过大"),
    ],
)
def test_each_bad_file_says_what_and_what_to_do(read: Read, content: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        read("a.ofd", content)
    assert caught.value.todo


def test_a_page_listed_without_end_is_bounded(read: Read) -> None:
    listed = "".join('<ofd:Page ID="1" BaseLoc="P.xml"/>' for _ in range(20_000))
    parts = {"Doc_0/Document.xml": f"<ofd:Document {NS}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"}
    with pytest.raises(ReadError, match="20000 页，超过上限"):
        read("a.ofd", make_ofd([SAID], parts=parts))


def test_objects_within_objects_are_bounded(read: Read) -> None:
    """Ten of the next in each of eight: a hundred million visits, were they made."""
    units = "".join(
        f'<ofd:CompositeGraphicUnit ID="{n}"><ofd:Content>'
        + f'<ofd:CompositeObject ID="1" Boundary="0 0 9 9" ResourceID="{n + 1}"/>' * 10
        + "</ofd:Content></ofd:CompositeGraphicUnit>"
        for n in range(100, 110)
    )
    use = '<ofd:CompositeObject ID="1" Boundary="0 0 9 9" ResourceID="100"/>'
    begin = time.monotonic()
    with pytest.raises(ReadError, match="过多"):
        read("a.ofd", make_ofd([page(use)], parts={"Doc_0/DocumentRes.xml": f"<ofd:Res {NS}>{units}</ofd:Res>"}))
    assert time.monotonic() - begin < 20


def test_two_pages_with_a_running_head_and_one_cell_row(read: Read) -> None:
    """A repeated head goes, a table's cells keep apart, an indent is kept for the paragraphs."""
    tables = [
        rows((30, 100, "科室"), (80, 100, "人数"), (30, 109, name), (80, 109, "五")) for name in ("办公室", "车队")
    ]
    loaded = read("a.ofd", make_ofd([page(rows((80, 15, "青石县档案馆")) + prose(("正文一。",)) + t) for t in tables]))
    assert text_of(loaded).split("\n") == ["正文一。", "科室 人数", "办公室 五", "正文一。", "科室 人数", "车队 五"]


def sideways(x: float, y: float, content: str) -> str:
    """Along the margin, from the bottom up."""
    return text(x, y, content, CTM="0 -1 1 0 0 0")


def test_what_runs_along_the_margin_is_read_behind_the_text_and_goes_where_it_repeats(read: Read) -> None:
    said = (
        "仓库每周清点一次，由两人签字。",
        "钥匙交值班员保管。",
        "来访车辆停在院子东侧的空地。",
        "雨天注意排水。",
        "周末开南门。",
    )
    pages = [page(rows((30, 40, line)) + sideways(200, 150, "馆藏专用")) for line in said]
    pages[2] = pages[2].replace("馆藏专用", "此页另有附图")
    loaded = read("a.ofd", make_ofd(pages))
    assert text_of(loaded).split("\n") == [*said[:3], "此页另有附图", *said[3:]]
    assert [item.chars for item in loaded.reads] == [15, 9, 20, 7, 6]


def test_a_line_of_a_template_that_two_pages_of_ten_share_is_no_text(read: Read) -> None:
    said = [f"第{sign}项工作已经办完。" for sign in "甲乙丙丁戊己庚辛壬癸"]
    pages = [page(rows((30, 60, line)), "7" if line[1] in "甲癸" else "") for line in said]
    loaded = read("a.ofd", make_ofd(pages, templates={"7": page(rows((80, 15, "青石县档案馆用笺")))}))
    assert text_of(loaded).split("\n") == said


def test_a_line_of_a_template_stays_where_the_page_fills_it_in(read: Read) -> None:
    labels = {"7": page(rows((30, 40, "申请人："), (30, 80, "受理日期：")))}
    filled = (("周小满", "三月五日"), ("吴立夏", "四月初"))
    pages = [page(rows((50, 40, name), (55, 80, day)), "7") for name, day in filled]
    found = text_of(read("a.ofd", make_ofd(pages, templates=labels))).split("\n")
    assert found == ["申请人：周小满", "受理日期：三月五日", "申请人：吴立夏", "受理日期：四月初"]
