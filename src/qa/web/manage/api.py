"""REST of the library page. Looking is free; each change needs a session and its token (qa.web.manage.role)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from qa import health
from qa.errors import InputError, QAError
from qa.load import is_archive
from qa.shelf import Clash
from qa.shelf.listing import Sort
from qa.web.api import error_body
from qa.web.manage.desk import Desk
from qa.web.manage.role import Refused, how

MOST = 2000
"""Paths in one request."""
_Path = Annotated[str, Field(max_length=1000)]


class Folder(BaseModel):
    path: _Path = Field(description="新文件夹，相对于资料文件夹")


class Paths(BaseModel):
    paths: list[_Path] = Field(min_length=1, max_length=MOST, description="文件或文件夹，相对于资料文件夹")


class Restore(BaseModel):
    ids: list[_Path] = Field(min_length=1, max_length=MOST, description="回收站里的编号")
    clash: Literal["ask", "replace", "both"] = Field("ask", description="原处已有同名文件时")


class Clear(BaseModel):
    ids: list[_Path] | None = Field(None, max_length=MOST, description="要彻底删除的编号；不给则全部")


class Sync(BaseModel):
    again: list[_Path] = Field(default=[], max_length=MOST, description="没有改动也重新读取的文件")
    rebuild: bool = Field(False, description="全部重新读取")


def api(desk: Desk) -> APIRouter:
    """The routes under /api/library and the health reports."""
    routes = APIRouter(tags=["资料管理"])
    _looking(routes, desk)
    _changing(routes, desk)
    _bin(routes, desk)
    return routes


def _looking(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/api/library/files", summary="文件夹里的文件，或按名称查找")
    def files(
        folder: str = Query("", max_length=1000),
        q: str = Query("", max_length=200, description="名称里的字，空格隔开的都要有"),
        sort: Sort = "name",
        desc: bool = False,
    ) -> dict[str, Any]:
        found = desk.listing(folder, q, sort, desc)
        return {
            "folder": found.folder,
            "folders": [{"name": name, "files": count} for name, count in found.folders],
            "files": [entry.to_dict() for entry in found.entries],
            "total": found.total,
        }

    @routes.get("/api/library/status", summary="正在做什么、做到哪里")
    def status() -> dict[str, Any]:
        return desk.status()

    @routes.post("/api/library/results", summary="这些文件读得怎么样")
    def results(body: Paths) -> dict[str, Any]:
        wanted = set(body.paths)
        return {
            "files": [
                entry.to_dict() for entry in desk.entries() if entry.path in wanted or _within(entry.path, wanted)
            ]
        }

    @routes.get("/api/library/health-report", summary="全库体检报告")
    def report() -> dict[str, Any]:
        return desk.report().to_dict()

    @routes.get("/api/documents/{doc_id}/health-report", summary="一份文件的体检报告")
    def document_report(doc_id: str) -> dict[str, Any]:
        path = desk.library.document(doc_id).path
        (file,) = health.select(desk.report(), [path]).files
        said = [{"heading": health.heading(f.code), "text": health.describe(f)} for f in file.findings]
        todo = [health.todo(f.code) for f in file.findings]
        return {**file.to_dict(), "said": [{**one, "todo": what} for one, what in zip(said, todo, strict=True)]}

    @routes.get("/api/library/file", summary="下载原文件")
    def original(request: Request, path: str = Query(max_length=1000)) -> FileResponse:
        if not desk.visitor(request).may:
            raise Refused("下载原文件需要管理资料库的权限", how(desk.visitor(request).mode))
        place = desk.shelf.existing(path)
        if not place.is_file() or place.is_symlink():
            raise InputError(f"“{path}”不是普通文件", "请在资料文件夹里查看")
        # Never shown by the browser as a page of ours, whatever is in it.
        named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(place.name)}"}
        return FileResponse(place, media_type="application/octet-stream", headers=named)


def _within(path: str, wanted: set[str]) -> bool:
    """Whether it lies in an archive that is wanted."""
    return any(path[:at] in wanted and is_archive(path[:at]) for at, sign in enumerate(path) if sign == "/")


def _changing(routes: APIRouter, desk: Desk) -> None:
    @routes.put("/api/library/files", summary="上传一个文件（请求体就是文件内容）", status_code=201)
    async def put(request: Request, path: str = Query(max_length=1000), clash: Clash = "ask") -> dict[str, Any]:
        visitor = desk.changer(request)
        stored = await desk.shelf.put(path, request.stream(), clash, visitor.user)
        what = "replace" if stored.replaced else "upload"
        desk.audit.record(visitor.user, visitor.host, what, [stored.path], f"{stored.size} 字节 {stored.sha256[:16]}")
        return {"path": stored.path, "size": stored.size, "replaced": bool(stored.replaced), "wish": desk.wish()}

    @routes.post("/api/library/folders", summary="新建文件夹", status_code=201)
    def folder(body: Folder, request: Request) -> dict[str, Any]:
        visitor = desk.changer(request)
        path = desk.shelf.make_folder(body.path)
        desk.audit.record(visitor.user, visitor.host, "folder", [path])
        return {"path": path}

    @routes.post("/api/library/delete", summary="删除：移到回收站")
    def delete(body: Paths, request: Request) -> dict[str, Any]:
        visitor = desk.changer(request)
        done, failed = [], []
        for path in body.paths:
            try:
                done.append({"path": path, "id": desk.shelf.delete(path, visitor.user)})
            except QAError as error:
                failed.append({"path": path, **error_body(error)})
        desk.audit.record(visitor.user, visitor.host, "delete", [one["path"] for one in done])
        return {"done": done, "failed": failed, "wish": desk.wish(allow_empty=True) if done else 0}

    @routes.post("/api/library/sync", summary="同步；重新读取")
    def sync(body: Sync, request: Request) -> dict[str, int]:
        visitor = desk.changer(request)
        for path in body.again:
            desk.shelf.existing(path)
        what = "rebuild" if body.rebuild else "reread" if body.again else "sync"
        desk.audit.record(visitor.user, visitor.host, what, body.again or [""])
        return {"wish": desk.wish(body.again, rebuild=body.rebuild)}


def _bin(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/api/library/bin", summary="回收站")
    def items(request: Request) -> dict[str, Any]:
        if not desk.visitor(request).may:
            raise Refused("查看回收站需要管理资料库的权限", how(desk.visitor(request).mode))
        return {"items": [asdict(item) for item in desk.shelf.bin.items()]}

    @routes.post("/api/library/restore", summary="从回收站恢复")
    def restore(body: Restore, request: Request) -> dict[str, Any]:
        visitor = desk.changer(request)
        done, failed = [], []
        for number in body.ids:
            try:
                done.append({"id": number, "path": desk.shelf.restore(number, body.clash, visitor.user)})
            except QAError as error:
                failed.append({"id": number, **error_body(error)})
        desk.audit.record(visitor.user, visitor.host, "restore", [one["path"] for one in done])
        return {"done": done, "failed": failed, "wish": desk.wish() if done else 0}

    @routes.post("/api/library/clear", summary="清空回收站：彻底删除")
    def clear(body: Clear, request: Request) -> dict[str, Any]:
        visitor = desk.changer(request)
        ids = [item.id for item in desk.shelf.bin.items()] if body.ids is None else body.ids
        paths = [desk.shelf.bin.remove(number).path for number in ids]
        desk.audit.record(visitor.user, visitor.host, "clear", paths)
        return {"removed": len(paths)}
