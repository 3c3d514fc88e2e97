"""One analysis for index and question; rjieba against jieba, its oracle."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import tokens
from qa.tokens import STOP_WORDS, content_words, index_tokens, index_tokens_bulk, query_tokens, simplify

PROSE = [
    "县里要求把信访接待下基层、现场办公下基层落到实处，当年走访群众1,268户。",
    "第十二条 用人单位应当自用工之日起三十日内订立书面合同；逾期的，按百分之五加收。",
    "小镇上的咖啡馆卖T恤、U盘和5G手机，老板姓欧阳，名叫欧阳菲菲，去年从乌鲁木齐搬来。",
    "研究生命起源的科学家说，长春市长春药店的结婚的和尚未结婚的都要登记。",
    "工信处女干事每月经过下属科室都要亲口交代24口交换机等技术性器件的安装工作。",
    "枫桥经验、四议两公开、网格化治理，都离不开“小事不出村、大事不出镇、矛盾不上交”。",
]

text = st.text(
    st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("的了什么哪些基层治理二〇二四年第十条，。、 \n\t０１２5.%,aZ-_國務院關於𠀀龦々㎡ｶ😀\u200d\x00"),
        st.characters(codec="utf-8"),
    ),
    max_size=60,
)


def test_words_and_bigrams_of_a_phrase() -> None:
    assert index_tokens("基层治理") == ["基层", "治理", "基层", "层治", "治理"]


@pytest.mark.parametrize(
    ("given_text", "tokens_of_it"),
    [
        ("5.5%", ["5.5"]),
        ("５．５％", ["5.5"]),
        ("12,345.6", ["12345.6"]),
        ("GDP", ["gdp"]),
        ("ＧＤＰ", ["gdp"]),
        ("PM2.5", ["pm2.5"]),
        ("2024.9.1", ["2024", "9", "1"]),
        ("2011-2020", ["2011", "2020"]),
        ("甲。乙", ["甲", "乙"]),
        ("5月", ["5", "5月"]),
        ("第12条", ["12", "12条", "第12条"]),
        ("😀！？ \n", []),
        ("", []),
    ],
)
def test_what_is_not_chinese_counts_whole(given_text: str, tokens_of_it: list[str]) -> None:
    assert index_tokens(given_text) == tokens_of_it


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("國務院關於發布通知的決定", "国务院关于发布通知的决定"),
        ("二〇二四年", "2024"),
        ("二零二四年", "2024年"),
        ("ＡＢＣ１２３", "abc123"),
        ("㎡", "m2"),
    ],
)
def test_other_forms_of_the_same_meet(written: str, asked: str) -> None:
    assert set(query_tokens(asked)) <= set(index_tokens(written)) | STOP_WORDS


@pytest.mark.parametrize(
    ("written", "figure"),
    [("第十二条", "第12条"), ("第一百二十三条", "第123条"), ("第二十届", "第20届"), ("第一〇三条", "第103条")],
)
def test_ordinals_meet_in_figures(written: str, figure: str) -> None:
    assert figure in query_tokens(written)
    assert figure in query_tokens(figure)


def test_a_question_keeps_what_it_is_about() -> None:
    assert query_tokens("自查存在哪些问题？") == ["自查", "存在", "问题", "查存"]
    assert content_words("四下基层指的是哪四项？") == ["四下", "基层", "四项"]
    assert content_words("请问GDP增长了多少") == ["增长", "gdp"]


@pytest.mark.parametrize("question", ["什么", "的", "这是什么？", "有没有"])
def test_a_question_of_stop_words_only_is_not_emptied(question: str) -> None:
    assert query_tokens(question)
    assert content_words(question) == []


@given(text)
def test_a_question_asks_for_nothing_its_own_text_lacks(written: str) -> None:
    there, asked = index_tokens(written), query_tokens(written)
    assert set(asked) <= set(there)
    assert bool(asked) == bool(there)
    assert len(set(asked)) == len(asked)


@given(text)
def test_tokens_hold_no_space_and_are_short(written: str) -> None:
    for token in [*index_tokens(written), *query_tokens(written), *content_words(written)]:
        assert token
        assert not any(char.isspace() for char in token)
        assert len(token) <= tokens.LONGEST


@given(st.lists(text, max_size=5))
def test_in_bulk_as_one_by_one(written: list[str]) -> None:
    assert index_tokens_bulk(written) == [index_tokens(one) for one in written]


def test_a_lone_surrogate_does_no_harm() -> None:
    assert index_tokens("国\ud800國") == ["国", "国"]


def test_simplify_changes_traditional_text_only() -> None:
    assert simplify("乾隆皇帝與乾燥的關係") == "乾隆皇帝与干燥的关系"
    assert simplify("基层治理 abc") == "基层治理 abc"


def both(written: str) -> tuple[list[list[str]], list[list[str]]]:
    """rjieba's and jieba's (search, plain) words of text as this module gives it to them."""
    pytest.importorskip("rjieba")
    folded = tokens._NOT_IN_DICTIONARY.sub(" ", tokens._folded(written))
    fast, oracle = tokens._cutters(), tokens._jieba_cutters()
    return [list(cut(folded)) for cut in fast], [list(cut(folded)) for cut in oracle]


@pytest.mark.parametrize("written", PROSE)
def test_rjieba_cuts_prose_as_jieba_does(written: str) -> None:
    fast, oracle = both(written)
    assert fast == oracle


@given(text)
def test_rjieba_cuts_anything_as_jieba_does(written: str) -> None:
    fast, oracle = both(written)
    assert fast == oracle


@pytest.mark.shared
def test_rjieba_cuts_real_texts_as_jieba_does(shared: Path) -> None:
    for path in sorted((shared / "corpus").rglob("*.txt"))[::40]:
        fast, oracle = both(path.read_text(encoding="utf-8", errors="replace")[:20_000])
        assert fast == oracle, path.name


def test_without_rjieba_jieba_gives_the_same_and_writes_no_cache(tmp_path: Path) -> None:
    """jieba by itself would keep its dictionary, in a format that can run code, in the shared temp folder."""
    code = (
        "import sys; sys.modules['rjieba'] = None; sys.stdout.reconfigure(encoding='utf-8')\n"
        f"from qa.tokens import index_tokens; print('|'.join(index_tokens({PROSE[0]!r})))"
    )
    where = {"TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "PYTHONPATH": str(Path(tokens.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], env=where, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip().split("|") == index_tokens(PROSE[0])
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_importing_loads_no_dictionary() -> None:
    code = "import sys, qa.tokens; print([m for m in ('jieba', 'rjieba', 'opencc') if m in sys.modules])"
    where = {"PYTHONPATH": str(Path(tokens.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], env=where, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


def test_many_at_once_are_the_same_and_share_their_tokens() -> None:
    texts = [f"第{number}条 走访接待放在村里办。" for number in range(2500)]
    bulk = index_tokens_bulk(texts)
    assert bulk == [index_tokens(text) for text in texts]
    assert len({id(token) for tokens in bulk for token in tokens if token == "走访"}) == 1


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("党龄从哪天算", ["党龄"]),
        ("集体备课啥时候", ["集体", "备课"]),
        ("哪几个部门", ["部门"]),
        ("几天办完", ["办完"]),
    ],
)
def test_words_that_ask_take_nothing_with_them(question: str, words: list[str]) -> None:
    assert content_words(question) == words
