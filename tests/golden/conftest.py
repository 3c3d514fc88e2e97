"""The sample corpus, indexed once a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.settings import Settings


@pytest.fixture(scope="session")
def sample(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """By words alone, as on a machine without the encoder."""
    with Assistant.open(tmp_path_factory.mktemp("样例") / "索引", Settings(encoder="none")) as assistant:
        assistant.sync(repo / "corpus")
        yield assistant
