"""What index/ looks like and how it is opened; docs/index-format.md describes it for people."""

from qa.store.cache import VectorCache
from qa.store.encoded import apart, cached_sentences, cached_vectors, digest
from qa.store.files import FORMAT, guarded
from qa.store.lock import Writer, is_locked, read_progress
from qa.store.manifest import Counts, Manifest, current_generation
from qa.store.snapshot import Snapshot
from qa.store.staging import (
    Encoded,
    Entry,
    FileState,
    Staging,
    clear_leftovers,
    entry,
    prune,
    publish_encoded,
)

__all__ = [
    "FORMAT",
    "Counts",
    "Encoded",
    "Entry",
    "FileState",
    "Manifest",
    "Snapshot",
    "Staging",
    "VectorCache",
    "Writer",
    "apart",
    "cached_sentences",
    "cached_vectors",
    "clear_leftovers",
    "current_generation",
    "digest",
    "entry",
    "guarded",
    "is_locked",
    "prune",
    "publish_encoded",
    "read_progress",
]
