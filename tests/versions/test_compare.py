"""Articles found again, characters marked, and nothing lost, doubled or out of order."""

from __future__ import annotations

import json
import random
import time

import pytest
from editions_of_a_rule import NEW, OLD, document, editions
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import InputError
from qa.outline.numerals import to_chinese
from qa.types import Document
from qa.versions import Comparison, Row, Side, compare
from qa.versions.marks import changes, rising


def marked(side: Side | None, mark: str) -> str:
    return "" if side is None else "".join(mark.format(r.text) if r.changed else r.text for r in side.runs).strip()


def rows(made: Comparison) -> dict[str, Row]:
    """By number: the new one's, or the old one's where there is no new side, as 「旧第三条」."""
    return {row.new.label if row.new else f"旧{row.old.label}" if row.old else "": row for row in made.rows}


def test_articles_are_found_again_whatever_their_number() -> None:
    made = compare(*editions())
    assert made.kind == "articles"
    found = {name: row.status for name, row in rows(made).items()}
    assert found == {
        "": "changed",
        "第一章": "same",
        "第一条": "same",
        "第二条": "changed",
        "旧第六条": "moved",
        "第三条": "moved",
        "第四条": "changed",
        "第五条": "changed",
        "第六条": "added",
        "第七条": "moved",
        "第八条": "added",
        "旧第七条": "removed",
        "第二章": "same",
        "旧第八条": "removed",
        "第九条": "changed",
        "第十条": "changed",
    }
    assert made.counts == {"changed": 6, "added": 2, "removed": 2, "moved": 2, "same": 3}


def test_changed_characters_are_marked_on_their_own_side() -> None:
    found = rows(compare(*editions()))
    assert marked(found["第二条"].old, "[{}]") == "第二条 县交通局主管全县渡船工作。"
    assert marked(found["第二条"].new, "[{}]") == "第二条 县交通[运输]局主管全县渡船工作。"
    assert marked(found["第四条"].old, "[{}]") == "[第三条] 渡船每年检修一次，费用由经营人承担。"
    assert (
        marked(found["第四条"].new, "[{}]")
        == "[第四条] 渡船每[半]年检修一次，费用由经营人承担。\n[检修记录保存三年。\n]"
    )
    assert marked(found["第七条"].new, "[{}]") == "[第七条] 遇六级以上大风或者大雾，渡船一律停航。"
    assert marked(found["第八条"].new, "[{}]").startswith("[第八条 渡船应当配备")


def test_what_changed_its_place_stands_in_both_places_and_says_so() -> None:
    made = compare(*editions())
    left, right = rows(made)["旧第六条"], rows(made)["第三条"]
    assert (left.new, right.old) == (None, None)
    assert left.elsewhere is not None
    assert right.elsewhere is not None
    assert made.rows[left.elsewhere] is right
    assert made.rows[right.elsewhere] is left
    assert marked(left.old, "[{}]") == "[第六条] 渡口应当设置候船亭、照明灯和告示牌。"
    assert made.counts["moved"] == 2  # this one once, and 第五条 that is 第七条 now


def test_one_article_split_in_two_and_two_joined_in_one_are_told() -> None:
    found = rows(compare(*editions()))
    assert (found["第六条"].status, found["第六条"].related) == ("added", "第四条")
    assert (found["旧第八条"].status, found["旧第八条"].related) == ("removed", "第九条")
    assert (found["第八条"].related, found["旧第七条"].related) == ("", "")


def test_the_same_document_has_no_changes_and_a_copy_none_but_its_line_end() -> None:
    old, _ = editions()
    assert {row.status for row in compare(old, old).rows} == {"same"}
    longer = document(OLD + "\n第十一条 渡口不得停放车辆。")
    assert [row.status for row in compare(old, longer).rows if row.status != "same"] == ["added"]


def test_signs_of_another_width_are_no_change() -> None:
    old, typed = document(OLD), document(OLD.replace("，", ",").replace("；", ";"))
    made = compare(old, typed)
    assert {row.status for row in made.rows} == {"same"}
    assert "".join(row.new.text for row in made.rows if row.new) == typed.text


def test_texts_without_articles_are_compared_by_section_or_paragraph() -> None:
    plan = "渡口整治方案\n一、目标\n年底前整治全部渡口。\n二、步骤\n先摸底，后整治。\n三、要求\n按月报告。"
    other = plan.replace("二、步骤", "二、分工\n各乡镇负责本地渡口，县里派人督查。\n三、步骤").replace(
        "三、要求", "四、要求"
    )
    made = compare(document(plan), document(other))
    assert made.kind == "sections"
    assert [(row.new.label, row.status) for row in made.rows if row.new] == [
        ("", "same"),
        ("一、", "same"),
        ("二、", "added"),
        ("三、", "moved"),
        ("四、", "moved"),
    ]
    letter = "各位乡亲：\n渡口明天停航一天。\n请大家改走大桥。"
    made = compare(document(letter), document(letter.replace("明天", "后天")))
    assert (made.kind, [row.status for row in made.rows]) == ("paragraphs", ["same", "changed", "same"])


def test_an_empty_document_and_json() -> None:
    old, new = Document("a", "a.txt", "a", ""), document(NEW)
    made = compare(old, new)
    assert {row.status for row in made.rows} == {"added"}
    assert compare(old, old).rows == ()
    told = json.loads(json.dumps(compare(*editions()).to_dict(only_changed=True)))
    assert (told["kind"], told["counts"]["same"], len(told["rows"])) == ("articles", 3, 13)
    assert all(row["status"] != "same" for row in told["rows"])


