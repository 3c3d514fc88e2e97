"""Files made to hurt: each ends in its text or in a message within bounded time and memory, and the rest goes on."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from load.hostile_files import GOOD, HOSTILE, docx_external
from qa.build import sync
from qa.build.read import entries_of
from qa.clean import clean
from qa.errors import ReadError
from qa.load import load
from qa.load.html import read_html
from qa.load.markdown import read_markdown
from qa.load.text import read_csv
from qa.outline import enumerated, items, outline
from qa.settings import Settings
from qa.split import clauses, parts, split
from qa.store import Snapshot
from qa.terms import mine
from qa.types import Block, Document, Progress

SECONDS, MEMORY_MB = 60, 1024

REFUSED = {
    "炸弹.docx": "解压后过大",
    "多个正文.docx": "解压后过大|不是完整",
    "重叠.docx": "解压后过大|打不开",
    "谎报大小.docx": "已损坏",
    "表格炸弹.docx": "其实是 Excel|过大|没有|不是完整的 Excel",
    "套娃.docx": "缺少正文部分",
    "实体.docx": "不是合法的 XML",
    "深.docx": "不是合法的 XML",
    "半截.pdf": "已损坏",
    "炸弹.pdf": "意外退出|内存过多|读取超时|没有文字",
}
"""What is told of a file; all others are read."""


@pytest.mark.slow
def test_a_folder_of_them_is_synced(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    for name, make in HOSTILE.items():
        (corpus / name).write_bytes(make())
    (corpus / "说明.txt").write_text(GOOD, encoding="utf-8")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    settings = Settings.load(encoder="none", read_seconds=SECONDS, read_memory_mb=MEMORY_MB)
    stages: list[Progress] = []
    done = sync(corpus, index, settings, report=stages.append)
    told = {problem.path: problem.message for problem in done.problems if problem.fatal}
    for name, message in REFUSED.items():
        assert re.search(message, told.pop(name)), name
    assert told == {}
    assert done.documents == len(HOSTILE) - len(REFUSED) + 1
    snapshot = Snapshot.open(index)
    for info in snapshot.infos():
        document = snapshot.document(info.id)
        assert document.text
        document.text.encode()
        document.title.encode()
    snapshot.close()
    made = {path for path in tmp_path.rglob("*") if path.is_file() and index not in path.parents}
    assert made == before, "a name in an archive has become a file"


def test_no_entity_names_a_file_that_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("口令不可外传", encoding="utf-8")
    path = tmp_path / "外部实体.docx"
    for named in (secret.as_uri(), str(secret)):
        path.write_bytes(docx_external(named)())
        try:
            text = clean(load(path, 2**20).blocks).text
        except ReadError as error:
            text = str(error)
        assert "口令" not in text


WORDS = """
    一、 （ （一） 1 9. 第 第一 第1条 年 2024年 2024年1月1日 “ “” “。 《 》 ， 、 。 ； ： 的 a - —— * **a** _ `
    [ [a]( < <a <a␠b= <a␠b=" & &# | |␠a␠ # #␠ ##a## ##a \\ ! ① 一 百 【 （简称 （以下简称甲乙） 简称“甲 ，和 和
    委员会 部 会、 令 国务院令 〔2024〕 注： “甲”是“ （a， . … " ' 1,000 1, 1.1. <!-- <div> </p> <br ~~ 一是
    首先 第二， A、 年␠1␠ 第␠1␠ 目␠录␠ ” ） ]( (a ，⏎ 一、⏎ ⏎⏎ “⏎ 目录⏎ 一、甲⏎ |⏎ -␠a⏎ > >␠ ``` ---⏎ a⏎---⏎
    　　甲乙⏎ （一）⏎一、⏎1.⏎（1）⏎①⏎ 甲。⏎甲 第一章⏎第一节⏎第一条⏎ 目录⏎一、甲⏎ 甲“乙，⏎ { \\_ <td> = ａ ㎡ ␠
    a␠ 一␠
"""
UNITS = [word.replace("␠", " ").replace("⏎", "\n") for word in re.split("[ \n]+", WORDS.strip())]
UNITS += ["\u3000", "\t", "\u0301"]
CHARS, LIMIT = 20_000, 3.0
"""What took a time that grows with the square took 5 s for so many; everything else takes 0.2 s or less."""


@pytest.mark.parametrize("start", ["", "“（"], ids=["bare", "opened"])
@pytest.mark.parametrize("at", range(0, len(UNITS), 16))
def test_signs_repeated_without_end_take_linear_time(at: int, start: str) -> None:
    for unit in UNITS[at : at + 16]:
        text = start + unit * (CHARS // len(unit)) + "。"
        begin = time.process_time()
        _all_stages(text)
        assert time.process_time() - begin < LIMIT, f"{unit!r} after {start!r}"


def _all_stages(text: str) -> None:
    for reader in (read_markdown, read_html, read_csv):
        try:
            reader(text.encode())
        except ReadError:
            continue
    canonical = clean((Block(text, flowed=True),))
    clean((Block(text),))
    clean((Block(text, level=1),))
    outlined = outline(canonical, "名称")
    document = Document("0" * 16, "名称.txt", outlined.title, canonical.text, sections=outlined.sections)
    list(entries_of(document, split(document)))
    mine(text)
    items(text, 0, len(text))
    enumerated(text, 0, len(text))
    clauses(text)
    parts(text)
