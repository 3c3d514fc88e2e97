"""The write path: a folder of files → a published index that says the same."""

from qa.build.sync import sync

__all__ = ["sync"]
