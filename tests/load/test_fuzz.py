"""Made files, damaged at random: each is refused with a message or read into something sane, and nothing else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from load.cases import cases
from load.found import FOUND
from load.hostile_files import W, docx_styles_in_a_ring, paragraph
from load.sample_files import make_docx, make_pdf
from load.sane import check_words, read
from qa.load import SUFFIXES

NUMBERED = (
    '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>'
)
NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="chineseCounting"/>'
    '<w:lvlText w:val="第%1条"/><w:start w:val="1"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
TABLE = "<w:tbl>" + ("<w:tr>" + f"<w:tc>{paragraph('格子')}</w:tc>" * 3 + "</w:tr>") * 3 + "</w:tbl>"
PAGE = (
    '<html><head><meta charset="gbk"><title>题目</title></head>'
    '<body><h1>题目</h1><ol start="3"><li>甲<li value=9>乙</ol>'
    "<table><tr><th colspan=2>项目<th>金额<tr><td rowspan=2>甲<td>3<td>4</table><pre> 一\n 二</pre></body></html>"
)
MARKDOWN = (
    "---\ntitle: 题目\n---\n# 一、甲\n\n| 项目 | 金额 |\n|---|---|\n| **甲** | `3` |\n\n"
    "> 引文 [链接](a)\n\n- 1. 乙\n\n<b>丙</b>\n"
)

SEEDS: list[tuple[str, Callable[[], bytes]]] = [
    *((PurePath(case.name).suffix.lower(), case.make) for case in cases() if not case.needs),
    (".docx", lambda: make_docx(NUMBERED * 3 + TABLE, numbering=NUMBERING)),
    (".docx", docx_styles_in_a_ring),
    (".pdf", lambda: make_pdf([[(72, 700 - 20 * n, f"第{n}行文字") for n in range(5)]] * 3, title="题目")),
    (".html", PAGE.encode),
    (".md", MARKDOWN.encode),
    (".csv", lambda: '项目,金额\n甲,3\n"乙\n丙",4\n'.encode("gb18030")),
]
READ = [(suffix, make) for suffix, make in SEEDS if suffix in SUFFIXES]


@pytest.fixture(autouse=True, scope="module")
def no_other_programs() -> Iterator[None]:
    """What LibreOffice and the recognition of scans make of damage takes seconds a file, and is not ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.load.soffice.program", lambda: None)
        patch.setattr("qa.load.ocr.is_available", lambda: False)
        patch.setattr("qa.load.pdf.is_available", lambda: False)
        patch.setattr("qa.load.ofd.is_available", lambda: False)
        patch.setattr("qa.load.picture.is_available", lambda: False)
        yield


@st.composite
def damage(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Some cuts, overwritten, doubled and inserted pieces, at places given as shares of the length."""
    kinds = st.sampled_from(["cut", "put", "twice", "end"])
    strokes = draw(st.lists(st.tuples(kinds, st.floats(0, 1), st.integers(1, 64), st.binary(max_size=8)), max_size=6))

    def apply(data: bytes) -> bytes:
        for kind, share, size, piece in strokes:
            at = int(share * len(data))
            if kind == "cut":
                data = data[:at] + data[at + size :]
            elif kind == "put":
                data = data[:at] + piece + data[at + len(piece) :]
            elif kind == "twice":
                data = data[:at] + data[at : at + size] * 2 + data[at + size :]
            else:
                data = data[:at]
        return data

    return apply


@pytest.mark.parametrize(("suffix", "make"), READ, ids=[f"{at}{suffix}" for at, (suffix, _) in enumerate(READ)])
@given(damaged=damage())
def test_damaged_files(suffix: str, make: Callable[[], bytes], damaged: Callable[[bytes], bytes]) -> None:
    read(suffix, damaged(make()))


@given(damaged=damage(), part=st.sampled_from(["word/document.xml", "word/numbering.xml", "word/styles.xml"]))
def test_damage_inside_a_word_document(damaged: Callable[[bytes], bytes], part: str) -> None:
    """Beneath the checksums, which turn away almost all other damage."""
    whole = make_docx(NUMBERED * 3 + TABLE, numbering=NUMBERING, styles='<w:style w:styleId="a"/>')
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, damaged(data) if name == part else data)
    read(".docx", buffer.getvalue())


NAMES = st.sampled_from(
    "p r t tbl tr tc tcPr vMerge gridSpan pPr numPr ilvl numId pStyle outlineLvl br tab del".split()
)
VALUES = st.sampled_from(["", "0", "1", "-1", "9", "99999999999", "²", "甲", "continue", "a"])


def element(name: str, value: str, inside: list[str]) -> str:
    return f'<w:{name} w:val="{value}" w:id="{value}">{"".join(inside)}</w:{name}>'


ELEMENTS = st.recursive(
    st.sampled_from([paragraph("甲乙"), NUMBERED, "文字"]),
    lambda inner: st.builds(element, NAMES, VALUES, st.lists(inner, max_size=4)),
    max_leaves=20,
)


@given(body=st.lists(ELEMENTS, max_size=5).map("".join), value=VALUES, kind=VALUES)
def test_word_documents_of_odd_structure(body: str, value: str, kind: str) -> None:
    shown = f'<w:start w:val="{value}"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="%1%9"/>'
    level = f'<w:lvl w:ilvl="{value}">{shown}</w:lvl>'
    list_ = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    numbering = f'<w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>{list_}'
    style = f'<w:style w:styleId="{value}"><w:name w:val="heading {kind}"/><w:basedOn w:val="{kind}"/></w:style>'
    read(".docx", make_docx(body, numbering=numbering, styles=style))


PIECES = [
    *"""一、 （一） 1. （1） ① 第一条 第一章 第十二条之一 目录 ……1 附件1：
    一是 首先， 。 ； ， 、 ： “ ” 《 》 （ ） 的 关于
    甲乙丙丁 2024年1月9日 国发〔2024〕1号 （以下简称甲办） ** ##x##
    1,300 3.5% — ㎡ 廿 𠀀 各位代表： 会议通知 【案情】 1.1""".split(),
    *("\n", "\n\n", " ", "\u3000", "\t", "a b", "\ufeff", "\ud800", "\u202e", "\x00", "\x85", "\u2028"),
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=60).map("".join)


@given(text=TEXTS)
@example(text="一、" * 30)
def test_any_text(text: str) -> None:
    check_words(text)


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@given(text=TEXTS, encoding=st.sampled_from(["utf-8", "gb18030", "utf-16-le", "cp950"]), mark=st.booleans())
def test_any_text_as_any_file(suffix: str, text: str, encoding: str, mark: bool) -> None:
    read(suffix, b"\xff\xfe" * mark + text.encode(encoding, "replace"))


@pytest.mark.parametrize(("suffix", "data"), FOUND, ids=[f"{at}{suffix}" for at, (suffix, _) in enumerate(FOUND)])
def test_what_fuzzing_has_found(suffix: str, data: bytes) -> None:
    read(suffix, data)


def test_the_namespace_is_the_real_one() -> None:
    assert W.encode() in zipfile.ZipFile(io.BytesIO(make_docx(""))).read("word/document.xml")
