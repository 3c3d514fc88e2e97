"""Scope → the documents in it."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import PurePosixPath

from qa.errors import InputError
from qa.retrieve.names.profile import COUNTRY, Profile, short_name
from qa.retrieve.standing import LAPSED
from qa.types import DocumentInfo, Scope, Standing

TOLD = 5


def documents_in(
    scope: Scope,
    infos: Mapping[str, DocumentInfo],
    profiles: Mapping[str, Profile],
    standing: Mapping[str, Standing],
) -> frozenset[str]:
    """Ids of the documents that fit every part of the scope.

    Raises InputError for a folder, document or issuer that the library doesn't have, and where nothing fits all parts.
    """
    kept = set(infos)
    if scope.folders:
        kept &= _inside(scope.folders, infos)
    if scope.documents:
        kept &= _named(scope.documents, infos)
    if scope.issuers:
        kept &= _issued(scope.issuers, infos)
    if scope.years:
        asked = set(scope.years)
        kept = {doc_id for doc_id in kept if profiles[doc_id].years & asked}
    if scope.in_force:
        kept = {doc_id for doc_id in kept if doc_id not in standing or standing[doc_id].status not in LAPSED}
    if not kept:
        raise InputError(f"没有文件同时符合所选范围（{scope.told}）", "请放宽范围，或去掉其中一项")
    return frozenset(kept)


def folders_of(path: str) -> list[str]:
    """The folders that hold a path, outermost first: a/b/c.txt → a, a/b."""
    return [str(folder) for folder in reversed(PurePosixPath(path).parents) if str(folder) != "."]


def issuers_of(info: DocumentInfo) -> list[str]:
    """Each of those that issued it together."""
    return [part.removeprefix(COUNTRY) for part in (info.facts.issuer or "").split("、") if part]


def _inside(folders: tuple[str, ...], infos: Mapping[str, DocumentInfo]) -> set[str]:
    found: set[str] = set()
    for folder in folders:
        wanted = folder.replace("\\", "/").strip("/")
        inside = (
            {doc_id for doc_id, info in infos.items() if info.path.startswith(f"{wanted}/")} if wanted else set(infos)
        )
        if not inside:
            raise _unknown("文件夹", folder, {name for info in infos.values() for name in folders_of(info.path)})
        found |= inside
    return found


def _named(documents: tuple[str, ...], infos: Mapping[str, DocumentInfo]) -> set[str]:
    found: set[str] = set()
    for asked in documents:
        bare = short_name(asked)
        named = {
            doc_id
            for doc_id, info in infos.items()
            if asked in (doc_id, info.path, info.title) or bare in (short_name(info.title), short_name(_file(info)))
        }
        if not named:
            raise _unknown("文件", asked, {info.title for info in infos.values()})
        found |= named
    return found


def _issued(issuers: tuple[str, ...], infos: Mapping[str, DocumentInfo]) -> set[str]:
    found: set[str] = set()
    for asked in issuers:
        wanted = asked.strip().removeprefix(COUNTRY)
        issued = {doc_id for doc_id, info in infos.items() if wanted in (*issuers_of(info), info.facts.issuer)}
        if not issued:
            raise _unknown("发文机关", asked, {name for info in infos.values() for name in issuers_of(info)})
        found |= issued
    return found


def _file(info: DocumentInfo) -> str:
    return PurePosixPath(info.path).name


def _unknown(kind: str, asked: str, known: set[str]) -> InputError:
    near = get_close_matches(asked, sorted(known), TOLD, 0.3) or sorted(name for name in known if asked in name)[:TOLD]
    todo = f"相近的有：{'、'.join(near)}" if near else "请用 /api/v1/documents 或文件夹里的名称"
    return InputError(f"资料库里没有{kind}“{asked}”", todo)
