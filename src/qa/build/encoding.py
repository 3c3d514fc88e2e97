"""The slow half of a sync: vectors for the passages that have none yet, then for their sentences."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.encode import open_encoder
from qa.errors import EncoderUnavailable, QAError
from qa.protocols import Encoder, Report
from qa.sentences import encoded_texts
from qa.settings import Settings
from qa.store import (
    Encoded,
    Manifest,
    Snapshot,
    VectorCache,
    digest,
    grown_sentences,
    grown_vectors,
    prune,
    publish_encoded,
)
from qa.types import Progress

BATCH, SENTENCE_BATCH = 64, 256
"""Passages and sentences a transaction: what a kill can cost, some five seconds of work or less."""

WINDOW = 8
"""Batches of texts sorted by length together: batches of like lengths waste little, the useful order holds at large."""

FIRST_PUBLISH, LAST_PUBLISH = 10.0, 120.0
"""Seconds between publications of vectors: soon at first, each interval double the one before, up to the last, which is
that of sentences all along: each publication reads back all that there are (2 s for 120,000)."""

Item = tuple[int, bytes]
"""A chunk's id, and the hash of its passage or of one of its sentences."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A kind of text to be encoded.

    Attributes:
        items: Those without a published vector, in useful order; of equal texts the first.
        there: How many more are published.
        texts: Hash → text, for the items given; hashes that this code doesn't make of the chunk are left out.
        make: The part of a generation that what is published and the cache's rows make.
    """

    stage: str
    items: Sequence[Item]
    there: int
    texts: Callable[[Sequence[Item]], dict[bytes, str]]
    make: Callable[[], Encoded]
    batch: int
    interval: float


def encode_missing(
    index: Path, manifest: Manifest, cache: VectorCache, settings: Settings, report: Report
) -> tuple[Manifest, int]:
    """Encode what has no vector of ``manifest.encoder`` and publish it from time to time.

    Returns the last manifest and how many passages were encoded. Raises EncoderUnavailable where there is no encoder
    to be had.
    """
    name, counts = manifest.encoder, manifest.counts
    if name is None or counts.vectors == counts.sentences == counts.chunks:
        return manifest, 0
    snapshot = Snapshot.open(index)
    try:
        tasks = _tasks(snapshot, cache, name)
        missing = [_missing(task, cache, name) for task in tasks]
        encoder = _opened(settings, name, report) if any(missing) else None
        for task, items in zip(tasks, missing, strict=True):
            if encoder is not None and items:
                manifest = _run(index, manifest, cache, encoder, report, task, items)
            elif task.items:
                # A kill between the last batch and its publication leaves vectors in the cache only.
                manifest = _publish(index, manifest, task)
        return manifest, len(missing[0])
    finally:
        snapshot.close()


def _tasks(snapshot: Snapshot, cache: VectorCache, name: str) -> tuple[_Task, _Task]:
    same = snapshot.manifest.encoder == name
    vectors, sentences = (snapshot.vectors, snapshot.sentences) if same else (None, None)
    with_vector = snapshot.vector_ids if same else frozenset()
    with_sentences = set(sentences.ids()) if sentences is not None else set()
    order = snapshot.passages()
    passages = [item for item in order if item[0] not in with_vector]
    spoken = snapshot.sentence_hashes([number for number, _ in order if number not in with_sentences])
    items = [(number, key) for number, keys in spoken for key in keys]

    def passage_texts(items: Sequence[Item]) -> dict[bytes, str]:
        held = snapshot.passage_texts([number for number, _ in items])
        return {key: held[number] for number, key in items}

    def sentence_texts(items: Sequence[Item]) -> dict[bytes, str]:
        held = snapshot.chunks(list({number for number, _ in items}))
        wanted = {key for _, key in items}
        texts = ((digest(text), text) for chunk in held.values() for text in encoded_texts(chunk))
        return {key: text for key, text in texts if key in wanted}

    def grown() -> Encoded:
        return Encoded(sentences=grown_sentences(sentences, cache, name, spoken, snapshot.sentence_hashes))

    return (
        _Task(
            *("vectors", _distinct(passages), len(with_vector), passage_texts),
            *(lambda: Encoded(vectors=grown_vectors(vectors, cache, name, passages)), BATCH, FIRST_PUBLISH),
        ),
        _Task(
            *("sentences", _distinct(items), len(sentences) if sentences is not None else 0, sentence_texts),
            *(grown, SENTENCE_BATCH, LAST_PUBLISH),
        ),
    )


def _missing(task: _Task, cache: VectorCache, name: str) -> list[Item]:
    known = cache.known(name, [key for _, key in task.items])
    return [item for item in task.items if item[1] not in known]


def _opened(settings: Settings, name: str, report: Report) -> Encoder | None:
    report(Progress("encoder", 0, 1))
    encoder = open_encoder(settings, report)
    if encoder is not None and encoder.name != name:
        raise EncoderUnavailable(f"编码器自称 {encoder.name}，预期是 {name}", "请重新同步")
    report(Progress("encoder", 1, 1))
    return encoder


def _run(
    index: Path,
    manifest: Manifest,
    cache: VectorCache,
    encoder: Encoder,
    report: Report,
    task: _Task,
    missing: Sequence[Item],
) -> Manifest:
    total = task.there + len(task.items)
    done = total - len(missing)
    report(Progress(task.stage, done, total))
    interval, last = task.interval, time.monotonic()
    for encoded in _encode(task, missing, encoder, cache):
        done += encoded
        report(Progress(task.stage, done, total))
        if time.monotonic() - last >= interval and done < total:
            manifest = _publish(index, manifest, task)
            interval, last = min(2 * interval, LAST_PUBLISH), time.monotonic()
    return _publish(index, manifest, task)


def _encode(task: _Task, missing: Sequence[Item], encoder: Encoder, cache: VectorCache) -> Iterator[int]:
    """Yields how many after each batch, which is in the cache by then."""
    for begin in range(0, len(missing), WINDOW * task.batch):
        texts = task.texts(missing[begin : begin + WINDOW * task.batch])
        keys = sorted(texts, key=lambda key: (len(texts[key]), key))
        for first in range(0, len(keys), task.batch):
            batch = keys[first : first + task.batch]
            vectors = encoder.encode_passages([texts[key] for key in batch])
            if vectors.shape != (len(batch), encoder.dim):
                raise QAError(f"编码器 {encoder.name} 给出形状 {vectors.shape}，应为 {(len(batch), encoder.dim)}")
            cache.put(encoder.name, batch, vectors)
            yield len(batch)


def _publish(index: Path, manifest: Manifest, task: _Task) -> Manifest:
    encoded = task.make()
    if encoded == Encoded():
        return manifest
    manifest = publish_encoded(index, manifest, encoded)
    prune(index)
    return manifest


def _distinct(items: Sequence[Item]) -> list[Item]:
    """One chunk of each text, in the order given."""
    first: dict[bytes, int] = {}
    for number, key in items:
        first.setdefault(key, number)
    return [(number, key) for key, number in first.items()]
