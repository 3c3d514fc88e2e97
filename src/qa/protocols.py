"""Extension points: what a part must offer to take another's place.

Plain Protocols, no base classes. One score convention everywhere: higher is better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from qa.types import Answer, Hit, Progress

Vectors = npt.NDArray[np.float32]
Report = Callable[[Progress], None]
"""Called from time to time by long jobs, on the thread that does the work; must be quick and must not raise."""


@runtime_checkable
class Encoder(Protocol):
    """Turns texts into unit vectors. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """Identifies model and conversion: two encoders of one name give the same vectors. Part of the cache key."""

    @property
    def dim(self) -> int: ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Float32 ``(len(texts), dim)``, rows of unit length in the order given; ``(0, dim)`` for no texts."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """As ``encode_queries``, with the model's passage prompt."""


@runtime_checkable
class VectorIndex(Protocol):
    """Nearest vectors by cosine."""

    def __len__(self) -> int: ...

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add unit rows; an id that is there already is replaced. Raises InputError on a wrong shape."""

    def remove(self, ids: Sequence[int]) -> None:
        """Unknown ids are ignored."""

    def search(self, queries: Vectors, k: int) -> list[list[tuple[int, float]]]:
        """Per query up to ``k`` pairs (id, cosine in [-1, 1]), best first, ties by id; never padding."""


@runtime_checkable
class LexicalIndex(Protocol):
    """BM25 over a passage's tokens and those of its head (file name, title, headings above it) that it lacks."""

    def __len__(self) -> int: ...

    def add(self, ids: Sequence[int], bodies: Sequence[Sequence[str]], heads: Sequence[Sequence[str]]) -> None:
        """Tokens hold no white space. Visible to ``search`` after ``commit``."""

    def remove(self, ids: Sequence[int]) -> None:
        """Unknown ids are ignored."""

    def commit(self) -> None: ...

    def search(self, tokens: Sequence[str], k: int) -> list[tuple[int, float]]:
        """Up to ``k`` pairs (id, score > 0), best first, ties by id: the sum of BM25 over the tokens."""

    def frequency(self, tokens: Sequence[str]) -> list[int]:
        """For each token the number of passages whose body holds it."""


@runtime_checkable
class Answerer(Protocol):
    """Question and ranked hits → answer. Extractive by default; a language model may be a second one."""

    def __call__(self, question: str, hits: Sequence[Hit]) -> Answer: ...
