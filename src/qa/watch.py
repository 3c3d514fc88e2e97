"""Watching the corpus folder: tells of changes once it has been quiet; network drives are looked at instead."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path, PurePath

import psutil

from qa.load import ignored

log = logging.getLogger(__name__)

QUIET_MS, GROUPED_MS = 1500, 15_000
"""So long nothing must have changed, at most so long changes are gathered: a folder being copied is one change."""
POLL_MS = 10_000
"""Between two looks at a network drive, which sends no notices of what others change there."""
_REMOTE = ("nfs", "cifs", "smb", "9p", "afs", "afp", "davfs", "webdav", "sshfs", "vboxsf", "vmhgfs", "prl_fs", "ceph")


class Watcher:
    """One thread that calls ``changed`` with the paths, relative to the folder, that were written, renamed, removed."""

    def __init__(
        self, corpus: Path, changed: Callable[[tuple[str, ...]], None], *, polling: bool | None = None
    ) -> None:
        self._corpus, self._changed = corpus, changed
        self.polling = is_remote(corpus) if polling is None else polling
        self._stop = threading.Event()
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="youju-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)

    def _run(self) -> None:
        from watchfiles import watch

        root = self._corpus.resolve()
        seen = watch(
            root,
            watch_filter=lambda _, path: not hidden(path, root),
            debounce=GROUPED_MS,
            step=QUIET_MS,
            stop_event=self._stop,
            rust_timeout=500,
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=self.polling,
            poll_delay_ms=POLL_MS if self.polling else 300,
            ignore_permission_denied=True,
        )
        try:
            for changes in seen:
                self.ready.set()
                paths = tuple(sorted({Path(path).relative_to(root).as_posix() for _, path in changes}))
                if paths:
                    self._changed(paths)
        except (OSError, RuntimeError) as error:
            log.warning("不能看着资料文件夹 %s（%s）；有变化时请手动同步", self._corpus, error)
            self.ready.set()


def hidden(path: str, root: Path) -> bool:
    """Whether a scan passes over it: our own folder in the corpus among others."""
    try:
        parts = PurePath(path).relative_to(root).parts
    except ValueError:
        return True
    return not parts or any(ignored(PurePath(part)) for part in parts)


def is_remote(folder: Path) -> bool:
    """Whether it lies on a network drive or one shared with a virtual machine's host."""
    place = folder.resolve()
    if str(place).startswith(("\\\\", "//")):
        return True
    best, kind = -1, ""
    for part in psutil.disk_partitions(all=True):
        mount = Path(part.mountpoint)
        if (place == mount or mount in place.parents) and len(mount.parts) > best:
            best, kind = len(mount.parts), f"{part.fstype} {part.opts if part.opts == 'remote' else ''}".casefold()
    return "remote" in kind or any(name in kind for name in _REMOTE)
