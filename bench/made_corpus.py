"""Write every made file of the tests into a folder, a subfolder a family: a library of all formats to try things on.

Run as ``python bench/made_corpus.py DIR``. Sound files come from tests/load/cases; with ``--broken`` also some that no
one can read, so that the health report has something to say.
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from pathlib import Path

_TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(_TESTS), str(_TESTS / "load")]

from load.cases import cases  # noqa: E402 - in the folder just named

BROKEN = {
    "断开的.pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog",
    "不是Word.docx": b"PK\x03\x04" + b"\x00" * 200,
    "空的.txt": b"",
    "没有读法.xyz": "这种后缀没有读法。".encode(),
}


def write(folder: Path, broken: bool) -> int:
    """How many files were written; names are those of the cases, so a second run writes the same."""
    found = 0
    for case in cases():
        family = "archives" if case.name.endswith(".zip") else Path(case.name).suffix[1:].lower()
        place = folder / family / case.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(case.make())
        found += 1
    (folder / "archives").mkdir(parents=True, exist_ok=True)
    (folder / "archives" / "各科室材料.zip").write_bytes(_archive())
    found += 1
    for name, data in BROKEN.items() if broken else ():
        (folder / "broken").mkdir(parents=True, exist_ok=True)
        (folder / "broken" / name).write_bytes(data)
        found += 1
    return found


def _archive() -> bytes:
    """Files of three formats, one in a folder with a Chinese name, one that can't be read."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("值班安排.txt", "节假日值班安排\n\n节假日由各科室轮流值班，每班两人，交接时当面清点钥匙。\n")
        archive.writestr("人事科/培训计划.md", "# 新进人员培训计划\n\n新进人员在报到后三十日内完成岗前培训。\n")
        archive.writestr("人事科/名单.csv", "姓名,科室\n周晓,人事科\n韩宁,档案室\n")
        archive.writestr("坏的.docx", b"not a document")
    return data.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description="write the made files of the tests into a folder")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--broken", action="store_true", help="also files that no one can read")
    args = parser.parse_args()
    print(f"{write(args.folder, args.broken)} files in {args.folder}")


if __name__ == "__main__":
    main()
