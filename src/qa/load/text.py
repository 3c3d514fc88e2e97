"""Plain text and comma-separated tables."""

from __future__ import annotations

import csv
import io

from qa.load.encoding import decode
from qa.load.tables import rows_text
from qa.types import Block, Loaded


def read_text(data: bytes) -> Loaded:
    """One flowed block: only ``clean`` can tell a paragraph's end from a full line."""
    found = decode(data)
    return Loaded((Block(found.text, flowed=True),), "txt", found.encoding, warnings=found.warnings)


def read_csv(data: bytes) -> Loaded:
    """A paragraph a row, every cell with its column's name from the first row; comma, semicolon or tab."""
    found = decode(data)
    first = found.text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    rows = list(csv.reader(io.StringIO(found.text, newline=""), delimiter=delimiter))
    blocks = tuple(Block(text) for text in rows_text(rows, headed=True))
    return Loaded(blocks, "csv", found.encoding, warnings=found.warnings)
