"""kill -9 of a server and all its children during uploads and rebuilds over HTTP: python bench/kill_serving.py -n 15.

Each round starts a real server on the folder that the last round left, asks fixed questions, begins an upload (PUT
/api/library/files, new or replacing, in small pieces) or reads all again or some files (POST /api/library/sync), kills
at a time drawn from the seed, starts again, and looks: the answers are those of before; no file of the folder is lost
or half; after a sync the index holds each file whole, and every checksum of it is right. Ends with the first fault.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

SOURCE = Path(__file__).resolve().parent.parent / "src"
sys.path.insert(0, str(SOURCE))

FILES = 40
ASKED = ("3号水库的闸门检修了几次", "7号水库第五个闸门检修了几次", "11号水库第二个闸门检修了几次")
KINDS = ("upload", "replace", "rebuild", "reread")
LONGEST = {"upload": 1.6, "replace": 1.6, "rebuild": 3.0, "reread": 2.0}
"""Seconds after the beginning within which the kill comes: past the upload's own 0.8 s, and into the sync behind it."""
PIECES, PAUSE = 40, 0.02
END = "全文到此为止，以下没有内容。"


class Fault(AssertionError):
    """Something was lost, half done or answered otherwise."""


def body(name: str) -> bytes:
    """Some 100 KB whose last line says that they are whole; they answer none of the questions."""
    lines = [f"{name}第{n}段记的是苗圃浇水的时刻与用水的多少，每日傍晚由值守的人填写。" for n in range(1000)]
    return "\n\n".join([*lines, END]).encode()


