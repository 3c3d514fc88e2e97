"""What the page asks of an answer afterwards: text to copy, how sure, why, what to ask next."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from library import DOCUMENT, TEXT, Library, cite

from qa.errors import InputError
from qa.types import Answer, Chunk, Hit, Scope, Sentence
from qa.web import blocks
from qa.web.kept import Kept, told
from qa.web.why import SURE, reasons, sureness


def test_the_answer_is_copied_with_its_sources_and_without_what_is_not_in_them() -> None:
    library = Library()
    forged = replace(cite(2, "二是调查研究下基层。"), quote="编造的一句。")
    good, above = cite(1, "坚持问题导向，力戒形式主义。"), cite(3, "（一）四项内容")
    sentences = (Sentence(good.quote, (1,), context=(above,)), Sentence(forged.quote, (2,)))
    answer = Answer(
        "坚持什么？", "answered", "extract", sentences, (good, forged), confidence=0.96, warnings=("旧版。",)
    )
    page = told(library, answer, "f" * 32, "zh")
    assert page["copy"] == (
        "问：坚持什么？\n\n旧版。\n（上文：（一）四项内容[3]）\n坚持问题导向，力戒形式主义。[1]\n\n出处\n"
        "[1] 《关于开展学习研讨的通知》“一、总体要求”部分，第 1 页\n"
        "[3] 《关于开展学习研讨的通知》“（一）四项内容”部分，第 2 页"
    )
    assert page["why"].keys() == page["references"].keys() == {1, 3}
    assert page["sure"]["word"] == "高"
    assert "95%" in page["sure"]["note"]
    assert told(library, library.ask("火星"), "f" * 32, "zh")["copy"] == ""


@pytest.mark.parametrize(
    ("confidence", "word"), [(1.0, "高"), (0.95, "高"), (0.949, "较高"), (0.9, "较高"), (0.5, "一般"), (0.0, "低")]
)
def test_confidence_in_words(confidence: float, word: str) -> None:
    assert sureness(replace(Library().ask("四"), confidence=confidence), "zh")[0] == word


def test_surer_bands_have_been_worth_more() -> None:
    assert sorted(SURE, reverse=True) == list(SURE)
    assert sorted((share for _, _, share in SURE), reverse=True) == [share for _, _, share in SURE]


def test_reasons_name_words_by_where_they_stand_and_signals_in_words() -> None:
    cited = cite(1, "坚持问题导向，力戒形式主义。")
    chunk = Chunk(9, "d1", cited.start - 5, cited.end, 0, TEXT[cited.start - 5 : cited.end])
    signals = {"dense": 0.9, "likeness": 0.9, "title_named": 1.0, "type": 1.0, "older_edition": 1.0, "year_named": 0.0}
    hit = Hit(chunk, 0.9, DOCUMENT.path, DOCUMENT.title, signals)
    asked = "学习研讨要力戒火星上的形式主义吗"
    answer = Answer(asked, "answered", "extract", (Sentence(cited.quote, (1,)),), (cited,), (hit,))
    said = reasons(answer, cited, "zh")
    assert said[0].startswith("引文里有问题中的")
    assert "“形式主义”" in said[0]
    assert any(one.startswith("标题里有") and "“研讨”" in one for one in said)
    assert any(one.startswith("这里没有") and "“火星”" in one for one in said)
    assert said[-5:] == [
        "意思与问题很接近",
        "问题提到了这份文件",
        "里面有所问的那一类内容（如数字、日期、人名、办法）",
        "注意：资料库里有更新的一版",
        "在找到的片段里排第 1",
    ]
    assert not any(re.search("[一-鿿]", one) for one in reasons(replace(answer, question="?"), cited, "en"))
    assert reasons(answer, replace(cited, number=4), "zh") == ["它是看懂上一句引文所必需的上文"]


def test_only_the_newest_answers_are_kept() -> None:
    kept, answer = Kept(2), Library().ask("四")
    ids = [kept.keep(answer) for _ in range(3)]
    assert kept.get(ids[1]) is kept.get(ids[2]) is answer
    with pytest.raises(InputError, match="不在内存里"):
        kept.get(ids[0])
    assert kept.keep(answer, "a" * 32) == "a" * 32


def test_related_questions_are_asked_in_the_same_scope_and_once() -> None:
    library, kept, scope = Library(), Kept(), Scope(folders=("通知",))
    answer_id = kept.keep(library.ask("坚持什么导向"), scope=scope)
    library.asked.clear()
    assert kept.related(answer_id, library) == ["《关于开展学习研讨的通知》在“四项内容”方面是怎么说的？"]
    assert library.scope == scope
    asked = list(library.asked)
    assert kept.related(answer_id, library)
    assert library.asked == asked


def test_the_chat_names_the_answer_and_the_page_gets_it(client: TestClient) -> None:
    kept = client.app.state.gate.kept  # type: ignore[attr-defined]
    *_, last = blocks.talk(Library(), None, "四项", [], "zh", kept=kept)
    (answer_id,) = re.findall(r"\[复制全文和出处\]\(#answer-([0-9a-f]{32})\)", last[-1]["content"])
    assert "把握：较高" in last[-1]["content"]
    page = client.get(f"/api/answers/{answer_id}").json()
    assert (page["id"], page["question"], len(page["why"])) == (answer_id, "四项", 4)
    assert client.get(f"/api/answers/{answer_id}?lang=en").json()["sure"]["word"] == "good"
    assert client.get(f"/api/answers/{answer_id}/related").json()["id"] == answer_id
    assert client.get(f"/api/answers/{'0' * 32}").status_code == 422
    assert client.get("/api/answers/x").status_code == 422
