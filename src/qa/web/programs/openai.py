"""/v1 as OpenAI's clients speak it: chat/completions, models, embeddings.

The model is the library: what it says are verbatim sentences with footnotes. What would change the wording
(temperature, max_tokens, system messages) has nothing to change and is passed over; what asks for another kind of
answer (n > 1, tools, JSON) is refused.
"""

from __future__ import annotations

import json
import time
import uuid
from asyncio import to_thread
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response, StreamingResponse

from qa.errors import QAError
from qa.journal import Journal
from qa.types import Scope
from qa.web.chat import Library, tidy
from qa.web.programs.asking import BEAT, Told, ask, beating, lines, log
from qa.web.programs.embedding import EMBEDDING, EmbeddingsIn, embeddings
from qa.web.programs.problem import Body, NotFound, handle_errors, internal, openai_too, problem
from qa.web.programs.turns import ChatIn, refuse_other, turns

MODEL = "youju"


def openai(library: Library, journal: Journal | None) -> FastAPI:
    """The application to mount at /v1."""
    app = FastAPI(openapi_url=None)
    handle_errors(app, openai_too)

    @app.get("/models")
    def models() -> Response:
        return JSONResponse({"object": "list", "data": [_model(name) for name in _models(library)]})

    @app.get("/models/{name}")
    def model(name: str) -> Response:
        return JSONResponse(_model(_known(name, _models(library))))

    @app.post("/chat/completions")
    async def chat(body: ChatIn) -> Response:
        _known(body.model, [MODEL])
        refuse_other(body)
        history, question = turns(body.messages)
        tidy(question)

        def work() -> Told:
            return ask(library, journal, question, history, body.scope.scope() if body.scope else Scope())

        if not body.stream:
            return JSONResponse(_whole(await to_thread(work), body))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        usage = bool(body.stream_options and body.stream_options.include_usage)
        parts = _chunks(work, body, usage)
        return StreamingResponse(parts, media_type="text/event-stream", headers=headers)

    @app.post("/embeddings")
    def embed(body: EmbeddingsIn) -> Response:
        _known(body.model, [EMBEDDING])
        return JSONResponse(embeddings(library, body))

    return app


def _models(library: Library) -> list[str]:
    return [MODEL, *([EMBEDDING] if library.encoder is not None else [])]


def _model(name: str) -> Body:
    return {"id": name, "object": "model", "created": 0, "owned_by": "youju"}


def _known(name: str, names: list[str]) -> str:
    if name not in names:
        raise NotFound(f"没有模型 {name!r}", f"请用 {'、'.join(names)}")
    return name


def usage_of(body: ChatIn, text: str) -> Body:
    """Counted in characters: there is no language model, hence no tokens of one."""
    asked = sum(len(message.text()) for message in body.messages)
    return {"prompt_tokens": asked, "completion_tokens": len(text), "total_tokens": asked + len(text)}


def _told(told: Told) -> Body:
    """The extra fields of the message, or of the stream's last chunk."""
    return {
        "citations": [told.citation(c) for c in told.answer.quoted if c.number in told.good],
        "status": told.answer.status,
        "confidence": round(told.answer.confidence, 4),
        "answer_id": told.id,
    }


def _whole(told: Told, body: ChatIn) -> Body:
    text = "".join(lines(told))
    message = {"role": "assistant", "content": text, "refusal": None, **_told(told)}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {**_head("chat.completion"), "choices": [choice], "usage": usage_of(body, text)}


def _head(kind: str) -> Body:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


async def _chunks(work: Any, body: ChatIn, usage: bool) -> AsyncIterator[str]:
    """``data:`` lines, ``[DONE]`` last; comments while the answer is being found."""
    head = _head("chat.completion.chunk")

    def chunk(delta: Body, finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _data({**head, "choices": [choice], **more})

    yield chunk({"role": "assistant", "content": ""})
    text = ""
    try:
        async for told in beating(work, BEAT):
            if told is None:
                yield ": 正在查找\n\n"
                continue
            for line in lines(told):
                text += line
                yield chunk({"content": line})
            yield chunk(_told(told), "stop")
    except QAError as error:
        yield _data(openai_too(problem(error)))
        return
    except Exception:
        log.exception("回答程序的提问时内部出错")
        yield _data(openai_too(problem(internal())))
        return
    if usage:
        yield _data({**head, "choices": [], "usage": usage_of(body, text)})
    yield "data: [DONE]\n\n"


def _data(body: Body) -> str:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"
