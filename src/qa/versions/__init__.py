"""Documents that say nearly the same, editions of one work, and what two of them change (新旧对照)."""

from qa.versions.compare import Comparison, Row, Run, Side, compare
from qa.versions.docx import docx
from qa.versions.editions import Edition, edition_groups, others
from qa.versions.near import SHARE, Sketches

__all__ = [
    "SHARE",
    "Comparison",
    "Edition",
    "Row",
    "Run",
    "Side",
    "Sketches",
    "compare",
    "docx",
    "edition_groups",
    "others",
]
