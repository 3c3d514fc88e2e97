"""``python -m qa compare``: two documents named in any way, written in any form."""

from __future__ import annotations

import io
import json
from pathlib import Path

import docx
import pytest

from qa.__main__ import main
from qa.assistant import Assistant
from qa.settings import Settings

OLD = "青石镇集市管理办法\n第一条 集市每月逢五开市。\n第二条 摊位费每日三元。\n第三条 严禁占道经营。"
NEW = OLD.replace("三元", "五元")
PATHS = ("制度/集市办法(2010-03-01).txt", "制度/集市办法(2022-01-01).txt")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = tmp_path_factory.mktemp("对照")
    (place / "资料" / "制度").mkdir(parents=True)
    for path, text in zip(PATHS, (OLD, NEW), strict=True):
        (place / "资料" / path).write_text(text, "utf-8")
    (place / "资料" / "值班表.txt").write_text("值班表\n周一由老王值班，周二由老李值班。", "utf-8")
    Assistant.open(place / "索引", Settings(encoder="none")).sync(place / "资料")
    return place / "资料", place / "索引"


@pytest.fixture(autouse=True)
def library(built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_ENCODER", "none")
    monkeypatch.setenv("QA_CORPUS", str(built[0]))
    monkeypatch.setenv("QA_INDEX", str(built[1]))


@pytest.mark.parametrize("named", [PATHS, (PATHS[1],), ("集市办法(2010-03-01).txt", PATHS[1].replace("/", "\\"))])
def test_two_documents_or_one_and_the_edition_before_it(
    named: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *named]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"旧：{PATHS[0]}\n新：{PATHS[1]}\n按条对照：修改 1 · 新增 0 · 删除 0 · 移动 0 · 未变 3\n")
    assert "旧 第二条 摊位费每日[-三-]元。\n  新 第二条 摊位费每日{+五+}元。" in said
    assert "占道" not in said


def test_all_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *PATHS, "--all"]) == 0
    assert "【未变】\n  旧 第三条 严禁占道经营。" in capsys.readouterr().out
    assert main(["compare", *PATHS, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["status"] for row in told["rows"]] == ["same", "same", "changed", "same"]


def test_files_are_written(tmp_path: Path) -> None:
    for suffix, begins in ((".docx", b"PK"), (".html", b"<!doctype"), (".md", "# 青石镇".encode())):
        out = tmp_path / f"对照{suffix}"
        assert main(["compare", *PATHS, "--out", str(out), "--changed"]) == 0
        assert out.read_bytes().startswith(begins)
    (table,) = docx.Document(io.BytesIO((tmp_path / "对照.docx").read_bytes())).tables
    assert [cell.text for cell in table.rows[1].cells] == ["第二条 摊位费每日三元。", "第二条 摊位费每日五元。"]
    assert len(table.rows) == 2


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["没有的"], "索引里没有“没有的”"),
        (["集市"], "名称相近的有 制度/集市办法(2010-03-01).txt、"),
        (["青石镇集市管理办法"], "有 2 份文件叫“青石镇集市管理办法”。请写路径"),
        (["值班表"], "没有“值班表”更早的版本"),
        ([PATHS[0]], "更早的版本"),
        ([PATHS[0], PATHS[0]], "同一份文件"),
        ([*PATHS, "--out", "对照.pdf"], "请以 .docx、.html 或 .md 结尾"),
        ([*PATHS, "--out", "没有的文件夹/对照.docx"], "写不到"),
    ],
)
def test_what_cannot_be_done_is_said(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *argv]) == 2
    assert said in capsys.readouterr().err
