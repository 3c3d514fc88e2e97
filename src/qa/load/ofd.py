"""OFD, the national format for fixed pages (GB/T 33190-2016): lines in reading order, page by page.

What is drawn is read, pages that are only pictures by recognition; stamps, annotations, attachments and signatures
are not part of the text and are told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from qa.errors import ReadError
from qa.load.glyphs import pieces
from qa.load.layout import Piece
from qa.load.ocr import is_available, todo, unsure
from qa.load.ofd_package import Package, local, resolve, text_of, within
from qa.load.ofd_scan import recognised
from qa.load.ofd_text import Collector, Found
from qa.load.options import DEFAULTS, Options
from qa.load.pace import going_on
from qa.load.pages import Page, assembled, listed
from qa.types import Loaded

_POINTS = 72 / 25.4  # a millimetre, in which the standard measures (8.1)
_MAX_PAGES = 10_000
_UNREADABLE = 1 / 3  # share of placeholders for glyphs without a letter past which a page has no text
_PLACEHOLDER = "¤"  # the standard's own sign for a glyph that stands for no character (11.3)


@dataclass(slots=True)
class _Page:
    """``turned`` as in ``pages.Page``; ``images``: package names of its pictures; ``problem``: why it can't be read."""

    pieces: list[Piece] = field(default_factory=list)
    turned: list[Piece] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def has_text(self) -> bool:
        return bool(self.pieces or self.turned)

    @property
    def is_picture(self) -> bool:
        """Whether its text, if any, is in its pictures."""
        return not self.has_text and bool(self.images) and not self.problem


@dataclass(slots=True)
class _Notes:
    """What a person should know, gathered over the file."""

    annotations: int = 0
    signatures: int = 0
    attachments: list[str] = field(default_factory=list)
    slanted: Counter[str] = field(default_factory=Counter)
    hidden: int = 0
    missing: list[str] = field(default_factory=list)


def read_ofd(data: bytes, options: Options = DEFAULTS) -> Loaded:
    """Flowed blocks; the documents of a file follow each other and their pages are counted on."""
    package = Package(data)
    bodies = list(_bodies(package))
    notes, pages = _Notes(), []
    for body in bodies:
        document = _Document(package, resolve("OFD.xml", text_of(body, "DocRoot")), notes)
        document.note_signatures(body)
        pages += document.pages()
    scans = _scans(package, pages, options)
    _refuse_textless(pages, any(page.pieces for page in scans.values()), options)
    stated = [scans.get(number, Page(page.pieces, turned=page.turned)) for number, page in enumerate(pages, 1)]
    blocks, reads = assembled(stated, {})
    title = re.sub(r"^Microsoft Word - |\.(?:docx?|wps|ofd|pdf)$", "", text_of(bodies[0], "Title"))
    warnings = (*_warnings(pages, scans, notes, len(bodies), options), *unsure(reads))
    return Loaded(tuple(blocks), "ofd", None, title or None, warnings, tuple(reads))


def _scans(package: Package, pages: list[_Page], options: Options) -> dict[int, Page]:
    """Pages of pictures alone, recognised, by number; none where that is off or not installed."""
    found: dict[int, Page] = {}
    if options.ocr == "off" or not is_available():
        return found
    for number, page in enumerate(pages, 1):
        if page.is_picture:
            images = [package.bytes_of(name) for name in dict.fromkeys(page.images) if package.holds(name)]
            found[number] = recognised(images, options.memory)
            going_on(f"第 {number} 页")
    return found


def _bodies(package: Package) -> Iterator[Any]:
    found = [body for body in within(package.xml("OFD.xml"), "DocBody") if text_of(body, "DocRoot")]
    if not found:
        raise ReadError("不是完整的 OFD 文件，缺少正文部分", "请用 OFD 阅读器打开后另存")
    yield from found


