"""The health report (体检报告): how well each file was read, which are the same, and what to do about the rest."""

from qa.health.odd import Odd, odd_characters
from qa.health.report import FileHealth, Finding, Health, Held, Urgent, examine, of, select
from qa.health.words import LEVELS, describe, heading, todo

__all__ = [
    "LEVELS",
    "FileHealth",
    "Finding",
    "Health",
    "Held",
    "Odd",
    "Urgent",
    "describe",
    "examine",
    "heading",
    "odd_characters",
    "of",
    "select",
    "todo",
]
