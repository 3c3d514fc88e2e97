"""A running application over the hand-made library; Gradio is imported once for all tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from library import Library

from qa.journal import Journal
from qa.settings import Settings
from qa.web.app import create_app


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.sqlite")
    yield made
    made.close()


@pytest.fixture
def client(library: Library, journal: Journal) -> Iterator[TestClient]:
    """The application once its chat is ready: what warnings do is not a thread's own, so none may still be building."""
    with TestClient(create_app(library, Settings(), journal=journal)) as made:
        deadline = time.monotonic() + 60
        while made.get("/").status_code == 503:
            assert time.monotonic() < deadline, "the chat did not start"
            time.sleep(0.05)
        yield made
