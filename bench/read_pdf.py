"""How fast pages of a typed PDF are read: ``python bench/read_pdf.py [PAGES]``. One core, text of its own making.

193 pages of 745 characters on two busy cores: 108 pages a second (117 by processor time), of which PDFium takes two
thirds; before letters were read with their places, 123 (172).
"""

from __future__ import annotations

import random
import sys
import time

from plain_pdf import Line, columns, wrap, write_pdf
from qa.load.pdf import read_pdf

_LETTERS = (
    "为了规范全市公共数据的收集和使用工作保障公民组织合法权益根据有关法律行政法规结合本市实际制定办法各级机关应当明确"
)
_PER_PAGE = 26


def made(pages: int) -> bytes:
    """Articles of random letters with a running head and page numbers."""
    chance = random.Random(3)
    lines: list[Line] = []
    while len(lines) < pages * _PER_PAGE:
        text = "".join(chance.choice(_LETTERS) for _ in range(chance.randint(40, 160)))
        text = "，".join(text[at : at + 17] for at in range(0, len(text), 17))
        lines += [Line(line) for line in wrap(f"　　第{len(lines) + 1}条　{text}。", columns(14))]
    return write_pdf("速度", "公共数据办法汇编", lines)


def main() -> None:
    data = made(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    for _ in range(3):
        wall, used = time.perf_counter(), time.process_time()
        loaded = read_pdf(data)
        wall, used = time.perf_counter() - wall, time.process_time() - used
        pages, chars = len(loaded.reads), sum(page.chars for page in loaded.reads)
        print(f"{pages} pages, {chars} characters: {pages / wall:.0f} a second, {pages / used:.0f} by processor time")


if __name__ == "__main__":
    main()
