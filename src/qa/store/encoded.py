"""What is encoded, by its hash; the vectors that a generation has of it, and those that the cache adds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from qa.sentences import SentenceIndex, encoded_texts
from qa.store.cache import VectorCache
from qa.store.files import SENTENCES, VECTORS
from qa.store.manifest import Manifest
from qa.types import Chunk
from qa.vectors import FaissIndex

HASH = hashlib.sha256().digest_size
Spoken = Sequence[tuple[int, Sequence[bytes]]]


def digest(text: str) -> bytes:
    """Of what is encoded; with the encoder's name the key of the cache."""
    return hashlib.sha256(text.encode()).digest()


def sentence_digests(chunk: Chunk) -> bytes:
    """Those of the chunk's sentences, one behind the other."""
    return b"".join(digest(text) for text in encoded_texts(chunk))


def apart(digests: bytes) -> list[bytes]:
    """The single ones."""
    return [digests[at : at + HASH] for at in range(0, len(digests), HASH)]


def held_vectors(folder: Path, manifest: Manifest) -> FaissIndex | None:
    """The vectors of the generation in ``folder`` that still hold; None where there are none.

    Raises IndexUnavailable where the file is damaged.
    """
    if manifest.dim is None or VECTORS not in manifest.files:
        return None
    vectors = FaissIndex.from_bytes((folder / VECTORS).read_bytes(), manifest.dim)
    if gone := manifest.gone.get(VECTORS):
        vectors.remove(gone)
    return vectors


def held_sentences(folder: Path, manifest: Manifest) -> SentenceIndex | None:
    """The same of its sentences."""
    if manifest.dim is None or SENTENCES not in manifest.files:
        return None
    sentences = SentenceIndex.from_bytes((folder / SENTENCES).read_bytes(), manifest.dim)
    return sentences.without(manifest.gone.get(SENTENCES, ()))


def grown_vectors(
    held: FaissIndex | None, cache: VectorCache, encoder: str, passages: Sequence[tuple[int, bytes]]
) -> FaissIndex | None:
    """``held``, to which are added those of the (chunk id, passage hash) that the cache has; None where it is empty."""
    known = cache.get(encoder, list({passage for _, passage in passages}))
    there = [(number, known[passage]) for number, passage in passages if passage in known]
    if there:
        held = FaissIndex(len(there[0][1])) if held is None else held
        held.add([number for number, _ in there], np.stack([row for _, row in there]))
    return held if held is not None and len(held) else None


def grown_sentences(
    held: SentenceIndex | None, cache: VectorCache, encoder: str, spoken: Spoken, everything: Callable[[], Spoken]
) -> SentenceIndex | None:
    """``held`` and those of the (chunk id, hashes of its sentences) of which the cache has all; None where it is empty.

    Where they don't fit the ranges that ``held`` is coded in, it is coded anew from the cache's rows of ``everything``.
    """
    wanted = list(dict.fromkeys(key for _, keys in spoken for key in keys))
    rows: dict[bytes, int] = {}
    vectors = np.empty((0, 0), np.float16)
    for keys, batch in cache.batches(encoder, wanted):
        if not rows and keys:
            # In half precision, as they are in the cache: all of them are held at once.
            vectors = np.empty((len(wanted), batch.shape[1]), np.float16)
        vectors[len(rows) : len(rows) + len(keys)] = batch
        rows.update(zip(keys, range(len(rows), len(rows) + len(keys)), strict=True))
    whole = {n: [rows[key] for key in keys] for n, keys in spoken if keys and all(key in rows for key in keys)}
    if whole and held is not None and len(held):
        joined = held.joined(whole, vectors[: len(rows)])
        return joined if joined is not None else grown_sentences(None, cache, encoder, everything(), everything)
    if whole:
        return SentenceIndex.build(whole, vectors[: len(rows)])
    return held if held is not None and len(held) else None
