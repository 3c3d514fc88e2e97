"""What an answering sentence leans on comes with it, and nothing else does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from reading_room import build

from qa.answer.cite import Span
from qa.answer.context import LONGEST, context
from qa.answer.leaning import leaning
from qa.assistant import Assistant
from qa.rank import Weights
from qa.types import Answer, Citation, Document, Sentence

WEIGHTS = Weights({}, {}, {}, {}, (), 0.0, 10.0)

LAW = """梅溪县渡船管理办法
第一条 渡船每年检修一次。
检修由县航运站负责，费用由经营人承担。
前款规定的费用，经营人可以分两次付清。
第二条 渡船有下列情形之一的，应当停渡：
（一）风力超过六级；
（二）水位超过警戒线；
（三）船底渗水。
有前款第（一）项、第（二）项情形的，停渡由航运站宣布。
情节严重的，可以封存船只。
第三条 依照前条规定停渡的，应当在码头张贴告示。
第四条 船工应当穿救生衣。乘客不听劝阻的，船工可以拒绝开船。
根据渡口的实际情况，应当配备备用船工。
本条第一款规定同样适用于临时雇来的船工。
违反本条第二款或者第三款的，给予批评。
"""
NOTES = """芦湾村修塘纪事
一、动工
芦湾村去年冬天开始修塘。村里请来了石匠老唐。他带着两个徒弟砌了三个月。
但是塘底的淤泥一直没有清完。其中北塘淤得最深，有一人多高。
芦湾水利合作社出了机器。该合作社还派人守夜。
由此可见，修塘离不开大家。
二、完工
这是全村多年的心愿。今年三月两口塘同时放水。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with build(tmp_path_factory.mktemp("context"), {"办法.txt": LAW, "纪事.txt": NOTES}, threshold=0.01) as assistant:
        yield assistant


def leant_on(library: Assistant, sentence: str, follows: bool = False) -> list[str]:
    document = next(library.document(d.id) for d in library.documents() if sentence in library.text(d.path))
    start = document.text.index(sentence)
    found = context(document, Span(document.id, start, start + len(sentence)), WEIGHTS, follows)
    return [document.text[span.start : span.end] for span in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("前款规定的费用，经营人可以分两次付清。", ["检修由县航运站负责，费用由经营人承担。"]),
        (
            "有前款第（一）项、第（二）项情形的，停渡由航运站宣布。",
            ["第二条 渡船有下列情形之一的，应当停渡：", "（一）风力超过六级；", "（二）水位超过警戒线；"],
        ),
        ("第三条 依照前条规定停渡的，应当在码头张贴告示。", ["第二条 渡船有下列情形之一的，应当停渡："]),
        ("本条第一款规定同样适用于临时雇来的船工。", ["第四条 船工应当穿救生衣。乘客不听劝阻的，船工可以拒绝开船。"]),
        (
            "违反本条第二款或者第三款的，给予批评。",
            ["根据渡口的实际情况，应当配备备用船工。", "本条第一款规定同样适用于临时雇来的船工。"],
        ),
        ("（三）船底渗水。", ["第二条 渡船有下列情形之一的，应当停渡："]),
        ("情节严重的，可以封存船只。", ["有前款第（一）项、第（二）项情形的，停渡由航运站宣布。"]),
        ("根据渡口的实际情况，应当配备备用船工。", ["乘客不听劝阻的，船工可以拒绝开船。"]),
    ],
)
def test_a_law_s_sentence_brings_what_it_refers_to(library: Assistant, sentence: str, expected: list[str]) -> None:
    assert leant_on(library, sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("他带着两个徒弟砌了三个月。", ["村里请来了石匠老唐。"]),
        ("该合作社还派人守夜。", ["芦湾水利合作社出了机器。"]),
        ("其中北塘淤得最深，有一人多高。", ["但是塘底的淤泥一直没有清完。"]),
    ],
)
def test_a_word_that_points_back_brings_what_it_points_at(
    library: Assistant, sentence: str, expected: list[str]
) -> None:
    assert leant_on(library, sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "第四条 船工应当穿救生衣。",
        "检修由县航运站负责，费用由经营人承担。",
        "村里请来了石匠老唐。",
        "由此可见，修塘离不开大家。",
        "这是全村多年的心愿。",  # what it points at stands behind a heading
        "今年三月两口塘同时放水。",
    ],
)
def test_what_stands_by_itself_brings_nothing(library: Assistant, sentence: str) -> None:
    assert leant_on(library, sentence) == []


def test_behind_the_sentence_before_it_only_a_reference_lacks_anything(library: Assistant) -> None:
    assert leant_on(library, "该合作社还派人守夜。", follows=True) == []
    assert leant_on(library, "前款规定的费用，经营人可以分两次付清。", follows=True) != []


