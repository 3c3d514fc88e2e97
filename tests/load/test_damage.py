"""Whatever damage a file has, its reader gives text or says what is wrong and what to do: nothing else comes out."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from load.cases import Case, cases
from qa.errors import ReadError
from qa.load import load_bytes

CASES = [case for case in cases() if case.name.endswith((".ofd", ".eml", ".mht", ".mhtml", ".html", ".htm"))]
Edit = tuple[int, int, bytes]
EDITS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 40), st.binary(max_size=8)), min_size=1, max_size=6)


def damaged(data: bytes, edits: list[Edit]) -> bytes:
    """Each edit replaces some bytes somewhere."""
    made = bytearray(data)
    for at, length, put in edits:
        place = at % max(len(made), 1)
        made[place : place + length] = put
    return bytes(made)


def inside(data: bytes, which: int, edits: list[Edit]) -> bytes:
    """The same zip with one member damaged, so that what is damaged is the XML and not the packing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        names = old.namelist()
        for name in names:
            content = old.read(name)
            new.writestr(name, damaged(content, edits) if name == names[which % len(names)] else content)
    return buffer.getvalue()


def told(name: str, data: bytes) -> str:
    """What to do, where the file gives no text."""
    try:
        load_bytes(name, data)
    except ReadError as error:
        return error.todo
    return "nothing"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@settings(max_examples=15, deadline=None)
@given(edits=EDITS, which=st.integers(0, 10**6))
def test_damage_is_told(case: Case, edits: list[Edit], which: int) -> None:
    assert told(case.name, damaged(case.make(), edits))
    if case.name.endswith(".ofd"):
        assert told(case.name, inside(case.make(), which, edits))
