"""Write src/qa/terms/pinyin.txt: the readings of the characters of GB 2312, from pypinyin's dictionaries (MIT).

    pip install pypinyin==0.55.0 && python bench/pinyin_table.py

The program reads the table and not the package: 27 KB in 3 ms against 4 MB in 330 ms. A reading counts where it is a
character's first, or makes up a twentieth of its uses in pypinyin's 47,000 phrases; the rest are readings of names and
of old texts, which would make characters sound alike that nobody confuses.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src" / "qa" / "terms" / "pinyin.txt"
SHARE = 0.05


def main() -> None:
    from pypinyin import Style, pinyin
    from pypinyin.contrib.tone_convert import to_tone3
    from pypinyin.phrases_dict import phrases_dict

    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, readings in phrases_dict.items():
        if len(phrase) == len(readings):
            for char, (reading, *_) in zip(phrase, readings, strict=True):
                uses[char][to_tone3(reading, neutral_tone_with_five=True)] += 1
    table: dict[str, list[str]] = defaultdict(list)
    for char in sorted(gb2312()):
        ((first, *_),) = pinyin(char, style=Style.TONE3, neutral_tone_with_five=True)
        total = sum(uses[char].values())
        for reading in dict.fromkeys([first, *(r for r, n in uses[char].items() if n >= SHARE * total)]):
            if re.fullmatch(r"[a-zü]+[1-5]", reading):
                table[reading.replace("ü", "v")].append(char)
    lines = [f"{reading} {''.join(chars)}" for reading, chars in sorted(table.items())]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"{TARGET.name}: {len(lines)} readings, {sum(map(len, table.values()))} uses, {TARGET.stat().st_size} bytes")


def gb2312() -> set[str]:
    """Its 6,763 Chinese characters: rows 16 to 87."""
    cells = (bytes([0xA0 + row, 0xA0 + cell]) for row in range(16, 88) for cell in range(1, 95))
    return {char for cell in cells if (char := cell.decode("gb2312", errors="replace")) and len(char) == 1} - {"�"}


if __name__ == "__main__":
    main()
