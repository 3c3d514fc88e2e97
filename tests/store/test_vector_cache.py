"""Vectors kept between generations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.protocols import Vectors
from qa.store import VectorCache


def rows(count: int, seed: int = 0) -> Vectors:
    made = np.random.default_rng(seed).normal(size=(count, 24)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def test_what_was_put_comes_back_to_half_precision(tmp_path: Path) -> None:
    cache, given = VectorCache.open(tmp_path), rows(1200)
    keys = [number.to_bytes(32, "big") for number in range(1200)]
    cache.put("e5", keys, given)
    cache.close()
    again = VectorCache.open(tmp_path)
    found = again.get("e5", [*keys, b"unknown"])
    assert sorted(found) == keys
    got = np.stack([found[key] for key in keys])
    assert got.dtype == np.float32
    assert np.allclose(got, given, atol=1e-3)
    assert np.allclose(np.linalg.norm(got, axis=1), 1, atol=1e-6)
    again.close()


def test_encoders_do_not_mix(tmp_path: Path) -> None:
    cache = VectorCache.open(tmp_path)
    cache.put("a", [b"k"], rows(1, 1))
    cache.put("b", [b"k"], rows(1, 2))
    assert np.allclose(cache.get("a", [b"k"])[b"k"], rows(1, 1)[0], atol=1e-3)
    assert cache.get("c", [b"k"]) == {}
    cache.close()


def test_a_row_that_is_no_unit_vector_is_not_believed(tmp_path: Path) -> None:
    cache = VectorCache.open(tmp_path)
    cache.put("a", [b"k", b"n"], np.array([[3.0, 4.0], [np.nan, 0.0]], np.float32))
    assert cache.get("a", [b"k", b"n"]) == {}
    cache.close()


@pytest.mark.parametrize(("spare", "left"), [(1, 2), (2, 4)])
def test_only_many_dead_rows_are_dropped(tmp_path: Path, spare: int, left: int) -> None:
    cache, keys = VectorCache.open(tmp_path), [b"1", b"2", b"3", b"4"]
    cache.put("a", keys, rows(4))
    cache.prune(keys[:2], spare)
    assert len(cache.get("a", keys)) == left
    cache.close()


def test_a_damaged_file_is_put_aside(tmp_path: Path) -> None:
    cache = VectorCache.open(tmp_path)
    cache.put("a", [bytes([number]) for number in range(200)], rows(200))
    cache.close()
    path = tmp_path / "cache" / "vectors.sqlite"
    path.write_bytes(b"no database at all" * 100)
    again = VectorCache.open(tmp_path)
    assert again.was_damaged
    assert again.get("a", [b"\x01"]) == {}
    again.put("a", [b"\x01"], rows(1))
    again.close()
    assert (tmp_path / "cache" / "vectors.sqlite.damaged").exists()
