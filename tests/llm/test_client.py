"""One request to a model server, and all that can go wrong with it."""

from __future__ import annotations

import json
import logging
import time

import pytest
from scripted import Play, at_once, drips, event, raw, says, serving, waits

from qa.llm import Failure, Server
from qa.llm.client import MAX_BYTES, MAX_CHARS

ASK = [{"role": "user", "content": "问"}]
DONE = b"data: [DONE]\n\n"


def server(base_url: str, whole: float = 5.0, silent: float = 5.0, key: str = "") -> Server:
    return Server(base_url, "made-up", key, whole, silent)


@pytest.mark.parametrize("piece", [1, 2, 1000])
def test_a_streamed_answer_is_put_together(piece: int) -> None:
    with serving(says("渡船要检修。[1]", piece)) as script:
        assert server(script.base_url).complete(ASK) == "渡船要检修。[1]"
    (asked,) = script.asked
    assert asked["path"] == "/v1/chat/completions"
    assert (asked["model"], asked["stream"], asked["temperature"], asked["messages"]) == ("made-up", True, 0, ASK)
    assert "authorization" not in script.headers[0]


def test_characters_cut_between_packets_come_out_whole() -> None:
    whole = event("渡船") + event("要检修", "stop") + DONE

    def play(handler) -> None:
        handler.begin()
        for at in range(len(whole)):
            handler.send(whole[at : at + 1])

    with serving(play) as script:
        assert server(script.base_url).complete(ASK) == "渡船要检修"


def test_a_server_that_does_not_stream_is_understood() -> None:
    with serving(at_once("好。[1]")) as script:
        assert server(script.base_url).complete(ASK) == "好。[1]"


def test_a_stream_that_ends_with_a_reason_but_no_done_is_whole() -> None:
    with serving(raw(event("好。", "stop"))) as script:
        assert server(script.base_url).complete(ASK) == "好。"


BROKEN: dict[str, tuple[Play, str]] = {
    "broken off": (raw(event("渡船要")), "broken"),
    "not JSON": (raw(b"data: {oops\n\n" + DONE), "broken"),
    "not UTF-8": (raw(b'data: {"choices":[{"delta":{"content":"\xff\xfe"}}]}\n\n' + DONE), "broken"),
    "an error in the stream": (raw(event("渡") + b'data: {"error":{"message":"CUDA"}}\n\n' + DONE), "broken"),
    "another shape": (raw(b'data: {"choices":[{"delta":{"content":["x"]}}]}\n\n' + DONE), "broken"),
    "a list": (raw(b"data: []\n\n" + DONE), "broken"),
    "an empty reply": (raw(b""), "broken"),
    "a web page": (raw(b"<html>hello</html>", kind="text/html"), "broken"),
    "JSON of another shape": (raw(b'{"choices":[]}', kind="application/json"), "broken"),
    "deep JSON": (raw(b"[" * 200_000, kind="application/json"), "broken"),
    "compressed": (raw(b"\x1f\x8b", content_encoding="gzip"), "broken"),
    "500": (raw(b"boom", 500), "broken"),
    "503": (raw(b"", 503), "broken"),
    "401": (raw(b"", 401), "refused"),
    "404": (raw(b"", 404), "refused"),
    "429": (raw(b"", 429), "refused"),
    "too many characters": (says("长" * (MAX_CHARS + 10), 500), "too_long"),
    "too many characters at once": (at_once("长" * (MAX_CHARS + 10)), "too_long"),
    "too many bytes": (raw(b": " + b"x" * MAX_BYTES + b"\n\n" + DONE), "too_long"),
}


@pytest.mark.parametrize(("play", "problem"), BROKEN.values(), ids=BROKEN)
def test_whatever_comes_instead_of_an_answer_is_a_failure(play: Play, problem: str) -> None:
    with serving(play) as script, pytest.raises(Failure) as caught:
        server(script.base_url).complete(ASK)
    assert caught.value.problem == problem
    assert "CUDA" not in caught.value.told
    assert "boom" not in caught.value.told


def test_a_redirect_is_not_followed_and_the_key_stays_here() -> None:
    with serving(says("偷来的。[1]")) as other:
        moved = raw(b"", 307, location=other.base_url + "/chat/completions")
        with serving(moved) as script, pytest.raises(Failure, match="不跟随"):
            server(script.base_url, key="sk-secret").complete(ASK)
        assert other.asked == []
    assert script.headers[0]["authorization"] == "Bearer sk-secret"


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says("来自代理。[1]")) as proxy, serving(says("好。[1]")) as script:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.base_url.removesuffix("/v1"))
        monkeypatch.delenv("no_proxy", raising=False)
        assert server(script.base_url).complete(ASK) == "好。[1]"
    assert proxy.asked == []


@pytest.mark.parametrize("play", [waits(), waits(event("渡船")), lambda h: h.wait(30)], ids=["head", "middle", "none"])
def test_a_silent_server_is_left(play: Play) -> None:
    with serving(play) as script:
        begin = time.monotonic()
        with pytest.raises(Failure) as caught:
            server(script.base_url, silent=0.3).complete(ASK)
    assert caught.value.problem == "slow"
    assert time.monotonic() - begin < 3


def test_a_server_that_drips_is_left_when_its_time_is_up() -> None:
    with serving(drips()) as script:
        begin = time.monotonic()
        with pytest.raises(Failure, match=r"0\.5 秒没有答完") as caught:
            server(script.base_url, whole=0.5).complete(ASK)
    assert caught.value.problem == "slow"
    assert time.monotonic() - begin < 3


def test_nobody_there() -> None:
    with serving(says("")) as script:
        pass
    with pytest.raises(Failure) as caught:
        server(script.base_url).complete(ASK)
    assert caught.value.problem == "unreachable"


def test_the_key_is_in_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(raw(b"", 401)) as script, pytest.raises(Failure) as caught:
        server(script.base_url, key="sk-very-secret").complete(ASK)
    assert "sk-very-secret" not in caplog.text
    assert "sk-very-secret" not in repr(server(script.base_url, key="sk-very-secret"))
    assert "sk-very-secret" not in json.dumps([str(caught.value), repr(caught.value)])
