"""HTML by Lexbor: the main text of a page as paragraphs, headings, list items and table rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from qa.errors import ReadError
from qa.load.encoding import decode
from qa.load.html_furniture import DROPPED, Furniture, is_furniture_line, is_hidden
from qa.load.numbering import count, number_text
from qa.load.tables import rows_text
from qa.types import Block, Loaded

_INLINE = {
    *(
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
    ),
    *(
        "mark",
        "o:p",
        "q",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
    ),
    *("wbr", "rb", "center-inline"),
}
_SKIPPED_INLINE = {"rt", "rp"}
_NUMBERED = re.compile(r"[（(]?[\d一二三四五六七八九十]+[、.．）)]|第.{1,4}[条章节]|[①-⑳]")
_MAX_FRAMES = 20
_OL_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
Frame = Callable[[str], bytes | None]
_COLUMNS = 1000
"""Past so many, spanned cells are not repeated: a few hundred rows that span each other would be millions of cells."""
_HAN = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"


def read_html(data: bytes, charset: str | None = None, frame: Frame = lambda _: None) -> Loaded:
    """The page's main text; scripts, navigation, page heads and feet, side columns and forms are left out.

    ``charset``: the encoding told from outside the page. ``frame`` gives the bytes of a page shown inside this one.
    """
    from selectolax.lexbor import LexborHTMLParser

    found = decode(data, charset or declared_charset(data))
    tree = LexborHTMLParser(found.text)
    title = tree.css_first("title")
    name = " ".join(title.text().split()) if title is not None else ""
    main = _main(tree)
    blocks = list(_Walker(Furniture(main)).blocks(main))
    sources = [str((node.attributes or {}).get("src") or "") for node in tree.css("frame, iframe")]
    for inner in filter(None, map(frame, filter(None, sources[:_MAX_FRAMES]))):
        blocks += read_html(inner).blocks
    if not blocks and any(sources):
        shown = "、".join(filter(None, sources[:5]))
        raise ReadError(f"网页由框架组成，正文在别的文件里（{shown[:200]}）", "请打开正文那一页，另存为网页")
    return Loaded(tuple(blocks), "html", found.encoding, name or None, found.warnings)


def fragment_blocks(source: str) -> list[Block]:
    """Blocks of a piece of HTML inside another text."""
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(source).body
    return list(_Walker().blocks(body)) if body is not None else []


def declared_charset(data: bytes) -> str | None:
    """The encoding that the page names, as a codec's name."""
    match = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]+)", data[:4096], re.IGNORECASE)
    if match is None:
        return None
    name = match.group(1).decode("ascii", errors="replace").lower()
    return {"gb2312": "gb18030", "gbk": "gb18030", "gb-2312": "gb18030", "big5": "cp950"}.get(name, name)


def _main(tree: Any) -> Any:
    body = tree.body or tree.root
    size = len(body.text())
    for selector in ("main", "article", "[role=main]"):
        nodes = tree.css(selector)
        if len(nodes) == 1 and len(nodes[0].text()) * 2 >= size:
            return nodes[0]
    return body


