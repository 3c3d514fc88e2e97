"""Errors for programs as RFC 9457 has them: application/problem+json, with our code and what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from qa.errors import InputError, QAError
from qa.web.programs.access import NotAllowed

log = logging.getLogger(__name__)

MEDIA = "application/problem+json"
HELP = "用法见 /api/docs"

TITLES: Mapping[str, str] = {
    "input": "请求不合要求",
    "unauthorized": "没有通过身份验证",
    "forbidden": "没有权限",
    "not_found": "没有这份文件，或没有这个位置",
    "http_404": "没有这个地址",
    "http_405": "这个地址不接受这种请求方法",
    "too_large": "请求内容太大",
    "index": "资料库不可用",
    "encoder": "语义编码器不可用",
    "busy": "资料库正忙",
    "internal": "程序内部出错",
}
"""Our code → title: the same for every error of the kind, as the RFC asks."""

Body = dict[str, Any]
Shaped = Callable[[Body], Body]
"""Adds to a problem what the callers of these routes also look for."""


class NotFound(InputError):
    """A document, or a place in one, that the library doesn't have."""

    code = "not_found"
    status = 404


def problem(error: QAError) -> Body:
    """``type`` is a path, not an address: it names the kind of error and needs no host."""
    return {
        "type": f"/api/docs#{error.code}",
        "title": TITLES.get(error.code, "请求没有成功"),
        "status": error.status,
        "detail": f"{error.what}。",
        "code": error.code,
        "todo": f"{error.todo}。" if error.todo else "",
    }


def internal() -> QAError:
    """What is told of an error of ours: nothing of its inside."""
    error = QAError("程序内部出错", "请查看日志，稍后再试")
    error.code = "internal"
    return error


def too_large(path: str) -> tuple[str, Body] | None:
    """Media type and body of a 413 for a program's route; None for any other."""
    if not path.startswith(("/api/v1/", "/v1/", "/mcp")):
        return None
    error = QAError(TITLES["too_large"], "请缩短问题，或分几次提问")
    error.code, error.status = "too_large", 413
    body = problem(error)
    return MEDIA, openai_too(body) if path.startswith("/v1/") else body


def openai_too(body: Body) -> Body:
    """A problem that also has ``error``, where OpenAI's clients look."""
    kind = {401: "authentication_error", 403: "permission_error"}.get(body["status"], "invalid_request_error")
    told = " ".join(filter(None, [body["detail"], body["todo"]]))
    kind = "server_error" if body["status"] >= 500 else kind
    code = "model_not_found" if body["code"] == "not_found" else body["code"]
    return {**body, "error": {"message": told, "type": kind, "param": None, "code": code}}


def wrong(error: Mapping[str, Any]) -> str:
    """One complaint of pydantic in Chinese: which field, and what is the matter with it."""
    name = ".".join(str(part) for part in error["loc"] if part not in {"body", "query", "path"}) or "请求体"
    kinds = {
        "missing": "缺少",
        "json_invalid": "不是合法的 JSON",
        "model_attributes_type": "应为 JSON 对象",
        "dict_type": "应为 JSON 对象",
        "string_type": "应为文字",
        "string_pattern_mismatch": "写法不对",
        "list_type": "应为列表",
        "bool_parsing": "应为 true 或 false",
        "bool_type": "应为 true 或 false",
        "int_parsing": "应为整数",
        "int_type": "应为整数",
        "too_long": "太多",
        "too_short": "太少",
        "string_too_long": "太长",
        "string_too_short": "太短",
        "greater_than_equal": "太小",
        "less_than_equal": "太大",
        "extra_forbidden": "没有这一项",
        "literal_error": "不在可选的值之内",
    }
    return f"{name} {kinds.get(error['type'], '不合要求')}"


def handle_errors(app: FastAPI, shaped: Shaped = lambda body: body) -> None:
    """Every error of ``app`` as problem+json."""

    def told(error: QAError, headers: Mapping[str, str] | None = None) -> Response:
        return JSONResponse(shaped(problem(error)), error.status, headers, MEDIA)

    @app.exception_handler(QAError)
    def expected(_: Request, error: QAError) -> Response:
        return told(error, {"WWW-Authenticate": "Bearer"} if isinstance(error, NotAllowed) else None)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> Response:
        return told(InputError("请求的内容不对：" + "；".join(wrong(e) for e in error.errors()), HELP))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        made = QAError(TITLES.get(f"http_{error.status_code}", "请求没有成功"), HELP)
        made.code, made.status = f"http_{error.status_code}", error.status_code
        if error.status_code == 400:  # a body that isn't UTF-8, or no JSON at all
            made = InputError("请求的内容不对：请求体读不懂", HELP)
        return told(made, {"Allow": methods(app, request)} if error.status_code == 405 else None)

    @app.exception_handler(Exception)
    def unexpected(_: Request, error: Exception) -> Response:
        log.error("处理请求时程序内部出错", exc_info=error)
        return told(internal())


def methods(app: FastAPI, request: Request) -> str:
    """All that the address takes: Starlette names those of the first route that fits, and we have a route a method."""
    found: set[str] = set()
    for route in app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return ", ".join(sorted(found))
