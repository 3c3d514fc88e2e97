"""What is encoded, by its hash, and the vectors that the cache has of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from qa.sentences import SentenceIndex, encoded_texts
from qa.store.cache import VectorCache
from qa.types import Chunk
from qa.vectors import FaissIndex

_SIZE = hashlib.sha256().digest_size


def digest(text: str) -> bytes:
    """Of what is encoded; with the encoder's name the key of the cache."""
    return hashlib.sha256(text.encode()).digest()


def sentence_digests(chunk: Chunk) -> bytes:
    """Those of the chunk's sentences, one behind the other."""
    return b"".join(digest(text) for text in encoded_texts(chunk))


def apart(digests: bytes) -> list[bytes]:
    """The single ones."""
    return [digests[at : at + _SIZE] for at in range(0, len(digests), _SIZE)]


def cached_vectors(
    cache: VectorCache | None, encoder: str | None, passages: Sequence[tuple[int, bytes]]
) -> FaissIndex | None:
    """Index over the (chunk id, passage hash) that have a vector; None where none has."""
    if cache is None or encoder is None:
        return None
    known = cache.get(encoder, list({passage for _, passage in passages}))
    there = [(number, known[passage]) for number, passage in passages if passage in known]
    if not there:
        return None
    vectors = FaissIndex(len(there[0][1]))
    vectors.add([number for number, _ in there], np.stack([row for _, row in there]))
    return vectors


def cached_sentences(
    cache: VectorCache | None, encoder: str | None, spoken: Sequence[tuple[int, Sequence[bytes]]]
) -> SentenceIndex | None:
    """Index over the (chunk id, hashes of its sentences) of which all have a vector; None where there is no such."""
    if cache is None or encoder is None:
        return None
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
    return SentenceIndex.build(whole, vectors[: len(rows)]) if whole else None
