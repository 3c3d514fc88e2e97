"""The ablation's table: a shipped ranking below the better half is marked, one as good is not."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from qa.types import Chunk

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def ablation() -> ModuleType:
    sys.path.insert(0, str(REPO / "bench"))
    try:
        import ablation  # type: ignore[import-not-found]

        return ablation
    finally:
        sys.path.remove(str(REPO / "bench"))


def test_below_the_better_half_is_marked(ablation: ModuleType) -> None:
    first = {"words": 1, "passages": None, "sentences": 2, "vectors": None, "sum": 6, "shipped": 2}
    second = {"words": None, "passages": None, "sentences": 11, "vectors": None, "sum": 1, "shipped": 1}
    *_, both, shipped = ablation.cells([first, second])
    assert (both, shipped) == ("0.500 / 0.500 / 1.000", "0.500 / 1.000 / 1.000")
    assert ablation.cells([first])[-1] == "0.000▼ / 1.000 / 1.000"


def test_standard_scores_by_hand(ablation: ModuleType) -> None:
    assert ablation.standard(np.array([1.0, 3.0])).tolist() == [-1.0, 1.0]
    assert ablation.standard(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]
    assert ablation.standard(np.zeros(0)).tolist() == []


def test_equal_texts_count_once(ablation: ModuleType) -> None:
    chunks = [Chunk(i, "d", 0, len(text), None, text) for i, text in enumerate(["灯 亮", "井深", "灯亮"])]
    assert [chunk.id for chunk in ablation.distinct(chunks)] == [0, 1]
