"""The clients that other people wrote, against a real server."""

from __future__ import annotations

import base64
import sys
from pathlib import Path

import httpx
import numpy as np
import openai
import pytest
from library import TEXT
from served import Served, run

from qa.errors import IndexUnavailable, InputError
from qa.protocols import Vectors

FOUR = "四项内容有哪些？"
FOOT = "[3] 《关于开展学习研讨的通知》“（一）四项内容”部分，第 2 页"


class Halves:
    """Questions point one way, passages another; the first number tells the texts apart."""

    name, dim = "halves", 3

    def encode_queries(self, texts: list[str]) -> Vectors:
        return np.array([[len(text), 1, 0] for text in texts], np.float32)

    def encode_passages(self, texts: list[str]) -> Vectors:
        return np.array([[len(text), 0, 0.1] for text in texts], np.float32)


@pytest.fixture
def client(served: Served) -> openai.OpenAI:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=0) as made:
        yield made


def said(*texts: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text} for text in texts]


def test_openai_chat(client: openai.OpenAI, served: Served) -> None:
    talk = [
        {"role": "system", "content": "你是助手"},
        *said("此前的问题"),
        {"role": "assistant", "content": "此前的回答"},
    ]
    parts = [{"type": "text", "text": "四项"}, {"type": "text", "text": "内容有哪些？"}]
    made = client.chat.completions.create(
        model="youju", temperature=0.3, messages=[*talk, {"role": "user", "content": parts}]
    )
    assert (FOUR, ["此前的问题"]) in served.library.asked
    (choice,) = made.choices
    body, foot = choice.message.content.split("\n\n")
    assert (body.splitlines()[2], foot.splitlines()[2]) == ("三是信访接待下基层。[3]", FOOT)
    assert (choice.finish_reason, choice.message.status, made.model) == ("stop", "answered", "youju")
    third = choice.message.citations[2]
    assert TEXT[third["start"] : third["end"]] == third["quote"] == "三是信访接待下基层。"
    assert (third["verified"], f"[3] {third['reference']}") == (True, FOOT)
    assert served.journal.rows(1)[0].id == choice.message.answer_id
    asked = sum(map(len, ("你是助手", "此前的问题", "此前的回答", FOUR)))
    assert (made.usage.prompt_tokens, made.usage.completion_tokens) == (asked, len(choice.message.content))


def test_openai_streams_the_same(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="youju", messages=said(FOUR)).choices[0].message
    options = {"stream": True, "stream_options": {"include_usage": True}}
    parts = list(client.chat.completions.create(model="youju", messages=said(FOUR), **options))
    *chunks, usage = parts
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == whole.content
    assert len(chunks) == 1 + 4 + 1 + 1  # the role, four sentences, the footnotes, the end
    last = chunks[-1].choices[0]
    assert (last.finish_reason, last.delta.status, last.delta.citations) == ("stop", "answered", whole.citations)
    assert (usage.choices, usage.usage.completion_tokens) == ([], len(whole.content))
    assert len({c.id for c in parts}) == 1


def test_openai_hears_that_there_is_no_evidence(client: openai.OpenAI) -> None:
    (choice,) = client.chat.completions.create(model="youju", messages=said("火星上有什么？")).choices
    assert choice.message.content.startswith("库内没有找到依据。\n最接近的片段也没有回答这个问题")
    assert (choice.finish_reason, choice.message.status, choice.message.citations) == ("stop", "abstained", [])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"n": 2}, "n=2：同一个问题只有一个回答。"),
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}]}, "不调用工具。"),
        ({"response_format": {"type": "json_object"}}, "不能改写成别的格式。"),
        ({"messages": said(" ")}, "问题是空的。"),
        ({"messages": [*said("问"), {"role": "assistant", "content": "答"}]}, "最后一条消息不是提问。"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "图片"),
        ({"messages": []}, "messages 太少。"),
    ],
)
def test_openai_is_refused_politely(client: openai.OpenAI, given: dict[str, object], told: str) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match=told) as refused:
        client.chat.completions.create(**{"model": "youju", "messages": said(FOUR), **given})
    assert refused.value.type == "invalid_request_error"
    assert refused.value.response.headers["content-type"] == "application/problem+json"
    assert refused.value.response.json()["status"] == 422


