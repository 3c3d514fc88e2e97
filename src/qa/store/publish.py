"""What has been made becomes the current generation at once; and what is no longer needed goes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from qa.errors import IndexUnavailable
from qa.sentences import SentenceIndex
from qa.store.files import (
    FORMAT,
    LEXICAL,
    LIBRARY,
    MANIFEST,
    SENTENCES,
    STAGING,
    VECTORS,
    generations,
    known_sha256,
    numbers,
    remove_tree,
    share,
    sync_file,
    sync_folder,
)
from qa.store.manifest import Counts, Manifest, current_generation, set_current
from qa.store.snapshot import Snapshot
from qa.vectors import FaissIndex

LOCKS = {".tantivy-writer.lock", ".tantivy-meta.lock"}


@dataclass(frozen=True, slots=True)
class Encoded:
    """The parts of a generation that come of an encoder; None: there is none, or it stays as it is published."""

    vectors: FaissIndex | None = None
    sentences: SentenceIndex | None = None

    def counted(self, counts: Counts) -> Counts:
        """``counts`` with those of the parts that are there."""
        vectors = len(self.vectors) if self.vectors is not None else counts.vectors
        sentences = len(self.sentences.ids()) if self.sentences is not None else counts.sentences
        return replace(counts, vectors=vectors, sentences=sentences)


def publish_encoded(index: Path, base: Manifest, encoded: Encoded) -> Manifest:
    """Publish the generation ``base`` again with these parts of ``base.encoder``; other files are shared with it."""
    number = next_number(index)
    source, folder = generations(index) / str(base.generation), generations(index) / f"{STAGING}{number}"
    folder.mkdir(parents=True)
    made = {VECTORS: encoded.vectors, SENTENCES: encoded.sentences}
    known, gone = dict(base.files), dict(base.gone)
    try:
        for name, part in made.items():
            if part is not None:
                known.pop(name, None)
                gone.pop(name, None)
            elif name in known:
                share(source / name, folder / name)
        share(source / LIBRARY, folder / LIBRARY)
        share_lexical(source, folder)
        counts = encoded.counted(base.counts)
        return finish(index, folder, replace(base, generation=number, counts=counts, gone=gone), encoded, known)
    finally:
        remove_tree(folder)


def carry_forward(index: Path) -> int | None:
    """Publish an index of an older format again in this one; the format that it had, None where nothing was to be done.

    All but library.sqlite is shared. Nothing is done where its lexical index is damaged: a sync makes both anew.
    """
    try:
        current = current_generation(index)
        if current is None or Manifest.read(generations(index) / str(current)).format == FORMAT:
            return None
        snapshot = Snapshot.open(index, mend=True)
    except IndexUnavailable:
        return None
    try:
        base = snapshot.manifest
        if base.format == FORMAT or LEXICAL in snapshot.damaged:
            return None
        number = next_number(index)
        folder = generations(index) / f"{STAGING}{number}"
        folder.mkdir(parents=True)
        try:
            shutil.copyfile(snapshot.library, folder / LIBRARY)
            share_lexical(snapshot.folder, folder)
            counts, known = base.counts, {name: given for name, given in base.files.items() if name != LIBRARY}
            for name, none in ((VECTORS, "vectors"), (SENTENCES, "sentences")):
                if name in snapshot.damaged:
                    counts = replace(counts, **{none: 0})
                elif name in base.files:
                    share(snapshot.folder / name, folder / name)
            forward = replace(base, format=FORMAT, generation=number, counts=counts)
            finish(index, folder, forward, Encoded(), known)
        finally:
            remove_tree(folder)
        return base.format
    finally:
        snapshot.close()


def clear_leftovers(index: Path) -> None:
    """Remove what a killed writer left behind; only while holding ``Writer``."""
    current = current_generation(index)
    folder = generations(index)
    if not folder.is_dir():
        return
    for child in folder.iterdir():
        unpublished = child.name.isdecimal() and current is not None and int(child.name) > current
        if child.name.startswith(STAGING) or unpublished:
            remove_tree(child)
    for child in index.glob("*.tmp"):
        child.unlink(missing_ok=True)


def prune(index: Path, last_good: int | None = None) -> None:
    """Remove all generations but the current one and another to fall back to: ``last_good``, or else the newest with a
    library.sqlite of its own (a bit that flips in a shared file is flipped in both), or else the newest.
    """
    current = current_generation(index)
    older = [number for number in numbers(index) if current is not None and number < current]
    apart = (number for number in older if not _same_library(index, number, current))
    kept = last_good if last_good in older else next(apart, max(older, default=None))
    for number in older:
        if number != kept:
            remove_tree(generations(index) / str(number))


def _same_library(index: Path, first: int, second: int | None) -> bool:
    """True also where one of them is missing."""
    try:
        return (generations(index) / str(first) / LIBRARY).samefile(generations(index) / str(second) / LIBRARY)
    except OSError:
        return True


def next_number(index: Path) -> int:
    return max([current_generation(index) or 0, *numbers(index)]) + 1


def share_lexical(source: Path, target: Path) -> None:
    """tantivy never changes a segment's file; its two small lists of files it replaces, so those are copied."""
    (target / LEXICAL).mkdir()
    for path in sorted((source / LEXICAL).iterdir()):
        if path.suffix == ".json":
            shutil.copyfile(path, target / LEXICAL / path.name)
        elif path.name not in LOCKS:
            share(path, target / LEXICAL / path.name)


def finish(
    index: Path, folder: Path, manifest: Manifest, encoded: Encoded, known: dict[str, tuple[int, str]]
) -> Manifest:
    """Write vectors and manifest, make all durable, rename, and only then point CURRENT at it.

    ``known`` holds size and SHA-256 of files shared with a published generation.
    """
    known = dict(known)
    for name, part in ((VECTORS, encoded.vectors), (SENTENCES, encoded.sentences)):
        if part is not None:
            (folder / name).write_bytes(part.to_bytes())
    files: dict[str, tuple[int, str]] = {}
    readable = (folder / LIBRARY).stat().st_mode
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and path.name not in LOCKS and name != MANIFEST:
            if name not in known or path.suffix == ".json":  # tantivy's lists are written anew under their names
                sync_file(path)
                path.chmod(readable)  # tantivy makes files that no other account may read
                known[name] = path.stat().st_size, known_sha256(path)
            files[name] = known[name]
    published = datetime.now().astimezone().isoformat(timespec="seconds")
    dim = next((part.dim for part in (encoded.vectors, encoded.sentences) if part is not None), manifest.dim)
    manifest = replace(manifest, published=published, dim=dim, files=files)
    manifest.write(folder)
    sync_folder(folder / LEXICAL)
    sync_folder(folder)
    folder.rename(generations(index) / str(manifest.generation))
    sync_folder(generations(index))
    set_current(index, manifest.generation)
    return manifest
