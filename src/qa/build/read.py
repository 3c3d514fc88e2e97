"""One file → its document and chunks, ready to be indexed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath

from qa.build.room import Room
from qa.clean import clean
from qa.errors import Passing, ReadError, Refused, reason
from qa.load import DEFAULTS, OcrMode, Options, engine_name, inside, load, open_member
from qa.load.pace import going_on
from qa.outline import outline
from qa.split import context, split
from qa.store import Entry, entry
from qa.terms import Term, mine
from qa.tokens import index_tokens, index_tokens_bulk
from qa.types import Chunk, Document

STAGES = ("load", "clean", "outline", "split", "tokens", "terms/mine", "sentences", "lexical")
"""The parts of this package that decide what is indexed for a file; files of a part where only those do."""


_BATCH = 500
"""Chunks whose tokens are there at once."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one file."""

    document: Document
    chunks: tuple[Chunk, ...]
    terms: tuple[Term, ...]

    @property
    def entries(self) -> Iterator[Entry]:
        """The chunks as they are indexed, made as they are asked for."""
        return entries_of(self.document, self.chunks)


def document_id(path: str) -> str:
    """16 hexadecimal digits that follow from the path alone."""
    return hashlib.sha256(path.encode()).hexdigest()[:16]


def digest_of(file: Path) -> str:
    """SHA-256 of a file's bytes, in an archive too; raises ReadError."""
    place = inside(file)
    try:
        if place is None:
            with file.open("rb") as opened:
                return hashlib.file_digest(opened, "sha256").hexdigest()
        digest = hashlib.sha256()
        with open_member(*place) as member:
            while piece := member.read(2**20):
                digest.update(piece)
        return digest.hexdigest()
    except FileNotFoundError as error:
        raise Passing("同步时文件不见了，可能刚被移走或改名", "请重新同步") from error
    except OSError as error:
        todo = "请检查文件权限，或关闭正在占用它的程序"
        raise Passing(f"无法读取文件（{reason(error)}）", todo) from error


def make(
    corpus: Path,
    path: str,
    digest: str,
    max_bytes: int,
    chunk_chars: int,
    options: Options = DEFAULTS,
    allow_secret: bool = False,
    room: Room | None = None,
) -> Made:
    """Read one file and cut it up; raises ReadError where it gives no text, or more than there is ``room`` for; Refused
    where it is marked secret.
    """
    if room is not None and room.size <= max_bytes:
        room.refuse_at_sight(PurePosixPath(path).suffix)
    loaded = load(corpus / path, max_bytes, options)
    if room is not None:
        room.refuse(loaded.blocks)
    canonical = clean(loaded.blocks)
    loaded = replace(loaded, blocks=())  # the raw text of a big file is no longer needed, its memory is
    if not canonical.text:
        raise ReadError("文件里没有可用的文字", "请检查文件内容；扫描件请先做文字识别（OCR）")
    outlined = outline(canonical, PurePosixPath(path).stem, loaded.title)
    if outlined.facts.secrecy and not allow_secret:
        raise Refused(
            f"文件标有密级“{outlined.facts.secrecy}”，没有收入",
            "涉密文件不得存放在非涉密计算机上，请移走并按保密规定处理；确在涉密系统中使用，请设 QA_ALLOW_SECRET=true",
        )
    document = Document(
        document_id(path),
        path,
        outlined.title,
        canonical.text,
        pages=canonical.pages,
        sections=outlined.sections,
        facts=outlined.facts,
        sha256=digest,
        format=loaded.format,
        encoding=loaded.encoding,
        warnings=loaded.warnings,
        reads=loaded.reads,
    )
    return Made(document, split(document, chunk_chars), mine(document.text))


def entries_of(document: Document, chunks: Sequence[Chunk]) -> Iterator[Entry]:
    for begin in range(0, len(chunks), _BATCH):
        some = chunks[begin : begin + _BATCH]
        if begin:
            going_on(f"第 {begin} 段，共 {len(chunks)} 段")
        heads = [context(document, chunk) for chunk in some]
        bodies, tops = tokens_of([(chunk.text, head, document.path) for chunk, head in zip(some, heads, strict=True)])
        yield from map(entry, some, heads, bodies, tops)


def tokens_of(passages: Sequence[tuple[str, str, str]]) -> tuple[list[list[str]], list[list[str]]]:
    """Tokens of bodies and of heads for (text, context, path of the document).

    A head is the context and the path without suffix, each token once: that they mostly repeat each other says nothing
    about the passage.
    """
    heads: dict[tuple[str, str], list[str]] = {}
    for _, head, path in passages:
        if (head, path) not in heads:
            tokens = index_tokens(f"{head}\n{PurePosixPath(path).with_suffix('')}")
            heads[head, path] = list(dict.fromkeys(tokens))
    return index_tokens_bulk([text for text, _, _ in passages]), [heads[head, path] for _, head, path in passages]


@cache
def pipeline(ocr: OcrMode = "auto") -> str:
    """Fingerprint of the code behind ``STAGES`` and of what recognises scans; when it changes, all is read again."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for stage in STAGES:
        sources = sorted((package / stage).rglob("*.py")) if (package / stage).is_dir() else [package / f"{stage}.py"]
        for source in sources:
            digest.update(source.relative_to(package).as_posix().encode())
            digest.update(source.read_bytes().replace(b"\r\n", b"\n") if source.is_file() else b"")
    digest.update(engine_name().encode() if ocr == "auto" else b"")
    return digest.hexdigest()[:16]
