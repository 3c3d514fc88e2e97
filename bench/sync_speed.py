"""How fast a folder is read and indexed, without vectors: python bench/sync_speed.py FOLDER… [--threads N].

The folders are indexed together in a temporary folder, then once more after one file has changed. Printed: files and
passages a second, seconds of CPU of the sync itself + of its reading processes (which a busy machine stretches less),
the highest memory of all of them added up, and the time of the second sync. docs/performance.md holds the results.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from qa.build import sync
from qa.settings import Settings

_EVERY = 0.05


class Memory:
    """The highest sum of resident memory of this process and its children, in MB."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        myself = psutil.Process()
        while not self._ended.wait(_EVERY):
            total = 0
            for process in (myself, *myself.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total / 2**20)


def measure(folders: list[Path], threads: int, place: Path) -> str:
    corpus, index = place / "corpus", place / "index"
    for number, folder in enumerate(folders):
        shutil.copytree(folder, corpus / f"{number}-{folder.name}", dirs_exist_ok=True)
    settings = Settings.load(encoder="none", threads=threads)
    time.sleep(2.1)  # younger files are looked at twice
    before = os.times()
    with Memory() as memory:
        first = sync(corpus, index, settings, lexical_only=True)
    after = os.times()
    own = after.user + after.system - before.user - before.system
    readers = after.children_user + after.children_system - before.children_user - before.children_system
    changed = max(
        (path for path in corpus.rglob("*") if path.suffix in (".md", ".txt")), key=lambda p: p.stat().st_size
    )
    with changed.open("a", encoding="utf-8") as file:
        file.write("\n本文件于今日增补一句，用来量一份文件改动后的同步。\n")
    second = sync(corpus, index, settings, lexical_only=True)
    if second.changed != 1:
        sys.exit(f"expected one changed file, found {second.changed}")
    processes = min(4, threads or os.cpu_count() or 1)
    rates = f"{first.documents / first.seconds:.0f} | {first.chunks / first.seconds:.0f}"
    return (
        f"| {date.today()} | {processes} | {first.documents} | {first.chunks} | {first.seconds:.1f} | {rates}"
        f" | {own:.1f} + {readers:.1f}"
        f" | {memory.peak:.0f} | {second.seconds:.2f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--threads", type=int, default=0, help="reading processes at most; 0: all cores")
    args = parser.parse_args()
    for folder in args.folders:
        if not folder.is_dir():
            sys.exit(f"no folder {folder}")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.1f} before", file=sys.stderr)
    with tempfile.TemporaryDirectory() as place:
        print(measure(args.folders, args.threads, Path(place)))


if __name__ == "__main__":
    main()
