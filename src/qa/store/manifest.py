"""What a generation states about itself, and which generation is the current one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from qa.errors import IndexUnavailable, reason
from qa.store.files import (
    FORMAT,
    LEXICAL,
    LIBRARY,
    MANIFEST,
    READABLE,
    SENTENCES,
    VECTORS,
    generations,
    known_sha256,
    numbers,
    read_sealed,
    sha256,
    write_sealed,
)

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
        gone: Of the vectors and sentences, chunks that the file holds and that are not in the library any more, or not
            so: a generation that only leaves some out shares the file with the one before.
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
    gone: dict[str, tuple[int, ...]] = field(default_factory=dict)
    format: int = FORMAT

    def with_encoder(self, name: str) -> Manifest:
        """The same before that encoder has made anything, unless it is the one that did."""
        if name == self.encoder:
            return self
        files = {path: given for path, given in self.files.items() if path not in (VECTORS, SENTENCES)}
        counts = replace(self.counts, vectors=0, sentences=0)
        return replace(self, encoder=name, dim=None, files=files, gone={}, counts=counts)

    def write(self, folder: Path) -> None:
        # As JSON has it, for the checksum is of that.
        write_sealed(folder / MANIFEST, json.loads(json.dumps(asdict(self))))

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Of this format or an older one that can be carried forward; raises IndexUnavailable where it is missing,
        damaged or of another format.
        """
        try:
            data = read_sealed(folder / MANIFEST)
            if data["format"] not in READABLE:
                raise _foreign(data["format"])
            data["counts"] = Counts(**data["counts"])
            data["files"] = {name: (int(size), str(digest)) for name, (size, digest) in data["files"].items()}
            data["gone"] = {name: tuple(map(int, ids)) for name, ids in data.get("gone", {}).items()}
            return cls(**data)
        except PermissionError as error:
            raise unreadable(folder, error) from error
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise IndexUnavailable(f"索引的说明文件缺失或损坏：{folder / MANIFEST}", REBUILD) from error

    def faults(self, folder: Path, anew: bool = False) -> dict[str, str]:
        """Part of the generation (LIBRARY, LEXICAL, VECTORS, SENTENCES) → what is wrong with its files, in Chinese.

        Sizes are compared, then SHA-256; ``anew``: also of files that this process has read before. Raises
        IndexUnavailable where the folder may not be read.
        """
        found: dict[str, str] = {}
        for name, (size, digest) in self.files.items():
            path = folder / name
            try:
                if not path.is_file() or path.stat().st_size != size:
                    found[part_of(name)] = f"索引文件缺失或大小不对：{path}"
                elif (sha256 if anew else known_sha256)(path) != digest:
                    found[part_of(name)] = f"索引文件已损坏（校验和不符）：{path}"
            except PermissionError as error:
                raise unreadable(folder, error) from error
            except OSError as error:
                found[part_of(name)] = f"索引文件读不出来（{reason(error)}）：{path}"
        for part in (LIBRARY, LEXICAL):
            if part not in {part_of(name) for name in self.files}:
                found[part] = f"索引的说明文件里没有 {part}：{folder}"
        return found


def part_of(name: str) -> str:
    """To which part a file inside a generation belongs."""
    return name.partition("/")[0]


def _foreign(version: object) -> IndexUnavailable:
    what = f"索引的格式版本是 {version}，本程序用的是 {FORMAT}"
    if isinstance(version, int) and version > FORMAT:
        return IndexUnavailable(f"{what}：它是更新的版本做的", "请升级有据，或用 --index 换一个索引文件夹；索引没有动")
    return IndexUnavailable(what, REBUILD)


def refuse_newer(index: Path) -> None:
    """Raises IndexUnavailable where a newer version of Youju published last: its index is not to be overwritten."""
    number = current_generation(index)
    for path in [index / "CURRENT", *([generations(index) / str(number) / MANIFEST] if number is not None else [])]:
        try:
            version = read_sealed(path)["format"]
        except (OSError, ValueError, KeyError):
            continue
        if isinstance(version, int) and version > FORMAT:
            raise _foreign(version)


def current_generation(index: Path) -> int | None:
    """Number of the published generation, None where nothing is published; reads one small file.

    Where that file is damaged it is the newest generation that lies there complete. Raises IndexUnavailable where the
    folder may not be read.
    """
    try:
        return int(read_sealed(index / "CURRENT")["generation"])
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
    write_sealed(index / "CURRENT", {"format": FORMAT, "generation": generation})
