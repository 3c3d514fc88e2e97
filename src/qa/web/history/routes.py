"""``/api/conversation``: a conversation that the browser kept, opened again or exported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from qa.web.chat import Library
from qa.web.history import docx, markdown
from qa.web.history.paper import paper
from qa.web.history.reopen import reopen
from qa.web.history.turns import ConversationIn, rebuilt
from qa.web.kept import Kept
from qa.web.texts import Lang
from qa.wordfile import MEDIA

_UNSAFE = str.maketrans(dict.fromkeys('\\/:*?"<>|', " "))
"""What no file name may hold on Windows."""


def routes(library: Library, kept: Kept, lang_of: Callable[[Request], Lang]) -> APIRouter:
    api = APIRouter()

    @api.post("/api/conversation", summary="重新打开保存过的对话，引文逐字核对", tags=["问答"])
    def open_again(request: Request, body: ConversationIn) -> dict[str, Any]:
        return reopen(library, kept, body.turns, lang_of(request))

    @api.post("/api/conversation/export", summary="导出对话为 Word 或 Markdown，引文逐字核对", tags=["问答"])
    def export(request: Request, body: ConversationIn, kind: Literal["docx", "md"] = "docx") -> Response:
        lang, today = lang_of(request), datetime.now().astimezone().date()
        made = paper(library, rebuilt(library, body.turns), lang, today)
        if kind == "docx":
            data, media = docx.docx(made), MEDIA
        else:
            data, media = markdown.markdown(made).encode(), "text/markdown; charset=utf-8"
        name = quote(f"{file_name(body.turns[0].question)} {today.isoformat()}.{kind}", safe="")
        return Response(data, media_type=media, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})

    return api


def file_name(question: str) -> str:
    """The question as a file's name: its first forty letters without signs that a file system minds."""
    plain = "".join(c for c in question.translate(_UNSAFE) if c.isprintable())
    return " ".join(plain.rstrip("？?。.！! ").split())[:40].strip(" .") or "youju"
