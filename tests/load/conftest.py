"""Reading what a test has written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qa.load import load
from qa.types import Loaded

MIB = 2**20


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Loaded]:
    """Write bytes (or UTF-8 text) under a name and load them."""

    def read_it(name: str, content: bytes | str, max_bytes: int = 64 * MIB) -> Loaded:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load(path, max_bytes)

    return read_it
