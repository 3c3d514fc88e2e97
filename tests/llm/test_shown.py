"""Where a wording is shown: command line, page, REST and doctor; the quotes stand first everywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from fastapi.testclient import TestClient
from markdown_it import MarkdownIt
from scripted import Scripted, raw, says, serving

from qa.assistant import Assistant
from qa.cli import main
from qa.cli.doctor import examine
from qa.settings import Settings
from qa.types import WordedSentence, Wording, WordingProblem
from qa.web import blocks, wording
from qa.web.app import create_app

QUOTE = "渡船经营者应当自收到整改通知之日起十五日内完成整改。"
TEXT = f"青川市渡口管理办法\n第一条 为了规范渡口管理，制定本办法。\n第二条 {QUOTE}\n第三条 渡口每天开放九小时。\n"
TRUE = "渡船经营者收到整改通知后，应当在15日内整改完成。[1]"
FALSE = "渡船经营者收到整改通知后，应当在50日内整改完成。[1]"
QUESTION = "渡船经营者收到整改通知后多久完成整改"


@pytest.fixture
def script() -> Iterator[Scripted]:
    with serving(says(TRUE)) as made:
        yield made


@pytest.fixture
def settings(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in (("BASE_URL", script.base_url), ("MODEL", "made-up"), ("API_KEY", "sk-1"), ("TIMEOUT", "5")):
        monkeypatch.setenv(f"QA_LLM_{name}", value)
    monkeypatch.setenv("QA_ENCODER", "none")
    return Settings.load()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ferry")
    (place / "资料").mkdir()
    (place / "资料" / "渡口.txt").write_text(TEXT, encoding="utf-8")
    with Assistant(place / "index", Settings(encoder="none")) as made:
        made.sync(place / "资料")
    return place / "index"


@pytest.fixture
def library(settings: Settings, index: Path) -> Iterator[Assistant]:
    with Assistant.open(index, settings) as made:
        yield made


def talk(library: Assistant, lang: wording.Lang = "zh") -> list[str]:
    return [messages[-1]["content"] for messages in blocks.talk(library, None, QUESTION, [], lang)]


def test_the_quotes_stand_at_once_and_the_wording_comes_below(library: Assistant, script: Scripted) -> None:
    answer = library.ask(QUESTION)
    assert answer.worded is None
    assert script.asked == []
    worded = library.word(answer)
    assert worded.worded is not None
    assert [s.text for s in worded.worded.sentences] == [TRUE[:-3]]
    assert replace(worded, worded=None) == answer
    steps = talk(library)
    pending, last = steps[-2:]
    whole = pending.removesuffix("\n\n*语言模型正在转述……*")
    assert whole in steps
    assert QUOTE.rstrip("。") in whole
    assert last.startswith(whole)
    below = MarkdownIt().render(last[len(whole) :])
    assert "由语言模型转述，逐句核对过" in below
    assert "收到整改通知后，应当在15日内整改完成。" in below
    assert '<a href="#cite-' in below


@pytest.mark.parametrize(
    ("play", "zh", "en"),
    [
        (says(FALSE), "核对不符，没有采用", "did not agree"),
        (raw(b"", 500), "不完整", "not whole"),
        (raw(b"", 401), "告诉管理员", "tell the administrator"),
    ],
)
def test_without_a_wording_the_quotes_stand_with_a_short_note(
    library: Assistant, script: Scripted, play: object, zh: str, en: str
) -> None:
    script.play = play
    for lang, said in (("zh", zh), ("en", en)):
        *_, last = talk(library, lang)
        assert said in last
        assert "50日" not in last
        assert QUOTE.rstrip("。") in last


def test_every_problem_has_its_words(library: Assistant) -> None:
    answer = library.ask(QUESTION)
    for problem in get_args(WordingProblem):
        assert wording.rendered(library, replace(answer, worded=Wording(problem=problem)), "zh").strip("\n*")


def test_nothing_of_a_model_is_markup_and_a_lost_quote_takes_its_sentence_along(library: Assistant) -> None:
    answer = library.ask(QUESTION)
    evil = WordedSentence("<script>alert(1)</script>**粗**[去](http://x)", (1,), 1.0)
    gone = WordedSentence("凭空。", (9,), 1.0)
    shown = wording.rendered(library, replace(answer, worded=Wording((evil, gone), 1, "<b>m</b>")), "zh")
    html = MarkdownIt().render(shown)
    assert "<script>" not in html
    assert "<b>" not in html
    assert 'href="http' not in html
    assert "凭空" not in html
    assert "有 2 句" in html


def test_rest_words_where_it_is_asked_to(library: Assistant, script: Scripted, settings: Settings) -> None:
    client = TestClient(create_app(library, settings))
    plain = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    assert plain["worded"] is None
    assert script.asked == []
    worded = client.post("/api/v1/ask", json={"question": QUESTION, "worded": True}).json()
    assert worded["worded"]["sentences"][0] == {
        "text": TRUE[:-3],
        "citations": [1],
        "support": pytest.approx(1, abs=0.3),
    }
    assert worded["sentences"] == plain["sentences"]


def test_the_command_line_prints_it_last(library: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--index", str(library.index), QUESTION]) == 0
    told = capsys.readouterr().out
    assert told.index(QUOTE) < told.index("出处") < told.index("由语言模型（made-up）转述") < told.index(TRUE)
    assert main(["ask", "--index", str(library.index), "--json", QUESTION]) == 0
    assert json.loads(capsys.readouterr().out)["worded"]["problem"] is None


def test_doctor_tells_whether_the_model_answers(settings: Settings, script: Scripted) -> None:
    def check() -> object:
        return next(c for c in examine(settings) if c.name == "语言模型")

    script.play = says("好")
    assert check().ok
    assert "made-up" in check().found
    script.play = raw(b"", 401)
    assert not check().ok
    assert "密钥不对（401）" in check().found
    off = next(c for c in examine(settings.model_copy(update={"llm_base_url": ""})) if c.name == "语言模型")
    assert off.ok
    assert "没有设置" in off.found


def test_nothing_of_it_is_loaded_where_it_is_off() -> None:
    """httpx is imported at the first call only."""
    code = "import sys, qa.llm; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
