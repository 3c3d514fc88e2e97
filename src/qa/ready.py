"""The encoder of an index: opened when it is first needed, and only if the index has its vectors."""

from __future__ import annotations

import logging
import threading

from qa.encode import encoder_name, open_encoder
from qa.errors import EncoderUnavailable
from qa.protocols import Encoder
from qa.settings import Settings
from qa.store import Snapshot

logger = logging.getLogger(__name__)


class ReadyEncoder:
    """Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._encoder: Encoder | None = None
        self._problem: str | None = None
        self._checked: int | None = None
        self._tried = False
        self._lock = threading.Lock()

    def of(self, snapshot: Snapshot) -> Encoder | None:
        """The encoder that made the index's vectors; None without vectors or where it can't be had: see ``problem``."""
        if self._settings.encoder == "none":
            return None
        with self._lock:
            self._check(snapshot)
            there = snapshot.vectors is not None and len(snapshot.vectors)
            if there and not self._tried and self._problem is None:
                self._tried = True
                try:
                    self._encoder = open_encoder(self._settings)
                except EncoderUnavailable as error:
                    self._problem = f"语义编码器不可用，暂按关键词检索。{error}"
                    logger.warning("%s", self._problem)
            return self._encoder if there else None

    def problem(self, snapshot: Snapshot) -> str | None:
        """Why questions are found by words alone, and what to do, in Chinese; else None. Opens nothing."""
        with self._lock:
            self._check(snapshot)
            return self._problem

    def _check(self, snapshot: Snapshot) -> None:
        """Once for each generation, until the encoder is there: can it be had, and is it the one of the vectors?"""
        if self._settings.encoder == "none" or self._checked == snapshot.generation or self._tried:
            return
        told = self._problem
        self._checked, self._problem = snapshot.generation, None
        try:
            made, wanted = snapshot.manifest.encoder, encoder_name(self._settings)
        except EncoderUnavailable as error:
            self._problem = f"语义编码器不可用，暂按关键词检索。{error}"
        else:
            if snapshot.counts.vectors and made != wanted:
                self._problem = (
                    f"索引的语义向量由编码器 {made} 制作，现在设置的是 {wanted}；暂按关键词检索。"
                    "请运行 python -m qa sync 用新编码器重做，或把 QA_ENCODER 改回。"
                )
        if self._problem not in (None, told):
            logger.warning("%s", self._problem)
