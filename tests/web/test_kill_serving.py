"""kill -9 of a real server while it takes a file in and while it reads all again; bench/kill_serving.py does many."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

REPO = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 只在 POSIX 上有")


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    sys.path.insert(0, str(REPO / "bench"))
    try:
        import kill_serving  # type: ignore[import-not-found]

        return kill_serving
    finally:
        sys.path.remove(str(REPO / "bench"))


def test_nothing_is_lost_or_half_done(bench: ModuleType, tmp_path: Path) -> None:
    """The seeds end the replacing upload at 0.65 of its 0.8 s, the rebuild while files are read or soon after."""
    site = bench.Site(tmp_path)
    site.fill()
    with site:
        for kind, seed in (("replace", 15), ("rebuild", 4)):
            bench.round_of(site, kind, seed)


def test_a_fault_is_seen(bench: ModuleType, tmp_path: Path) -> None:
    site = bench.Site(tmp_path)
    site.fill()
    bench.check_index(site)
    whole = site.held["苗圃.txt"]
    deed = bench.Deed("replace", "苗圃.txt", bench.body("新苗圃"))
    (site.corpus / "苗圃.txt").write_bytes(deed.data[: len(deed.data) // 2])
    with pytest.raises(bench.Fault, match=r"苗圃.txt: \d+ bytes of"):
        bench.check_folder(site, deed, whole)
    (site.corpus / "苗圃.txt").write_bytes(deed.data)
    with pytest.raises(bench.Fault, match=r"what 苗圃.txt replaced is lost"):
        bench.check_folder(site, deed, whole)
    site.held["苗圃.txt"] = deed.data
    with pytest.raises(bench.Fault, match="of other bytes"):
        bench.check_index(site)
