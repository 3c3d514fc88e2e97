"""The characters that Word shows for the runs of a paragraph: fields by their results, symbols, formulas, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from qa.load.drawing import CHART, DIAGRAM
from qa.load.numbering import number_text
from qa.load.word_styles import Styles, W, on, value

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_TEXT = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
# Deleted and moved text, properties, the small letters of a phonetic guide; nothing else is passed over.
_GONE = {
    W + name for name in ("del", "moveFrom", "delText", "pPr", "rPr", "rt", "sectPr", "tblPr", "trPr", "tcPr", "sdtPr")
}
_ENCLOSED = re.compile(r"\s*eq\s*\\o\s*\\ac\s*\(\s*[○〇ΟOo]\s*[,，;；]\s*([^()]{1,4}?)\s*\)\s*", re.IGNORECASE)

_WINGDINGS = {
    **dict(zip((0x28, 0x2A, 0x6C, 0x6E, 0x6F, 0x71, 0x72, 0x75, 0x76, 0x9F), "☎✉●■□□□◆❖•", strict=True)),
    **dict(zip((0xA1, 0xA7, 0xA8, 0xAB, 0xD8, 0xE0, 0xE8, 0xFB, 0xFC, 0xFD, 0xFE), "○▪□★➢→→✗✓☒☑", strict=True)),
    **{0x80 + number: chr(0x2460 + number - 1) for number in range(1, 11)},
    **{0x8B + number: chr(0x2776 + number - 1) for number in range(1, 11)},
}
_SYMBOL = {
    **dict(zip(b"abgdezhqiklmnxopprstufcyw", "αβγδεζηθικλμνξοππρστυφχψω", strict=True)),
    **dict(zip(b"GDQLXPSFYW", "ΓΔΘΛΞΠΣΦΨΩ", strict=True)),
    **dict(zip((0xA2, 0xA3, 0xA5, 0xAC, 0xAE, 0xB0, 0xB1, 0xB2, 0xB3, 0xB4), "′≤∞←→°±″≥×", strict=True)),
    **dict(zip((0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xD6, 0xE5), "•÷≠≡≈√∑", strict=True)),
}
_SYMBOLS = {
    "wingdings": _WINGDINGS,
    "wingdings 2": dict(zip((0x4F, 0x50, 0x52, 0x53, 0x54, 0x97, 0xA3), "✗✓☑☒☒●□", strict=True)),
    "symbol": _SYMBOL,
}
"""Signs that offices use of fonts with an encoding of their own: box to tick, bullet, Greek letter."""


def shown(parent: Any) -> Iterator[Any]:
    """Child elements; of alternatives for old and new readers the first only."""
    for child in parent:
        if not isinstance(child.tag, str):
            continue
        if child.tag == _MC + "AlternateContent":
            choice = child.find(_MC + "Choice")
            choice = choice if choice is not None else child.find(_MC + "Fallback")
            if choice is not None:
                yield from shown(choice)
        else:
            yield child


def gone(child: Any) -> bool:
    """Whether an element holds what Word does not show once all changes are accepted."""
    return child.tag in _GONE


def holds_nothing(child: Any) -> bool:
    """Whether it is a content control with the table of contents, or with nothing yet but words that ask for some."""
    if child.tag != W + "sdt":
        return False
    gallery = value(child, "sdtPr/docPartObj/docPartGallery") or ""
    return gallery.lower() == "table of contents" or on(child.find(f"{W}sdtPr/{W}showingPlcHdr"))


@dataclass(slots=True)
class Line:
    """``contents``: it stands in the automatic table of contents. ``hidden``: characters that Word hides."""

    text: str = ""
    boxes: list[Any] = field(default_factory=list)
    drawings: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    contents: bool = False
    hidden: int = 0


class Runs:
    """Reads paragraphs in order; a field may begin in one and end in a later one."""

    def __init__(self, styles: Styles, body: Any) -> None:
        self._styles = styles
        self.notes: dict[tuple[str, str], str] = {}
        self._fields: list[list[Any]] = []  # of each open field: its code, and whether its result has begun
        kinds = [char.get(W + "fldCharType") for char in body.iter(W + "fldChar")]
        self._balanced = kinds.count("begin") == kinds.count("end")  # else nothing may hang on a field that never ends
        self._line = Line()

    def line(self, paragraph: Any) -> Line:
        outer, self._line = self._line, Line()
        line = self._line
        line.contents = self._in_contents()
        line.text = "".join(self._walk(paragraph))
        line.contents = line.contents or self._in_contents()
        self._line = outer
        self._fields = [one for one in self._fields if one[1]]  # a code ends with its paragraph
        return line

    def _in_contents(self) -> bool:
        return self._balanced and any(begun and re.match(r"(?i)\s*TOC\b", code) for code, begun in self._fields)

    def _walk(self, parent: Any) -> Iterator[str]:
        for child in shown(parent):
            name = child.tag.removeprefix(W)
            if gone(child) or holds_nothing(child):
                continue
            if child.tag in (DIAGRAM + "relIds", CHART + "chart"):
                self._line.drawings.append(child)
            elif name == "r" and self._hidden(child):
                self._line.hidden += sum(len(text.text or "") for text in child.iter(W + "t"))
            elif name == "txbxContent":
                self._line.boxes.append(child)
            elif name in ("fldChar", "instrText", "fldSimple"):
                yield from self._field(child, name)
            elif name in ("footnoteReference", "endnoteReference"):
                note = self.notes.get((name.removesuffix("Reference"), child.get(W + "id", "")))
                self._line.notes += [note] if note else []
            elif child.tag.startswith(W) and (name in _TEXT or name in ("t", "sym")):
                if all(begun for _, begun in self._fields) and not self._in_contents():
                    yield self._text(child, name)
            elif child.tag.startswith(_M):
                yield from self._formula(child)
            else:
                yield from self._walk(child)
                if name == "p":
                    yield "\n"

    def _text(self, child: Any, name: str) -> str:
        if name == "sym":
            code = child.get(W + "char", "")
            return symbol(child.get(W + "font", ""), int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,5}", code) else 0)
        text = _TEXT.get(name) or child.text or ""
        if name == "t" and re.search("[\uf000-\uf0ff]", text):
            fonts = child.getparent().find(f"{W}rPr/{W}rFonts")
            font = (fonts.get(W + "ascii") or fonts.get(W + "hAnsi") or "") if fonts is not None else ""
            text = "".join(symbol(font, ord(char)) if "\uf000" <= char <= "\uf0ff" else char for char in text)
        return text

    def _field(self, child: Any, name: str) -> Iterator[str]:
        kind = child.get(W + "fldCharType")
        if name == "instrText":
            if self._fields and not self._fields[-1][1]:
                self._fields[-1][0] += child.text or ""
        elif name == "fldSimple":
            if not re.match(r"(?i)\s*TOC\b", child.get(W + "instr", "")):
                yield from self._walk(child)
        elif kind == "begin":
            self._fields.append(["", False])
        elif kind == "separate" and self._fields:
            self._fields[-1][1] = True
        elif kind == "end" and self._fields:
            code, begun = self._fields.pop()
            enclosed = None if begun else _ENCLOSED.fullmatch(code)
            if enclosed:  # a character in a circle is drawn from the field's code and has no result
                sign = enclosed.group(1)
                yield number_text(int(sign), "decimalEnclosedCircle") if sign.isdecimal() else f"（{sign}）"

    def _formula(self, node: Any) -> Iterator[str]:
        """A formula on one line: a/b, x^2, x_1, √(x)."""
        name = node.tag.removeprefix(_M)
        if name == "t":
            yield node.text or ""
        elif name == "f":
            yield "/".join(self._operand(node.find(_M + side)) for side in ("num", "den"))
        elif name in ("sSup", "sSub", "sSubSup"):
            yield self._inside(node.find(_M + "e"))
            for side, sign in (("sub", "_"), ("sup", "^")):
                if node.find(_M + side) is not None:
                    yield sign + self._operand(node.find(_M + side))
        elif name == "rad":
            yield f"{self._inside(node.find(_M + 'deg'))}√({self._inside(node.find(_M + 'e'))})"
        elif name == "d":
            yield f"({','.join(self._inside(one) for one in node.findall(_M + 'e'))})"
        elif not name.endswith("Pr"):
            for child in shown(node):
                yield from self._formula(child) if child.tag.startswith(_M) else self._walk(child)

    def _inside(self, node: Any) -> str:
        return "" if node is None else "".join(self._formula(node)).strip()

    def _operand(self, node: Any) -> str:
        text = self._inside(node)
        return text if re.fullmatch(r"[\w.%]*", text) else f"({text})"

    def _hidden(self, run: Any) -> bool:
        own = run.find(f"{W}rPr/{W}vanish")
        if own is not None:
            return on(own)
        return any(on(one.find(f"{W}rPr/{W}vanish")) for one in self._styles.chain(value(run, "rPr/rStyle")))


def symbol(font: str, code: int) -> str:
    """A character of a font with its own encoding as the letter it looks like; empty where that is not known."""
    table = _SYMBOLS.get(font.lower())
    if table is not None:
        return table.get(code & 0xFF, "")
    return "" if not 0x20 <= code <= 0x10FFFF or 0xD800 <= code <= 0xF8FF else chr(code)
