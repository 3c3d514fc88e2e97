"""A real server over the small library: what a client of another make speaks to is a socket, not an object."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from library import Library
from served import Served

from qa.journal import Journal
from qa.settings import Settings
from qa.web.app import create_app


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests here, once its chat is there; each test's changes of the library are undone by it."""
    place = tmp_path_factory.mktemp("programs")
    library, journal = Library(), Journal(place / "journal.sqlite")
    app = create_app(library, Settings(index=place, mcp_hosts="youju.test"), journal=journal)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=2))
        # A daemon: a question left hanging by a failed test must not keep the whole run from its end.
        thread = threading.Thread(target=lambda: server.run(sockets=[taken]), daemon=True)
        thread.start()
        try:
            deadline = time.monotonic() + 60
            while not app.state.gate.ready.is_set():
                assert time.monotonic() < deadline, "the chat did not start"
                time.sleep(0.05)
            yield Served(f"http://127.0.0.1:{taken.getsockname()[1]}", library, journal)
        finally:
            server.should_exit = True
            thread.join(20)
            journal.close()


@pytest.fixture(autouse=True)
def _as_it_was(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "served" in request.fixturenames:
        library = request.getfixturevalue("served").library
        library.error, library.encoder, library.asked = None, None, []
