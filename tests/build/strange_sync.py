"""A sync whose reading processes are those of strange_worker.py: python strange_sync.py CORPUS INDEX."""

from __future__ import annotations

import sys
from pathlib import Path

import qa.build.process
from qa.build import sync
from qa.settings import Settings

if __name__ == "__main__":
    strange = str(Path(__file__).with_name("strange_worker.py"))
    qa.build.process.command = lambda memory: [sys.executable, strange, str(memory)]
    sync(Path(sys.argv[1]), Path(sys.argv[2]), Settings.load(encoder="none"))
