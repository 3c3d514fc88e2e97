"""What every test stands on: no network, no settings from outside, a place of its own, the same random choices.

Tiers: a plain test takes well under ten seconds and needs nothing but this checkout; ``slow`` takes longer; ``shared``
needs the real texts beside the checkout; ``browser`` drives chromium. Each is skipped, with the reason, where it can't
run.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts

REPO = Path(__file__).resolve().parent.parent
SHARED = REPO.parent / "shared"

settings.register_profile(
    "youju",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=int(os.environ.get("YOUJU_EXAMPLES", "60")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("youju")


def pytest_configure(config: pytest.Config) -> None:
    """Fixed for the whole run, so that fixtures of any scope and child processes see it."""
    for name in [name for name in os.environ if name.startswith("QA_")]:
        del os.environ[name]
    os.environ.update(
        HF_HUB_OFFLINE="1",
        HF_HUB_DISABLE_TELEMETRY="1",
        TRANSFORMERS_OFFLINE="1",
        TOKENIZERS_PARALLELISM="false",
        GRADIO_ANALYTICS_ENABLED="False",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the fixtures: sockets reach this machine only."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _place_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh working folder (no youju.toml, no index/), home and cache: a test can't touch the developer's own."""
    place = tmp_path_factory.mktemp("place")
    for name in ("work", "home", "cache"):
        (place / name).mkdir()
    monkeypatch.chdir(place / "work")
    monkeypatch.setenv("HOME", str(place / "home"))
    monkeypatch.setenv("USERPROFILE", str(place / "home"))
    monkeypatch.setenv("QA_CACHE", str(place / "cache"))


@pytest.fixture(scope="session")
def encoder_cache(pytestconfig: pytest.Config) -> Path:
    """A cache folder kept between runs, for tests that need the converted model: give it as ``Settings(cache=…)``.

    What is in it is checked by SHA-256 at each use, so nothing stale is believed.
    """
    return pytestconfig.cache.mkdir("encoder") if pytestconfig.cache else Path(".pytest_cache/encoder").resolve()


@pytest.fixture(scope="session")
def repo() -> Path:
    """The checkout."""
    return REPO


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real texts and questions; skips where it is not there."""
    if not (SHARED / "corpus").is_dir():
        pytest.skip("没有 ../shared/corpus（真实语料），跳过")
    return SHARED
