"""How fast the web page is: ``python bench/web.py``, under three minutes, with a real server and a real chromium.

Over the sample corpus it measures what an opening of the page costs, the time from Enter until an answer's first
sentence is in the page, 50 conversations at once by Gradio's own protocol, and eight tabs of one browser over HTTP/1.1.
Prints JSON; ``--table`` prints the rows of docs/performance.md. Browser and server share this machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

REPO = Path(__file__).resolve().parent.parent
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
BARS = {"kb": 450, "usable_ms": 1500, "first_ms": 150, "crowd_first_ms": 1000}
CITED = "#cite-"
"""What the first sentence of an answer carries and nothing before it does."""

WATCHER = """
new MutationObserver(() => {
  const box = document.querySelector('#yj-box textarea');
  if (box && !box.disabled && !window.yjUsable) window.yjUsable = performance.now();
  if (window.yjAsked && !window.yjFirst && document.querySelectorAll(".bot-row").length > window.yjRows) {
    const rows = document.querySelectorAll(".bot-row");
    if (rows[rows.length - 1].querySelector("a[href^='#cite-']")) window.yjFirst = performance.now() - window.yjAsked;
  }
}).observe(document, {childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"]});
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || window.yjAsked) return;
  window.yjRows = document.querySelectorAll(".bot-row").length;
  window.yjAsked = performance.now();
}, true);
"""


def p(values: Sequence[float], at: float) -> float:
    """A percentile by nearest rank."""
    ranked = sorted(values)
    return round(ranked[min(len(ranked) - 1, int(at * len(ranked)))], 1)


@contextlib.contextmanager
def serving(encoder: str) -> Iterator[tuple[str, int]]:
    """Address and process of a server over the sample corpus, once its chat is ready and its vectors are made."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as place:
        given = {"QA_PORT": str(port), "QA_ENCODER": encoder, "QA_INDEX": f"{place}/index"}
        env = {**os.environ, **given, "QA_CORPUS": str(REPO / "corpus"), "PYTHONPATH": str(REPO / "src")}
        with Path(place, "log").open("w+b") as log:
            server = subprocess.Popen(
                [sys.executable, str(REPO / "app.py")], env=env, cwd=place, stdout=log, stderr=log
            )
            try:
                ready(url, server, Path(log.name))
                yield url, server.pid
            finally:
                server.terminate()
                server.wait(20)


def ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit(log.read_text(encoding="utf-8"))
        with contextlib.suppress(OSError):
            state = json.load(urllib.request.urlopen(f"{url}/healthz", timeout=5))
            if urllib.request.urlopen(url, timeout=5).status == 200 and not (state["background"] or {}).get("running"):
                return
        time.sleep(0.2)
    sys.exit(f"the server did not start: {log.read_text(encoding='utf-8')}")


class Traffic:
    """Requests of a page and the bytes that came over the wire, by DevTools."""

    def __init__(self, page: Page) -> None:
        self.urls: list[str] = []
        self.bytes = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", lambda e: self.urls.append(e["request"]["url"]))
        session.on("Network.loadingFinished", self._more)

    def _more(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]


def opening(browser: Browser, url: str, times: int) -> dict[str, Any]:
    """The page opened with an empty cache, and once more with a full one."""
    colds: list[float] = []
    warms: list[float] = []
    traffic: list[tuple[int, int]] = []
    again: list[tuple[int, int]] = []
    for _ in range(times):
        context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        for usable, seen in ((colds, traffic), (warms, again)):
            page, found = visit(context, url)
            usable.append(page.evaluate("yjUsable"))
            seen.append((len(found.urls), found.bytes))
            page.close()
        context.close()
    return {
        "kb": round(statistics.median(b for _, b in traffic) / 1000, 1),
        "requests": int(statistics.median(n for n, _ in traffic)),
        "usable_ms": {"p50": p(colds, 0.5), "max": p(colds, 1)},
        "again": {"kb": round(statistics.median(b for _, b in again) / 1000, 1), "usable_ms": p(warms, 0.5)},
    }


