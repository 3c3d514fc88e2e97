"""The write path: a folder of files → a published index that says the same."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.build.syncing import complete, sync

__all__ = ["complete", "sync"]


def __getattr__(name: str) -> Any:
    """Loaded when first asked for: a process that only reads files starts in half the time without the encoder."""
    if name not in __all__:
        raise AttributeError(f"module 'qa.build' has no attribute {name!r}")
    return getattr(import_module("qa.build.syncing"), name)
