"""A small library, and an encoder whose vectors can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_encoder import FakeEncoder
from small_library import TEXTS

from qa.build import sync
from qa.settings import Settings
from qa.types import SyncReport


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "资料 库"
    for name, text in TEXTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "索引"


@pytest.fixture
def settings() -> Settings:
    return Settings.load(encoder="none")


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> FakeEncoder:
    made = FakeEncoder()
    made.install(monkeypatch.setattr)
    return made


Run = Callable[..., SyncReport]


@pytest.fixture
def run(corpus: Path, index: Path) -> Run:
    """Sync without an encoder unless told otherwise."""

    def _run(**given: object) -> SyncReport:
        options = {"encoder": "none", **{k: v for k, v in given.items() if k not in ("report", "lexical_only")}}
        flags = {k: v for k, v in given.items() if k in ("report", "lexical_only")}
        return sync(corpus, index, Settings.load(**options), **flags)  # type: ignore[arg-type]

    return _run
