"""The part of the library that is asked: as it comes in, what there is to choose from, and the row that chooses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from html import escape
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field, ValidationError

from qa.errors import InputError
from qa.retrieve.scope import folders_of, issuers_of
from qa.types import DocumentInfo, Scope
from qa.web.chat import Library
from qa.web.texts import TEXTS, Lang


class ScopeIn(BaseModel):
    """A scope as JSON; every part may be left out."""

    folders: list[str] = Field(default=[], max_length=50, description="文件夹，相对于资料文件夹，如 制度/人事")
    documents: list[str] = Field(default=[], max_length=50, description="文件：编号、路径或标题")
    years: list[int] = Field(default=[], max_length=50, description="年份")
    issuers: list[str] = Field(default=[], max_length=50, description="发文机关")
    in_force: bool = Field(default=False, description="只看现行：不看已修改、已废止、征求意见稿和尚未施行的")

    def scope(self) -> Scope:
        names = (tuple(part[:500] for part in parts) for parts in (self.folders, self.documents, self.issuers))
        folders, documents, issuers = names
        return Scope(folders, documents, tuple(self.years), issuers, self.in_force)


def read_scope(text: str) -> Scope:
    """The page's JSON; empty for all. Raises InputError for what is none: it comes from the browser."""
    if not text.strip():
        return Scope()
    try:
        return ScopeIn.model_validate_json(text).scope()
    except ValidationError as error:
        raise InputError("所选的范围不对", "请重新选择，或刷新页面") from error


def facets(infos: Iterable[DocumentInfo]) -> dict[str, Any]:
    """What can be chosen, each with the number of its documents: folders by path, years newest first, issuers by
    number, documents by title."""
    infos = list(infos)
    folders = Counter(folder for info in infos for folder in folders_of(info.path))
    years = Counter(info.facts.year for info in infos if info.facts.year)
    issuers = Counter(issuer for info in infos for issuer in dict.fromkeys(issuers_of(info)))
    return {
        "folders": [[name, count] for name, count in sorted(folders.items())],
        "years": [[year, count] for year, count in sorted(years.items(), reverse=True)],
        "issuers": [[name, count] for name, count in sorted(issuers.items(), key=lambda pair: (-pair[1], pair[0]))],
        "documents": sorted({info.title for info in infos}),
    }


def routes(library: Library) -> APIRouter:
    api = APIRouter()

    @api.get("/api/facets", summary="可选的范围：文件夹、年份、发文机关、文件", tags=["资料库"])
    def choices() -> dict[str, Any]:
        return facets(library.documents())

    return api


def scope_row(lang: Lang) -> str:
    """The row above the chat; scope.js fills its lists and hands the choice to Gradio."""
    t = {name: escape(text) for name, text in TEXTS[lang].items()}
    lists = "".join(
        f'<label><span>{t[f"scope_{name}"]}</span><select name="{name}"><option value="">{t["scope_any"]}</option>'
        "</select></label>"
        for name in ("folders", "years", "issuers")
    )
    return (
        f'<form id="yj-scope" autocomplete="off" aria-label="{t["scope"]}"><details><summary>'
        f'<span class="yj-scope-name">{t["scope"]}</span>'
        f'<span id="yj-scope-now" aria-live="polite">{t["scope_all"]}</span></summary>'
        f'<div class="yj-scope-fields">{lists}<label class="yj-wide"><span>{t["scope_documents"]}</span>'
        f'<input name="documents" list="yj-documents" maxlength="500" placeholder="{t["scope_document_hint"]}"></label>'
        f'<datalist id="yj-documents"></datalist><label class="yj-tick" title="{t["scope_in_force_note"]}">'
        f'<input type="checkbox" name="in_force"><span>{t["scope_in_force"]}</span></label>'
        f'<button type="reset">{t["scope_clear"]}</button></div></details></form>'
    )
