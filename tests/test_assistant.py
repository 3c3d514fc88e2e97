"""The facade end to end: a folder in, cited answers or honest silence out, whatever happens to the index meanwhile."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from qa.assistant import Assistant
from qa.errors import IndexUnavailable, InputError
from qa.protocols import Vectors
from qa.settings import Settings
from qa.store import Snapshot
from qa.types import Answer, Scope

LEXICAL = Settings(encoder="none")
OPENING = "第三条 游泳馆每天开放，开放时间不少于九小时。"

TEXTS = {
    "制度/游泳馆管理办法.txt": f"""云溪县游泳馆管理办法
第一章 总则
第一条 为了规范游泳馆的管理，制定本办法。
第二条 本办法所称游泳馆，是指由县财政建设、向居民开放的室内水池。
第二章 开放
{OPENING}
寒假期间应当延长一小时。
第四条 有下列情形之一的，可以临时关闭：
（一）池水不合格；
（二）设备检修。
临时关闭应当提前两天公告。
""",
    "通知/锅炉.md": "# 关于检修锅炉的通知\n\n锅炉检修从11月3日开始，由后勤科负责。\n\n检修期间浴室停止使用。\n",
    "食堂.txt": "食堂供餐安排\n早餐从七点供应到八点半。午餐从十一点半供应到十三点。\n",
}


def write(corpus: Path, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        (corpus / path).parent.mkdir(parents=True, exist_ok=True)
        (corpus / path).write_text(text, encoding="utf-8")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write(tmp_path / "资料 夹", TEXTS)
    return tmp_path / "资料 夹"


@pytest.fixture
def assistant(tmp_path: Path, corpus: Path) -> Iterator[Assistant]:
    with Assistant.open(tmp_path / "索引", LEXICAL) as opened:
        opened.sync(corpus)
        yield opened


def lines(answer: Answer) -> list[str]:
    return [sentence.text for sentence in answer.sentences]


# In the library's words


def test_a_slip_is_searched_as_what_was_meant_and_told(corpus: Path, assistant: Assistant) -> None:
    write(corpus, {f"台账{number}.txt": f"{number}号泵\n{number}号泵在春季检修。\n" for number in range(3)})
    assistant.sync(corpus)
    plain, slip = assistant.ask("锅炉检修由谁负责"), assistant.ask("锅炉俭修由谁负责")
    assert slip.question == "锅炉俭修由谁负责"
    assert (lines(slip), slip.confidence) == (lines(plain), plain.confidence)
    assert (plain.notes, slip.notes) == ((), ("没有找到“俭修”，按“检修”检索",))
    assert assistant.search("锅炉俭修由谁负责") == assistant.search("锅炉检修由谁负责")
    assert (
        assistant.ask("到哪天结束", ["锅炉俭修由谁负责"]).hits == assistant.ask("到哪天结束", ["锅炉检修由谁负责"]).hits
    )


def test_a_short_form_finds_what_is_written_in_full(corpus: Path, assistant: Assistant) -> None:
    texts = {
        "移民.txt": "移民工作\n县水库移民安置事务中心（以下简称移安中心）设在水利局。\n",
        "电话.txt": "值班安排\n夜间有事请打水库移民安置事务中心的电话8123。\n水库移民安置事务中心周末有人。\n",
    }
    write(corpus, texts)
    assistant.sync(corpus)
    answer = assistant.ask("移安中心夜间电话是多少")
    assert answer.notes == ("已把“移安中心”同时按“移民安置事务中心”检索",)
    assert lines(answer)[0] == "夜间有事请打水库移民安置事务中心的电话8123。"
    assert answer.to_dict()["notes"] == list(answer.notes)
    (corpus / "移民.txt").unlink()
    assistant.sync(corpus)
    assert assistant.ask("移安中心夜间电话是多少").notes == ()


# From nothing to an answer


def test_an_index_that_is_not_there_yet_is_opened_and_filled(tmp_path: Path, corpus: Path) -> None:
    assistant = Assistant.open(tmp_path / "索引", LEXICAL)
    assert (assistant.documents(), assistant.examples()) == ((), [])
    assert assistant.status().generation == assistant.status().documents == 0
    with pytest.raises(IndexUnavailable, match=r"还没有索引。请先运行 python -m qa sync"):
        assistant.ask("游泳馆每天开放多长时间")
    report = assistant.sync(corpus)
    assert (report.documents, report.added, report.problems) == (3, 3, ())
    assert lines(assistant.ask("游泳馆每天开放多长时间")) == [OPENING]
    status = assistant.status()
    assert (status.generation, status.documents, status.chunks) == (1, 3, report.chunks)
    assert (status.vectors, status.encoder, status.problems, status.progress) == (0, "none", (), None)
    assert [info.path for info in assistant.documents()] == sorted(TEXTS)


@pytest.mark.parametrize(
    ("question", "path", "quote"),
    [
        ("游泳馆每天开放多长时间", "制度/游泳馆管理办法.txt", OPENING),
        ("锅炉检修什么时候开始", "通知/锅炉.md", "锅炉检修从11月3日开始，由后勤科负责。"),
        ("早餐几点供应", "食堂.txt", "早餐从七点供应到八点半。"),
    ],
)
def test_an_answer_cites_what_the_library_holds(assistant: Assistant, question: str, path: str, quote: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "answered"
    assert (answer.citations[0].path, answer.citations[0].quote) == (path, quote)
    for citation in answer.citations:
        assert citation.quote == assistant.text(citation.path, citation.start, citation.end)
        assert assistant.document(citation.doc_id).path == citation.path
    assert answer.hits[0].path == path
    assert assistant.search(question)[0].chunk == answer.hits[0].chunk


@pytest.mark.parametrize(
    "question", ["火星基地的氧气怎么供应", "如何重装电脑的操作系统", "梅西踢进几个球", "asdf qwer"]
)
def test_what_the_library_does_not_answer_is_left_unanswered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.sentences, answer.citations) == ("abstained", (), ())
    assert (answer.reason or "").startswith("资料库里没有找到")


def test_a_follow_up_leans_on_the_question_before(assistant: Assistant) -> None:
    history = ["游泳馆每天开放多长时间"]
    assert "寒假期间应当延长一小时。" in lines(assistant.ask("那寒假期间呢", history))
    assert "锅炉检修从11月3日开始，由后勤科负责。" in lines(assistant.ask("锅炉检修由谁负责", history))


def test_a_new_subject_is_not_answered_with_the_old_one(assistant: Assistant) -> None:
    answer = assistant.ask("那火箭呢", ["游泳馆每天开放多长时间"])
    assert answer.status == "abstained"


LEASE = """云溪县鱼塘承包办法
第一条 鱼塘由村民小组公开招标承包，承包期为五年。
第二条 承包期届满，原承包人愿意的，可以优先续租一次，续租不超过三年。
第三条 承包人毁坏塘堤的，应当照价赔偿。
"""


def test_a_short_question_goes_on_where_that_finds_more(assistant: Assistant, corpus: Path) -> None:
    question, said = "届满了还能续租吗", "第二条 承包期届满，原承包人愿意的，可以优先续租一次，续租不超过三年。"
    rival = "云溪县摊位租赁办法\n租赁届满还能续租几次，由集市办公室决定。\n"
    write(corpus, {"鱼塘.txt": LEASE, "摊位.txt": rival})
    assistant.sync(corpus)
    assert assistant.search(question)[0].path == "摊位.txt"
    history = ["鱼塘承包办法里承包期是几年"]
    assert assistant.search(question, history=history)[0].path == "鱼塘.txt"
    assert said in lines(assistant.ask(question, history))


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("锅炉检修由谁负责", "游泳馆每天开放多长时间"),
        ("早餐几点供应", "锅炉检修什么时候开始"),
        ("池水不合格怎么办", "早餐几点供应"),
        ("检修期间浴室能用吗", "游泳馆每天开放多长时间"),
    ],
)
def test_a_short_question_on_a_new_subject_stands_alone(assistant: Assistant, question: str, history: str) -> None:
    alone, after = assistant.search(question), assistant.search(question, history=[history])
    assert after == alone
    assert lines(assistant.ask(question, [history])) == lines(assistant.ask(question))


def test_a_follow_up_in_words_of_its_own_keeps_to_the_subject(assistant: Assistant, corpus: Path) -> None:
    """None of its pairs of characters stands where its subject is, yet the library knows its words."""
    write(corpus, {"鱼塘.txt": LEASE, "会议.txt": "会议安排\n会议推迟的，由办公室通知各组。\n"})
    assistant.sync(corpus)
    history = ["游泳馆管理办法里游泳馆每天开放多长时间"]
    assert assistant.search("那要是推迟呢", history=history)[0].path == "制度/游泳馆管理办法.txt"


def test_the_same_elsewhere_is_told_with_the_sentence(assistant: Assistant, corpus: Path) -> None:
    rule = "苗圃的幼苗每年三月移栽，移栽前三天停止浇水，移栽后当天浇足定根水，并搭棚遮阴半个月，"
    rule += "遮阴期内早晚各喷一次水雾，雨天免喷，叶片发黄的幼苗应当单独移到背风处养护，养护情况由值班的园丁记在簿上。"
    older = rule.replace("每年三月", "每年四月")
    files = {
        "苗圃条例(2020-05-01).md": f"苗圃条例\n第一条 {rule}\n",
        "苗圃条例(2008-05-01).md": f"苗圃条例\n第一条 {older}\n",
        "摘抄.txt": f"摘抄\n{rule}\n",
    }
    write(corpus, files)
    assistant.sync(corpus)
    answer = assistant.ask("幼苗移栽前几天停止浇水")
    [citation] = answer.citations
    assert citation.path == "苗圃条例(2020-05-01).md"
    told = {(twin.path, twin.kind, twin.date) for twin in citation.same}
    assert told == {("摘抄.txt", "copy", ""), ("苗圃条例(2008-05-01).md", "edition", "2008-05-01")}
    copy = next(twin for twin in citation.same if twin.kind == "copy")
    assert assistant.text(copy.path, copy.start, copy.end) == rule
    assert [hit.path for hit in answer.hits if "幼苗" in hit.chunk.text] == [citation.path]


def test_an_article_is_shown_whole_and_one_that_is_not_there_said_so(assistant: Assistant) -> None:
    answer = assistant.ask("游泳馆管理办法第四条")
    assert (answer.status, answer.kind) == ("answered", "article")
    assert lines(answer) == [
        "第四条 有下列情形之一的，可以临时关闭：",
        "（一）池水不合格；",
        "（二）设备检修。",
        "临时关闭应当提前两天公告。",
    ]
    assert answer.hits[0].chunk.text.startswith("第四条")
    missing = assistant.ask("游泳馆管理办法第四十条")
    assert (missing.status, missing.kind, missing.sentences) == ("abstained", "article", ())
    assert missing.reason == "《云溪县游泳馆管理办法》从第1条到第4条，没有第40条。"


def test_the_document_is_carried_over_to_a_bare_address(assistant: Assistant) -> None:
    answer = assistant.ask("第三条呢", ["游泳馆管理办法第一条", "最后一条是什么"])
    assert (answer.kind, lines(answer)[0]) == ("article", OPENING)
    assert assistant.ask("第三条").kind != "article"


def test_a_law_that_is_not_there_is_not_replaced_by_another(assistant: Assistant, corpus: Path) -> None:
    rules = "第一条 为了实施水池法，制定本细则。\n第二条 依照水池法第五条，水深超过一米八的水池应当配备救生员两名。\n"
    write(corpus, {"水池法实施细则.txt": f"水池法实施细则\n{rules}"})
    assistant.sync(corpus)
    bare = assistant.ask("水池法第二条")
    assert (bare.status, bare.sentences) == ("abstained", ())
    assert bare.reason == "资料库里没有《水池法》；名称相近的有《水池法实施细则》。"
    # Something is asked of an article, and a passage speaks of that very one: it is cited, with what is missing.
    answer = assistant.ask("水池法第五条规定救生员配备几名")
    assert "第二条 依照水池法第五条，水深超过一米八的水池应当配备救生员两名。" in lines(answer)
    assert (answer.reason or "").startswith("资料库里没有《水池法》；")
    assert assistant.ask("水池法第六条规定救生员配备几名").status == "abstained"


def test_an_older_edition_asked_for_and_not_held_is_told_beside_the_answer(assistant: Assistant, corpus: Path) -> None:
    write(corpus, {"公园法(2021-05-01).txt": "公园法\n第一条 公园免费开放。\n第二条 公园不得出租。\n"})
    assistant.sync(corpus)
    answer = assistant.ask("2003年版公园法第二条")
    assert lines(answer) == ["第二条 公园不得出租。"]
    assert answer.reason == "问的是2003年的版本；资料库里有的是2021-05-01的，以下据2021-05-01的一版。"
    assert assistant.ask("公园法第二条").reason is None


@pytest.mark.parametrize("number", range(1, 9))
def test_the_passage_at_the_address_is_the_first_hit(assistant: Assistant, corpus: Path, number: int) -> None:
    """Though its words are not in the question, and the words of another article are."""
    topics = "借书 还书 座位 安静 饮食 存包 复印 闭馆".split()
    articles = "".join(
        f"第{n}条 {topic}的规定如下，{topic}由值班员登记。{topic}有疑问的，向值班员询问。{'读者应当配合。' * 20}\n"
        for n, topic in zip("一二三四五六七八", topics, strict=True)
    )
    write(corpus, {"阅览室规则.txt": f"云溪县阅览室规则\n{articles}"})
    assistant.sync(corpus)
    other = topics[number % 8]
    answer = assistant.ask(f"阅览室规则第{number}条，{other}有疑问怎么办")
    assert answer.kind == "article"
    assert f"{topics[number - 1]}的规定如下" in answer.hits[0].chunk.text
    assert answer.hits[0].score >= 0.99


def test_a_document_number_that_is_not_there_is_said_so(assistant: Assistant, corpus: Path) -> None:
    body = "各村每月公示一次账目，接受村民监督。\n依据国文发（2020）第3号，账目保存十年。\n"
    write(corpus, {"公示.txt": f"云文发〔2025〕7号\n关于做好账目公示的通知\n各村：\n{body}"})
    assistant.sync(corpus)
    assert "各村每月公示一次账目，接受村民监督。" in lines(assistant.ask("云文发〔2025〕7号要求多久公示一次账目"))
    assert assistant.ask("请问云文发[2025]7号要求多久公示一次账目").status == "answered"
    # Only mentioned, but answered where it is.
    mentioned = assistant.ask("国文发〔2020〕3号规定账目保存几年")
    assert "依据国文发（2020）第3号，账目保存十年。" in lines(mentioned)
    answer = assistant.ask("云文发〔2025〕8号要求多久公示一次账目")
    assert (answer.status, answer.sentences) == ("abstained", ())
    assert answer.reason == "资料库里没有文号为 云文发〔2025〕8号 的文件，也没有提到它的原文。"
    assert answer.suggestions


# What crosses the border


def test_the_json_is_as_documented(assistant: Assistant) -> None:
    data = json.loads(json.dumps(assistant.ask("游泳馆每天开放多长时间").to_dict(), ensure_ascii=False))
    assert list(data) == [
        *("question", "status", "kind", "confidence", "sentences", "citations", "hits"),
        *("reason", "missing", "notes", "warnings", "suggestions", "worded", "timings"),
    ]
    assert list(data["sentences"][0]) == ["text", "citations", "focus", "context"]
    assert list(data["citations"][0]) == [
        *("number", "doc_id", "title", "path", "start", "end", "quote", "breadcrumb", "page", "same", "facts")
    ]
    assert list(data["hits"][0]) == [
        *("path", "doc_id", "title", "start", "end", "text", "score", "signals", "same", "facts")
    ]
    assert (data["status"], data["kind"], data["reason"]) == ("answered", "extract", None)
    assert data["citations"][0]["breadcrumb"] == ["第二章 开放"]
    assert data["citations"][0]["page"] is None
    assert data["hits"][0]["signals"]["lexical"] > 0
    stages = ("query_ms", "encode_ms", "retrieve_ms", "rank_ms", "answer_ms")
    assert sum(data["timings"][stage] for stage in stages) <= data["timings"]["total_ms"] + 0.1


def test_the_json_of_silence_names_missing_words(assistant: Assistant) -> None:
    data = assistant.ask("火星基地的氧气怎么供应").to_dict()
    assert (data["status"], data["sentences"], data["citations"]) == ("abstained", [], [])
    assert {"火星", "氧气"} <= set(data["missing"])


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda a: a.text("没有/这份.txt"), "资料库里没有文件 '没有/这份.txt'。请用相对于资料夹"),
        (lambda a: a.document("0123456789abcdef"), "资料库里没有编号为 '0123456789abcdef' 的文件"),
        (lambda a: a.search("食堂", k=0), "k=0。请给 1 到 100 之间的整数"),
        (lambda a: a.search("食堂", k=101), "k=101"),
        (lambda a: a.ask("   "), "问题是空的。请用一句话写出要问什么"),
        (lambda a: a.ask("？！"), "问题里没有文字"),
        (lambda a: a.ask("问" * 2001), "问题太长：2001 个字符，上限 2000"),
    ],
)
def test_what_can_not_be_answered_is_explained(
    assistant: Assistant, call: Callable[[Assistant], object], told: str
) -> None:
    with pytest.raises(InputError) as raised:
        call(assistant)
    assert told in str(raised.value)


def test_k_passages_at_most(assistant: Assistant) -> None:
    every = assistant.search("开放 检修 供应", k=100)
    assert len(every) > 2
    assert [hit.chunk.id for hit in assistant.search("开放 检修 供应", k=2)] == [hit.chunk.id for hit in every[:2]]


# The library changes


def test_a_new_generation_is_followed_without_opening_again(assistant: Assistant, corpus: Path, tmp_path: Path) -> None:
    assert assistant.ask("滑冰场在哪里").status == "abstained"
    write(corpus, {"滑冰场.txt": "滑冰场启用公告\n滑冰场设在文化广场东侧，凭身份证领取冰鞋。\n"})
    with Assistant.open(tmp_path / "索引", LEXICAL) as other:
        other.sync(corpus)
    assert "滑冰场设在文化广场东侧，凭身份证领取冰鞋。" in lines(assistant.ask("滑冰场在哪里"))
    assert assistant.status().generation == 2


def test_an_edited_file_answers_anew(assistant: Assistant, corpus: Path) -> None:
    write(corpus, {"食堂.txt": "食堂供餐安排\n早餐从六点供应到九点。\n"})
    assert assistant.sync(corpus).changed == 1
    assert lines(assistant.ask("早餐几点供应")) == ["早餐从六点供应到九点。"]


def test_a_removed_file_disappears(assistant: Assistant, corpus: Path) -> None:
    doc_id = assistant.ask("早餐几点供应").citations[0].doc_id
    (corpus / "食堂.txt").unlink()
    assert assistant.sync(corpus).removed == 1
    assert all(hit.path != "食堂.txt" for hit in assistant.search("早餐几点供应", k=100))
    assert "食堂.txt" not in [info.path for info in assistant.documents()]
    with pytest.raises(InputError, match=r"食堂\.txt"):
        assistant.text("食堂.txt")
    with pytest.raises(InputError, match="它可能已被删除或改名"):
        assistant.document(doc_id)


def test_a_closed_assistant_opens_again_when_asked(assistant: Assistant) -> None:
    assistant.close()
    assert lines(assistant.ask("早餐几点供应")) == ["早餐从七点供应到八点半。"]


def test_threads_ask_while_generations_are_published(assistant: Assistant, corpus: Path) -> None:
    """Each answer is of one generation, whole: never a mixture, never an error."""

    def edition(number: int) -> str:
        return f"早餐从七点供应到八点半，共有{number}种包子。"

    def publish(number: int) -> None:
        write(corpus, {"食堂.txt": f"食堂供餐安排\n{'午餐另行安排。' * number}\n{edition(number)}\n"})
        assistant.sync(corpus)

    publish(1)
    editions = {edition(number) for number in range(1, 7)}
    done = threading.Event()

    def asking() -> set[str]:
        seen = set()
        while not done.is_set():
            answer = assistant.ask("早餐供应几种包子")
            seen |= {c.quote for c in answer.citations}
            [top, *_] = assistant.search("早餐供应几种包子")
            assert assistant.text("食堂.txt").startswith("食堂供餐安排")
            assert top.path == "食堂.txt"
        return seen

    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(asking) for _ in range(8)]
        try:
            for number in range(2, 7):
                publish(number)
        finally:
            done.set()
        seen = set().union(*(future.result() for future in running))
    assert seen <= editions
    assert len(seen) > 1, "several generations were met"
    assert lines(assistant.ask("早餐供应几种包子")) == [edition(6)]


# The index is damaged


def damage(index: Path, generation: int) -> None:
    path = index / "generations" / str(generation) / "library.sqlite"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.unlink()  # not written through a link that another generation shares
    path.write_bytes(bytes(data))


def test_a_damaged_generation_gives_way_to_the_last_good_one(
    assistant: Assistant, corpus: Path, tmp_path: Path
) -> None:
    write(corpus, {"食堂.txt": "食堂供餐安排\n早餐从六点供应到九点。\n"})
    assistant.sync(corpus)
    damage(tmp_path / "索引", 2)
    with Assistant.open(tmp_path / "索引", LEXICAL) as fresh:
        assert lines(fresh.ask("早餐几点供应")) == ["早餐从七点供应到八点半。"]
        [problem] = fresh.status().problems
        assert "已损坏" in problem.message
        assert "第 1 代" in problem.message
        fresh.sync(corpus)
        assert lines(fresh.ask("早餐几点供应")) == ["早餐从六点供应到九点。"]
        assert fresh.status().problems == ()


def test_the_last_good_generation_is_not_opened_for_each_question(
    assistant: Assistant, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening verifies every checksum: seconds in a large library."""
    write(corpus, {"食堂.txt": "食堂供餐安排\n早餐从六点供应到九点。\n"})
    assistant.sync(corpus)
    damage(tmp_path / "索引", 2)
    opened: list[Path] = []
    really = Snapshot.open
    monkeypatch.setattr(Snapshot, "open", lambda index: (opened.append(index), really(index))[1])
    with Assistant.open(tmp_path / "索引", LEXICAL) as fresh:
        for _ in range(5):
            assert fresh.ask("早餐几点供应").status == "answered"
    assert len(opened) == 1


