"""What the library page's routes share: the folder, who may change it, what was changed, and the sync behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from qa import health
from qa.audit import Audit
from qa.errors import InputError, QAError
from qa.load import is_archive
from qa.settings import Settings
from qa.shelf import Entry, Listing, Shelf, checked_path, listing, look_up
from qa.shelf.listing import Sort
from qa.types import DocumentInfo, Problem
from qa.web.chat import Library
from qa.web.keeper import Keeper, Work
from qa.web.manage.role import Roles, Visitor


@dataclass(slots=True)
class Desk:
    """Made once for an application. Without a keeper (a read-only medium, tests) nothing is synced."""

    library: Library
    settings: Settings
    keeper: Keeper | None
    audit: Audit
    shelf: Shelf
    roles: Roles
    _report: tuple[int, health.Health] | None = field(default=None)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, library: Library, settings: Settings, keeper: Keeper | None) -> Desk:
        shelf = Shelf(settings.corpus, settings.index, settings.max_file_mb * 2**20)
        return cls(library, settings, keeper, Audit(settings.index / "audit.sqlite"), shelf, Roles(settings))

    def visitor(self, request: Request) -> Visitor:
        return self.roles.visitor(request)

    def changer(self, request: Request) -> Visitor:
        """Who makes a change; raises Refused for those who may not, InputError where the folder isn't the index's."""
        visitor = self.roles.check(request)
        if not self.belongs():
            what = f"资料文件夹 {self.settings.corpus} 里没有一份文件在索引中，两者不是一套"
            raise InputError(what, "请检查磁盘是否连上，或用 --corpus 指定这个索引的资料文件夹，再重新启动")
        return visitor

    def belongs(self) -> bool:
        """Whether the folder may be what the index was made of: else a sync would replace one library by another.

        The name of a file deleted here a moment ago still counts: the bin holds it.
        """
        infos = self._infos()
        if not infos:
            return True
        gone = {held.path for held in self.shelf.bin.items()}
        folders = tuple(f"{path}/" for path in gone)
        return any(
            (self.settings.corpus / info.path).exists() or info.path in gone or info.path.startswith(folders)
            for info in infos
        )

    def listing(self, folder: str, query: str, sort: Sort, descending: bool) -> Listing:
        """Raises InputError for a folder that isn't there."""
        if folder and not (self.shelf.at(folder).is_dir() or any(map(is_archive, folder.split("/")))):
            raise InputError(f"没有文件夹“{folder}”", "它可能已被移走或改名")
        infos, problems = self._infos(), self._problems()
        return listing(
            *(self.settings.corpus, self.settings.index, infos, problems),
            folder=checked_path(folder) if folder else "",
            query=query[:200],
            sort=sort,
            descending=descending,
        )

    def entries(self) -> list[Entry]:
        return look_up(self.settings.corpus, self.settings.index, self._infos(), self._problems())

    def report(self) -> health.Health:
        """Worked out once for a generation."""
        with self._lock:
            generation = self.library.status().generation
            if self._report is None or self._report[0] != generation:
                self._report = generation, health.of(self.library)
            return self._report[1]

    def wish(self, again: Iterable[str] = (), *, rebuild: bool = False, allow_empty: bool = False) -> int:
        if self.keeper is None:
            return 0
        return self.keeper.wish(list(again), rebuild=rebuild, allow_empty=allow_empty)

    def status(self) -> dict[str, Any]:
        """What is under way, cheap enough to poll."""
        status = self.library.status()
        work = self.keeper.work if self.keeper is not None else Work("idle", 0, 0, None)
        progress = status.progress
        doing = work.doing
        if progress is not None and doing in ("idle", "waiting"):
            doing = "waiting" if doing == "waiting" else "reading"  # of another process
        return {
            "generation": status.generation,
            "documents": status.documents,
            "chunks": status.chunks,
            "vectors": status.vectors,
            "doing": doing,
            "wished": work.wished,
            "done": work.done,
            "failure": work.failure,
            "progress": progress
            and {"stage": progress.stage, "done": progress.done, "total": progress.total, "note": progress.note},
        }

    def _infos(self) -> tuple[DocumentInfo, ...]:
        try:
            return self.library.documents()
        except QAError:
            return ()

    def _problems(self) -> tuple[Problem, ...]:
        try:
            return self.library.status().problems
        except QAError:
            return ()
