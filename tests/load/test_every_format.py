"""Every made file reads as a person would read it: its characters, its pages, its headings."""

from __future__ import annotations

import importlib.util
import shutil
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from load.cases import Case, cases
from qa.clean import clean
from qa.load import load
from qa.outline import outline

CASES = cases()


def right(found: str, expected: str) -> float:
    """Share of characters right: 1 - edits / length, where an edit inserts, deletes or replaces one character."""
    edits = 0
    for kind, a, b, c, d in SequenceMatcher(None, expected, found, autojunk=False).get_opcodes():
        edits += max(b - a, d - c) if kind != "equal" else 0
    return 1 - edits / max(len(expected), 1)


def test_names_differ() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_reads_as_a_person_would(case: Case, tmp_path: Path) -> None:
    if case.needs.startswith("!") and shutil.which(case.needs[1:]) is None:
        pytest.skip(f"needs the program {case.needs[1:]}")
    if case.needs and not case.needs.startswith("!") and importlib.util.find_spec(case.needs) is None:
        pytest.skip(f"needs the package {case.needs}")
    path = tmp_path / case.name
    path.write_bytes(case.make())
    loaded = load(path, 64 * 2**20)
    canonical = clean(loaded.blocks)
    expected = "\n".join(case.text)
    share = right(canonical.text, expected)
    assert share >= case.accuracy, f"{share:.4f} of the characters are right:\n{canonical.text}"
    starts = {page.number: page.start for page in canonical.pages}
    for number, opening in case.pages:
        assert canonical.text[starts[number] :].startswith(opening)
    if case.outline is not None:
        sections = outline(canonical, path.stem, loaded.title).sections
        assert tuple((section.level, section.heading) for section in sections) == case.outline
