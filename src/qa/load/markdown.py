"""Markdown, line by line.

Not by a Markdown library: those read "- 1. 早期阶段" as nested lists and renumber them, take paragraphs indented by
four spaces for code, and 给予***处分 for emphasis, where official texts mean what they say.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from qa.load.encoding import decode
from qa.load.html import fragment_blocks
from qa.load.tables import rows_text
from qa.types import Block, Loaded

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t\u3000]+|(?=[\u4e00-\u9fff“《（【]))(.*?)[ \t]*#*[ \t]*$")
_BULLET = re.compile(r"\s*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_ORDERED = re.compile(r"\s*\d{1,4}[.)][ \t]+\S")
_RULE = re.compile(r" {0,3}(?:-(?:[ \t]*-){2,}|\*(?:[ \t]*\*){2,}|_(?:[ \t]*_){2,})[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$")
_INLINE: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"!?\[([^\[\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+[\"'][^\"'\n]*[\"'])?\)"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^<>\s]+)>"), r"\1"),
    (re.compile(r"<br\s*/?>", re.IGNORECASE), "\n"),
    (re.compile(r"</?[a-zA-Z][a-zA-Z0-9:]*(?:\s+[\w:-]+(?:=(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?)*\s*/?>"), ""),
    (re.compile(r"(?<![*\\])\*\*(?=[^\s*])([^*\n]+?)(?<=\S)\*\*(?!\*)"), r"\1"),
    (re.compile(r"(?<![*\\\w])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![*\w])"), r"\1"),
    (re.compile(r"^\*\*\*(?=[^\s*])([^*\n]+?)\*\*\*(?!\*)"), r"\1"),
    (re.compile(r"(?<![\w\\])(__|_)(?=[^\s_])([^_\n]+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"~~(?=\S)([^~\n]+?)~~"), r"\1"),
    (re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]+)\1(?!`)"), r"\2"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
    (re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"), lambda m: html.unescape(m.group())),
)


def read_markdown(data: bytes) -> Loaded:
    """Headings with their level, each list item and table row a paragraph, numbers exactly as written."""
    found = decode(data)
    text = re.sub(r"\r\n?", "\n", found.text)
    text, title = _front_matter(text)
    return Loaded(tuple(_blocks(_uncommented(text).split("\n"))), "md", found.encoding, title, found.warnings)


def inline(text: str) -> str:
    """A line without the marks of emphasis, links, code, tags and escapes."""
    if re.search(r"[*_`~\[<\\&]", text):
        for pattern, replacement in _INLINE:
            text = pattern.sub(replacement, text)
    return text


def _uncommented(text: str) -> str:
    """Without <!-- remarks -->; one that is not closed is text. A pattern would look for each one's end anew."""
    kept: list[str] = []
    at = 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin + 4)) >= 0:
        kept.append(text[at:begin])
        at = end + 3
    return "".join([*kept, text[at:]])


def _front_matter(text: str) -> tuple[str, str | None]:
    match = re.match(r"---[ \t]*\n((?:[^\n]*\n){0,50}?)(?:---|\.\.\.)[ \t]*(?:\n|$)", text)
    if match is None or not re.match(r"(?:[\w-]+[ \t]*:|#|[ \t-]|\n)", match.group(1)):
        return text, None
    title = re.search(r"^title[ \t]*:[ \t]*[\"']?(.*?)[\"']?[ \t]*$", match.group(1), re.MULTILINE)
    return text[match.end() :], (title.group(1) if title else "") or None


def _blocks(lines: list[str]) -> list[Block]:
    found: list[Block] = []
    open_lines: list[str] = []

    def close() -> None:
        if open_lines:
            found.append(Block("\n".join(map(inline, open_lines)), flowed=True))
            open_lines.clear()

    at = 0
    while at < len(lines):
        line = re.sub(r"^ {0,3}(?:> ?)+", "", lines[at])
        at += 1
        heading = _HEADING.match(line)
        setext = _SETEXT.match(line)
        if heading:
            close()
            found.append(Block(inline(heading.group(2)), level=len(heading.group(1))))
        elif setext and len(open_lines) == 1 and not re.search(r"[。；]$", open_lines[0]):
            found.append(Block(inline(open_lines.pop()), level=1 if "=" in line else 2))
        elif not line.strip() or _RULE.match(line) or re.match(r"\s*(?:```|~~~)", line):
            close()
        elif line.lstrip().lower().startswith("<table"):
            close()
            start = at - 1
            while at < len(lines) and "</table>" not in lines[at - 1].lower():
                at += 1
            found += fragment_blocks("\n".join(lines[start:at]))
        elif "|" in line and at < len(lines) and "|" in lines[at] and _DELIMITER.match(lines[at]):
            close()
            rows = [_cells(line)]
            at += 1
            while at < len(lines) and "|" in lines[at]:
                if not _DELIMITER.match(lines[at]):
                    rows.append(_cells(lines[at]))
                at += 1
            found += [Block(text) for text in rows_text(rows, headed=True)]
        else:
            item = _BULLET.match(line)
            if item or _ORDERED.match(line):
                close()
            open_lines.append(line[item.end() :] if item else line.rstrip("\\"))
            if line.endswith(("  ", "\\")):
                close()
    close()
    return [block for block in found if block.text.strip()]


def _cells(line: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
    return [inline(cell.strip()) for cell in cells]