@pytest.mark.parametrize(
    "text",
    [
        "七十岁以上的老人免费乘船。",
        "其他乘客应当买票。",
        "养船应当给予其必要的补贴。",
        "目前款项已经付清。",
        "依照渡船法第十条第二款处理。",
        "应当看到，修塘还有困难。",
        "这几年塘水一直很清。",
        "此外，村里还修了路。",
        "老唐说他还要再来。",
        "航运站检查渡船，发现该渡船渗水。",
    ],
)
def test_signs_that_point_at_nothing_before(text: str) -> None:
    assert leaning(text) is None


def test_a_sentence_too_long_to_be_context_is_left_out(tmp_path: Path) -> None:
    long = f"村里请来了石匠老唐，{'修了这段又修那段，' * 25}一直修到开春。"
    assert len(long) > LONGEST
    with build(tmp_path, {"塘.txt": f"修塘\n{long}他带着两个徒弟。\n"}) as assistant:
        assert leant_on(assistant, "他带着两个徒弟。") == []


def test_two_sentences_come_where_the_first_leans_in_turn(tmp_path: Path) -> None:
    with build(tmp_path, {"塘.txt": "修塘\n村里请来了石匠老唐。他是邻县人。他带着两个徒弟。\n"}) as assistant:
        assert leant_on(assistant, "他带着两个徒弟。") == ["村里请来了石匠老唐。", "他是邻县人。"]


def test_an_answer_s_context_is_cited_behind_its_own_citations(library: Assistant) -> None:
    answer = library.ask("哪口塘淤得最深")
    first = answer.sentences[0]
    assert first.text == "其中北塘淤得最深，有一人多高。"
    assert first.citations == (1,)
    [told] = first.context
    assert told.number == len(answer.citations) + 1
    assert told.quote == "但是塘底的淤泥一直没有清完。"
    document: Document = library.document(told.doc_id)
    assert document.text[told.start : told.end] == told.quote
    assert told not in answer.citations, "what is measured as cited is the answer alone"
    assert answer.quoted == (*answer.citations, told)
    assert answer.to_dict()["sentences"][0]["context"] == [told.to_dict()]
    assert answer.text.startswith(f"（上文：{told.quote}[{told.number}]）\n{first.text}[1]")


def test_a_paragraph_asked_for_by_its_address_brings_the_one_before(library: Assistant) -> None:
    answer = library.ask("梅溪县渡船管理办法第一条第三款")
    assert [s.text for s in answer.sentences] == ["前款规定的费用，经营人可以分两次付清。"]
    assert [c.quote for c in answer.sentences[0].context] == ["检修由县航运站负责，费用由经营人承担。"]


def test_what_the_answer_shows_is_not_shown_again(library: Assistant) -> None:
    answer = library.ask("梅溪县渡船管理办法第一条")
    assert len(answer.sentences) == 3
    assert [s.context for s in answer.sentences] == [(), (), ()]


def test_a_short_lead_in_brings_what_it_is_about(tmp_path: Path) -> None:
    text = (
        "镇里的安排\n推进山塘整治。要办好三件事：一是清淤泥；二是修涵管；三是立护栏。\n"
        "推进古树保护。要办好三件事：一是挂牌子；二是砌树池；三是装避雷针。\n"
    )
    with build(tmp_path, {"安排.txt": text}, threshold=0.01) as assistant:
        answer = assistant.ask("山塘整治要办好哪三件事")
    assert answer.kind == "list"
    assert [s.text for s in answer.sentences][1:] == ["一是清淤泥；", "二是修涵管；", "三是立护栏。"]
    assert [c.quote for c in answer.sentences[0].context] == ["推进山塘整治。"]


def test_a_sentence_that_says_what_follows_brings_it(tmp_path: Path) -> None:
    text = "放水的规矩\n放水前先看天气。\n放水的次序如下。\n（一）先放北塘；\n（二）再放南塘。\n"
    with build(tmp_path, {"规矩.txt": text}, threshold=0.01) as assistant:
        lines = [s.text for s in assistant.ask("放水的次序").sentences]
    assert lines[:3] == ["放水的次序如下。", "（一）先放北塘；", "（二）再放南塘。"]


def test_context_does_not_change_what_counts_as_the_answer() -> None:
    cited, told = Citation(1, "d", "文", "文.txt", 5, 9, "他来了。"), Citation(2, "d", "文", "文.txt", 0, 5, "老唐到。")
    answer = Answer("问", "answered", "extract", (Sentence("他来了。", (1,), context=(told,)),), (cited,))
    assert [c["number"] for c in answer.to_dict()["citations"]] == [1]
    assert answer.sentences[0].text == "他来了。"


@pytest.mark.parametrize(
    "text", ["前款第" + "1" * 5000, "该塘" * 20_000, "该船、" * 20_000, "对" * 50_000, "前款第（一）" * 5000]
)
def test_a_hostile_sentence_takes_no_time(text: str) -> None:
    begin = time.process_time()
    leaning(text)
    assert time.process_time() - begin < 0.5
