"""How much memory a file will take, told before it is taken: a text too big is refused in seconds, with what to do."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from qa.errors import ReadError
from qa.types import Block

_MB = 2**20

BASE = 140 * _MB
"""The reading process with its segmenter, and a batch of passages with their tokens."""

COPIES, LINE = 3, 450
"""A text is there as read, in lines and joined, and a line takes so many bytes beside its characters. Measured against
estimated for 20 MB: articles and items 215 and 231 MB, numbered lines 268 and 268, long paragraphs 187 and 198, text
wrapped at 38 characters 188 and 281; for 10 MB of lines of four characters 406 and 512."""

LEAST, USUAL = 4, 5
"""Bytes that a byte of a text file takes at the least, to be decoded (itself, one while all letters are narrow, then
two: 250 MB failed in 1,024), and in a book of articles to be read."""


@dataclass(frozen=True, slots=True)
class Room:
    """``memory`` bytes for reading a file of ``size`` bytes."""

    size: int
    memory: int

    def refuse_at_sight(self, suffix: str) -> None:
        """Raises ReadError where the file can't fit, whatever is in it."""
        plain = suffix.lower() in (".txt", ".text", ".md", ".markdown")
        if BASE + self.size * (LEAST if plain else 1) > self.memory:
            raise self._refusal(BASE + self.size * (USUAL if plain else 1))

    def refuse(self, blocks: Sequence[Block]) -> None:
        """Raises ReadError where what was read of it is too much text."""
        lines = len(blocks) + sum(block.text.count("\n") for block in blocks)
        need = BASE + COPIES * sum(sys.getsizeof(block.text) for block in blocks) + LINE * lines
        if need > self.memory:
            raise self._refusal(need)

    def _refusal(self, need: int) -> ReadError:
        parts = math.ceil((need - BASE) / (0.8 * max(self.memory - BASE, _MB)))
        raised = math.ceil(need / _MB / 256) * 256
        return ReadError(
            f"文件有 {self.size / _MB:.1f} MB，文字太多，读取约需 {need / _MB:.0f} MB 内存，"
            f"超过上限 {self.memory / _MB:.0f} MB，没有收入",
            f"请按章节或年份拆分成 {max(2, parts)} 个以上的文件；内存充足时也可以把 QA_READ_MEMORY_MB 调高到 {raised}",
        )
