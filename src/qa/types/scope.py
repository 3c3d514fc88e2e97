"""Where to look, and how a document stands: in force, changed, repealed, a draft."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["现行", "已修改", "已废止", "征求意见稿", "尚未施行"]
Sort = Literal["score", "date"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents a question is asked of; those that fit every part that is given. Empty: all.

    Attributes:
        folders: Paths relative to the corpus folder; what lies in their folders belongs to them.
        documents: Ids, paths, or titles, with or without the state's name and brackets.
        years: Of the title, or else of the document's date.
        issuers: 发文机关; one of several that issued it together is enough.
        in_force: Leave out what is repealed, superseded by another edition, a draft, or not in force yet. What is no
            rule (a speech, a report, a case) stays.
    """

    folders: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    issuers: tuple[str, ...] = ()
    in_force: bool = False

    def __bool__(self) -> bool:
        return bool(self.folders or self.documents or self.years or self.issuers or self.in_force)

    @property
    def told(self) -> str:
        """In Chinese, for the one who asks: 「文件夹 laws；2024年；只看现行」; empty for all."""
        parts = [f"文件夹{'、'.join(self.folders)}"] if self.folders else []
        parts += ["、".join(self.documents)] if self.documents else []
        parts += ["、".join(f"{year}年" for year in self.years)] if self.years else []
        parts += ["、".join(self.issuers)] if self.issuers else []
        return "；".join([*parts, *(["只看现行"] if self.in_force else [])])

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a document stands today, as far as the library tells.

    Attributes:
        by: Id of the document that makes it so: the newer edition, what repeals or amends it, a draft's final text;
            None where the library holds none.
        since: ISO date from which on; empty where it is not known.
    """

    status: Status
    by: str | None = None
    since: str = ""