def check(made: Comparison) -> None:
    """Every character of both documents once, in its column, in order, at its place; what isn't marked is the same."""
    for name, text in (("old", made.old.text), ("new", made.new.text)):
        at = 0
        for row in made.rows:
            side = getattr(row, name)
            if side is not None:
                assert side.start == at
                for run in side.runs:
                    assert run.start == at
                    assert run.text == text[at : at + len(run.text)] != ""
                    at += len(run.text)
                assert side.end == at
        assert at == len(text)
    for number, row in enumerate(made.rows):
        other = row if row.elsewhere is None else made.rows[row.elsewhere]
        assert other.elsewhere in (None, number)
        old, new = row.old or other.old, row.new or other.new
        kept = [
            "".join(run.text for run in side.runs if not run.changed).rstrip("\n") if side else ""
            for side in (old, new)
        ]
        if row.status in ("same", "moved", "changed"):
            assert kept[0] == kept[1]


LINES = st.lists(
    st.one_of(
        st.text("甲乙丙。；，", min_size=1, max_size=12),
        st.builds(
            "第{}条 {}".format, st.integers(1, 9).map(to_chinese), st.text("渡船口人。", min_size=1, max_size=20)
        ),
        st.sampled_from(OLD.split("\n") + NEW.split("\n")),
        st.sampled_from(["第一章 总则", "一、目标", "（一）范围", "𠮷😀", "…", "1"]),
    ),
    max_size=14,
)


@settings(max_examples=300, deadline=None)
@given(LINES, LINES)
def test_every_character_appears_once_in_its_column_in_order(one: list[str], other: list[str]) -> None:
    old, new = (document("\n".join(line.strip() or "空" for line in lines)) for lines in (one, other))
    check(compare(old, new))


@given(st.text("甲乙丙，。\n", max_size=60), st.text("甲乙丙，。\n", max_size=60))
def test_changes_make_the_new_text_of_the_old(old: str, new: str) -> None:
    found = changes(old, new)
    made, at = "", 0
    for a, b, c, d in found:
        made += old[at:a] + new[c:d]
        assert len(made) == d
        at = b
    assert made + old[at:] == new


@pytest.mark.parametrize(
    ("old", "new", "came"),
    [
        ("甲来。丙来。", "甲来。乙来。丙来。", "乙来。"),
        ("甲来，丙来", "甲来，乙来，丙来", "乙来，"),
        ("甲来。", "甲来。\n乙来。", "\n乙来。"),
        ("甲来。丙，丁", "甲来。乙来。丙，戊", "乙来。"),
    ],
)
def test_what_came_is_a_whole_sentence(old: str, new: str, came: str) -> None:
    assert new[slice(*changes(old, new)[0][2:])] == came


def test_stretches_too_long_for_every_character_are_parted_at_sentences() -> None:
    sentences = [f"第{to_chinese(n)}班每逢{to_chinese(n * 7 % 90 + 1)}日巡查渡口，记下水位。" for n in range(1, 900)]
    old = "".join(sentences)
    sentences[100] = sentences[100].replace("记下", "核对")
    sentences[700] = sentences[700].replace("巡查", "检查")
    begin = time.perf_counter()
    found = [(old[a:b], "".join(sentences)[c:d]) for a, b, c, d in changes(old, "".join(sentences))]
    assert found == [("记下", "核对"), ("巡", "检")]
    assert time.perf_counter() - begin < 5


@pytest.mark.parametrize("unit", ["甲", "甲乙。", "甲\n"])
def test_monotonous_text_takes_no_square_of_time(unit: str) -> None:
    old, new = unit * 60_000, "乙" + unit * 50_000 + "丙"
    begin = time.perf_counter()
    check(compare(Document("a", "a", "a", old.strip()), Document("b", "b", "b", new.strip())))
    assert time.perf_counter() - begin < 20


def test_the_longest_rising_part() -> None:
    pairs = list(enumerate([5, 1, 2, 9, 3, 8]))
    assert [value for _, value in rising(pairs)] == [1, 2, 3, 8]
    assert rising([]) == []


@pytest.mark.parametrize("sign", ["，", "。", "\n"])
def test_out_of_time_what_is_left_is_compared_as_a_whole(sign: str) -> None:
    old, new = (sign.join(f"{word}{n}号苗圃浇水一次" for n in range(200)) for word in ("东", "西"))
    kept = "\n这一段两份都有。"
    texts = document(old + kept, doc_id="a"), document(new + kept, doc_id="b")
    fine, coarse = compare(*texts), compare(*texts, seconds=0.0)
    assert (fine.coarse, coarse.coarse) == (False, True)
    for made in (fine, coarse):
        assert "".join(row.old.text for row in made.rows if row.old) == texts[0].text
        assert "".join(row.new.text for row in made.rows if row.new) == texts[1].text
    assert [row.old.text for row in coarse.rows if row.status == "same" and row.old] == ["这一段两份都有。"]


def test_texts_too_long_are_refused() -> None:
    short = document("一段。")
    with pytest.raises(InputError, match="超过对照的上限 4,000,000 字"):
        compare(short, Document("b", "b", "b", "字" * 4_000_000))
    with pytest.raises(InputError, match="超过对照的上限 300,000 段"):
        compare(short, Document("b", "b", "b", "字\n" * 300_000))


def test_many_letters_without_order_take_seconds() -> None:
    """As numpy.unique did not, whose hashing took minutes for it."""
    dice = random.Random(1)
    letters = [chr(0x4E00 + n) for n in range(3000)]
    begin = time.thread_time()
    compare(*(Document(name, name, name, "".join(dice.choices(letters, k=1_000_000))) for name in "ab"))
    assert time.thread_time() - begin < 10
