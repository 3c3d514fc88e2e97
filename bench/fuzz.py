"""Fuzz one reader, and all stages behind it, with atheris: python bench/fuzz.py --reader .docx --minutes 5.

Needs the extra "fuzz" (no wheels for Windows). Begins with the made files of the tests; what breaks it is left in
--out as crash-…, to be written anew, as code, in tests/load/found.py.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPO / "src"), str(REPO / "tests"), str(REPO / "tests" / "load")]

TEXT, PARTS = "text", ("document", "numbering", "styles", "footnotes")
"""Besides the suffixes: any text through the stages behind the readers; .docx+ is the bare XML of a Word document."""


def targets() -> dict[str, Callable[[bytes], object]]:
    from load.sane import check_words, read
    from qa.load import SUFFIXES

    found: dict[str, Callable[[bytes], object]] = {
        suffix: lambda data, suffix=suffix: read(suffix, data) for suffix in sorted(SUFFIXES)
    }
    found[".docx+"] = lambda data: read(".docx", packed(data))
    found[TEXT] = lambda data: check_words(data.decode("utf-8", errors="replace"))
    return found


def packed(data: bytes) -> bytes:
    """A Word document of parts that stand one behind the other, with a NUL between them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in zip(PARTS, data.split(b"\0"), strict=False):
            archive.writestr(f"word/{name}.xml", part)
    return buffer.getvalue()


def seeds(reader: str) -> list[bytes]:
    from load.test_fuzz import READ

    made = [make() for suffix, make in READ if suffix == reader.rstrip("+")]
    if reader == TEXT:
        made = [make() for suffix, make in READ if suffix in (".txt", ".md")]
    if reader == ".docx+":
        archives = [zipfile.ZipFile(io.BytesIO(data)) for data in made]
        names = [f"word/{part}.xml" for part in PARTS]
        made = [b"\0".join(a.read(name) for name in names if name in a.namelist()) for a in archives]
    return made


def void(_: object) -> None:
    """atheris wants nothing back."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", required=True, help='a suffix, ".docx+" or "text"')
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--out", type=Path, default=Path("fuzz"), help="folder for what breaks it")
    args = parser.parse_args()
    try:
        import atheris
    except ImportError:
        sys.exit('needs atheris: pip install -e ".[fuzz]"')
    with atheris.instrument_imports(include=["qa"]):
        known = targets()
    if args.reader not in known:
        sys.exit(f"no reader {args.reader}; there are {' '.join(known)}")
    target = known[args.reader]
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        for number, data in enumerate(seeds(args.reader)):
            (Path(place) / str(number)).write_bytes(data)
        options = [f"-max_total_time={int(args.minutes * 60)}", "-timeout=20", "-rss_limit_mb=2048", "-max_len=20000"]
        atheris.Setup(
            [sys.argv[0], *options, f"-artifact_prefix={args.out}/", place], lambda data: target(data) and None
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
