"""What holds of every file that can be read at all, whatever is in it; for fuzzing, by Hypothesis and by atheris."""

from __future__ import annotations

from qa.clean import clean, clean_text
from qa.errors import ReadError
from qa.load import reader_of
from qa.outline import enumerated, items, outline
from qa.split import context, split
from qa.terms import mine
from qa.tokens import index_tokens
from qa.types import Canonical, Document, Loaded


def read(suffix: str, data: bytes) -> Document | None:
    """Through all stages; None where the reader refuses, as it may, with a message. Anything else raises."""
    try:
        loaded = reader_of(f"文件{suffix}")[2](data)
    except ReadError as error:
        str(error).encode()
        return None
    return check(loaded)


def check(loaded: Loaded) -> Document:
    numbers = [block.page for block in loaded.blocks if block.page is not None]
    assert numbers == sorted(numbers)
    assert all(0 <= block.level <= 6 for block in loaded.blocks)
    (loaded.title or "").encode()
    "".join(loaded.warnings).encode()
    canonical = clean(loaded.blocks)
    check_canonical(canonical)
    return check_text(canonical, loaded.title)


def check_canonical(canonical: Canonical) -> None:
    text = canonical.text
    text.encode()
    assert "\x00" not in text
    assert "\n\n" not in text
    assert text == text.strip()
    starts = [page.start for page in canonical.pages]
    assert starts == sorted(starts)
    assert all(0 <= start <= len(text) for start in starts)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in canonical.marks)


def check_text(canonical: Canonical, title: str | None = None) -> Document:
    """Outline, chunks, tokens and terms of a cleaned text."""
    text = canonical.text
    outlined = outline(canonical, "文件名", title)
    document = Document("0" * 16, "文件名.txt", outlined.title, text, canonical.pages, outlined.sections)
    for at, section in enumerate(document.sections):
        assert 0 <= section.start <= section.end <= len(text)
        assert -1 <= section.parent < at
        if section.parent >= 0:
            parent = document.sections[section.parent]
            assert parent.start <= section.start
            assert section.end <= parent.end
    chunks = split(document)
    at = 0
    for chunk in chunks:
        assert chunk.text == text[chunk.start : chunk.end] != ""
        assert not text[at : chunk.start].strip()
        assert len(chunk.text) <= 2 * 300 + 120
        context(document, chunk).encode()
        assert all(token and not any(map(str.isspace, token)) for token in index_tokens(chunk.text))
        items(text, chunk.start, chunk.end)
        enumerated(text, chunk.start, chunk.end)
        at = chunk.end
    assert not text[at:].strip()
    mine(text)
    return document


def check_words(text: str) -> None:
    """The same for a text whose paragraphs are not known."""
    once = clean_text(text)
    assert clean_text(once) == once
    check_text(Canonical(once))
