"""A question in the light of a library: terms whole, other forms beside, and what the reader is told."""

from __future__ import annotations

from small_index import SmallIndex

from qa.terms import Reading, Term, merge, read
from qa.tokens import content_words

FULL, SHORT = "城乡居民合作医疗", "城合医"
LEXICON = merge([(Term(SHORT, FULL), 1), (Term("院坝夜话"), 3)])
INDEX = SmallIndex([f"{FULL}每年缴费一次。", f"{FULL}由县里统筹。", f"{FULL}（以下简称{SHORT}）", "院坝夜话提意见。"])


def test_a_plain_question_stays_as_it_is() -> None:
    assert read("每年缴费吗", INDEX, LEXICON) == Reading("每年缴费吗", words=("每年", "缴费"), usual="每年缴费吗")


def test_the_form_that_the_library_uses_is_searched_as_well() -> None:
    reading = read(f"{SHORT}每年缴费几次", INDEX, LEXICON)
    assert reading.others == ((SHORT, FULL),)
    assert reading.notes == (f"已把“{SHORT}”同时按“{FULL}”检索",)
    assert {"合作医疗", "居民"} <= set(reading.tokens)
    assert reading.usual == f"{FULL}每年缴费几次"
    assert reading.text == f"{SHORT}每年缴费几次"


def test_a_form_that_is_common_stands_alone() -> None:
    assert read(f"{FULL}每年缴费几次", INDEX, LEXICON).others == ()


def test_both_forms_in_the_question_need_no_third() -> None:
    assert read(f"{FULL}和{SHORT}", INDEX, LEXICON).others == ()


def test_a_term_is_a_word_beside_its_parts() -> None:
    words = read("院坝夜话提什么意见", INDEX, LEXICON).words
    assert words[0] == "院坝夜话"
    assert set(words) == {"院坝夜话", *content_words("院坝夜话"), "意见"}


def test_a_slip_is_told_and_its_term_recognised() -> None:
    reading = read("院坝夜画提什么意见", INDEX, LEXICON)
    assert (reading.text, reading.words[0]) == ("院坝夜话提什么意见", "院坝夜话")
    assert reading.notes == ("没有找到“院坝夜画”，按“院坝夜话”检索",)
