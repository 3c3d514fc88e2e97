"""A conversation as OpenAI's clients send it → the question and the questions before it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from qa.errors import InputError
from qa.web.scope import ScopeIn


class Part(BaseModel):
    type: str
    text: str = ""


class Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    def text(self) -> str:
        if isinstance(self.content, str) or self.content is None:
            return self.content or ""
        return "".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    include_usage: bool = False


class ChatIn(BaseModel):
    """What we look at; the rest of OpenAI's parameters has nothing to act on and is passed over."""

    model: str = Field(max_length=200)
    messages: list[Message] = Field(min_length=1, max_length=200)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    response_format: dict[str, Any] | None = None
    scope: ScopeIn | None = None
    """Ours: by the client's ``extra_body``."""


def refuse_other(body: ChatIn) -> None:
    """Raises InputError for what a library of verbatim sentences can't give."""
    if body.n is not None and body.n != 1:
        raise InputError(f"n={body.n}：同一个问题只有一个回答", "请去掉 n，或设为 1")
    if body.tools or body.functions:
        raise InputError("这里只用资料里的原句回答，不调用工具", "请去掉 tools 和 functions")
    wanted = (body.response_format or {}).get("type", "text")
    if wanted != "text":
        raise InputError("回答是原文，不能改写成别的格式", "请去掉 response_format，引文见回答里的 citations")


def turns(messages: list[Message]) -> tuple[list[str], str]:
    """Earlier questions and the one asked now: the last message, which has to be the user's and of words only."""
    *before, last = messages
    if last.role != "user":
        raise InputError("最后一条消息不是提问", "最后一条消息的 role 应是 user")
    if isinstance(last.content, list) and any(part.type != "text" for part in last.content):
        raise InputError("问题里有图片、声音或文件", "请只写文字")
    return [message.text() for message in before if message.role == "user"], last.text()
