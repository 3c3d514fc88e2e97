"""Write those files of corpus/ that are not plain UTF-8 text from their sources in bench/corpus_src/.

    python bench/make_corpus.py [FOLDER]     (FOLDER: where to write, corpus/ when not given)

Marks at the beginning of a source's line: "# " title, "## " and "### " headings, "1. " an item that Word numbers,
"|" a table row, "^" centred, ">" set right. Sources of .txt files carry no marks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from plain_docx import Part, write_docx
from plain_pdf import Line, columns, width, wrap, write_pdf

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "corpus_src"
CORPUS = HERE.parent / "corpus"
WRAP_AT = 36

_MARKS = {"# ": "title", "## ": "h1", "### ": "h2", "1. ": "item", "^": "center", ">": "right"}


def parse(source: str) -> list[Part]:
    """Paragraphs with their kinds, empty lines dropped."""
    parts: list[Part] = []
    for line in filter(None, source.splitlines()):
        if line.startswith("|"):
            parts.append(("row", line.strip("| ")))
            continue
        mark = next((mark for mark in _MARKS if line.startswith(mark)), None)
        parts.append((_MARKS[mark], line[len(mark) :].strip(" ")) if mark else ("text", line))
    return parts


def to_docx(source: str) -> bytes:
    return write_docx(parse(source))


def to_pdf(source: str) -> bytes:
    """Body text is indented by two characters and broken at the page's width, as a printed report is."""
    parts = parse(source)
    title = next(text for kind, text in parts if kind == "title")
    lines: list[Line] = []
    for kind, text in parts:
        size, align, space = {
            "title": (20.0, "center", 0.0),
            "center": (14.0, "center", 0.0),
            "h1": (16.0, "left", 10.0),
        }.get(kind, (14.0, "left", 0.0))
        indented = text if align == "center" or (text.endswith("：") and width(text) < 20) else "　　" + text
        lines += [
            Line(line, size, align, 0 if index else space) for index, line in enumerate(wrap(indented, columns(size)))
        ]
    return write_pdf(title, f"{title}（示例）", lines)


def to_wrapped(source: str) -> bytes:
    """UTF-8 whose lines end at a page's width, as text copied out of a printed report does."""
    title, *rest = source.splitlines()
    lines = [title]
    for paragraph in rest:
        lines += wrap("　　" + paragraph, WRAP_AT) if paragraph else [""]
    return ("\n".join(lines) + "\n").encode("utf-8")


def to_gb18030(source: str) -> bytes:
    """With the line ends of Windows, where such files come from."""
    return source.replace("\n", "\r\n").encode("gb18030")


def to_utf16(source: str) -> bytes:
    """What Notepad called "Unicode": little endian with a byte order mark."""
    return b"\xff\xfe" + source.replace("\n", "\r\n").encode("utf-16-le")


MADE: dict[str, Callable[[str], bytes]] = {
    "学习研讨/大兴调查研究之风.docx": to_docx,
    "学习研讨/枫桥经验的由来与启示.txt": to_gb18030,
    "工作报告/云溪县推进乡村全面振兴情况报告.pdf": to_pdf,
    "工作报告/云溪县档案馆2024年度工作总结.docx": to_docx,
    "工作报告/云溪县2024年政务服务工作报告.txt": to_wrapped,
    "通知纪要/关于开展村级综合服务设施开放月活动的通知.docx": to_docx,
    "计划总结/云溪县第二中学思政教研组工作计划.txt": to_utf16,
}


def make(path: str) -> bytes:
    """The content of the file ``path`` (relative to corpus/), made from its source."""
    return MADE[path]((SOURCES / path).with_suffix(".txt").read_text(encoding="utf-8"))


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    for path in MADE:
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(make(path))
        print(f"{path}  {file.stat().st_size:,} 字节")


if __name__ == "__main__":
    main()
