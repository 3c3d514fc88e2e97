"""The slow half of a sync: vectors for the passages that have none yet."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from qa.encode import open_encoder
from qa.errors import EncoderUnavailable, QAError
from qa.protocols import Encoder, Report
from qa.settings import Settings
from qa.store import Manifest, Snapshot, VectorCache, cached_vectors, prune, publish_vectors
from qa.types import Progress

BATCH = 64
"""Passages a transaction: what a kill can cost, some five seconds of work."""

WINDOW = 8 * BATCH
"""Passages sorted by length together: batches of like lengths waste little, and the useful order holds at large."""

FIRST_PUBLISH, LAST_PUBLISH = 10.0, 120.0
"""Seconds between publications of vectors: soon at first, each interval double the one before, up to the last."""


def encode_missing(
    index: Path, manifest: Manifest, cache: VectorCache, settings: Settings, report: Report
) -> tuple[Manifest, int]:
    """Encode what has no vector and publish it from time to time; returns the last manifest and how many were encoded.

    Raises EncoderUnavailable where there is no encoder to be had.
    """
    snapshot = Snapshot.open(index)
    try:
        passages = snapshot.passages()
        name = manifest.encoder
        known = cache.get(name, [passage for _, passage in passages]) if name is not None else {}
        missing = _distinct([(number, passage) for number, passage in passages if passage not in known])
        if not missing and name is not None:
            published = snapshot.manifest.encoder == name and snapshot.counts.vectors == len(passages)
            # A kill between the last batch and its publication leaves vectors in the cache only.
            return (manifest if published else _publish(index, manifest, cache, name, passages)), 0
        report(Progress("encoder", 0, 1))
        encoder = open_encoder(settings, report)
        if encoder is None:
            return manifest, 0
        if encoder.name != name:
            raise EncoderUnavailable(f"编码器自称 {encoder.name}，预期是 {name}", "请重新同步")
        report(Progress("encoder", 1, 1))
        return _encode(index, manifest, cache, encoder, report, snapshot, missing, passages), len(missing)
    finally:
        snapshot.close()


def _encode(
    index: Path,
    manifest: Manifest,
    cache: VectorCache,
    encoder: Encoder,
    report: Report,
    snapshot: Snapshot,
    missing: Sequence[tuple[int, bytes]],
    passages: Sequence[tuple[int, bytes]],
) -> Manifest:
    total = len(passages)
    had = total - len(missing)
    report(Progress("vectors", had, total))
    interval, last, done = FIRST_PUBLISH, time.monotonic(), 0
    for begin in range(0, len(missing), WINDOW):
        window = missing[begin : begin + WINDOW]
        texts = snapshot.passage_texts([number for number, _ in window])
        window = sorted(window, key=lambda item: (len(texts[item[0]]), item[0]))
        for first in range(0, len(window), BATCH):
            batch = window[first : first + BATCH]
            vectors = encoder.encode_passages([texts[number] for number, _ in batch])
            if vectors.shape != (len(batch), encoder.dim):
                raise QAError(f"编码器 {encoder.name} 给出形状 {vectors.shape}，应为 {(len(batch), encoder.dim)}")
            cache.put(encoder.name, [passage for _, passage in batch], vectors)
            done += len(batch)
            report(Progress("vectors", had + done, total))
            if time.monotonic() - last >= interval and done < len(missing):
                manifest = _publish(index, manifest, cache, encoder.name, passages)
                interval, last = min(2 * interval, LAST_PUBLISH), time.monotonic()
    return _publish(index, manifest, cache, encoder.name, passages)


def _publish(
    index: Path, manifest: Manifest, cache: VectorCache, encoder: str, passages: Sequence[tuple[int, bytes]]
) -> Manifest:
    vectors = cached_vectors(cache, encoder, passages)
    if vectors is None:
        return manifest
    manifest = publish_vectors(index, manifest, vectors, encoder)
    prune(index)
    return manifest


def _distinct(passages: Sequence[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """One chunk of each passage, in the order given."""
    first: dict[bytes, int] = {}
    for number, passage in passages:
        first.setdefault(passage, number)
    return [(number, passage) for passage, number in first.items()]
