"""The write path: a folder of files → a published index that says the same."""

from qa.build.scan import scan, unsupported
from qa.build.syncing import complete, sync

__all__ = ["complete", "scan", "sync", "unsupported"]