def test_openai_hears_of_errors(client: openai.OpenAI, served: Served) -> None:
    with pytest.raises(openai.NotFoundError, match="没有模型 'gpt'"):
        client.chat.completions.create(model="gpt", messages=said(FOUR))
    with pytest.raises(openai.NotFoundError, match="没有这个地址"):
        client.completions.create(model="youju", prompt="x")
    served.library.error = IndexUnavailable("还没有索引", "请先同步")
    with pytest.raises(openai.InternalServerError, match="还没有索引"):
        client.chat.completions.create(model="youju", messages=said(FOUR))
    with pytest.raises(openai.APIError, match="还没有索引"):
        list(client.chat.completions.create(model="youju", messages=said(FOUR), stream=True))
    served.library.error = RuntimeError("秘密")
    with pytest.raises(openai.APIError, match="程序内部出错") as told:
        list(client.chat.completions.create(model="youju", messages=said(FOUR), stream=True))
    assert "秘密" not in str(told.value)


def test_openai_models_and_embeddings(client: openai.OpenAI, served: Served) -> None:
    assert [m.id for m in client.models.list()] == ["youju"]
    with pytest.raises(openai.InternalServerError, match="没有语义向量") as missing:
        client.embeddings.create(model="youju-embedding", input="问")
    assert (missing.value.status_code, missing.value.code) == (503, "encoder")
    served.library.encoder = Halves()
    assert [m.id for m in client.models.list()] == ["youju", "youju-embedding"]
    assert client.models.retrieve("youju-embedding").owned_by == "youju"
    texts = ["query: 问", "passage: 一段", "三个字"]
    wanted = [[1, 1, 0], [2, 0, pytest.approx(0.1)], [3, 0, pytest.approx(0.1)]]
    as_numbers = client.embeddings.create(model="youju-embedding", input=texts, encoding_format="float")
    assert [e.embedding for e in as_numbers.data] == wanted
    as_text = client.embeddings.create(model="youju-embedding", input=texts, encoding_format="base64")
    assert [np.frombuffer(base64.b64decode(e.embedding), "<f4").tolist() for e in as_text.data] == wanted
    # Without a format the client asks for base64 and decodes it.
    assert [e.embedding for e in client.embeddings.create(model="youju-embedding", input=texts).data] == wanted
    query = client.embeddings.create(model="youju-embedding", input="问题", extra_body={"input_type": "query"})
    assert (query.data[0].embedding, query.usage.prompt_tokens) == ([2, 1, 0], 2)
    for wrong in ({"input": ["字"] * 65}, {"input": []}, {"input": ""}, {"input": "字", "dimensions": 2}):
        with pytest.raises(openai.UnprocessableEntityError):
            client.embeddings.create(model="youju-embedding", **wrong)


