"""What index/ looks like and how it is opened; docs/index-format.md describes it for people."""

from qa.store.cache import VectorCache
from qa.store.files import FORMAT, guarded
from qa.store.lock import Writer, read_progress
from qa.store.manifest import Counts, Manifest, current_generation
from qa.store.snapshot import Snapshot
from qa.store.staging import Entry, FileState, Staging, cached_vectors, clear_leftovers, prune, publish_vectors

__all__ = [
    "FORMAT",
    "Counts",
    "Entry",
    "FileState",
    "Manifest",
    "Snapshot",
    "Staging",
    "VectorCache",
    "Writer",
    "cached_vectors",
    "clear_leftovers",
    "current_generation",
    "guarded",
    "prune",
    "publish_vectors",
    "read_progress",
]
