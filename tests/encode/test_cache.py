"""The converted model: damage, a changed source, two processes, a kill at any moment."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qa.encode import cache, check_encoder, open_encoder, weights
from qa.encode.cache import MANIFEST, MODEL, TOKENIZER
from qa.errors import EncoderUnavailable
from qa.protocols import Encoder
from qa.settings import Settings
from qa.types import Progress

OPEN = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from qa.encode import cache
steps = []
def report(progress):
    steps.append(progress)
    print(progress.done, flush=True)
    if len(sys.argv) > 3 and progress.done == int(sys.argv[3]):
        import time
        time.sleep(60)
cache.ready(*cache.checked_source(), Path(sys.argv[2]), report)
"""


def start(repo: Path, place: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", OPEN, str(repo / "src"), str(place), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def copy(converted: Path, encoder: Encoder, tmp_path: Path) -> Path:
    """The cache with all but the two big files of its own: those are links until a test writes them anew."""
    place = tmp_path / "cache"
    shutil.copytree(converted, place, copy_function=os.link)
    return place / encoder.name


def damage(path: Path) -> None:
    """One bit in the middle, size kept; the linked original stays whole."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    path.write_bytes(data)


def left_over(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if ".tmp-" in path.name)


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, MANIFEST])
def test_a_damaged_file_is_found(copy: Path, name: str) -> None:
    assert cache.problems(copy) == []
    if name == MANIFEST:
        (copy / name).unlink()
        (copy / name).write_text('{"files": {', encoding="utf-8")
    else:
        damage(copy / name)
    (problem,) = cache.problems(copy)
    assert name in problem


def test_a_missing_or_short_file_is_found(copy: Path) -> None:
    (copy / "config.json").unlink()
    (copy / "modules.json").unlink()
    (copy / "modules.json").write_text("[]", encoding="utf-8")
    assert [Path(problem).name for problem in cache.problems(copy)] == ["config.json", "modules.json"]


def test_a_damaged_weight_that_serving_does_not_read_is_found_by_the_full_check(copy: Path) -> None:
    damage(copy / "model.safetensors")
    assert cache.problems(copy) == []
    (problem,) = check_encoder(Settings(cache=copy.parent))
    assert "model.safetensors" in problem


def test_a_damaged_model_is_made_again(copy: Path, encoder: Encoder) -> None:
    damage(copy / MODEL)
    steps: list[Progress] = []
    again = open_encoder(Settings(cache=copy.parent), steps.append)
    assert again is not None
    assert len(steps) == 6
    assert cache.problems(copy, full=True) == []
    assert left_over(copy.parent) == []
    assert (again.encode_queries(["问"]) == encoder.encode_queries(["问"])).all()


def test_a_whole_model_is_not_made_again(copy: Path) -> None:
    steps: list[Progress] = []
    assert open_encoder(Settings(cache=copy.parent), steps.append)
    assert steps == []


def test_a_damaged_folder_given_as_encoder_is_refused(copy: Path) -> None:
    damage(copy / MODEL)
    settings = Settings(encoder=str(copy))
    with pytest.raises(EncoderUnavailable, match=r"不完整.*model\.int8\.onnx.*重新拷贝"):
        open_encoder(settings)
    assert MODEL in check_encoder(settings)[0]


@pytest.mark.slow
def test_another_source_is_another_model(source: tuple[Path, str], copy: Path) -> None:
    """New weights get a folder and a name of their own and never the old conversion, which stays."""
    data = bytearray(source[0].read_bytes())
    data[-64:] = b"\0" * 64
    other = copy.parent / weights.FILE
    other.write_bytes(data)
    digest = weights.sha256(other)
    assert digest == hashlib.sha256(data).hexdigest()
    made = cache.ready(other, digest, copy.parent)
    assert made.name == cache.name_of(digest) != copy.name
    assert cache.problems(made) == cache.problems(copy) == []
    models = [(folder / MODEL).read_bytes() for folder in (made, copy)]
    assert models[0] != models[1]


@pytest.mark.parametrize("spoil", [lambda b: b"", lambda b: b"E5S2" + b[4:], lambda b: b[:5_000_000], lambda b: b[:9]])
def test_a_source_that_is_not_whole_is_refused(source: tuple[Path, str], tmp_path: Path, spoil) -> None:
    bad = tmp_path / weights.FILE
    bad.write_bytes(spoil(source[0].read_bytes()))
    with pytest.raises(EncoderUnavailable, match=r"不完整或格式不符.*force-reinstall"):
        cache.ready(bad, weights.sha256(bad), tmp_path / "cache")
    assert left_over(tmp_path / "cache") == []


def test_a_source_that_is_not_as_installed_is_refused(
    source: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "locate", lambda: (source[0], "0" * 64))
    with pytest.raises(EncoderUnavailable, match=r"已损坏（SHA-256"):
        open_encoder(Settings(cache=tmp_path))


def test_the_package_records_what_its_weights_are(source: tuple[Path, str]) -> None:
    assert weights.locate() == source


def test_a_cache_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(EncoderUnavailable, match=r"无法写入缓存文件夹.*QA_CACHE"):
        open_encoder(Settings(cache=tmp_path / "file" / "cache"))


def test_a_full_disk_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 10 << 20))
    with pytest.raises(EncoderUnavailable, match="700 MB"):
        open_encoder(Settings(cache=tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("step", [1, 3, 4])
def test_a_killed_conversion_leaves_no_model_and_no_lock(
    source: tuple[Path, str], repo: Path, tmp_path: Path, step: int
) -> None:
    place = tmp_path / "cache"
    running = start(repo, place, str(step))
    assert running.stdout is not None
    with running:
        while running.stdout.readline().strip() != str(step):
            assert running.poll() is None
        running.kill()
    folder = place / cache.name_of(source[1])
    assert left_over(place)
    assert not folder.exists()
    began = time.monotonic()
    cache.ready(*source, place)
    assert time.monotonic() - began < 60
    assert cache.problems(folder, full=True) == []
    assert left_over(place) == []


@pytest.mark.slow
def test_of_two_processes_one_converts_and_both_succeed(source: tuple[Path, str], repo: Path, tmp_path: Path) -> None:
    place = tmp_path / "cache"
    both = [start(repo, place), start(repo, place)]
    outputs = [each.communicate(timeout=120)[0].split() for each in both]
    assert [each.returncode for each in both] == [0, 0]
    assert sorted("5" in lines for lines in outputs) == [False, True]
    assert cache.problems(place / cache.name_of(source[1]), full=True) == []
    assert left_over(place) == []
