"""有据 Youju: answers about a library of Chinese texts, verbatim and cited."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.errors import QAError
    from qa.settings import Settings
    from qa.types import Answer, Citation, Hit, Scope

__all__ = ["Answer", "Assistant", "Citation", "Hit", "QAError", "Scope", "Settings"]

_HOME = {
    "Answer": "qa.types",
    "Assistant": "qa.assistant",
    "Citation": "qa.types",
    "Hit": "qa.types",
    "QAError": "qa.errors",
    "Scope": "qa.types",
    "Settings": "qa.settings",
}


def __getattr__(name: str) -> Any:
    """The public names, loaded when first asked for: ``import qa`` and ``--help`` stay quick."""
    if name not in _HOME:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
