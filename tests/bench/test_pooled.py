"""The pooled benchmark on two made-up sets: what is read, what is right, what is written."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from qa.errors import InputError
from qa.types import Answer, Sentence

REPO = Path(__file__).resolve().parents[2]

BRIDGE = "青石桥建成于明代，长二十六丈。桥上有石狮四十只。"
GARDEN = "百草园在城东，种药材三百种。园中有井一口。"
SHARED = "渡口每日开船六班，末班在傍晚。"


@pytest.fixture(scope="module")
def scripts() -> Iterator[tuple[ModuleType, ModuleType]]:
    """bench/pool.py and bench/pooled.py, which import their neighbours as scripts do."""
    sys.path.insert(0, str(REPO / "bench"))
    try:
        import pool  # type: ignore[import-not-found]
        import pooled  # type: ignore[import-not-found]

        yield pool, pooled
    finally:
        sys.path.remove(str(REPO / "bench"))


@pytest.fixture
def pool(scripts: tuple[ModuleType, ModuleType]) -> ModuleType:
    return scripts[0]


@pytest.fixture
def pooled(scripts: tuple[ModuleType, ModuleType]) -> ModuleType:
    return scripts[1]


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    folder = tmp_path / "题库"
    files: dict[str, list[dict[str, object]]] = {
        "questions/甲.passages": [
            {"id": "1", "title": "青石桥", "text": BRIDGE},
            {"id": "2", "title": "青石桥", "text": SHARED},
        ],
        "questions/甲.questions": [
            {"id": "q1", "question": "青石桥上有多少石狮？", "passage_id": "1", "answers": ["石狮四十只"]},
            {"id": "q2", "question": "渡口每日开船几班？", "passage_id": "2", "answers": ["六班"]},
        ],
        "questions/cail2019.乙.passages": [
            {"id": "1", "title": "", "text": GARDEN},
            {"id": "x", "title": "渡口", "text": f"{SHARED[:8]}\n{SHARED[8:]}"},
        ],
        "questions/cail2019.乙.questions": [
            {"id": "q1", "question": "百草园种多少种药材？", "passage_id": "1", "answers": ["YES"]},
            {"id": "q2", "question": "飞船何时靠港？", "passage_id": "x", "answers": []},
        ],
        "passages/法.passages": [
            {"id": "f1", "title": "灯油管理条例第一条", "text": "为了节省灯油，制定本条例。"},
            {"id": "f2", "title": "灯油管理条例第二条", "text": "灯油由库房发放。"},
            {"id": "f3", "title": "", "text": "库房每月盘点。"},
        ],
    }
    for name, lines in files.items():
        file = folder / f"{name}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return folder


SETS = ("甲", "cail2019.乙")


def test_passages_become_files_that_say_whose_they_are(pool: ModuleType, bench: Path, tmp_path: Path) -> None:
    held = pool.write(bench, tmp_path / "w", SETS)
    assert held == {
        "甲/青石桥.txt": ["甲/1"],
        "甲/青石桥_2.txt": ["甲/2", "cail2019.乙/x"],
        "cail2019_乙/1.txt": ["cail2019.乙/1"],
        "法/灯油管理条例.txt": ["法/f1", "法/f2"],
        "法/f3.txt": ["法/f3"],
    }
    texts = {path: (tmp_path / "w/corpus" / path).read_text(encoding="utf-8") for path in held}
    assert texts["甲/青石桥.txt"] == f"青石桥\n{BRIDGE}"
    assert texts["cail2019_乙/1.txt"] == GARDEN
    assert texts["法/灯油管理条例.txt"] == ("灯油管理条例\n第一条 为了节省灯油，制定本条例。\n第二条 灯油由库房发放。")
    assert json.loads((tmp_path / "w/map.json").read_text(encoding="utf-8")) == held


def test_other_sets_replace_what_was_written_and_touch_nothing_else(
    pool: ModuleType, bench: Path, tmp_path: Path
) -> None:
    work = tmp_path / "w"
    pool.write(bench, work, SETS)
    kept = work / "corpus/甲/青石桥.txt"
    before = kept.stat().st_mtime_ns
    pool.write(bench, work, SETS[:1])
    assert sorted(path.name for path in (work / "corpus").rglob("*.txt")) == [
        "f3.txt",
        "灯油管理条例.txt",
        "青石桥.txt",
        "青石桥_2.txt",
    ]
    assert kept.stat().st_mtime_ns == before


def test_questions_know_their_gold_and_whether_there_is_an_answer(pool: ModuleType, bench: Path) -> None:
    first, second = pool.questions(bench, "甲")
    assert (first.gold, first.answers, first.answerable) == ({"甲/1"}, ("石狮四十只",), True)
    assert second.gold == {"甲/2"}
    verdict, none = pool.questions(bench, "cail2019.乙")
    assert (verdict.answers, verdict.answerable) == ((), True)
    assert (none.answers, none.answerable) == ((), False)


def test_a_missing_set_or_a_broken_line_is_named(pool: ModuleType, bench: Path) -> None:
    with pytest.raises(InputError, match="丙"):
        pool.questions(bench, "丙")
    (bench / "questions/丙.questions.jsonl").write_text("{}\n{", encoding="utf-8")
    with pytest.raises(InputError, match="第 2 行"):
        list(pool.rows(bench / "questions/丙.questions.jsonl"))


@pytest.mark.parametrize(
    ("name", "path"),
    [("a/b\\c:d", "a_b_c_d"), ("..", "_"), (" 标题\n二 ", "标题_二"), ("长" * 200, "长" * 60), ("", "_")],
)
def test_names_are_safe_as_paths(pool: ModuleType, name: str, path: str) -> None:
    assert pool.safe(name) == path


def test_names_that_are_taken_get_numbers(pool: ModuleType) -> None:
    taken: pool.Counter[str] = pool.Counter()  # type: ignore[name-defined]
    given = ["桥", "桥_2", "桥", "A", "a", "桥"]
    made = [pool.numbered(name, taken) for name in given]
    assert made[:2] == ["桥", "桥_2"]
    assert len({name.lower() for name in made}) == len(given)


def test_the_first_document_with_a_gold_passage_counts(pooled: ModuleType) -> None:
    texts = {"a": "渡口在村东。", "b": "桥在村西，共三孔。"}
    reprints = pooled.Reprints({"a": ["甲/1"], "b": ["甲/2", "乙/7"]}, texts.__getitem__)
    assert pooled.place(["a", "b"], frozenset({"乙/7"}), reprints) == 2
    assert pooled.place(["a", "a"], frozenset({"乙/7"}), reprints) is None


def test_a_reprint_of_a_gold_passage_counts_and_a_part_of_it_does_not(pooled: ModuleType) -> None:
    story = "昨日上午，村民在旧渡口捞起一块石碑，碑上刻着修桥人的姓名和捐款的数目，现存镇文化站。"
    texts = {"gold": story, "reprint": f"本报讯 {story}", "part": story[:24], "other": "镇文化站周一闭馆。"}
    reprints = pooled.Reprints({path: [f"甲/{path}"] for path in texts}, texts.__getitem__)
    gold = frozenset({"甲/gold"})
    assert pooled.place(["other", "part", "reprint"], gold, reprints) == 3


def test_an_answer_is_found_whatever_its_marks(pooled: ModuleType) -> None:
    answer = Answer("问", "answered", "extract", (Sentence("桥长 26 丈。", (1,)), Sentence("有石獅，四十隻。", (2,))))
    assert pooled.shown(answer, ("长２６丈",), first=True) is True
    assert pooled.shown(answer, ("石狮四十只",), first=True) is False
    assert pooled.shown(answer, ("没有", "石狮四十只"), first=False) is True
    assert pooled.shown(answer, ("。",), first=True) is None
    assert pooled.shown(Answer("问", "abstained", "extract"), ("桥",), first=True) is False


def test_figures_leave_out_what_has_no_answer(pooled: ModuleType) -> None:
    def outcome(rank: int | None, answerable: bool, answered: bool, first: bool | None, ms: float) -> object:
        return pooled.Outcome("甲", "q", "问", answerable, answered, "extract", {"bm25": rank}, first, first, first, ms)

    row = pooled.summarise(
        "甲", [outcome(1, True, True, True, 2), outcome(6, True, False, None, 4), outcome(None, False, False, None, 9)]
    )
    assert row["rankings"] == {"bm25": {"hit@1": 0.5, "hit@5": 0.5, "hit@10": 1.0, "mrr": pytest.approx(7 / 12)}}
    assert (row["questions"], row["spans"], row["first"], row["refused"]) == (2, 1, 1.0, 0.5)
    assert (row["unanswerable"], row["unanswerable_refused"], row["p50"]) == (1, 1.0, 4)
    assert "| 甲 | 2 | bm25 | 0.500 | 0.500 | 1.000 | 0.583 |" in pooled.table([row])


def test_the_sample_is_the_same_each_time(pooled: ModuleType) -> None:
    assert pooled.sample(list(range(100)), 5) == pooled.sample(list(range(100)), 5)
    assert pooled.sample([3, 1], 5) == [3, 1]


def test_the_whole_run(
    pooled: ModuleType, bench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    given = ["pooled.py", str(bench), "--work", str(tmp_path / "w"), "--sets", *SETS, "--out", str(out)]
    monkeypatch.setattr(sys, "argv", given)
    pooled.main()
    first, second = json.loads(out.read_text(encoding="utf-8"))["figures"]
    assert set(first["rankings"]) == {"floor", "bm25", "words"}
    assert all(found["hit@1"] == 1.0 for row in (first, second) for found in row["rankings"].values())
    assert (first["spans"], first["first_open"], first["any_open"]) == (2, 1.0, 1.0)
    assert (second["questions"], second["spans"], second["unanswerable"]) == (1, 0, 1)
    assert "5 documents" in capsys.readouterr().out