def test_what_is_in_hand_goes_on_when_the_disk_is_damaged(assistant: Assistant, tmp_path: Path) -> None:
    before = assistant.ask("早餐几点供应")
    damage(tmp_path / "索引", 1)
    assert lines(assistant.ask("早餐几点供应")) == lines(before)


def test_an_index_without_a_good_generation_says_what_to_do(assistant: Assistant, tmp_path: Path) -> None:
    damage(tmp_path / "索引", 1)
    with pytest.raises(IndexUnavailable, match=r"索引文件已损坏（校验和不符）：.*请运行 python -m qa sync"):
        Assistant.open(tmp_path / "索引", LEXICAL)


# With vectors


class Concepts:
    """Vectors that can be worked out by hand: one axis a concept, the last for texts without any."""

    WORDS = (("游泳馆", "戏水"), ("锅炉", "暖气"), ("早餐", "吃的"))
    dim = len(WORDS) + 1

    def __init__(self, name: str = "concepts-1") -> None:
        self.name = name

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        counts = np.array([[sum(text.count(w) for w in words) for words in self.WORDS] for text in texts], np.float32)
        rows = np.hstack([counts, (counts.sum(axis=1, keepdims=True) == 0)]).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    encode_passages = encode_queries


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[Concepts], None]:
    def put(encoder: Concepts) -> None:
        for module in ("qa.build.encoding", "qa.ready"):
            monkeypatch.setattr(f"{module}.open_encoder", lambda settings, report=None: encoder)
        for module in ("qa.build.syncing", "qa.ready"):
            monkeypatch.setattr(f"{module}.encoder_name", lambda settings: encoder.name)

    return put


