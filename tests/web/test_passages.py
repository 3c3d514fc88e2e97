"""A quote where it stands, and walking the paragraphs around it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from library import DOCUMENT, TEXT

from qa.types import Document
from qa.web.passages import PARAGRAPH, STOPS, paragraph, passage


def _document(text: str) -> Document:
    return replace(DOCUMENT, text=text, sections=(), pages=())


@given(st.text("甲乙丙。；\n ", max_size=400), st.data())
def test_a_walk_from_a_quote_gives_the_whole_document(text: str, data: st.DataObject) -> None:
    document = _document(f"始{text}终")
    start = data.draw(st.integers(0, len(document.text) - 1))
    end = data.draw(st.integers(start + 1, len(document.text)))
    shown = passage(document, start, end, "", {})
    before, after = [shown["before"]], [shown["after"]]
    at, more = shown["from"], shown["from"] > 0
    while more:
        piece = paragraph(document, at, "before")
        assert piece["start"] < at
        before.insert(0, piece["text"])
        at, more = piece["start"], piece["more"]
    at, more = shown["to"], shown["to"] < shown["length"]
    while more:
        piece = paragraph(document, at, "after")
        assert piece["end"] > at
        after.append(piece["text"])
        at, more = piece["end"], piece["more"]
    assert "".join((*before, shown["quote"], *after)).strip() == document.text.strip()


def test_a_long_paragraph_comes_in_bounded_pieces_of_sentences() -> None:
    document = _document("一二三四五六七八九。" * 1000)
    piece = paragraph(document, 0, "after")
    assert PARAGRAPH / 2 < len(piece["text"]) <= PARAGRAPH
    assert piece["text"][-1] in STOPS
    assert piece["more"] is True
    back = paragraph(document, 10_000, "before")
    assert PARAGRAPH / 2 < len(back["text"]) <= PARAGRAPH
    assert document.text[back["start"] - 1] in STOPS


def test_neighbours_say_where_they_stand(client: TestClient) -> None:
    start = TEXT.index("一是")
    shown = client.get("/api/passage", params={"doc": "d1", "start": start, "end": start + 16}).json()
    assert shown["reference"] == "《关于开展学习研讨的通知》（学组发〔2026〕3号）“（一）四项内容”部分，第 2 页"
    assert shown["quotation"] == f"“{shown['quote']}”（{shown['reference']}）"
    at = TEXT.index("\n一是")
    heading = client.get("/api/paragraph", params={"doc": "d1", "at": at, "way": "before"}).json()
    assert (heading["text"], heading["breadcrumb"], heading["page"]) == (
        "（一）四项内容",
        ["一、总体要求", "（一）四项内容"],
        2,
    )
    above = client.get("/api/paragraph", params={"doc": "d1", "at": heading["start"], "way": "before"}).json()
    assert above["text"].startswith("学习𠮷林经验")
    assert (above["breadcrumb"], above["page"], above["more"]) == (["一、总体要求"], 1, True)
    last = client.get("/api/paragraph", params={"doc": "d1", "at": len(TEXT) - 3, "way": "after"}).json()
    assert (last["text"], last["more"]) == (TEXT[-3:], False)


@pytest.mark.parametrize("params", [{"at": 10**6, "way": "after"}, {"at": 1, "way": "up"}, {"at": -1, "way": "before"}])
def test_a_wrong_place_is_refused(client: TestClient, params: dict[str, str | int]) -> None:
    assert client.get("/api/paragraph", params={"doc": "d1", **params}).status_code in {400, 422}
