"""What cosine a question gets by chance in this library: the measure that makes encoders and questions comparable.

Cosines have no absolute meaning: e5's lie between .75 and .9, another model's around 0, and a question of common words
is near everything. So a cosine is told in standard deviations above the mean over an even sample of the library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.protocols import Vectors
from qa.store import Snapshot

SAMPLE = 1000
"""Passages and sentences sampled: the mean is then within .03 standard deviations."""
NARROW = 0.01
"""The least standard deviation taken: in a library of a few like passages the sample's own may be next to nothing."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation of a question's cosines over the sample."""

    mean: float
    spread: float

    def __call__(self, cosines: Sequence[float] | npt.NDArray[np.floating]) -> Floats:
        """Cosines → standard deviations above the mean."""
        return (np.asarray(cosines, np.float64) - self.mean) / self.spread


@dataclass(frozen=True, slots=True)
class Ground:
    """Sampled rows of unit length: ``passages`` (n, dim), ``sentences`` (m, dim), m = 0 where there are none yet."""

    passages: Vectors
    sentences: Vectors

    @classmethod
    def of(cls, snapshot: Snapshot) -> Ground | None:
        """None where no passage has a vector."""
        if snapshot.vectors is None or not len(snapshot.vectors):
            return None
        ids = snapshot.vectors.ids()
        passages = snapshot.vectors.get(ids[:: max(1, len(ids) // SAMPLE)])
        none = np.empty((0, snapshot.vectors.dim), np.float32)
        return cls(passages, snapshot.sentences.sample(SAMPLE) if snapshot.sentences is not None else none)

    def scales(self, vector: Vectors) -> tuple[Scale, Scale]:
        """For passages and for sentences, of a unit row ``(1, dim)``; passages' for both without sentences."""
        passages = _scale(self.passages @ vector[0])
        return passages, _scale(self.sentences @ vector[0]) if len(self.sentences) else passages


def _scale(cosines: npt.NDArray[np.floating]) -> Scale:
    return Scale(float(cosines.mean()), max(NARROW, float(cosines.std())))