def test_with_vectors_a_passage_is_found_that_shares_no_word(
    tmp_path: Path, corpus: Path, install: Callable[[Concepts], None]
) -> None:
    install(Concepts())
    with Assistant.open(tmp_path / "索引", Settings(encoder="e5")) as assistant:
        report = assistant.sync(corpus)
        assert report.vectors == report.encoded == report.chunks
        hits = assistant.search("暖气")
        assert hits[0].path == "通知/锅炉.md"
        assert hits[0].signals["dense"] == pytest.approx(1.0)
        assert hits[0].signals["lexical"] == 0.0
        assert all(0 <= hit.score <= 1 for hit in hits)
        others = [hit.signals["dense"] for hit in hits if hit.path == "食堂.txt"]
        assert others == pytest.approx([0.0] * len(others))
        status = assistant.status()
        assert (status.encoder, status.vectors, status.problems) == ("concepts-1", report.chunks, ())


def test_while_vectors_are_made_words_alone_count(
    tmp_path: Path, corpus: Path, install: Callable[[Concepts], None]
) -> None:
    install(Concepts())
    with Assistant.open(tmp_path / "索引", Settings(encoder="e5")) as assistant:
        assistant.sync(corpus)
        write(corpus, {f"滑冰场{n}.txt": f"滑冰场公告第{n}号\n{n}号冰场设在文化广场东侧。\n" for n in range(1, 5)})
        assistant.sync(corpus, lexical_only=True)
        status = assistant.status()
        assert 0 < status.vectors < status.chunks
        hits = assistant.search("3号冰场设在哪里")
        assert hits[0].path == "滑冰场3.txt"
        assert all("dense" not in hit.signals for hit in hits)
        assert assistant.complete().vectors == status.chunks
        assert all("dense" in hit.signals for hit in assistant.search("3号冰场设在哪里"))


