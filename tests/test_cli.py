"""The command line as a person or a program meets it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.cli import main, screen
from qa.cli.doctor import examine
from qa.settings import Settings
from qa.types import Answer, Citation, Progress, Sentence, Twin

SRC = Path(__file__).resolve().parent.parent / "src"
COMMANDS = [
    *("sync", "ask", "search", "eval", "serve", "report", "password", "doctor"),
    *("backup", "restore", "export", "verify"),
]

TEXTS = {
    "值班/值班制度.md": """# 值班制度

## 一、值班时间

工作日值班从早上八点到晚上八点。节假日实行全天值班。

## 二、交接要求

（一）当面交接。交班人向接班人逐项说明未办事项。

（二）签字确认。双方在值班日志上签字。

（三）重要事项书面移交。
""",
    "食堂通知.txt": """关于食堂供餐时间的通知

各处室：

食堂早餐供应时间为七点至八点半。午餐供应时间为十一点半至十三点。

后勤处
2025年3月4日
""",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small corpus and its lexical index; tests don't change them."""
    place = tmp_path_factory.mktemp("库")
    corpus, index = place / "资料 夹", place / "索引"
    write(corpus, TEXTS)
    Assistant.open(index, Settings(encoder="none")).sync(corpus)
    return corpus, index


@pytest.fixture
def library(built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setenv("QA_ENCODER", "none")
    monkeypatch.setenv("QA_CORPUS", str(built[0]))
    monkeypatch.setenv("QA_INDEX", str(built[1]))
    return built


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def child(*argv: str, **env: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SRC), **env},
    )


# usage


def test_help_teaches_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(re.search(rf"^    {name} +\S", said, re.M) for name in COMMANDS)
    assert all(f"{code} " in said for code in ("0", "1", "2", "3", "4", "130"))


