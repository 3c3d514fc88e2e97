"""What index/ looks like and how it is opened; docs/index-format.md describes it for people."""

from qa.store.cache import VectorCache
from qa.store.encoded import apart, digest, grown_sentences, grown_vectors
from qa.store.files import FORMAT, LEXICAL, guarded
from qa.store.lock import Writer, is_locked, read_progress
from qa.store.manifest import Counts, Manifest, current_generation, refuse_newer
from qa.store.migrate import Step, advance
from qa.store.publish import Encoded, carry_forward, clear_leftovers, prune, publish_encoded
from qa.store.recognised import RecognisedPages
from qa.store.refill import refill
from qa.store.schema import packed
from qa.store.snapshot import Snapshot
from qa.store.staging import Entry, FileState, Staging, entry

__all__ = [
    "FORMAT",
    "LEXICAL",
    "Counts",
    "Encoded",
    "Entry",
    "FileState",
    "Manifest",
    "RecognisedPages",
    "Snapshot",
    "Staging",
    "Step",
    "VectorCache",
    "Writer",
    "advance",
    "apart",
    "carry_forward",
    "clear_leftovers",
    "current_generation",
    "digest",
    "entry",
    "grown_sentences",
    "grown_vectors",
    "guarded",
    "is_locked",
    "packed",
    "prune",
    "publish_encoded",
    "read_progress",
    "refill",
    "refuse_newer",
]