def test_vectors_of_another_encoder_are_left_alone_and_that_is_said(
    tmp_path: Path, corpus: Path, install: Callable[[Concepts], None]
) -> None:
    install(Concepts("concepts-1"))
    with Assistant.open(tmp_path / "索引", Settings(encoder="e5")) as assistant:
        assistant.sync(corpus)
    install(Concepts("concepts-2"))
    with Assistant.open(tmp_path / "索引", Settings(encoder="e5")) as assistant:
        answer = assistant.ask("早餐几点供应")
        assert lines(answer) == ["早餐从七点供应到八点半。"]
        assert all("dense" not in hit.signals for hit in answer.hits)
        [problem] = assistant.status().problems
        assert problem.message == (
            "索引的语义向量由编码器 concepts-1 制作，现在设置的是 concepts-2；暂按关键词检索。"
            "请运行 python -m qa sync 用新编码器重做，或把 QA_ENCODER 改回。"
        )
        assistant.sync(corpus)
        assert assistant.status().problems == ()
        assert assistant.search("暖气")[0].signals["dense"] == pytest.approx(1.0)


RULES = {
    "法/灯塔法(2009-03-02).txt": "灯塔法\n第一条 为了管好灯塔，制定本法。\n第二条 看守灯塔的人每月领取津贴三百元。\n",
    "法/灯塔法(2019-03-02).txt": "灯塔法\n第一条 为了管好灯塔，制定本法。\n第二条 看守灯塔的人每月领取津贴五百元。\n",
    "法/灯塔看守规定(1998-01-01).txt": (
        "灯塔看守规定\n第一条 为了看守灯塔，制定本规定。\n第二条 雾天应当整日点亮灯塔，每半小时鸣笛一次。\n"
    ),
    "法/航标条例(2020-01-01).txt": (
        "航标条例\n第一条 为了管好航标，制定本条例。\n第二条 航标由港务局设置。\n"
        "第三条 本条例自2020年6月1日起施行。《灯塔看守规定》同时废止。\n"
    ),
    "讲话/港口.txt": (
        "在港口工作会议上的讲话\n（2024年9月10日）\n王 明\n同志们：\n看守灯塔的同志很辛苦，津贴要按月发。\n"
    ),
}


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Assistant]:
    write(tmp_path / "港口", RULES)
    with Assistant.open(tmp_path / "港口索引", LEXICAL) as opened:
        opened.sync(tmp_path / "港口")
        yield opened


