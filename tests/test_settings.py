"""Settings: sources and their order, checks, and the index folder that follows from the corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.errors import InputError
from qa.settings import Settings


def test_defaults_are_this_machine_only() -> None:
    settings = Settings.load()
    assert (settings.host, settings.port, settings.root_path) == ("127.0.0.1", 7860, "")
    assert (settings.corpus, settings.index) == (Path("corpus"), Path("index"))
    assert settings.allow_download is False


def test_arguments_win_over_environment_over_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("youju.toml").write_text('port = 1001\nhost = "0.0.0.0"\nlang = "en"\n', encoding="utf-8")
    monkeypatch.setenv("QA_PORT", "1002")
    monkeypatch.setenv("QA_HOST", "::1")
    settings = Settings.load(port=1003, host=None)
    assert (settings.port, settings.host, settings.lang) == (1003, "::1", "en")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "0"),
        ("port", "七"),
        ("root_path", "qa"),
        ("root_path", "/qa/"),
        ("threshold", "1.5"),
        ("lang", "fr"),
        ("chunk_chars", "10"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_do(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"QA_{name.upper()}", value)
    with pytest.raises(InputError, match=f"{name}='{value}'.*请改正环境变量 QA_"):
        Settings.load()


def test_an_unknown_name_in_the_file_is_refused() -> None:
    Path("youju.toml").write_text("prot = 8000\n", encoding="utf-8")
    with pytest.raises(InputError, match="prot=8000"):
        Settings.load()


def test_a_number_for_a_folder_is_refused() -> None:
    Path("youju.toml").write_text("corpus = 5\n", encoding="utf-8")
    with pytest.raises(InputError, match="corpus=5"):
        Settings.load()


def test_another_corpus_gets_an_index_of_its_own(tmp_path: Path) -> None:
    one, two = tmp_path / "甲" / "资料", tmp_path / "乙" / "资料"
    first, second = Settings.load(corpus=one).index, Settings.load(corpus=str(two)).index
    assert first.parent == second.parent == Path("index")
    assert first != second
    assert first.name.startswith("资料-")
    assert Settings.load(corpus=one).index == first


def test_one_corpus_has_one_index_however_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "资料").mkdir()
    monkeypatch.chdir(tmp_path)
    written = [Path("资料"), Path("./资料"), tmp_path / "资料", Path("资料/../资料")]
    assert len({Settings.load(corpus=path).index for path in written}) == 1


@pytest.mark.parametrize("corpus", ["corpus", "./corpus", Path("corpus").absolute])
def test_the_default_corpus_keeps_the_default_index(corpus: object) -> None:
    assert Settings.load(corpus=corpus() if callable(corpus) else corpus).index == Path("index")


def test_an_index_that_is_named_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_INDEX", "mine")
    assert Settings.load(corpus="elsewhere").index == Path("mine")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("port", "abc", "应是整数"),
        ("port", "70000", "不能大于 65535"),
        ("max_file_mb", "0", "不能小于 1"),
        ("threshold", "高", "应是数字"),
        ("journal", "也许", "应是 true 或 false"),
        ("lang", "fr", "只能是 'zh' 或 'en'"),
        ("root_path", "qa", "应以 / 开头"),
    ],
)
def test_what_is_wrong_is_told_in_chinese(name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"QA_{name.upper()}", value)
    with pytest.raises(InputError, match=rf"^设置有误：{name}='{value}'（{told}[^a-z]*"):
        Settings.load()


def test_an_unknown_name_is_told_in_chinese() -> None:
    Path("youju.toml").write_text("prot = 8000\n", encoding="utf-8")
    with pytest.raises(InputError, match="prot=8000（没有这个设置）"):
        Settings.load()


@pytest.mark.parametrize("content", [b"[qa\n", b"\xff\xfe\x00", "corpus = D:\\资料\n".encode(), "端口 = 1\n".encode()])
def test_a_settings_file_that_cannot_be_read_says_how_to_write_one(content: bytes) -> None:
    Path("youju.toml").write_bytes(content)
    with pytest.raises(InputError, match=r"设置文件 \S+youju\.toml 读不了.*port = 8000"):
        Settings.load()


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENCODER", "PORT", "CORPUS", "INDEX"):
        monkeypatch.setenv(f"QA_{name}", "")
    settings = Settings.load()
    assert (settings.encoder, settings.port) == ("e5", 7860)
    assert (settings.corpus, settings.index) == (Path("corpus"), Path("index"))


def test_a_misspelt_variable_is_found_with_the_one_that_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_PROT", "8000")
    monkeypatch.setenv("QA_XYZZY", "1")
    assert Settings.misnamed() == {"QA_PROT": "QA_PORT", "QA_XYZZY": ""}
