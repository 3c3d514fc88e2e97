"""What our OpenAPI says beyond what FastAPI finds out by itself: every failure, the limits of this server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from qa.errors import IndexUnavailable, InputError, QAError
from qa.settings import Settings
from qa.web.programs.access import NotAllowed
from qa.web.programs.problem import MEDIA, TITLES, NotFound, internal, problem
from qa.web.programs.shapes import Problem

_REF = {"$ref": "#/components/schemas/Problem"}


def _said(status: int, code: str, what: str, todo: str = "") -> QAError:
    error = QAError(what, todo)
    error.status, error.code = status, code
    return error


_EXAMPLES = (
    NotAllowed("这个地址要凭密钥使用", "请在请求头里写 Authorization: Bearer 密钥"),
    _said(403, "forbidden", "这个密钥不能这样用"),
    NotFound("资料库里没有编号为 'x' 的文件", "它可能已被删除或改名，请重新提问"),
    _said(405, "http_405", TITLES["http_405"], "用法见 /api/docs"),
    _said(413, "too_large", TITLES["too_large"], "请缩短问题，或分几次提问"),
    InputError("问题是空的", "请输入要问的内容，例如“四下基层指的是哪四项”"),
    internal(),
    IndexUnavailable("index 里还没有索引", "请先运行 python -m qa sync --corpus 资料夹"),
)

FAILURES: dict[int | str, dict[str, Any]] = {
    error.status: {
        "description": TITLES[error.code],
        "content": {MEDIA: {"schema": _REF, "example": problem(error)}},
    }
    for error in _EXAMPLES
}
"""Status → how it is told; for every route."""


def describe(app: FastAPI, settings: Settings) -> None:
    """Complete ``app.openapi`` with the shape of errors and with the longest question that is taken here."""
    made = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = made()
            shapes = schema["components"]["schemas"]
            shapes["Problem"] = Problem.model_json_schema()
            for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own 422, which is never sent
                shapes.pop(name, None)
            for name in ("Question", "Search"):
                shapes[name]["properties"]["question"]["maxLength"] = settings.max_question_chars
            _bound_queries(schema["paths"], settings.max_question_chars)
        return app.openapi_schema or made()

    app.openapi = complete  # type: ignore[method-assign]


def _bound_queries(paths: Mapping[str, Any], most: int) -> None:
    for parameter in paths["/search"]["get"]["parameters"]:
        if parameter["name"] == "q":
            parameter["schema"]["maxLength"] = most
