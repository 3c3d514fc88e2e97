"""有据 Youju: indexes the study texts, then serves the chat. Settings: QA_*, youju.toml."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

from qa.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", "--sync"]))