def visit(context: BrowserContext, url: str) -> tuple[Page, Traffic]:
    page = context.new_page()
    page.add_init_script(WATCHER)
    traffic = Traffic(page)
    page.goto(url)
    until(page, "window.yjUsable")
    page.wait_for_load_state("networkidle")
    return page, traffic


def turns(browser: Browser, url: str, questions: Sequence[str], times: int) -> dict[str, Any]:
    """Questions typed into one conversation after another: Enter to the first sentence, requests of a turn."""
    firsts, counts = [], []
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    page, traffic = visit(context, url)
    for n in range(times):
        before = len(traffic.urls)
        firsts.append(turn(page, questions[n % len(questions)]))
        page.wait_for_timeout(700)
        counts.append(len([u for u in traffic.urls[before:] if not u.endswith("/healthz")]))
    context.close()
    return {
        "first_ms": {"p50": p(firsts, 0.5), "p95": p(firsts, 0.95)},
        "requests": int(statistics.median(counts)),
        "turns": times,
    }


def turn(page: Page, question: str) -> float:
    page.evaluate("window.yjAsked = window.yjFirst = 0")
    box = page.locator("#yj-box textarea")
    box.fill(question)
    box.press("Enter")
    return until(page, "window.yjFirst")


def until(page: Page, value: str, seconds: float = 20) -> float:
    """The value once the page has it. Playwright's own waiting evaluates text in the page, which its policy forbids."""
    deadline = time.monotonic() + seconds
    while not (found := page.evaluate(value)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{value} never came")
        page.wait_for_timeout(30)
    return float(found)


def tabs(browser: Browser, url: str, questions: Sequence[str], count: int = 8) -> dict[str, Any]:
    """Tabs of one browser, which shares six connections between them over HTTP/1.1; each asks, each is answered."""
    context = browser.new_context(locale="zh-CN")
    pages = [visit(context, url)[0] for _ in range(count)]
    for n, page in enumerate(pages):
        page.locator("#yj-box textarea").fill(questions[n % len(questions)])
        page.locator("#yj-box textarea").press("Enter")
    answered = 0
    for page in pages:
        with contextlib.suppress(TimeoutError):
            until(page, "window.yjFirst")
            answered += 1
    context.close()
    return {"open": count, "answered": answered}


async def crowd(url: str, questions: Sequence[str], count: int, rounds: int) -> dict[str, Any]:
    """Conversations that all begin at once, as Gradio's page would lead them."""
    limits = httpx.Limits(max_connections=2 * count)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits, trust_env=False) as client:
        called = dependency((await client.get("/")).text)
        firsts: list[float] = []
        wholes: list[float] = []
        for r in range(rounds):
            asked = [questions[n % len(questions)] for n in range(count)]
            told = await asyncio.gather(*(chat(client, called, q, f"c{r}x{n}") for n, q in enumerate(asked)))
            firsts += [first for first, _ in told if first]
            wholes += [whole for _, whole in told if whole]
    lost = count * rounds - len(wholes)
    ms = {name: {"p50": p(v, 0.5), "p95": p(v, 0.95), "max": p(v, 1)} for name, v in (("f", firsts), ("w", wholes))}
    return {"chats": count, "rounds": rounds, "first_ms": ms["f"], "whole_ms": ms["w"], "lost": lost}


def dependency(page: str) -> dict[str, Any]:
    """What the page tells its script of the chat's function: number, and how many inputs it takes."""
    found = re.search(r"window\.gradio_config\s*=\s*(\{.*?\});\s*</script>", page, re.DOTALL)
    if found is None:
        sys.exit("the page holds no gradio_config")
    config = json.loads(found[1])
    one = max(config["dependencies"], key=lambda d: len(d["targets"]))
    return {"fn_index": one["id"], "trigger_id": one["targets"][0][0], "inputs": len(one["inputs"])}