class _Document:
    """One document of the package: its resources, templates and pages."""

    def __init__(self, package: Package, name: str, notes: _Notes) -> None:
        self._package, self._name, self._notes = package, name, notes
        self._root = package.xml(name)
        self._media: dict[str, str] = {}
        self._composites: dict[str, Any] = {}
        self._add_resources(name, self._root, "PublicRes", "DocumentRes")
        self._collector = Collector(self._composites)
        self._templates = {item.get("ID", ""): _location(item) for item in within(self._root, "TemplatePage")}
        self._template_roots: dict[str, Any] = {}
        self._note_extras()

    def pages(self) -> list[_Page]:
        """In the order that the document lists them, whatever their files are called."""
        listed = [_location(item) for tree in within(self._root, "Pages") for item in within(tree, "Page")]
        if len(listed) > _MAX_PAGES:
            raise ReadError(f"OFD 文件有 {len(listed)} 页，超过上限 {_MAX_PAGES} 页", "请拆分成几个文件")
        pages = [self._page(self._package.locate(self._name, location)) for location in listed]
        uses = Counter(use for page in pages for use in page.templates)
        for page in pages:  # a template used once is a form and its text the page's own
            if all(uses[use] == 1 for use in page.templates):
                page.pieces, page.turned = (
                    [replace(piece, fixed=False) for piece in some] for some in (page.pieces, page.turned)
                )
        return pages

    def _page(self, name: str) -> _Page:
        try:
            root = self._package.xml(name)
        except ReadError as error:
            return _Page(problem=error.what)
        self._add_resources(name, root, "PageRes")
        templates = [item.get("TemplateID", "") for item in within(root, "Template")]
        found, problem = Found(), ""
        for use in templates:
            template = self._template(use)
            if template is not None:
                self._collector.collect(template, found, fixed=True)
        own = Found()
        self._collector.collect(root, own)
        self._notes.hidden += own.hidden
        self._notes.slanted.update({*found.slanted, *own.slanted})
        glyphs = found.glyphs + own.glyphs
        unreadable = sum(glyph.text == _PLACEHOLDER or "\ue000" <= glyph.text <= "\uf8ff" for glyph in own.glyphs)
        if unreadable > len(own.glyphs) * _UNREADABLE:
            glyphs, problem = [], "字体没有对应的文字编码"
        images = [self._media[image] for image in (*found.images, *own.images) if image in self._media]
        return _Page(*pieces(glyphs, _POINTS), images, templates, problem)

    def _template(self, use: str) -> Any:
        """Root of a template page, parsed once; None where it can't be read."""
        if use not in self._template_roots:
            self._template_roots[use] = self._optional(self._package.locate(self._name, self._templates.get(use, "")))
        return self._template_roots[use]

    def _optional(self, name: str) -> Any:
        """Root of a part that the text can do without; None, and told, where it can't be read."""
        try:
            return self._package.xml(name)
        except ReadError:
            self._notes.missing.append(name)
            return None

    def _parts(self, base: str, parent: Any, *kinds: str) -> Iterator[tuple[str, Any]]:
        """Optional parts that elements of these names point to, as (name, root)."""
        for item in within(parent, *kinds) if parent is not None else ():
            name = self._package.locate(base, item.text or "")
            if (item.text or "").strip() and (root := self._optional(name)) is not None:
                yield name, root

    def _add_resources(self, base: str, parent: Any, *kinds: str) -> None:
        for name, root in self._parts(base, parent, *kinds):
            folder = resolve(name, root.get("BaseLoc") or ".")
            for item in within(root, "MultiMedia", "CompositeGraphicUnit"):
                if local(item) == "MultiMedia":
                    self._media[item.get("ID", "")] = self._package.locate(f"{folder}/", text_of(item, "MediaFile"))
                else:
                    self._composites[item.get("ID", "")] = item

    def note_signatures(self, body: Any) -> None:
        for _, listing in self._parts("OFD.xml", body, "Signatures"):
            self._notes.signatures += sum(1 for _ in within(listing, "Signature"))

    def _note_extras(self) -> None:
        for name, listing in self._parts(self._name, self._root, "Annotations"):
            for _, page in self._parts(name, listing, "FileLoc"):
                self._notes.annotations += sum(1 for _ in within(page, "Annot"))
        for _, listing in self._parts(self._name, self._root, "Attachments"):
            self._notes.attachments += [item.get("Name") or "未命名" for item in within(listing, "Attachment")]


def _location(item: Any) -> str:
    """Where a page is: an attribute by the standard, an element by some writers."""
    return item.get("BaseLoc") or text_of(item, "BaseLoc")


def _refuse_textless(pages: list[_Page], recognised_some: bool, options: Options) -> None:
    if not pages:
        raise ReadError("OFD 文件里没有页面", "请用 OFD 阅读器打开后另存")
    if recognised_some or any(page.has_text for page in pages):
        return
    problem = next((page.problem for page in pages if page.problem), "")
    if problem:
        raise ReadError(f"OFD 的页面都读不出：{problem}", "请用 OFD 阅读器打开后另存，或改用 Word 版本")
    if any(page.images for page in pages):
        raise ReadError("OFD 里没有可用的文字，页面都是图片，多半是扫描件", todo(options))
    raise ReadError("OFD 里没有文字，页面是空白的", "请确认内容已经保存；文字若已转成曲线，请改用 Word 版本")


def _warnings(
    pages: list[_Page], scans: dict[int, Page], notes: _Notes, documents: int, options: Options
) -> Iterator[str]:
    textless = [(number, page) for number, page in enumerate(pages, 1) if not page.has_text]
    scanned = [number for number, page in textless if page.is_picture and number not in scans]
    nothing = [number for number, page in scans.items() if page.why]
    blank = [number for number, page in textless if not page.images and not page.problem]
    if documents > 1:
        yield f"文件里含 {documents} 份文档，已依次收入，页码连续计数"
    if scanned:
        yield f"{listed(scanned)}只有图片，没有文字，这些页没有收入；{todo(options)}"
    if nothing:
        yield f"{listed(nothing)}是图片，没有认出文字，没有收入；请看原件"
    if blank:
        yield f"{listed(blank)}是空白的，或文字已转成曲线"
    for number, page in textless[:20]:
        if page.problem:
            yield f"第 {number} 页没有收入：{page.problem}；请用 OFD 阅读器打开后另存"
    if notes.slanted:
        shown = "、".join(f"“{text[:20]}”" for text, _ in notes.slanted.most_common(3))
        yield f"斜排的文字按水印处理，没有收入：{shown}"
    if notes.missing:
        names = "、".join(name[-60:] for name in notes.missing[:5])
        yield f"缺少或已损坏的附属部分有 {len(notes.missing)} 个（{names}），其中的文字没有收入；请用 OFD 阅读器另存"
    if notes.hidden:
        yield f"有 {notes.hidden} 处标为不可见的内容，没有收入"
    if notes.annotations:
        yield f"有 {notes.annotations} 处批注或印章，其中的文字没有收入"
    if notes.signatures:
        yield f"有 {notes.signatures} 个电子签名或签章，没有验证，章面文字没有收入"
    if notes.attachments:
        names = "、".join(name[:60] for name in notes.attachments[:10])
        yield f"有 {len(notes.attachments)} 个附件没有收入（{names}）；需要的话请导出后单独放入"
