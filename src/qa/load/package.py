"""Office packages (ECMA-376 part 2): parts of a ZIP file by name, unpacked within bounds, XML without entities."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qa.errors import ReadError
from qa.load.zipped import BROKEN, open_zip

# Bytes of unpacked XML. As a tree it takes nine times as much memory: 60 MB (220,000 paragraphs) took 550 MB. Real
# documents are far smaller; zip bombs are not.
_MAX_TREE = 100 * 2**20
_MAX_PART = 200 * 2**20  # read piece by piece
_MAX_PARTS = 20_000  # a deck of 500 slides has about 5,000
_STRICT = b"http://purl.oclc.org/ooxml/"
# The strict edition's namespaces → those that everyone writes, which the readers know.
_NAMESPACES = (
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", _R := b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    *(
        (_STRICT + kind + b"/main", b"http://schemas.openxmlformats.org/" + kind + b"/2006/main")
        for kind in (b"wordprocessingml", b"spreadsheetml", b"presentationml", b"drawingml")
    ),
    (_STRICT + b"officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (_STRICT + b"drawingml/diagram", b"http://schemas.openxmlformats.org/drawingml/2006/diagram"),
)  # fmt: skip
R = "{" + _R.decode() + "}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DC_TITLE = "{http://purl.org/dc/elements/1.1/}title"
MACROS = "文件里有宏，宏没有运行，也没有收入"


@dataclass(frozen=True, slots=True)
class Package:
    """``what`` is the kind of file as messages name it; ``names`` maps each part's name in small letters to its own."""

    archive: zipfile.ZipFile
    what: str
    names: dict[str, str]

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.names


def open_package(data: bytes, what: str) -> Package:
    try:
        archive = open_zip(data)
    except BROKEN as error:
        raise _damaged(what) from error
    infos = archive.infolist()
    if len(infos) > _MAX_PARTS:
        raise ReadError(f"{what}里有 {len(infos)} 个部件，多得不正常", "请用 Office 或 WPS 打开后另存")
    # Some writers use the other slash or other capitals than their own relationships do.
    return Package(
        archive, what, {name.filename.replace("\\", "/").lstrip("/").lower(): name.filename for name in infos}
    )


def part(package: Package, name: str, most: int = _MAX_PART) -> bytes | None:
    """Bytes of a part, None where there is none. Raises ReadError for one that is damaged, locked or too large."""
    own = package.names.get(name.lower())
    if own is None:
        return None
    try:
        if package.archive.getinfo(own).file_size > most:
            raise ReadError(f"{package.what}解压后过大（{name}）", "请拆分成几个文件")
        source = package.archive.read(own)  # never more than the size checked
    except BROKEN as error:
        raise _damaged(package.what) from error
    except RuntimeError as error:
        raise ReadError(f"{package.what}设了密码", "请去掉密码后重新保存") from error
    if _STRICT in source:
        for strict, usual in _NAMESPACES:
            source = source.replace(strict, usual)
    return source


def xml(package: Package, name: str) -> Any:
    """Root of an XML part, None where there is none."""
    from lxml import etree

    source = part(package, name, _MAX_TREE)
    if source is None:
        return None
    try:
        return etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ReadError(f"{package.what}已损坏，内容不是合法的 XML", "请用 Office 或 WPS 打开后另存") from error


def stream(package: Package, name: str, *tags: str) -> Iterator[Any]:
    """Elements of a large part one after the other, each forgotten once the next is asked for."""
    from lxml import etree

    source = part(package, name)
    if source is None:
        return
    try:
        for _, node in etree.iterparse(io.BytesIO(source), tag=tags, resolve_entities=False, no_network=True):
            yield node
            node.clear()
            parent = node.getparent()
            while parent is not None and node.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise ReadError(f"{package.what}已损坏，内容不是合法的 XML", "请用 Office 或 WPS 打开后另存") from error


def relations(package: Package, name: str) -> dict[str, tuple[str, str]]:
    """Relationships of a part: id → (last word of its type, part's name); those out of the file are left out."""
    folder, _, file = name.rpartition("/")
    root = xml(package, f"{folder}/_rels/{file}.rels".lstrip("/"))
    found: dict[str, tuple[str, str]] = {}
    for one in root.iter(_RELATION) if root is not None else ():
        target = one.get("Target", "")
        if one.get("TargetMode") != "External" and target:
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[one.get("Id", "")] = (one.get("Type", "").rpartition("/")[2], path)
    return found


def main_part(package: Package, usual: str) -> str:
    """Name of the document's main part as the package states it, else ``usual``."""
    stated = next((path for kind, path in relations(package, "").values() if kind == "officeDocument"), usual)
    return stated if stated in package else usual


def stated_title(package: Package) -> str | None:
    core = xml(package, "docProps/core.xml")
    return ((core.findtext(_DC_TITLE) or "").strip() if core is not None else "") or None


def _damaged(what: str) -> ReadError:
    return ReadError(f"{what}已损坏，打不开", "请重新下载或复制，或用 Office、WPS 打开后另存")