class _Walker:
    """Collects blocks while it walks a tree without recursion, for pages may nest as deep as they like."""

    def __init__(self, furniture: Furniture | None = None) -> None:
        self._furniture = furniture
        self._pieces: list[str] = []
        self._level = 0
        self._pre = 0
        self._counters: list[tuple[str, int, int] | None] = []
        self._label = ""
        self._found: list[Block] = []

    def blocks(self, root: Any) -> Iterator[Block]:
        whole = len(root.text())
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self._leave(node.tag)
            elif node.tag == "-text":
                text = node.text_content if hasattr(node, "text_content") else node.text()
                self._pieces.append((text or "") if self._pre else _flat(text or ""))
            elif self._enter(node, whole):
                stack.append((node, True))
                child = node.last_child
                while child is not None:
                    stack.append((child, False))
                    child = child.prev
        self._flush()
        return iter(self._found)

    def _enter(self, node: Any, whole: int) -> bool:
        """Note the start of an element; False when its content is not to be walked."""
        tag = node.tag
        if not tag:  # a processing instruction: Word leaves <?xml:namespace …?> in the middle of sentences
            return False
        attributes = node.attributes or {}
        if tag in DROPPED or tag in _SKIPPED_INLINE or tag.startswith(("-", "!")) or is_hidden(attributes):
            return False
        if tag == "form" and len(node.text()) * 2 < whole:  # some sites wrap the whole page in a form
            return False
        if tag == "header" and node.css_first("h1") is None:
            return False
        if tag == "br":
            self._pieces.append("\n")
            return False
        if tag == "table" and not (self._furniture is not None and self._furniture.holds(node, attributes)):
            self._flush()
            if _is_data(node):
                self._found += [Block(text) for text in rows_text(*_table(node))]
                return False
            return True
        if tag in _INLINE:
            return True
        if self._furniture is not None and self._furniture.holds(node, attributes):
            self._flush()
            return False
        self._flush()
        if re.fullmatch("h[1-6]", tag):
            self._level = int(tag[1])
        elif tag in ("pre", "textarea"):
            self._pre += 1
        elif tag in ("ol", "ul"):
            start = str(attributes.get("start") or "1")
            kind = _OL_TYPES.get(str(attributes.get("type") or ""), "decimal")
            at = int(start) if re.fullmatch(r"-?\d{1,6}", start) else 1
            self._counters.append((kind, at, 1) if tag == "ol" else None)
        elif tag == "li":
            self._item(str(attributes.get("value") or ""))
        return True

    def _item(self, value: str) -> None:
        counter = self._counters[-1] if self._counters else None
        if counter is None:
            return
        kind, number, step = counter
        number = count(value, number)
        self._label = number_text(number, kind) + ". "
        self._counters[-1] = (kind, number + step, step)

    def _leave(self, tag: str) -> None:
        if tag in _INLINE:
            return
        self._flush()
        if re.fullmatch("h[1-6]", tag):
            self._level = 0
        elif tag in ("pre", "textarea"):
            self._pre -= 1
        elif tag in ("ol", "ul") and self._counters:
            self._counters.pop()

    def _flush(self) -> None:
        text = "".join(self._pieces)
        self._pieces = []
        if not text.strip() or (self._furniture is not None and is_furniture_line(text)):
            return
        if self._label and not _NUMBERED.match(text.strip()):
            text = self._label + text.strip()
        self._label = ""
        self._found.append(Block(text, level=self._level, flowed="\n" in text and not self._level))


def _flat(text: str) -> str:
    """Source white space as a browser shows it; a line break between Chinese letters shows as nothing."""
    text = re.sub(rf"(?<={_HAN})[ \t]*[\r\n]+[ \t\r\n]*(?={_HAN})", "", text)
    return re.sub(r"[ \t\r\n\f]+", " ", text)


def _is_data(table: Any) -> bool:
    """Whether a table holds data; one with a table inside, one column, or long cells lays a page out."""
    if len(table.css("table")) > 1 or table.css_first("h1, h2, h3") is not None:
        return False
    rows = table.css("tr")
    columns = max((len(row.css("td, th")) for row in rows), default=0)
    return columns > 1 and len(rows) > 1 and all(len(cell.text()) <= 1000 for cell in table.css("td, th"))


def _table(table: Any) -> tuple[list[list[str]], bool]:
    """Rows with spanned cells repeated, and whether the first row is marked as a heading."""
    rows: list[list[str]] = []
    held: dict[int, tuple[int, str]] = {}
    for tr in table.css("tr"):
        row: list[str] = []
        for cell in tr.css("td, th"):
            _fill(row, held)
            text = " ".join(_flat(cell.text(separator="")).split())
            across, down = min(_span(cell, "colspan"), max(_COLUMNS - len(row), 1)), _span(cell, "rowspan")
            for _ in range(across):
                if down > 1 and len(row) < _COLUMNS:
                    held[len(row)] = (down - 1, text)
                row.append(text)
        _fill(row, held)
        rows.append(row)
    first = table.css_first("tr")
    headed = first is not None and first.css_first("th") is not None and first.css_first("td") is None
    return rows, headed


def _fill(row: list[str], held: dict[int, tuple[int, str]]) -> None:
    while len(row) in held:
        left, text = held.pop(len(row))
        if left > 1:
            held[len(row)] = (left - 1, text)
        row.append(text)


def _span(cell: Any, name: str) -> int:
    return min(max(count((cell.attributes or {}).get(name), 1), 1), 100)