async def chat(client: httpx.AsyncClient, called: dict[str, Any], question: str, session: str) -> tuple[float, float]:
    """Milliseconds to the first cited sentence and to the end; 0 for what never came."""
    rest: list[Any] = [[], *[""] * (called["inputs"] - 2)]
    named = {k: called[k] for k in ("fn_index", "trigger_id")}
    body = {"data": [question, *rest], "event_data": None, "session_hash": session, **named}
    begin, first = time.perf_counter(), 0.0

    def passed() -> float:
        return (time.perf_counter() - begin) * 1000

    joined = await client.post("/gradio_api/queue/join", json=body)
    if joined.status_code != 200:
        return 0.0, 0.0
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        async for line in stream.aiter_lines():
            if not first and CITED in line:
                first = passed()
            if '"process_completed"' in line:
                return first, passed() if '"success":true' in line else 0.0
    return first, 0.0


def memory(pid: int) -> int | None:
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) // 1024 if found else None


def measure(encoder: str, times: int, chats: int, rounds: int) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    with serving(encoder) as (url, pid), sync_playwright() as api:
        browser = api.chromium.launch(executable_path=chromium, args=list(QUIET))
        page = browser.new_page()
        page.goto(url)
        questions = page.locator(".yj-example").all_inner_texts()
        page.close()
        told = {
            "date": datetime.date.today().isoformat(),
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            "load": load and round(load, 2),
            "encoder": encoder,
            "opening": opening(browser, url, times),
            "turn": turns(browser, url, questions, 4 * times),
            "tabs": tabs(browser, url, questions),
        }
        browser.close()
        # The browser's API holds this thread's event loop.
        told["crowd"] = in_thread(url, questions, chats, rounds)
        told["server_mb"] = memory(pid)
    return told


def in_thread(url: str, questions: Sequence[str], chats: int, rounds: int) -> dict[str, Any]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(crowd(url, questions, chats, rounds))).result()


def faults(told: dict[str, Any]) -> list[str]:
    """The bars that aren't met, by name."""
    values = {
        "kb": told["opening"]["kb"],
        "usable_ms": told["opening"]["usable_ms"]["p50"],
        "first_ms": told["turn"]["first_ms"]["p95"],
        "crowd_first_ms": told["crowd"]["first_ms"]["p95"],
    }
    wrong = [f"{name} {values[name]} > {bar}" for name, bar in BARS.items() if values[name] > bar]
    lost = told["crowd"]["lost"] + told["tabs"]["open"] - told["tabs"]["answered"]
    return [*wrong, f"{lost} lost"] if lost else wrong


def table(t: dict[str, Any]) -> str:
    """The row for docs/performance.md."""
    o, turn, c = t["opening"], t["turn"], t["crowd"]
    cells = [
        *(t["date"], t["load"], t["encoder"], o["kb"], o["requests"], o["usable_ms"]["p50"], o["again"]["usable_ms"]),
        *(turn["first_ms"]["p50"], turn["first_ms"]["p95"], turn["requests"]),
        *(c["first_ms"]["p50"], c["first_ms"]["p95"], c["whole_ms"]["p95"], c["lost"]),
        *(f"{t['tabs']['answered']}/{t['tabs']['open']}", t["server_mb"]),
    ]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--encoder", default="none", help="as QA_ENCODER; none measures the web alone")
    parser.add_argument("--times", type=int, default=5, help="openings; four times as many questions")
    parser.add_argument("--chats", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--table", action="store_true", help="print the row of docs/performance.md instead of JSON")
    given = parser.parse_args()
    told = measure(given.encoder, given.times, given.chats, given.rounds)
    print(table(told) if given.table else json.dumps(told, ensure_ascii=False, indent=1))
    wrong = faults(told)
    print("; ".join(wrong) or "every bar is met", file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
