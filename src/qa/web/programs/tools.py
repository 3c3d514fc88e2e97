"""The library as MCP tools: ``search``, ``ask``, ``read``. Importing this imports the SDK; only who serves MCP does."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, ParamSpec

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from qa.errors import QAError
from qa.journal import Journal
from qa.types import Scope
from qa.web.chat import Library, tidy
from qa.web.programs import asking
from qa.web.programs.listing import text_of

P = ParamSpec("P")

PAGE = 8000
"""Characters that ``read`` returns unless told: a few pages, which a model's window holds beside much else."""

INSTRUCTIONS = (
    "有据：本单位资料库的问答。ask 用资料里的原句回答并注明出处，库内无据时如实说没有；search 找段落；"
    "read 读原文。引用时请保留原句和出处，不要改写。"
)

Folders = Annotated[list[str] | None, Field(description="只看这些文件夹，如 制度/人事", max_length=50)]
Years = Annotated[list[int] | None, Field(description="只看这些年份的文件", max_length=50)]
InForce = Annotated[bool, Field(description="只看现行：不看已修改、已废止、征求意见稿和尚未施行的")]
Question = Annotated[str, Field(description="问题，用完整的中文句子", max_length=100_000)]


def tools(library: Library, journal: Journal | None) -> MCPServer[Any]:
    """The server with its three tools, for any transport."""
    server: MCPServer[Any] = MCPServer("youju", title="有据", instructions=INSTRUCTIONS, log_level="WARNING")
    reads = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

    @server.tool(title="提问", description="用资料库里的原句回答，句句注明出处；库内无据就说没有。", annotations=reads)
    @_told
    def ask(
        question: Question,
        history: Annotated[list[str] | None, Field(description="此前的问题，从早到晚", max_length=100)] = None,
        folders: Folders = None,
        years: Years = None,
        in_force: InForce = False,
    ) -> dict[str, Any]:
        told = asking.ask(library, journal, question, history or [], _scope(folders, years, in_force))
        citations = [told.citation(c) for c in told.answer.quoted if c.number in told.good]
        return {
            "answer": "".join(asking.lines(told)),
            "status": told.answer.status,
            "confidence": round(told.answer.confidence, 4),
            "citations": citations,
        }

    @server.tool(title="查找", description="查找最相关的段落，附把握（0 到 1）和位置；不组织回答。", annotations=reads)
    @_told
    def search(
        question: Question,
        k: Annotated[int, Field(description="几段", ge=1, le=50)] = 10,
        folders: Folders = None,
        years: Years = None,
        in_force: InForce = False,
    ) -> dict[str, Any]:
        hits = library.search(tidy(question), k, (), _scope(folders, years, in_force))
        return {"hits": [hit.to_dict() for hit in hits]}

    @server.tool(title="读原文", description="读一份文件的原文，可从中间读起；next 是下一段的起点。", annotations=reads)
    @_told
    def read(
        doc_id: Annotated[str, Field(description="文件编号，来自 ask 或 search", max_length=200)],
        start: Annotated[int, Field(description="起点（字）", ge=0)] = 0,
        chars: Annotated[int, Field(description="读多少字", ge=1, le=100_000)] = PAGE,
    ) -> dict[str, Any]:
        size = len(library.document(doc_id).text)
        end = min(start + chars, size)
        return {**text_of(library, doc_id, start, end), "next": end if end < size else None}

    return server


def _scope(folders: list[str] | None, years: list[int] | None, in_force: bool) -> Scope:
    return Scope(folders=tuple(folders or ()), years=tuple(years or ()), in_force=in_force)


def _told(tool: Callable[P, dict[str, Any]]) -> Callable[P, dict[str, Any]]:
    """Our errors as the tool's: the model reads what was wrong and what to do."""

    @wraps(tool)
    def told(*args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
        try:
            return tool(*args, **kwargs)
        except QAError as error:
            raise ToolError(str(error)) from error

    return told
