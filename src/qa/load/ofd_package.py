"""The package that an OFD file is (GB/T 33190-2016): a zip of XML parts that name each other by path.

Everything in it is untrusted: parts are looked up by name and never written out, sizes are bounded, and XML with a
document type is refused, for OFD has none and entities are only good for attacks.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from qa.errors import ReadError
from qa.load.zipped import BROKEN, TooLarge, is_encrypted, open_zip, read_member

_MAX_PART = 64 * 2**20  # bytes of one picture
_MAX_XML_PART = 32 * 2**20  # bytes; pages have some 100 KB, and parsed a part takes about seven times its size
_MAX_XML = 256 * 2**20  # bytes of XML parsed for one file, repeated parts counted each time
_RESAVE = "请用 OFD 阅读器打开后另存，或导出为 PDF"


class Package:
    """Parts by name. Names are matched without regard to case, as readers on Windows do."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = open_zip(data)
            infos = self._archive.infolist()
        except BROKEN as error:
            raise ReadError("OFD 文件已损坏，打不开", "请重新下载或复制") from error
        self._parts: dict[str, zipfile.ZipInfo] = {_key(info.filename): info for info in infos}
        self._left = _MAX_XML
        if any("encrypt" in posixpath.basename(name) for name in self._parts) or any(map(is_encrypted, infos)):
            raise ReadError("OFD 文件加了密", "请在 OFD 阅读器里去掉密码后另存")

    def holds(self, name: str) -> bool:
        return _key(name) in self._parts

    def locate(self, base: str, location: str) -> str:
        """Name of the part that ``location`` in the part ``base`` means; some writers count all from the package."""
        name, whole = resolve(base, location), resolve("", location)
        return whole if not self.holds(name) and self.holds(whole) else name

    def bytes_of(self, name: str, limit: int = _MAX_PART) -> bytes:
        """Raises ReadError where the part is missing, damaged or too large."""
        info = self._parts.get(_key(name))
        if info is None:
            raise ReadError(f"OFD 文件不完整，缺少 {name[:200]}", _RESAVE)
        try:
            return read_member(self._archive, info, limit)
        except TooLarge as error:
            raise ReadError(f"OFD 文件里的 {name[:200]} 解压后过大", "请拆分成几个文件") from error
        except (*BROKEN, RuntimeError) as error:
            raise ReadError(f"OFD 文件已损坏，{name[:200]} 读不出", _RESAVE) from error

    def xml(self, name: str) -> Any:
        """Root element of a part; raises ReadError."""
        from lxml import etree

        source = self.bytes_of(name, _MAX_XML_PART)
        self._left -= len(source)
        if self._left < 0:
            raise ReadError("OFD 文件解压后过大", "请拆分成几个文件")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(source, parser)
        except etree.XMLSyntaxError as error:
            raise ReadError(f"OFD 文件已损坏，{name[:200]} 不是合法的 XML", _RESAVE) from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise ReadError(f"OFD 文件里的 {name[:200]} 含有文档类型声明（DTD），可能有害，未读取", _RESAVE)
        return root


def resolve(base: str, location: str) -> str:
    """Name of the part that ``location`` means when it stands in the part ``base``; a leading "/" is the package."""
    location = location.strip().replace("\\", "/")
    joined = location if location.startswith("/") else posixpath.join(posixpath.dirname(base), location)
    return posixpath.normpath("/" + joined).lstrip("/")


def local(element: Any) -> str:
    """Tag without namespace (writers use several, or none); "" for comments."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element if local(child) == name)


def within(element: Any, *names: str) -> Iterator[Any]:
    """Descendants of these names, in document order."""
    return (child for child in element.iter() if local(child) in names)


def text_of(element: Any, name: str) -> str:
    """Text of the first descendant of this name, "" where there is none."""
    return next(((found.text or "").strip() for found in within(element, name)), "")


def _key(name: str) -> str:
    return resolve("", name).lower()
