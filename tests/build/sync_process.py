"""A sync to be killed: python sync_process.py CORPUS INDEX PAUSE_PER_PASSAGE PUBLISH_EVERY."""

from __future__ import annotations

import sys
from pathlib import Path

import fake_encoder

import qa.build.encoding
import qa.build.syncing
from qa.settings import Settings

if __name__ == "__main__":
    corpus, index, pause, every = sys.argv[1:]
    qa.build.encoding.FIRST_PUBLISH = qa.build.encoding.LAST_PUBLISH = float(every)
    modules = {"qa.build.encoding": qa.build.encoding, "qa.build.syncing": qa.build.syncing}

    def put(name: str, value: object) -> None:
        module, attribute = name.rsplit(".", 1)
        setattr(modules[module], attribute, value)

    fake_encoder.FakeEncoder(pause=float(pause)).install(put)
    qa.build.syncing.sync(Path(corpus), Path(index), Settings.load())
