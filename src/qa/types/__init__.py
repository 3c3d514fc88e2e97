"""The data that flows through Youju.

Frozen and slotted: a value is made once, by the stage that owns it, and never changed. Every offset is in characters
(Unicode code points) of a document's canonical text and every range is half open, ``[start, end)``. Nothing else of
``qa`` is imported here.
"""

from qa.types.answers import (
    Answer,
    Citation,
    Hit,
    Kind,
    Sentence,
    Status,
    Suggestion,
    Twin,
    WordedSentence,
    Wording,
    WordingProblem,
)
from qa.types.library import DocumentInfo, LibraryStatus, Problem, Progress, SyncReport
from qa.types.scope import Scope, Sort, Standing
from qa.types.texts import (
    Block,
    Canonical,
    Chunk,
    Document,
    Facts,
    Loaded,
    Mark,
    PageKind,
    PageRead,
    PageStart,
    Section,
    page_kind,
)

__all__ = [
    "Answer",
    "Block",
    "Canonical",
    "Chunk",
    "Citation",
    "Document",
    "DocumentInfo",
    "Facts",
    "Hit",
    "Kind",
    "LibraryStatus",
    "Loaded",
    "Mark",
    "PageKind",
    "PageRead",
    "PageStart",
    "Problem",
    "Progress",
    "Scope",
    "Section",
    "Sentence",
    "Sort",
    "Standing",
    "Status",
    "Suggestion",
    "SyncReport",
    "Twin",
    "WordedSentence",
    "Wording",
    "WordingProblem",
    "page_kind",
]
