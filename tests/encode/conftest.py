"""One conversion for the whole session, made by the code under test, so never an old one."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.encode import cache, open_encoder
from qa.errors import EncoderUnavailable
from qa.protocols import Encoder
from qa.settings import Settings
from qa.types import Progress


@pytest.fixture(scope="session")
def source() -> tuple[Path, str]:
    try:
        return cache.checked_source()
    except EncoderUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def reports() -> list[Progress]:
    return []


@pytest.fixture(scope="session")
def converted(source: tuple[Path, str], reports: list[Progress], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache folder; its name holds Chinese and a space, as a user's may."""
    place = tmp_path_factory.mktemp("model") / "缓存 文件夹"
    assert open_encoder(Settings(cache=place), reports.append)
    return place


@pytest.fixture(scope="session")
def encoder(converted: Path) -> Encoder:
    made = open_encoder(Settings(cache=converted, threads=2))
    assert made is not None
    return made
