"""Terms of many documents together: agreement, ordinary words, and where a text names one."""

from __future__ import annotations

from qa.terms import Lexicon, Term, merge


def test_both_forms_lead_to_the_other() -> None:
    lexicon = merge([(Term("经信委", "经济和信息化委员会"), 2), (Term("五日轮访"), 1)])
    assert lexicon.other("经信委") == "经济和信息化委员会"
    assert lexicon.other("经济和信息化委员会") == "经信委"
    assert lexicon.other("五日轮访") is None
    assert lexicon.whole == {"经信委", "五日轮访"}


def test_documents_that_differ_keep_their_short_form_to_themselves() -> None:
    one, other = Term("交管委", "交通管理委员会"), Term("交管委", "交易管理委员会")
    assert merge([(one, 1), (other, 1)]).other("交管委") is None
    assert merge([(one, 3), (other, 1)]).other("交管委") == one.full


def test_an_ordinary_word_needs_a_second_document() -> None:
    assert merge([(Term("保密", "保守秘密事项"), 1)]).other("保密") is None
    assert merge([(Term("保密", "保守秘密事项"), 1)]).other("保守秘密事项") is None
    assert merge([(Term("保密", "保守秘密事项"), 2)]).other("保密") == "保守秘密事项"


def test_the_longest_term_is_found_where_words_end() -> None:
    lexicon = Lexicon(whole=frozenset({"五日轮访", "五日轮", "日轮", "院坝会", "工作日"}))

    def found(text: str) -> list[str]:
        return [text[start:end] for start, end in lexicon.spans(text)]

    assert found("五日轮访和院坝会") == ["五日轮访", "院坝会"]
    assert found("工作日常") == []  # 工作|日常
    assert found("") == []