def test_openai_asynchronously(served: Served) -> None:
    async def go() -> str:
        async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key="none") as client:
            stream = await client.chat.completions.create(model="youju", messages=said(FOUR), stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert run(go()).endswith(FOOT.replace("[3]", "[4]"))


async def use_the_tools(server: object, mode: str = "auto") -> None:
    from mcp import Client

    async with Client(server, mode=mode) as client:
        tools = (await client.list_tools()).tools
        assert {t.name for t in tools} == {"ask", "search", "read"}
        assert all(t.annotations and t.annotations.read_only_hint for t in tools)
        asked = (await client.call_tool("ask", {"question": "四下基层包括哪四项内容？"})).structured_content
        assert (asked["status"], "[1]" in asked["answer"]) == ("answered", True)
        first = asked["citations"][0]
        hits = (await client.call_tool("search", {"question": "四下基层包括哪四项内容？", "k": 1})).structured_content
        assert [hit["doc_id"] for hit in hits["hits"]] == [first["doc_id"]]
        place = {"doc_id": first["doc_id"], "start": first["start"], "chars": first["end"] - first["start"]}
        read = (await client.call_tool("read", place)).structured_content
        assert (read["text"], read["next"]) == (first["quote"], first["end"])
        wrong = await client.call_tool("read", {"doc_id": "没有"})
        assert (wrong.is_error, "资料库里没有" in wrong.content[0].text) == (True, True)
        assert (await client.call_tool("ask", {"question": " "})).is_error


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_mcp_over_http(served: Served, mode: str) -> None:
    run(use_the_tools(f"{served.url}/mcp", mode))


@pytest.mark.slow
def test_mcp_over_stdio(tmp_path: Path, repo: Path) -> None:
    """A process of its own over a real index: nothing but the protocol may reach its standard output."""
    from mcp.client.stdio import StdioServerParameters

    from qa.assistant import Assistant
    from qa.settings import Settings

    corpus = tmp_path / "资料"
    corpus.mkdir()
    lines = "一是宣传政策下基层。二是调查研究下基层。三是信访接待下基层。四是现场办公下基层。"
    (corpus / "要点.txt").write_text(f"四下基层学习要点\n一、四项内容\n四下基层包括以下四项内容。{lines}\n", "utf-8")
    index = tmp_path / "index"
    Assistant(index, Settings(encoder="none")).sync(corpus)
    env = {"PYTHONPATH": str(repo / "src"), "QA_ENCODER": "none", "PYTHONWARNINGS": "error::DeprecationWarning:qa"}
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "qa", "mcp", "--index", str(index)], env=env, cwd=str(tmp_path)
    )
    run(use_the_tools(command))


def test_mcp_is_not_for_strangers(served: Served) -> None:
    def status(**headers: str) -> int:
        body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        accept = {"accept": "application/json, text/event-stream"}
        return httpx.post(f"{served.url}/mcp", json=body, headers={**accept, **headers}).status_code

    assert {status(), status(host="youju.test"), status(host="localhost:1"), status(host="[::1]:7860")} == {200}
    assert status(host="192.0.2.7:7860", origin="http://192.0.2.7:7860") == 200
    for stranger in ("evil.test", "evil.test:7860", "127.0.0.1.evil.test", "youju.test.evil.test", "1.2.3", ""):
        assert status(host=stranger) in {421, 400}, stranger
    assert {status(origin=o) for o in ("http://evil.test", "null", "", "http://youju.test")} == {403}
    told = httpx.post(f"{served.url}/mcp", headers={"host": "evil.test"})
    assert (told.json()["code"], told.headers["content-type"]) == ("host", "application/problem+json")
    assert httpx.post(f"{served.url}/mcp", content=b"x" * 600_000).status_code == 413


def test_gradio_client(served: Served) -> None:
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    client = Client(served.url, verbose=False)
    try:
        (endpoint,) = client.view_api(return_format="dict", print_info=False)["named_endpoints"].items()
        assert (endpoint[0], [p["parameter_name"] for p in endpoint[1]["parameters"]]) == (
            "/ask",
            ["question", "history", "scope"],
        )
        told = client.predict(FOUR, ["此前的问题"], {"folders": ["通知"]}, api_name="/ask")
        assert (FOUR, ["此前的问题"]) in served.library.asked
        assert served.library.scope.folders == ("通知",)
        assert [s["text"] for s in told["sentences"]][2] == "三是信访接待下基层。"
        assert {c["file"] for c in told["citations"]} == {"通知/学习.md"}
        served.library.error = InputError("这样问不行", "请换个问法")
        with pytest.raises(AppError, match="这样问不行。请换个问法。"):
            client.predict(FOUR, api_name="/ask")
    finally:
        client.close()


def test_what_is_open_to_gradio_client_is_no_more_than_the_page(served: Served) -> None:
    def get(path: str) -> dict[str, object]:
        return httpx.get(served.url + path).json()

    assert get("/gradio_api/info?all_endpoints=True") == get("/gradio_api/info?serialize=False")
    assert list(get("/gradio_api/info")["named_endpoints"]) == ["/ask"]
    told, page = get("/config?deep_link=x"), httpx.get(served.url).text
    assert told == get("/config")
    assert [c["type"] for c in told["components"]] == [t for t in [c["type"] for c in told["components"]] if t in page]
    assert str(served.journal.path.parent) not in str(told)
