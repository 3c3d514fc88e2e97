"""What a generation states about itself, and which generation is the current one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from qa.errors import IndexUnavailable, reason
from qa.store.files import FORMAT, MANIFEST, SENTENCES, VECTORS, generations, numbers, sha256, write_json

REBUILD = "请运行 python -m qa sync，它会重新建立索引"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a generation holds. ``vectors`` counts chunks that have one, ``sentences`` those whose sentences do."""

    documents: int = 0
    chunks: int = 0
    vectors: int = 0
    sentences: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """manifest.json.

    Attributes:
        made_by: Version of Youju.
        pipeline: Fingerprint of the code that turned files into chunks and tokens.
        chunk_chars: The setting it was made with.
        encoder: Name of the encoder whose vectors these are; None where there are none.
        published: When, ISO 8601 with offset.
        files: Path inside the generation, with "/" → (size in bytes, SHA-256).
    """

    generation: int
    made_by: str
    pipeline: str
    chunk_chars: int
    published: str
    counts: Counts
    encoder: str | None = None
    dim: int | None = None
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    def with_encoder(self, name: str) -> Manifest:
        """The same before that encoder has made anything, unless it is the one that did."""
        if name == self.encoder:
            return self
        files = {path: given for path, given in self.files.items() if path not in (VECTORS, SENTENCES)}
        return replace(self, encoder=name, dim=None, files=files, counts=replace(self.counts, vectors=0, sentences=0))

    def write(self, folder: Path) -> None:
        write_json(folder / MANIFEST, asdict(self))

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises IndexUnavailable where it is missing, damaged or of another format."""
        try:
            data: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if data["format"] != FORMAT:
                raise IndexUnavailable(f"索引的格式版本是 {data['format']}，本程序用的是 {FORMAT}", REBUILD)
            data["counts"] = Counts(**data["counts"])
            data["files"] = {name: (int(size), str(digest)) for name, (size, digest) in data["files"].items()}
            return cls(**data)
        except PermissionError as error:
            raise unreadable(folder, error) from error
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise IndexUnavailable(f"索引的说明文件缺失或损坏：{folder / MANIFEST}", REBUILD) from error

    def verify(self, folder: Path) -> None:
        """Compare sizes, then SHA-256 of every file. Raises IndexUnavailable that names the first that differs."""
        try:
            for name, (size, _) in self.files.items():
                path = folder / name
                if not path.is_file() or path.stat().st_size != size:
                    raise IndexUnavailable(f"索引文件缺失或大小不对：{path}", REBUILD)
            for name, (_, digest) in self.files.items():
                if sha256(folder / name) != digest:
                    raise IndexUnavailable(f"索引文件已损坏（校验和不符）：{folder / name}", REBUILD)
        except OSError as error:
            raise unreadable(folder, error) from error


def current_generation(index: Path) -> int | None:
    """Number of the published generation, None where nothing is published; reads one small file.

    Where that file is damaged it is the newest generation that lies there complete. Raises IndexUnavailable where the
    folder may not be read.
    """
    try:
        return int(json.loads((index / "CURRENT").read_text(encoding="utf-8"))["generation"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError):
        try:
            return next((n for n in numbers(index) if (generations(index) / str(n) / MANIFEST).is_file()), None)
        except OSError as error:
            raise unreadable(index, error) from error


def unreadable(folder: Path, error: OSError) -> IndexUnavailable:
    return IndexUnavailable(f"无法读取索引 {folder}（{reason(error)}）", "请检查文件夹权限、磁盘或网络位置后再试")


def set_current(index: Path, generation: int) -> None:
    write_json(index / "CURRENT", {"format": FORMAT, "generation": generation})
