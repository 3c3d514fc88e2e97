"""Other sites for the framed chat: portals on hosts of their own, and nginx as docs/operations.md sets it up."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@dataclass(frozen=True, slots=True)
class Portals:
    """Two sites that show the files of one folder: their origins. Only the first is on QA_FRAME_ANCESTORS."""

    folder: Path
    allowed: str
    stranger: str


class _Files(http.server.SimpleHTTPRequestHandler):
    """Files with a policy as strict as portals have: no inline style or script, frames and scripts of Youju only."""

    def end_headers(self) -> None:
        policy = (Path(self.directory) / "policy").read_text(encoding="utf-8")
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def portals_at(folder: Path) -> Iterator[Portals]:
    (folder / "policy").write_text("default-src 'self'", encoding="utf-8")
    handler = functools.partial(_Files, directory=str(folder))
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(2):
            site = stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
            thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            stack.callback(thread.join)
            stack.callback(site.shutdown)
            ports.append(site.server_address[1])
        # Another host name is another site, with other rules than another port: 127.0.0.1 is Youju's.
        yield Portals(folder, f"http://localhost:{ports[0]}", f"http://127.0.0.1:{ports[1]}")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def nginx_before(upstream: str, place: Path, example: str) -> Iterator[tuple[str, str]]:
    """Two addresses at which nginx stands before upstream: as ``example``, a server block of the documents, has it,
    and without its line for HTTP/1.1, nginx's own default, where a stream is held back unless it asks not to be."""
    assert NGINX is not None
    _certificate(place)
    block = re.sub(r"proxy_pass http://[^/;]+", f"proxy_pass {upstream}", example)
    block = re.sub(r"(ssl_certificate(?:_key)?) +\S+\.(crt|key);", rf'\1 "{place}/own.\2";', block)
    old = block.replace("proxy_http_version 1.1;", "")
    assert old != block
    ports = free_port(), free_port()
    blocks = [
        re.sub(r"listen [^;]+", f"listen 127.0.0.1:{port} ssl http2", each)
        for port, each in zip(ports, (block, old), strict=True)
    ]
    temporary = " ".join(f'{kind}_temp_path "{place}/{kind}";' for kind in _TEMPORARY)
    (place / "nginx.conf").write_text(
        f'daemon off; master_process off; pid "{place}/pid"; error_log stderr warn;\n'
        f"events {{}}\nhttp {{ access_log off; {temporary}\n{''.join(blocks)}\n}}\n",
        encoding="utf-8",
    )
    with (place / "nginx.log").open("wb") as log:
        command = [NGINX, "-e", "stderr", "-p", str(place), "-c", str(place / "nginx.conf")]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait(f"https://127.0.0.1:{ports[0]}/qa/healthz", process, place / "nginx.log")
            yield f"https://127.0.0.1:{ports[0]}", f"https://127.0.0.1:{ports[1]}"
        finally:
            process.terminate()
            process.wait(20)


_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def _certificate(place: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("没有 openssl，不能做自签证书，跳过 HTTP/2 测试")
    made = ["-keyout", str(place / "own.key"), "-out", str(place / "own.crt"), "-days", "2", "-subj", "/CN=127.0.0.1"]
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", *made]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "RANDFILE": str(place / "rnd")})


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    trusting = ssl._create_unverified_context()  # our own certificate, made a moment ago
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        with contextlib.suppress(urllib.error.URLError, OSError):
            if urllib.request.urlopen(url, timeout=5, context=trusting).status == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"nginx did not start: {log.read_text(encoding='utf-8')}")
