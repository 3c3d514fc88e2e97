"""One big text file: time and memory of its sync, without vectors: python bench/big_file.py MB… [--seconds N].

The text is made up: parts, chapters, numbered articles with items, and plain paragraphs, no two alike. It is synced as
a user does it (`python -m qa sync --lexical-only`), in a temporary folder. Printed: the file's size, passages, seconds,
the highest memory of all processes added up and of each kind alone, and what the sync said where it refused the file.
docs/performance.md holds the results.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psutil

_ROOT = Path(__file__).resolve().parent.parent
_EVERY = 0.1

_WHO = "镇人民政府 街道办事处 村民委员会 档案室 值班室 培训中心 物业服务站 图书馆 食堂 信息科".split()
_DOES = "登记 核对 公布 归档 通报 抽查 汇总 更新 保存 转交 复核 答复".split()
_WHAT = "会议记录 设备清单 来访名单 借阅台账 车辆行程 培训计划 意见建议 经费开支 巡查日志 合同副本".split()
_WHEN = "每月初 每季度末 收到之日起五日内 次日上午 年度结束前 工作日下班前 节假日之后 接到通知后".split()
_WHY = "方便群众查找 避免重复填报 便于年终核对 保证资料完整 减少往返时间 使责任清楚".split()
_DIGITS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """Chinese numeral of 1 to 9999."""
    said, gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            said += ("零" if gap else "") + _DIGITS[digit] + sign
        gap = bool(said) and not digit
    return said.removeprefix("一") if 10 <= number < 20 else said


def sentence(rng: random.Random) -> str:
    who, does, what, when, why = (rng.choice(words) for words in (_WHO, _DOES, _WHAT, _WHEN, _WHY))
    number, other = rng.randrange(2, 90_000), rng.choice(_WHO)
    forms = (
        f"{who}应当在{when}{does}第{number}号{what}，并告知{other}，以{why}。",
        f"{what}共{number}份，由{who}{does}；{other}需要查阅的，应当说明用途。",
        f"为了{why}，{when}由{other}会同{who}{does}{what}，数量不少于{number}份。",
        f"没有按时{does}{what}的，{who}应当说明原因，编号{number}的除外。",
    )
    return rng.choice(forms)


def paragraphs(rng: random.Random) -> Iterator[str]:
    """Without end: a rule book, an account, a rule book, …"""
    book = 0
    while True:
        book += 1
        yield f"附件{book}：{rng.choice(_WHO)}{rng.choice(_WHAT)}管理细则汇编"
        article = 0
        for chapter in range(1, 13):
            yield f"第{numeral(chapter)}章 {rng.choice(_WHAT)}"
            for _ in range(rng.randrange(8, 20)):
                article += 1
                yield f"第{numeral(article)}条 " + "".join(sentence(rng) for _ in range(rng.randrange(1, 4)))
                for item in range(1, rng.choice((1, 1, 4, 6))):
                    yield f"（{numeral(item)}）{sentence(rng)}"
        for heading in range(1, 6):
            yield f"{numeral(heading)}、{rng.choice(_WHO)}的{rng.choice(_WHAT)}工作"
            for _ in range(6):
                yield "".join(sentence(rng) for _ in range(rng.randrange(3, 9)))


def write(file: Path, size: int) -> None:
    written, rng = 0, random.Random(size)
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for paragraph in paragraphs(rng):
            out.write(paragraph + "\n")
            written += len(paragraph.encode()) + 1
            if written >= size:
                return


class Peak:
    """Highest resident memory in MB: of all processes, of the sync itself, of what it has started."""

    def __init__(self) -> None:
        self.all = self.own = self.readers = 0.0

    def look(self, process: psutil.Process) -> None:
        try:
            own = process.memory_info().rss / 2**20
            readers = sum(child.memory_info().rss for child in process.children(recursive=True)) / 2**20
        except psutil.Error:
            return
        self.all, self.own = max(self.all, own + readers), max(self.own, own)
        self.readers = max(self.readers, readers)


def measure(megabytes: int, seconds: int, place: Path) -> str:
    corpus, index = place / f"corpus{megabytes}", place / f"index{megabytes}"
    corpus.mkdir()
    write(corpus / "规章汇编.txt", megabytes * 2**20)
    environment = {
        **os.environ,
        "QA_ENCODER": "none",
        "QA_MAX_FILE_MB": "400",
        "PYTHONPATH": str(_ROOT / "src"),
    }
    command = [sys.executable, "-m", "qa", "sync", "--lexical-only", "--corpus", str(corpus), "--index", str(index)]
    begin, peak = time.monotonic(), Peak()
    with tempfile.TemporaryFile(dir=place) as said:
        sync = subprocess.Popen(command, env=environment, stdout=said, stderr=said, cwd=place)
        watched = psutil.Process(sync.pid)
        while sync.poll() is None and time.monotonic() - begin < seconds:
            peak.look(watched)
            time.sleep(_EVERY)
        late = sync.poll() is None
        if late:
            sync.terminate()
            sync.wait()
        took = time.monotonic() - begin
        said.seek(0)
        output = said.read().decode("utf-8", "replace").strip()
    if late or sync.returncode:
        chunks = "未完成" if late else "拒收"
        print(output[-600:], file=sys.stderr)
    else:
        (generation,) = (index / "generations").glob("*/manifest.json")
        chunks = str(json.loads(generation.read_text("utf-8"))["counts"]["chunks"])
    memory = f"{peak.all:.0f} | {peak.own:.0f} | {peak.readers:.0f}"
    return f"| {date.today()} | {megabytes} | {chunks} | {took:.1f} | {memory} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("megabytes", nargs="+", type=int)
    parser.add_argument("--seconds", type=int, default=900, help="a sync is stopped after so long")
    args = parser.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.1f} before", file=sys.stderr)
    for megabytes in args.megabytes:
        with tempfile.TemporaryDirectory() as place:
            print(measure(megabytes, args.seconds, Path(place)), flush=True)


if __name__ == "__main__":
    main()