@pytest.mark.parametrize("name", COMMANDS)
def test_each_commands_help_shows_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    said = capsys.readouterr().out
    assert said.startswith(f"用法：python -m qa {name} ")
    assert re.search(rf"^ .*python -m qa {name}\b", said, re.M)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["ask"], "缺少 问题"),
        (["aks", "x"], "不能是 'aks'"),
        (["ask", "问", "--hist", "x"], "不认识的参数 --hist x"),
        (["search", "问", "-k", "0"], "应是 1 到 100 的整数，给的是 0"),
        (["search", "问", "-k"], "-k 后面要跟一个值"),
        (["serve", "--port", "八千"], "--port 的值 '八千' 无效"),
    ],
)
def test_wrong_usage_is_told_in_one_chinese_line(
    argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(argv)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("用法有误：")
    assert said in err
    assert "--help" in err
    assert err.count("\n") == 1


# sync


def test_sync_reports_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_ENCODER", "none")
    corpus, where = tmp_path / "资料", ["--corpus", str(tmp_path / "资料"), "--index", str(tmp_path / "索引")]
    write(corpus, TEXTS)
    assert main(["sync", *where]) == 0
    assert "新增 2，更新 0，删除 0，未变 0，共 2 篇" in capsys.readouterr().out
    (corpus / "食堂通知.txt").unlink()
    write(
        corpus,
        {
            "值班/值班制度.md": TEXTS["值班/值班制度.md"] + "\n（四）遇节假日提前一天交接。\n",
            "新.txt": "新文件的内容。",
        },
    )
    assert main(["sync", *where]) == 0
    assert "新增 1，更新 1，删除 1，未变 0，共 2 篇" in capsys.readouterr().out
    (corpus / "空.txt").touch()
    assert main(["sync", *where]) == 0
    out = capsys.readouterr().out
    assert "没有收进的文件（1）：\n  空.txt：" in out
    assert "共 2 篇" in out


def test_sync_json_is_alone_on_stdout(
    tmp_path: Path, library: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sync", "--json", "--lexical-only", "--index", str(tmp_path / "索引")]) == 0
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert (report["documents"], report["added"], report["vectors"]) == (2, 2, 0)
    assert report["chunks"] >= 2
    assert err


def test_sync_of_no_folder_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sync", "--corpus", str(tmp_path / "没有"), "--index", str(tmp_path / "索引")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("出错：")
    assert "没有" in err


# ask and search


def test_ask_prints_the_sentence_and_where_it_stands(
    library: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "食堂早餐供应时间是几点"]) == 0
    out = capsys.readouterr().out
    assert "食堂早餐供应时间为七点至八点半。[1]" in out
    assert re.search(r"^\[1\] .*（食堂通知\.txt）$", out, re.M)


def test_ask_says_how_the_question_was_read(capsys: pytest.CaptureFixture[str]) -> None:
    for status in ("answered", "abstained"):
        screen.print_answer(Answer("问", status, "extract", notes=("没有找到“俭修”，按“检修”检索",)))
        assert capsys.readouterr().out.startswith("（没有找到“俭修”，按“检修”检索）\n")


def test_ask_says_where_else_the_sentence_stands(capsys: pytest.CaptureFixture[str]) -> None:
    copies = (
        Twin("b", "抄件.txt", "抄件", 0, 3),
        Twin("c", "条例(2009-03-01).md", "条例", 0, 3, "edition", "2009-03-01"),
    )
    citation = Citation(1, "a", "条例", "条例(2021-06-15).md", 0, 3, "原句。", same=copies)
    screen.print_answer(Answer("问", "answered", "extract", (Sentence("原句。", (1,)),), (citation,)))
    out = capsys.readouterr().out
    assert "    另有 1 处相同：抄件.txt；另一版：2009-03-01（条例(2009-03-01).md）\n" in out


def test_ask_prints_what_a_sentence_leans_on_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    cited, told = (
        Citation(1, "a", "纪事", "甲.txt", 6, 10, "他来了。"),
        Citation(2, "a", "纪事", "甲.txt", 0, 6, "老唐到了。"),
    )
    sentence = Sentence("他来了。", (1,), context=(told,))
    screen.print_answer(Answer("问", "answered", "extract", (sentence,), (cited,)))
    out = capsys.readouterr().out
    assert out.startswith("（上文：老唐到了。[2]）\n他来了。[1]\n")
    assert "[1] 纪事（甲.txt）\n[2] 纪事（甲.txt）\n" in out


def test_ask_json_is_the_documented_object(library: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--json", "食堂早餐供应时间是几点"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == [
        *("question", "status", "kind", "confidence", "sentences", "citations", "hits", "reason"),
        *("missing", "notes", "warnings", "suggestions", "worded", "timings"),
    ]
    assistant = Assistant.open(library[1])
    for citation in answer["citations"]:
        assert assistant.text(citation["path"], citation["start"], citation["end"]) == citation["quote"]
    assert answer["status"] == "answered"
    assert answer["timings"]["total_ms"] > 0


def test_ask_says_honestly_that_nothing_is_there(
    library: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "量子计算机的退相干时间是多少"]) == 0
    out = capsys.readouterr().out
    assert "出处" not in out
    assert "量子" in out
    assert main(["ask", "--json", "量子计算机的退相干时间是多少"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["sentences"], answer["citations"]) == ("abstained", [], [])


def test_a_question_can_come_from_standard_input(library: tuple[Path, Path]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qa", "ask", "-"],
        input="食堂早餐供应时间是几点\n".encode(),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )
    assert "七点至八点半" in done.stdout.decode("utf-8")


def test_search_lists_as_many_as_asked(library: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "值班", "-k", "1"]) == 0
    out = capsys.readouterr().out
    assert re.match(r"1\. [01]\.\d\d .*（值班/值班制度\.md）\n", out)
    assert "2. " not in out
    assert main(["search", "值班", "--json", "-k", "2"]) == 0
    hits = json.loads(capsys.readouterr().out)
    assert {"path", "start", "end", "text", "score", "signals"} <= set(hits[0])


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["ask", "值班时间", "--index", "没有"], 3, "python -m qa sync"),
        (["search", "值班时间", "--index", "没有"], 3, "python -m qa sync"),
        (["ask", ""], 2, "问题"),
        (["ask", "问" * 20_000], 2, "2000"),
        (["eval", "--questions", "没有.jsonl"], 2, "没有题目文件 没有.jsonl"),
    ],
)
def test_errors_say_what_to_do_and_have_their_code(
    argv: list[str], code: int, said: str, library: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("出错：")
    assert said in err
    assert "Traceback" not in err


def test_a_wrong_setting_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("QA_PORT", "99999")
    assert main(["doctor"]) == 2
    assert "port='99999'" in capsys.readouterr().err


# when things go wrong by surprise


def test_an_unexpected_error_is_short_and_can_be_traced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Settings, "load", classmethod(lambda cls, **given: 1 / 0))
    assert main(["doctor"]) == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err
    assert "--traceback" in err
    assert "Traceback" not in err
    assert main(["doctor", "--traceback"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_is_clean(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(cls: type[Settings], **given: object) -> Settings:
        raise KeyboardInterrupt

    monkeypatch.setattr(Settings, "load", classmethod(interrupted))
    assert main(["doctor"]) == 130
    assert "已中断" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = child("-m", "qa", "doctor", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read().decode("utf-8")
    process.stderr.close()
    assert process.wait(60) == 1
    assert err == ""


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
def test_output_to_a_pipe_is_utf8_whatever_the_locale(encoding: str, library: tuple[Path, Path]) -> None:
    process = child("-m", "qa", "ask", "食堂早餐供应时间是几点", PYTHONIOENCODING=encoding)
    out, err = process.communicate(timeout=60)
    assert err == b""
    assert "食堂早餐供应时间为七点至八点半。[1]" in out.decode("utf-8")


def test_asking_loads_neither_torch_nor_gradio(library: tuple[Path, Path]) -> None:
    code = (
        "import sys; from qa.cli import main; code = main(['ask', '--json', '食堂早餐供应时间是几点']); "
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'gradio', 'fastapi', 'pandas'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    process = child("-c", code)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert err.decode().strip() == "[]"


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, qa.cli.parser as p; p.make_parser(); print('numpy' in sys.modules)"
    process = child("-c", code)
    out, _ = process.communicate(timeout=60)
    assert out.decode().strip() == "False"


# progress


def test_progress_off_a_terminal_is_a_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with screen.progress() as report:
        for done in range(1001):
            report(Progress("read", done, 1000))
        report(Progress("vectors", 0, 50))
        report(Progress("vectors", 50, 50))
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert lines[0] == "读取文件 0/1000"
    assert lines[-3:] == ["读取文件 1000/1000", "计算向量 0/50", "计算向量 50/50"]
    assert len(lines) < 10


def test_progress_on_a_terminal_is_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with screen.progress() as report:
        for done in (0, 5, 10):
            report(Progress("read", done, 10))
    err = capsys.readouterr().err
    assert "读取文件   0%" in err
    assert "读取文件 100%" in err
    assert "10/10" in err


# eval, serve, doctor


def test_eval_prints_its_table_and_writes_each_question(
    tmp_path: Path, library: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    questions = [
        {
            "id": "a",
            "question": "食堂早餐供应时间是几点",
            "type": "fact",
            "doc": "食堂通知.txt",
            "quotes": ["七点至八点半"],
        },
        {"id": "b", "question": "量子计算机的退相干时间", "type": "unanswerable", "doc": "", "quotes": []},
    ]
    path = tmp_path / "题.jsonl"
    path.write_text("\n".join(json.dumps(q, ensure_ascii=False) for q in questions), encoding="utf-8")
    out_path = tmp_path / "结果.json"
    assert main(["eval", "--questions", str(path), "--out", str(out_path)]) == 0
    out = capsys.readouterr().out
    assert "hit@1" in out
    assert "fact" in out
    written = out_path.read_text(encoding="utf-8")
    assert "食堂早餐供应时间是几点" in written or '"a"' in written


def test_serve_refuses_a_port_in_use_before_anything_else(
    library: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--sync", "--port", str(port)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"端口 {port} 已被占用" in err


def test_report_tells_the_state_of_each_file(
    library: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report"]) == 0
    assert "总评：良好" in capsys.readouterr().out
    assert main(["report", "--json", "值班"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert (file["path"], file["headings"] > 0, file["encoding"]) == ("值班/值班制度.md", True, "utf-8")
    for name in ("体检.html", "体检.md", "体检.csv"):
        assert main(["report", "--out", str(tmp_path / name)]) == 0
        assert "食堂通知.txt" in (tmp_path / name).read_text(encoding="utf-8")
        assert capsys.readouterr().out == ""
    assert main(["report", "--out", str(tmp_path / "体检.exe")]) == 2
    assert main(["report", "没有.txt"]) == 2
    assert main(["report", "--out", str(tmp_path / "没有" / "a.md")]) == 2
    assert "文件夹是否存在" in capsys.readouterr().err


def test_report_of_a_library_with_unreadable_files_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_ENCODER", "none")
    write(tmp_path / "资料", {**TEXTS, "坏.pdf": "不是"})
    place = ["--corpus", str(tmp_path / "资料"), "--index", str(tmp_path / "index")]
    assert main(["sync", *place]) == 0
    capsys.readouterr()
    assert main(["report", *place]) == 1
    assert "读不了（1 份）" in capsys.readouterr().out


def test_files_are_read_again_on_demand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_ENCODER", "none")
    write(tmp_path / "资料", TEXTS)
    place = ["--json", "--corpus", str(tmp_path / "资料"), "--index", str(tmp_path / "index")]

    def sync(*options: str) -> dict[str, int]:
        assert main(["sync", *place, *options]) == 0
        return json.loads(capsys.readouterr().out)

    first = sync()
    assert sync()["generation"] == first["generation"]
    again = sync("--again", "食堂通知.txt")
    assert (again["changed"], again["unchanged"]) == (1, 1)
    assert sync("--rebuild")["generation"] == again["generation"] + 1
    for path in TEXTS:
        (tmp_path / "资料" / path).unlink()
    assert main(["sync", *place]) == 2
    assert sync("--allow-empty")["documents"] == 0


def test_a_password_is_hashed_and_told_where_to_put() -> None:
    for typed, code in (("云溪县-2026\n", 0), ("短\n", 2), ("", 2)):
        env = {**os.environ, "PYTHONPATH": str(SRC)}
        argv = [sys.executable, "-m", "qa", "password", "-"]
        done = subprocess.run(argv, input=typed.encode(), env=env, capture_output=True, timeout=60)
        assert done.returncode == code, done.stderr.decode()
        if code == 0:
            (kept,) = re.findall(r'^admin_password_hash = "(.*)"$', done.stdout.decode(), re.M)
            assert Settings(admin_password_hash=kept).admin_password_hash == kept
            assert "QA_ADMIN_PASSWORD_HASH" in done.stderr.decode()


def test_doctor_tells_a_well_machine(
    library: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("QA_PORT", str(port))
    code = main(["doctor", "--json"])
    report = json.loads(capsys.readouterr().out)
    checks = {check["name"]: check for check in report["checks"]}
    names = "Python 软件包 设置 资料 索引 编码器 LibreOffice 文字识别 语言模型 磁盘 内存 端口 登录 中文显示"
    assert list(checks) == names.split()
    assert all(checks[name]["ok"] for name in ("Python", "软件包", "资料", "索引", "编码器", "端口", "中文显示")), (
        report
    )
    assert "2 篇" in checks["索引"]["found"]
    assert code == (0 if report["ok"] else 1)


def test_optional_parts_are_well_when_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.load.soffice.program", lambda: None)
    monkeypatch.setattr("qa.load.engine_name", lambda: "")
    checks = {check.name: check for check in examine(Settings(encoder="none"))}
    assert checks["LibreOffice"].ok
    assert "读不了 doc、wps、ppt、rtf、odt；要读请安装它" in checks["LibreOffice"].found
    assert checks["文字识别"].ok
    assert '要读请安装文字识别组件（在项目文件夹运行 python -m pip install -e ".[ocr]"' in checks["文字识别"].found
    monkeypatch.setattr("qa.load.soffice.program", lambda: "/opt/soffice")
    monkeypatch.setattr("qa.load.engine_name", lambda: "rapidocr 3.10.0 r1")
    checks = {check.name: check for check in examine(Settings(encoder="none", ocr="off"))}
    assert checks["LibreOffice"].found == "/opt/soffice（读 doc、wps、ppt、rtf、odt 等）"
    assert "QA_OCR=off" in checks["文字识别"].found


def test_a_password_without_a_terminal_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ended(*_: object) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", ended)
    assert main(["password"]) == 2
    assert "没有读到密码。请在终端里运行" in capsys.readouterr().err


def test_pages_are_called_by_their_format() -> None:
    paths = ("a.pdf", "甲/b.ET", "z.zip/c.dps")
    told = [screen._source(Citation(1, "0", "题", path, 0, 1, "字", page=3)) for path in paths]
    assert told == ["题，第 3 页（a.pdf）", "题，第 3 张工作表（甲/b.ET）", "题，第 3 张幻灯片（z.zip/c.dps）"]


def test_doctor_says_what_to_do(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_ENCODER", "none")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("QA_PORT", str(taken.getsockname()[1]))
        assert main(["doctor"]) == 2
    out = capsys.readouterr().out
    assert re.search(r"^✗ 资料：没有文件夹 .*\n    怎么办：\S+", out, re.M)
    assert re.search(r"^✗ 索引：.*\n    怎么办：.*python -m qa sync", out, re.M)
    assert re.search(r"^✗ 端口：.*已被占用.*\n    怎么办：\S+", out, re.M)
    assert "有 3 项需要处理。" in out


def test_doctor_names_a_misspelt_setting(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("QA_PROT", "8000")
    assert main(["doctor"]) == 2
    assert "✗ 设置：没有这些设置：QA_PROT（是不是 QA_PORT？）\n    怎么办：" in capsys.readouterr().out


def test_a_stage_without_steps_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    steps = [Progress("index", 0, 1), Progress("encoder", 0, 1), Progress("encoder", 1, 1), Progress("done", 1, 1)]
    with screen.progress() as report:
        for step in steps:
            report(step)
    assert capsys.readouterr().err.splitlines() == ["建词语索引", "准备编码器"]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with screen.progress() as report:
        for step in steps:
            report(step)
    assert capsys.readouterr().err.splitlines() == ["建词语索引……", "准备编码器……"]


def test_a_bar_comes_when_a_stage_tells_its_steps_late(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with screen.progress() as report:
        for step in (Progress("encoder", 0, 1), Progress("encoder", 0, 5, "检查"), Progress("encoder", 5, 5, "就绪")):
            report(step)
    assert re.search(r"^准备编码器……\n.*准备编码器 100%.* 5/5 .*就绪", capsys.readouterr().err, re.S)


# scope


def test_a_scope_is_kept_and_told(library: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "早餐供应时间", "--folder", "值班", "--json"]) == 0
    assert {hit["path"] for hit in json.loads(capsys.readouterr().out)} <= {"值班/值班制度.md"}
    assert main(["ask", "食堂早餐几点供应", "--year", "2025", "--issuer", "后勤处", "--in-force"]) == 0
    said = capsys.readouterr().out
    assert "（只在所选范围里找：2025年；后勤处；只看现行）" in said
    assert "\n    后勤处 · 2025-03-04\n" in said
    assert main(["ask", "食堂早餐几点供应", "--document", "关于食堂供餐时间的通知"]) == 0
    assert "七点至八点半" in capsys.readouterr().out


def test_a_scope_that_holds_nothing_says_what_there_is(
    library: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "早餐", "--folder", "值"]) == 2
    assert "资料库里没有文件夹“值”。相近的有：值班" in capsys.readouterr().err


def test_hits_can_be_sorted_by_date(library: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "值班时间和早餐时间", "--sort", "date"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("1. ")
    assert first.endswith("（食堂通知.txt）  后勤处 · 2025-03-04")


def test_a_warning_stands_before_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    cited = Citation(1, "d", "灯塔法", "灯塔法.md", 0, 2, "灯塔", facts={"number": "云令第3号", "status": "已废止"})
    answer = Answer("问", "answered", "extract", (Sentence("灯塔", (1,)),), (cited,), warnings=("[1] 已废止。",))
    screen.print_answer(answer)
    assert capsys.readouterr().out.startswith(
        "注意：[1] 已废止。\n灯塔[1]\n\n出处\n[1] 灯塔法（灯塔法.md）\n    云令第3号 · 已废止"
    )
