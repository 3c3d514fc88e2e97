"""A small library, and an encoder whose vectors can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_encoder import FakeEncoder

from qa.build import sync
from qa.settings import Settings
from qa.types import SyncReport

TEXTS = {
    "学习/四个方面.txt": "学习体会\n一、提高认识\n要把走访接待放在村里办，把难题解决在院坝里。\n二、存在问题\n自查发现调研次数偏少，只有三次。",
    "制度/考勤办法.md": "# 考勤办法\n\n第一条 上班时间为八点三十分。\n\n第二条 迟到三次以上的，由科室负责人谈话提醒。\n",
    "通知.txt": "关于开展防汛检查的通知\n各科室要在6月15日前完成水库、山塘、沟渠检查，并报送台账。\n",
}


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
