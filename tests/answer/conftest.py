"""The reading room, built once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from reading_room import build

from qa.assistant import Assistant


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Answers whatever it finds: how sure it must be is another test's subject."""
    with build(tmp_path_factory.mktemp("room"), threshold=0.01) as assistant:
        yield assistant
