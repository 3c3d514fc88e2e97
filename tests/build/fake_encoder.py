"""Vectors from the text's own bytes, the same in every process; slow on demand, so that it can be killed at work."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from qa.protocols import Vectors
from qa.store import Snapshot


class FakeEncoder:
    def __init__(self, name: str = "fake-8", pause: float = 0.0) -> None:
        self.name, self.dim, self.pause = name, 8, pause
        self.asked: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        time.sleep(self.pause * len(texts))
        rows = np.array([list(hashlib.sha256(text.encode()).digest()[:8]) for text in texts], np.float32).reshape(-1, 8)
        rows += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    encode_queries = encode_passages

    def passages(self, index: Path) -> list[str]:
        """What was asked for that is a passage of the index, not a sentence."""
        snapshot = Snapshot.open(index)
        held = set(snapshot.passage_texts([number for number, _ in snapshot.passages()]).values())
        snapshot.close()
        return [text for text in self.asked if text in held]

    def install(self, put: Callable[[str, object], None]) -> None:
        """In the place of the model, wherever sync asks for it."""
        put("qa.build.encoding.open_encoder", lambda settings, report=None: self)
        put("qa.build.syncing.encoder_name", lambda settings: self.name)