def test_a_scope_keeps_everything_else_out(harbour: Assistant) -> None:
    everywhere = harbour.search("看守灯塔的津贴")
    assert {hit.path.split("/")[0] for hit in everywhere} == {"法", "讲话"}
    talk = harbour.search("看守灯塔的津贴", scope=Scope(folders=("讲话",)))
    assert {hit.path for hit in talk} == {"讲话/港口.txt"}
    answer = harbour.ask("看守灯塔的津贴怎么发", scope=Scope(folders=("讲话",)))
    assert {citation.path for citation in answer.citations} <= {"讲话/港口.txt"}
    assert answer.notes[0] == "只在所选范围里找：文件夹讲话"
    with pytest.raises(InputError, match="没有文件夹“会”"):
        harbour.ask("津贴", scope=Scope(folders=("会",)))


def test_an_edition_is_asked_by_its_year_and_warned_of(harbour: Assistant) -> None:
    now = harbour.ask("灯塔法第二条")
    assert ("五百元" in now.text, now.warnings) == (True, ())
    assert now.citations[0].facts["status"] == "现行"
    old = harbour.ask("灯塔法第二条", scope=Scope(years=(2009,)))
    assert "三百元" in old.text
    assert old.warnings == (
        "[1] 引文出自《灯塔法》的旧版（2009年3月2日）；资料库里有2019年3月2日的一版，请以新版为准。",
    )
    assert harbour.ask("灯塔法第二条", scope=Scope(years=(2009,), folders=("法",))).citations == old.citations


def test_what_is_repealed_is_left_out_or_warned_of(harbour: Assistant) -> None:
    question = "雾天看守灯塔多久鸣笛一次"
    answer = harbour.ask(question)
    assert "每半小时鸣笛一次" in answer.text
    assert "已由《航标条例》废止，自2020年6月1日起失效。" in answer.warnings[0]
    in_force = harbour.search(question, scope=Scope(in_force=True))
    assert in_force
    assert all("看守规定" not in hit.path for hit in in_force)
    absent = harbour.ask("灯塔看守规定第二条", scope=Scope(in_force=True))
    assert (absent.status, absent.reason) == ("abstained", "资料库里没有《灯塔看守规定》。")


def test_hits_by_date(harbour: Assistant) -> None:
    best = harbour.search("看守灯塔", k=4)
    dated = harbour.search("看守灯塔", k=4, sort="date")
    assert {hit.chunk.id for hit in dated} == {hit.chunk.id for hit in best}
    dates = [hit.facts["date"] for hit in dated]
    assert dates == sorted(dates, reverse=True)
    assert dates[0] == "2024-09-10"
    assert harbour.badges(dated[0].chunk.doc_id)["speaker"] == "王明"
