"""What is told of a source, and the warning where it isn't in force."""

from __future__ import annotations

from typing import Any

import pytest

from qa.answer.badges import badges, with_badges
from qa.types import Answer, Chunk, Citation, DocumentInfo, Facts, Hit, Sentence, Standing


def info(doc_id: str, title: str, **facts: Any) -> DocumentInfo:
    return DocumentInfo(doc_id, f"法/{doc_id}.md", title, 1000, 5, 0, "md", "utf-8", Facts(**facts), ())


INFOS = {
    i.id: i
    for i in (
        info("old", "中华人民共和国灯塔法", date="2009-03-02", number="云令第3号", issuer="县人大"),
        info("new", "灯塔法", date="2019-03-02"),
        info("amend", "灯塔法修正案", date="2021-05-06"),
        info("talk", "讲话", speaker="王明", occasion="港口工作会议"),
    )
}


def cite(number: int, doc_id: str) -> Citation:
    one = INFOS[doc_id]
    return Citation(number, doc_id, one.title, one.path, 0, 2, "灯塔")


def test_a_source_tells_what_is_known_and_nothing_else() -> None:
    assert badges(INFOS["talk"], {}, INFOS) == {"speaker": "王明", "occasion": "港口工作会议"}
    assert badges(INFOS["old"], {"old": Standing("已修改", "new", "2019-05-01")}, INFOS) == {
        "number": "云令第3号",
        "issuer": "县人大",
        "date": "2009-03-02",
        "status": "已修改",
        "since": "2019-05-01",
        "by": "灯塔法",
        "by_path": "法/new.md",
        "by_doc": "new",
        "by_date": "2019-03-02",
    }


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (
            Standing("已修改", "new", "2019-05-01"),
            "引文出自《中华人民共和国灯塔法》的旧版（2009年3月2日）；资料库里有2019年3月2日的一版，请以新版为准。",
        ),
        (
            Standing("已修改", "amend", "2021-06-01"),
            "引文出自《中华人民共和国灯塔法》（2009年3月2日），后来有《灯塔法修正案》（2021年5月6日）修改它，请核对引文是否仍然有效。",
        ),
        (
            Standing("已废止", "new", "2019-05-01"),
            "引文出自《中华人民共和国灯塔法》（2009年3月2日），已由《灯塔法》废止，自2019年5月1日起失效。",
        ),
        (Standing("已废止"), "引文出自《中华人民共和国灯塔法》（2009年3月2日），已废止。"),
        (
            Standing("征求意见稿", "new"),
            "引文出自征求意见稿或草案《中华人民共和国灯塔法》，不是正式文件；资料库里有正式文本（2019年3月2日）。",
        ),
        (
            Standing("尚未施行", "new", "2030-01-01"),
            "引文出自《中华人民共和国灯塔法》（2009年3月2日），自2030年1月1日起施行，现在尚未施行；现行的是2019年3月2日的一版。",
        ),
        (Standing("现行", None, "2009-03-02"), None),
    ],
)
def test_the_warning(standing: Standing, said: str | None) -> None:
    answer = Answer("问", "answered", "extract", citations=(cite(1, "old"),))
    warned = with_badges(answer, {"old": standing}, INFOS).warnings
    assert warned == ((f"[1] {said}",) if said else ())


def test_one_warning_a_document_names_all_its_quotes() -> None:
    cited = tuple(cite(n, doc_id) for n, doc_id in enumerate(["old", "talk", "old", "old", "old"], 1))
    hit = Hit(Chunk(7, "talk", 0, 2, -1, "灯塔"), 0.5, "法/talk.md", "讲话")
    made = with_badges(
        Answer("问", "answered", "list", citations=cited, hits=(hit,)), {"old": Standing("已废止")}, INFOS
    )
    assert [warning.split()[0] for warning in made.warnings] == ["[1][3]–[5]"]
    shown = made.to_dict()
    assert shown["citations"][0]["facts"]["status"] == "已废止"
    assert shown["hits"][0]["facts"] == {"speaker": "王明", "occasion": "港口工作会议"}
    assert shown["warnings"] == list(made.warnings)


def test_what_a_sentence_leans_on_is_told_and_warned_of_too() -> None:
    leaning = Sentence("前款规定除外。", (1,), context=(cite(2, "old"),))
    answer = Answer("问", "answered", "extract", sentences=(leaning,), citations=(cite(1, "talk"),))
    made = with_badges(answer, {"old": Standing("已废止")}, INFOS)
    assert made.sentences[0].context[0].facts["status"] == "已废止"
    assert [warning[:3] for warning in made.warnings] == ["[2]"]