@dataclass(slots=True)
class Site:
    """A folder, its index, and the server on them while there is one. ``held``: path → bytes that must be there."""

    place: Path
    held: dict[str, bytes] = field(default_factory=dict)
    port: int = 0
    server: subprocess.Popen[bytes] | None = None
    cookie: str = ""

    @property
    def corpus(self) -> Path:
        return self.place / "资料"

    @property
    def index(self) -> Path:
        return self.place / "索引"

    def fill(self) -> None:
        from qa.build import sync
        from qa.settings import Settings

        self.corpus.mkdir()
        for number in range(FILES):
            rules = [f"第{part}条 {number}号水库的第{part}个闸门检修了{part + number}次。\n" for part in range(1, 12)]
            self.held[f"水库{number:02}.txt"] = "\n".join(rules).encode()
        self.held["苗圃.txt"] = body("苗圃")
        for name, data in self.held.items():
            (self.corpus / name).write_bytes(data)
        sync(self.corpus, self.index, Settings.load(encoder="none"))

    def __enter__(self) -> Site:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.server is not None:
            self.kill()

    def start(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        given = {"QA_PORT": str(self.port), "QA_ENCODER": "none", "QA_CORPUS": str(self.corpus), "QA_JOURNAL": "false"}
        env = {**os.environ, **given, "QA_INDEX": str(self.index), "PYTHONPATH": str(SOURCE)}
        with (self.place / "server.log").open("ab") as log:
            command = [sys.executable, "-m", "qa", "serve"]
            self.server = subprocess.Popen(command, env=env, cwd=self.place, stdout=log, stderr=log)
        deadline = time.monotonic() + 180
        while True:
            with contextlib.suppress(OSError):
                if self.get("/library"):
                    return
            if self.server.poll() is not None or time.monotonic() > deadline:
                raise Fault((self.place / "server.log").read_text(encoding="utf-8")[-2000:])
            time.sleep(0.1)

    def kill(self) -> None:
        """The server and whatever it has started, at once."""
        assert self.server is not None
        family = psutil.Process(self.server.pid).children(recursive=True)
        self.server.kill()
        for one in family:
            with contextlib.suppress(psutil.Error):
                one.kill()
        self.server.wait()
        psutil.wait_procs(family, 10)
        self.server = None

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            found: bytes = answer.read()
            self.cookie = (answer.headers["Set-Cookie"] or self.cookie).split(";")[0]
        return found

    def send(self, method: str, path: str, data: Any, token: str = "", length: int = 0) -> dict[str, Any]:
        """``data`` may be pieces, which are sent as they come."""
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        kind = "application/json" if method == "POST" else "application/octet-stream"
        head = {"X-CSRF-Token": token, "Cookie": self.cookie, "Content-Type": kind}
        head |= {"Content-Length": str(length)} if length else {}
        with contextlib.closing(there):
            there.request(method, path, data, head)
            answer = there.getresponse()
            said = answer.read()
        if answer.status >= 300:
            raise Fault(f"{method} {path}: {answer.status} {said[:300]!r}")
        found: dict[str, Any] = json.loads(said)
        return found

    def token(self) -> str:
        (found,) = re.findall(r'"csrf": "(\w+)"', self.get("/library").decode())
        return str(found)

    def answers(self) -> list[Any]:
        """What is cited for the questions, without times."""
        asked = [json.dumps({"question": question}).encode() for question in ASKED]
        found = [self.send("POST", "/api/v1/ask", data) for data in asked]
        told = [[(c["path"], c["quote"], c["start"]) for c in answer["citations"]] for answer in found]
        if not all(told):
            raise Fault(f"no citation: {told}")
        return told

    def settle(self) -> None:
        """A sync by the page, to its end."""
        wish = self.send("POST", "/api/library/sync", b"{}", self.token())["wish"]
        deadline = time.monotonic() + 120
        while (status := json.loads(self.get("/api/library/status")))["done"] < wish:
            if time.monotonic() > deadline:
                raise Fault(f"never done: {status}")
            time.sleep(0.1)
        if status["failure"]:
            log = (self.place / "server.log").read_text(encoding="utf-8")[-3000:]
            raise Fault(f"{status['failure']}\n{log}")


@dataclass(slots=True)
class Deed:
    """What a round does; ``said`` once the server has answered."""

    kind: str
    path: str = ""
    data: bytes = b""
    said: dict[str, Any] | None = None

    def run(self, site: Site, token: str) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):  # the server dies meanwhile
            if self.kind in ("upload", "replace"):
                clash = "replace" if self.kind == "replace" else "ask"
                address = f"/api/library/files?path={quote(self.path, safe='')}&clash={clash}"
                self.said = site.send("PUT", address, self._pieces(), token, len(self.data))
            else:
                wanted = {"rebuild": True} if self.kind == "rebuild" else {"again": sorted(site.held)[:20]}
                self.said = site.send("POST", "/api/library/sync", json.dumps(wanted).encode(), token)

    def _pieces(self) -> Iterator[bytes]:
        each = -(-len(self.data) // PIECES)
        for at in range(0, len(self.data), each):
            yield self.data[at : at + each]
            time.sleep(PAUSE)


def round_of(site: Site, kind: str, seed: int) -> tuple[float, str]:
    """Of a running server with a settled index, which it leaves so: seconds to the kill, what the server was at."""
    dice = random.Random(f"{kind} {seed}")
    before = site.answers()
    deed = Deed(kind, f"苗圃{seed}.txt" if kind == "upload" else "苗圃.txt", body(f"{kind}{seed}"))
    old = site.held.get(deed.path)
    thread = threading.Thread(target=deed.run, args=(site, site.token()))
    wait = dice.uniform(0, LONGEST[kind])
    thread.start()
    time.sleep(wait)
    doing = json.loads(site.get("/api/library/status"))["doing"] if deed.said else "receiving"
    site.kill()
    thread.join()
    check_folder(site, deed, old)
    site.start()
    if site.answers() != before:
        raise Fault("other answers after the kill")
    site.settle()
    if site.answers() != before:
        raise Fault("other answers after the sync")
    check_index(site)
    return wait, doing


def check_folder(site: Site, deed: Deed, old: bytes | None) -> None:
    """Each file as it was; the one on its way whole or not there, and whole if the server said so."""
    there = {path.name: path.read_bytes() for path in site.corpus.iterdir() if path.is_file()}
    if deed.kind in ("upload", "replace"):
        new = there.get(deed.path)
        if new not in (old, deed.data) or (deed.said is not None and new != deed.data):
            raise Fault(f"{deed.path}: {len(new or b'')} bytes of {len(deed.data)}, answered {deed.said}")
        if old is not None and new != old and not in_bin(site, old):
            raise Fault(f"what {deed.path} replaced is lost")
        if new is not None:
            site.held[deed.path] = new
    if there != site.held:
        raise Fault(f"files: {sorted(there.keys() ^ site.held.keys())}")


def in_bin(site: Site, data: bytes) -> bool:
    kept = [path for path in (site.corpus / ".youju" / "bin").rglob("*") if path.is_file()]
    return any(path.stat().st_size == len(data) and path.read_bytes() == data for path in kept)


def check_index(site: Site) -> None:
    from qa.store import Snapshot
    from qa.store.check import verify

    wrong = [finding for finding in verify(site.index) if not finding.ok]
    if wrong:
        raise Fault(f"index: {wrong}")
    with contextlib.closing(Snapshot.open(site.index)) as snapshot:
        found = {info.path: snapshot.document(info.id) for info in snapshot.infos()}
        problems = [*snapshot.problems(), *snapshot.warnings]
    if problems or found.keys() != site.held.keys():
        raise Fault(f"index: {problems} {sorted(found.keys() ^ site.held.keys())}")
    for path, data in site.held.items():
        if found[path].sha256 != hashlib.sha256(data).hexdigest():
            raise Fault(f"index: {path} of other bytes")
        if data.endswith(END.encode()) and not found[path].text.endswith(END):
            raise Fault(f"index: {path} is cut off")
    if list((site.index / "generations").glob(".new-*")) or list(site.index.glob("*.tmp")):
        raise Fault("leftovers in the index")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=15, help="rounds of each kind")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="youju-") as place:
        site = Site(Path(place))
        site.fill()
        with site:
            report(site, args.kinds, args.n, args.seed)


def report(site: Site, kinds: Sequence[str], count: int, seed: int) -> None:
    print("| 被打断的 | 次数 | 打断的时刻（秒） | 打断时在做 | 丢失、半份、答案不同 |\n|---|---|---|---|---|")
    for kind in kinds:
        rounds = [round_of(site, kind, seed + number) for number in range(count)]
        times = [wait for wait, _ in rounds]
        doing = "，".join(f"{what} {count}" for what, count in Counter(what for _, what in rounds).items())
        print(f"| {kind} | {count} | {min(times):.2f}–{max(times):.2f} | {doing} | 0 |", flush=True)


if __name__ == "__main__":
    main()
