"""What goes to the screen: encoding, progress, and values written out for people."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Protocol

from qa.errors import InputError, reason
from qa.types import Answer, Citation, Hit, PageKind, Progress, SyncReport, page_kind

STAGES = {
    "scan": "查看文件夹",
    "read": "读取文件",
    "index": "建词语索引",
    "encoder": "准备编码器",
    "vectors": "计算向量",
    "sentences": "计算句子向量",
    "publish": "发布索引",
    "eval": "评测",
    "backup": "备份",
    "restore": "恢复",
    "export": "导出",
    "verify": "核对索引",
}
_EVERY_S = 5.0


def speak_utf8() -> None:
    """Make Chinese come out whole: pipes and files are UTF-8; a terminal keeps its own encoding if that has Chinese.

    What the encoding lacks is written as an escape, never dropped and never an exception.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            keep = stream.isatty() and can_show(stream, "有据")
            stream.reconfigure(encoding=stream.encoding if keep else "utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8")


def can_show(stream: Any, text: str) -> bool:
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


class _Shows(Protocol):
    def __call__(self, progress: Progress) -> None: ...


@contextmanager
def progress() -> Iterator[_Shows]:
    """A ``Report`` that draws bars on a terminal and writes a line now and then elsewhere; always on stderr."""
    if sys.stderr.isatty():
        bars = _Bars()
        try:
            yield bars
        finally:
            bars.close()
    else:
        yield _Lines()


class _Lines:
    def __init__(self) -> None:
        self._stage, self._said, self._last = "", 0.0, -1

    def __call__(self, progress: Progress) -> None:
        if progress.stage == "done":
            return
        now = time.monotonic()
        new = progress.stage != self._stage
        finished = progress.done == progress.total and progress.done != self._last
        if not (new or finished or now - self._said >= _EVERY_S):
            return
        self._stage, self._said, self._last = progress.stage, now, progress.done
        if progress.total <= 1 and not new:
            return
        count = f" {progress.done}/{progress.total}" if progress.total > 1 else ""
        note = f" {progress.note}" if progress.note else ""
        print(f"{STAGES.get(progress.stage, progress.stage)}{count}{note}", file=sys.stderr, flush=True)


class _Bars:
    def __init__(self) -> None:
        self._stage, self._bar = "", None

    def __call__(self, progress: Progress) -> None:
        if progress.stage != self._stage:
            self.close()
            self._stage = progress.stage
            if progress.total <= 1 and progress.stage != "done":
                print(f"{STAGES.get(progress.stage, progress.stage)}……{progress.note}", file=sys.stderr, flush=True)
        if self._bar is None and progress.total > 1:
            self._bar = _bar(STAGES.get(progress.stage, progress.stage), progress.total)
        if self._bar is not None:
            self._bar.total = progress.total
            self._bar.set_postfix_str(progress.note[-30:], refresh=False)
            self._bar.update(progress.done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _bar(name: str, total: int) -> Any:
    from tqdm import tqdm

    return tqdm(
        total=total,
        desc=name,
        file=sys.stderr,
        ascii=not can_show(sys.stderr, "█▏"),
        bar_format="{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} 剩余 {remaining}{postfix}",
    )


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def write(path: Path, text: str) -> None:
    """Raises InputError where it can't be written."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Raises InputError where they can't be written."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(f"写不到 {path}（{reason(error)}）", "请检查文件夹是否存在、文件是否正被打开") from error
    print(f"写在 {path}", file=sys.stderr)


def print_report(report: SyncReport) -> None:
    r = report
    print(f"同步完成，用时 {r.seconds:.1f} 秒（第 {r.generation} 版索引）。")
    print(f"  文件：新增 {r.added}，更新 {r.changed}，删除 {r.removed}，未变 {r.unchanged}，共 {r.documents} 篇")
    print(f"  段落：{r.chunks}；向量：{r.vectors}（本次新算 {r.encoded}）")
    if 0 < r.vectors < r.chunks:
        print(f"  还有 {r.chunks - r.vectors} 段没有向量，此前先按词语检索；再次运行 sync 会接着算。")
    for fatal, heading in ((True, "没有收进的文件"), (False, "需要留意")):
        chosen = [p for p in r.problems if p.fatal is fatal]
        if chosen:
            print(f"{heading}（{len(chosen)}）：")
            for problem in chosen:
                print(f"  {problem.path}：{problem.message}" if problem.path else f"  {problem.message}")


def print_answer(answer: Answer) -> None:
    for note in answer.notes:
        print(f"（{note}）")
    for warning in answer.warnings:
        print(f"注意：{warning}")
    if answer.status == "answered":
        print(answer.text)
        if answer.reason:
            print(f"\n提醒：{answer.reason}")
        print("\n出处")
        for citation in answer.quoted:
            print(f"[{citation.number}] {_source(citation)}")
            if told := _badges(citation.facts):
                print(f"    {told}")
            if citation.same:
                print(f"    {_elsewhere(citation)}")
        _print_worded(answer)
        return
    print(answer.reason or "库内没有找到依据。")
    if answer.missing:
        print(f"资料里从未出现的词：{'、'.join(answer.missing)}")
    if answer.suggestions:
        print("相近的内容：")
        for suggestion in answer.suggestions:
            print(f"  {suggestion.title} › {suggestion.heading}（{suggestion.path}）")


def _print_worded(answer: Answer) -> None:
    if answer.worded is None or not (answer.worded.sentences or answer.worded.problem):
        return
    if not answer.worded.sentences:
        print("\n（语言模型没有给出可用的转述，以上是原文。）")
        return
    print(f"\n由语言模型（{answer.worded.model}）转述，逐句核对过，以上面的原文为准")
    for sentence in answer.worded.sentences:
        print(sentence.text + "".join(f"[{n}]" for n in sentence.citations))


_PAGES: Mapping[PageKind, str] = {"page": "页", "sheet": "张工作表", "slide": "张幻灯片"}


def _source(citation: Citation) -> str:
    page = f"，第 {citation.page} {_PAGES[page_kind(citation.path)]}" if citation.page else ""
    return f"{' › '.join([citation.title, *citation.breadcrumb])}{page}（{citation.path}）"


def _badges(facts: Mapping[str, str]) -> str:
    """「云政〔2024〕3号 · 2024-05-01 · 现行」; empty where nothing is known."""
    told = [facts.get(name) for name in ("number", "issuer", "date", "speaker", "status")]
    return " · ".join(value for value in told if value)


def _elsewhere(citation: Citation) -> str:
    """「另有 1 处相同：…；另一版：…（2018-03-20）」."""
    copies = [twin.path for twin in citation.same if twin.kind == "copy"]
    editions = [f"{t.date or '日期不详'}（{t.path}）" for t in citation.same if t.kind == "edition"]
    told = [f"另有 {len(copies)} 处相同：{'、'.join(copies)}"] if copies else []
    return "；".join([*told, *([f"另一版：{'、'.join(editions)}"] if editions else [])])


def print_hits(hits: list[Hit]) -> None:
    if not hits:
        print("没有找到相关的段落。")
    for number, hit in enumerate(hits, 1):
        text = hit.chunk.text.replace("\n", "\n    ")
        told = _badges(hit.facts)
        print(f"{number}. {hit.score:.2f} {hit.title}（{hit.path}）{f'  {told}' if told else ''}\n    {text}\n")
